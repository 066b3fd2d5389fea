"""What is worth keeping: a value that is quick to make from inputs which are slow to have."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbpublish.build import build
from nbpublish.executors.inline import InlineExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.formats.percent import PERCENT
from nbpublish.kernel import worth
from nbpublish.model import Budget, Run
from nbpublish.store.memory import MemoryStore

SLOW = "value = 0\nfor _ in range(3_000_000):\n    value = 1\n"
CELLS = ("import slow", "x = [slow.value]", "y = x + [2]", "print(y)")


def built(root: Path, store: MemoryStore, *codes: str, keep: float = 0.05) -> Run:
    (root / "slow.py").write_text(SLOW, encoding="utf-8")
    notebook = PERCENT.read("chapter.py", "\n\n".join(f"# %%\n{code}" for code in codes))
    assert notebook
    executor, world = InlineExecutor(root), ThisMachine(root)
    return build(notebook, store=store, executor=executor, world=world, budget=Budget(), keep=keep)


def kept_in(run: Run) -> set[str]:
    versions = ((name, version) for trace in run.traces.values() for name, version in trace.versions.items())
    return {name.removeprefix("module ") for name, version in versions if version.blob}


def causes(run: Run) -> list[str]:
    return [run.reasons[cell.id].cause for cell in run.notebook.cells]


def test_a_cheap_value_behind_a_slow_import_is_loaded(tmp_path: Path) -> None:
    store = MemoryStore()
    first = built(tmp_path, store, *CELLS)
    kept = {name for trace in first.traces.values() for name, version in trace.versions.items() if version.blob}
    assert {"x", "y"} <= kept
    edited = built(tmp_path, store, *CELLS[:-1], "print(y[0])")
    assert causes(edited) == ["unchanged", "unchanged", "unchanged", "new"]


def test_a_cheap_value_of_cheap_inputs_is_made_again(tmp_path: Path) -> None:
    store = MemoryStore()
    cells = ("z = [1]", "print(z)")
    built(tmp_path, store, *cells, keep=5)  # on a busy machine nothing is cheap
    assert causes(built(tmp_path, store, "z = [1]", "print(z[0])", keep=5)) == ["replayed", "new"]


def test_what_is_kept_is_not_counted_again(tmp_path: Path) -> None:
    """`x` is kept, so `w`, which is made from it alone, is as cheap to have as it is to make."""
    store = MemoryStore()
    run = built(tmp_path, store, "import time", "time.sleep(0.1)\nx = [1]", "w = x + [2]")
    versions = {name: version for trace in run.traces.values() for name, version in trace.versions.items()}
    assert versions["x"].blob
    assert versions["w"].blob is None


def test_what_all_states_share_is_no_reason_to_keep_values_in_each(tmp_path: Path) -> None:
    """`x` follows no widget and is kept once; what is made from it and a widget is made as quickly again."""
    store = MemoryStore()
    k = "k = 1  # widget: values(1, 2)"
    run = built(tmp_path, store, "import slow", "x = [slow.value]", k, "y = [k, x]", "print(y)")
    assert [kept_in(state) for state in (run, *run.states)] == [{"slow", "x", "y"}, {"slow", "x"}]
    run = built(tmp_path, store, k, "y = [k, sum(range(9_000_000))]", "z = [y]", "print(z)")
    assert [kept_in(state) for state in (run, *run.states)] == [{"y"}, {"y"}]


def test_large_values_are_kept_where_they_take_longer_to_make_than_to_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worth, "_WORTH", 1000.0)  # bytes a second: on no machine does the import take an hour
    store = MemoryStore()
    run = built(tmp_path, store, "import slow", "large = bytes(3_600_000) + bytes([slow.value])", "small = large[:9]")
    versions = {name: version for trace in run.traces.values() for name, version in trace.versions.items()}
    assert versions["large"].blob is None
    assert versions["small"].blob
