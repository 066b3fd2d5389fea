"""`nbpublish why`, `build --explain` and `build --frozen`, as their users would tell it."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner, Result
from mkdocs_sites import write_site

from nbpublish.errors import ConfigError
from nbpublish.executors.local import LocalExecutor
from nbpublish.frontends.cli import main
from nbpublish.frontends.why import cells
from nbpublish.frontends.why.words import Words, duration
from nbpublish.model import Cause, Observation, Reason
from nbpublish.project import Project

FIRST = """\
# %% [markdown]
# # Flowers

# %%
n = 3

# %% load
data = open("data.txt").read()

# %%
print(data, n)

# %%
print("by itself")
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a notebook that reads a file, built once; the shell stands in it."""
    (tmp_path / "first.py").write_text(FIRST, encoding="utf-8")
    (tmp_path / "data.txt").write_text("1", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run("build", "-q").exit_code == 0
    return tmp_path


@pytest.fixture
def no_kernel(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the folder is built."""

    def start(*_: object) -> None:
        raise AssertionError("a kernel was started")

    monkeypatch.setattr(LocalExecutor, "start", start)


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def why(*arguments: str | Path) -> str:
    """What is said, each run of blanks as one."""
    result = run("why", *arguments)
    assert result.exit_code == 0, result.output
    return " ".join(result.stdout.split())


def next_words() -> list[str]:
    """By cell, what the next build does and why."""
    told = json.loads(run("why", "first.py", "--json").stdout)
    return [f"{cell['next']['action']}: {cell['next']['words']}" for cell in told["cells"]]


SAME = "reuse: nothing it depends on changed"


# --- what the next build would do, and what the last one did


@pytest.mark.usefixtures("no_kernel")
def test_after_a_build_nothing_is_to_be_done(folder: Path) -> None:
    assert next_words() == [SAME] * 4
    said = why("first.py")
    assert "The next build runs nothing: all 4 cells are reused." in said
    assert "The last build that changed anything ran all 4 cells: they were new." in said


@pytest.mark.usefixtures("no_kernel")
def test_a_changed_file_is_named_and_what_follows_is_uncertain(folder: Path) -> None:
    (folder / "data.txt").write_text("2", encoding="utf-8")
    assert next_words() == [
        SAME,
        "run: `data.txt` changed",
        "may_run: it uses `data` of cell 2 `load`, which is stale",
        SAME,
    ]
    assert "The next build runs 1 of 4 cells, and perhaps 1 more:" in why("first.py")
    (folder / "data.txt").unlink()
    assert next_words()[1] == "run: `data.txt` is gone"


@pytest.mark.usefixtures("no_kernel")
def test_edits_are_told_apart(folder: Path) -> None:
    edit(folder / "first.py", "n = 3", "n = 3  # flowers")
    assert next_words()[0] == "reuse: only a comment changed"
    edit(folder / "first.py", "n = 3  # flowers", "n  =  3")
    assert next_words()[0] == "reuse: only the layout of its code changed"
    edit(folder / "first.py", "n  =  3", "n = 4")
    assert next_words()[0] == "run: its code changed"
    edit(folder / "first.py", "# %% load", "# %%\nm = 1\n\n# %% load")
    assert next_words()[1] == "run: the cell is new"


def test_the_last_build_is_remembered_with_its_reasons(folder: Path) -> None:
    (folder / "data.txt").write_text("2", encoding="utf-8")
    run("build", "-q")
    run("build", "-q")  # does nothing, and so does not hide what the one before did
    said = why("first.py")
    assert "ran 2 of 4 cells" in said
    assert "`data` has a new value from cell 2 `load`" in said
    edit(folder / "first.py", "print(data, n)", "print(data, n)  # both")
    run("build", "-q")
    told = json.loads(run("why", "first.py:3", "--json").stdout)["cells"][0]
    assert told["last"]["words"] == "only a comment changed"
    assert told["ran"]["words"] == "`data` has a new value from cell 2 `load`"


def test_going_back_is_told_as_such(folder: Path) -> None:
    edit(folder / "first.py", "n = 3", "n = 4")
    run("build", "-q")
    edit(folder / "first.py", "n = 4", "n = 3")
    assert next_words()[0] == "reuse: everything is again as it was in an earlier build"


@pytest.mark.usefixtures("no_kernel")
def test_a_cell_tells_what_it_depends_on(folder: Path) -> None:
    said = why("first.py:3")
    assert said.startswith("first.py:11 cell 3 print(data, n)")
    assert "Uses n from line 5 data from line 8" in said
    assert "Next build is reused: nothing it depends on changed" in said
    assert "Last build ran: the cell is new" in said
    (folder / "data.txt").write_text("2", encoding="utf-8")
    assert "Files `data.txt` changed Gives data" in why("first.py:load")


