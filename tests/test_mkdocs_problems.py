"""What goes wrong in a site is said at its place, and everything else is published."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mkdocs.config.base import load_config
from mkdocs.exceptions import Abort
from mkdocs_sites import SITES, Site, build_site, copy_site, logged

from nbpublish.frontends import mkdocs_page


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Site:
    source = copy_site("broken", tmp_path_factory.mktemp("broken"))
    return build_site(source, source / "site", validation={"links": {"anchors": "warn"}})


def test_each_problem_names_its_file_and_kind(broken: Site) -> None:
    assert broken.codes == [
        ("cycle.py", "cycle"),
        ("cycle.py", "cycle"),
        ("failing.py", "cell-failed"),
        ("latin.md", "encoding"),
        ("syntax.py", "syntax"),
        ("twice.py", "duplicate-page"),
    ]


def test_each_problem_names_the_line(broken: Site) -> None:
    failing = (SITES / "broken/docs/failing.py").read_text().splitlines()
    lines = {problem.path: problem.line for problem in broken.problems}
    assert failing[lines["failing.py"] - 1] == "1 / 0"


def test_problems_are_logged_as_errors_of_the_plugin(broken: Site) -> None:
    for problem in broken.problems:
        assert f"ERROR nbpublish: {problem}" in broken.log


def test_what_is_not_broken_is_published(broken: Site) -> None:
    assert "shown before" in broken.html("failing/index.html")
    assert "the good cell ran" in broken.html("syntax/index.html")
    assert "outside the cycle" in broken.html("cycle/index.html")


def test_of_two_files_for_one_page_the_markdown_one_is_published(broken: Site) -> None:
    assert "Twice, from Markdown" in broken.html("twice/index.html")
    assert "Twice, from a notebook" not in broken.html("twice/index.html")


def test_a_page_that_is_no_utf_8_does_not_end_the_build(broken: Site) -> None:
    assert not broken.has("latin/index.html")
    assert "latin.md:3: The page is no UTF-8 text here" in broken.log


def test_what_tools_leave_behind_is_not_published(broken: Site) -> None:
    assert not broken.has("__marimo__")
    assert not broken.has("myenv")


def test_links_to_nowhere_are_warnings_of_mkdocs(broken: Site) -> None:
    assert "WARNING Doc file 'failing.py' contains a link 'gone.md'" in broken.log
    assert "WARNING Doc file 'failing.py' contains a link 'index.md#zzz'" in broken.log
    assert "WARNING Doc file 'index.md' contains a link 'failing.py#nope'" in broken.log


def test_problems_fail_a_strict_build(tmp_path: Path) -> None:
    source = copy_site("broken", tmp_path)
    with pytest.raises(Abort, match="strict mode"):
        build_site(source, tmp_path / "site", strict=True)


def test_an_exception_of_ours_becomes_a_problem_of_its_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    render = mkdocs_page.render

    def fails_on_one(run: Any, *how: Any) -> Any:
        if run.notebook.path == "failing.py":
            raise KeyError("unforeseen")
        return render(run, *how)

    monkeypatch.setattr(mkdocs_page, "render", fails_on_one)
    source = copy_site("broken", tmp_path)
    site = build_site(source, tmp_path / "site")
    (problem,) = [problem for problem in site.problems if problem.code == "internal-error"]
    assert problem.path == "failing.py"
    assert "report" in problem.message
    assert "KeyError" in problem.message
    assert "That is our bug" in site.html("failing/index.html")
    assert "the good cell ran" in site.html("syntax/index.html")
    assert "Traceback" not in site.log


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"jobs": 0}, "'jobs': Expected a whole number from 1"),
        ({"jobs": True}, "'jobs': Expected a whole number from 1"),
        ({"timeout": -1}, "'timeout': Expected seconds, such as 60, or false for no limit, and found -1."),
        ({"timeout": "soon"}, "'timeout': Expected seconds"),
        ({"memory": "a lot"}, "'memory': Expected a size, such as 2 GB or 512 MiB, and found 'a lot'."),
        ({"output": 0}, "'output': Expected a size"),
        ({"code": "folded"}, "'code': Expected one of: ('show', 'fold', 'hide') but received: 'folded'"),
        ({"exclude": 3}, "'exclude': Expected patterns"),
        ({"execute": "never"}, "'execute': Expected type"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(options: dict[str, Any], said: str) -> None:
    with logged() as lines, pytest.raises(Abort):
        load_config(str(SITES / "broken/mkdocs.yml"), plugins=[{"nbpublish": options}])
    assert said in "\n".join(lines)


def test_an_unknown_option_is_a_warning() -> None:
    with logged() as lines:
        load_config(str(SITES / "broken/mkdocs.yml"), plugins=[{"nbpublish": {"exceute": False}}])
    assert "exceute" in "\n".join(lines)


def test_sizes_limits_and_patterns_are_understood() -> None:
    written = {"memory": "1.5 GB", "output": "512 KiB", "timeout": False, "exclude": "a.py\n\ndrafts/*.py\n"}
    config = load_config(str(SITES / "broken/mkdocs.yml"), plugins=[{"nbpublish": written}])
    settings = config.plugins["nbpublish"].config.settings  # type: ignore[attr-defined]
    assert (settings.memory, settings.output, settings.timeout) == (1_500_000_000, 524_288, None)
    assert settings.exclude == ("a.py", "drafts/*.py")


def test_the_command_of_mkdocs_itself_builds_the_site_and_says_what_is_wrong(tmp_path: Path) -> None:
    source = copy_site("broken", tmp_path)
    command = [sys.executable, "-m", "mkdocs", "build"]
    plain = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert plain.returncode == 0
    assert "failing.py:11: ZeroDivisionError: division by zero [cell-failed]" in plain.stderr
    assert "Traceback" not in plain.stderr
    assert (source / "site/failing/index.html").exists()
