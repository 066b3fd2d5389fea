"""On every save the page has changed already, and soon the whole site is what a build from nothing gives."""

from __future__ import annotations

import random
import re
import select
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
import pytest
from previewed import Reader, Served, until

from nbpublish.frontends.preview import http
from nbpublish.frontends.preview.board import Board
from nbpublish.frontends.preview.editor import Editor
from nbpublish.frontends.preview.http import PreviewServer
from nbpublish.frontends.preview.shown import Shown

PROSE = "# %% [markdown]\n# # Chapter\n#\n# {prose}\n"
CELLS = (
    PROSE,
    "# %% name=\"load\"\nimport time\nnumbers = [1, 2, 3]\n",
    "# %% name=\"total\"\ntotal = sum(numbers) * {factor}\nprint('total', total)\n",
    "# %% name=\"other\"\nprint('something else')\n",
    "# %% name=\"shown\"\nprint('shown', total)\n",
)


def chapter(prose: str = "Some words.", factor: int = 1, cells: tuple[str, ...] = CELLS) -> str:
    return "\n".join(cells).replace("{prose}", prose).replace("{factor}", str(factor))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("course")
    (folder / "chapter.py").write_text(chapter(), encoding="utf-8")
    (folder / "second.py").write_text(chapter("The second."), encoding="utf-8")
    (folder / "page.md").write_text("# A page\n\nwith words\n\nand others\n", encoding="utf-8")
    (folder / "index.md").write_text("# Home\n", encoding="utf-8")
    served = Served(folder)
    yield served
    assert served.close() == 0


@pytest.fixture
def reader(served: Served) -> Iterator[Reader]:
    """Somebody looks at the chapter as it was in the beginning."""
    served.write("chapter.py", chapter())
    reader = Reader(served, "/chapter/")
    reader.sees("Some words.")
    reader.wait(lambda: "total 6" in reader.html and reader.html.count("nb-cell") == 5 and not reader.last["busy"])
    quiet(served)
    reader.touched.clear()
    yield reader
    reader.close()


def quiet(served: Served) -> None:
    """Wait until the site is built, and nothing else happens for a moment."""
    seen, since = -1, time.monotonic()
    while time.monotonic() - since < 0.3 or not served.lines[-1].startswith(("Built", "Serving")):
        if seen != len(served.lines):
            seen, since = len(served.lines), time.monotonic()
        time.sleep(0.02)


# --- a page that somebody looks at ------------------------------------------------------------------------------------


def test_an_edit_of_prose_changes_that_cell_alone(served: Served, reader: Reader) -> None:
    served.write("chapter.py", chapter("Other words."))
    reader.sees("Other words.")
    quiet(served)
    (touched,) = reader.touched
    assert len(touched) == 1


def test_an_edit_of_code_changes_what_depends_on_it_and_nothing_else(served: Served, reader: Reader) -> None:
    served.write("chapter.py", chapter(factor=10))
    reader.sees("shown 60")
    quiet(served)
    assert set().union(*reader.touched) <= {"cell-total", "cell-shown", "$"}
    last = reader.states[-1]
    assert last == {"load": "reused", "total": "ran", "other": "reused", "shown": "ran"}


def test_cells_that_run_are_marked_and_keep_their_output(served: Served, reader: Reader) -> None:
    slow = "# %% name=\"total\"\ntime.sleep(2)\ntotal = 7\nprint('total', total)\n"
    served.write("chapter.py", chapter("Prose waits for nothing.", cells=(*CELLS[:2], slow, *CELLS[3:])))
    reader.wait(lambda: reader.last["cells"].get("total") == "running" and "time.sleep(2)" in reader.text)
    assert "Prose waits for nothing." in reader.html
    assert "total 6" in reader.html, "the old output stays meanwhile"
    assert reader.last["cells"]["shown"] == "waiting"
    assert reader.last["busy"]
    assert reader.last["count"] == [2, 4], "one ran before, and one depends on nothing"
    reader.sees("shown 7")
    reader.rests()
    until(lambda: "chapter.py  ·●·●  " in served.said)


def test_states_of_widgets_are_counted_while_they_are_computed(served: Served, reader: Reader) -> None:
    slow = "# %%\nfactor = 1  # widget: slider(1, 4)\n\n# %% name=\"total\"\ntime.sleep(0.3)\nprint('total', factor)\n"
    served.write("chapter.py", chapter(cells=(*CELLS[:2], slow)))
    reader.wait(lambda: reader.last["count"] == [1, "3 ⇄"])
    assert reader.last["busy"]
    assert "total 1" in reader.html, "what stands there anyway is shown before"
    reader.rests()
    assert "data-nb-widgets" in reader.html