def test_json_has_all_of_it(folder: Path) -> None:
    (folder / "data.txt").write_text("2", encoding="utf-8")
    [cell] = json.loads(run("why", "first.py:load", "--json").stdout)["cells"]
    assert (cell["number"], cell["name"], cell["line"]) == (2, "load", 8)
    [reason] = cell["next"]["reasons"]
    assert reason["cause"] == "observation"
    assert reason["observation"]["subject"] == "data.txt"
    assert cell["seen"] == [{"kind": "file", "subject": "data.txt", "holds": False}]
    assert cell["when"] > 1e9


EVERYTHING = """\
# %% imports
import os, random, uuid

# %% modules
import helper
print(helper.X)

# %% variables
print(os.environ.get("NB_KIND"))

# %% listing
print(sorted(os.listdir("data")))

# %% missing
print(os.path.exists("new.csv"))

# %% packages
import fruits

# %% old
#| refresh: 1d
print("old")

# %% chance
print(len(uuid.uuid4().hex))

# %% seeds
random.seed(1)

# %% draws
print(random.random())

# %% lines
1 / 0
"""
"""Each cell depends on something else."""


def test_whatever_changes_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "installed"
    (tmp_path / "course" / "data").mkdir(parents=True)
    notebook, helper = tmp_path / "course" / "first.py", tmp_path / "course" / "helper.py"
    helper.write_text("X = 1\n", encoding="utf-8")
    notebook.write_text(EVERYTHING, encoding="utf-8")
    _installed(site, "1.0")
    monkeypatch.setenv("PYTHONPATH", str(site), prepend=os.pathsep)
    monkeypatch.setenv("NB_KIND", "one")
    monkeypatch.chdir(tmp_path / "course")
    run("build", "-q", "--keep-going")
    assert because() == {}
    chance = "the cell draws numbers that nothing determines, and was refreshed"
    assert because("build", "--refresh") == {"old": "the cell runs again after 1 day", "chance": chance}
    helper.write_text("X = 2\n", encoding="utf-8")
    monkeypatch.setenv("NB_KIND", "two")
    (tmp_path / "course" / "data" / "x.txt").touch()
    (tmp_path / "course" / "new.csv").touch()
    _installed(site, "1.1")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 90_000)
    edit(notebook, "random.seed(1)", "random.seed(2)")
    edit(notebook, "# %% lines\n", "# %% lines\n# a comment\n")
    assert because() == {
        "modules": "`helper.py` changed",
        "variables": "the environment variable `NB_KIND` changed",
        "listing": "files were added to or removed from `data`",
        "missing": "`new.csv` is there now",
        "packages": "fruits 1.0 became 1.1",
        "old": "the cell runs again after 1 day",
        "seeds": "its code changed",
        "draws": "it uses `random` of cell 9 `seeds`, which is stale",
        "lines": "a line of code that shows in its traceback or warning was edited or moved",
    }


def because(*command: str) -> dict[str, str]:
    """By name of each cell that is not just reused, why; as a build says it, or else as the next one would."""
    asked = (*command, "--explain", "--keep-going") if command else ("why", "first.py")
    told = json.loads(run(*asked, "--json").stdout)
    cells = told["notebooks"]["first.py"] if command else [{**each, **each["next"]} for each in told["cells"]]
    return {each["name"]: each["words"] for each in cells if not each["action"].startswith("reuse")}


def _installed(site: Path, version: str) -> None:
    """Let a distribution of this version be all there is in a folder."""
    shutil.rmtree(site, ignore_errors=True)
    info = site / f"fruits-{version}.dist-info"
    info.mkdir(parents=True)
    (site / "fruits.py").touch()
    (info / "METADATA").write_text(f"Name: fruits\nVersion: {version}\n")
    (info / "RECORD").write_text("fruits.py,,\n")


def test_a_notebook_that_was_never_built_is_new(tmp_path: Path) -> None:
    (tmp_path / "first.py").write_text(FIRST, encoding="utf-8")
    said = why("first.py", tmp_path)
    assert "never built here" in said
    assert "The next build runs all 4 cells: they are new." in said
    assert json.loads(run("cache", tmp_path, "--json").stdout)["last_build"] is None, "a look is no build"


# --- what a cell is called


