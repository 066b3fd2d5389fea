"""What a build survives, told as attacks: on the author's files, by names, contents, notebooks, signals and disks."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import psutil
import pytest
import yaml
from click.testing import CliRunner, Result

from nbpublish.errors import SiteError
from nbpublish.executors.limits import Limits
from nbpublish.frontends import publish
from nbpublish.frontends.cli import main
from nbpublish.project import project
from nbpublish.project.settings import limits

SCRIPT = "# %% [markdown]\n# # First chapter\n\n# %%\nprint(6 * 7)\n"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A course with a mkdocs.yml, a docs folder, and something precious beside them."""
    docs = tmp_path / "course" / "docs"
    docs.mkdir(parents=True)
    (docs / "index.md").write_text("# Welcome\n", encoding="utf-8")
    (docs / "first.py").write_text(SCRIPT, encoding="utf-8")
    (docs.parent / "precious.txt").write_text("mine", encoding="utf-8")
    configure(docs.parent)
    return docs.parent


def configure(folder: Path, more: str = "") -> None:
    (folder / "mkdocs.yml").write_text(f"site_name: Course\ntheme: {{name: nbpublish}}\n{more}", encoding="utf-8")


def files(folder: Path) -> dict[str, bytes]:
    """Everything in a folder by path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- the author's files ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["docs", "docs/site", ".", "..", "../..", "", "precious.txt", "../other", "/"])
def test_no_site_takes_the_place_of_what_no_build_made(folder: Path, place: str) -> None:
    other = folder.parent / "other"
    other.mkdir()
    (other / "thesis.tex").write_text("years", encoding="utf-8")
    configure(folder, f"site_dir: '{place}'\n")
    before = files(folder.parent)
    result = run("build", folder)
    assert result.exit_code == 2
    assert "site_dir" in result.stderr
    assert files(folder.parent) == before


def test_not_even_one_that_looks_like_a_site(folder: Path) -> None:
    """Even a sitemap beside mkdocs.yml makes no site of the author's own folder."""
    (folder / "docs").rename(folder.parent / "docs")
    (folder / "sitemap.xml").write_text("<urlset/>", encoding="utf-8")
    configure(folder, "docs_dir: ../docs\nsite_dir: .\n")
    before = files(folder.parent)
    assert run("build", folder).exit_code == 2
    assert files(folder.parent) == before


def test_a_folder_called_site_in_a_folder_of_notebooks_is_kept(tmp_path: Path) -> None:
    (tmp_path / "first.py").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "excavation.py").write_text(SCRIPT, encoding="utf-8")
    result = run("build", tmp_path)
    assert result.exit_code == 2
    assert "excavation.py" in result.stderr
    assert (tmp_path / "site" / "excavation.py").exists()


def test_an_empty_site_folder_and_a_site_of_mkdocs_are_replaced(folder: Path) -> None:
    site = folder / "site"
    site.mkdir()
    assert run("build", folder).exit_code == 0
    assert (site / "first" / "index.html").exists()
    (site / "gone.html").write_text("a page of long ago", encoding="utf-8")
    assert run("build", folder).exit_code == 0
    assert not (site / "gone.html").exists()


def test_hidden_files_of_the_site_folder_outlive_builds(folder: Path) -> None:
    """As with MkDocs: authors publish from a git worktree in the site folder."""
    for _ in range(2):
        assert run("build", folder).exit_code == 0
        (folder / "site" / ".git").mkdir(exist_ok=True)
        (folder / "site" / ".git" / "HEAD").write_text("ref: refs/heads/gh-pages", encoding="utf-8")
    assert run("build", folder).exit_code == 0
    assert (folder / "site" / ".git" / "HEAD").exists()


def test_a_link_to_the_site_folder_stays_a_link(folder: Path) -> None:
    served = folder.parent / "served"
    served.mkdir()
    (folder / "site").symlink_to(served)
    assert run("build", folder).exit_code == 0
    assert (folder / "site").is_symlink()
    assert (served / "first" / "index.html").exists()


# --- builds that were killed, builds at the same time -----------------------------------------------------------------


def dead_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_the_next_build_removes_what_a_killed_one_left(folder: Path) -> None:
    left = folder / ".nbpublish" / f"build-{dead_process()}"
    left.mkdir(parents=True)
    (left / "page.html").write_text("half", encoding="utf-8")
    assert run("build", folder).exit_code == 0
    assert {path.name for path in (folder / ".nbpublish").iterdir()} == {".gitignore", "cache"}


