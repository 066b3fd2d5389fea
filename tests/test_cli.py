"""The command line, told as its users would tell it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nbpublish.frontends.cli import main

SCRIPT = "# %% [markdown]\n# # First chapter\n\n# %%\nprint(6 * 7)\n"
BROKEN = "# %% [markdown]\n# # Broken chapter\n\n# %%\nx = 1\n\n# %%\nx / 0\n\n# %%\nprint('after')\n"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one notebook, one page and a helper module, and no mkdocs.yml."""
    course = tmp_path / "course"
    course.mkdir()
    (course / "index.md").write_text("# Welcome\n\nTo [the first chapter](first.py).\n", encoding="utf-8")
    (course / "first.py").write_text(SCRIPT, encoding="utf-8")
    (course / "helper.py").write_text("def double(x):\n    return 2 * x\n", encoding="utf-8")
    return course


def test_a_folder_without_mkdocs_yml_becomes_a_site(folder: Path) -> None:
    result = run("build", folder)
    assert result.exit_code == 0, result.stderr
    page = (folder / "site" / "first" / "index.html").read_text(encoding="utf-8")
    assert "First chapter" in page
    assert "42" in page
    assert 'href="first/"' in (folder / "site" / "index.html").read_text(encoding="utf-8")
    assert not (folder / "site" / "helper" / "index.html").exists()
    assert "2 pages; cells: 1 run" in result.stderr
    assert "no problems" in result.stderr


def test_a_second_build_does_not_publish_the_first_one(folder: Path) -> None:
    run("build", folder)
    run("build", folder)
    assert not (folder / "site" / "site").exists()
    assert not list((folder / ".nbpublish").glob("*-*"))


def test_a_link_to_an_anchor_that_is_not_there_is_a_warning_unless_the_author_decides(folder: Path) -> None:
    (folder / "index.md").write_text("# Welcome\n\n[There](first.py#nowhere)\n", encoding="utf-8")
    assert "index.md:3: warning: " in run("check", folder).stderr
    docs = folder / "docs"
    docs.mkdir()
    for page in ("index.md", "first.py"):
        (folder / page).rename(docs / page)
    (folder / "mkdocs.yml").write_text("site_name: C\nvalidation:\n  anchors: ignore\n", encoding="utf-8")
    assert "no problems" in run("check", folder).stderr


def test_json_is_one_object_on_standard_output(folder: Path) -> None:
    result = run("build", folder, "--json")
    told = json.loads(result.stdout)
    assert told["pages"] == 2
    assert told["cells"] == {"run": 1, "reused": 0, "failed": 0, "not_run": 0}
    assert told["problems"] == []
    assert told["seconds"] > 0


