"""Perturbs notebooks a cell at a time, and compares building on with building from nothing, pages included.

    python tests/perturb.py docs_src/course --cells 6 --to results.jsonl

Each notebook is built in a copy of its folder with an empty store, and once more, which must run nothing. Then a few
of its cells are changed in the file's text, one at a time. Each time the notebook is built with the store as it is by
then, and from nothing in another copy at the same address; traces and pages must be equal. Where they are not, it is
built from nothing twice again: what differs among those is not deterministic, and compared by its kind only.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from nbpublish.formats.detect import read
from nbpublish.frontends.plotly_library import installed_plotly
from nbpublish.model import ERROR, Cell, Notebook, Page, Reason, Run, Trace
from nbpublish.page.render import render
from nbpublish.page.settings import PageSettings
from nbpublish.project import Project, Settings, open_cache

KINDS = ("constant", "statement", "comment", "delete", "import", "swap", "duplicate")
"""Perturbations, in the order in which the chosen cells have them."""
_UNWANTED = ("__pycache__", "__marimo__", ".nbpublish", ".git", "node_modules", "*.pyc")


# --- a notebook's text, changed ---------------------------------------------------------------------------------------


def perturbed(text: str, notebook: Notebook, cell: Cell, kind: str, r: random.Random) -> str | None:
    """The text of a notebook with a change in one cell; None where this kind of change cannot be made there."""
    if cell.source.lstrip().startswith(("%", "!")):
        return None
    edit = _EDITS[notebook.format == "ipynb"][kind]
    changed = edit(text, notebook, cell, r)
    if changed is None or changed == text:
        return None
    again = read(notebook.path, changed)
    return changed if again and again.format == notebook.format and again.cells != notebook.cells else None


def _inserted(line: str) -> Any:
    def edit(text: str, notebook: Notebook, cell: Cell, r: random.Random) -> str | None:
        lines = text.split("\n")
        first = lines[cell.line - 1]
        lines.insert(cell.line - 1, first[: len(first) - len(first.lstrip())] + line)
        return "\n".join(lines)

    return edit


def _constant(text: str, notebook: Notebook, cell: Cell, r: random.Random) -> str | None:
    lines = text.split("\n")
    own = cell.source.split("\n")
    places = _constants(cell.source)
    r.shuffle(places)
    for place, new in places:
        number = cell.line - 1 + place.lineno - 1
        indent = lines[number].find(own[place.lineno - 1])
        if indent >= 0:
            start, end = indent + place.col_offset, indent + (place.end_col_offset or 0)
            lines[number] = lines[number][:start] + new + lines[number][end:]
            return "\n".join(lines)
    return None


def _constants(source: str) -> list[tuple[ast.Constant, str]]:
    """Constants of one line that stand for themselves, each with another one of its type; numbers if there are any."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []
    parts = {id(node) for joined in ast.walk(tree) if isinstance(joined, ast.JoinedStr) for node in ast.walk(joined)}
    parts |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in parts and source.isascii()]
    numbers = [(n, repr(n.value + 1)) for n in found if type(n.value) in (int, float)]
    single = (n for n in found if type(n.value) is str and n.lineno == n.end_lineno and "\n" not in n.value)
    return numbers or [(n, repr(n.value + "x")) for n in single]


def _block(text: str, notebook: Notebook, cell: Cell) -> tuple[int, int]:
    """The lines of a cell, from 0, with its marker or its function."""
    lines = text.split("\n")
    if notebook.format == "marimo":
        for node in ast.parse(text).body:
            first = min((d.lineno for d in getattr(node, "decorator_list", ())), default=node.lineno)
            if first <= cell.line <= (node.end_lineno or 0):
                return first - 1, node.end_lineno or 0
    start = cell.line - 1
    while start and not lines[start - 1].strip():
        start -= 1
    if start and lines[start - 1].startswith(("# %%", "#%%")):
        start -= 1
    else:
        start = cell.line - 1
    return start, cell.line + cell.source.count("\n")


