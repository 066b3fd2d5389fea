"""Plotly figures → their JSON and, where Kaleido works here, a picture."""

from __future__ import annotations

import importlib.util
import json
import re
import threading
from typing import Any

from nbpublish.kernel.bundle import Bundle, is_a

PLOTLY = "application/vnd.plotly.v1+json"
PATIENCE = 20.0
"""Seconds for which a picture is waited for. Kaleido drives a browser, and a browser may never answer."""

_gave_up: list[str] = []
"""Why no more pictures are asked for."""
_UID = re.compile(r'id="defs-(\w+)"')


def figure(value: Any) -> Bundle | None:
    """The bundle of a Plotly figure; None for anything else."""
    if not is_a(value, "plotly.basedatatypes", "BaseFigure"):
        return None
    data: dict[str, Any] = json.loads(value.to_json())
    title = title_of(data)
    bundle: dict[str, Any] = {PLOTLY: {**data, "config": {}}, "text/plain": title or "Figure"}
    layout = data.get("layout", {})
    size = {name: round(layout[name]) for name in ("width", "height") if isinstance(layout.get(name), (int, float))}
    metadata: dict[str, Any] = {"alt": title, "title": title, **size} if title else dict(size)
    svg, trouble = picture(value)
    if svg:
        bundle["image/svg+xml"] = svg
        metadata = {"width": 700, "height": 500, **metadata}  # Plotly's own size where the figure names none
    elif trouble:
        metadata["no_picture"] = trouble
    return bundle, metadata


def title_of(figure: dict[str, Any]) -> str:
    """The figure's title, or `y – x` of its axes' titles; empty where it has neither."""
    layout = figure.get("layout", {})
    titles = [_text(layout.get(name, {})) for name in ("yaxis", "xaxis")]
    return _text(layout) or " – ".join(filter(None, titles))


def _text(titled: Any) -> str:
    title = titled.get("title") if isinstance(titled, dict) else None
    text = title.get("text") if isinstance(title, dict) else title
    return text if isinstance(text, str) else ""


def picture(value: Any) -> tuple[str | None, str]:
    """`value` drawn as SVG, or None and why Kaleido drew none; without a reason where Kaleido is not installed.

    What failed once is not tried again in this process: each attempt would take as long.
    """
    if importlib.util.find_spec("kaleido") is None:
        return None, ""
    if _gave_up:
        return None, _gave_up[0]
    drawn: list[str] = []

    def draw() -> None:
        try:
            drawn.append(steady_ids(value.to_image(format="svg").decode()))
        except Exception as error:  # no browser, no display, another version: each says it in its own way
            _gave_up.append(_said(error))

    thread = threading.Thread(target=draw, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    if thread.is_alive():
        _gave_up.append(f"its browser gave no answer within {PATIENCE:.0f} s")
    return (drawn[0], "") if drawn else (None, _gave_up[0])


def steady_ids(svg: str) -> str:
    """The drawing with ids that are the same each time: Plotly puts a random number into all of them."""
    found = _UID.search(svg)
    return svg.replace(found[1], "0") if found else svg


def _said(error: Exception) -> str:
    """What went wrong, in words that are the same each time."""
    name = type(error).__name__
    return "it found no Chrome or Chromium" if "chrome" in name.lower() else f"it failed with {name}"
