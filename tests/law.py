"""The law, checked: a random program is edited again and again, and each build is compared with a plain run."""

from __future__ import annotations

import decimal
import os
import pickle
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from programs import Warm, marimo, percent, plainly, shown
from random_programs import EVERYTHING, Edit, begin, changed_world, edited, first_dataflow, first_program

from nbpublish.build import Executor, Store, build
from nbpublish.executors.inline import InlineExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.kernel.surroundings import UNWANTED
from nbpublish.model import Notebook, Run
from nbpublish.store.disk import DiskStore
from nbpublish.store.memory import MemoryStore

Files = dict[str, bytes]


@dataclass
class Tally:
    """What was counted while the law was checked."""

    sequences: int = 0
    edits: int = 0
    builds: int = 0
    cells: int = 0
    """Code cells that the builds after an edit had to get right."""
    ran: int = 0
    """Those of them that ran."""
    quiet: int = 0
    """Builds of an unchanged notebook in an unchanged folder; none of them runs anything."""
    killed: int = 0
    unsteady: int = 0
    """Builds of notebooks that would give something else when run once more, because they change what they read."""

    def add(self, other: Tally) -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    def __str__(self) -> str:
        share = 100 * self.ran / max(1, self.cells)
        text = f"{self.sequences} sequences, {self.edits} edits, {self.builds} builds, {self.unsteady} of them of"
        text += f" notebooks that change what they read; {share:.0f} % of the cells ran after an edit; {self.quiet}"
        return f"{text} builds had nothing to do and ran nothing; {self.killed} others were killed"


class Forgetting(MemoryStore):
    """A store of which parts get lost."""

    def damage(self, r: random.Random) -> None:
        for kept in (self._traces, self._blobs):
            for key in [key for key in kept if r.random() < 0.2]:
                del kept[key]


class Damaged(DiskStore):
    """A store on disk of which parts get lost or broken."""

    def damage(self, r: random.Random) -> None:
        self.close()
        files = [path for path in self.folder.rglob("*") if path.is_file() and path.suffix != ".sqlite-shm"]
        for path in (path for path in sorted(files) if r.random() < (0.1 if "sqlite" in path.name else 0.4)):
            data = bytearray(path.read_bytes())
            what = r.choice(("remove", "truncate", "flip", "flip"))
            if what == "remove":
                path.unlink()
            elif what == "truncate":
                path.write_bytes(data[: r.randrange(len(data) + 1)])
            elif there := [at for at, byte in enumerate(data) if byte not in b"\0 "]:  # pages are filled up with these
                data[r.choice(there)] ^= 1 << r.randrange(8)
                path.write_bytes(data)


@dataclass(frozen=True)
class Way:
    """How the notebooks are built."""

    dataflow: bool = False
    warm: bool = False
    """The kernel lives on from build to build."""
    keep: float | None = None
    """As for `build`: 0.0 keeps the values of all cells."""
    disk: bool = False
    damage: bool = False
    """Parts of the store get lost before each build, and on disk broken."""
    kill: bool = False
    """Before each build another process begins the same build, and is killed."""
    twins: bool = False
    """Two processes build at the same time, of which one has an older state of the notebook."""
    about: Sequence[str] = EVERYTHING
    steps: int = 8
    cells: int = 8

    def __str__(self) -> str:
        named = [each.name for each in fields(self) if getattr(self, each.name) is True]
        about = dict.fromkeys(self.about) if len(self.about) < 8 else ()
        return " ".join(["marimo" if self.dataflow else "percent", *named[self.dataflow :], *self._blobs(), *about])

    def _blobs(self) -> list[str]:
        return [] if self.keep is None else ["blobs"]


class LawError(AssertionError):
    """The law does not hold."""


class Author:
    """Builds one notebook again and again in one folder."""

    def __init__(self, root: Path, way: Way | None = None, executor: Executor | None = None) -> None:
        self.root = root
        self.way = way or Way()
        self.executor: Executor = executor or (Warm(root) if self.way.warm else InlineExecutor(root))
        self.store: Store = Damaged(root.parent / "cache") if self.way.disk else Forgetting()

    def build(self, notebook: Notebook, store: Store | None = None) -> Run:
        (self.root / notebook.path).touch()
        world = ThisMachine(self.root)
        return build(notebook, store=store or self.store, executor=self.executor, world=world, keep=self.way.keep)

    def ran(self, notebook: Notebook) -> list[int]:
        """Numbers of the cells that a build runs."""
        return which_ran(self.build(notebook))

    def close(self) -> None:
        if isinstance(self.executor, Warm):
            self.executor.close()
        if isinstance(self.store, DiskStore):
            self.store.close()


def which_ran(run: Run) -> list[int]:
    return [n for n, cell in enumerate(run.notebook.cells) if run.reasons[cell.id].action == "run"]


# --- a sequence of edits ----------------------------------------------------------------------------------------------