def test_a_site_that_a_killed_build_had_only_moved_away_comes_back(folder: Path) -> None:
    assert run("build", folder).exit_code == 0
    (folder / "site").rename(folder / ".nbpublish" / f"build-{dead_process()}-old-site")
    (folder / "docs" / "broken.py").write_text("# %%\n1 / 0\n", encoding="utf-8")
    assert run("build", folder).exit_code == 1
    assert (folder / "site" / "first" / "index.html").exists()


def test_an_interrupt_between_the_two_renames_puts_the_old_site_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built, site = tmp_path / "built", tmp_path / "site"
    for place in (built, site):
        place.mkdir()
        (place / "page.html").write_text(place.name, encoding="utf-8")
    monkeypatch.setattr(publish, "_put", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        publish.swap(built, site)
    assert (site / "page.html").read_text(encoding="utf-8") == "site"


def test_two_builds_that_swap_at_the_same_time_both_get_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built, site, faster = tmp_path / "built", tmp_path / "site", tmp_path / "faster"
    for place in (built, site, faster):
        place.mkdir()
        (place / "page.html").write_text(place.name, encoding="utf-8")
    put = publish._put

    def late(*places: Path) -> bool:
        if faster.exists():
            faster.rename(site)
        return put(*places)

    monkeypatch.setattr(publish, "_put", late)
    publish.swap(built, site)
    assert (site / "page.html").read_text(encoding="utf-8") == "built"


def test_a_site_that_is_written_all_the_time_is_left_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built, site = tmp_path / "built", tmp_path / "site"
    built.mkdir()
    site.mkdir()
    monkeypatch.setattr(publish, "_put", lambda built, site, old: bool(site.mkdir()))
    with pytest.raises(SiteError, match="one build at a time"):
        publish.swap(built, site)


# --- a site without a home page -----------------------------------------------------------------------------------


def links(page: Path) -> dict[str, str]:
    """Text of each link in the article of a page, by where it leads; all of them lead to files that exist."""
    article = page.read_text(encoding="utf-8").partition("<article")[2].partition("</article>")[0]
    found = {}
    for href, text in re.findall(r'<a href="([^"#?]+)">(.*?)</a>', article):
        assert (page.parent / unquote(href) / "index.html").exists(), href
        found[unquote(href)] = text
    return found


def test_a_folder_without_a_home_page_gets_one_that_lists_its_pages(tmp_path: Path) -> None:
    chapters = tmp_path / "01 入門"
    chapters.mkdir()
    (tmp_path / "z.md").write_text("# Last\n", encoding="utf-8")
    odd = '# %% [markdown]\n# # <b>Bold</b> & "quoted"\n'
    (chapters / 'a#b %41 & "c" 日本.py').write_text(odd, encoding="utf-8")
    result = run("build", tmp_path)
    assert result.exit_code == 0, result.stderr
    assert "no problems" in result.stderr
    found = links(tmp_path / "site" / "index.html")
    assert found["z/"] == "Last"
    assert "Bold" in found['01 入門/a#b %41 & "c" 日本/']
    home = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert f"<h1>{tmp_path.name}</h1>" in home
    assert "01 入門" in home


def test_so_does_a_site_with_a_mkdocs_yml_and_another_theme(folder: Path) -> None:
    (folder / "docs" / "index.md").unlink()
    (folder / "mkdocs.yml").write_text("site_name: 'C: <i> & \"d\"'\ntheme: readthedocs\n", encoding="utf-8")
    assert run("build", folder, "--strict").exit_code == 0
    home = (folder / "site" / "index.html").read_text(encoding="utf-8")
    assert '<a href="first/">First chapter</a>' in home
    assert '<h1>C: &lt;i&gt; &amp; "d"</h1>' in home


@pytest.mark.parametrize("name", ["index.py", "README.py", "index.ipynb", "index.html"])
def test_what_becomes_the_home_page_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / "other.py").write_text(SCRIPT, encoding="utf-8")
    cell = '{"cell_type": "markdown", "metadata": {}, "source": "# Mine"}'
    notebook = f'{{"cells": [{cell}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 5}}'
    texts = {".py": "# %% [markdown]\n# # Mine\n", ".ipynb": notebook, ".html": "<h1>Mine</h1>"}
    (tmp_path / name).write_text(texts[Path(name).suffix], encoding="utf-8")
    assert run("build", tmp_path).exit_code == 0
    home = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "Mine" in home
    assert links(tmp_path / "site" / "index.html") == {}


