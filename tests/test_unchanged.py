"""A build in which nothing changed says so, touches nothing and imports next to nothing; any change is a real build."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from nbpublish.frontends import unchanged
from nbpublish.frontends.cli import main
from nbpublish.stamp import looks, stamp
from nbpublish.stamp.watch import Watch

FILES = {
    "mkdocs.yml": """
site_name: !ENV [COURSE_NAME, Course]
theme:
  name: nbpublish
  custom_dir: overrides
markdown_extensions:
  - pymdownx.snippets: {base_path: [!relative $config_dir/nearer, !relative $config_dir/snippets]}
plugins: [search, nbpublish]
""",
    "docs/index.md": "# Home\n\nTo [one](one.py).\n\n--8<-- \"shared.txt\"\n",
    "docs/one.py": (
        "# %% [markdown]\n# # One\n\n"
        "# %%\nimport helper\nprint(open('data.csv').read(), helper.NUMBER)\n\n"
        "# %%\nimport os\nprint(os.environ.get('COURSE_LEVEL'))\n"
    ),
    "docs/two.py": "# %% [markdown]\n# # Two\n\n# %%\nprint(6 * 7)\n",
    "docs/data.csv": "a,b\n1,2\n",
    "docs/helper.py": "NUMBER = 1\n",
    "overrides/partials/footer.html": "<footer>ours</footer>\n",
    "snippets/shared.txt": "Shared words.\n",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Path:
    caplog.set_level("DEBUG", "mkdocs.plugins.nbpublish.unchanged")  # why a site was built stands in the log
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return write(tmp_path / "course", FILES)


def build(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["build", str(folder), *arguments])


def is_unchanged(result: Result) -> bool:
    return "Nothing changed" in result.stderr


def states(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Size, time of the last change and inode of everything in a folder."""
    found = {path: path.stat() for path in [folder, *folder.rglob("*")]}
    return {str(path): (state.st_size, state.st_mtime_ns, state.st_ino) for path, state in found.items()}


def test_the_second_build_says_that_nothing_changed_and_touches_nothing(course: Path) -> None:
    first = build(course)
    assert first.exit_code == 0, first.stderr
    assert "3 run" in first.stderr
    before = states(course)
    second = build(course)
    assert second.exit_code == 0
    said = r"Nothing changed, .*site is up to date: 3 pages; cells: 0 run, 3 reused; .* no problems"
    assert re.search(said, second.stderr)
    assert states(course) == before


def test_it_says_so_in_json_too(course: Path) -> None:
    first = json.loads(build(course, "--json").stdout)
    second = json.loads(build(course, "--json").stdout)
    assert second == {**first, "cells": {**first["cells"], "run": 0, "reused": 3}, "seconds": second["seconds"]}


def test_problems_are_told_again_and_count_as_before(course: Path) -> None:
    write(course, {"docs/two.py": "# %%\n1 / 0\n\n# %% [markdown]\n# [away](nowhere.md)\n"})
    assert build(course).exit_code == 1
    first = build(course, "--keep-going", "--json")
    second = build(course, "--keep-going", "--json")
    assert (first.exit_code, second.exit_code) == (1, 1)
    assert is_unchanged(second)
    assert [line for line in first.stderr.splitlines() if "two.py" in line and "Running" not in line] == [
        line for line in second.stderr.splitlines() if "two.py" in line
    ]
    assert json.loads(first.stdout)["problems"] == json.loads(second.stdout)["problems"]
    assert json.loads(first.stdout)["cells"]["failed"] == json.loads(second.stdout)["cells"]["failed"] == 1
    refused = build(course)  # a site with errors is published on request only
    assert not is_unchanged(refused)
    assert "Not published" in refused.stderr


def test_warnings_fail_under_strict_only(course: Path) -> None:
    write(course, {"docs/two.py": "# %% [markdown]\n# [away](nowhere.md)\n"})
    assert build(course).exit_code == 0
    assert is_unchanged(build(course))
    strict = build(course, "--strict")
    assert not is_unchanged(strict)
    assert strict.exit_code == 1