@dataclass
class Sequel:
    """One random program and its edits."""

    seed: int
    folder: Path
    way: Way
    author: Author
    tally: Tally = field(default_factory=Tally)
    codes: list[str] = field(default_factory=list)
    past: list[list[str]] = field(default_factory=list)
    step: int = 0
    steady: bool = False
    """Whether the last build left the folder as it found it."""

    def __post_init__(self) -> None:
        self.r = random.Random(self.seed)
        self.root = self.author.root
        self.authored = self.folder / "authored"
        """The folder as its author leaves it, without what cells write."""

    def go(self) -> None:
        """Edit and build. Raises LawError where a build is not what it must be."""
        begin(self.root)
        shutil.copytree(self.root, self.authored)
        os.environ["NB_W"] = ""
        program = first_dataflow if self.way.dataflow else first_program
        self.codes = program(self.r, self.way.cells, self.way.about)
        self.past.append(self.codes)
        self._check(None, same_world=False)
        for step in range(1, self.way.steps):
            self.step = step
            edit = edited(self.r, self.codes, self.past, self.way.about, dataflow=self.way.dataflow)
            self.codes = edit.codes
            self.past.append(self.codes)
            self.tally.edits += 1
            world = changed_world(self.r)
            if world:
                world(self.root)
                world(self.authored)
            if self.way.damage:
                self.author.store.damage(self.r)  # type: ignore[attr-defined]
            self._check(edit, same_world=not world and not self.way.damage)
        self.tally.sequences += 1

    def _check(self, edit: Edit | None, *, same_world: bool) -> None:
        notebook = self._notebook(self.codes)
        if self.way.kill:
            self._killed(notebook)
        before = files_in(self.root, addresses=True)
        with self._copy(self.root) as copy:
            run = self._together(notebook) if self.way.twins else self.author.build(notebook)
            self._compare(run, copy)
        self.tally.builds += 1
        if edit:
            self.tally.cells += len(run.reasons)
            self.tally.ran += len(which_ran(run))
        if edit and edit.harmless is not None and same_world and self.steady and not self.way.kill:
            self._ran_only(run, edit.harmless)
        self.steady = before == files_in(self.root, addresses=True)
        if self.way.disk and self.way.damage:
            self.author.build(notebook)  # an index that turns out broken in the middle is begun anew, with what follows
        if self.steady:
            self._ran_nothing(self.author.build(notebook))

    def _notebook(self, codes: list[str]) -> Notebook:
        return (marimo if self.way.dataflow else percent)(*codes)

    @contextmanager
    def _copy(self, root: Path) -> Iterator[Path]:
        """A folder like another one, for a plain run."""
        copy = Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copytree(root, copy, dirs_exist_ok=True)
        try:
            yield copy
        finally:
            shutil.rmtree(copy)

    def _compare(self, run: Run, copy: Path) -> None:
        """A build in our folder with a plain run in a copy of it.

        Where cells read what they have written themselves, a plain run depends on the runs before it; then a build may
        give what it gives in a folder that no run has touched.
        """
        with without_modules_in(self.root):
            ours, plain = shown(run), plainly(run.notebook, copy)
            files, left = files_in(self.root), files_in(copy)
            with self._copy(self.authored) as fresh:
                first = plainly(run.notebook, fresh) if files_in(fresh) != left else plain
                wrote = {name: data for name, data in files_in(fresh).items() if left.get(name) != data}
        if plain != first or wrote:
            self.tally.unsteady += 1
            plain = [one if one == own else other for own, one, other in zip(ours, plain, first, strict=True)]
            files = left
        if ours != plain:
            at = next(n for n, pair in enumerate(zip(ours, plain, strict=True)) if pair[0] != pair[1])
            raise LawError(f"{self._told()}\ncell {at}: {ours[at]}\nplain: {plain[at]}")
        if files != left:
            differ = {name: (files.get(name), left.get(name)) for name in {*files, *left}}
            differ = {name: pair for name, pair in differ.items() if pair[0] != pair[1]}
            raise LawError(f"{self._told()}\nfiles, ours and those of a plain run: {differ}")

    def _ran_nothing(self, run: Run) -> None:
        if ran := which_ran(run):
            raise LawError(f"{self._told()}\nran again: {[(n, run.reasons[run.notebook.cells[n].id]) for n in ran]}")
        self.tally.quiet += 1

    def _ran_only(self, run: Run, cell: int) -> None:
        """Only a cell whose code changed has run, and those in whose outputs lines show."""
        ran = [n for n in which_ran(run) if n != cell]
        reasons = [run.reasons[run.notebook.cells[n].id] for n in ran]
        seen = {reason.observation.kind for reason in reasons if reason.observation}
        if ran and not seen & {"source", "layout"}:
            found = dict(zip(ran, reasons, strict=True))
            raise LawError(f"{self._told()}\nan edit without effect in cell {cell} ran {found}")

    def _told(self) -> str:
        cells = "\n".join(f"{n}: {code!r}" for n, code in enumerate(self.codes))
        return f"{self.way}: seed {self.seed}, step {self.step}\n{cells}"

    # --- other processes

    def _killed(self, notebook: Notebook) -> None:
        """Let another process begin this build, and kill it in the middle."""
        self.author.close()
        with beside(lambda: self.author.build(notebook)) as child:
            time.sleep(self.r.random() * 0.12)
            self.tally.killed += child.kill()

    def _together(self, notebook: Notebook) -> Run:
        """Build this notebook while another process builds an earlier state of it."""
        other = self._notebook(self.r.choice(self.past))
        self.author.close()
        with self._copy(self.root) as copy, beside(lambda: self.author.build(other)) as child:
            run = self.author.build(notebook)
            self._compare(child.result(), copy)
        return run


