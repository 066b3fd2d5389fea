"""What the terminal shows: progress while cells run, then problems and one line that says how it went."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from nbpublish.build import Report
from nbpublish.errors import NbpublishError
from nbpublish.frontends.places import shown
from nbpublish.frontends.summary import Summary, summarise
from nbpublish.model import Cell, Notebook, Problem, Reason


def console(*, quiet: bool = False) -> Console:
    """Where people read: standard error, so that standard output is left to `--json`."""
    return Console(stderr=True, quiet=quiet, highlight=False, soft_wrap=True)


def page() -> Console:
    """Where people read what a command was asked for: standard output, which is wide where it is no terminal."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 120)


@contextmanager
def progress(console: Console) -> Iterator[Report]:
    """A live bar in a terminal, one line for each notebook elsewhere. Gives the `Report` to hand to the build."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    from nbpublish.frontends.progress_bar import progress_bar

    with progress_bar(console) as report:
        yield report


class _Lines:
    """A line when a notebook starts to run, for logs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._seen: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, notebook: Notebook, cell: Cell, reason: Reason) -> None:
        with self._lock:
            if reason.action == "run" and notebook.path not in self._seen:
                self._seen.add(notebook.path)
                self._console.print(f"Running {escape(notebook.path)}")


def show_problems(console: Console, problems: tuple[Problem, ...], docs: Path) -> None:
    """One line a problem, with the path as the shell the author stands in knows it."""
    for problem in problems:
        colour = "red" if problem.severity == "error" else "yellow"
        place = f"{shown_path(problem, docs)}:{problem.line}"
        text = f"[bold]{escape(place)}[/]: [{colour}]{problem.severity}[/]: {escape(problem.message)}"
        console.print(f"{text} [dim]{escape(f'[{problem.code}]')}[/]")


def show_summary(console: Console, summary: Summary, *, did: str) -> None:
    """The last line: what was done, to how much, in how long, with how many problems."""
    line, faults, colour = summary.line(did)
    console.print(f"{line}[{colour}]{faults}[/]")


def show_on_github(summary: Summary, docs: Path) -> None:
    """Annotations at the lines concerned and a job summary, where GitHub Actions runs the build."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    for problem in summary.problems:
        place = f"file={_property(shown_path(problem, docs))},line={problem.line},title={_property(problem.code)}"
        print(f"::{problem.severity} {place}::{_data(problem.message)}", file=sys.stderr, flush=True)
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(_markdown(summary, docs))


def tell(summary: Summary, docs: Path, *, did: str, as_json: bool, quiet: bool = False) -> None:
    """All that a command has to say of a site at its end; problems are told to who wants it quiet, too."""
    show_problems(console(), summary.problems, docs)
    show_summary(console(quiet=quiet), summary, did=did)
    show_on_github(summary, docs)
    if as_json:
        print_json(summary)


def print_json(summary: Summary) -> None:
    """Write a summary to standard output, for programs."""
    print_object(summary.as_json())


def print_object(value: dict[str, Any]) -> None:
    """One JSON object on standard output."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:  # JSON has its own way to write any character in ASCII
        text = json.dumps(value, indent=2)
    try:
        print(text, flush=True)
    except OSError:
        # What cannot be written stays in the buffer, and Python would fail on it again, in its own words, when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise


@contextmanager
def stopped_as_json(wanted: bool) -> Iterator[None]:
    """Where a command stops before there is a summary, `--json` still prints its object, with the one problem."""
    try:
        yield
    except NbpublishError as error:
        if wanted:
            print_json(summarise((), [Problem("not-built", str(error), ".", 1)], pages=0, seconds=0))
        raise


def shown_path(problem: Problem, docs: Path) -> str:
    """The path of a problem as seen from the working directory; problems of pages are relative to the docs folder."""
    path = docs / problem.path
    if not path.exists():
        return problem.path
    return shown(path)


def _markdown(summary: Summary, docs: Path) -> str:
    rows = [
        "| pages | cells run | reused | failed | not run | seconds |",
        "| ---: | ---: | ---: | ---: | ---: | ---: |",
        "| {} | {run} | {reused} | {failed} | {not_run} | {:.1f} |".format(
            summary.pages, summary.seconds, **summary.cells
        ),
    ]
    found = [f"- `{shown_path(p, docs)}:{p.line}` {p.message} (`{p.code}`)" for p in summary.problems]
    return "\n".join(["### nbpublish", "", *rows, "", *found, ""]) + "\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
