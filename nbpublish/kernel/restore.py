"""A group of co-variables as bytes, and back: what was one object is one object again.

A blob is a header, two streams of pickle protocol 5, and their buffers, each from the beginning of a page, so that
a file of it can be mapped and its arrays used without reading them.
"""

from __future__ import annotations

import io
import json
import mmap
import pickle
from collections.abc import Mapping, MutableMapping, Sequence
from functools import partial
from pathlib import Path
from struct import Struct
from typing import Any

from xxhash import xxh3_128

from nbpublish.kernel.array_pickling import Again
from nbpublish.kernel.fingerprint import fingerprint
from nbpublish.kernel.folder import Folder
from nbpublish.kernel.pickling import Pickler, lookup, make_function

MAGIC = b"nbpublish value\x02"
PAGE = 4096
_START = Struct("<16s16sQ")  # magic, digest of the header, its length

Chunks = list["bytes | memoryview"]


class Unloadable(Exception):  # noqa: N818
    """A blob that is damaged, or does not fit what is live. The value must be made again."""


def dump(group: Mapping[str, Any], namespace: Mapping[str, Any], folder: Folder | None = None) -> Chunks | None:
    """Pickle a group of values by name. None where one of them cannot be. With paths into the project's `folder` among
    them, they can be loaded only where it lies now.

    The buffers in the chunks are the values' own memory: write them before the author's code goes on. Functions and
    classes bound to a global name outside the group are stored as that name with its fingerprint.
    """
    whole: set[int] = set()
    while True:
        try:
            return _dumped(group, namespace, whole, folder)
        except Again:
            continue
        except Exception:  # whatever the author's or a library's `__reduce__` raises, and recursion too deep
            return None


def _dumped(
    group: Mapping[str, Any], namespace: Mapping[str, Any], whole: set[int], folder: Folder | None
) -> Chunks:
    buffers: list[pickle.PickleBuffer] = []
    stream = io.BytesIO()
    pickler = Pickler(stream, group, namespace, buffers.append, whole, folder)
    pickler.dump(dict(group))
    while pickler.late:
        late, pickler.late = pickler.late, []
        pickler.dump(late)
    pickler.dump(None)
    pickler.arrays.check()
    parts = [memoryview(stream.getvalue()), *(buffer.raw() for buffer in buffers)]
    header: dict[str, Any] = {"needs": pickler.needs}
    if folder and (pickler.leads_into_folder or any(folder.is_in(part, pickler.has_wide_text) for part in parts)):
        header["folder"] = folder.path
    return _laid_out(parts, header)


def load(data: Any, namespace: MutableMapping[str, Any], folder: Folder | None = None) -> dict[str, Any]:
    """The group of a blob: bytes, a writable private mapping of its file, or the chunks of `dump`.

    Buffers of a mapping are used where they lie; others are copied. Functions get `namespace` as their globals.
    Raises `Unloadable`.
    """
    if isinstance(data, Sequence) and not isinstance(data, (bytes, bytearray, memoryview)):
        data = b"".join(data)
    view = memoryview(data)
    header, body = _header(view)
    if folder and header.get("folder", folder.path) != folder.path:
        raise Unloadable("it leads into a folder where the project does not lie")
    for name, expected in header["needs"].items():
        if name not in namespace or fingerprint(namespace[name], namespace) != expected:
            raise Unloadable(f"{name} is not what it was")
    (start, length), *places = ((body + offset, length) for offset, length in header["parts"])
    buffers = [view[offset : offset + size] for offset, size in places]
    if view.readonly:
        buffers = [memoryview(bytearray(buffer)) for buffer in buffers]
    stream = io.BytesIO(view[start : start + length])
    try:
        unpickler = _Unpickler(stream, namespace, buffers)
        group = unpickler.load()
        while late := unpickler.load():
            for restore, *parts in late:
                restore(*parts)
    except Exception as error:
        raise Unloadable(f"{type(error).__name__}: {error}") from error
    return group  # type: ignore[no-any-return]


def needs(data: Any) -> frozenset[str]:
    """Global names of functions and classes that must be live before a blob is loaded. Raises `Unloadable`."""
    return frozenset(_header(memoryview(data[0] if isinstance(data, list) else data))[0]["needs"])


def roundtrips(chunks: Chunks, group: Mapping[str, Any], namespace: MutableMapping[str, Any]) -> bool:
    """Whether loading gives the group again, as far as fingerprints tell, sharing among its members included."""
    expected = fingerprint(dict(group), namespace)
    if expected is None:
        return False
    try:
        return fingerprint(load(chunks, namespace), namespace) == expected
    except Unloadable:
        return False


# --- the layout of the file ------------------------------------------------------------------------------------------


def _laid_out(contents: Sequence[memoryview], about: Mapping[str, Any]) -> Chunks:
    parts: list[tuple[int, int]] = []
    chunks: Chunks = []
    offset = 0
    for part in contents:
        size = part.nbytes
        parts.append((offset, size))
        padding = -size % PAGE
        chunks += [part, bytes(padding)]
        offset += size + padding
    header = json.dumps({**about, "parts": parts}).encode()
    header += b" " * (-(len(header) + _START.size) % PAGE)
    return [_START.pack(MAGIC, xxh3_128(header).digest(), len(header)) + header, *chunks]


def _header(view: memoryview) -> tuple[dict[str, Any], int]:
    try:
        magic, digest, length = _START.unpack_from(view)
    except Exception as error:
        raise Unloadable("no blob of a value") from error
    header = bytes(view[_START.size : _START.size + length])
    if magic != MAGIC or xxh3_128(header).digest() != digest:
        raise Unloadable("no blob of a value")
    return json.loads(header), _START.size + length


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: Any, namespace: Any, buffers: Any) -> None:
        super().__init__(stream, buffers=buffers)
        self._namespace = namespace

    def find_class(self, module: str, name: str) -> Any:
        if module == "__main__":  # the live one may be another
            raise pickle.UnpicklingError(f"{name} was stored by name")
        found = super().find_class(module, name)
        return partial(found, namespace=self._namespace) if found is lookup or found is make_function else found


def mapped(path: Path) -> mmap.mmap:
    """The bytes of a file that holds a blob; what is written to them stays in this process."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
