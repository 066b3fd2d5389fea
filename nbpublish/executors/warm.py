"""Kernels that live on from build to build, for an author who saves again and again.

A kernel that lives on keeps the values it has, with the account of them, so that the next build runs a stale cell at
once. It is used again only while it cannot be told from a new one: what it has loaded and cannot unload must be what
it was.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from nbpublish.errors import Superseded
from nbpublish.executors.limits import Limits
from nbpublish.executors.local import LocalKernel
from nbpublish.executors.spare import Spare
from nbpublish.executors.spawn import spawn
from nbpublish.kernel.surroundings import needs_marimo
from nbpublish.model import Notebook

MOST = 4
"""Kernels that live on at once."""
MEMORY = 4 * 2**30
"""Bytes of memory that they may have together."""


@dataclass(frozen=True)
class _Kept:
    kernel: LocalKernel
    around: tuple[object, ...]
    """What it found around it when it began, as far as a process cannot follow a change of it."""


class WarmExecutor:
    """Starts kernels for notebooks below the folder `root`, and keeps those used last: as many as `most`, and, whenever
    `make_room` is called, as `memory` holds. May be used from several threads."""

    def __init__(self, root: Path, limits: Limits | None = None, *, most: int = MOST, memory: int = MEMORY) -> None:
        self.root = root.resolve()
        self.limits = limits or Limits()
        self._most, self._memory = most, memory
        self._kept: dict[str, _Kept] = {}
        """By path of the notebook, the one used last at the end."""
        self._busy: dict[str, list[LocalKernel]] = {}
        self._stopped: set[str] = set()
        """Notebooks whose cells nobody waits for, until they are built again."""
        self._lock = threading.Lock()
        self._closed = False
        # Linux ends a kernel when the thread ends that has started it, so all are started in one that lives on.
        self._keeper = ThreadPoolExecutor(1, "nbpublish-kernels")
        self._spare = Spare()

    @contextmanager
    def start(self, notebook: Notebook) -> Iterator[LocalKernel]:
        """The kernel of the last build of the notebook, where it is as good as a new one; else a new one."""
        around = _around(notebook, self.root / notebook.path)
        kernel = self._taken(notebook, around) or self._fresh(notebook)
        try:
            with self._lock:
                self._busy.setdefault(notebook.path, []).append(kernel)
                in_vain = notebook.path in self._stopped
            if in_vain:
                kernel.stop()
            yield kernel
        except Superseded:
            raise
        except BaseException:  # a build that broke off may not know what the cell did that it was at
            kernel.spent = True
            raise
        finally:
            self._left(notebook.path, _Kept(kernel, around))

    def prepare(self, notebook: Notebook) -> None:
        """Start a process that the next new kernel will take, which is likely to be for this notebook again."""
        marimo = needs_marimo(notebook, (self.root / notebook.path).parent)
        with self._lock:
            if not self._closed:
                self._keeper.submit(self._spare.start, marimo=marimo)

    def stop(self, path: str) -> None:
        """Let the cells of a notebook that run come to their end, and others not run: nobody waits for them, until
        `resume`."""
        with self._lock:
            self._stopped.add(path)
            kernels = list(self._busy.get(path, ()))
        for kernel in kernels:
            kernel.stop()

    def resume(self, path: str) -> None:
        """The notebook is to be built again."""
        with self._lock:
            self._stopped.discard(path)

    def keep_only(self, paths: Collection[str]) -> None:
        """End the kernels of all other notebooks, once they are idle."""
        with self._lock:
            ended = [self._kept.pop(path) for path in list(self._kept) if path not in paths]
        for kept in ended:
            kept.kernel.close()

    def make_room(self) -> None:
        """End idle kernels that have more memory than there is room for, the one used longest ago first. To look what
        they have takes a while: it is for when nobody waits."""
        with self._lock:
            kept = dict(self._kept)
        sizes = {path: one.kernel.memory for path, one in kept.items()}
        room = self._memory - sum(sizes.values())
        for path, one in kept.items():
            if room >= 0:
                return
            room += sizes[path]
            if self._given_up(path, one):
                one.kernel.close()

    def _given_up(self, path: str, one: _Kept) -> bool:
        """Keep a kernel no longer; False where it has been taken meanwhile."""
        with self._lock:
            if self._kept.get(path) is not one:
                return False
            del self._kept[path]
            return True

    def close(self) -> None:
        """End all kernels; a cell that one of them runs counts as interrupted. May come from any thread."""
        with self._lock:
            self._closed = True
            running = [kernel for kernels in self._busy.values() for kernel in kernels]
        for kernel in running:
            kernel.interrupt()
        self.keep_only(())
        self._keeper.submit(self._spare.close)
        self._keeper.shutdown()

    def _taken(self, notebook: Notebook, around: tuple[object, ...]) -> LocalKernel | None:
        with self._lock:
            kept = self._kept.pop(notebook.path, None)
        if kept is None:
            return None
        if kept.around == around and kept.kernel.goes_on(notebook):
            return kept.kernel
        kept.kernel.close()
        return None

    def _fresh(self, notebook: Notebook) -> LocalKernel:
        spawned = self._keeper.submit(lambda: self._spare.take(notebook, self.root) or spawn()).result()
        return LocalKernel(notebook, self.root, self.limits, spawned)

    def _left(self, path: str, kept: _Kept) -> None:
        """Keep a kernel whose build has ended, unless nothing in it is worth that, in place of the one used longest ago
        where there are too many."""
        with self._lock:
            self._busy[path].remove(kept.kernel)
            if not self._busy[path]:
                del self._busy[path]
            stays = not (kept.kernel.spent or self._closed)
            ended = [] if stays else [kept]
            if stays:
                ended += filter(None, [self._kept.pop(path, None)])
                self._kept[path] = kept
                ended += [self._kept.pop(path) for path in list(self._kept)[: -self._most]]
        for other in ended:
            other.kernel.close()


def _around(notebook: Notebook, file: Path) -> tuple[object, ...]:
    """What a process finds around it when it begins and does not look at again: how the notebook is to be run, what is
    installed, which modules stand beside the notebook, and the environment's variables, which a hook may set."""
    uses_marimo = any("marimo" in cell.code for cell in notebook.cells)
    installed = []
    for folder in sys.path:
        with suppress(OSError):
            installed.append((folder, os.stat(folder or os.curdir).st_mtime_ns))  # noqa: PTH116
    modules: list[str] = []
    with suppress(OSError):
        modules = sorted(path.name for path in file.parent.iterdir() if _is_importable(path))
    environment = tuple(sorted(os.environ.items()))
    return notebook.order, notebook.format, uses_marimo, tuple(installed), tuple(modules), environment


def _is_importable(path: Path) -> bool:
    return path.suffix in (".py", ".so", ".pyd") or (path.name.isidentifier() and path.name != "__pycache__")
