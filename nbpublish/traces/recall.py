"""Which recorded trace holds for a cell, and why none does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from nbpublish.model import Cell, Graph, Notebook, Observation, Reason, Trace, Version
from nbpublish.traces.closure import EVERYTHING, Versions, closure, is_state, modules_named
from nbpublish.traces.code import Code
from nbpublish.traces.files import UNCHANGED, undone
from nbpublish.traces.key import inputs_of, key_of, settings_of
from nbpublish.traces.plan import Point
from nbpublish.traces.refresh import Refresh
from nbpublish.traces.standstill import stands
from nbpublish.traces.variables import OUTSIDE
from nbpublish.traces.verify import Digest, World, broken, reached_limit


@dataclass(frozen=True, slots=True)
class Recalled:
    """What is known of a cell before it is run or reused."""

    point: Point
    """Its trace is the one that holds; None where the cell must run."""
    key: str
    inputs: Mapping[str, str]
    reason: Reason


@dataclass
class Recall:
    """Looks traces up for the cells of one notebook during one build."""

    notebook: Notebook
    graph: Graph
    codes: Mapping[str, Code]
    find: Callable[[str], Sequence[Trace]]
    """The traces with a key, the newest first."""
    latest: Callable[[str], Trace | None]
    """The newest trace of a place."""
    world: World | None = None
    refresh: Refresh | None = None
    """None where results are taken however old they are."""
    former: Mapping[str, str] = field(default_factory=dict)
    """By id, the place that a cell had in the last build, where it has another one now."""
    cells: dict[str, str] = field(default_factory=dict)
    """By trace, the cell it is of, as far as this build has come."""
    own: dict[tuple[str, str], list[Trace]] = field(default_factory=dict)
    """Traces that this build has made or reused, by key and place; what they saw of the world still holds there,
    whatever cells below have written since."""
    distrusted: set[str] = field(default_factory=set)
    """Ids of traces of cells that have given something else when they ran again."""
    undone: dict[str, tuple[Observation, frozenset[str]]] = field(default_factory=dict)
    """By place, a file that its cell has left and that is no longer what it was, and the traces that this spoils."""
    dynamic: set[str] = field(default_factory=set)
    """Cells that have turned out to reach for names which do not stand in their code."""
    passed: dict[str, Recalled] = field(default_factory=dict)
    """What was known of each cell when it was passed."""
    before: Mapping[str, Recalled] = field(default_factory=dict)
    """In a state: the same of the notebook without a reader."""
    newest: dict[str, Trace] = field(default_factory=dict)
    """By place, the last trace that this build has made or reused."""

    def remember(self, trace: Trace, place: str) -> None:
        """Know a trace that holds in this build, rather than an older one of the same execution."""
        mine = self.own.setdefault((trace.key, place), [])
        mine[:] = [trace, *(other for other in mine if other.id != trace.id)]
        self.newest[place] = trace

    def elsewhere(self, notebook: Notebook, graph: Graph, codes: Mapping[str, Code]) -> Recall:
        """Looks traces up for the same notebook in a state, right after this one; what held for this one still does."""
        places = {code.place: codes[id].place for id, code in self.codes.items()}
        own = {(key, places[place]): list(traces) for (key, place), traces in self.own.items() if place in places}
        cells, dynamic = dict(self.cells), set(self.dynamic)
        return replace(
            self,
            notebook=notebook,
            graph=graph,
            codes=codes,
            former={},
            cells=cells,
            own=own,
            dynamic=dynamic,
            passed={},
            before=self.passed,
        )

    def write_again(self, place: str, trace: Trace, seen: Observation) -> None:
        """Let a cell run itself, because a file that its trace has left is no longer what it was."""
        known = frozenset(other.id for other in [*self._mine(trace.key), *self.find(trace.key)])
        self.undone[place] = seen, known

    def __call__(self, cell: Cell, versions: Versions) -> Recalled:
        """What is known of a cell that stands where the names mean `versions`."""
        if found := self._as_before(cell, versions):
            return found
        return self._recall(cell, versions, everything=cell.id in self.dynamic)

    def _as_before(self, cell: Cell, versions: Versions) -> Recalled | None:
        """What is known of a cell that stands in a state where it stood without a reader."""
        found, code = self.before.get(cell.id), self.codes[cell.id]
        if found is None or code.digest != found.point.code.digest or code.place in self.undone:
            return None
        point = found.point
        if point.trace is None or point.trace.id in self.distrusted:
            return None
        mine = self.own.get((found.key, code.place), ())
        if mine and mine[0].id != point.trace.id:  # it gave something else when it ran again
            return None
        if not stands(point, found.inputs, self.graph.names[cell.id], versions):
            return None
        return replace(found, point=replace(point, code=code), reason=Reason("reused", "unchanged"))

    def _recall(self, cell: Cell, versions: Versions, *, everything: bool) -> Recalled:
        code = self.codes[cell.id]
        modules = modules_named(code.words, versions)
        known = self.graph.names[cell.id]
        names = closure(known, versions, unbinds=code.unbinds, modules=modules, everything=everything)
        inputs = inputs_of(names, versions)
        settings = settings_of(code, names, versions)
        key = key_of(code, inputs, versions, self.engine, settings)
        visible = {name: version for name, version in versions.items() if name in names or is_state(name)}
        stale: Trace | None = None
        again: list[Observation] = []
        own = self.own.get((key, code.place), [])
        for trace in chain(tuple(own), sorted(self.find(key), key=self._has_left_other_files)):
            if trace.id in self.distrusted or (reached_limit(trace) and not self.before):
                continue
            if code.place in self.undone and (trace.place != code.place or trace.id in self.undone[code.place][1]):
                again = [self.undone[code.place][0]]
                continue
            if any(name in trace.versions and trace.inputs.get(name) != inputs[name] for name in settings):
                continue  # it has changed the control itself, which is another one now
            if any(version.unseen and name not in code.unread for name, version in trace.versions.items()):
                continue  # nobody has looked at values that a cell reads now
            digest = self._digest(trace, key, code)
            problem = broken(trace, self.notebook, cell, code, versions, digest)
            if problem is None and self._is_due(trace, cell):
                return Recalled(Point(cell.id, code, visible), key, inputs, Reason("run", "refresh"))
            if problem is None:
                self.remember(trace, code.place)
                return Recalled(Point(cell.id, code, visible, trace), key, inputs, Reason("reused", "unchanged"))
            if problem.kind == "name" and not everything:
                self.dynamic.add(cell.id)
                return self._recall(cell, versions, everything=True)
            stale = stale or trace
        if stale is None and not (everything or known.dynamic):
            wider = self._recall(cell, versions, everything=True)
            if wider.point.trace or self._reached_for_everything(code):
                self.dynamic.add(cell.id)
                return wider
        seen = self._broken(stale, cell, code, versions) if stale and not again else again
        reason = self._why(cell, code, inputs, versions, seen)
        return Recalled(Point(cell.id, code, visible), key, inputs, reason)

    def _reached_for_everything(self, code: Code) -> bool:
        """Whether a cell with this code has needed every name when it last ran here."""
        last = self.newest.get(code.place) or self.latest(code.place)
        return last is not None and last.code == code.digest and EVERYTHING in last.inputs

    def _has_left_other_files(self, trace: Trace) -> bool:
        """Whether files are no longer as a trace has left them; another one with its key may be the better one."""
        return self.world is not None and any(True for _ in undone(trace.versions, self.world.digest))

    def _mine(self, key: str) -> list[Trace]:
        """The traces of this build with a key, at whatever place."""
        return [trace for (known, _), traces in self.own.items() if known == key for trace in traces]

    def _is_due(self, trace: Trace, cell: Cell) -> bool:
        if self.refresh is None or any(trace.id == mine.id for mine in self._mine(trace.key)):
            return False
        return self.refresh.wants(trace, cell.options)

    @property
    def engine(self) -> str:
        """What runs cells now."""
        return self.world.digest("engine", "") if self.world else ""

    def _broken(self, trace: Trace, cell: Cell, code: Code, versions: Versions) -> list[Observation]:
        """All that a trace observed and that holds no longer."""
        digest = self._digest(trace, trace.key, code)
        single = [replace(trace, observations=(seen,)) for seen in trace.observations]
        found = [broken(one, self.notebook, cell, code, versions, digest) for one in single]
        return [problem for problem in found if problem]

    def _digest(self, trace: Trace, key: str, code: Code) -> Digest:
        """What is there now. What this cell has seen in this very build counts as unchanged, or it might run for ever;
        environment variables are not among it, because cells set them."""
        world = self.world.digest if self.world else lambda kind, subject: None
        if trace not in self.own.get((key, code.place), ()):
            return world
        return lambda kind, subject: world(kind, subject) if kind in OUTSIDE and self.world else UNCHANGED

    def _why(
        self, cell: Cell, code: Code, inputs: Mapping[str, str], versions: Versions, seen: Sequence[Observation]
    ) -> Reason:
        if self.before:  # nobody asks why a cell runs in a state
            return Reason("run", "new")
        found = [self._about(observation, versions) for observation in seen]
        earlier = None if found else self.latest(code.place) or self.latest(self.former.get(cell.id, ""))
        if earlier:
            found = list(self._changes(earlier, code, inputs, versions))
        elif not found:
            return Reason("run", "new")
        return replace(found[0], also=tuple(found[1:])) if found else Reason("run", "lost")

    def _about(self, seen: Observation, versions: Versions) -> Reason:
        if seen.kind == "state":
            return Reason("run", "input", self._maker(versions.get(seen.subject)), seen.subject, seen)
        return Reason("run", "observation", observation=seen)

    def _changes(
        self, earlier: Trace, code: Code, inputs: Mapping[str, str], versions: Versions
    ) -> Iterator[Reason]:
        if earlier.code != code.digest:
            yield Reason("run", "code")
        for name in sorted({*inputs, *earlier.inputs}):
            given = name in inputs and name in earlier.inputs  # else only the code asks for it, or no longer
            if inputs.get(name) != earlier.inputs.get(name) and (given or earlier.code == code.digest):
                yield Reason("run", "input", self._maker(versions.get(name)), name)
        if earlier.engine != self.engine:
            yield Reason("run", "engine", observation=Observation("engine", "", earlier.engine))

    def _maker(self, version: Version | None) -> str | None:
        return self.cells.get(version.trace) if version else None