@pytest.mark.parametrize(
    ("said", "number"), [("load", 2), ("2", 2), ("#2", 2), ("L8", 2), ("L7", 2), ("8", 2), ("L11", 3), ("4", 4)]
)
def test_a_cell_has_a_name_a_number_and_a_line(folder: Path, said: str, number: int) -> None:
    found = cells.find(f"first.py:{said}", Project(folder), folder / "site")
    assert found.cell is cells.code_cells(found.notebook)[number - 1]


@pytest.mark.parametrize("said", ["first.py", "first", "./first.py", "{folder}/first.py"])
def test_a_notebook_is_found_by_its_path_or_the_end_of_it(folder: Path, said: str) -> None:
    assert cells.find(said.format(folder=folder), Project(folder), folder / "site").notebook.path == "first.py"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("frist.py", "There is no notebook frist.py. Did you mean first.py?"),
        ("zzz", "There is no notebook zzz. There are first.py."),
        ("frist.py:3", "There is no notebook frist.py. Did you mean first.py?"),
        ("first.py:laod", "first.py has no cell laod. Did you mean load?"),
        ("first.py:#9", "first.py has no cell #9. Say a number from 1 to 4, a line such as L5 or load."),
        ("first.py:L1", "first.py:1 is prose, and nothing runs there."),
        ("first.py:400", "first.py:400 is no cell, and nothing runs there."),
        ("data.txt", "There is no notebook data.txt."),
    ],
)
def test_what_is_not_there_is_an_error_with_near_misses(folder: Path, said: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        cells.find(said, Project(folder), folder / "site")
    assert message in str(caught.value)
    assert run("why", said).exit_code == 2


def test_two_notebooks_of_one_name_are_told_apart(folder: Path) -> None:
    (folder / "more").mkdir()
    for name in ("more/second.py", "second.py"):
        (folder / name).write_text(FIRST, encoding="utf-8")
    assert cells.find("second.py", Project(folder), folder / "site").notebook.path == "second.py"
    with pytest.raises(ConfigError, match=r"second could be more/second\.py, second\.py"):
        cells.find("second", Project(folder), folder / "site")


def test_a_number_that_could_be_a_line_says_how_it_was_taken(tmp_path: Path) -> None:
    (tmp_path / "short.py").write_text("# %%\n1\n# %%\n2\n# %%\n3\n# %%\n4\n", encoding="utf-8")
    result = run("why", "short.py:2", tmp_path)
    assert "cell 2" in result.stdout
    assert result.stderr == "This is cell 2. For the cell on line 2 say short.py:L2.\n"


# --- words


def said(reason: Reason, **now: str) -> str:
    return Words("cell {}".format, lambda kind, subject: now.get(kind, "")).reason(reason)


def seen(kind: str, subject: str, digest: str = "") -> Reason:
    return Reason("run", "observation", observation=Observation(kind, subject, digest))


def test_every_cause_has_words() -> None:
    for cause in get_args(Cause):
        words = said(Reason("run", cause, "4", "model", Observation("file", "a.csv", "1")), file="2")
        assert words.strip(), cause
        assert "None" not in words
        assert "{" not in words


def test_packages_are_told_with_their_versions() -> None:
    assert said(seen("distribution", "numpy", "2.1"), distribution="2.2") == "numpy 2.1 became 2.2"
    required = said(seen("distribution", "pandas", "3.0, numpy 2.1"), distribution="3.0, numpy 2.2")
    assert required == "numpy 2.1 became 2.2, which pandas requires"
    assert said(seen("distribution", "numpy", "2.1")) == "numpy 2.1 is no longer installed"
    assert said(seen("distribution", "numpy"), distribution="2.1") == "numpy 2.1 is installed now"


def test_another_python_is_told() -> None:
    before = Observation("engine", "", "0.1 cpython 3.11.4 linux x86_64")
    words = said(Reason("run", "engine", observation=before), engine="0.2 cpython 3.12.1 linux x86_64")
    assert words == "nbpublish 0.1 became 0.2 and Python 3.11.4 became 3.12.1"


def test_files_variables_and_states_are_told() -> None:
    assert said(seen("file", "a.csv", "1"), file="2") == "`a.csv` changed"
    assert said(seen("missing", "a.csv", "gone"), missing="file") == "`a.csv` is there now"
    assert said(seen("environment", "HOME")) == "the environment variable `HOME` changed"
    assert said(Reason("run", "input", "2", "<cwd>")) == "cell 2 changes the working directory in another way"
    assert said(Reason("run", "input", None, "x")) == "no cell gives it `x` any more"


def test_every_kind_of_observation_has_words() -> None:
    """Of each that an execution can note and that may hold no longer."""
    kinds = {"file", "missing", "exists", "directory", "glob", "written"}
    for path in Path(cells.__file__).parents[2].rglob("*.py"):
        kinds |= set(re.findall(r'Observation\(\s*"([a-z]+)"', path.read_text(encoding="utf-8")))
    assert "module" in kinds
    for kind in kinds - {"impure", "running", "engine", "state"}:  # never a reason, or told elsewhere
        assert "is another one now" not in said(seen(kind, "some", "1"), **{kind: "2"}), kind


def test_more_than_three_reasons_are_counted() -> None:
    many = [Reason("run", "input", "1", name) for name in "abcde"]
    whole = Reason("run", "input", "1", "a", also=tuple(many[1:]))
    assert said(whole).endswith("`c` has a new value from cell 1, and 2 more reasons")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0.4 s"), (12.6, "13 s"), (60, "1 minute"), (7300, "2 hours"), (90_000, "1 day")]
)
def test_times_are_told_in_the_largest_unit(seconds: float, words: str) -> None:
    assert duration(seconds) == words


