"""What the last build is remembered to have done: which cell is which, and why a cell ran when it last did."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nbpublish.formats.detect import formats_available, read
from nbpublish.model import Notebook, Reason, Run
from nbpublish.project import Demand, Project, open_cache
from nbpublish.store.disk import DiskStore
from nbpublish.store.history import Past, PastCell, counterparts

FIRST = ["import random\nn = 3", "data = open('data.txt').read()", "print(data, n)", "print('other')"]


def script(*codes: str) -> Notebook:
    text = "".join(f"# %%\n{code}\n\n" for code in codes)
    notebook = read("a.py", text, formats_available())
    assert notebook
    return notebook


def past(*codes: str) -> Past:
    cells = [cell for cell in script(*codes).cells if cell.kind == "code"]
    return Past("a.py", 1, tuple(PastCell(cell.id, cell.source, cell.line, Reason("run", "new")) for cell in cells))


def matched(before: Past, *codes: str) -> list[str | None]:
    """By cell, the first line of the one that it was."""
    notebook = script(*codes)
    found = counterparts(before, notebook)
    return [found[cell.id].source if cell.id in found else None for cell in notebook.cells]


def test_a_cell_that_was_edited_is_known_by_its_neighbours() -> None:
    before = past("a = 1", "b = a + 1", "print(b)")
    assert matched(before, "a = 1", "b = a + 2", "print(b)") == ["a = 1", "b = a + 1", "print(b)"]
    assert matched(before, "a = 1", "c = 'anything else'", "print(b)")[1] == "b = a + 1"


def test_a_cell_between_two_that_stayed_is_new() -> None:
    assert matched(past("a = 1", "print(a)"), "a = 1", "b = 2", "print(a)") == ["a = 1", None, "print(a)"]


def test_of_two_new_cells_the_one_that_is_alike_was_edited() -> None:
    before = past("a = 1", "total = sum(range(100))", "print(a)")
    found = matched(before, "a = 1", "# %s\n'new'", "total = sum(range(200))", "print(a)")
    assert found == ["a = 1", None, "total = sum(range(100))", "print(a)"]


def test_a_cell_that_moved_is_still_itself() -> None:
    assert matched(past("a = 1", "b = 2", "c = 3"), "c = 3", "a = 1", "b = 2") == ["c = 3", "a = 1", "b = 2"]


class Author:
    """Builds a script again and again, with a store that lasts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "data.txt").write_text("1")

    def run(self, *codes: str, frozen: bool = False) -> Run:
        demand = Demand(frozen=frozen, aged=True)
        cache = open_cache(self.folder / ".nbpublish")
        with cache, Project(self.folder, store=cache, demand=demand) as project:
            return project.runs([script(*codes)])["a.py"]

    def built(self, *codes: str) -> list[str]:
        return [reason.cause for reason in self.run(*codes).reasons.values()]

    def would(self, *codes: str) -> list[str]:
        """What the next build would do; nothing is executed."""
        run = self.run(*codes, frozen=True)
        return [(reason.because or reason).cause for reason in run.reasons.values()]

    @property
    def past(self) -> Past:
        with DiskStore(self.folder / ".nbpublish" / "cache") as store:
            found = store.history.of("a.py")
            assert found
            return found


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path)


def test_an_edited_cell_without_a_name_is_not_taken_for_a_new_one(author: Author) -> None:
    assert author.built(*FIRST) == ["new"] * 4
    edited = ["import random\nn = 4", *FIRST[1:]]
    assert author.would(*edited) == ["code", "unchanged", "uncertain", "unchanged"]
    assert author.built(*edited) == ["code", "replayed", "input", "unchanged"]


def test_a_comment_is_all_that_changed_once_and_no_longer_the_next_time(author: Author) -> None:
    author.built(*FIRST)
    commented = ["import random\nn = 3  # three", *FIRST[1:]]
    assert author.would(*commented) == ["comment", "unchanged", "unchanged", "unchanged"]
    assert author.built(*commented)[0] == "comment"
    assert author.built(*commented)[0] == "unchanged"
    assert author.built("import random\nn  =  3  # three", *FIRST[1:])[0] == "layout"


def test_going_back_finds_what_an_earlier_build_gave(author: Author) -> None:
    author.built(*FIRST)
    author.built("import random\nn = 4", *FIRST[1:])
    assert author.built(*FIRST) == ["earlier", "unchanged", "earlier", "unchanged"]


def test_all_reasons_are_told(author: Author) -> None:
    author.built(*FIRST)
    (author.folder / "data.txt").write_text("2")
    run = author.run("import random\nn = 4", *FIRST[1:])
    [number, data, shown, _] = list(run.reasons)
    seen = run.reasons[data].observation
    assert seen
    assert (seen.kind, seen.subject) == ("file", "data.txt")
    found = [run.reasons[shown], *run.reasons[shown].also]
    assert [(reason.name, reason.cell) for reason in found] == [("data", data), ("n", number)]


def test_a_build_that_changes_nothing_leaves_the_note_that_says_when_cells_ran(author: Author) -> None:
    author.built(*FIRST)
    first = author.past
    assert [cell.ran for cell in first.cells] == [Reason("run", "new")] * 4
    author.built(*FIRST)
    assert author.past == first
    (author.folder / "data.txt").write_text("2")
    author.built(*FIRST)
    assert [cell.reason.action for cell in author.past.cells] == ["reused", "run", "run", "reused"]
    assert [cell.ran.cause for cell in author.past.cells if cell.ran] == ["new", "observation", "input", "new"]


def test_a_look_without_executing_leaves_no_note(author: Author) -> None:
    author.built(*FIRST)
    before = author.past
    author.run("n = 5", frozen=True)
    assert author.past == before


def test_a_note_that_cannot_be_read_is_none(author: Author) -> None:
    author.built(*FIRST)
    with DiskStore(author.folder / ".nbpublish" / "cache") as store:
        store.history.keep(replace(author.past, path="b.py", when="never"))  # type: ignore[arg-type]
        assert store.history.of("b.py") is None
        assert store.history.of("c.py") is None
    assert author.built(*FIRST)[0] == "unchanged"
