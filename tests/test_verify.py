"""`nbpublish build --verify`: what was reused is compared with a run from the beginning."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from nbpublish import verification
from nbpublish.frontends.cli import main
from nbpublish.graph.analyse import analyse
from nbpublish.model import Cell, Notebook, Observation, Output, Reason, Run, Trace, Version
from nbpublish.project import Project, open_cache

STEADY = "# %% draw\nimport os\nx = 3\n\n# %% shown\nprint(x)\n"
UNSTEADY = "# %% start\nx = 1\n\n# %% shown\nimport os\nprint(x, os.getpid())\n"


def build(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["build", *map(str, arguments)])


def told(folder: Path, *arguments: str) -> Any:
    return json.loads(build(folder, "--json", *arguments).stdout)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a notebook that was built."""
    (tmp_path / "first.py").write_text(STEADY, encoding="utf-8")
    assert build(tmp_path, "-q").exit_code == 0
    return tmp_path


def falsify(folder: Path, number: int, text: str, state: str = "") -> None:
    """Let the cache hold another output of a cell than it gave, without a reader or in the last state."""
    notebook = Project(folder).read("first.py")
    assert notebook
    with open_cache(folder / ".nbpublish") as store:
        trace = store.latest(f"first.py:{notebook.cells[number].id}{state}")
        assert trace
        store.keep(replace(trace, id="false", outputs=(Output("stdout", {"text/plain": text}),)))


def page(folder: Path) -> str:
    return (folder / "site" / "first" / "index.html").read_text(encoding="utf-8")


def test_what_can_be_repeated_is_reused_and_the_seed_is_told(folder: Path) -> None:
    result = build(folder, "--verify", "all", "--seed", "7")
    assert result.exit_code == 0, result.output
    assert "Verified 2 of 2 reused cells, in 1 notebook run from the beginning: all gave the same" in result.stderr
    assert "(--seed 7 chooses the same)" in result.stderr
    assert "0 run, 2 reused" in result.stderr


def test_a_wrong_result_is_found_and_replaced(folder: Path) -> None:
    falsify(folder, 1, "4\n")
    assert told(folder, "--explain")["cells"]["reused"] == 2, "nothing else finds it"
    result = build(folder, "--verify", "all", "--keep-going")
    assert result.exit_code == 1
    assert "first.py:6: error: The cell was reused and gives another result" in result.stderr
    assert "`3` in place of `4`" in result.stderr
    assert "[missed-change]" in result.stderr
    assert ">3" in page(folder)
    again = build(folder, "--verify", "all")
    assert again.exit_code == 0
    assert "all gave the same" in again.stderr


def test_states_of_widgets_are_verified_too_and_stay_on_the_page(tmp_path: Path) -> None:
    code = "# %% k\nk = 1  # widget: values(1, 2, label='times')\n\n# %% shown\nimport os\nprint('it is', k)\n"
    (tmp_path / "first.py").write_text(code, encoding="utf-8")
    build(tmp_path, "-q")
    before = page(tmp_path)
    assert "data-nb-widgets" in before
    assert build(tmp_path, "--verify", "all").exit_code == 0
    assert page(tmp_path) == before
    falsify(tmp_path, 1, "it is 9\n", " given")
    [problem] = told(tmp_path, "--verify", "all", "--keep-going")["problems"]
    assert (problem["code"], problem["line"]) == ("missed-change", 5)
    assert "from the beginning for k = 2: `it is 2` in place of `it is 9`" in problem["message"]
    build(tmp_path, "-q")
    assert page(tmp_path) == before


def test_a_cell_that_cannot_be_repeated_is_a_warning_and_shown_anew(tmp_path: Path) -> None:
    (tmp_path / "first.py").write_text(UNSTEADY, encoding="utf-8")
    build(tmp_path, "-q")
    before = page(tmp_path)
    report = told(tmp_path, "--verify", "all")
    assert [(problem["code"], problem["severity"]) for problem in report["problems"]] == [
        ("not-reproducible", "warning")
    ]
    assert report["verified"]["different"] == 1
    assert page(tmp_path) != before
    assert told(tmp_path, "--explain")["cells"]["reused"] == 2