def _deleted(text: str, notebook: Notebook, cell: Cell, r: random.Random) -> str | None:
    lines = text.split("\n")
    start, end = _block(text, notebook, cell)
    return "\n".join(lines[:start] + lines[end:])


def _duplicated(text: str, notebook: Notebook, cell: Cell, r: random.Random) -> str | None:
    lines = text.split("\n")
    start, end = _block(text, notebook, cell)
    return "\n".join([*lines[:end], "", *lines[start:end], *lines[end:]])


def _swapped(text: str, notebook: Notebook, cell: Cell, r: random.Random) -> str | None:
    codes = [other for other in notebook.cells if other.kind == "code"]
    following = codes[codes.index(cell) + 1 :]
    if not following:
        return None
    lines = text.split("\n")
    (a, b), (c, d) = _block(text, notebook, cell), _block(text, notebook, following[0])
    return None if b > c else "\n".join(lines[:a] + lines[c:d] + lines[b:c] + lines[a:b] + lines[d:])


def _in_json(edit: Any) -> Any:
    """Lets an edit of a list of cells, each with its source, be one of an ipynb."""

    def changed(text: str, notebook: Notebook, cell: Cell, r: random.Random) -> str | None:
        document = json.loads(text)
        sources = ["".join(part["source"]) for part in document.get("cells", ())]
        at = next((n for n, source in enumerate(sources) if source.strip() == cell.source.strip()), None)
        if at is None or edit(document["cells"], at, r) is False:
            return None
        return json.dumps(document, indent=1)

    return changed


def _json_inserted(line: str) -> Any:
    def edit(cells: list[Any], at: int, r: random.Random) -> None:
        cells[at]["source"] = f"{line}\n" + "".join(cells[at]["source"])

    return edit


def _json_constant(cells: list[Any], at: int, r: random.Random) -> bool:
    source = "".join(cells[at]["source"])
    places = _constants(source)
    if not places:
        return False
    place, new = r.choice(places)
    lines = source.split("\n")
    line = lines[place.lineno - 1]
    lines[place.lineno - 1] = line[: place.col_offset] + new + line[place.end_col_offset :]
    cells[at]["source"] = "\n".join(lines)
    return True


def _json_deleted(cells: list[Any], at: int, r: random.Random) -> None:
    del cells[at]


def _json_duplicated(cells: list[Any], at: int, r: random.Random) -> None:
    cells.insert(at + 1, {name: value for name, value in cells[at].items() if name != "id"})


def _json_swapped(cells: list[Any], at: int, r: random.Random) -> bool:
    if at + 1 == len(cells):
        return False
    cells[at], cells[at + 1] = cells[at + 1], cells[at]
    return True


_COMMENT, _STATEMENT, _IMPORT = "# a note on this cell", "perturbed_by_hand = 1", "import string as perturbed_import"
_EDITS = {
    False: {
        "comment": _inserted(_COMMENT),
        "statement": _inserted(_STATEMENT),
        "import": _inserted(_IMPORT),
        "constant": _constant,
        "delete": _deleted,
        "duplicate": _duplicated,
        "swap": _swapped,
    },
    True: {
        "comment": _in_json(_json_inserted(_COMMENT)),
        "statement": _in_json(_json_inserted(_STATEMENT)),
        "import": _in_json(_json_inserted(_IMPORT)),
        "constant": _in_json(_json_constant),
        "delete": _in_json(_json_deleted),
        "duplicate": _in_json(_json_duplicated),
        "swap": _in_json(_json_swapped),
    },
}


# --- what is compared -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Built:
    """What a build gave, and how long it took."""

    run: Run
    page: Page
    seconds: float

    def of(self, cell: Cell) -> tuple[Any, ...]:
        """Everything a reader or the summary is told of a cell."""
        trace, reason = self.run.traces.get(cell.id), self.run.reasons.get(cell.id)
        left_out = (reason.cause, reason.cell, reason.name) if reason and reason.action == "not_run" else None
        return (trace and (trace.outputs, trace.exit, trace.cut, trace.problem), left_out)

    def ran(self) -> dict[str, Reason]:
        return {id: reason for id, reason in self.run.reasons.items() if reason.action == "run"}


