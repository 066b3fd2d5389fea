"""What a cell looks at outside its process, and the files that it leaves there.

A file that cells write is a state: it has a version under the name `<file:…>`, whose fingerprint is the digest of its
content, `gone` or `directory`. A cell below that reads it is bound to that version.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import CodeType

from nbpublish.kernel import audit, existence, looked
from nbpublish.kernel.loading import Found, Loading
from nbpublish.kernel.looks import Looks
from nbpublish.kernel.mentioned import depend, mention
from nbpublish.kernel.net import UNSEEN
from nbpublish.kernel.outside import inode, matches_digest, path_of, pattern_subject, subject_of
from nbpublish.kernel.readers import Readers
from nbpublish.model import Observation, Version

_FILES = ("<file:", "<temporary file:")


class Observer:
    """Notes what is looked at and written below and beside the folder `root` while a cell runs."""

    def __init__(
        self,
        root: Path,
        modules: Container[str],
        loading: Loading,
        when_imported: Callable[[str, Callable[[], None]], None],
    ) -> None:
        self._root = root
        self._modules = modules
        """Paths of files that are observed as modules."""
        self._looks = Looks(root, loading)
        self._inputs: Mapping[str, Version] = {}
        self._stack = ExitStack()
        self._stack.enter_context(audit.observed(self._looks))
        self._stack.enter_context(existence.observed(self._looks))
        self._stack.callback(Readers(self._looks, when_imported).close)

    def open(self, inputs: Mapping[str, Version]) -> None:
        """Before a cell that may see these versions."""
        self._inputs = inputs
        states = (name.removesuffix(">").partition("file:") for name in inputs if name.startswith(_FILES))
        self._looks.program |= {path_of(subject, self._root) for _, _, subject in states}
        self._looks.begin()

    def named(self, codes: Iterable[CodeType | None], patterns: Iterable[str], folder: Path) -> None:
        """The files that the code of the running cell names, and those that its option `depends` does."""
        codes = list(codes)
        looks = self._looks
        looks.told(mention, looks, codes)
        looks.told(depend, looks, patterns, str(folder))
        if any(not UNSEEN.isdisjoint(code.co_names) for code in codes if code):
            looks.told(looks.net.cast)

    def close(self) -> None:
        """After a cell."""
        self._looks.end()

    def observed(self) -> Iterator[Observation]:
        """What the cell has looked at, as it found it; what it has written itself is told by `written`."""
        looks = self._looks
        for kind, path, digest in (*looked.files(looks), *looked.others(looks)):
            if path not in self._modules:
                yield Observation(kind, self._subject(path), digest)
        for kind, pattern, found in looked.patterns(looks):
            yield Observation(kind, pattern_subject(pattern, self._root), matches_digest(found, self._root))
        for path, write in sorted(looks.written.items()):
            if write.depends or path in looks.read or path in looks.existing:
                version = self._inputs.get(self._state(path))
                yield Observation("state", self._state(path), version.identity if version else "")
        if looks.unsure:
            yield Observation("unstable", "", "")

    def found(self, found: Found) -> Iterator[Observation]:
        """What libraries that the cell uses found when they were loaded, be it by another cell."""
        for kind, path, digest in looked.by_libraries(self._looks, found):
            if path not in self._modules:
                yield Observation(kind, self._subject(path), digest)

    def written(self) -> dict[str, str]:
        """By state, the files that the cell has changed: what they are now, or the inode that stands for it."""
        return {self._state(path): inode(path) for path in sorted(self._looks.written)}

    def end(self) -> None:
        """Observe no more."""
        self._stack.close()
        self._looks.net.close()

    def _subject(self, path: str) -> str:
        return subject_of(path, self._root)

    def _state(self, path: str) -> str:
        is_temporary = path.startswith(tempfile.gettempdir() + os.sep) and not path.startswith(str(self._root))
        return f"<{'temporary ' * is_temporary}file:{self._subject(path)}>"
