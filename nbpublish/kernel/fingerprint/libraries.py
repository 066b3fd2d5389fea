"""Classes of other libraries whose instances hold more, or less, than what can be seen of them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from nbpublish.kernel.fingerprint.walk import Handler, Opaque, Walk
from nbpublish.kernel.jupyter_state import observers_of, state_of
from nbpublish.kernel.layout import layout_of


def visit_picture(walk: Walk, picture: Any) -> None:
    """A picture of Pillow: its mode, size, pixels, palette and what its file said about it."""
    if not walk.first(picture):
        return
    if getattr(picture, "fp", None) is not None:
        raise Opaque("a picture whose file is open")
    state = dict(vars(picture))
    for name in ("im", "_im", "fp", "_fp", "tile", "map", "pyaccess", "png", "readonly", "decoderconfig"):
        state.pop(name, None)
    palette = picture.palette
    if palette is not None:
        state["palette"] = (palette.mode, bytes(palette.palette or b""), palette.rawmode)
    walk.stream.head(b"\x01pic")
    walk.push(type(picture), picture.mode, picture.size, picture.tobytes(), picture.getpalette("RGBA"), state)


def visit_plotly(walk: Walk, figure: Any) -> None:
    """A figure of plotly: the properties set in it, and the grid of its subplots."""
    if not walk.first(figure):
        return
    if type(figure).__name__ == "FigureWidget":
        raise Opaque("a widget")
    frames = [frame._props for frame in figure._frame_objs]
    walk.stream.head(b"\x01ply")
    walk.push(type(figure), figure._data, figure._layout, frames, figure._grid_str, figure._grid_ref)


def visit_control(walk: Walk, control: Any) -> None:
    """A control of marimo, without the context that it was made in, which is the same for a whole notebook."""
    if walk.first(control):
        walk.stream.head(b"\x01mui")
        walk.push(type(control), {name: value for name, value in vars(control).items() if name != "_ctx"})


def visit_jupyter_control(walk: Walk, control: Any) -> None:
    """A control of ipywidgets, without its line to a browser; what observes it is part of it."""
    if walk.first(control):
        walk.stream.head(b"\x01ipw")
        walk.push(type(control), state_of(control), observers_of(control))


def visit_expression(walk: Walk, item: Any) -> None:
    """An expression of sympy without what it has found out about itself so far."""
    if not walk.first(item):
        return
    layout = layout_of(type(item))
    if layout.core is not object:
        raise Opaque("an expression with state in C")
    state = dict(layout.attributes(item)) if layout.attributes else {}
    for name, slot in layout.slots:
        with suppress(AttributeError):
            state[name] = slot.__get__(item)
    walk.stream.head(b"\x01sym")
    walk.push(type(item), {name: value for name, value in state.items() if name not in ("_mhash", "_assumptions")})


def visit_vectorizer(walk: Walk, item: Any) -> None:
    """A vectorizer of scikit-learn without the address of its stop words, which it keeps to know them again."""
    if walk.first(item):
        walk.stream.head(b"\x01vec")
        walk.push(type(item), {name: value for name, value in vars(item).items() if name != "_stop_words_id"})


def visit_cached_property(walk: Walk, item: Any) -> None:
    """What it caches stands in the instance; the lock it may have says nothing."""
    if walk.first(item):
        walk.stream.head(b"\x01cpr")
        walk.push(item.func, item.attrname, item.__doc__)


HANDLERS: dict[str, Handler] = {
    "ipywidgets.widgets.widget.Widget": visit_jupyter_control,
    "PIL.Image.Image": visit_picture,
    "marimo._plugins.ui._core.ui_element.UIElement": visit_control,
    "plotly.basedatatypes.BaseFigure": visit_plotly,
    "sympy.core.basic.Basic": visit_expression,
    "sklearn.feature_extraction.text._VectorizerMixin": visit_vectorizer,
    "functools.cached_property": visit_cached_property,
}