@pytest.mark.parametrize(("configuration", "code"), [(None, 1), ("site_name: [\n", 2)])
@pytest.mark.parametrize("command", ["build", "check"])
def test_json_is_an_object_also_where_nothing_can_be_built(
    tmp_path: Path, command: str, configuration: str | None, code: int
) -> None:
    if configuration:
        (tmp_path / "mkdocs.yml").write_text(configuration, encoding="utf-8")
    result = run(command, tmp_path, "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == code
    assert (told["pages"], told["cells"]["run"]) == (0, 0)
    [problem] = told["problems"]
    assert (problem["code"], problem["path"]) == ("not-built", ".")
    assert problem["message"] in result.stderr


def test_a_failing_cell_leaves_the_last_good_site_in_place(folder: Path) -> None:
    run("build", folder)
    (folder / "second.py").write_text(BROKEN, encoding="utf-8")
    result = run("build", folder, "--json")
    assert result.exit_code == 1
    assert not (folder / "site" / "second").exists()
    assert (folder / "site" / "first" / "index.html").exists()
    [problem] = json.loads(result.stdout)["problems"]
    assert (problem["path"], problem["line"], problem["code"]) == ("second.py", 8, "cell-failed")
    assert "ZeroDivisionError" in problem["message"]
    assert "second.py:8" in result.stderr
    assert "as it was" in result.stderr


def test_keep_going_publishes_the_page_with_its_error(folder: Path) -> None:
    (folder / "second.py").write_text(BROKEN, encoding="utf-8")
    result = run("build", folder, "--keep-going")
    assert result.exit_code == 1
    page = (folder / "site" / "second" / "index.html").read_text(encoding="utf-8")
    assert "ZeroDivisionError" in page
    assert "after" in page


def test_strict_fails_on_a_link_to_nowhere_and_names_its_line(folder: Path) -> None:
    (folder / "index.md").write_text("# Welcome\n\nTo [the moon](moon.py).\n", encoding="utf-8")
    assert run("build", folder).exit_code == 0
    result = run("build", folder, "--strict", "--json")
    assert result.exit_code == 1
    [problem] = json.loads(result.stdout)["problems"]
    assert (problem["path"], problem["line"]) == ("index.md", 3)
    assert "moon.py" in problem["message"]


def test_a_link_to_nowhere_says_what_to_do_and_names_its_page_once(folder: Path) -> None:
    links = "[The moon](moon.py), [a heading](first.py#moon), [one here](#no), [by mail](me@first.org)"
    (folder / "index.md").write_text(f"# Welcome\n\n{links}\n", encoding="utf-8")
    said = {problem["message"] for problem in json.loads(run("check", folder, "--json").stdout)["problems"]}
    remedy = "Correct the link, or add what it should lead to."
    assert said == {
        f"The link 'moon.py' leads nowhere: the target is not found among documentation files. {remedy}",
        f"The link 'first.py#moon' leads nowhere: the doc 'first.py' does not contain an anchor '#moon'. {remedy}",
        f"The link '#no' leads nowhere: there is no such anchor on this page. {remedy}",
        "The link 'me@first.org' leads nowhere: the target is not found among documentation files. "
        "Did you mean 'mailto:me@first.org'?",
    }


def test_check_runs_nothing_and_finds_what_is_wrong(folder: Path) -> None:
    trap = f"# %%\nopen({str(folder / 'ran')!r}, 'w')\n\n# %%\ndef f(:\n"
    (folder / "trap.py").write_text(trap, encoding="utf-8")
    result = run("check", folder, "--json")
    assert result.exit_code == 1
    assert not (folder / "ran").exists()
    assert not (folder / "site").exists()
    [problem] = json.loads(result.stdout)["problems"]
    assert (problem["path"], problem["line"]) == ("trap.py", 5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("site_name: [", "mkdocs.yml"),
        ("site_name: x\ndocs_dir: nowhere\n", "nowhere"),
        ("site_name: x\nplugins: [no-such-plugin]\n", "no-such-plugin"),
        ("site_name: x\nplugins:\n  - nbpublish:\n      jobs: many\n", "jobs"),
    ],
)
def test_a_configuration_that_cannot_be_used_says_why(folder: Path, text: str, said: str) -> None:
    (folder / "docs").mkdir()
    (folder / "mkdocs.yml").write_text(text, encoding="utf-8")
    result = run("build", folder)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_a_mkdocs_yml_without_our_plugin_gets_it(folder: Path) -> None:
    (folder / "docs").mkdir()
    (folder / "first.py").rename(folder / "docs" / "first.py")
    (folder / "mkdocs.yml").write_text("site_name: Course\ntheme: {name: nbpublish}\n", encoding="utf-8")
    assert run("build", folder).exit_code == 0
    assert "42" in (folder / "site" / "first" / "index.html").read_text(encoding="utf-8")


def test_on_github_problems_are_annotations(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "second.py").write_text(BROKEN, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
    result = run("build", "--json")
    assert "::error file=second.py,line=8,title=cell-failed::ZeroDivisionError" in result.stderr
    assert json.loads(result.stdout)["cells"]["failed"] == 1
    assert "second.py:8" in (folder / "summary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_new_course_builds_without_a_problem(tmp_path: Path, language: str) -> None:
    course = tmp_path / "course"
    assert run("new", course, "--language", language, "--name", "Learning 学習").exit_code == 0
    result = run("build", course, "--strict")
    assert result.exit_code == 0, result.stderr
    home = (course / "site" / "index.html").read_text(encoding="utf-8")
    assert "Learning 学習" in home
    assert f'lang="{language}"' in home
    assert (course / ".github" / "workflows" / "publish.yml").exists()


def test_new_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: mine\n", encoding="utf-8")
    result = run("new", tmp_path)
    assert result.exit_code == 2
    assert "mkdocs.yml" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mkdocs.yml"]


def test_help_shows_examples_and_exit_codes() -> None:
    assert "nbpublish build --strict" in run("--help").output
    assert "Exit codes" in run("build", "--help").output


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_an_interrupted_build_leaves_site_and_machine_as_they_were(folder: Path) -> None:
    run("build", folder)
    (folder / "slow.py").write_text(
        "# %%\nimport os, pathlib, time\npathlib.Path('pid').write_text(str(os.getpid()))\ntime.sleep(60)\n",
        encoding="utf-8",
    )
    process = subprocess.Popen([sys.executable, "-m", "nbpublish", "build", folder], stderr=subprocess.PIPE, text=True)
    pid = _written(folder / "pid")
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert (folder / "site" / "first" / "index.html").exists()
    assert not (folder / "site" / "slow").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)


def _written(path: Path) -> str:
    """What a process writes into a file, once it has."""
    for _ in range(300):
        if path.exists() and (text := path.read_text()):
            return text
        time.sleep(0.1)
    raise AssertionError(f"{path} was never written")