def differing(one: Built, other: Built) -> set[str]:
    """Ids of the cells that differ in what they gave or how they are shown."""
    assert one.run.notebook == other.run.notebook
    found = {cell.id for cell in one.run.notebook.cells if one.of(cell) != other.of(cell)}
    pages = [{part.cell: part.html for part in built.page.fragments} for built in (one, other)]
    return found | {id for id in {*pages[0], *pages[1]} if pages[0].get(id) != pages[1].get(id)}


def _kind(trace: Trace | None) -> object:
    return trace and (trace.exit, [(output.channel, sorted(output.data)) for output in trace.outputs])


def difference(ours: Built, clean: Built, others: Iterable[Built]) -> tuple[str | None, set[str]]:
    """What is wrong with a build, None if nothing; and the cells that are not deterministic."""
    found = differing(ours, clean)
    if not found and ours.page == clean.page:
        return None, set()
    others = list(others)
    loose = set[str]().union(*(differing(other, clean) for other in others))
    for id in sorted(found & loose):
        kinds = {repr(_kind(built.run.traces.get(id))) for built in (clean, *others)}
        if len(kinds) == 1 and repr(_kind(ours.run.traces.get(id))) not in kinds:
            return f"{id} is of another kind", loose
    if wrong := sorted(found - loose):
        return "\n".join(f"{id}: {_told(ours, id)}\n  clean: {_told(clean, id)}" for id in wrong), loose
    if not loose and ours.page != clean.page:
        names = [name for name in ours.page.__slots__ if getattr(ours.page, name) != getattr(clean.page, name)]
        return f"the page's {', '.join(names)} differ", loose
    return None, loose


def _told(built: Built, id: str) -> str:
    trace, reason = built.run.traces.get(id), built.run.reasons.get(id)
    told = f"{reason.action} {reason.cause} {reason.name}" if reason else ""
    if trace is None:
        return told
    shown = [(o.channel, {kind: _short(value) for kind, value in o.data.items()}) for o in trace.outputs]
    return f"{told} {trace.exit} {trace.cut} {trace.problem} {shown}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) < 400 else f"{text[:250]} … {len(text)} {hash(text) & 0xFFFFFF:x} … {text[-100:]}"


# --- building ---------------------------------------------------------------------------------------------------------


class Bench:
    """A copy of a notebook's folder that is built again and again, and fresh copies at the same address."""

    def __init__(self, source: Path, scratch: Path, seconds: float) -> None:
        self.source = source
        self.folder = scratch / "folder"
        self.aside = scratch / "aside"
        self.settings = Settings(jobs=1, timeout=seconds, notebook_timeout=seconds)
        self.store = open_cache(scratch / "work")
        self._copy()

    def _copy(self) -> None:
        shutil.copytree(self.source.parent, self.folder, ignore=shutil.ignore_patterns(*_UNWANTED), symlinks=True)

    def incremental(self, text: str) -> Built:
        return self._build(text, self.store)

    def clean(self, text: str) -> Built:
        self.folder.rename(self.aside)
        try:
            self._copy()
            return self._build(text, None)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.aside.rename(self.folder)

    def _build(self, text: str, store: Any) -> Built:
        (self.folder / self.source.name).write_text(text, encoding="utf-8")
        started = time.perf_counter()
        with Project(self.folder, self.settings, store) as project:
            notebook = project.read(self.source.name)
            assert notebook is not None
            run = project.runs([notebook])[notebook.path]
        settings = PageSettings(asset_base="assets/", plotly=installed_plotly)
        page = render(run, settings, lambda url, line: url)
        return Built(run, page, time.perf_counter() - started)


@dataclass
class Step:
    """One perturbation of a notebook."""

    kind: str
    cell: str
    number: int
    cells: int = 0
    ran: dict[str, str] = field(default_factory=dict)
    """By number of the cell that ran, why, and whether it gave something new."""
    needless: dict[str, str] = field(default_factory=dict)
    difference: str | None = None
    loose: int = 0
    seconds: float = 0.0
    clean_seconds: float = 0.0


