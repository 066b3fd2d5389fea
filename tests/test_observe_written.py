"""Files that one cell writes and another reads: a build gives what a plain run in the same folder gives."""

from __future__ import annotations

import gc
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from nursery import elsewhere
from programs import Warm, percent, plainly, shown

from nbpublish.build import Executor, build
from nbpublish.executors.inline import InlineExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.model import Notebook, Run
from nbpublish.store.memory import MemoryStore
from nbpublish.traces import listings, recall, verify
from nbpublish.walk import executions


class Author:
    """Builds notebooks in a folder, and sees what ran."""

    def __init__(self, root: Path, executor: Executor | None = None) -> None:
        self.root = root
        self.store = MemoryStore()
        self.executor = executor or InlineExecutor(root)
        (root / "book.py").touch()

    def build(self, notebook: Notebook) -> Run:
        return build(notebook, store=self.store, executor=self.executor, world=ThisMachine(self.root), keep=0.0)

    def ran(self, *codes: str) -> list[int]:
        run = self.build(percent(*codes))
        return [n for n, cell in enumerate(run.notebook.cells) if run.reasons[cell.id].action == "run"]

    def said(self, *codes: str) -> list[str]:
        """What each cell shows, after a build that runs nothing but what it must."""
        return ["".join(text or "") for text in _texts(self.build(percent(*codes)))]


def _texts(run: Run) -> list[str]:
    cells = (cell[1] if cell else () for cell in shown(run))
    return ["".join(output.data.get("text/plain", "") for output in outputs) for outputs in cells]


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path)


WRITE, READ = "f = open('out.txt', 'w'); f.write('one'); f.close()", "print(open('out.txt').read())"
OTHER = "print('other')"


def test_a_second_build_runs_nothing(author: Author) -> None:
    assert author.ran(WRITE, READ, OTHER) == [0, 1, 2]
    assert author.ran(WRITE, READ, OTHER) == []


def test_a_reader_follows_what_its_writer_writes(author: Author) -> None:
    author.ran(WRITE, READ, OTHER)
    other = WRITE.replace("one", "two")
    assert author.ran(other, READ, OTHER) == [0, 1]
    assert author.said(other, READ, OTHER)[1] == "two\n"
    assert author.ran(other.replace("f.", "f .") + "; x = 1", READ, OTHER) == [0], "it writes what it wrote"


def test_a_file_that_is_gone_or_changed_is_written_again(author: Author) -> None:
    out = author.root / "out.txt"
    author.ran(WRITE, READ, OTHER)
    out.unlink()
    assert author.ran(WRITE, READ, OTHER) == [0]
    assert out.read_text() == "one"
    out.write_text("by hand")
    assert author.ran(WRITE, READ, OTHER) == [0]
    assert out.read_text() == "one"


def test_a_reader_that_is_edited_finds_the_file_though_it_is_gone(author: Author) -> None:
    author.ran(WRITE, READ, OTHER)
    (author.root / "out.txt").unlink()
    assert author.said(WRITE, READ + "; 1", OTHER)[1].startswith("one")


def test_one_file_may_be_written_twice(author: Author) -> None:
    again = WRITE.replace("one", "two")
    cells = [WRITE, READ, again, READ]
    assert author.ran(*cells) == [0, 1, 2, 3]
    assert author.ran(*cells) == []
    assert author.said(WRITE, "x = 1\n" + READ, again, READ) == ["", "one\n", "", "two\n"]
    assert (author.root / "out.txt").read_text() == "two", "the last one stands"
    assert author.ran(WRITE, "x = 1\n" + READ, again, READ) == []


def test_a_file_that_is_no_longer_written_is_one_that_lies_there(author: Author) -> None:
    author.ran(WRITE, READ, OTHER)
    assert author.ran("x = 1", READ, OTHER) == [0]
    (author.root / "out.txt").unlink()
    assert author.ran("x = 1", READ, OTHER) == [1]


def test_a_reader_above_the_writer_sees_what_the_last_build_has_left(author: Author) -> None:
    cells = ["import os\nprint(open('out.txt').read() if 'out.txt' in os.listdir() else '')", WRITE]
    assert author.said(*cells)[0] == "\n"
    assert author.ran(*cells) == [0]
    assert author.said(*cells)[0] == "one\n"
    assert author.ran(*cells) == []


