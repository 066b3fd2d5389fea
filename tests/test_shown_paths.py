"""Paths in messages are those that the author would write in the shell they stand in."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbpublish.frontends.places import shown


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("home/me/course/docs/a.py", "docs/a.py"),
        ("home/me/course", "."),
        ("home/me/other/a.py", "../other/a.py"),
        ("home/a.py", "../../a.py"),
        ("tmp/far/docs/a.py", "{root}/tmp/far/docs/a.py"),
        ("home/melissa/x/a.py", "../../melissa/x/a.py"),
    ],
)
def test_a_path_that_climbs_far_is_shown_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, said: str
) -> None:
    course = tmp_path / "home" / "me" / "course"
    course.mkdir(parents=True)
    monkeypatch.chdir(course)
    monkeypatch.setenv("HOME", str(tmp_path / "home" / "me"))
    assert shown(tmp_path / path) == said.format(root=tmp_path)


def test_a_path_in_the_home_folder_begins_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("home/me/a/b/c", "home/melissa"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "home/me/a/b/c")
    monkeypatch.setenv("HOME", str(tmp_path / "home/me"))
    assert shown(tmp_path / "home/me/other/a.py") == "~/other/a.py"
    assert shown(tmp_path / "home/melissa/a.py") == f"{tmp_path}/home/melissa/a.py"
    monkeypatch.setenv("HOME", "/")
    assert shown(tmp_path / "home/me/other/a.py") == f"{tmp_path}/home/me/other/a.py"
