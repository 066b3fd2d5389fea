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
    write_elements(walk, plain)
    flags = array.flags
    walk.push(
        array.dtype,
        array.shape,
        (flags.c_contiguous, flags.f_contiguous, flags.writeable, flags.aligned),
        None if flags.forc else array.strides,
    )


def write_elements(walk: Walk, array: Any) -> None:
    """The elements in the order of memory where it has one, without the bytes between them that mean nothing."""
    import numpy as np

    if array.dtype.hasobject or array.dtype.kind not in _PLAIN:
        order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
        walk.push(array.ravel(order).tolist())
        return
    if array.dtype.names and _padded(array.dtype):
        for name in array.dtype.names:
            write_elements(walk, array[name])
        return
    if not array.flags.forc:
        array = np.ascontiguousarray(array)
    flat = (array if array.flags.c_contiguous else array.T).reshape(-1)
    data = flat.view(np.uint8) if flat.nbytes else flat[:0].tobytes()
    if array.dtype.char in "gG" and flat.nbytes:
        data = np.ascontiguousarray(data.reshape(-1, np.dtype("g").itemsize)[:, : _bytes_of_long_double()])
    walk.bytes(data, data.nbytes if flat.nbytes else 0)


def _padded(dtype: Any) -> bool:
    fields = [dtype.fields[name][0] for name in dtype.names]
    inner = any(field.char in "gG" or (field.names and _padded(field)) for field in fields)
    return inner or sum(field.itemsize for field in fields) != dtype.itemsize


def _bytes_of_long_double() -> int:
    """x86 keeps 80 bits in 16 bytes, and leaves in the others what was there."""
    import numpy as np

    return 10 if np.finfo(np.longdouble).nmant == 63 else np.dtype("g").itemsize


def visit_masked(walk: Walk, array: Any) -> None:
    if not walk.first(array):
        return
    own = {name: vars(array).get(name) for name in ("_hardmask", "_sharedmask", "_baseclass", "_optinfo", "_basedict")}
    walk.stream.head(b"\x01npm")
    walk.push(type(array), array._data, array._mask, array.fill_value, own)


def visit_polynomial(walk: Walk, item: Any) -> None:
    if walk.first(item):
        walk.stream.head(b"\x01npp")
        walk.push(type(item), item.coef, item.domain, item.window, item.symbol)


def visit_scalar(walk: Walk, item: Any) -> None:
    """A scalar, which is as immutable as a number."""
    walk.stream.head(b"\x01nps")
    if item.dtype.hasobject:
        walk.push(item.dtype, item.item())
    else:
        import numpy as np

        walk.push(item.dtype)
        write_elements(walk, np.asarray(item))


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
    "numpy.ma.MaskedArray": visit_masked,
    "numpy.ndarray": visit_array,
    "numpy.polynomial._polybase.ABCPolyBase": visit_polynomial,
    "numpy.generic": visit_scalar,
    "numpy.dtype": visit_dtype,
    "numpy.ufunc": visit_ufunc,
}
