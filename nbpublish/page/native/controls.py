"""Single controls, shown at their default and disabled: a static page has no Python to answer them."""

from __future__ import annotations

import math

from nbpublish.page.code import highlight
from nbpublish.page.html import attributes, escape, read_out
from nbpublish.page.native.element import Element, as_number, said


def control(e: Element, kind: str, word: str, build: str, value: str = "") -> str:
    """A control with its label. `build` is its HTML, in which `{name}` gives it a name where no label does."""
    label = e.label
    shown = f'<output class="nb-value">{value}</output>' if value else ""
    if label:
        body = f'<label><span class="nb-label">{label}</span> {build.replace("{name}", _read_out(label))}</label>'
    else:
        body = build.replace("{name}", attributes(aria_label=e.context.words(word)))
    return f'<span class="nb-widget" data-widget="{kind}">{body}{shown}</span>'


def _read_out(label: str) -> str:
    """The attribute that says a label with a formula in words; a label of words is read as it stands."""
    return attributes(aria_label=read_out(label)) if "<math" in label else ""


def _slider(e: Element) -> str:
    steps = e.items("steps")
    value = e.number("initial-value")
    if steps:
        index = int(value) if value is not None and 0 <= value < len(steps) else 0
        attrs = attributes(min=0, max=len(steps) - 1, step=1, value=index)
        return control(e, "slider", "widget.slider", _range(attrs), escape(_shown(steps[index])))
    attrs = attributes(min=e.number("start"), max=e.number("stop"), step=e.number("step") or "any", value=value)
    return control(e, "slider", "widget.slider", _range(attrs), escape(_shown(value)))


def _range(attrs: str) -> str:
    return f'<input type="range"{attrs}{{name}} disabled>'


def _range_slider(e: Element) -> str:
    steps, values = e.items("steps"), [as_number(value) for value in e.items("initial-value")]
    low, high = e.number("start"), e.number("stop")
    inputs = []
    for value, word in zip(values[:2], ("widget.from", "widget.to"), strict=False):
        name = attributes(aria_label=f"{e.label_text} {e.context.words(word)}".strip())
        inputs.append(f'<input type="range"{attributes(min=low, max=high, step="any", value=value)}{name} disabled>')
    texts = []
    for value in values[:2]:
        index = int(value) if steps and value is not None and 0 <= value < len(steps) else None
        texts.append(_shown(steps[index] if index is not None else value))
    label = f'<span class="nb-label">{e.label}</span> ' if e.label else ""
    shown = f'<output class="nb-value">{escape(" – ".join(texts))}</output>'
    return f'<span class="nb-widget" data-widget="range-slider">{label}{"".join(inputs)}{shown}</span>'


def _dropdown(e: Element) -> str:
    return control(e, "dropdown", "widget.choice", _select(e, multiple=False))


def _multiselect(e: Element) -> str:
    return control(e, "multiselect", "widget.choice", _select(e, multiple=True))


def _select(e: Element, *, multiple: bool) -> str:
    options, chosen = e.items("options"), [said(value) for value in e.items("initial-value")]
    parts = [] if chosen or multiple else ["<option selected>–</option>"]
    for option in map(said, options):
        parts.append(f"<option{attributes(selected=option in chosen)}>{escape(option)}</option>")
    size = attributes(multiple=True, size=max(1, min(len(options), 6))) if multiple else ""
    return f"<select{size}{{name}} disabled>{''.join(parts)}</select>"


def _radio(e: Element) -> str:
    chosen, group = e.get("initial-value"), e.context.unique("radio")
    parts = []
    for option in map(said, e.items("options")):
        button = attributes(
            type="radio", name=group, checked=chosen is not None and option == said(chosen), disabled=True
        )
        parts.append(f"<label><input{button}> {escape(option)}</label>")
    label = f'<span class="nb-label">{e.label}</span> ' if e.label else ""
    name = attributes(aria_label=e.label_text or e.context.words("widget.choice"), data_inline=e.flag("inline"))
    return f'<span class="nb-widget" data-widget="radio" role="radiogroup"{name}>{label}{" ".join(parts)}</span>'