def test_a_navigation_of_the_authors_is_left_alone(folder: Path) -> None:
    (folder / "docs" / "index.md").unlink()
    configure(folder, "nav: [first.py]\n")
    assert run("build", folder).exit_code == 0
    assert not (folder / "site" / "index.html").exists()


def test_a_folder_with_nothing_to_publish_says_what_could_be(tmp_path: Path) -> None:
    result = run("build", tmp_path)
    assert result.exit_code == 1
    assert "nothing to publish" in result.stderr
    assert "nbpublish new" in result.stderr


# --- odd entries of the docs folder -------------------------------------------------------------------------------


def problems(result: Result) -> list[tuple[str, str]]:
    """Path and code of each problem in the object that `--json` prints."""
    return [(problem["path"], problem["code"]) for problem in json.loads(result.stdout)["problems"]]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
@pytest.mark.parametrize("name", ["pipe.py", "pipe.md", "pipe.csv"])
def test_nothing_waits_for_a_pipe(folder: Path, name: str) -> None:
    os.mkfifo(folder / "docs" / name)
    command = [sys.executable, "-m", "nbpublish", "build", folder, "--json", "--keep-going"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    [problem] = json.loads(done.stdout)["problems"]
    assert (problem["path"], problem["code"]) == (name, "unreadable")
    assert (folder / "site" / "first" / "index.html").exists()


@pytest.mark.parametrize("name", ["chapter.py", "chapter.md", "data.csv"])
def test_a_link_to_nowhere_is_left_out_and_said(folder: Path, name: str) -> None:
    (folder / "docs" / name).symlink_to("gone")
    result = run("build", folder, "--json", "--keep-going")
    assert problems(result) == [(name, "unreadable")]
    assert "link to gone" in result.stderr
    assert result.exit_code == (name != "data.csv"), "a page that is missing is an error"
    assert (folder / "site" / "first" / "index.html").exists()


def test_a_folder_that_contains_itself_is_said_before_anyone_goes_round(folder: Path) -> None:
    (folder / "docs" / "part").mkdir()
    (folder / "docs" / "part" / "second.py").write_text(SCRIPT, encoding="utf-8")
    (folder / "docs" / "shelf").symlink_to("part")
    assert run("build", folder).exit_code == 0, "the same folder in two places is two folders"
    (folder / "docs" / "part" / "up").symlink_to("..")
    command = [sys.executable, "-m", "nbpublish", "build", folder]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert f"{os.sep}up is a link to a folder that it lies in" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_no_utf_8_is_said(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder / "docs") + b"/caf\xe9.py")).write_text(SCRIPT, encoding="utf-8")
    result = run("build", folder, "--json", "--keep-going")
    assert problems(result) == [("caf?.py", "unreadable")]
    assert (folder / "site" / "first" / "index.html").exists()


@pytest.mark.parametrize(
    "name", ["a#b", "a%20b", 'q"q', "<b>", "{{ x }}", "第1章 ", "x.py", "-dash", "a&b", "l" * 200, "index.md"]
)
def test_a_page_of_any_name_can_be_reached(tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    home.mkdir()
    (home / f"{name}.py").write_text(SCRIPT, encoding="utf-8")
    result = run("build", tmp_path)
    assert result.exit_code == 0, result.stderr
    assert links(tmp_path / "site" / "index.html") == {f"{name}/{name}/": "First chapter"}


# --- contents -------------------------------------------------------------------------------------------------------

CONFLICT = "<<<<<<< HEAD\ny = 2\n=======\ny = 3\n>>>>>>> branch\n"
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("percent.py", f"# %%\nx = 1\n{CONFLICT}\n# %%\nprint(x)\n", 3),
        ("prose.py", f"# %% [markdown]\n# # Title\n\n# %%\n1\n{CONFLICT}", 6),
        ("reactive.py", f"import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n{CONFLICT}    return\n", 8),
        ("jupyter.ipynb", f'{{"cells": [\n{CONFLICT}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 5}}', 2),
    ],
)
def test_what_git_could_not_merge_is_called_that(folder: Path, name: str, text: str, line: int) -> None:
    (folder / "docs" / name).write_text(text, encoding="utf-8")
    told = json.loads(run("check", folder, "--json").stdout)["problems"]
    assert (name, line, "merge-conflict") in [(p["path"], p["line"], p["code"]) for p in told]


