"""Data frames of pandas, polars and arrow: columns, their types and names, the index, the order of both.

How a library lays columns out in memory (blocks, chunks, masks of nothing) is its affair and not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbpublish.kernel.fingerprint.arrays import write_elements
from nbpublish.kernel.fingerprint.walk import Handler, Opaque, Walk

# --- pandas ----------------------------------------------------------------------------------------------------------

_INTERNAL = {"_mgr", "_attrs", "_flags", "_typ", "_metadata", "_item_cache", "_is_copy", "_cacher", "_cache"}


def visit_pandas(walk: Walk, item: Any) -> None:
    """A frame or series: its axes, each column's values and type, `attrs`, flags and attributes of the author's."""
    if not walk.first(item):
        return
    columns = list(_columns(item))
    walk.stream.head(b"\x01pdf", len(columns))
    own = sorted(name for name in vars(item) if name not in _INTERNAL)
    own = [(name, vars(item)[name]) for name in own]
    walk.push(type(item), item.axes, *columns, item.attrs, item.flags.allows_duplicate_labels, own)


def _columns(item: Any) -> Iterator[_Column]:
    manager = item._mgr
    if item.ndim == 1:
        yield _Column(manager.blocks[0].values)
        return
    for number, place in zip(manager.blknos, manager.blklocs, strict=True):
        values = manager.blocks[number].values
        yield _Column(values[place] if values.ndim == 2 else values)


class _Column:
    """One column on its way, as bare values."""

    __slots__ = ("values",)

    def __init__(self, values: Any) -> None:
        self.values = values


def visit_column(walk: Walk, column: _Column) -> None:
    import numpy as np

    values = column.values
    if type(values) is np.ndarray:
        walk.stream.head(b"\x01col", len(values))
        write_elements(walk, values)
        walk.push(values.dtype, values.shape)
    else:
        walk.push(values)


def visit_backed(walk: Walk, item: Any) -> None:
    """Categories, times and the like: an array of numbers and what they mean."""
    walk.stream.head(b"\x01pdb")
    meaning = (getattr(item, "_freq", None), getattr(item, "_readonly", False))
    walk.push(type(item), item.dtype, *meaning, _Column(item._ndarray))


def visit_masked(walk: Walk, item: Any) -> None:
    """Nullable numbers. What stands below the mask cannot be seen."""
    walk.stream.head(b"\x01pdm")
    values = item._data
    if item._mask.any():
        values = values.copy()
        values[item._mask] = 0
    walk.push(type(item), item.dtype, _Column(values), _Column(item._mask))


def visit_arrow_backed(walk: Walk, item: Any) -> None:
    walk.stream.head(b"\x01pdr")
    walk.push(type(item), item.dtype, _combined(item._pa_array))


def visit_pandas_dtype(walk: Walk, item: Any) -> None:
    """A type of pandas without what it caches."""
    state = [(name, vars(item)[name]) for name in sorted(vars(item)) if not name.startswith("_cache")]
    walk.stream.head(b"\x01pdt")
    walk.push(type(item), item.name, state)


def visit_index(walk: Walk, item: Any) -> None:
    if not walk.first(item):
        return
    function, parts, _ = item.__reduce__()
    walk.stream.head(b"\x01pdi")
    kind, data = parts
    data = {name: _Column(value) if name == "data" else value for name, value in data.items()}
    walk.push(function, kind, list(data.values()), list(data))


# --- arrow -----------------------------------------------------------------------------------------------------------


_SMALL = 1 << 16  # bytes of a table that is compacted without asking whether it is a slice


class _Sink:
    """A file that arrow or polars write a stream to, straight into the digest."""

    closed = False

    def __init__(self, walk: Walk) -> None:
        self._walk = walk

    def write(self, data: Any) -> int:
        size = memoryview(data).nbytes
        self._walk.spend(size >> 20)
        self._walk.stream.buffer(data)
        return size

    def flush(self) -> None: ...

    def close(self) -> None: ...

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError


def _combined(chunked: Any) -> Any:
    import pyarrow as pa

    return chunked.combine_chunks() if isinstance(chunked, pa.ChunkedArray) else chunked


def visit_table(walk: Walk, item: Any) -> None:
    """A table or a batch, as a stream of arrow's format, which knows neither offsets nor spare memory."""
    import pyarrow as pa

    if not walk.first(item):
        return
    walk.stream.head(b"\x01pat", item.num_rows)
    if item.nbytes < _SMALL or item.get_total_buffer_size() > 1.01 * item.nbytes:
        # of a slice, the stream may carry its neighbours' text; to compact a whole table would be for nothing
        item = item.take(pa.array(range(item.num_rows), type=pa.int64()))
    with pa.PythonFile(_Sink(walk), "w") as sink, pa.ipc.new_stream(sink, item.schema) as writer:
        writer.write(item)
    walk.push(type(item))