def test_a_cell_is_shown_when_it_has_run_though_others_still_run(served: Served, reader: Reader) -> None:
    cells = (*CELLS[:2], "# %% name=\"total\"\ntotal = 8\nprint('total', total)\n", *CELLS[3:])
    late = "# %% name=\"late\"\ntime.sleep(3 + total * 0)\nprint('late')\n"
    served.write("chapter.py", chapter(cells=(*cells, late)))
    reader.wait(lambda: "shown 8" in reader.html and reader.last["cells"].get("late") == "running")
    assert "late</pre>" not in reader.html


def test_cells_are_added_moved_renamed_and_removed(served: Served, reader: Reader) -> None:
    served.write("chapter.py", chapter(cells=(*CELLS[:3], "# %% name=\"added\"\nprint('added')\n", *CELLS[3:])))
    reader.sees("added")
    served.write("chapter.py", chapter(cells=(*CELLS[:2], CELLS[3], CELLS[2], CELLS[4])))
    reader.wait(lambda: reader.order.index("cell-other") < reader.order.index("cell-total"))
    assert "cell-added" not in reader.order
    served.write("chapter.py", chapter().replace("# %% name=\"other\"", "# %% name=\"renamed\""))
    reader.wait(lambda: "cell-renamed" in reader.order and "cell-other" not in reader.order)
    assert 'id="cell-renamed"' in reader.html


def test_what_an_edit_overtakes_is_interrupted(served: Served, reader: Reader) -> None:
    endless = chapter(cells=(*CELLS[:2], "# %% name=\"total\"\nwhile True:\n    total = 1\n", *CELLS[3:]))
    served.write("chapter.py", endless)
    reader.wait(lambda: reader.last["cells"].get("total") == "running")
    served.write("chapter.py", chapter(factor=3))
    reader.sees("shown 18")
    reader.rests()


def test_what_an_edit_does_not_reach_comes_to_its_end(served: Served, reader: Reader) -> None:
    """The cell that runs stands in the new text as it did, so its result is not thrown away."""
    note = served.folder / "note.txt"
    counting = f"# %% name=\"count\"\ntime.sleep(1.5)\nopen({str(note)!r}, 'a').write('x')\nprint('counted')\n"
    served.write("chapter.py", chapter(cells=(*CELLS, counting)))
    reader.wait(lambda: reader.last["cells"].get("count") == "running")
    served.write("chapter.py", chapter("New words.", cells=(*CELLS, counting)))
    reader.wait(lambda: "counted</pre>" in reader.html and "New words." in reader.html)
    reader.rests()
    assert note.read_text() == "x"
    note.unlink()


def test_errors_stand_at_their_cell_and_in_the_bar_until_they_are_mended(served: Served, reader: Reader) -> None:
    served.write("chapter.py", chapter(cells=(*CELLS[:2], "# %% name=\"total\"\ntotal = 1 / 0\n", *CELLS[3:])))
    reader.wait(lambda: "ZeroDivisionError" in reader.parts.get("cell-total", "") and not reader.last["busy"])
    (problem,) = reader.last["problems"]
    assert (problem["path"], problem["line"]) == ("chapter.py", 11)
    assert problem["href"] == f"vscode://file/{served.folder}/chapter.py:11"
    assert reader.last["cells"]["other"] == "reused", "nothing else is spoiled"
    served.write("chapter.py", chapter())
    reader.sees("total 6")
    reader.wait(lambda: not reader.last["problems"])


def test_a_half_typed_cell_spoils_itself_only(served: Served, reader: Reader) -> None:
    served.write("chapter.py", chapter(cells=(*CELLS[:3], "# %% name=\"other\"\nprint(\n", CELLS[4])))
    reader.wait(lambda: "nb-problem" in reader.parts.get("cell-other", ""))
    assert "shown 6" in reader.html
    assert "total 6" in reader.html
    assert reader.last["cells"]["other"] == "failed"
    until(lambda: "chapter.py  ··✗·  " in served.said)