@dataclass
class Report:
    """What came out for a notebook."""

    notebook: str
    cells: int = 0
    skipped: str | None = None
    failing: int = 0
    seconds: float = 0.0
    again: dict[str, str] = field(default_factory=dict)
    """Cells that ran in a build where nothing had changed."""
    reverted: dict[str, str] = field(default_factory=dict)
    """Cells that ran when all was as at first once more."""
    first: str | None = None
    """What the first build gave otherwise than another one from nothing."""
    steps: list[Step] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        found = [f"again: {self.again}"] if self.again else []
        found += [f"reverted: {self.reverted}"] if self.reverted else []
        found += [f"first: {self.first}"] if self.first else []
        for step in self.steps:
            at = f"{step.kind} in cell {step.number}"
            found += [f"{at}: {step.difference}"] if step.difference else []
            found += [f"{at} ran {step.needless} for nothing"] if step.needless else []
        return found


def examine(path: Path, scratch: Path, *, cells: int = 6, kinds: Sequence[str] = KINDS, seconds: float = 60) -> Report:
    """Perturb one notebook."""
    report = Report(str(path))
    text = path.read_text(encoding="utf-8")
    notebook = read(path.name, text)
    codes = [cell for cell in notebook.cells if cell.kind == "code" and cell.source.strip()] if notebook else []
    if not notebook or not codes:
        report.skipped = "no code"
        return report
    bench = Bench(path, scratch, seconds)
    try:
        first = bench.incremental(text)
        report.cells, report.seconds = len(codes), first.seconds
        report.failing = sum(trace.exit != "ok" for trace in first.run.traces.values())
        if reason := _hopeless(first):
            report.skipped = reason
            return report
        report.again = _reasons(bench.incremental(text))
        r = random.Random(path.name)
        for kind, cell in _chosen(codes, cells, kinds):
            changed = perturbed(text, notebook, cell, kind, r)
            if changed is None:
                kind = "statement" if kind == "constant" else "constant"
                changed = perturbed(text, notebook, cell, kind, r)
            if changed is not None:
                report.steps.append(_step(bench, first, changed, Step(kind, cell.id, notebook.cells.index(cell))))
        report.reverted = {} if report.again else _reasons(bench.incremental(text))
    finally:
        bench.store.close()
    return report


def _chosen(codes: Sequence[Cell], count: int, kinds: Sequence[str]) -> Iterator[tuple[str, Cell]]:
    """So many cells, spread over the notebook, each with a kind; a short notebook has cells perturbed twice."""
    count = max(1, count)
    for n in range(count):
        yield kinds[n % len(kinds)], codes[n * len(codes) // count]


def _hopeless(built: Built) -> str | None:
    """Why a notebook is not worth perturbing: nothing of it works here."""
    errors = [
        output.data[ERROR]["name"]
        for trace in built.run.traces.values()
        for output in trace.outputs
        if ERROR in output.data
    ]
    if {"Timeout", "MemoryLimit", "Crash"} & set(errors):
        return f"stopped: {errors}"
    good = sum(trace.exit == "ok" for trace in built.run.traces.values())
    first = next((built.run.traces[id] for id in built.run.graph.order if id in built.run.traces), None)
    if first is None or good * 2 < len(built.run.graph.order):
        return f"fails here: {Counter(errors)}"
    return None


def _step(bench: Bench, first: Built, text: str, step: Step) -> Step:
    ours = bench.incremental(text)
    clean = bench.clean(text)
    numbers = {cell.id: n for n, cell in enumerate(ours.run.notebook.cells)}
    step.cells = len(ours.run.graph.order)
    step.seconds, step.clean_seconds = ours.seconds, clean.seconds
    step.ran = _reasons(ours)
    again = (bench.clean(text) for _ in range(2))
    step.difference, loose = difference(ours, clean, again)
    step.loose = len(loose)
    spoiled = len(ours.run.graph.spoiled) != len(first.run.graph.spoiled)
    if step.kind in ("comment", "statement", "import") and not spoiled:
        step.needless = {
            number: why
            for (id, reason), (number, why) in zip(ours.ran().items(), step.ran.items(), strict=True)
            if not _is_due(step, numbers[id], reason)
        }
    return step


def _is_due(step: Step, number: int, reason: Reason) -> bool:
    """Whether a cell had to run although what was written means nothing to any other."""
    if number == step.number:
        return step.kind != "comment" or _shows_lines(reason)
    return _shows_lines(reason)


def _shows_lines(reason: Reason) -> bool:
    return reason.observation is not None and reason.observation.kind in ("source", "layout")


def _reasons(built: Built) -> dict[str, str]:
    numbers = {cell.id: n for n, cell in enumerate(built.run.notebook.cells)}
    return {str(numbers[id]): _words(reason, numbers) for id, reason in built.ran().items()}


def _words(reason: Reason, numbers: dict[str, int]) -> str:
    seen = reason.observation
    parts = [reason.cause, f"from {numbers.get(reason.cell)}" if reason.cell else "", reason.name or ""]
    return " ".join(filter(None, [*parts, f"{seen.kind} {seen.subject}" if seen else ""]))


# --- for a terminal ---------------------------------------------------------------------------------------------------


def notebooks_in(folder: Path) -> list[Path]:
    """All notebooks in a folder, or the one file."""
    if folder.is_file():
        return [folder]
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".ipynb") and "__marimo__" not in path.parts:
            try:
                if read(path.name, path.read_text(encoding="utf-8")):
                    found.append(path)
            except (UnicodeDecodeError, OSError):
                continue
    return found