@contextmanager
def without_modules_in(root: Path) -> Iterator[None]:
    """Let plain runs load their own: a kernel that lives on in this process has loaded some from its folder."""
    files = ((name, getattr(module, "__file__", None)) for name, module in list(sys.modules.items()))
    theirs = {name: sys.modules.pop(name) for name, file in list(files) if str(file).startswith(f"{root}{os.sep}")}
    try:
        yield
    finally:
        sys.modules.update(theirs)


_ADDRESS = re.compile(rb" at 0x[0-9a-f]+")


def files_in(root: Path, *, addresses: bool = False) -> Files:
    """Paths and contents of all files, but not what Python keeps of modules, nor where a value lies in memory unless
    `addresses` count: a file that has one in it is another one each time that it is written."""
    found = (path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in found}
    return files if addresses else {name: _ADDRESS.sub(b"", data) for name, data in files.items()}


@dataclass
class Child:
    """A process like this one that does one thing. It must be waited for."""

    pid: int
    answer: int

    def result(self) -> Any:
        with os.fdopen(self.answer, "rb") as file:
            data = file.read()
        os.waitpid(self.pid, 0)
        self.pid = 0
        done, value = pickle.loads(data)
        if not done:
            raise LawError(f"in the other process: {value}")
        return value

    def kill(self) -> bool:
        """End it where it stands; False where it was faster."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        os.close(self.answer)
        return os.WIFSIGNALED(status)


@contextmanager
def beside(work: Callable[[], Any]) -> Iterator[Child]:
    """Do some work in a fork of this process meanwhile."""
    theirs, ours = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(theirs)
            try:
                answer = pickle.dumps((True, work()))
            except BaseException as error:
                answer = pickle.dumps((False, repr(error)))
            with os.fdopen(ours, "wb") as file:
                file.write(answer)
        finally:
            os._exit(0)
    os.close(ours)
    child = Child(pid, theirs)
    try:
        yield child
    finally:
        if child.pid:
            child.kill()


# --- many sequences ---------------------------------------------------------------------------------------------------


def sequence(seed: int, folder: Path, way: Way, executor: Callable[[Path], Executor] | None = None) -> Tally:
    """Check one sequence in a folder that is there for it. Raises LawError."""
    root = folder / "notebooks"
    root.mkdir(parents=True)
    author = Author(root, way, executor and executor(root))
    sequel = Sequel(seed, folder, way, author)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        stack.callback(author.close)
        sequel.go()
    return sequel.tally


def check(count: int, folder: Path, way: Way, *, first: int = 0, **how: Any) -> Tally:
    """Check so many sequences. Raises LawError at the first that breaks the law."""
    tally = Tally()
    with as_outside_pytest():
        for seed in range(first, first + count):
            tally.add(sequence(seed, folder / f"{seed}", way, **how))
    return tally


@contextmanager
def as_outside_pytest() -> Iterator[None]:
    """With Python's own warnings, which pytest would keep to itself, and without files of byte code: Python takes one
    for current where a module is changed within the second and keeps its size."""
    environment, bytecode = dict(os.environ), sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    for name in ("NB_V", *UNWANTED):  # the size of the terminal comes and goes among tests, and no kernel is told of it
        os.environ.pop(name, None)
    show = warnings._showwarnmsg_impl  # type: ignore[attr-defined]
    try:
        with warnings.catch_warnings(), decimal.localcontext(decimal.Context()):
            warnings.resetwarnings()
            for category in (DeprecationWarning, ImportWarning, PendingDeprecationWarning, ResourceWarning):
                warnings.simplefilter("ignore", category)
            warnings._showwarnmsg_impl = lambda message: sys.stderr.write(warnings._formatwarnmsg(message))  # type: ignore[attr-defined]
            yield
    finally:
        warnings._showwarnmsg_impl = show  # type: ignore[attr-defined]
        sys.dont_write_bytecode = bytecode
        os.environ.clear()
        os.environ.update(environment)