def visit_arrow_array(walk: Walk, item: Any) -> None:
    import pyarrow as pa

    if not walk.first(item):
        return
    walk.stream.head(b"\x01paa")
    walk.push(type(item), pa.table({"": item}))


def visit_arrow_scalar(walk: Walk, item: Any) -> None:
    import pyarrow as pa

    walk.stream.head(b"\x01pas")
    walk.push(type(item), pa.array([item.as_py()], item.type))


def visit_schema(walk: Walk, item: Any) -> None:
    import pyarrow as pa

    schema = item
    if isinstance(item, pa.Field):
        schema = pa.schema([item])
    elif isinstance(item, pa.DataType):
        schema = pa.schema([("", item)])
    walk.stream.head(b"\x01psc")
    walk.push(type(item), schema.serialize().to_pybytes())


def visit_arrow_buffer(walk: Walk, item: Any) -> None:
    walk.stream.head(b"\x01pab")
    walk.push(item.to_pybytes())


# --- polars ----------------------------------------------------------------------------------------------------------


def visit_polars(walk: Walk, item: Any) -> None:
    import polars as pl

    if not walk.first(item):
        return
    objects = [name for name, kind in item.schema.items() if kind == pl.Object]
    walk.stream.head(b"\x01plf", item.height)
    frame = item.drop(objects) if objects else item
    try:
        frame.rechunk().write_ipc_stream(_Sink(walk), compression="uncompressed", compat_level=pl.CompatLevel.oldest())
    except Exception as error:
        raise Opaque("a frame of polars that has no stream") from error
    schema = [(name, repr(kind)) for name, kind in item.schema.items()]
    walk.push(type(item), schema, [item[name].to_list() for name in objects])


def visit_polars_series(walk: Walk, item: Any) -> None:
    if walk.first(item):
        walk.stream.head(b"\x01pls")
        walk.push(item.to_frame())


def visit_polars_type(walk: Walk, item: Any) -> None:
    walk.stream.head(b"\x01plt")
    walk.push(type(item), repr(item))


HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(("pandas.DataFrame", "pandas.core.frame.DataFrame"), visit_pandas),
    **dict.fromkeys(("pandas.Series", "pandas.core.series.Series"), visit_pandas),
    **dict.fromkeys(("pandas.Index", "pandas.core.indexes.base.Index"), visit_index),
    "pandas._libs.arrays.NDArrayBacked": visit_backed,
    "pandas.core.arrays.masked.BaseMaskedArray": visit_masked,
    "pandas.core.arrays.arrow.array.ArrowExtensionArray": visit_arrow_backed,
    "pandas.arrays.ArrowExtensionArray": visit_arrow_backed,
    "pandas.api.extensions.ExtensionDtype": visit_pandas_dtype,
    "pandas.core.dtypes.base.ExtensionDtype": visit_pandas_dtype,
    "pyarrow.lib._Tabular": visit_table,
    "pyarrow.lib.Array": visit_arrow_array,
    "pyarrow.lib.ChunkedArray": visit_arrow_array,
    "pyarrow.lib.Scalar": visit_arrow_scalar,
    "pyarrow.lib.Schema": visit_schema,
    "pyarrow.lib.Field": visit_schema,
    "pyarrow.lib.DataType": visit_schema,
    "pyarrow.lib.Buffer": visit_arrow_buffer,
    "polars.dataframe.frame.DataFrame": visit_polars,
    "polars.series.series.Series": visit_polars_series,
    "polars.datatypes.classes.DataType": visit_polars_type,
}
EXACT: dict[type, Handler] = {_Column: visit_column}
