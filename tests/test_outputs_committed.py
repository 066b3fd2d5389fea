"""Outputs in the repository: a fresh clone gives the same site without executing, and says where it cannot."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from mkdocs_sites import write_site

from nbpublish.executors.local import LocalExecutor
from nbpublish.frontends.cli import main

FIRST = """\
# %% [markdown]
# # Flowers

# %%
n = 3

# %% load
data = open("data.txt").read()

# %%
print(data, n)
"""
PAGE = "site/first/index.html"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh clone of a course whose outputs were committed, on which no kernel may be started."""
    course = write_site(
        tmp_path / "course", {"first.py": FIRST, "data.txt": "1"}, plugins=[{"nbpublish": {"outputs": "outputs"}}]
    )
    assert run("build", course).exit_code == 0
    assert run("cache", "export", "--outputs-only", course / "outputs", course).exit_code == 0
    fresh = tmp_path / "elsewhere" / "clone"
    shutil.copytree(course, fresh, ignore=shutil.ignore_patterns(".nbpublish", "site"))
    (tmp_path / PAGE.replace("/", "-")).write_bytes((course / PAGE).read_bytes())

    def start(*_: object) -> None:
        raise AssertionError("a kernel was started")

    monkeypatch.setattr(LocalExecutor, "start", start)
    return fresh


def test_a_fresh_clone_gives_the_same_page_without_executing(clone: Path) -> None:
    result = run("build", "--frozen", "--strict", clone)
    assert result.exit_code == 0, result.output
    assert "3 reused" in result.stderr
    recorded = clone.parents[1] / PAGE.replace("/", "-")
    assert (clone / PAGE).read_bytes() == recorded.read_bytes()
    assert run("build", clone).exit_code == 0, "nor does a build that may execute"


def test_what_changed_since_is_named(clone: Path) -> None:
    (clone / "docs" / "data.txt").write_text("2", encoding="utf-8")
    result = run("build", "--frozen", clone)
    assert result.exit_code == 1
    assert "first.py:8: error: The cell would run: `data.txt` changed." in result.stderr
    assert not (clone / PAGE).exists()


def test_comments_run_nothing_and_code_does(clone: Path) -> None:
    path = clone / "docs" / "first.py"
    path.write_text(FIRST.replace("open(", "open(file="), encoding="utf-8")
    assert "would run: the cell is new" in run("build", "--frozen", clone).stderr, "no build here knows what it was"
    path.write_text(FIRST.replace("n = 3", "n = 3  # flowers"), encoding="utf-8")
    assert run("build", "--frozen", clone).exit_code == 0


def test_an_export_that_was_changed_by_hand_is_not_believed(clone: Path) -> None:
    for file in (clone / "outputs" / "traces").glob("??/*.json"):
        file.write_text(file.read_text(encoding="utf-8").replace("1 3", "7 7"), encoding="utf-8")
    result = run("build", "--frozen", clone)
    assert result.exit_code == 1
    assert result.stderr.count("[stale]") == 1


def test_another_folder_is_no_export(clone: Path) -> None:
    shutil.rmtree(clone / "outputs")
    assert run("check", clone).exit_code == 0, "there may be none as yet"
    (clone / "outputs").mkdir()
    (clone / "outputs" / "thesis.txt").write_text("mine", encoding="utf-8")
    result = run("check", clone)
    assert result.exit_code == 2
    assert "outputs holds something else than outputs of nbpublish" in result.stderr