def test_what_is_appended_is_appended_once(author: Author) -> None:
    cells = ["f = open('log.txt', 'a'); f.write('line\\n'); f.close()", "print(open('log.txt').read())"]
    author.ran(*cells)
    assert author.ran(*cells) == []
    assert (author.root / "log.txt").read_text() == "line\n"


def test_appending_to_what_another_cell_has_written(author: Author) -> None:
    cells = [WRITE, "f = open('out.txt', 'a'); f.write('!'); f.close()", READ]
    author.ran(*cells)
    assert author.said(WRITE.replace("one", "two"), *cells[1:])[2] == "two!\n"
    assert author.said(*cells)[2] == "one!\n"
    assert (author.root / "out.txt").read_text() == "one!"


def test_a_download_that_is_kept_is_made_once(author: Author) -> None:
    cell = "import os\nif not os.path.exists('got.txt'):\n    open('got.txt', 'w').write('1')\n    print('got')"
    assert author.ran(cell, "print(open('got.txt').read())") == [0, 1]
    assert author.ran(cell, "print(open('got.txt').read())") == []


def test_folders_renaming_and_removing(author: Author) -> None:
    cells = [
        "import os, shutil\nos.makedirs('made/deep', exist_ok=True)",
        "open('made/deep/a', 'w').write('1')",
        "os.rename('made/deep', 'made/moved')",
        "print(open('made/moved/a').read())",
        "shutil.rmtree('made')",
        "print(os.path.exists('made'))",
    ]
    author.ran(*cells)
    assert author.ran(*cells) == []
    assert author.said(*cells[:3], cells[3] + "; 0", *cells[4:])[3] == "1\n0"
    assert not (author.root / "made").exists()
    assert author.ran(*cells[:3], cells[3] + "; 0", *cells[4:]) == []


def test_temporary_files_need_not_be_there_later(author: Author) -> None:
    cells = [
        "import tempfile, pathlib\nfolder = tempfile.TemporaryDirectory()",
        "pathlib.Path(folder.name, 'a').write_text('1')",
        "print(pathlib.Path(folder.name, 'a').read_text())",
        "with tempfile.NamedTemporaryFile() as f:\n    f.write(b'1')",
    ]
    author.ran(*cells)
    gc.collect()  # the folder goes with the first build's values, as it does when a kernel's process ends
    assert author.ran(*cells) == []
    assert author.said(*cells[:2], cells[2] + "; 2", cells[3])[2] == "1\n2"


def test_a_database_goes_from_cell_to_cell(author: Author) -> None:
    cells = [
        "import sqlite3\ncon = sqlite3.connect('data.db')\ncon.execute('create table if not exists t (x)');",
        "con.execute('delete from t'); con.execute('insert into t values (1)'); con.commit()",
        "print(con.execute('select * from t').fetchall())",
        "other = sqlite3.connect('data.db'); print(other.execute('select * from t').fetchall())",
    ]
    author.ran(*cells)
    assert author.ran(*cells) == []
    assert author.said(cells[0], cells[1].replace("(1)", "(2)"), *cells[2:])[2:] == ["[(2,)]\n", "[(2,)]\n"]


# --- random programs --------------------------------------------------------------------------------------------------


def _cell(r: random.Random) -> str:
    file, other, k = f"out{r.randint(0, 2)}", f"out{r.randint(0, 2)}", r.randint(0, 2)
    return r.choice(
        [
            f"with open('{file}', 'w') as f: f.write(str({k}))",
            f"with open('{file}', 'w') as f: f.write(str(x)[:4])",
            f"x = {k}",
            f"try:\n    print(open('{file}').read())\nexcept OSError:\n    print('none')",
            f"try:\n    x = open('{file}').read()\nexcept OSError:\n    x = 'none'",
            "import os; print([name for name in sorted(os.listdir('.')) if name.startswith('out')])",
            "import glob; print(sorted(glob.glob('out*')))",
            f"import os; print(os.path.exists('{file}'), os.path.isdir('{other}'))",
            f"import os\nif os.path.exists('{file}'): os.remove('{file}')",
            f"import os\nwith open('aside', 'w') as f: f.write('{k}')\nos.replace('aside', '{file}')",
            f"import os; os.makedirs('d{k}', exist_ok=True)",
            "print(str(x)[:4])",
            "x = (i for i in 'abc')",
            "y = next(iter(x), 0)",
        ]
    )