def _examine(task: tuple[Path, dict[str, Any]]) -> Report:
    path, how = task
    with tempfile.TemporaryDirectory(prefix="perturb-", ignore_cleanup_errors=True) as scratch:
        try:
            return examine(path, Path(scratch), **how)
        except Exception as error:
            import traceback

            return Report(str(path), skipped=f"harness: {error!r} {traceback.format_exc()}")


def totals(reports: Iterable[Report]) -> str:
    """One line of sums."""
    reports = list(reports)
    done = [report for report in reports if not report.skipped]
    steps = [step for report in done for step in report.steps]
    cells, ran = sum(step.cells for step in steps), sum(len(step.ran) for step in steps)
    return (
        f"{len(done)} notebooks ({len(reports) - len(done)} skipped), {sum(report.cells for report in done)} cells, "
        f"{len(steps)} perturbations; ran {ran} of {cells} cells ({ran / max(cells, 1):.1%}); "
        f"{sum(bool(step.difference) for step in steps)} differences, {sum(bool(s.needless) for s in steps)} "
        f"with needless runs, {sum(bool(r.again) for r in done)} notebooks never still, "
        f"{sum(step.loose for step in steps)} cells compared by kind; "
        f"{sum(s.seconds for s in steps):.0f} s against {sum(s.clean_seconds for s in steps):.0f} s clean"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--cells", type=int, default=6, help="perturbations of each notebook")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--seconds", type=float, default=60, help="that a build of a notebook may take")
    parser.add_argument("--sample", type=int, help="only so many notebooks, drawn at random")
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--to", type=Path, help="a file that takes a line of JSON for each notebook")
    options = parser.parse_args()
    paths = [path for folder in options.folders for path in notebooks_in(folder.resolve())]
    if options.sample:
        paths = random.Random(0).sample(paths, min(options.sample + options.skip, len(paths)))[options.skip :]
    how = {"cells": options.cells, "kinds": tuple(options.kinds.split(",")), "seconds": options.seconds}
    reports = []
    with ProcessPoolExecutor(options.jobs) as pool:
        for report in pool.map(_examine, [(path, how) for path in paths]):
            reports.append(report)
            if options.to:
                with options.to.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(report)) + "\n")
            print(f"{report.notebook}: {report.skipped or totals([report])}", *report.faults, sep="\n  ", flush=True)
    print(totals(reports))


if __name__ == "__main__":
    os.environ.setdefault("SOURCE_DATE_EPOCH", "1700000000")
    sys.exit(main())
