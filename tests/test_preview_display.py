"""What the preview says: in the terminal, about places in files, and how much script that takes."""

from __future__ import annotations

import io
from importlib.resources import files
from pathlib import Path

import pytest
from programs import percent
from rich.console import Console
from rjsmin import jsmin

from nbpublish.frontends.preview.editor import Editor
from nbpublish.frontends.preview.http import PARTS
from nbpublish.frontends.preview.progress import Progress
from nbpublish.frontends.preview.terminal import Later, Terminal
from nbpublish.frontends.summary import summarise
from nbpublish.graph.analyse import analyse
from nbpublish.model import Problem, Reason, Run, Still

# --- the terminal -----------------------------------------------------------------------------------------------------


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=100, color_system=None, _environ={})


def said(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def under_way() -> Progress:
    """The build of a notebook: one cell is reused, one runs, one waits, one cannot run."""
    notebook = percent("a = 1", "b = a", "c = b", "print(")
    progress = Progress(notebook, None)
    progress.begins(analyse(notebook))
    first, second, *_ = notebook.cells
    progress.report(notebook, first, Reason("reused", "unchanged"))
    progress.report(notebook, second, Reason("run", "new"))
    return progress


def test_a_terminal_shows_how_far_cells_are_while_they_run(console: Console) -> None:
    terminal = Terminal(console)
    terminal.goes_on("a.py", under_way())
    terminal.rests("a.py")
    assert "a.py  ·▸…✗  1 of 3 cells" in said(console)
    terminal.made("a.py", under_way(), 0.5)
    assert said(console).splitlines()[-1].endswith("a.py  ·▸…✗  0.50 s")


def test_controls_that_stand_still_keep_their_reason_while_cells_run() -> None:
    notebook = percent("a = 1", "b = a")
    still = (Still("k", "k", notebook.cells[0].id, "x-0", "free"),)
    before = Run(notebook, analyse(notebook), {}, {}, still=still)
    progress = Progress(notebook, before)
    progress.begins(before.graph)
    run = progress.so_far()
    assert run is not None
    assert run.still == still


def test_a_build_of_the_site_and_an_open_page_share_the_terminal(console: Console) -> None:
    terminal, progress = Terminal(console), under_way()
    with terminal.site() as told:
        told(progress.notebook, progress.notebook.cells[0], Reason("run", "new"))
        terminal.goes_on("other.py", progress)
        terminal.rests("other.py")
    assert f"site  1 of 4 cells  {progress.notebook.path}" in said(console)


def test_a_log_is_told_only_of_what_is_over() -> None:
    console = Console(file=io.StringIO(), width=100)
    terminal = Terminal(console)
    terminal.goes_on("a.py", under_way())
    terminal.rests("a.py")
    assert said(console) == ""


def test_a_problem_is_told_of_once_and_again_when_it_comes_back(console: Console, tmp_path: Path) -> None:
    terminal = Terminal(console)
    one, other = Problem("x", "The first.", "a.py", 1), Problem("x", "The second.", "a.py", 2)
    for problems in ([one], [one, other], [other], [one]):
        terminal.built(summarise((), problems, pages=1, seconds=0.1), tmp_path)
    assert said(console).count("The first.") == 2
    assert said(console).count("The second.") == 1
    assert said(console).count("2 errors") == 1, "all are counted"


# --- places in files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ('mkdocs.yml: found "x"\n  in "{root}/a.yml", line 3, column 1', ("a.yml", 3)),
        ('in "{root}/a.yml", line 1, column 1\nin "{root}/docs/b.py", line 7', ("b.py", 7)),
        ("SyntaxError: never closed (at {root}/docs/b.py:2)", ("b.py", 2)),
        ("mkdocs.yml cannot be used:\n  theme: no such theme", ("mkdocs.yml", 1)),
        ("nothing that leads anywhere (at /no/such/file.py:3)", None),
    ],
)
def test_where_the_author_can_mend_it(tmp_path: Path, message: str, place: tuple[str, int] | None) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for file in (tmp_path / "a.yml", tmp_path / "mkdocs.yml", docs / "b.py"):
        file.touch()
    editor = Editor(docs, "true {path}", config=tmp_path / "mkdocs.yml")
    found = editor.place_in(message.replace("{root}", str(tmp_path)))
    assert (found and (found["path"], found["line"])) == place


def test_only_files_that_were_named_open_from_elsewhere(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for file in (tmp_path / "mkdocs.yml", tmp_path / "other.yml"):
        file.touch()
    editor = Editor(docs, "true {path}")
    assert not editor.open("mkdocs.yml", 1)
    assert editor.place_in(f'in "{tmp_path / "mkdocs.yml"}", line 1')
    assert editor.open("mkdocs.yml", 1)
    assert not editor.open("other.yml", 1)
    assert not editor.open("../other.yml", 1)


# --- the script -------------------------------------------------------------------------------------------------------


def test_the_script_is_light_and_what_few_saves_need_is_loaded_when_it_is() -> None:
    folder = files("nbpublish.frontends.preview")
    sizes = {name: len(jsmin(folder.joinpath(name).read_text("utf-8")).encode()) for name in PARTS if name[-2:] == "js"}
    assert sizes.pop("client.js") <= 9_700
    assert sum(sizes.values()) <= 4_900


# --- what is said a moment later --------------------------------------------------------------------------------------


def test_what_is_said_later_keeps_its_order_and_outlives_a_terminal_that_is_gone() -> None:
    said: list[int] = []

    def gone() -> None:
        raise BrokenPipeError

    later = Later()
    for number in range(3):
        later(lambda number=number: said.append(number))  # type: ignore[misc]
        later(gone)
    assert said == [], "whoever looks at a page goes first"
    later.close()
    assert said == [0, 1, 2]