def test_lines_under_a_heading_are_no_conflict(folder: Path) -> None:
    (folder / "docs" / "rest.py").write_text('# %%\n"""\nTitle\n=======\n\n>>>>>>> shift\n"""\n', encoding="utf-8")
    assert problems(run("check", folder, "--json")) == []


@pytest.mark.parametrize("name", ["chapter.py", "chapter.ipynb", "chapter.md", "figure.png"])
def test_a_pointer_of_git_lfs_is_not_published_as_content(folder: Path, name: str) -> None:
    (folder / "docs" / name).write_text(POINTER, encoding="utf-8")
    result = run("build", folder, "--json", "--keep-going")
    assert problems(result) == [(name, "unreadable")]
    assert "git lfs pull" in result.stderr
    assert not (folder / "site" / "chapter").exists()


def test_output_that_is_dropped_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """A page of ten megabytes takes its time: only in the long form is the limit what authors have."""
    kept = Limits().output
    if not request.config.getoption("--long"):
        kept //= 50
        monkeypatch.setattr(project, "limits", lambda settings: replace(limits(settings), output=kept))
    loud = f"# %%\nfor _ in range(30):\n    print('x' * {kept // 20 - 1})\n"
    (folder / "docs" / "loud.py").write_text(loud, encoding="utf-8")
    result = run("build", folder, "--json")
    assert result.exit_code == 0
    assert problems(result) == [("loud.py", "output-cut")]
    page = (folder / "site" / "loud" / "index.html").read_text(encoding="utf-8")
    assert page.index("x" * 1000) < page.index("The output is cut here")
    assert 0.9 * kept < page.count("x") < 1.1 * kept


# --- what cells do to their process -----------------------------------------------------------------------------------


def build_cells(folder: Path, *cells: str, name: str = "notebook.py") -> tuple[list[str], str]:
    """The messages of a build of one notebook, and its page."""
    (folder / "docs" / name).write_text("\n\n".join(f"# %%\n{cell}" for cell in cells) + "\n", encoding="utf-8")
    result = run("build", folder, "--json", "--keep-going")
    page = folder / "site" / Path(name).stem / "index.html"
    return [p["message"] for p in json.loads(result.stdout)["problems"]], page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "choice",
    [
        "import matplotlib\nmatplotlib.use('TkAgg')\nimport matplotlib.pyplot as plt",
        "import matplotlib.pyplot as plt\nplt.switch_backend('QtAgg')",
        "import matplotlib\nmatplotlib.rcParams['backend'] = 'TkAgg'\nimport matplotlib.pyplot as plt",
    ],
)
def test_figures_that_would_open_windows_are_on_the_page(folder: Path, choice: str) -> None:
    messages, page = build_cells(folder, f"{choice}\nplt.plot([1, 2])\nplt.show(block=True)")
    assert messages == []
    assert ".svg" in page


def test_a_backend_that_draws_is_the_authors_choice(folder: Path) -> None:
    choice = "import matplotlib\nmatplotlib.use('svg')\nimport matplotlib.pyplot\nprint(matplotlib.get_backend())"
    _, page = build_cells(folder, choice)
    assert ">svg</pre>" in page.lower()


def test_a_password_that_is_asked_for_says_what_to_do(folder: Path) -> None:
    [message], _ = build_cells(folder, "from getpass import getpass\ngetpass('API key: ')")
    assert "environment variable" in message


def test_a_cell_that_cuts_the_connection_is_not_said_to_lack_memory(folder: Path) -> None:
    cell = "print('before')\nimport os, time\nos.closerange(3, 1000)\ntime.sleep(99)"
    [message], page = build_cells(folder, cell)
    assert "closed the connection" in message
    assert "before" in page


@pytest.mark.parametrize("cell", ["import logging\nlogging.basicConfig()", "import sklearn.cluster"])
def test_a_chapter_called_like_a_library_is_named_as_what_breaks_the_others(folder: Path, cell: str) -> None:
    hidden = "sklearn" if "sklearn" in cell else "logging"
    (folder / "docs" / f"{hidden}.py").write_text(f"# %%\nimport {hidden}\n{cell}\n", encoding="utf-8")
    messages, _ = build_cells(folder, cell)
    assert messages
    assert all(f"Is there a {hidden}.py beside the notebook? Rename it" in message for message in messages)


# --- signals --------------------------------------------------------------------------------------------------------

