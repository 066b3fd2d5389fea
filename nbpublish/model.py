"""The values that flow through nbpublish. Read this file first.

A file's text becomes a `Notebook` of `Cell`s. Its `Graph` says which cell feeds which. Running a cell gives a
`Trace` with its `Output`s; all traces of one build of one notebook are a `Run`. A `Run` becomes a `Page`, and
pages become the site. Whatever the author can put right is a `Problem` on the way.

    text ─formats→ Notebook ─graph→ Graph ─build→ Run ─page→ Page ─→ site
                                                          └─diff→ Patch ─→ preview

Values are frozen, picklable and compare by content. They hold data and properties derived from it; nothing here
acts, and nothing here imports another room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

# --- what the author wrote ----------------------------------------------------------------------------------------

Visibility = Literal["show", "fold", "hide"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something its author can put right, shown at its cell, printed as `path:line` and counted in the exit status."""

    code: str
    """Stable short name of the kind of problem, such as `multiple-definitions`."""
    message: str
    """What is wrong and what to do next, in one or two sentences."""
    path: str
    """File it stands in, relative to the docs folder, with forward slashes."""
    line: int
    """Line of the file, from 1."""
    cell: str | None = None
    """Id of the cell it concerns."""
    severity: Literal["error", "warning"] = "error"
    """An error fails the build; a warning fails it under `--strict` only."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message} [{self.code}]"


@dataclass(frozen=True, slots=True)
class Options:
    """What an author says about a cell, whichever words its format has for it."""

    code: Visibility | None = None
    """How the source is shown; None leaves it to the site's setting."""
    output: Visibility = "show"
    stdout: bool = True
    """Whether what the cell prints appears on the page."""
    stderr: bool = True
    """Whether its warnings and log messages do."""
    removed: bool = False
    """The cell runs, and nothing of it appears on the page."""
    disabled: bool = False
    """Neither the cell nor what depends on it runs."""
    raises: bool = False
    """An exception is expected here and is no problem."""
    timeout: float | None = None
    """Seconds the cell may take; None leaves it to the site's setting."""
    refresh: float | None = None
    """Seconds after which its result is too old to be reused: 0 is always, infinity never, not even when asked for.
    None: where a refresh is asked for and the result may differ from one execution to the next."""
    depends: tuple[str, ...] = ()
    """Files on which the result depends, though nobody can see it: paths or patterns, as seen from the notebook."""
    alt: str | None = None
    """Alternative text of the cell's figure."""
    caption: str | None = None
    """Caption of the cell's figure or table, as Markdown."""
    label: str | None = None
    """Name under which the cell's figure or table can be referred to."""
    parts: tuple[str, ...] = ()
    """Captions of the parts (a), (b), … where the cell's figures are parts of one."""
    columns: int | None = None
    """How many parts stand beside each other; None where there is room."""
    mimetype: str | None = None
    """What a raw cell holds, such as `text/html`; None where the author does not say."""
    tags: tuple[str, ...] = ()
    """The cell's tags as written, those included that the other fields already interpret."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a notebook."""

    id: str
    """Its name where it has one, else a short hash of its source, with a counter for twins."""
    kind: Literal["code", "markdown", "raw"]
    source: str
    """What the author wrote, without markers, decorator, signature, `return` and common indentation."""
    line: int
    """Line of the file on which `source` starts, from 1."""
    name: str | None = None
    options: Options = Options()
    python: str | None = None
    """What runs, where that differs from `source` (IPython's magics translated), line for line beside it."""

    @property
    def code(self) -> str:
        """The Python that runs; empty for prose."""
        if self.kind != "code":
            return ""
        return self.source if self.python is None else self.python


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook as read from its file."""

    path: str
    """Path relative to the docs folder, with forward slashes."""
    format: str
    """Name of the format it was read by: `marimo`, `percent`, `ipynb`, …"""
    cells: tuple[Cell, ...]
    """In the file's order, which is the order of display."""
    order: Literal["dataflow", "document"] = "document"
    """`dataflow`: one definition per name, cells run by their dependencies. `document`: they run as they stand."""
    setup: str | None = None
    """Id of the cell that runs before all others and may use none of their names."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Page metadata: `title`, `description`, `tags`, … from front matter, app options or a header."""
    problems: tuple[Problem, ...] = ()

    def cell(self, id: str) -> Cell:
        """The cell with this id. Raises KeyError where there is none."""
        for cell in self.cells:
            if cell.id == id:
                return cell
        raise KeyError(id)


