"""The workflow that `nbpublish new` writes: what earlier builds left is there before the build and saved after it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from nbpublish.frontends import scaffold
from nbpublish.frontends.configuration import load, work_of
from nbpublish.project import open_cache
from nbpublish.store.disk import VERSION

Step = dict[str, Any]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    scaffold.create(tmp_path / "course", language="en", name=None)
    return tmp_path / "course"


@pytest.fixture
def steps(course: Path) -> list[Step]:
    text = (course / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8")
    found: list[Step] = yaml.safe_load(text)["jobs"]["build"]["steps"]
    return found


def place(steps: list[Step], word: str) -> int:
    [found] = [n for n, step in enumerate(steps) if word in step.get("uses", "") + step.get("run", "")]
    return found


def test_the_cache_is_restored_before_the_build_and_saved_after_it_also_where_that_fails(steps: list[Step]) -> None:
    restore, build, save = (place(steps, word) for word in ("cache/restore", "nbpublish build", "cache/save"))
    assert restore < build < save
    assert steps[save]["if"] == "${{ !cancelled() }}"
    assert steps[save]["with"]["key"] == f"${{{{ steps.{steps[restore]['id']}.outputs.cache-primary-key }}}}"
    assert "--frozen" not in steps[build]["run"]


def test_the_path_is_where_builds_of_this_course_keep_their_cache(course: Path, steps: list[Step]) -> None:
    folder = open_cache(work_of(load(course))).folder
    for word in ("cache/restore", "cache/save"):
        assert course / steps[place(steps, word)]["with"]["path"] == folder


def test_the_key_is_new_in_each_run_and_falls_back_to_the_newest(steps: list[Step]) -> None:
    settings = steps[place(steps, "cache/restore")]["with"]
    key, fallbacks = settings["key"], settings["restore-keys"].split("\n")[:-1]
    assert key.endswith("${{ github.run_id }}-${{ github.run_attempt }}")
    assert [key.startswith(fallback) for fallback in fallbacks] == [True, True]
    assert "hashFiles" in fallbacks[0]
    assert "hashFiles" not in fallbacks[1]
    assert all(f"-{VERSION}-" in name for name in (key, *fallbacks)), "another layout of the cache begins anew"


def test_every_action_is_pinned_to_a_commit(steps: list[Step]) -> None:
    used = [step["uses"] for step in steps if "uses" in step]
    assert len(used) >= 5
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action) for action in used)


def test_the_history_and_a_japanese_font_are_there_before_the_build(steps: list[Step]) -> None:
    assert steps[place(steps, "actions/checkout")]["with"]["fetch-depth"] == 0
    assert place(steps, "fonts-noto-cjk") < place(steps, "nbpublish build")