def _toggle(e: Element) -> str:
    kind = e.tag.name.removeprefix("marimo-")
    role = attributes(role="switch" if kind == "switch" else None, checked=e.flag("initial-value"))
    box = f'<input type="checkbox"{role}{{}} disabled>'
    if e.label:
        body = f'<label>{box.replace("{}", _read_out(e.label))} <span class="nb-label">{e.label}</span></label>'
    else:
        body = box.replace("{}", attributes(aria_label=e.context.words("widget.toggle")))
    return f'<span class="nb-widget" data-widget="{kind}">{body}</span>'


def _number(e: Element) -> str:
    attrs = attributes(
        min=e.number("start"), max=e.number("stop"), step=e.number("step"), value=e.number("initial-value")
    )
    return control(e, "number", "widget.number", f'<input type="number"{attrs}{{name}} disabled>')


def _text(e: Element) -> str:
    kind = e.text("kind")
    kind = kind if kind in ("email", "url") else "text"  # a password is not for showing
    value = "" if e.text("kind") == "password" else e.text("initial-value")
    attrs = attributes(type=kind, value=value, placeholder=e.text("placeholder") or None)
    return control(e, "text", "widget.text", f"<input{_braced(attrs)}{{name}} disabled>")


def _text_area(e: Element) -> str:
    attrs = _braced(attributes(rows=3, placeholder=e.text("placeholder") or None))
    text = _braced(escape(e.text("initial-value")))
    return control(e, "text-area", "widget.text", f"<textarea{attrs}{{name}} disabled>\n{text}</textarea>")


def _braced(html: str) -> str:
    """Text of an author's in which `{name}` must not be taken for ours."""
    return html.replace("{", "&#123;")


def _date(e: Element) -> str:
    kind = "datetime-local" if e.tag.name == "marimo-datetime" else "date"
    value = _braced(attributes(value=e.text("initial-value")))
    return control(e, kind, "widget.date", f'<input type="{kind}"{value}{{name}} disabled>')


def _date_range(e: Element) -> str:
    inputs = []
    for value, word in zip(e.items("initial-value")[:2], ("widget.from", "widget.to"), strict=False):
        name = attributes(aria_label=f"{e.label_text} {e.context.words(word)}".strip())
        inputs.append(f'<input type="date"{attributes(value=said(value))}{name} disabled>')
    label = f'<span class="nb-label">{e.label}</span> ' if e.label else ""
    return f'<span class="nb-widget" data-widget="date-range">{label}{" – ".join(inputs)}</span>'


def _button(e: Element) -> str:
    label = e.label or e.words("widget.button")
    return f'<span class="nb-widget" data-widget="button"><button type="button" disabled>{label}</button></span>'


def _refresh(e: Element) -> str:
    label = e.label or e.words("widget.refresh")
    chosen = e.text("default-interval")
    options = "".join(
        f"<option{attributes(selected=option == chosen)}>{escape(option)}</option>"
        for option in map(said, e.items("options"))
    )
    name = attributes(aria_label=e.context.words("widget.refresh"))
    shown = f" <select{name} disabled>{options}</select>" if options else ""
    return (
        f'<span class="nb-widget" data-widget="refresh"><button type="button" disabled>{label}</button>{shown}</span>'
    )


def _file(e: Element) -> str:
    accept = ",".join(map(said, e.items("filetypes")))
    attrs = _braced(attributes(type="file", accept=accept or None, multiple=e.flag("multiple")))
    return control(e, "file", "widget.file", f"<input{attrs}{{name}} disabled>")


def _code_editor(e: Element) -> str:
    label = f'<p class="nb-label">{e.label}</p>' if e.label else ""
    code = highlight(e.text("initial-value"), e.text("language") or "text")
    return f'<div class="nb-widget" data-widget="code-editor">{label}{code}</div>'


def _shown(value: object) -> str:
    number = as_number(value)
    if number is None:
        return "" if value is None else said(value)
    return str(int(number)) if number == math.floor(number) and abs(number) < 1e15 else str(number)


TRANSLATIONS = {
    "slider": _slider,
    "range-slider": _range_slider,
    "dropdown": _dropdown,
    "multiselect": _multiselect,
    "radio": _radio,
    "checkbox": _toggle,
    "switch": _toggle,
    "number": _number,
    "text": _text,
    "text-area": _text_area,
    "date": _date,
    "datetime": _date,
    "date-range": _date_range,
    "button": _button,
    "refresh": _refresh,
    "file": _file,
    "code-editor": _code_editor,
}