# --- build --explain


def test_explain_tells_of_the_cells_that_ran(folder: Path) -> None:
    (folder / "data.txt").write_text("2", encoding="utf-8")
    result = run("build", "--explain")
    assert result.exit_code == 0
    told = " ".join(result.stderr.split())
    assert "1 line 5 reused n = 3 nothing it depends on changed; it was run again because cell 3 needed" in told
    assert "2 line 8 ran load `data.txt` changed 3 line 11 ran print(data, n) `data` has a new value" in told
    assert "1 reused: nothing it depends on changed" in told
    assert "4 reused: nothing it depends on changed" in " ".join(run("build", "--explain").stderr.split())


def test_explain_adds_the_cells_to_the_json(folder: Path) -> None:
    (folder / "data.txt").write_text("2", encoding="utf-8")
    told = json.loads(run("build", "--explain", "--json").stdout)
    assert [cell["action"] for cell in told["notebooks"]["first.py"]] == ["reused", "run", "run", "reused"]
    assert told["notebooks"]["first.py"][1]["reasons"][0]["observation"]["subject"] == "data.txt"
    assert "notebooks" not in json.loads(run("build", "--json").stdout)


# --- build --frozen


@pytest.mark.usefixtures("no_kernel")
def test_frozen_builds_the_same_site_without_executing(folder: Path) -> None:
    page = folder / "site" / "first" / "index.html"
    before = page.read_bytes()
    page.unlink()
    result = run("build", "--frozen", "--strict")
    assert result.exit_code == 0, result.output
    assert page.read_bytes() == before


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.parametrize("more", [[], ["--keep-going"]])
def test_frozen_fails_and_publishes_nothing_where_a_cell_is_stale(folder: Path, more: list[str]) -> None:
    page = folder / "site" / "first" / "index.html"
    before = page.read_bytes()
    (folder / "data.txt").write_text("2", encoding="utf-8")
    result = run("build", "--frozen", *more)
    assert result.exit_code == 1
    assert "first.py:8: error: The cell would run: `data.txt` changed." in result.stderr
    assert "1 more cell may have to run with it." in result.stderr
    assert result.stderr.count("[stale]") == 1, "what depends on a stale cell is counted"
    assert "Not published" in result.stderr
    assert page.read_bytes() == before


@pytest.mark.usefixtures("no_kernel")
def test_frozen_tells_machines_and_github(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "data.txt").write_text("2", encoding="utf-8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    result = run("build", "--frozen", "--json", "--explain")
    told: dict[str, Any] = json.loads(result.stdout)
    assert [(problem["code"], problem["line"]) for problem in told["problems"]] == [("stale", 8)]
    assert told["notebooks"]["first.py"][1]["words"] == "`data.txt` changed"
    assert "::error file=first.py,line=8,title=stale::The cell would run: `data.txt` changed." in result.stderr


@pytest.mark.usefixtures("no_kernel")
def test_frozen_without_a_cache_says_so_once_for_a_notebook(folder: Path) -> None:
    result = run("build", "--frozen", "--clean")
    assert result.exit_code == 1
    assert "first.py:5: error: Nothing is known of the notebook's 4 cells." in result.stderr
    assert result.stderr.count("[stale]") == 1


def test_frozen_asks_nothing_of_a_site_that_is_never_executed(tmp_path: Path) -> None:
    write_site(tmp_path, {"first.py": FIRST}, plugins=[{"nbpublish": {"execute": False}}])
    assert run("build", "--frozen", tmp_path).exit_code == 0


@pytest.mark.parametrize("more", [["--refresh"], ["--verify", "all"]])
def test_frozen_goes_together_with_nothing_that_executes(folder: Path, more: list[str]) -> None:
    assert run("build", "--frozen", *more).exit_code == 2