def test_a_half_typed_cell_of_marimo_has_failed_too(served: Served) -> None:
    """What cannot be read is found before there is a graph."""
    text = "import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef one():\n    print({})\n    return\n"
    served.write("half.py", text.format("'one'"))
    served.wait_for("/half/", "print")
    reader = Reader(served, "/half/")
    served.write("half.py", text.format("'one'"[:-1]))
    reader.wait(lambda: list(reader.last["cells"].values()) == ["failed"])
    reader.close()
    (served.folder / "half.py").unlink()
    quiet(served)


def test_the_page_is_served_as_it_is_now(served: Served, reader: Reader) -> None:
    """Whoever loads the page anew need not wait for the site."""
    served.write("chapter.py", chapter("Right now."))
    reader.sees("Right now.")
    assert "Right now." in served.get("/chapter/")[1]


def test_a_markdown_page_changes_too(served: Served) -> None:
    reader = Reader(served, "/page/")
    served.write("page.md", "# A page\n\nwith other words\n\nand others\n")
    reader.sees("with other words")
    reader.close()


def test_who_was_away_gets_what_they_lack(served: Served, reader: Reader) -> None:
    since, session = reader.last["version"], reader.last["session"]
    for factor in (2, 3, 4):
        served.write("chapter.py", chapter(factor=factor))
        reader.sees(f"shown {6 * factor}")
    status, body = _first_event(served, f"page=/chapter/&since={since}&session={session}")
    assert status == 200
    assert "shown 24" in body
    assert "something else" not in body, "that was seen"
    assert "something else" in _first_event(served, f"page=/chapter/&since={since}&session=another")[1]


def _first_event(served: Served, query: str) -> tuple[int, str]:
    from http.client import HTTPConnection

    connection = HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.request("GET", f"/_nbpublish/events?{query}")
    response = connection.getresponse()
    return response.status, response.readline().decode()


# --- everything else that a site is made from -------------------------------------------------------------------------


def test_a_data_file_runs_its_readers(served: Served, reader: Reader) -> None:
    served.write("data.txt", "7")
    served.write("chapter.py", chapter(cells=(*CELLS, "# %% name=\"read\"\nprint('read', open('data.txt').read())\n")))
    reader.sees("read 7")
    served.write("data.txt", "8")
    reader.sees("read 8")


def test_a_module_of_the_authors_is_loaded_anew(served: Served, reader: Reader) -> None:
    served.write("helper.py", "def name():\n    return 'one'\n")
    call = "# %% name=\"call\"\nimport helper\nprint(helper.name(), 'it is')\n"
    served.write("chapter.py", chapter(cells=(*CELLS, call)))
    reader.sees("one it is")
    served.write("helper.py", "def name():\n    return 'another'\n")
    reader.sees("another it is")


def test_a_style_sheet_is_swapped(served: Served, reader: Reader) -> None:
    served.write("extra.css", "body { color: red }")
    until(lambda: served.get("/extra.css")[0] == 200)
    quiet(served)
    frame = reader.last["frame"]
    served.write("extra.css", "body { color: blue }")
    reader.wait(lambda: "/extra.css" in reader.last["styles"])
    assert "blue" in served.get("/extra.css")[1]
    assert reader.last["frame"] == frame, "nothing is loaded again"


def test_new_and_deleted_files(served: Served, reader: Reader) -> None:
    frame = reader.last["frame"]
    served.write("third.py", chapter("The third."))
    served.wait_for("/third/", "The third.")
    reader.wait(lambda: reader.last["frame"] != frame)
    (served.folder / "third.py").unlink()
    until(lambda: served.get("/third/")[0] == 404)


def test_a_page_that_gets_another_name_is_as_it_was_until_the_site_is(served: Served) -> None:
    served.write("old.py", chapter("A name."))
    served.wait_for("/old/", "A name.")
    reader = Reader(served, "/old/")
    (served.folder / "old.py").rename(served.folder / "new.py")
    served.wait_for("/new/", "A name.")
    reader.wait(lambda: not reader.last["frame"])
    assert served.location("/old/?q=1") == (302, "/new/?q=1")
    until(lambda: "new.py: the page /old/ is /new/ from now on." in served.said)
    assert "old.py" not in {problem["path"] for message in reader.messages for problem in message["problems"]}
    reader.close()
    (served.folder / "new.py").unlink()
    quiet(served)


