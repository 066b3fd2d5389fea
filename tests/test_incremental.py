"""The law: after any edit, with any store, a build gives what a clean build gives, and a second build runs nothing."""

from __future__ import annotations

import os
import random
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from programs import (
    EVERYTHING,
    Warm,
    edit_world,
    edited,
    first_dataflow,
    first_program,
    marimo,
    percent,
    plainly,
    shown,
    write_module,
)

from nbpublish.build import Executor, build
from nbpublish.executors.inline import InlineExecutor
from nbpublish.executors.local import LocalExecutor
from nbpublish.executors.world import ThisMachine
from nbpublish.kernel import environment, hidden, modules, observe, reach, versions
from nbpublish.kernel.states import STATES
from nbpublish.model import Notebook, Run, Version
from nbpublish.store.memory import MemoryStore
from nbpublish.walk import executions


class Forgetting(MemoryStore):
    """A store of which parts get lost."""

    def forget(self, r: random.Random) -> None:
        for kept in (self._traces, self._blobs):
            for key in [key for key in kept if r.random() < 0.2]:
                del kept[key]


class Author:
    """Builds one notebook again and again, in a folder with a few files, and sees what ran."""

    def __init__(self, root: Path, *, warm: bool = False, keep: float | None = None) -> None:
        self.root = root
        self.store = Forgetting()
        self.executor: Executor = Warm(root) if warm else InlineExecutor(root)
        self.keep = keep

    def build(self, notebook: Notebook) -> Run:
        (self.root / notebook.path).touch()
        world = ThisMachine(self.root)
        return build(notebook, store=self.store, executor=self.executor, world=world, keep=self.keep)

    def ran(self, notebook: Notebook) -> list[int]:
        """Numbers of the cells that a build runs."""
        run = self.build(notebook)
        return [n for n, cell in enumerate(notebook.cells) if run.reasons[cell.id].action == "run"]


def sequence(
    seed: int,
    root: Path,
    *,
    dataflow: bool = False,
    warm: bool = False,
    keep: float | None = None,
    forgetful: bool = False,
    executor: Executor | None = None,
    about: Sequence[str] = EVERYTHING,
    steps: int = 6,
    cells: int = 8,
) -> str | None:
    """Edit a random notebook again and again. What is wrong, if something is."""
    r = random.Random(seed)
    begin(root)
    author = Author(root, warm=warm, keep=keep)
    author.executor = executor or author.executor
    codes = first_dataflow(r, cells) if dataflow else first_program(r, cells, about)
    past = [codes]
    try:
        for step in range(steps):
            if step:
                codes = edited(r, codes, past, about, dataflow=dataflow)
                past.append(codes)
                edit_world(r, root, os.environ.__setitem__)
            if forgetful:
                author.store.forget(r)
            notebook = (marimo if dataflow else percent)(*codes)
            told = f"seed {seed}, step {step}\n" + "\n".join(f"{n}: {code!r}" for n, code in enumerate(codes))
            ours, plain = shown(author.build(notebook)), plainly(notebook, root)
            if ours != plain:
                at = next(n for n, pair in enumerate(zip(ours, plain, strict=True)) if pair[0] != pair[1])
                return f"{told}\ncell {at}: {ours[at]}\nplain: {plain[at]}"
            run = author.build(notebook)
            if again := {id: reason for id, reason in run.reasons.items() if reason.action == "run"}:
                return f"{told}\nran again: {again}"
    finally:
        if isinstance(author.executor, Warm):
            author.executor.close()
    return None


def begin(root: Path) -> None:
    """A folder as it is before the first build."""
    for n in (0, 1):
        (root / f"in{n}.txt").write_text("0")
    (root / "in2.txt").unlink(missing_ok=True)
    write_module(root, 0)
    os.environ.pop("NB_W", None)


def first_fault(count: int, root: Path, **how: Any) -> str | None:
    """What is wrong with the first of so many sequences that something is wrong with."""
    return next((fault for seed in range(count) if (fault := sequence(seed, root, **how))), None)