# --- how its cells depend on each other -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Names:
    """The shared names a cell binds, mentions and deletes; names private to it are left out."""

    defs: frozenset[str] = frozenset()
    refs: frozenset[str] = frozenset()
    deletes: frozenset[str] = frozenset()
    """Names of other cells that this one deletes; also in `refs`."""
    dynamic: bool = False
    """Other names may be read or bound too (`exec`, `globals()`, `from x import *`)."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Which cell feeds which, and in which order they run."""

    order: tuple[str, ...]
    """Ids of the code cells in the order they run; cells spoiled by a problem are left out."""
    names: Mapping[str, Names]
    parents: Mapping[str, tuple[str, ...]]
    """Direct parents of each code cell, in the file's order; parents that cannot run included."""
    problems: tuple[Problem, ...] = ()

    @property
    def spoiled(self) -> frozenset[str]:
        """Ids of the cells that cannot run because of an error found before running."""
        return frozenset(p.cell for p in self.problems if p.cell and p.severity == "error")


# --- what running it gave -------------------------------------------------------------------------------------------

ERROR = "application/vnd.nbpublish.error+json"
"""Mimetype of an `ErrorData`, in the output of a cell that failed."""


class FrameData(TypedDict):
    """One frame of a traceback, outermost first."""

    path: str
    line: int
    function: str
    code: str
    """The source line, stripped; empty where it is not known."""
    library: bool
    """Whether the frame stands in installed code rather than in the author's."""


class ErrorData(TypedDict):
    """An exception, or the end of the process, as shown on the page."""

    name: str
    """Class of the exception, or `Timeout`, `MemoryLimit`, `Crash`, `Interrupted`."""
    message: str
    frames: list[FrameData]


MISSING_GLYPHS = "application/vnd.nbpublish.missing-glyphs+json"
"""Mimetype of a list of texts that a picture shows as boxes: for the author, not for readers."""

Channel = Literal["stdout", "stderr", "display", "result", "error"]


@dataclass(frozen=True, slots=True)
class Output:
    """Something a cell printed, displayed or drew."""

    channel: Channel
    data: Mapping[str, Any]
    """Mimebundle: text as str, images and other bytes as bytes, JSON types as their objects."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """By mimetype, as in Jupyter, and `width`, `height` (CSS pixels), `alt` for images."""


@dataclass(frozen=True, slots=True)
class Version:
    """The value that a name has at one point of the program, as far as one must know it without having it.

    State of the process that cells share without a name (the random generator, the working directory, …) has versions
    too, under names in angle brackets such as `<random>`; while nobody has changed it, it has none.
    """

    fingerprint: str | None
    """Identifies the value, together with those of its group; None: it is opaque, and known by its trace alone."""
    trace: str = ""
    """Id of the trace of the execution that made it."""
    free: frozenset[str] = frozenset()
    """Names that functions and classes reachable from the value may read when they are called."""
    group: tuple[str, ...] = ()
    """Sorted names that share mutable objects with it, itself included: they change, and are kept, together."""
    blob: str | None = None
    """Digest of the bytes that hold the whole group; None where only running the cell again brings it back."""
    definition: bool = False
    """It comes from a cell of imports and definitions, which is run again rather than loaded."""
    layout: str | None = None
    """Digest of the lines that the code reachable from it stood on; None where none of the notebook's code is."""
    setting: str | None = None
    """Of a control, or of a state of marimo's: identifies what it is set to, whatever else it may be set to."""
    unseen: bool = False
    """Nobody looked at the value, because no cell read the name: it is opaque until a cell does."""

    @property
    def identity(self) -> str:
        """What stands for it in keys: equal where a reader cannot tell the values apart."""
        return self.fingerprint or f"opaque {self.trace}"


@dataclass(frozen=True, slots=True)
class Observation:
    """Something outside the notebook's names that an execution looked at."""

    kind: str
    """What it is: `file`, `missing`, `directory`, `environment`, `module`, `distribution`, `state`, `name`, `source`,
    `impure`, …"""
    subject: str
    """Which one: a path with forward slashes, relative to the root where it is below it; a name; a cell's id."""
    digest: str
    """What it was then."""


Library = Literal["marimo", "ipywidgets", "none"]
"""What a control is of; `none` stands for a constant of the author's, which is none until the page shows one."""


@dataclass(frozen=True, slots=True)
class Control:
    """A control that a cell has bound to a shared name: with Python at hand, a reader could move it."""

    name: str
    """The shared name."""
    path: tuple[str, ...]
    """Keys that lead to it where the name holds a collection of controls."""
    kind: str
    """`slider`, `dropdown`, …"""
    element: str
    """Id of its element in the HTML that the notebook's cells show; empty where it has none."""
    initial: Any
    """What it is set to, in JSON types."""
    properties: Mapping[str, Any]
    """What else is known of it, in JSON types: `start`, `stop`, `steps`, `options`, …"""
    library: Library = "marimo"