def test_a_file_that_is_no_notebook_any_longer_is_told_of(served: Served) -> None:
    served.write("once.py", chapter("A page."))
    served.wait_for("/once/", "A page.")
    served.write("once.py", "x = 1\n")
    until(lambda: served.get("/once/")[0] == 404)
    until(lambda: "once.py is no page any longer: no cell was found in it. Let one begin with `# %%`" in served.said)
    served.write("once.py", chapter("A page again."))
    served.wait_for("/once/", "A page again.")
    (served.folder / "once.py").unlink()
    quiet(served)


def test_other_pages_and_the_search_index_follow(served: Served, reader: Reader) -> None:
    served.write("second.py", chapter("Zanzibar."))
    served.wait_for("/second/", "Zanzibar.")
    assert "Zanzibar" in served.get("/assets/search-index.js")[1]


def test_a_build_of_the_site_that_a_save_overtakes_is_no_failure(served: Served, reader: Reader) -> None:
    count = len(served.lines)
    slow = "# %%\nimport time\ntime.sleep(1)\n"
    served.write("second.py", chapter("The second, slowly.", cells=(CELLS[0], slow, *CELLS[1:])))
    until(lambda: "Running second.py\n" in served.lines[count:])
    served.write("page.md", "# A page\n\nthat overtakes it\n")
    served.wait_for("/page/", "that overtakes it")
    served.wait_for("/second/", "The second, slowly.")
    assert "could not build" not in served.said
    assert all(message["broken"] is None for message in reader.messages)


@contextmanager
def serving(board: Board) -> Iterator[str]:
    """The address of a server of what stands on a board."""
    with PreviewServer(board, "127.0.0.1", 0, lambda *_: False) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        board.close()
        server.shutdown()


def test_a_reader_hears_that_the_connection_stands_while_only_other_pages_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "HEARTBEAT", 0.3)
    board = Board(tmp_path, Editor(tmp_path))
    board.broke("nothing")
    with serving(board) as url, urlopen(f"{url}/_nbpublish/events?page=/one/", timeout=10) as stream:
        assert stream.readline().startswith(b"data: ")
        assert not stream.readline().strip()
        heard: list[bytes] = []
        listening = threading.Thread(target=lambda: heard.append(stream.readline()))
        listening.start()
        end = time.monotonic() + 10
        while listening.is_alive() and time.monotonic() < end:
            board.change("/another/", lambda *_: None)
            time.sleep(0.02)
        assert heard == [b": still here\n"]


def test_before_the_first_build_there_is_a_page_that_waits_for_it(tmp_path: Path) -> None:
    board = Board(tmp_path, Editor(tmp_path))
    with serving(board) as url:
        with pytest.raises(HTTPError) as refused:
            urlopen(f"{url}/chapter/", timeout=10)
        page = refused.value.read().decode()
        assert refused.value.code == 503
        assert "The site is being built for the first time." in page
        assert "client.js" in page
        with urlopen(f"{url}/_nbpublish/events?page=/chapter/", timeout=10) as stream:
            assert not select.select([stream], [], [], 0.3)[0], "no reader is told of a site that is not there"
            board.broke("mkdocs.yml:1: wrong")
            assert '"message": "mkdocs.yml:1: wrong"' in stream.readline().decode()


def test_a_page_that_nothing_is_done_to_is_not_said_to_run(tmp_path: Path) -> None:
    """Its source was removed while a cell ran, and came again."""

    def site(*addresses: str) -> Any:
        page = SimpleNamespace(content="<h1>One</h1>", file=SimpleNamespace(src_uri="one.py"))
        return SimpleNamespace(folder=tmp_path, pages=dict.fromkeys(addresses, page), problems=())

    def runs(shown: Shown, _: int) -> None:
        shown.busy, shown.cells = True, {"a": "running", "b": "ran"}

    board = Board(tmp_path, Editor(tmp_path))
    board.built(site("/one/"), lambda _: True)
    board.change("/one/", runs)
    board.built(site("/one/"), lambda _: False)
    assert board.message("/one/", -1, board.session)["busy"], "its cells do run"
    board.built(site(), lambda _: True)
    board.change("/one/", runs)
    board.built(site("/one/"), lambda _: False)
    assert not board.message("/one/", -1, board.session)["busy"], "that was another page"
    board.change("/one/", runs)
    board.built(site("/one/"), lambda _: True)
    message = board.message("/one/", -1, board.session)
    assert (message["busy"], message["cells"]) == (False, {"b": "ran"})


# --- what lies around the folder --------------------------------------------------------------------------------------