@pytest.fixture(autouse=True)
def _as_outside_pytest(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """With Python's own warnings, which pytest would keep to itself."""
    monkeypatch.delenv("NB_V", raising=False)
    monkeypatch.setenv("NB_W", "")
    with warnings.catch_warnings():
        warnings.resetwarnings()
        for category in (DeprecationWarning, ImportWarning, PendingDeprecationWarning, ResourceWarning):
            warnings.simplefilter("ignore", category)
        show = lambda message: sys.stderr.write(warnings._formatwarnmsg(message))  # type: ignore[attr-defined]  # noqa: E731
        monkeypatch.setattr(warnings, "_showwarnmsg_impl", show)
        yield


# --- the law ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"keep": 0.0},
        {"warm": True},
        {"warm": True, "keep": 0.0},
        {"keep": 0.0, "forgetful": True},
        {"dataflow": True},
        {"dataflow": True, "warm": True, "keep": 0.0},
    ],
    ids=lambda how: " ".join(how) or "percent",
)
def test_a_build_gives_what_a_plain_run_gives_and_a_second_one_runs_nothing(
    tmp_path: Path, how: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    count = 500 if request.config.getoption("--long") else 8
    assert first_fault(count, tmp_path, **how) is None


def test_so_it_does_in_processes_of_their_own(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    count = 30 if request.config.getoption("--long") else 1
    executor = LocalExecutor(tmp_path)
    assert first_fault(count, tmp_path, executor=executor, keep=0.0, steps=3) is None


# --- nothing runs that need not ---------------------------------------------------------------------------------------

LECTURE = (
    "import json\nimport math",
    "rows = [1, 2, 3]",
    "def mean(xs):\n    return sum(xs) / len(xs)",
    "middle = mean(rows)",
    "print(round(middle, math.floor(2)))",
)


@pytest.mark.parametrize(
    ("cell", "code", "ran"),
    [
        (1, "rows = [1, 2, 3]  # a comment", []),
        (1, "rows = [\n    1,\n    2,\n    3,\n]", []),
        (0, "import json\nimport math\nimport string", [0]),
        (1, "rows = sorted([3, 2, 1])", [1]),
        (1, "rows = [1, 2, 4]", [1, 3, 4]),
        (1, "rows = [2, 2, 2]", [1, 3]),
        (2, "def mean(xs):\n    total = sum(xs)\n    return total / len(xs)", [2, 3]),
        (4, "print(middle)", [4]),
    ],
    ids=["comment", "layout", "import added", "equal value", "value", "value equal later", "function", "last cell"],
)
@pytest.mark.parametrize("format", [percent, marimo])
def test_an_edit_runs_only_what_it_reaches(tmp_path: Path, format: Any, cell: int, code: str, ran: list[int]) -> None:
    author = Author(tmp_path)
    assert author.ran(format(*LECTURE)) == [0, 1, 2, 3, 4]
    lecture = (*LECTURE[:cell], code, *LECTURE[cell + 1 :])
    assert author.ran(format(*lecture)) == ran
    assert author.ran(format(*LECTURE)) == [], "the edit taken back"
    assert author.ran(format(*lecture)) == [], "and made again"


def test_a_file_runs_its_readers_and_what_follows(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("1")
    author = Author(tmp_path)
    notebook = percent("data = open('data.csv').read()", "n = len(data)", "print(n)", "print('other')")
    assert author.ran(notebook) == [0, 1, 2, 3]
    (tmp_path / "data.csv").write_text("2")
    assert author.ran(notebook) == [0, 1]
    (tmp_path / "data.csv").write_text("1")
    assert author.ran(notebook) == []


# --- each part is needed ----------------------------------------------------------------------------------------------


def _without_mutation(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(versions.Ledger, "_is_as_before", lambda *_: True)


def _without_aliases(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(versions, "groups", _alone)


def _alone(names: set[str], space: Any, uses: Any) -> list[frozenset[str]]:
    reach.groups(names, space, uses)
    return [frozenset({name}) for name in sorted(names)]


def _without_free_names(patch: pytest.MonkeyPatch) -> None:
    survey = versions.survey
    patch.setattr(versions, "survey", lambda value, space: (frozenset(), survey(value, space)[1]))


def _without(state: str) -> Callable[[pytest.MonkeyPatch], None]:
    def off(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(hidden, "STATES", tuple(other for other in STATES if other.name != state))

    return off


def _without_observing(*kinds: str) -> Callable[[pytest.MonkeyPatch], None]:
    def off(patch: pytest.MonkeyPatch) -> None:
        observed = observe.Observer.observed
        patch.setattr(observe.Observer, "observed", lambda self: (o for o in observed(self) if o.kind not in kinds))

    return off


def _without_modules(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(modules.Modules, "account", lambda self, uses, inputs: ([], {}))


def _without_variables(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(environment.Environment, "observed", lambda self: iter(()))


def _without_telling_opaque_values_apart(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Version, "identity", property(lambda self: self.fingerprint or "opaque"))


def _without_hiding(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(versions.Ledger, "_is_to_hide", lambda *_: False)


def _without_lines(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(executions, "lines_shown", lambda *_: ())


def _without_layouts(patch: pytest.MonkeyPatch) -> None:
    survey = versions.survey
    patch.setattr(versions, "survey", lambda value, space: (survey(value, space)[0], False))


PARTS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], tuple[str, ...]]] = {
    "mutation": (_without_mutation, ("values", "looking")),
    "aliases": (_without_aliases, ("values", "looking")),
    "free names": (_without_free_names, ("values", "functions")),
    "random state": (_without("<random>"), ("random",)),
    "decimal context": (_without("<decimal>"), ("contexts", "looking")),
    "warning filters": (_without("<warnings>"), ("warnings", "looking")),
    "files": (_without_observing("file"), ("files", "looking")),
    "missing files": (_without_observing("missing"), ("files", "looking")),
    "modules": (_without_modules, ("modules", "looking")),
    "environment variables": (_without_variables, ("variables", "looking")),
    "opaque values": (_without_telling_opaque_values_apart, ("opaque", "looking")),
    "hiding": (_without_hiding, ("reaching", "values")),
    "lines": (_without_lines, ("failing", "warnings")),
    "layouts": (_without_layouts, ("failing", "functions")),
}
"""What switches a part off, and what programs are about that need it."""


@pytest.mark.parametrize("part", PARTS)
def test_without_any_part_the_law_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    off, about = PARTS[part]
    assert sequence(0, tmp_path, about=about, warm=True) is None, "with it, the law holds"
    off(monkeypatch)
    assert first_fault(200, tmp_path, about=about, warm=True, steps=10)
