"""Arrays of numpy: dtype, shape, order, flags and bytes."""

from __future__ import annotations

from typing import Any

from nbpublish.kernel.fingerprint.walk import Handler, Walk
from nbpublish.kernel.layout import layout_of

_PLAIN = "biufcSUVMm"


def visit_array(walk: Walk, array: Any) -> None:
    """An array, and the attributes of a subclass. What shares its memory is the affair of `reach`."""
    import numpy as np

    if not walk.first(array):
        return
    kind = type(array)
    plain = array if kind is np.ndarray else array.view(np.ndarray)
    walk.stream.head(b"\x01npa")
    if kind is not np.ndarray:
        layout = layout_of(kind)
        walk.push(kind, layout.attributes(array) if layout.attributes else None)
    _write_contents(walk, plain)
    flags = array.flags
    walk.push(
        array.dtype,
        array.shape,
        (flags.c_contiguous, flags.f_contiguous, flags.writeable, flags.aligned),
        None if flags.forc else array.strides,
    )


def _write_contents(walk: Walk, array: Any) -> None:
    """The elements in the order of memory where it has one."""
    import numpy as np

    if array.dtype.hasobject or array.dtype.kind not in _PLAIN:
        order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
        walk.push(array.ravel(order).tolist())
        return
    if not array.flags.forc:
        array = np.ascontiguousarray(array)
    flat = array.T if not array.flags.c_contiguous else array
    walk.bytes(flat.reshape(-1).view(np.uint8) if flat.nbytes else b"", flat.nbytes)


def visit_scalar(walk: Walk, item: Any) -> None:
    """A scalar, which is as immutable as a number."""
    walk.stream.head(b"\x01nps")
    if item.dtype.hasobject:
        walk.push(item.dtype, item.item())
    else:
        walk.push(item.dtype, item.tobytes())


def visit_dtype(walk: Walk, dtype: Any) -> None:
    if dtype.fields is None and dtype.subdtype is None and dtype.metadata is None:
        walk.stream.head(b"\x01dty")
        return walk.push(dtype.str if dtype.kind in _PLAIN + "O" else repr(dtype), dtype.char, dtype.isalignedstruct)
    walk.stream.head(b"\x01dtr")
    return walk.push(dtype.__reduce__(), dtype.char)


def visit_ufunc(walk: Walk, item: Any) -> None:
    walk.stream.head(b"\x01ufn")
    walk.push(item.__name__, item.types)


HANDLERS: dict[str, Handler] = {
    "numpy.ndarray": visit_array,
    "numpy.generic": visit_scalar,
    "numpy.dtype": visit_dtype,
    "numpy.ufunc": visit_ufunc,
}