@dataclass(frozen=True, slots=True)
class Trace:
    """What one execution of a cell gave, and all that it depended on."""

    key: str
    """Identifies what can be known without looking at the world: the cell's code and the versions that it may read."""
    outputs: tuple[Output, ...]
    exit: Literal["ok", "failed", "stopped", "died"] = "ok"
    """`stopped`: the author ended it with `mo.stop`. `died`: it took the kernel with it."""
    problem: Problem | None = None
    seconds: float = 0.0
    """Wall time of the execution."""
    when: float = 0.0
    """When it began, in seconds since the epoch."""
    cut: bool = False
    """Whether output was dropped, because there was more of it than is kept."""
    id: str = ""
    """Identifies this one execution."""
    versions: Mapping[str, Version] = field(default_factory=dict)
    """Names that it bound, or whose values it changed."""
    deleted: frozenset[str] = frozenset()
    observations: tuple[Observation, ...] = ()
    place: str = ""
    """The notebook's path and the cell's id, by which an earlier trace of the same cell is found."""
    code: str = ""
    """Digest of the cell's code without comments and layout."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """By name that it may have read: its fingerprint, its trace where it is opaque, or "" where there was none."""
    engine: str = ""
    """What ran it: versions of nbpublish and of Python, and the platform."""
    controls: tuple[Control, ...] = ()

    @property
    def impure(self) -> tuple[str, ...]:
        """What it may owe a result to that another execution need not give: `clock`, `entropy`, `network`, …"""
        return tuple(seen.subject for seen in self.observations if seen.kind == "impure")


@dataclass(frozen=True, slots=True)
class Task:
    """What a kernel is told of an execution besides the cell."""

    inputs: Mapping[str, Version] = field(default_factory=dict)
    """The names that the cell may see, all of them live, and every state that cells have changed."""
    private: str = ""
    """Stands for the cell in its private names."""
    futures: frozenset[str] = frozenset()
    """Features that cells before it have imported from `__future__`."""
    keep: float | None = None
    """Blobs are made where it takes more than so many seconds to have the values again; None makes none."""
    effort: float = 0.0
    """Seconds that it takes to have its inputs again."""
    targets: frozenset[str] = frozenset()
    """Dotted paths of attributes of libraries that the cell assigns or deletes."""
    network: bool = True
    """Whether the cell may use the network; what it does there fails otherwise."""
    result: bool = False
    """Whether cells below read its result, under the name `_`."""
    unread: frozenset[str] = frozenset()
    """Names that it may bind and no other cell reads; nobody needs to look at their values."""
    sets: str = ""
    """The name of the control that it sets, where it can do nothing else: no code of the author's takes part."""


Cause = Literal[
    "new",  # run: no trace of this cell was found
    "code",  # run: its code changed
    "input",  # run: `name` has a new value, from `cell`, or is gone
    "observation",  # run: `observation` holds no longer
    "refresh",  # run: a new result was asked for, or its own is older than the author allows
    "engine",  # run: Python, nbpublish or the platform is another one; the observation says what it was
    "lost",  # run: nothing about it changed, but no result of it is kept
    "unkept",  # run: its result cannot be kept, because time ran out or the kernel died
    "uncertain",  # run, perhaps: `cell`, which gives `name`, must run first
    "verified",  # run again to compare, with its whole notebook, in which a cell gave another result
    "dynamic",  # run again: it reached for `name`, which does not stand in its code
    "differs",  # run: run again for its values, it gave others than before
    "unchanged",  # reused: nothing it depends on changed
    "comment",  # reused: since the last build only comments in it changed
    "layout",  # reused: since the last build only the layout of its code changed
    "earlier",  # reused: all is again as it was in an earlier build
    "replayed",  # reused, and run again all the same, because `cell` needed its values
    "ancestor-failed",  # not run: `cell` failed or could not run
    "ancestor-stopped",  # not run: `cell` called mo.stop
    "disabled",  # not run: it, or its ancestor `cell`, is disabled
    "problem",  # not run: it has an error found before running
    "kernel-died",  # not run: `cell` took the kernel with it
    "not-executed",  # not run: this build executes nothing
]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a cell was run, reused or not run."""

    action: Literal["run", "reused", "not_run"]
    cause: Cause
    cell: str | None = None
    """The cell that caused it, where another one did."""
    name: str | None = None
    observation: Observation | None = None
    also: tuple[Reason, ...] = ()
    """What else would have been reason enough."""
    because: Reason | None = None
    """Of a cell that is not run where nothing is executed: why it would run."""


@dataclass(frozen=True, slots=True)
class Widget:
    """A control whose places are known beforehand, so that what follows from each can be computed ahead."""

    key: str
    """Its name on the page and in addresses: the shared name, with what leads further into it after dots."""
    name: str
    path: tuple[str, ...]
    cell: str
    """The cell that makes it."""
    kind: str
    element: str
    values: tuple[str, ...]
    """What it is set to at each of its places, as JSON."""
    labels: tuple[str, ...]
    """What a reader sees at each of its places."""
    initial: int
    """The place where it stands without a reader."""
    library: Library = "marimo"
    label: str = ""
    """What it is called, where nothing on the page says it otherwise."""
    steps: bool = False
    """Whether a value is the number of a step."""
    line: int = 0
    """For a constant: the line of its cell on which it stands, from 1."""
    form: str = ""
    """Key of the form that it stands in: until that is sent, it counts for nothing."""


Given = Mapping[str, int]
"""By a widget's key, its place, where that is not the initial one. One such setting is a state."""

