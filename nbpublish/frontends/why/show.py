"""Accounts of cells in the terminal."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from nbpublish.build import World
from nbpublish.frontends.why.account import Account, CellAccount, Told, told
from nbpublish.frontends.why.cells import callers, code_cells, first_line
from nbpublish.frontends.why.words import Words, duration
from nbpublish.model import Cell, Run

_NEXT = {
    "run": ("runs", "bold yellow"),
    "may_run": ("may run", "yellow"),
    "reuse": ("is reused", "green"),
    "not_run": ("does not run", "magenta"),
}
_LAST = {
    "run": ("ran", "bold yellow"),
    "may_run": ("ran", "yellow"),
    "reuse": ("reused", "green"),
    "not_run": ("did not run", "magenta"),
}
_STALE = {**_NEXT, "run": ("stale", "bold red"), "may_run": ("perhaps stale", "red")}
_TITLES = {
    "file": "Files",
    "missing": "No file",
    "exists": "Paths",
    "directory": "Folders",
    "glob": "Patterns",
    "written": "Writes",
    "environment": "Environment",
    "module": "Modules",
    "distribution": "Packages",
}


def show_notebook(console: Console, account: Account) -> None:
    """All cells of a notebook: what the next build does with each, and what the last one did."""
    path = account.notebook.path
    built = f", last built {_ago(account.built)}" if account.built else ", never built here"
    console.print(Text.assemble((path, "bold"), (built, "dim")))
    if not account.cells:
        console.print("It has no code.")
        return
    if all(entry.next.reason.cause == "new" for entry in account.cells):
        console.print(f"The next build runs all {_plural(len(account.cells), 'cell')}: they are new.")
        _show_last(console, account)
        return
    _sentence(console, "The next build", _counted(entry.next for entry in account.cells), len(account.cells))
    table = _table()
    for entry in account.cells:
        _row(table, entry.number, entry.cell, entry.next, _NEXT)
    console.print(Padding(table, (0, 0, 0, 2), expand=False))
    _show_last(console, account)


def _show_last(console: Console, account: Account) -> None:
    ran = [entry for entry in account.cells if entry.last and entry.last.action != "reuse"]
    if account.built is None:
        return
    lasts = [entry.last for entry in account.cells if entry.last]
    if len(ran) == len(account.cells) and all(said.reason.cause == "new" for said in lasts):
        console.print(f"The last build that changed anything ran all {_plural(len(ran), 'cell')}: they were new.")
        return
    _sentence(console, "The last build that changed anything", _counted(lasts), len(lasts), past=True)
    table = _table()
    for entry in ran:
        if entry.last:
            _row(table, entry.number, entry.cell, entry.last, _LAST)
    console.print(Padding(table, (0, 0, 0, 2), expand=False))


def show_cell(console: Console, account: Account, entry: CellAccount) -> None:
    """One cell: what happens to it and why, and all that it depends on."""
    cell = entry.cell
    name = f" `{cell.name}`" if cell.name else ""
    place = f"{account.notebook.path}:{cell.line}"
    console.print(Text.assemble((place, "bold"), f"  cell {entry.number}{name}  ", (first_line(cell.source), "dim")))
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for title, text in _facts(entry):
        table.add_row(title, text)
    console.print(Padding(table, (0, 0, 0, 2), expand=False))


def _facts(entry: CellAccount) -> Iterator[tuple[str, Text]]:
    yield "Next build", _line(entry.next, _NEXT)
    if entry.last:
        yield "Last build", _line(entry.last, _LAST)
    if entry.ran and entry.last and entry.last.action == "reuse":
        yield "Before that", _line(entry.ran, _LAST)
    if entry.when:
        yield "Result", Text(f"of {_date(entry.when)}, {_ago(entry.when)}; it took {duration(entry.seconds)}")
    for number, given in enumerate(entry.inputs):
        source = f"from line {given.cell.line}" if given.cell else "as they are at the start"
        names = ", ".join(name.strip("<>") if name.startswith("<") else name for name in given.names)
        yield "Uses" if number == 0 else "", Text.assemble((names, "cyan"), f" {source}")
    yield from _seen(entry)
    if entry.gives:
        yield "Gives", Text(", ".join(entry.gives), "cyan")
    if entry.impure:
        yield "Impure", Text(f"it {' and '.join(entry.impure)}; the result is kept until --refresh asks for a new one")
    if entry.age:
        yield "Policy", Text(f"it {entry.age}")


def _seen(entry: CellAccount) -> Iterator[tuple[str, Text]]:
    """What else the cell depends on: all that is as it was in one line for each kind, what is not below it."""
    for kind, title in _TITLES.items():
        of_kind = [seen for seen in entry.seen if seen.kind == kind]
        holding = ", ".join(seen.words for seen in of_kind if seen.holds and seen.is_plain)
        lines = [Text(holding, "cyan")] if holding else []
        lines += [_spoken(seen.words) for seen in of_kind if not seen.holds]
        for number, line in enumerate(lines):
            yield title if number == 0 else "", line
    if hidden := sum(not seen.is_plain for seen in entry.seen):
        yield "", Text(f"and {hidden} variables that are not set or paths elsewhere (--json lists them)", "dim")


def show_runs(console: Console, runs: Mapping[str, Run], world: World) -> None:
    """What a build did: the cells that ran or did not run, by notebook, with reasons; the others are counted."""
    quiet: Counter[str] = Counter()
    for path, run in runs.items():
        entries = list(entries_of(run, world))
        loud = [entry for entry in entries if entry[2].reason.cause not in _QUIET]
        quiet.update(entry[2].words for entry in entries if entry not in loud)
        if not loud:
            continue
        if len(loud) == len(run.reasons) and {said.reason.cause for _, _, said in loud} == {"new"}:
            verb, style = (_STALE if _is_left(run, loud[0][1]) else _LAST)[loud[0][2].action]
            console.print(Text.assemble((path, "bold"), f"  all {_plural(len(loud), 'cell')} ", (verb, style), ": new"))
            continue
        console.print(Text(path, "bold"))
        table = _table()
        for number, cell, said in loud:
            _row(table, number, cell, said, _STALE if _is_left(run, cell) else _LAST)
        console.print(Padding(table, (0, 0, 0, 2), expand=False))
    for words, count in quiet.items():
        console.print(Text.assemble((f"{count} reused", "green"), f": {words}"))


_QUIET = {"unchanged"}


def _is_left(run: Run, cell: Cell) -> bool:
    return run.reasons[cell.id].cause == "not-executed"


def entries_of(run: Run, world: World) -> Iterator[tuple[int, Cell, Told]]:
    """The code cells of a run with their numbers and reasons."""
    words = Words(callers(code_cells(run.notebook)), world.digest)
    for number, cell in enumerate(code_cells(run.notebook), 1):
        if reason := run.reasons.get(cell.id):
            yield number, cell, told(reason, words, cell, run.traces.get(cell.id))


def _table() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _row(table: Table, number: int, cell: Cell, said: Told, verbs: Mapping[str, tuple[str, str]]) -> None:
    """Two lines: the cell; and, where there is more to say than that nothing changed, why."""
    verb, style = verbs[said.action]
    table.add_row(str(number), f"line {cell.line}", Text(verb, style), Text(cell.name or first_line(cell.source)))
    if said.reason.cause != "unchanged":
        table.add_row("", "", "", _spoken(said.words))


def _line(said: Told, verbs: Mapping[str, tuple[str, str]]) -> Text:
    verb, style = verbs[said.action]
    return Text.assemble((verb, style), ": ", _spoken(said.words))


def _spoken(words: str) -> Text:
    """With what stands in backticks in colour."""
    parts = words.split("`")
    return Text.assemble(*((f"`{part}`", "cyan") if number % 2 else part for number, part in enumerate(parts)))


def _counted(all_told: Iterable[Told]) -> Counter[str]:
    return Counter(said.action for said in all_told)


def _sentence(console: Console, who: str, counts: Counter[str], total: int, *, past: bool = False) -> None:
    runs, perhaps, left = counts["run"], counts["may_run"], counts["not_run"]
    verb, are = ("ran", "were") if past else ("runs", "are")
    if not runs and not perhaps and not left:
        console.print(f"{who} {verb} nothing: all {_plural(total, 'cell')} {are} reused.")
        return
    parts = [f"{who} {verb} {runs} of {_plural(total, 'cell')}"]
    if perhaps:
        parts.append(f"and perhaps {perhaps} more")
    if left:
        parts.append(f"{left} cannot run")
    console.print(", ".join(parts) + ":")


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _date(when: float) -> str:
    return datetime.fromtimestamp(when).isoformat(" ", "minutes")


def _ago(when: float) -> str:
    passed = time.time() - when
    return f"{duration(passed)} ago" if passed >= 60 else "just now" if passed >= -60 else "by another clock"