def test_no_heavy_module_is_imported_and_no_process_started(course: Path) -> None:
    assert build(course).exit_code == 0
    program = (
        "import sys\n"
        "def refuse(event, arguments):\n"
        "    assert event not in ('subprocess.Popen', 'os.fork', 'os.posix_spawn', 'socket.connect'), event\n"
        "sys.addaudithook(refuse)\n"
        "from nbpublish.__main__ import main\n"
        "sys.argv = ['nbpublish', 'build', *sys.argv[1:]]\n"
        "try:\n    main()\n"
        "finally:\n    print(*sys.modules)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-c", program, str(course)]
    subprocess.run(command, check=True, capture_output=True, env=environment)  # `sys.path` is another one here
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    assert "Nothing changed" in done.stderr
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "click" in loaded
    heavy = {"numpy", "IPython", "marimo", "matplotlib", "mkdocs", "markdown", "jinja2", "rich", "yaml", "sqlite3"}
    assert not loaded & (heavy | {"asyncio", "psutil", "pygments"})


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def test_a_commit_is_a_change_though_git_is_asked(course: Path) -> None:
    (course / ".gitignore").write_text("/site\n/.nbpublish\n")
    git(course, "init", "-q")
    assert not is_unchanged(build(course))
    assert is_unchanged(build(course))
    git(course, "add", ".")
    git(course, "commit", "-q", "-m", "one")
    assert not is_unchanged(build(course))
    assert is_unchanged(build(course))
    git(course, "checkout", "-q", "--detach")
    build(course)
    assert is_unchanged(build(course))
    git(course, "commit", "-q", "--allow-empty", "-m", "two")
    assert not is_unchanged(build(course))


# --- what is a real build ---------------------------------------------------------------------------------------------

Edit = Callable[[Path], object]


def written(name: str, text: str) -> Edit:
    return lambda course: write(course, {name: text})


def replaced(name: str, old: str, new: str) -> Edit:
    def edit(course: Path) -> None:
        text = (course / name).read_text(encoding="utf-8")
        assert old in text
        (course / name).write_text(text.replace(old, new), encoding="utf-8")

    return edit