Extent = Literal[
    "all",  # every place of its widgets with every other
    "some",  # fewer places of its sliders, which snap to them
    "axes",  # one widget at a time, with all others where they were
    "default",  # nothing but what stands there anyway
]


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be computed ahead for the widgets of one notebook."""

    states: int = 300
    """For what follows the same widgets."""
    seconds: float = 300.0
    """Of running cells, for the whole notebook."""
    bytes: int = 2_000_000
    """Of what states add to the page, for the whole notebook, before it is compressed."""
    network: bool = False
    """Whether states may use the network."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is computed ahead for a cell, and why no more."""

    cell: str
    widgets: tuple[str, ...]
    """Keys of the widgets that it follows, in the order in which they stand in the notebook."""
    places: tuple[tuple[int, ...], ...]
    """For each of them, the places for which it is computed."""
    extent: Extent
    wanted: int
    """How many states it has in all."""
    computed: int
    """How many of them are computed, the default one included."""
    cause: str = ""
    """Why not all of them: `states`, `seconds`, `bytes`, `network`, `writes`, `chance`, `died`; empty where nothing is
    left out."""


@dataclass(frozen=True, slots=True)
class Still:
    """A control that stands on the page and cannot be moved there."""

    key: str
    """What would be its key as a widget."""
    cell: str
    """The cell that makes it."""
    element: str
    cause: str
    """`free`: its values are not known beforehand; `author`: its author wants it so; `made`: another control decides
    what it is; `nothing`: nothing follows it; else that of the decisions about what follows it."""


@dataclass(frozen=True, slots=True)
class Run:
    """One build of one notebook: a trace for each code cell that has one, a reason for every code cell."""

    notebook: Notebook
    graph: Graph
    traces: Mapping[str, Trace]
    reasons: Mapping[str, Reason]
    widgets: tuple[Widget, ...] = ()
    """What a reader can move on the page."""
    decisions: tuple[Decision, ...] = ()
    """What was decided about each cell that follows widgets."""
    given: Given = field(default_factory=dict)
    """The state of which this is the run; empty for what stands on the page without a reader."""
    states: tuple[Run, ...] = ()
    """A run for each state that was computed ahead."""
    still: tuple[Still, ...] | None = None
    """Controls that cannot be moved; None where nothing was decided about any."""
    remarks: tuple[Problem, ...] = ()
    """What is wrong with widgets and in states."""

    def counted(self, given: Given) -> dict[str, int]:
        """A state without what counts for nothing in it: the key of the run that shows it."""
        forms = {widget.key: widget.form for widget in self.widgets if widget.form}
        return {key: place for key, place in given.items() if forms.get(key) in (None, *given)}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems of reading, analysing and running, in that order."""
        ran = tuple(t.problem for t in self.traces.values() if t.problem)
        return self.notebook.problems + self.graph.problems + ran + self.remarks


# --- what the reader gets -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a page."""

    level: int
    id: str
    html: str
    """Its text as inline HTML without links."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that a page needs beside it, named by its content."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Fragment:
    """The HTML of one cell."""

    cell: str
    """Its id; empty for what belongs to no cell and comes at the end, such as footnotes."""
    html: str


@dataclass(frozen=True, slots=True)
class Page:
    """A notebook as HTML, without the theme around it."""

    title: str | None
    """Text of the first heading, as HTML, where that is one of level 1."""
    fragments: tuple[Fragment, ...]
    headings: tuple[Heading, ...] = ()
    anchors: frozenset[str] = frozenset()
    """All ids on the page that a link can point to."""
    assets: tuple[Asset, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def html(self) -> str:
        return "\n".join(fragment.html for fragment in self.fragments)


@dataclass(frozen=True, slots=True)
class Patch:
    """What makes one page of another."""

    order: tuple[str, ...]
    """The cells of all fragments that stand on the page afterwards."""
    fragments: tuple[Fragment, ...] = ()
    """Those of them that are new or other ones."""
