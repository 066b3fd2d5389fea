"""Files that no function tells of: named in code, named by the author, opened by other processes; and races."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from programs import percent
from test_observe_written import Author

from nbpublish.executors.local import LocalExecutor
from nbpublish.kernel import looked, net
from nbpublish.kernel.looks import Looks
from nbpublish.kernel.outside import INODE, is_fresh
from nbpublish.model import Notebook, Options

NATIVE = """
def native(path):
    import ctypes
    libc = ctypes.CDLL(None)
    file = libc.open(path.encode(), 0)
    buffer = ctypes.create_string_buffer(99)
    size = libc.read(file, buffer, 98)
    libc.close(file)
    return buffer.raw[:max(size, 0)]
"""
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")


@pytest.fixture
def author(tmp_path: Path) -> Author:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "in.csv").write_text("1")
    (tmp_path / "data" / "other.csv").write_text("1")
    return Author(tmp_path, LocalExecutor(tmp_path))


def ran_after(author: Author, change: Callable[[], object], *codes: str) -> list[int]:
    author.ran(*codes)
    assert author.ran(*codes) == []
    change()
    return author.ran(*codes)


def change(author: Author, name: str = "data/in.csv") -> Callable[[], object]:
    return lambda: (author.root / name).write_text("2")


def test_a_path_in_the_code_is_an_input_though_nothing_tells_that_it_is_read(author: Author) -> None:
    cells = [NATIVE, "print(native('data/in.csv'))", "print('other')", "print('data/other.csv')"]
    assert ran_after(author, change(author), *cells) == [1]


@pytest.mark.parametrize(
    "code",
    [
        "import pathlib\nprint(native(str(pathlib.Path('data') / 'in.csv')))",
        "print(native(\"select * from 'data/in.csv'\"[15:-1]))",
        "def load():\n    return native('data/in.csv')\nprint(load())",
    ],
    ids=["joined", "sql", "function"],
)
def test_paths_are_put_together(author: Author, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    author.executor = without_the_net(author, monkeypatch)
    assert ran_after(author, change(author), NATIVE, code) == [1]


def test_a_path_in_a_function_counts_where_it_is_called(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    author.executor = without_the_net(author, monkeypatch)
    cells = [NATIVE, "def load():\n    return native('data/in.csv')", "print(load())", "print('other')"]
    assert ran_after(author, change(author), *cells) == [2]


def without_the_net(author: Author, monkeypatch: pytest.MonkeyPatch) -> object:
    from nbpublish.executors.inline import InlineExecutor

    monkeypatch.setattr(net.Net, "cast", lambda self: None)
    return InlineExecutor(author.root)


def test_a_folder_that_is_named_counts_by_what_it_holds(author: Author) -> None:
    (author.root / "data" / "deep").mkdir()
    cells = [NATIVE, "print('data/deep')"]
    assert ran_after(author, change(author, "data/deep/new.csv"), *cells) == [1]


@LINUX
@pytest.mark.parametrize(
    "code",
    [
        "import subprocess\nprint(subprocess.run(['cat', 'vsc.ni/atad'[::-1]], capture_output=True).stdout)",
        "import os\nos.system('cat data/i*.csv > /dev/null')",
        "print(native('vsc.ni/atad'[::-1]))",
    ],
    ids=["subprocess", "system", "ctypes"],
)
def test_the_net_catches_what_other_processes_and_native_code_open(author: Author, code: str) -> None:
    assert ran_after(author, change(author), NATIVE, code, "print('other')") == [1]


@LINUX
def test_what_a_process_writes_reaches_who_reads_it(author: Author) -> None:
    write = "import subprocess\nsubprocess.run(['sh', '-c', 'echo {} > out.txt'])"
    cells = [write.format(1), "print(open('out.txt').read())", "print('other')"]
    author.ran(*cells)
    assert author.ran(*cells) == []
    assert author.ran(write.format(2), *cells[1:]) == [0, 1]
    (author.root / "out.txt").unlink()
    assert author.ran(write.format(2), *cells[1:]) == [0]


@LINUX
def test_without_the_net_they_are_missed(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    author.executor = without_the_net(author, monkeypatch)
    assert ran_after(author, change(author), NATIVE, "print(native('vsc.ni/atad'[::-1]))") == []


# --- what the author says ---------------------------------------------------------------------------------------------


def depending(*patterns: str) -> Notebook:
    notebook = percent("print('nobody sees')", "print('other')")
    first = replace(notebook.cells[0], options=Options(depends=patterns))
    return replace(notebook, cells=(first, *notebook.cells[1:]))


@pytest.mark.parametrize("pattern", ["data/*.csv", "data/in.csv", "data"])
def test_a_cell_depends_on_what_its_author_says(author: Author, pattern: str) -> None:
    def ran() -> list[int]:
        run = author.build(depending(pattern))
        return [n for n, cell in enumerate(run.notebook.cells) if run.reasons[cell.id].action == "run"]

    author.build(depending())
    assert ran() == [0], "said only now"
    assert ran() == []
    change(author)()
    assert ran() == [0]
    (author.root / "data" / "in.csv").unlink()
    assert ran() == [0]
    if pattern != "data/in.csv":
        (author.root / "data" / "new.csv").write_text("1")
        assert ran() == [0]
    assert ran() == []


# --- races ------------------------------------------------------------------------------------------------------------


def test_a_file_that_changes_while_it_is_read_is_read_again(author: Author) -> None:
    wait = "open('data/in.csv').read()\nopen('begun', 'w').close()\nwhile open('data/in.csv').read() == '1':\n    pass"

    def edit() -> None:
        while not (author.root / "begun").exists():
            time.sleep(0.01)
        (author.root / "data" / "in.csv").write_text("22")

    thread = threading.Thread(target=edit)
    thread.start()
    assert author.ran(wait) == [0]
    thread.join()
    assert author.ran(wait) == [0], "what it gave was not kept"
    assert author.ran(wait) == []


def test_a_file_so_fresh_that_its_inode_says_nothing_is_read_twice(tmp_path: Path) -> None:
    file = tmp_path / "a"
    seen = Looks(tmp_path)
    seen.begin()
    file.write_text("one")
    seen.told(seen.reads, str(file))
    before = file.stat()
    file.write_text("two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    seen.end()
    assert [kind for kind, _, _ in looked.files(seen)] == ["unstable"]
    assert is_fresh(f"{INODE}1-{10**18 + 5}-{10**18 + 5}-1", 10**18 + 10_000_000)
    assert not is_fresh(f"{INODE}1-{10**18 + 5}-{10**18 + 5}-1", 10**18 + 30_000_000)
    assert is_fresh(f"{INODE}1-{10**18}-{10**18}-1", 10**18 + 1_500_000_000), "a disk that knows whole seconds only"