def test_nothing_is_verified_where_nothing_was_reused(tmp_path: Path) -> None:
    (tmp_path / "first.py").write_text(STEADY, encoding="utf-8")
    assert "Verified nothing, because no cell was reused." in build(tmp_path, "--verify", "10%").stderr


@pytest.mark.parametrize("share", ["10", "0%", "101%", "some"])
def test_a_share_is_a_percentage_or_all(tmp_path: Path, share: str) -> None:
    result = build(tmp_path, "--verify", share)
    assert result.exit_code == 2
    assert "such as 10%, or all" in result.stderr


# --- the choice, and the verdict


def run(outputs: list[str], path: str = "a.py", action: str = "reused", impure: int | None = None) -> Run:
    """A run of cells `v0 = 0`, `v1 = v0`, … each with what it printed; the one with number `impure` reads the clock."""
    cells = tuple(Cell(f"c{n}", "code", f"v{n} = v{n - 1}" if n else "v0 = 0", n + 1) for n in range(len(outputs)))
    notebook = Notebook(path, "percent", cells)
    traces = {
        cell.id: Trace(
            f"key {n}",
            (Output("stdout", {"text/plain": text}),),
            versions={f"v{n}": Version(text)},
            inputs={f"v{n - 1}": "x"} if n else {},
            observations=(Observation("impure", "clock", ""),) if n == impure else (),
        )
        for n, (cell, text) in enumerate(zip(cells, outputs, strict=True))
    }
    reasons = {cell.id: Reason(action, "unchanged" if action == "reused" else "new") for cell in cells}  # type: ignore[arg-type]
    return Run(notebook, analyse(notebook), traces, reasons)


def gives(*runs: Run) -> Callable[[Notebook], Run]:
    waiting = list(runs)
    return lambda _: waiting.pop(0)


def codes(verdict: verification.Verdict) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.cell) for problem in verdict.run.notebook.problems]


def test_two_new_runs_that_agree_show_that_a_change_was_missed() -> None:
    fresh = run(["1", "3"], action="run")
    found = verification.verdict(run(["1", "2"]), gives(fresh, fresh))
    assert codes(found) == [("missed-change", "c1")]
    assert found.run.traces == fresh.traces
    assert {reason.cause for reason in found.run.reasons.values()} == {"verified"}
    assert (found.cells, found.different, found.impure) == (2, 1, 0)


def test_two_new_runs_that_differ_show_that_the_cell_cannot_be_repeated() -> None:
    found = verification.verdict(run(["1", "2"]), gives(run(["1", "3"], action="run"), run(["1", "4"], action="run")))
    assert codes(found) == [("not-reproducible", "c1")]


def test_an_impure_cell_and_what_follows_from_it_may_differ() -> None:
    recorded = run(["1", "2", "3"], impure=1)
    found = verification.verdict(recorded, gives(run(["1", "8", "9"], action="run", impure=1)))
    assert found.run is recorded
    assert (found.different, found.impure) == (0, 2)
    above = verification.verdict(recorded, gives(*[run(["7", "2", "3"], action="run", impure=1)] * 2))
    assert codes(above) == [("missed-change", "c0")]


def test_only_what_says_something_else_is_kept_anew() -> None:
    old, fresh = run(["1", "2"]), run(["1", "3"], action="run")
    assert [trace.key for trace in verification.replaced(old, fresh)] == ["key 1"]


def test_the_choice_is_random_and_repeatable_and_covers_the_share() -> None:
    runs = [run(["1"] * 4, f"{name}.py") for name in "abcdefghij"]
    fresh = [run(["1"] * 4, "k.py", action="run")]

    def chosen(share: float, seed: int) -> list[str]:
        return [one.notebook.path for one in verification.chosen([*runs, *fresh], share, seed)]

    assert chosen(0.3, 1) == chosen(0.3, 1)
    assert len({tuple(chosen(0.3, seed)) for seed in range(9)}) > 1
    assert [len(chosen(share, 1)) for share in (0.01, 0.3, 0.31, 1.0)] == [1, 3, 4, 10]
    assert verification.chosen(fresh, 1.0, 1) == []