def fault(seed: int, root: Path, *, warm: bool = False, steps: int = 6) -> str | None:
    """What is wrong with builds of a notebook that is edited again and again, if something is."""
    r = random.Random(seed)
    clear(root)
    author = Author(root, Warm(root) if warm else None)
    codes = ["x = 0", *(_cell(r) for _ in range(7))]
    try:
        for step in range(steps):
            if step:
                codes[r.randrange(len(codes))] = _cell(r)
                change_by_hand(r, root)
            notebook = percent(*codes)
            before = contents(root)
            ours, left = shown(author.build(notebook)), contents(root)
            restore(root, before)
            plain = plainly(notebook, root)
            told = f"seed {seed}, step {step}, {before}\n" + "\n".join(f"{n}: {code!r}" for n, code in enumerate(codes))
            if ours != plain:
                at = next(n for n, pair in enumerate(zip(ours, plain, strict=True)) if pair[0] != pair[1])
                return f"{told}\ncell {at}: {ours[at]}\nplain: {plain[at]}"
            if left != contents(root):
                return f"{told}\nleft: {left}\nplain: {contents(root)}"
            restore(root, left)
    finally:
        if isinstance(author.executor, Warm):
            author.executor.close()
    return None


def change_by_hand(r: random.Random, root: Path) -> None:
    file = root / f"out{r.randint(0, 2)}"
    what = r.choice(("nothing", "write", "remove"))
    if what == "write":
        file.write_text("hand")
    elif what == "remove":
        file.unlink(missing_ok=True)


def contents(root: Path) -> dict[str, str | None]:
    return {p.name: p.read_text() if p.is_file() else None for p in root.iterdir() if p.name != "book.py"}


def clear(root: Path) -> None:
    for path in root.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def restore(root: Path, contents_before: dict[str, str | None]) -> None:
    """Let a folder hold what it held, and leave alone what is so already."""
    now = contents(root)
    for name in now.keys() - contents_before.keys():
        shutil.rmtree(root / name) if now[name] is None else os.unlink(root / name)  # noqa: PTH108
    for name, text in contents_before.items():
        if name in now and now[name] == text:
            continue
        (root / name).mkdir() if text is None else (root / name).write_text(text)


@pytest.mark.parametrize("warm", [False, True], ids=["fresh", "warm"])
def test_random_programs_read_and_write_files(
    tmp_path: Path, warm: bool, request: pytest.FixtureRequest
) -> None:
    count = 1500 if request.config.getoption("--long") else 15
    assert elsewhere(first_fault, range(count), tmp_path, warm=warm) is None


def first_fault(seeds: range, root: Path, *, warm: bool = False) -> str | None:
    return next((found for seed in seeds if (found := fault(seed, root, warm=warm))), None)


@dataclass(frozen=True)
class Part:
    off: Callable[[pytest.MonkeyPatch], None]
    seed: int
    """Of a program that needs it; the search begins there."""


PARTS = {
    "versions of files": Part(lambda patch: patch.setattr(verify, "version_of", lambda *_: None), 45),
    "files as their writers left them": Part(lambda patch: patch.setattr(executions, "undone", lambda *_: ()), 1),
    "files on the disk": Part(lambda patch: patch.setattr(executions.Executions, "files", lambda _, found: found), 0),
    "listings at their place": Part(lambda patch: patch.setattr(listings, "_files_below", lambda *_: ()), 2),
    "what a cell has seen": Part(lambda patch: patch.setattr(recall.Recall, "remember", lambda *_: None), 1),
}


@pytest.mark.parametrize("part", PARTS)
def test_without_any_part_random_programs_go_wrong(tmp_path: Path, part: str) -> None:
    elsewhere(_check_that_it_is_needed, part, tmp_path)


def _check_that_it_is_needed(part: str, root: Path) -> None:
    needed = PARTS[part]
    assert fault(needed.seed, root) is None, "with all of them it goes right"
    needed.off(pytest.MonkeyPatch())
    assert first_fault(range(needed.seed, needed.seed + 150), root)
