"""How the inputs of a cell come to life in a kernel, in the cheapest way.

What is live already is left alone; values are loaded where a blob holds them; imports, definitions and all that cannot
be loaded come from running their cells again, which need their own inputs first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from nbpublish.model import Trace, Version
from nbpublish.traces.closure import LASTING, Versions, is_state
from nbpublish.traces.code import Code
from nbpublish.traces.files import file_of


@dataclass(frozen=True, slots=True)
class Point:
    """A cell at its place in the program: what it may see there, and what became of it."""

    cell: str
    code: Code
    inputs: Versions
    trace: Trace | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """Load a blob; of the names in it only `versions` are wanted."""

    blob: str
    versions: Versions


@dataclass(frozen=True, slots=True)
class Replay:
    """Run the cell of a point again, for its values."""

    point: Point


@dataclass(frozen=True, slots=True)
class Restart:
    """Go on in a new process, because this one cannot go back to what it was."""


Step = Load | Replay | Restart
_NONE: Mapping[str, str] = MappingProxyType({})
_NOWHERE = -1


def plan(
    goal: Point,
    before: Sequence[Point],
    live: Versions,
    kept: Callable[[str], bool],
    *,
    lines: bool,
    set_by: Mapping[str, str] = _NONE,
) -> list[Step] | None:
    """The steps after which all inputs of `goal` are live, where `before` are the points above it.

    `live` are the versions that the kernel has, and `kept` tells whether a blob is at hand. With `lines`, functions
    and classes must stand on the lines that they have now; otherwise only those of cells that are cheap to run. In
    `set_by` are traces by which controls were set, with what they have set: what sets the same one again need not have
    it as it was made. None where the steps cannot be found, so that the notebook must run from its first cell.
    """
    planner = _Planner(before, live, kept, lines, set_by)
    steps = planner.plan(goal)
    if not planner.stuck:
        return steps
    files = {name: version for name, version in live.items() if file_of(name) is not None}
    steps = _Planner(before, files, kept, lines, set_by).plan(goal)
    return None if steps is None else [Restart(), *steps]


def _is_reset(name: str) -> bool:
    """Whether it is a state that a kernel lets be the initial one where it is no input. Files stay what they are."""
    return is_state(name) and name not in LASTING and file_of(name) is None


def set_alone(point: Point) -> str:
    """The control that the cell of a point sets, where no code of the author's can be called by it; else empty."""
    names = [name for name in point.inputs if not is_state(name)]
    if not point.code.sets or len(names) != 1:
        return ""
    [control] = names
    version = point.inputs[control]
    return control if version.layout is None and not version.free and version.fingerprint else ""


def what_is_set(inputs: Versions) -> str:
    """The identity of the control that a cell with these inputs sets, as it was made; empty where there is more."""
    found = [version.identity for name, version in inputs.items() if not is_state(name)]
    return found[0] if len(found) == 1 else ""


@dataclass
class _Planner:
    before: Sequence[Point]
    live: Versions
    kept: Callable[[str], bool]
    lines: bool
    set_by: Mapping[str, str]
    stuck: bool = False
    """Whether a cell would have to run in a process where cells below it have changed more than can be undone."""
    _layouts: Mapping[str, str] = field(init=False)
    """By trace, the layout of its cell as it is now."""
    _makers: Mapping[str, int] = field(init=False)
    """By trace, the place of its point."""

    def __post_init__(self) -> None:
        self._makers = {point.trace.id: at for at, point in enumerate(self.before) if point.trace}
        self._layouts = {point.trace.id: point.code.layout for point in self.before if point.trace}

    def plan(self, goal: Point) -> list[Step] | None:
        replayed: set[int] = set()
        while True:
            steps: list[Step] = []
            missing = self._follow([*(self.before[at] for at in sorted(replayed)), goal], steps)
            if not missing:
                return steps
            if missing <= replayed or _NOWHERE in missing:
                return None
            replayed |= missing

    def _follow(self, points: Iterable[Point], steps: list[Step]) -> set[int]:
        """Go through the points, noting what is to be loaded; the points to replay besides, if there are any."""
        now = dict(self.live)
        missing: set[int] = set()
        self.stuck = False
        *replays, goal = points
        for point in [*replays, goal]:
            self.stuck |= any(name in now and name not in point.inputs for name in LASTING)
            for group in self._groups(point.inputs):
                if all(self._is_live(now.get(name), version) for name, version in group.items()):
                    continue
                if point.code.sets and self._is_set(now, point):
                    continue
                version = next(iter(group.values()))
                if self._can_load(version):
                    steps.append(Load(version.blob or "", group))
                    now.update(group)
                else:
                    missing.add(self._makers.get(version.trace, _NOWHERE))
            for name in [name for name in now if _is_reset(name) and name not in point.inputs]:
                del now[name]
            if point is not goal and point.trace:
                steps.append(Replay(point))
                now = {name: version for name, version in now.items() if name not in point.trace.deleted}
                now.update(self._as_run_now(point.trace, point.code.layout))
        return missing

    def _groups(self, inputs: Versions) -> Iterator[dict[str, Version]]:
        """The inputs, those together that were made together and share objects."""
        done: set[str] = set()
        for name, version in inputs.items():
            if name not in done:
                group = {other: inputs[other] for other in version.group or (name,) if other in inputs}
                done.update(group)
                yield group

    def _is_set(self, now: Versions, point: Point) -> bool:
        """Whether the control that the cell of a point sets, and nothing else that it may read, was set by another."""
        wanted, names = what_is_set(point.inputs), [name for name in point.inputs if not is_state(name)]
        if not wanted or names[0] not in now:
            return False
        trace = now[names[0]].trace
        above = (other.inputs for other in self.before if other.code.sets and other.trace and other.trace.id == trace)
        return wanted in (self.set_by.get(trace), *map(what_is_set, above))

    def _is_live(self, live: Version | None, wanted: Version) -> bool:
        if live is None:
            return False
        same = live.trace == wanted.trace
        same |= wanted.fingerprint is not None and (live.fingerprint, live.group) == (wanted.fingerprint, wanted.group)
        return same and self._stands(live.layout, wanted)

    def _stands(self, layout: str | None, wanted: Version) -> bool:
        """Whether code on the lines of `layout` will do for a version."""
        return layout in (None, self._layouts.get(wanted.trace)) or not (self.lines or wanted.definition)

    def _can_load(self, version: Version) -> bool:
        if version.blob is None or version.definition or not self.kept(version.blob):
            return False
        return self._stands(version.layout, version)

    def _as_run_now(self, trace: Trace, layout: str) -> dict[str, Version]:
        return {
            name: replace(version, layout=None if version.layout is None else layout)
            for name, version in trace.versions.items()
        }
