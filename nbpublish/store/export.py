"""A store that can be committed: traces without the values of variables, in files whose diffs stay quiet.

    nbpublish-export.json      says what this folder is
    .gitattributes             keeps git from changing line ends, and the files out of GitHub's statistics
    traces/ab/cdef….json       the traces with one key; the name is the digest of the key
    outputs/ab/cdef…           outputs that are too long for these

Nothing in it is a pickle, so opening one executes nothing. It carries the observations, so what it says is checked
against the code and the data files without running them. The same traces always give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from nbpublish.errors import SiteError
from nbpublish.model import Trace
from nbpublish.store.blobs import BlobFolder, Bytes
from nbpublish.store.fields import UnreadableError, UnwritableError
from nbpublish.store.serial import decode, encode

T = TypeVar("T")

MANIFEST = "nbpublish-export.json"
_SAYS = {"format": "outputs of nbpublish", "version": 1}
_ATTRIBUTES = "* -text linguist-generated\n"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    traces: int
    bytes: int
    """Bytes of all files of the export."""
    written: int
    """Files that are new or differ from before."""
    removed: int
    """Files of an earlier export that nothing needs any more."""


def export_outputs(traces: Iterable[Trace], folder: Path) -> Exported:
    """Make `folder` hold exactly these traces, the first of each key, without values.

    Raises SiteError where the folder holds something else, or cannot be written.
    """
    try:
        return _export(traces, folder)
    except OSError as error:
        raise SiteError(f"{folder} cannot be written: {error.strerror or error}. Check its permissions.") from error


def _export(traces: Iterable[Trace], folder: Path) -> Exported:
    if folder.exists() and not (folder / MANIFEST).exists() and any(folder.iterdir()):
        raise SiteError(f"{folder} holds something else than an export. Nothing was changed. Choose an empty folder.")
    outputs = BlobFolder(folder / "outputs")
    blobs: dict[str, bytes] = {}
    files = {folder / ".gitattributes": _ATTRIBUTES.encode(), folder / MANIFEST: f"{json.dumps(_SAYS)}\n".encode()}
    kept = 0
    for trace in traces:
        path = _path(folder, trace.key)
        with suppress(UnwritableError, TypeError, ValueError):
            if path not in files:
                files[path] = _file([encode(_without_values(trace), lambda data: _noted(data, blobs))])
                kept += 1
    files |= {outputs.path(digest): data for digest, data in blobs.items()}
    written = 0
    for path, data in files.items():
        if not path.is_file() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            written += 1
    old = [path for name in ("traces", "outputs") for path in (folder / name).glob("??/*") if path not in files]
    for path in old:
        path.unlink()
        with suppress(OSError):  # until it is empty
            path.parent.rmdir()
    return Exported(kept, sum(map(len, files.values())), written, len(old))


def _noted(data: bytes, blobs: dict[str, bytes]) -> str:
    digest = hashlib.sha256(data).hexdigest()
    blobs[digest] = data
    return digest


def _without_values(trace: Trace) -> Trace:
    versions = {name: replace(version, blob=None) for name, version in trace.versions.items()}
    return replace(trace, versions=versions)


def _path(folder: Path, key: str) -> Path:
    name = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return folder / "traces" / name[:2] / f"{name[2:]}.json"


def _file(bodies: Sequence[bytes]) -> bytes:
    """Indented, so that a diff shows what changed, with a digest over what it means rather than over its layout."""
    traces = [json.loads(body.decode("utf-8", "surrogatepass")) for body in bodies]
    text = json.dumps({"digest": _digest(traces), "traces": traces}, ensure_ascii=False, indent=1)
    return f"{text}\n".encode("utf-8", "surrogatepass")


def _digest(traces: object) -> str:
    text = json.dumps(traces, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_export(folder: Path) -> bool:
    """Whether a folder holds outputs that were exported, in the form that is read here."""
    try:
        said: object = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return said == _SAYS


class ExportedStore:
    """An export, opened to be read. It keeps nothing and has no values."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._outputs = BlobFolder(folder / "outputs", repair=False)
        self._is_export = is_export(folder)

    def find(self, key: str) -> Sequence[Trace]:
        """The traces with this key; none where its file is missing or was changed by hand."""
        if not self._is_export:
            return ()
        return [trace for trace in self._read(_path(self.folder, key)) if trace.key == key] or ()

    def latest(self, place: str) -> Trace | None:
        """The trace of the cell at a place, whatever its key. All files are read for it, once."""
        found = self._places.get(place)
        return next((trace for trace in self._read(found) if trace.place == place), None) if found else None

    @cached_property
    def _places(self) -> dict[str, Path]:
        files = sorted((self.folder / "traces").glob("??/*.json")) if self._is_export else []
        return {trace.place: file for file in files for trace in self._read(file)}

    def _read(self, path: Path) -> list[Trace]:
        """The traces in a file; none where it is missing or was changed by hand."""
        try:
            file = json.loads(path.read_bytes().decode("utf-8", "surrogatepass"))
            if file["digest"] != _digest(file["traces"]):
                return []
            bodies = [json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass") for body in file["traces"]]
            return [decode(body, self._outputs.read) for body in bodies]
        except (OSError, ValueError, LookupError, TypeError, RecursionError, UnreadableError):
            return []

    def keep(self, *traces: Trace) -> None:
        """Does nothing."""

    def put(self, chunks: Bytes | Iterable[Bytes]) -> str:
        """The digest of `chunks`, which are not kept."""
        hashed = hashlib.sha256()
        for chunk in (chunks,) if isinstance(chunks, Bytes) else chunks:
            hashed.update(chunk)
        return hashed.hexdigest()

    def blob(self, digest: str) -> Bytes | None:
        """None: there are no values."""
        return None

    def locate(self, digest: str) -> Path | None:
        """None: there are no values."""
        return None

    def derive(self, name: str, key: str, kind: type[T], make: Callable[[], T]) -> T:
        """What `make` gives: an export holds outputs only."""
        return make()
