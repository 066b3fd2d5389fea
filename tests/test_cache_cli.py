"""`nbpublish cache`, as its users would tell it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from test_store import FULL, trace

from nbpublish.frontends.cli import main
from nbpublish.store.disk import DiskStore
from nbpublish.store.export import ExportedStore


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["cache", *map(str, arguments)])


def told(*arguments: str | Path) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code in (0, 1), result.output
    return json.loads(result.stdout)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a notebook, whose cache holds two traces and a value."""
    (tmp_path / "first.py").write_text("# %%\nprint(6 * 7)\n", encoding="utf-8")
    with DiskStore(tmp_path / ".nbpublish" / "cache") as store:
        store.keep(FULL)
        store.keep(trace("b", seconds=60.0))
        store.put(b"x" * 5000)
        store.find("missing")
    return tmp_path


def test_the_cache_alone_shows_how_much_there_is(folder: Path) -> None:
    result = run(folder)
    assert result.exit_code == 0, result.output
    assert "2 traces" in result.stdout
    assert "1 value of variables, 5.0 kB" in result.stdout
    assert "asked for 3, found 0, kept 2 new" in result.stdout
    assert run("show", folder).stdout == result.stdout


def test_json_says_the_same(folder: Path) -> None:
    said = told(folder)
    assert (said["traces"], said["outputs"], said["values"], said["value_bytes"]) == (2, 2, 1, 5000)
    assert said["last_build"]["asked"] == 3
    assert said["trusted"] is True


def test_a_folder_that_was_never_built_has_an_empty_cache(tmp_path: Path) -> None:
    assert "0 traces" in run(tmp_path).stdout
    assert told("prune", tmp_path) == {"traces": 0, "blobs": 0, "bytes": 0, "left": 0}
    assert told("verify", tmp_path)["whole"] is True
    assert not (tmp_path / ".nbpublish").exists()


def test_an_untrusted_cache_says_so(folder: Path) -> None:
    (folder / ".nbpublish" / "cache" / "untrusted").touch()
    assert "not trusted" in run(folder).stdout


def test_prune_brings_the_cache_to_a_size(folder: Path) -> None:
    result = run("prune", folder, "--max-size", "1kB", "--max-age", "7d")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Removed 1 trace and 3 files, ")
    assert told(folder)["traces"] == 1


@pytest.mark.parametrize("option", [("--max-size", "much"), ("--max-age", "long ago"), ("--max-age", "7")])
def test_a_limit_that_says_nothing_is_refused(folder: Path, option: tuple[str, str]) -> None:
    result = run("prune", folder, *option)
    assert result.exit_code == 2
    assert "such as" in result.stderr
    assert told(folder)["traces"] == 2


def test_verify_removes_what_is_broken_and_fails_once(folder: Path) -> None:
    assert run("verify", folder).exit_code == 0
    for path in (folder / ".nbpublish" / "cache" / "v1" / "outputs").glob("??/*"):
        path.write_bytes(b"broken")
    result = run("verify", folder)
    assert result.exit_code == 1
    assert "Removed 1 trace and 2 files that were broken" in result.stdout
    assert told("verify", folder)["whole"] is True


def test_verify_tells_of_an_index_that_cannot_be_read(folder: Path) -> None:
    (folder / ".nbpublish" / "cache" / "v1" / "index-0.sqlite").write_bytes(b"garbage" * 1000)
    result = run("verify", folder)
    assert result.exit_code == 1
    assert "The index was damaged" in result.stdout


def test_clear_removes_everything(folder: Path) -> None:
    assert run("clear", folder).exit_code == 0
    assert told(folder)["traces"] == 0
    assert not (folder / ".nbpublish" / "cache" / "v1").exists()


def test_export_says_which_cells_have_no_trace(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "outputs"
    result = run("export", "--outputs-only", target, folder)
    assert result.exit_code == 0, result.output
    assert "1 cell left out" in result.stderr


def test_export_wants_to_hear_that_values_stay(folder: Path, tmp_path: Path) -> None:
    result = run("export", tmp_path / "outputs", folder)
    assert result.exit_code == 2
    assert "--outputs-only" in result.stderr
    assert not (tmp_path / "outputs").exists()


def test_an_export_goes_nowhere_where_other_files_are(folder: Path) -> None:
    result = run("export", "--outputs-only", folder, folder)
    assert result.exit_code == 1
    assert "Nothing was changed" in result.stderr
    assert ExportedStore(folder).find("b") == ()