SLOW = """
# %%
import pathlib, subprocess, time
child = subprocess.Popen(["sleep", "600"], start_new_session=True)
pathlib.Path("pid").write_text(str(child.pid))
time.sleep(600)
"""


@pytest.fixture
def running(folder: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A build whose notebook has started a process of its own; the site was built before."""
    assert run("build", folder).exit_code == 0
    (folder / "docs" / "slow.py").write_text(SLOW, encoding="utf-8")
    (tmp_path / "tmp").mkdir()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # tests in the background of a shell inherit none
    process = subprocess.Popen(
        [sys.executable, "-m", "nbpublish", "build", folder],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
    )
    deadline = time.monotonic() + 60
    while not (folder / "docs" / "pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.1)
    yield process
    process.kill()


def is_gone(process: int) -> bool:
    """Whether a process has ended, after a moment."""
    for _ in range(100):
        if not psutil.pid_exists(process) or psutil.Process(process).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_build_that_is_asked_to_end_leaves_nothing_behind(
    running: subprocess.Popen[str], folder: Path, tmp_path: Path, number: signal.Signals
) -> None:
    child = int((folder / "docs" / "pid").read_text())
    running.send_signal(number)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "Traceback" not in said
    assert is_gone(child)
    assert list((tmp_path / "tmp").iterdir()) == []
    assert {path.name for path in (folder / ".nbpublish").iterdir()} <= {".gitignore", "cache"}
    assert (folder / "site" / "first" / "index.html").exists()
    assert not (folder / "site" / "slow").exists()


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_an_impatient_author_spoils_nothing(running: subprocess.Popen[str], folder: Path, tmp_path: Path) -> None:
    for _ in range(8):
        running.send_signal(signal.SIGINT)
        time.sleep(0.04)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "Traceback" not in said
    assert list((tmp_path / "tmp").iterdir()) == []
    assert {path.name for path in (folder / ".nbpublish").iterdir()} <= {".gitignore", "cache"}


@pytest.mark.skipif(sys.platform != "linux", reason="where a kernel learns of its parent's end")
def test_the_build_after_one_that_was_killed_cleans_up(
    running: subprocess.Popen[str], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = int((folder / "docs" / "pid").read_text())
    running.kill()
    running.communicate(timeout=30)
    (folder / "docs" / "slow.py").unlink()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    assert run("build", folder).exit_code == 0
    assert is_gone(child)
    assert list((tmp_path / "tmp").iterdir()) == []
    assert {path.name for path in (folder / ".nbpublish").iterdir()} <= {".gitignore", "cache"}


# --- the terminal -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "shift_jis"])
def test_any_problem_can_be_said_in_any_terminal(folder: Path, encoding: str) -> None:
    (folder / "docs" / "第一章.py").write_text("# %%\nraise ValueError('失敗 é ☃')\n", encoding="utf-8")
    command = [sys.executable, "-m", "nbpublish", "build", folder, "--json"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, capture_output=True, timeout=60, env=environment, check=False)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    [problem] = json.loads(done.stdout.decode(encoding))["problems"]
    assert (problem["path"], problem["message"]) == ("第一章.py", "ValueError: 失敗 é ☃")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_said_without_a_traceback(folder: Path) -> None:
    command = [sys.executable, "-m", "nbpublish", "check", folder, "--json"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "full disk" in done.stderr


def test_a_file_in_place_of_a_folder_is_told_its_folder(folder: Path) -> None:
    result = run("build", folder / "docs" / "first.py")
    assert result.exit_code == 2
    assert f"Give the folder it is in: {folder / 'docs'}" in result.stderr


def test_a_host_that_is_not_there_is_not_a_port_that_is_taken(folder: Path) -> None:
    result = run("serve", folder, "--host", "no.such.host.invalid")
    assert result.exit_code == 2
    assert "There is no address no.such.host.invalid" in result.stderr


@pytest.mark.parametrize("name", ['A: "b" # c', "it's {x}", "a\\b", "two\nlines", "- 機械学習"])
def test_a_course_of_any_name_builds(tmp_path: Path, name: str) -> None:
    assert run("new", tmp_path / "course", "--name", name).exit_code == 0
    result = run("check", tmp_path / "course", "--strict")
    assert result.exit_code == 0, result.stderr
    first = (tmp_path / "course" / "mkdocs.yml").read_text(encoding="utf-8").splitlines()[0]
    assert yaml.safe_load(first) == {"site_name": " ".join(name.split())}
