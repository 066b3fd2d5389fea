"""Altair charts → their Vega-Lite specification and a picture of it.

The picture is drawn by vl-convert, where it is installed: in this process, without a browser and without the network.
A chart whose data lie on another host therefore has no picture; its specification says where they lie.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from nbpublish.kernel.bundle import Bundle, is_a

_SIZE = re.compile(r'<svg\b[^>]*?\swidth="([\d.]+)"[^>]*?\sheight="([\d.]+)"')
_COUNTED = re.compile(r'"(param|view)_(\d+)((?:_[A-Za-z]\w*)?)"')
_SVG_ID = re.compile(r"\b(clip|gradient)_?(\d+)\b")


def chart(value: Any) -> Bundle | None:
    """The bundle of an Altair chart; None for anything else. Raises what Altair raises for a chart that is wrong."""
    if not is_a(value, "altair", "TopLevelMixin"):
        return None
    import altair

    if str(altair.data_transformers.active).startswith("vegafusion"):
        return chart_of_spec(value.to_dict(format="vega"))
    if altair.data_transformers.active == "default":
        with altair.data_transformers.enable(max_rows=None):  # the limit spares a browser, which here gets a picture
            return chart_of_spec(value.to_dict())
    return chart_of_spec(value.to_dict())


def chart_of_spec(spec: dict[str, Any]) -> Bundle:
    """The bundle of a Vega or Vega-Lite specification."""
    spec = _renumbered(spec)
    title = title_of(spec)
    data: dict[str, Any] = {_mimetype(spec): spec, "text/plain": title or "Chart"}
    metadata: dict[str, Any] = {"alt": title} if title else {}
    if hosts := sorted(set(_hosts(spec))):
        metadata["remote_hosts"] = hosts
    if svg := picture(spec):
        data["image/svg+xml"] = svg
        metadata["config"] = _READABLE
        if size := _SIZE.search(svg):
            metadata |= {"width": round(float(size[1])), "height": round(float(size[2]))}
    return data, metadata


_READABLE: dict[str, Any] = {
    "axis": {"labelFontSize": 12, "titleFontSize": 13},
    "legend": {"labelFontSize": 12, "titleFontSize": 13},
    "header": {"labelFontSize": 12, "titleFontSize": 13},
    "title": {"fontSize": 15},
}
"""Sizes of text where neither the chart nor its theme names one. Vega's own, 10 and 11, are small beside a page's
text; the fonts of matplotlib's figures are about 14."""


def picture(spec: dict[str, Any]) -> str | None:
    """`spec` drawn as SVG; None where vl-convert is missing or cannot draw it without the network."""
    try:
        import vl_convert
    except ImportError:
        return None
    family, version = _schema(spec)
    try:
        if family == "vega":
            svg = vl_convert.vega_to_svg(spec, allowed_base_urls=[])
        else:
            svg = vl_convert.vegalite_to_svg(
                spec, vl_version=_nearest(version), config=_READABLE, allowed_base_urls=[]
            )
    except (ValueError, RuntimeError):
        return None
    order: dict[str, str] = {}
    return _SVG_ID.sub(lambda name: order.setdefault(name[0], f"{name[1]}{len(order)}"), svg)  # it counts per process


def laid_out(spec: dict[str, Any]) -> dict[str, Any] | None:
    """The scene of a Vega-Lite specification, with the place of each mark in the picture; None as for `picture`."""
    try:
        import vl_convert

        scene: dict[str, Any] = vl_convert.vegalite_to_scenegraph(
            spec, vl_version=_nearest(_schema(spec)[1]), config=_READABLE, allowed_base_urls=[]
        )
    except (ImportError, ValueError, RuntimeError):
        return None
    return scene


def _nearest(version: str) -> str:
    """The version of Vega-Lite, of those that vl-convert knows, by which to draw what is written for this one."""
    import vl_convert

    versions: list[str] = vl_convert.get_vegalite_versions()
    fitting = [known for known in versions if known.split(".")[0] == version.split(".")[0]]
    return version if version in versions else (fitting or versions)[-1]


def title_of(spec: dict[str, Any]) -> str:
    """The chart's title, or `y – x` of its first encoding; empty where it has neither."""
    for part in _parts(spec):
        title = part.get("title")
        title = title.get("text") if isinstance(title, dict) else title
        if title:
            return " ".join(map(str, title)) if isinstance(title, list) else str(title)
    for part in _parts(spec):
        axes = [_axis(part.get("encoding", {}).get(name)) for name in ("y", "x")]
        if any(axes):
            return " – ".join(filter(None, axes))
    return ""


def _axis(channel: Any) -> str:
    if not isinstance(channel, dict):
        return ""
    axis = channel.get("axis")
    title = channel.get("title") or (axis.get("title") if isinstance(axis, dict) else None)
    field = channel.get("field")
    name = title or (field if isinstance(field, str) else None) or channel.get("aggregate")
    return name if isinstance(name, str) else ""


def _parts(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """`spec` and the charts that it is made of, outermost first."""
    yield spec
    for key in ("layer", "hconcat", "vconcat", "concat"):
        for part in spec.get(key, ()):
            yield from _parts(part)
    if isinstance(spec.get("spec"), dict):
        yield from _parts(spec["spec"])


def _schema(spec: dict[str, Any]) -> tuple[str, str]:
    """`vega` or `vega-lite`, and its version as `major.minor`."""
    found = re.search(r"/schema/(vega(?:-lite)?)/v(\d+(?:\.\d+)?)", str(spec.get("$schema", "")))
    return (found[1], found[2]) if found else ("vega-lite", "5.20")


def _mimetype(spec: dict[str, Any]) -> str:
    family, version = _schema(spec)
    return f"application/vnd.{family.replace('-', '')}.v{version.split('.')[0]}+json"


def _hosts(spec: Any) -> Iterator[str]:
    if isinstance(spec, dict):
        url = spec.get("url")
        if isinstance(url, str) and (found := re.match(r"(?:https?:)?//([^/?#]+)", url)):
            yield found[1]
        for key, part in spec.items():
            if key not in ("datasets", "values"):
                yield from _hosts(part)
    elif isinstance(spec, list):
        for part in spec:
            yield from _hosts(part)


def _renumbered(spec: dict[str, Any]) -> dict[str, Any]:
    """`spec` with parameters and views counted within it; Altair before version 6 counts them per process."""
    data: dict[str, Any] = {key: spec[key] for key in ("data", "datasets") if key in spec}
    text = json.dumps({key: part for key, part in spec.items() if key not in data}, ensure_ascii=False)
    order: dict[str, str] = {}
    text = _COUNTED.sub(
        lambda name: f'"{order.setdefault(f"{name[1]}_{name[2]}", f"{name[1]}_{len(order) + 1}")}{name[3]}"', text
    )
    renumbered: dict[str, Any] = json.loads(text)
    return {**renumbered, **data}
