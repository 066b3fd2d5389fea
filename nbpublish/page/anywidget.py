"""A widget made with anywidget → room on the page in which its own module draws it, with the values that it has.

Such a widget is an ECMAScript module and the values of its traits (anywidget.dev/en/afm). No Python is needed to show
it, nor for what its module does by itself. The module becomes a file of the site twice over: as it is, and as a script
that hands over its text, because a page opened from the disk may not load modules.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from nbpublish.page import placeholders
from nbpublish.page.context import Context
from nbpublish.page.figures import captioned
from nbpublish.page.html import attributes, escape
from nbpublish.page.live_chart import LARGEST_INLINE, written

STATE = "application/vnd.nbpublish.widget-state+json"
_VIEW = "application/vnd.jupyter.widget-view+"
HEAVY = 200_000
"""Bytes of a module and its values beyond which a reader is asked before they are loaded."""
_MODEL = "AnyModel"
_JUPYTERS = frozenset(("_esm", "_css", "_anywidget_id", "_dom_classes", "_view_count", "layout", "tabbable", "tooltip"))
_JUPYTERS |= {f"_{what}_{name}" for what in ("model", "view") for name in ("module", "module_version", "name")}
_REMOTE = re.compile(
    r"""\b(?:from|import)\s*\(?\s*(["'`])(?P<url>(?:https?:)?//[^"'`\s]+)\1|"""
    r"""\bfetch\s*\(\s*(["'`])(?P<fetched>(?:https?:)?//[^"'`\s]+)"""
)
_BARE = re.compile(r"""(?m)^\s*(?:import|export)\b[^"'`;]*?\bfrom\s*["'](?P<name>[^./"'][^"':]*)["']""")
_COMMENT = re.compile(r"/\*.*?\*/|(?:^|(?<=[\s;{}]))//[^\n]*", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Widget:
    """What the page needs of a widget."""

    module: str
    style: str
    models: Mapping[str, object]
    """By id, the values of each model that it needs, and its binary ones in base64 under `buffers`."""
    root: str


def mounted(data: Mapping[str, object], context: Context) -> str | None:
    """The room of a widget; None for one that is not anywidget's, or whose module cannot run on a page."""
    widget = _widget(data)
    if widget is None:
        return None
    if missing := _BARE.search(_COMMENT.sub("", widget.module)):
        context.problem(
            "widget-module",
            f"This widget's module imports `{missing['name']}`, which a browser does not find. "
            "Bundle the module with what it imports, for example with esbuild.",
        )
        return None
    text = written({"root": widget.root, "models": widget.models})
    if text is None:
        return None
    hosts = _hosts(widget, context)
    said = str(data.get("text/plain") or "").strip().partition("\n")[0]
    what = placeholders.widget_of(said, context)
    values = {"data_nb_anywidget": _module(widget.module, context), **_values(text, context)}
    if widget.style:
        values["data_style"] = _style(widget.style, context)
    # in a list, which is no fault where Material runs the scripts of a page that it swaps in
    inline = "" if "data_values" in values else f'<script type="application/json">[{text}]</script>'
    weight = len(widget.module.encode()) + len(text)
    button = _button(hosts, weight, context) if hosts or weight > HEAVY else ""
    without = f"<noscript><p>{escape(context.words('widget.script'))}</p></noscript>"
    words = context.words("widget.failed")
    box = attributes(class_="nb-mount", role="group", aria_label=what, data_failed=words, **values)
    inside = f'<div class="nb-mount-before"><p>{escape(what)}</p>{button}{without}</div>'
    return captioned(f"<div{box}>{inside}</div>{inline}", context, "nb-figure nb-anywidget")


def _widget(data: Mapping[str, object]) -> Widget | None:
    """The widget in a bundle of `kernel/rich_widgets`."""
    view = next((value for name, value in data.items() if name.startswith(_VIEW)), None)
    held = data.get(STATE)
    states = held.get("state") if isinstance(held, Mapping) else None
    root = view.get("model_id") if isinstance(view, Mapping) else None
    if not isinstance(states, Mapping) or not isinstance(root, str):
        return None
    models = {str(id): _model(model) for id, model in states.items() if isinstance(model, Mapping)}
    own = states.get(root)
    values = own.get("state") if isinstance(own, Mapping) and own.get("model_name") == _MODEL else None
    module = values.get("_esm") if isinstance(values, Mapping) else None
    if not isinstance(module, str) or not module.strip() or not isinstance(values, Mapping):
        return None
    style = values.get("_css")
    kept = {id: model for id, model in models.items() if id in _needed(root, models)}
    return Widget(module, style if isinstance(style, str) else "", kept, root)


def _model(model: Mapping[str, object]) -> dict[str, object]:
    """A model's own values, without those that only Jupyter's page reads."""
    state = model.get("state")
    values = state if isinstance(state, Mapping) else {}
    own = {name: value for name, value in values.items() if name not in _JUPYTERS}
    return {"values": own, "buffers": model["buffers"]} if model.get("buffers") else {"values": own}


def _needed(root: str, models: Mapping[str, dict[str, object]]) -> set[str]:
    """The models that one refers to, and those that these refer to."""
    needed = [root]
    for id in needed:
        text = json.dumps(models.get(id, {}), default=str)
        needed += [other for other in re.findall(r"IPY_MODEL_(\w+)", text) if other in models and other not in needed]
    return set(needed)


# --- files ------------------------------------------------------------------------------------------------------------


def _module(module: str, context: Context) -> str:
    """The address of the module, which ends in `.mod.js` or, for the script that hands it over, in `.text.js`."""
    if _is_address(module):
        return module.strip()

    def given(name: str) -> bytes:
        return f'nb.module("{name}",{written(module)});\n'.encode()

    return context.assets.pair(module.encode(), ".mod.js", given, ".text.js")


def _style(style: str, context: Context) -> str:
    return style.strip() if _is_address(style) else context.assets.add(style.encode(), "text/css")


def _values(text: str, context: Context) -> dict[str, str]:
    if len(text.encode()) <= LARGEST_INLINE:
        return {}
    return {"data_values": context.assets.add(f"nb.values({text});\n".encode(), "text/javascript")}


def _button(hosts: list[str], weight: int, context: Context) -> str:
    """For what is large, or comes from elsewhere: nothing of it is loaded unasked."""
    if hosts:
        label, small = context.words("widget.load-from", hosts=", ".join(hosts)), ""
    else:
        label = context.words("widget.load")
        size = context.words("chart.size", size=f"{max(weight / 1e6, 0.1):.1f}")
        small = f" <small>{escape(size)}</small>"
    return f'<button type="button" class="nb-mount-load">{escape(label)}{small}</button>'


# --- other hosts ------------------------------------------------------------------------------------------------------


def _is_address(text: str) -> bool:
    """Whether a module or style is given as the address of a file."""
    return re.fullmatch(r"\s*(?:https?:)?//\S+\s*", text) is not None


def _hosts(widget: Widget, context: Context) -> list[str]:
    """The other hosts from which the module would load something; the author is told of them."""
    found = [text.strip() for text in (widget.module, widget.style) if _is_address(text)]
    code = _COMMENT.sub("", widget.module)
    found += [match["url"] or match["fetched"] for match in _REMOTE.finditer(code)]
    hosts = sorted({host for url in found if (host := placeholders.host_of(url))})
    if hosts:
        context.problem(
            "remote-script",
            f"This widget's module loads from {', '.join(hosts)}, so the page asks its reader before it is loaded. "
            "Bundle the module with what it imports, for example with esbuild, and keep it beside the notebook.",
        )
    return hosts