OUTER = """# %% name="outer"
import sys
sys.path.insert(0, "../modules")
import outer
print("outside", open("../data/numbers.txt").read(), outer.VALUE)
"""
HOOK = "def on_page_content(html, **_):\n    return html + '<p>{}</p>'\n"


class Course(Served):
    """A site with a mkdocs.yml, based on another one, a theme folder, a hook, and data and modules beside the docs."""

    def __init__(self, root: Path) -> None:
        for name, text in {
            "docs/index.md": "# Home\n",
            "docs/chapter.py": chapter(cells=(*CELLS, OUTER)),
            "data/numbers.txt": "one",
            "modules/outer.py": "VALUE = 1\n",
            "overrides/main.html": '{% extends "base.html" %}\n',
            "overrides/css/own.css": "body { color: red }\n",
            "hook.py": HOOK.format("hooked"),
            "base.yml": "site_description: described\n",
            "mkdocs.yml": "site_name: One\nINHERIT: base.yml\nhooks: [hook.py]\ntheme:\n  name: nbpublish\n"
            "  custom_dir: overrides\nplugins: [search, nbpublish]\n",
            "open.py": "import sys\nopen('opened', 'w').write(sys.argv[1])\n",
            ".gitignore": "/site/\n.nbpublish/\n__pycache__/\nopened\n",
        }.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        self.git("init", "-q", "-b", "main", root=root)
        super().__init__(root, "--open", "--follow", BROWSER=f"{sys.executable} {root / 'open.py'} %s", cwd=str(root))

    def git(self, *words: str, root: Path | None = None) -> None:
        name = ("-c", "user.name=A", "-c", "user.email=a@b.c")
        subprocess.run(["git", "-C", str(root or self.folder), *name, *words], check=True, capture_output=True)

    def swap(self, name: str, old: str, new: str) -> None:
        """One save of a file in which one text became another."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    course = Course(tmp_path_factory.mktemp("site"))
    yield course
    assert course.close() == 0


@pytest.fixture
def visitor(course: Course) -> Iterator[Reader]:
    visitor = Reader(course, "/chapter/")
    yield visitor
    visitor.close()


def test_the_browser_is_opened_where_asked_for(course: Course) -> None:
    opened = course.folder / "opened"
    until(lambda: opened.exists() and opened.read_text() == course.url)


def test_the_page_follows_where_asked_for(served: Served, reader: Reader, visitor: Reader) -> None:
    assert visitor.last["follow"]
    assert not reader.last["follow"]


def test_data_and_modules_beside_the_folder_are_watched_too(course: Course, visitor: Reader) -> None:
    visitor.sees("outside one 1")
    course.write("data/numbers.txt", "two")
    visitor.sees("outside two 1")
    course.write("modules/outer.py", "VALUE = 22\n")
    visitor.sees("outside two 22")
    quiet(course)
    count = len(course.lines)
    course.write("data/another.txt", "that nobody reads")
    time.sleep(0.5)
    assert len(course.lines) == count


@pytest.mark.parametrize(
    ("name", "old", "new", "shows"),
    [
        ("base.yml", "described", "described otherwise", 'content="described otherwise"'),
        ("hook.py", "hooked", "hooked again", "<p>hooked again</p>"),
        ("overrides/main.html", ' %}', ' %}{% block htmltitle %}<title>T</title>{% endblock %}', "<title>T<"),
        ("mkdocs.yml", "site_name: One", "site_name: Two", "Two"),
    ],
    ids=lambda value: value if value.endswith((".yml", ".py", ".html")) else "",
)
def test_configuration_hooks_and_theme_are_watched(
    course: Course, visitor: Reader, name: str, old: str, new: str, shows: str
) -> None:
    frame = visitor.last["frame"]
    course.swap(name, old, new)
    course.wait_for("/", shows)
    visitor.wait(lambda: visitor.last["frame"] != frame or "hooked again" in visitor.html)


def test_a_style_sheet_of_the_theme_is_swapped(course: Course, visitor: Reader) -> None:
    quiet(course)
    frame = visitor.last["frame"]
    course.write("overrides/css/own.css", "body { color: blue }\n")
    visitor.wait(lambda: "/css/own.css" in visitor.last["styles"])
    assert "blue" in course.get("/css/own.css")[1]
    quiet(course)
    assert visitor.last["frame"] == frame, "nothing is loaded again"


def test_the_page_that_somebody_looks_at_comes_before_the_site(course: Course, visitor: Reader) -> None:
    """A hook holds the site up for as long as the test wants."""
    (course.folder / "wait").touch()
    hold = "import os, time\n\ndef on_files(files, **_):\n    while os.path.exists('wait'):\n        time.sleep(0.02)\n"
    course.write("hook.py", f"{HOOK.format('hooked')}\n{hold}    return files\n")
    course.write("docs/chapter.py", chapter("Sooner than Zanzibar.", cells=(*CELLS, OUTER)))
    visitor.sees("Sooner than Zanzibar.")
    index = "/assets/search-index.js"
    assert "Zanzibar" not in course.get(index)[1]
    (course.folder / "wait").unlink()
    until(lambda: "Zanzibar" in course.get(index)[1])
    course.write("hook.py", HOOK.format("hooked"))
    course.write("docs/chapter.py", chapter(cells=(*CELLS, OUTER)))
    visitor.sees("Some words.")
    quiet(course)


@pytest.mark.parametrize(
    ("name", "old", "new", "place"),
    [
        ("mkdocs.yml", "plugins: [", "plugins: [[", ("mkdocs.yml", 8)),
        ("hook.py", "return", "return (", ("hook.py", 2)),
        ("hook.py", "return", "raise SystemExit(3)\n    return", ("hook.py", 2)),
        ("overrides/main.html", "extends", "extents", ("main.html", 1)),
    ],
    ids=["syntax", "syntax of a hook", "a hook that exits", "template"],
)
def test_what_lets_no_page_be_made_is_told_of_and_forgotten_when_it_is_mended(
    course: Course, visitor: Reader, name: str, old: str, new: str, place: tuple[str, int]
) -> None:
    before = (course.folder / name).read_text(encoding="utf-8")
    course.swap(name, old, new)
    broken = visitor.wait(lambda: visitor.last["broken"])
    until(lambda: broken["message"].splitlines()[0] in course.said)
    assert (broken["place"]["path"], broken["place"]["line"]) == place
    assert broken["place"]["href"].startswith("vscode://file/")
    assert course.get("/")[0] == 200, "the last good site stays"
    course.write(name, before)
    visitor.wait(lambda: visitor.last["broken"] is None)


def test_a_page_that_is_left_out_is_told_of(course: Course) -> None:
    course.write("docs/draft.py", chapter("A draft."))
    course.wait_for("/draft/", "A draft.")
    course.swap("mkdocs.yml", "site_name:", "exclude_docs: draft.py\nsite_name:")
    until(lambda: "docs/draft.py is no page any longer: mkdocs.yml leaves it out. Change `excl" in course.said)
    assert course.get("/draft/")[0] == 404
    course.swap("mkdocs.yml", "exclude_docs: draft.py\n", "")
    course.wait_for("/draft/", "A draft.")
    (course.folder / "docs" / "draft.py").unlink()


def test_pages_that_are_called_index_html_change_too(course: Course) -> None:
    course.swap("mkdocs.yml", "site_name:", "use_directory_urls: false\nsite_name:")
    course.wait_for("/chapter.html", "Some words.")
    for address in ("/", "/index.html"):
        reader = Reader(course, address)
        course.write("docs/index.md", f"# Home\n\nseen at {address} of it\n")
        reader.sees(f"seen at {address} of it")
        reader.close()
    course.swap("mkdocs.yml", "use_directory_urls: false\n", "")
    course.wait_for("/chapter/", "Some words.")


def test_another_branch_is_one_change(course: Course, visitor: Reader) -> None:
    course.git("add", "-A")
    course.git("commit", "-q", "-m", "one")
    course.git("checkout", "-q", "-b", "other")
    for number in range(12):
        course.write(f"docs/n{number}.md", f"# Page {number}\n")
    course.write("docs/chapter.py", chapter("On the other branch.", cells=(*CELLS, OUTER)))
    course.git("add", "-A")
    course.git("commit", "-q", "-m", "two")
    course.wait_for("/n11/", "Page 11")
    visitor.sees("On the other branch.")
    quiet(course)
    count = len(course.lines)
    course.git("checkout", "-q", "main")
    visitor.sees("Some words.")
    until(lambda: course.get("/n11/")[0] == 404)
    quiet(course)
    changed = [line for line in course.lines[count:] if line.endswith("changed\n")]
    assert [line.strip() for line in changed] == ["docs/chapter.py and 12 more changed"]


# --- the law ----------------------------------------------------------------------------------------------------------

EDITS = (
    lambda r: ("factor", r.randrange(1, 5)),
    lambda r: ("prose", r.choice(("One.", "Two.", "[a link](second.py)", "$x^2$"))),
    lambda r: ("swap", 0),
    lambda r: ("drop", r.randrange(1, 5)),
    lambda r: ("say", r.randrange(3)),
    lambda r: ("mutate", r.randrange(3)),
    lambda r: ("fail", r.randrange(3)),
    lambda r: ("typo", 0),
    lambda r: ("endless", 0),
    lambda r: ("die", 0),
    lambda r: ("data", r.randrange(3)),
    lambda r: ("module", r.randrange(3)),
    lambda r: ("heading", r.randrange(3)),
    lambda r: ("slider", r.randrange(3)),
    lambda r: ("page", r.randrange(3)),
    lambda r: ("remove", 0),
    lambda r: ("rename", r.randrange(3)),
)


def save(folder: Path, name: str, r: random.Random) -> None:
    """One save of an author's: an edit of one of the notebooks, or of what they read; or a file comes and goes."""
    what, value = r.choice(EDITS)(r)
    if what == "data":
        write(folder / "data.txt", f"data {value}", r)
    elif what == "module":
        write(folder / "helper.py", f"{'# ' * value}\nVALUE = {value}\n", r)
    elif what == "slider":
        write(folder / "slider.py", SLIDER.replace("factor = 1", f"factor = {value}"), r)
    elif what == "page":
        write(folder / "page.md", f"# A page\n\nthat leads [there](second.py), {value}\n", r)
    elif what == "remove":
        (folder / name).unlink(missing_ok=True)
    elif what == "rename" and (folder / name).exists():
        (folder / name).rename(folder / f"renamed{value}.py")
    else:
        write(folder / name, _edited(what, value, r), r)


