"""Arrays in a blob: a view comes back as a view of the same array, and an array that owned its memory owns it again.

Columns of pandas are copies of their own instead: who may write to which is known to pandas only, and not pickled.
"""

from __future__ import annotations

import array as array_module
import mmap
import pickle
from typing import Any

from nbpublish.kernel.layout import identity
from nbpublish.kernel.memory import Claim, bounds, overlaps

_SMALL = 1 << 16  # below these bytes a view's whole base may be stored for it


class Again(Exception):  # noqa: N818
    """Two members share an array of which only a part was stored: begin anew, and store it whole."""


class Arrays:
    """What one pickling has seen of memory. `whole` holds the identities of arrays to be stored whole."""

    def __init__(self, whole: set[int]) -> None:
        self.whole = whole
        self._copied: set[int] = set()
        self._parts: dict[int, list[tuple[int, int]]] = {}
        self._claims: dict[tuple[int, bool], Claim] = {}
        self._kept: list[Any] = []

    def rule(self, names: set[str | None]) -> Any:
        """The reduction for instances of a class with these bases, None for pickle's own."""
        if "numpy.dtype" in names:
            return _dtype
        if "numpy.ndarray" in names:
            return self._array
        if "pandas.core.internals.managers.BaseBlockManager" in names:
            return self._manager
        if names & {"pandas.Index", "pandas.core.indexes.base.Index"}:
            return self._index
        return None

    def check(self) -> None:
        """Raise PicklingError where memory was shared that will not be."""
        if next(overlaps(self._claims.values()), None):
            raise pickle.PicklingError("members share memory in a way that cannot be stored")

    def _manager(self, manager: Any) -> Any:
        for block in manager.blocks:
            self._copy(block.values)
        return NotImplemented

    def _index(self, index: Any) -> Any:
        self._copy(vars(index).get("_data"))
        return NotImplemented

    def _copy(self, values: Any) -> None:
        for array in (values, getattr(values, "_ndarray", None), getattr(values, "_data", None)):
            if array is not None:
                self._copied.add(identity(array))
                self._kept.append(array)

    def _claim(self, array: Any, root: Any, copied: bool) -> None:
        self._claims[identity(root), copied] = Claim(*bounds(root), copied, str(identity(root)))
        self._kept.append(root)

    def _array(self, array: Any) -> Any:
        import numpy as np

        if identity(array) in self._copied:
            self._claim(array, array, True)
            return NotImplemented
        root = array
        while issubclass(type(root.base), np.ndarray):
            root = root.base
        owner = root.base
        while type(owner) is memoryview:
            owner = owner.obj
        if type(owner) in (bytearray, array_module.array, mmap.mmap):
            raise pickle.PicklingError("an array in the memory of another object")
        known = type(array) is type(root) is np.ndarray and root.flags.forc
        if not known or array.dtype.hasobject or root.dtype.hasobject:
            self._claim(array, array, False)
            return NotImplemented
        self._claim(array, root, False)
        if array is root:
            self._need(root, bounds(root))
            return _owned(array)
        return self._view(array, root)

    def _view(self, array: Any, root: Any) -> Any:
        import numpy as np

        start, end = bounds(array)
        first = bounds(root)[0]
        flat = root.reshape(-1, order="A").view(np.uint8)
        layout = (array.dtype, array.shape, array.strides, array.flags.writeable)
        offset = array.__array_interface__["data"][0] - first
        if root.nbytes <= max(_SMALL, 2 * (end - start)) or identity(root) in self.whole:
            self._need(root, bounds(root))
            return _look, (root, *layout, offset)
        self._need(root, (start, end))
        part = flat[start - first : end - first].copy()
        return _look, (part, *layout, offset - (start - first))

    def _need(self, root: Any, part: tuple[int, int]) -> None:
        key = identity(root)
        self._kept.append(root)
        parts = self._parts.setdefault(key, [])
        everything = bounds(root)
        if key not in self.whole and any(
            (part != everything or other != everything) and part[0] < other[1] and other[0] < part[1] for other in parts
        ):
            self.whole.add(key)
            raise Again
        parts.append(part)


def _dtype(dtype: Any) -> Any:
    """Two integer types of C may be of one size; pickle keeps one of them."""
    import numpy as np

    if dtype.isnative and dtype.kind in "iu" and np.dtype(dtype.str).char != dtype.char:
        return np.dtype, (dtype.char,)
    return NotImplemented


def _owned(array: Any) -> Any:
    import numpy as np

    flat: Any = array.reshape(-1, order="A").view(np.uint8) if array.nbytes else np.empty(0, np.uint8)
    order = "C" if array.flags.c_contiguous else "F"
    return _own, (pickle.PickleBuffer(flat), array.dtype, array.shape, order, array.flags.writeable)


# --- called while loading: the names below stand in blobs ------------------------------------------------------------


def _own(data: Any, dtype: Any, shape: Any, order: Any, writeable: bool) -> Any:
    """An array with memory of its own, so that it can be resized like the one it stands for."""
    import numpy as np

    array = np.empty(shape, dtype, order)
    if array.nbytes:
        array.reshape(-1, order="A").view(np.uint8)[:] = np.frombuffer(data, np.uint8)
    array.flags.writeable = writeable
    return array


def _look(root: Any, dtype: Any, shape: Any, strides: Any, writeable: bool, offset: int) -> Any:
    import numpy as np

    flat = root if root.flags.c_contiguous else root.T
    view = np.ndarray(shape, dtype, flat, offset, strides)
    view.flags.writeable = writeable
    return view
