"""matplotlib figures: shown where the author shows them, else at the cell's end; once each, and then closed.

An SVG where it stays small, else a PNG of twice the resolution. Both come out the same in every process.
"""

from __future__ import annotations

import io
import re
import struct
import sys
from typing import Any

from nbpublish.kernel.alternative import title_of, words_of
from nbpublish.kernel.backends import without_windows
from nbpublish.kernel.bridge import Bridge, Surroundings
from nbpublish.kernel.font_families import with_fallbacks
from nbpublish.kernel.fonts import Fonts
from nbpublish.model import MISSING_GLYPHS, Cell, Output

LARGEST_SVG = 200_000
"""Bytes of SVG; a figure with more is faster to load and to draw as a PNG."""

EMBEDDED = "_nbpublish_embedded"
"""Attribute of a figure that a bridge has put into other HTML, and that is not to be shown once more."""

_MOST_PARTS = 1000
"""Items of a container that are looked at."""

_SVG_SIZE = re.compile(rb'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"')
_SETTINGS: dict[Any, Any] = {"svg.hashsalt": "nbpublish", "svg.fonttype": "none"}


def bridge(session: Surroundings) -> Bridge:
    return FigureBridge(session)


def render(figure: Any) -> Output:
    """A figure as an image, with its size in CSS pixels and what it says in words."""
    from matplotlib import rc_context

    dpi = float(figure.dpi)
    with rc_context(_SETTINGS):
        image = _saved(figure, format="svg", metadata={"Date": None, "Creator": None})
        width, height = (float(points) * dpi / 72 for points in _SVG_SIZE.findall(image[:2000])[0])
        data: dict[str, Any] = {"image/svg+xml": with_fallbacks(image.decode("utf-8"))}
        if len(image) > LARGEST_SVG:
            sharp = max(dpi, min(2 * dpi, 300.0))
            image = _saved(figure, format="png", dpi=sharp, metadata={"Software": None})
            pixels = struct.unpack(">II", image[16:24])
            width, height = (pixels[0] * dpi / sharp, pixels[1] * dpi / sharp)
            data = {"image/png": image}
    metadata: dict[str, Any] = {"width": round(width), "height": round(height)}
    if alt := words_of(figure):
        metadata["alt"] = alt
    if title := title_of(figure):
        metadata["title"] = title
    return Output("display", data, metadata)


class FigureBridge(Bridge):
    """Follows pyplot's figures through the cells of a session."""

    def __init__(self, session: Surroundings) -> None:
        self._session = session
        self._shown: list[Any] = []
        """Figures shown in this cell; one that is drawn on afterwards is stale, and is shown again."""
        self._replaced: list[tuple[Any, str, Any]] = []
        self._fonts: Fonts | None = None
        session.when_imported("matplotlib.figure", self._add_fonts)
        session.when_imported("matplotlib.pyplot", self._replace_show)

    def before_cell(self, cell: Cell) -> None:
        self._shown.clear()

    def outputs_of(self, value: object) -> list[Output] | None:
        """Figures, and what is drawn in them: the value of `plt.plot(…)` is its figure to the reader."""
        figures = _figures_of(value)
        return [self._render(figure) for figure in figures] if figures else None

    def after_cell(self) -> list[Output]:
        outputs = [self._render(figure) for figure in self._unseen() if not self._is_kept_for_later(figure)]
        _close_all()
        return outputs

    def close(self) -> None:
        for owner, name, before in self._replaced:
            setattr(owner, name, before)
        if self._fonts:
            self._fonts.close()

    def _add_fonts(self) -> None:
        self._fonts = Fonts(lambda texts: self._session.emit(Output("display", {MISSING_GLYPHS: texts})))

    def _render(self, figure: Any) -> Output:
        output = render(figure)
        figure.stale = False
        self._shown.append(figure)
        return output

    def _unseen(self) -> list[Any]:
        """Open figures with anything in them that have not been shown in this cell as they are now."""
        figures = [figure for figure in _open_figures() if not hasattr(figure, EMBEDDED) and not _is_blank(figure)]
        return [figure for figure in figures if figure.stale or figure not in self._shown]

    def _is_kept_for_later(self, figure: Any) -> bool:
        """Whether a dataflow cell leaves a figure to others, or has put it into the value it ends with.

        marimo shows no figure that is not shown explicitly. We do, where it would otherwise be seen by nobody.
        """
        if self._session.notebook.order != "dataflow":
            return False
        if self._session.value is not None:
            return True
        shared = (self._session.namespace.get(name) for name in self._session.names.defs)
        return any(figure in _figures_of(value) for value in shared)

    def _replace_show(self) -> None:
        """Let `plt.show()` and `fig.show()` show figures in their place among the outputs."""
        from matplotlib import pyplot
        from matplotlib.figure import Figure

        def show(*_: Any, **__: Any) -> None:
            for figure in self._unseen():
                self._session.emit(self._render(figure))
            _close_all()

        def show_one(figure: Figure, *_: Any, **__: Any) -> None:
            if figure.stale or figure not in self._shown:
                self._session.emit(self._render(figure))

        self._replace(pyplot, "show", show)
        self._replace(Figure, "show", show_one)
        self._replace(pyplot, "switch_backend", without_windows(pyplot.switch_backend))

    def _replace(self, owner: Any, name: str, replacement: Any) -> None:
        self._replaced.append((owner, name, getattr(owner, name)))
        setattr(owner, name, replacement)


def _saved(figure: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, bbox_inches="tight", facecolor=figure.get_facecolor(), **options)
    return buffer.getvalue()


def _figures_of(value: object) -> list[Any]:
    """The figures that `value` is, or that it is a part of, or that all its items are parts of; each once."""
    if "matplotlib.figure" not in sys.modules:
        return []
    if isinstance(value, sys.modules["matplotlib.figure"].Figure):
        return [value]
    if isinstance(value, sys.modules["matplotlib.artist"].Artist):
        return _if_open(value.get_figure())
    if type(value).__module__.partition(".")[0] == "seaborn":  # its grids have no look of their own
        return _if_open(getattr(value, "figure", None))
    if type(value).__module__ == "numpy" and getattr(value, "dtype", "") == "object":
        value = list(getattr(value, "flat", ()))
    if type(value).__module__ == "matplotlib.container" and not isinstance(value, tuple):
        value = list(getattr(value, "wedges", ()))
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, (list, tuple)) or len(value) > _MOST_PARTS:
        return []
    found = [_figures_of(item) for item in value if not _is_empty(item)]
    return list(dict.fromkeys(figure for figures in found for figure in figures)) if all(found) else []


def _is_empty(part: object) -> bool:
    return part is None or (isinstance(part, (list, tuple)) and not part)


def _is_blank(figure: Any) -> bool:
    """Whether a figure is nothing but paper, as one is that was opened just before the cell failed."""
    return all(part is figure.patch for part in figure.get_children())


def _if_open(figure: Any) -> list[Any]:
    figure = getattr(figure, "figure", figure)  # a subfigure is a part of its figure
    return [figure] if figure is not None and figure in _open_figures() else []


def _open_figures() -> list[Any]:
    pyplot = sys.modules.get("matplotlib.pyplot")
    return [pyplot.figure(number) for number in pyplot.get_fignums()] if pyplot else []


def _close_all() -> None:
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
