"""Plotly figures → their JSON and, where Kaleido works here, a picture."""

from __future__ import annotations

import importlib.util
import json
import threading
from typing import Any

from nbpublish.kernel.bundle import Bundle, is_a

PLOTLY = "application/vnd.plotly.v1+json"
PATIENCE = 20.0
"""Seconds for which a picture is waited for. Kaleido drives a browser, and a browser may never answer."""

_gave_up = threading.Event()


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
    if svg := picture(value):
        bundle["image/svg+xml"] = svg
        metadata = {"width": 700, "height": 500, **metadata}  # Plotly's own size where the figure names none
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


def picture(value: Any) -> str | None:
    """`value` drawn as SVG; None where Kaleido is missing, fails, or once took longer than `PATIENCE`."""
    if _gave_up.is_set() or importlib.util.find_spec("kaleido") is None:
        return None
    drawn: list[str] = []

    def draw() -> None:
        try:
            drawn.append(value.to_image(format="svg").decode())
        except Exception:  # no browser, no display, another version: each says it in its own way
            _gave_up.set()

    thread = threading.Thread(target=draw, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    if thread.is_alive():
        _gave_up.set()
    return drawn[0] if drawn else None