def write(file: Path, text: str, r: random.Random) -> None:
    """As one editor or another does."""
    way = r.randrange(4)
    if way == 0:
        other = file.with_name(f".{file.name}.tmp")
        other.write_text(text, encoding="utf-8")
        other.rename(file)
    elif way == 1:
        with file.open("w", encoding="utf-8") as handle:
            handle.write(text[: len(text) // 2])
            handle.flush()
            time.sleep(0.02)
            handle.write(text[len(text) // 2 :])
    else:
        file.write_text(text, encoding="utf-8")


SLIDER = """import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    factor = 1
    n = mo.ui.slider(1, 3, value=2)
    n
    return factor, mo, n


@app.cell
def _(factor, n):
    print("product", factor * n.value)
    return


if __name__ == "__main__":
    app.run()
"""


def _edited(what: str, value: object, r: random.Random) -> str:
    reading = "# %% name=\"reading\"\nimport helper\nprint(open('data.txt').read(), helper.VALUE)\n"
    cells = [*CELLS, reading]
    more = {
        "say": f"# %%\nprint('say {value}')\n",
        "mutate": f"# %% name=\"shown\"\nnumbers.append({value})\nprint('shown', total, numbers)\n",
        "fail": f"# %% name=\"total\"\ntotal = {value} / 0\n",
        "typo": "# %% name=\"other\"\nprint((\n",
        "endless": "# %% name=\"other\"\nwhile True:\n    pass\n",
        "die": "# %% name=\"other\"\nimport os\nos._exit(3)\n",
        "heading": f"# %% [markdown]\n# ## Heading {value}\n",
    }.get(what)
    if what == "swap":
        cells[3], cells[4] = cells[4], cells[3]
    elif what == "drop":
        del cells[int(str(value))]
    elif more:
        where = {"fail": 2, "typo": 3, "endless": 3, "die": 3, "mutate": 4}.get(what)
        if where is None:
            cells.insert(r.randrange(1, 5), more)
        else:
            cells[where] = more
    factor = int(str(value)) if what == "factor" else 1
    return chapter(str(value) if what == "prose" else "Some words.", factor, tuple(cells))


CLEAN = """
import sys
from pathlib import Path
from nbpublish.frontends import configuration, site
config = configuration.load(Path(sys.argv[1]))
with configuration.opened(config) as project:
    site.make_site(config, Path(sys.argv[1]) / "site", project)
"""
"""Builds a site whatever problems it has; `nbpublish build` would leave the last good one in place."""


def site_in(folder: Path) -> dict[str, bytes]:
    """All files of a site but those that tell the time."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".gz")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found if path.name != "sitemap.xml"}


def soak(root: Path, seed: int, saves: int, notebooks: int, pause: float) -> None:
    """Save again and again; the served site must then be what a clean build gives, and nothing may be left over."""
    r = random.Random(seed)
    folder = root / "docs"
    folder.mkdir(parents=True)
    names = [f"n{number}.py" for number in range(notebooks)]
    (folder / "data.txt").write_text("data 0", encoding="utf-8")
    (folder / "helper.py").write_text("VALUE = 0\n", encoding="utf-8")
    (folder / "second.py").write_text(chapter("The second."), encoding="utf-8")
    (folder / "slider.py").write_text(SLIDER, encoding="utf-8")
    (folder / "page.md").write_text("# A page\n", encoding="utf-8")
    for name in names:
        (folder / name).write_text(_edited("say", name, r), encoding="utf-8")
    plugins = "plugins: [search, {nbpublish: {timeout: 3}}]\n"
    (root / "mkdocs.yml").write_text(f"site_name: Soak\ntheme: {{name: nbpublish}}\n{plugins}", encoding="utf-8")
    room = root.with_name("room")
    room.mkdir()
    served = Served(root, TMPDIR=str(room))
    children: list[psutil.Process] = []
    try:
        readers = [Reader(served, f"/{name.removesuffix('.py')}/") for name in [*names[:3], "slider.py"]]
        process = psutil.Process(served.process.pid)
        held: list[tuple[int, int]] = []
        for number in range(saves):
            save(folder, r.choice(names), r)
            time.sleep(r.random() * pause)
            if number % 20 == 19:
                held.append((process.num_fds(), process.num_threads()))
                assert served.process.poll() is None
        for file in folder.glob("*.py"):  # what never ends, or ends its process, takes its time in a clean build
            if any(word in file.read_text(encoding="utf-8") for word in ("while True", "os._exit")):
                file.write_text(_edited("say", "at last", r), encoding="utf-8")
        wanted = clean_site_of(root)
        try:
            until(lambda: _served(root) == wanted)
        except AssertionError:
            found = _served(root)
            differing = [name for name in {*found, *wanted} if found.get(name) != wanted.get(name)]
            raise AssertionError(f"{differing} differ after {seed=}\n{served.said[-3000:]}") from None
        for reader in readers:
            if page := wanted.get(f"{reader.page.strip('/')}/index.html"):
                reader.rests()
                reader.wait(partial(_has_all, page.decode(), reader))
            reader.close()
        quiet(served)
        assert "could not build" not in served.said
        assert process.num_fds() <= max(fds for fds, _ in held[: len(held) // 4 + 1]) + 8, held
        assert process.num_threads() <= max(threads for _, threads in held[: len(held) // 4 + 1]) + 4, held
        children = served.children()
        assert len(children) <= 6, children
    finally:
        served.close()
    assert not [child for child in children if child.is_running()]
    assert not list((root / ".nbpublish").glob("serve-*"))
    assert not [path for path in room.iterdir() if not _is_pythons_own(path)]


def _is_pythons_own(path: Path) -> bool:
    """Python tries a folder for temporary files out with one; it stays where the process is killed at that moment."""
    return bool(re.fullmatch("[a-z0-9_]{8}", path.name)) and path.is_file() and path.read_bytes() in (b"", b"blat")


def _has_all(page: str, reader: Reader) -> bool:
    return all(part.strip() in page for part in reader.parts.values() if "</h1>" not in part)


def clean_site_of(root: Path) -> dict[str, bytes]:
    """What a build from nothing makes of the same sources."""
    clean = root.with_name("clean")
    shutil.copytree(root, clean, ignore=shutil.ignore_patterns(".nbpublish", "__pycache__"))
    subprocess.run([sys.executable, "-c", CLEAN, str(clean)], capture_output=True, timeout=300, check=True)
    found = site_in(clean / "site")
    assert found
    return found


def _served(root: Path) -> dict[str, bytes]:
    """The site's files as they are on the disk of the running preview."""
    (room,) = (root / ".nbpublish").glob("serve-*")
    newest = max(room.glob("site-*"), key=lambda path: int(path.name.rpartition("-")[2]), default=None)
    return site_in(newest) if newest else {}


def test_after_many_saves_the_served_site_is_what_a_clean_build_gives(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--long"):
        soak(tmp_path / "course", seed=1, saves=1000, notebooks=10, pause=0.6)
    else:
        soak(tmp_path / "course", seed=1, saves=25, notebooks=3, pause=0.3)
