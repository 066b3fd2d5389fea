"""Does what a trace has observed still hold?"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Protocol

from nbpublish.model import ERROR, OWN_FAULT, Cell, Notebook, Observation, Output, Trace
from nbpublish.traces.closure import Versions
from nbpublish.traces.code import Code, digest
from nbpublish.traces.files import FILES, UNCHANGED, as_seen, version_of
from nbpublish.traces.listings import LISTINGS, found, still_made
from nbpublish.traces.variables import VARIABLES, still_set


class World(Protocol):
    """What kernels would find outside their process."""

    def digest(self, kind: str, subject: str) -> str:
        """What is there now, in the words of an `Observation` of this kind."""

    def forget(self) -> None:
        """Something has run, and may have changed what is there."""


Digest = Callable[[str, str], str | None]


def broken(
    trace: Trace, notebook: Notebook, cell: Cell, code: Code, versions: Versions, world: Digest
) -> Observation | None:
    """The first observation of a trace that holds no longer."""
    for observation in trace.observations:
        if not _holds(observation, notebook, cell, code, versions, world):
            return observation
    return None


def _holds(seen: Observation, notebook: Notebook, cell: Cell, code: Code, versions: Versions, world: Digest) -> bool:
    if seen.kind == "impure":
        return True
    if seen.kind == "state":
        state = versions.get(seen.subject)
        return (state.identity if state else "") == seen.digest
    if seen.kind == "name":
        return seen.subject not in versions
    if seen.kind == "source":
        return any(seen == _source(other, cell) for other in notebook.cells)
    if seen.kind == "running":
        return True
    if seen.kind == "limit" and cell.options.timeout is not None:
        return seen.digest == f"{cell.options.timeout:g}"
    if seen.kind == "layout":
        return code.layout == seen.digest
    if seen.kind in VARIABLES:
        return still_set(seen, versions, world)
    if seen.kind in FILES and (written := version_of(seen.subject, versions)):
        return as_seen(seen.kind, written) == seen.digest
    if seen.kind == "made":
        return still_made(seen, versions)
    if seen.kind in LISTINGS:
        return found(seen, versions, world) in (seen.digest, UNCHANGED)
    return world(seen.kind, seen.subject) in (seen.digest, UNCHANGED)


def may_be_kept(trace: Trace, *, in_state: bool = False) -> bool:
    """Whether an execution would end the same way another time: not where the kernel died, time ran out, files changed
    under its hands, or we failed ourselves.

    In a state of widgets a cell that reached its limit has its result by that. There may be many such states, and the
    author, who is told of them, would wait for each of them with every build.
    """
    errors = {output.data[ERROR]["name"] for output in trace.outputs if ERROR in output.data}
    if in_state and reached_limit(trace):
        errors.discard("Timeout")
    unstable = any(seen.kind == "unstable" for seen in trace.observations)
    return trace.exit != "died" and not unstable and not {"Timeout", "Interrupted", OWN_FAULT} & errors


def reached_limit(trace: Trace) -> bool:
    """Whether an execution was ended when it had taken as long as a cell may take, and is accounted for until then."""
    return any(seen.kind == "limit" for seen in trace.observations)


def reaches_further(trace: Trace, versions: Versions) -> bool:
    """Whether an execution looked in vain for a name that exists, but that its cell was not known to read."""
    return any(seen.kind == "name" and seen.subject in versions for seen in trace.observations)


def shows_lines(trace: Trace, notebook: Notebook) -> bool:
    """Whether lines of the notebook show in the outputs."""
    return any(_lines(output, notebook.path) for output in trace.outputs)


def lines_shown(trace: Trace, notebook: Notebook, cell: Cell, code: Code) -> tuple[Observation, ...]:
    """What of the notebook's text shows in the outputs: the cells whose lines stand in tracebacks and warnings."""
    if code.reads_lines:
        return (Observation("layout", "", code.layout),)
    shown = {
        other
        for line in {line for output in trace.outputs for line in _lines(output, notebook.path)}
        for other in notebook.cells
        if other.line <= line <= other.line + other.source.count("\n")
    }
    cells = sorted(shown, key=lambda other: other.line)
    return tuple(_source(other, cell) for other in cells)


def folder_shown(trace: Trace, folder: str) -> tuple[Observation, ...]:
    """That the outputs name the project's folder, as paths and tracebacks that are printed do."""
    shown = any(folder in text for output in trace.outputs for text in _texts(output.data))
    return (Observation("folder", "", folder),) if shown else ()


def _source(cell: Cell, seen_by: Cell) -> Observation:
    place = f"{cell.line}, its own" if cell.id == seen_by.id else str(cell.line)
    return Observation("source", place, digest(cell.source, cell.code))


def _lines(output: Output, path: str) -> set[int]:
    numbers: set[int] = set()
    if ERROR in output.data:
        numbers |= {frame["line"] for frame in output.data[ERROR]["frames"] if frame["path"] == path}
    name = re.escape(path.rpartition("/")[2])
    for text in _texts(output.data):
        numbers |= {int(match[1]) for match in re.finditer(rf"{name}(?:\"|'|</[a-z]+>)?(?::|, line |\()(\d+)", text)}
    return numbers


def _texts(data: Mapping[str, object]) -> list[str]:
    return [text for text in data.values() if isinstance(text, str)]