def same_size_and_time(course: Path) -> None:
    """A change that only the time of the inode's own change tells."""
    path = course / "docs" / "data.csv"
    before = path.stat()
    path.write_text("a,b\n1,3\n", encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


EDITS: dict[str, Edit] = {
    "prose": replaced("docs/one.py", "# # One", "# # Uno"),
    "code": replaced("docs/two.py", "6 * 7", "6 * 8"),
    "a page": written("docs/index.md", "# Home again\n"),
    "data": written("docs/data.csv", "a,b\n3,4\n"),
    "data, same size and time": same_size_and_time,
    "a module": written("docs/helper.py", "NUMBER = 2\n"),
    "a new notebook": written("docs/three.py", "# %%\n3\n"),
    "a new file to be copied": written("docs/new.txt", "new"),
    "a deleted page": lambda course: (course / "docs" / "two.py").unlink(),
    "a renamed page": lambda course: (course / "docs" / "two.py").rename(course / "docs" / "zwei.py"),
    "a setting": replaced("mkdocs.yml", "search, ", ""),
    "the theme": written("overrides/partials/footer.html", "<footer>theirs</footer>\n"),
    "a template that hides another": written("overrides/partials/navigation.html", "<nav></nav>\n"),
    "a snippet": written("snippets/shared.txt", "Other words.\n"),
    "a snippet that hides another": written("nearer/shared.txt", "Nearer words.\n"),
    "a file of the site": written("site/index.html", "spoilt"),
    "a file of the site gone": lambda course: (course / "site" / "one" / "index.html").unlink(),
    "a file too many in the site": written("site/more.html", "more"),
    "the stamp damaged": lambda course: [
        path.write_text(path.read_text().replace("one.py", "two.py")) for path in stamps(course)
    ],
    "the stamp cut off": lambda course: [path.write_bytes(path.read_bytes()[:-10]) for path in stamps(course)],
    "the cache cleared": lambda course: CliRunner().invoke(main, ["cache", "clear", str(course)]),
}


def stamps(course: Path) -> list[Path]:
    found = list((course / ".nbpublish" / "cache" / "stamps").iterdir())
    assert len(found) == 1
    return found


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_after_any_edit_the_site_is_built(course: Path, edit: Edit) -> None:
    assert build(course).exit_code == 0
    assert is_unchanged(build(course))
    edit(course)
    result = build(course)
    assert not is_unchanged(result)
    assert "Built" in result.stderr, result.stderr
    assert is_unchanged(build(course))


@pytest.mark.parametrize(
    ("name", "value"),
    [("COURSE_NAME", "Ours"), ("COURSE_LEVEL", "high"), ("TZ", "Asia/Tokyo"), ("SOURCE_DATE_EPOCH", "1500000000")],
)
def test_a_variable_that_was_read_counts(
    course: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.delenv(name, raising=False)
    build(course)
    assert is_unchanged(build(course))
    monkeypatch.setenv(name, value)
    assert not is_unchanged(build(course))
    assert is_unchanged(build(course))
    monkeypatch.delenv(name)
    assert not is_unchanged(build(course))


@pytest.mark.parametrize("name", ["COURSE_COLOUR", "TERM", "COLUMNS", "SHLVL"])
def test_a_variable_that_nobody_reads_does_not(course: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name, raising=False)
    build(course)
    monkeypatch.setenv(name, "77")
    assert is_unchanged(build(course))


def test_asking_for_a_clean_build_gives_one(course: Path) -> None:
    build(course)
    result = build(course, "--clean")
    assert "3 run" in result.stderr


def test_the_next_day_is_another_day(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MkDocs writes the date into the sitemap."""
    build(course)
    monkeypatch.setattr(stamp, "today", lambda: "2040-01-01")
    assert not is_unchanged(build(course))


def test_what_has_a_time_to_live_is_built_when_it_is_over(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(course, {"docs/two.py": "# %%\n#| refresh: 1h\nprint(6 * 7)\n"})
    build(course)
    assert is_unchanged(build(course))
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 3700)
    result = build(course)
    assert not is_unchanged(result)
    assert "1 run" in result.stderr


def test_a_result_that_is_always_made_new_leaves_no_stamp(course: Path) -> None:
    write(course, {"docs/two.py": "# %%\n#| refresh: always\nprint(6 * 7)\n"})
    build(course)
    result = build(course)
    assert not is_unchanged(result)
    assert "1 run" in result.stderr


def test_a_cell_that_kills_its_process_is_tried_again(course: Path) -> None:
    write(course, {"docs/two.py": "# %%\nimport os\nos._exit(3)\n"})
    build(course, "--keep-going")
    assert not is_unchanged(build(course, "--keep-going"))


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ("hooks: [hook.py]", "import time\ndef on_page_content(html, **_): return html + str(time.time())\n"),
        ("hooks: [hook.py]", "def on_page_content(html, **_): return html\n"),
        (
            "markdown_extensions: [own_extension]",
            "from markdown.extensions.toc import TocExtension\ndef makeExtension(**_): return TocExtension()\n",
        ),
    ],
)
def test_where_anything_may_decide_nothing_is_known(
    course: Path, monkeypatch: pytest.MonkeyPatch, setting: str, code: str
) -> None:
    write(course, {"mkdocs.yml": f"site_name: C\n{setting}\n", "hook.py": code, "own_extension.py": code})
    monkeypatch.syspath_prepend(course)
    result = build(course)
    assert result.exit_code == 0, result.stderr
    assert not is_unchanged(build(course))


def test_a_plugin_that_asks_another_program_leaves_no_stamp(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nbpublish.frontends.mkdocs import NbpublishPlugin

    def asks(self: object, *, config: object) -> None:
        subprocess.run([sys.executable, "-c", ""], check=True)

    monkeypatch.setattr(NbpublishPlugin, "on_pre_build", asks, raising=False)
    assert build(course).exit_code == 0
    assert not is_unchanged(build(course))


def test_what_changes_while_the_site_is_built_is_built_next(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nbpublish.frontends.mkdocs import NbpublishPlugin

    def saves(self: object, output: str, **_: Any) -> str:
        write(course, {"docs/index.md": "# Saved amid the build\n"})
        return output

    with monkeypatch.context() as patch:
        patch.setattr(NbpublishPlugin, "on_post_page", saves, raising=False)
        assert build(course).exit_code == 0
    assert "amid the build" not in (course / "site" / "index.html").read_text(encoding="utf-8")
    assert not is_unchanged(build(course))
    assert "amid the build" in (course / "site" / "index.html").read_text(encoding="utf-8")


def test_the_working_directory_counts(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative paths in settings of some extensions begin there."""
    monkeypatch.chdir(course)
    build(course)
    assert is_unchanged(build(course))
    monkeypatch.chdir(course.parent)
    assert not is_unchanged(build(course))


def test_each_configuration_has_its_own_stamp(course: Path) -> None:
    write(course, {"other.yml": FILES["mkdocs.yml"] + "site_dir: other # beside the first\n"})
    build(course)
    assert build(course, "-f", str(course / "other.yml")).exit_code == 0
    assert is_unchanged(build(course))
    assert is_unchanged(build(course, "-f", str(course / "other.yml")))
    assert (course / "other" / "index.html").exists()


def test_stamps_that_nobody_asks_for_are_removed(course: Path) -> None:
    build(course)
    for age, stays in ((29, True), (31, False)):
        old = course / ".nbpublish" / "cache" / "stamps" / f"{age}.json"
        old.write_text("{}")
        os.utime(old, (time.time() - age * 86_400,) * 2)
        (course / "docs" / "index.md").write_text(f"# {age}\n")
        build(course)
        assert old.exists() == stays


def test_a_folder_without_mkdocs_yml(tmp_path: Path) -> None:
    folder = write(tmp_path / "notes", {"a.py": "# %%\n1 + 1\n", "b.md": "# B\n"})
    build(folder)
    assert is_unchanged(build(folder))
    write(folder, {"mkdocs.yml": "site_name: Now\ndocs_dir: sub\n", "sub/index.md": "# Sub\n"})
    assert not is_unchanged(build(folder))


# --- each part is needed ----------------------------------------------------------------------------------------------


def without(field: str) -> Callable[[Watch], Any]:
    original = Watch.looks
    empty: Any = {}

    def looks(self: Watch, *places: str) -> looks.Looks:  # type: ignore[name-defined]
        return replace(original(self, *places), **{field: empty})

    return looks


def blind(part: str, patch: pytest.MonkeyPatch) -> None:
    """Switch a part off."""
    if part in ("files", "folders"):
        patch.setattr(Watch, "looks", without(part))
        if part == "files":
            patch.setattr(looks, "is_fresh", lambda state: False)
            patch.setattr("nbpublish.stamp.watch.is_fresh", lambda state: False)
    elif part == "os.stat":
        patch.setattr(Watch, "asked", lambda self, path: None)
    elif part == "the site":
        patch.setattr(stamp, "tree_of", lambda folder: {})
        patch.setattr(unchanged, "tree_of", lambda folder: {})
    elif part == "the digest of the stamp":
        patch.setattr(stamp, "digest_of_text", lambda text: "")


@pytest.mark.parametrize(
    ("part", "edit"),
    [
        ("files", "code"),
        ("files", "data"),
        ("files", "a snippet"),
        ("files", "the theme"),
        ("folders", "a new file to be copied"),
        ("os.stat", "a snippet that hides another"),
        ("the site", "a file of the site"),
        ("the site", "a file too many in the site"),
    ],
)
def test_without_this_part_an_edit_would_be_missed(
    course: Path, monkeypatch: pytest.MonkeyPatch, part: str, edit: str
) -> None:
    blind(part, monkeypatch)
    build(course)
    EDITS[edit](course)
    assert is_unchanged(build(course))
