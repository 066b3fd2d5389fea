"""Each part of the engine is needed: with one of them switched off, the law is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from law import LawError, Way, check
from nursery import elsewhere

from nbpublish.kernel import environment, hidden, missed, modules, observe, reach, versions
from nbpublish.kernel.states import STATES
from nbpublish.model import Version
from nbpublish.store import blobs
from nbpublish.traces import closure, code, recall
from nbpublish.walk import executions

Patch = pytest.MonkeyPatch


# --- how each is switched off -----------------------------------------------------------------------------------------


def no_mutation(patch: Patch) -> None:
    patch.setattr(versions.Ledger, "_is_as_before", lambda *_: True)


def no_aliases(patch: Patch) -> None:
    patch.setattr(versions, "groups", _alone)


def _alone(names: set[str], space: Any, uses: Any) -> list[frozenset[str]]:
    reach.groups(names, space, uses)
    return [frozenset({name}) for name in sorted(names)]


def no_free_names(patch: Patch) -> None:
    survey = versions.survey
    patch.setattr(versions, "survey", lambda value, space: (frozenset(), survey(value, space)[1]))


def no_closure(patch: Patch) -> None:
    patch.setattr(closure, "reachable", lambda names, known: frozenset(names))


def no_names_that_are_deleted(patch: Patch) -> None:
    patch.setattr(executions, "settled", lambda *parts: replace(settled(*parts), deleted=frozenset()))


settled = executions.settled


def no_names_that_are_unbound(patch: Patch) -> None:
    patch.setattr(code, "_unbound_by", lambda node: [])
    patch.setattr(code, "_facts", code._facts.__wrapped__)  # or it would be remembered


def no_dynamic_names(patch: Patch) -> None:
    found = recall.closure
    patch.setattr(recall, "closure", lambda names, known, **how: found(replace(names, dynamic=False), known, **how))


def no_hiding(patch: Patch) -> None:
    patch.setattr(versions.Ledger, "_is_to_hide", lambda *_: False)


def no_missed_names(patch: Patch) -> None:
    patch.setattr(missed.Missed, "observed", lambda *_: iter(()))


def no_telling_opaque_values_apart(patch: Patch) -> None:
    patch.setattr(Version, "identity", property(lambda self: self.fingerprint or "opaque"))


def no_state(state: str) -> Callable[[Patch], None]:
    def off(patch: Patch) -> None:
        patch.setattr(hidden, "STATES", tuple(other for other in STATES if other.name != state))

    return off


def no_settling(patch: Patch) -> None:
    patch.setattr(hidden, "STATES", tuple(replace(state, settle=lambda: None) for state in STATES))


def no_restoring(patch: Patch) -> None:
    patch.setattr(hidden.Hidden, "restore", lambda *_: None)


def no_observing(*kinds: str) -> Callable[[Patch], None]:
    def off(patch: Patch) -> None:
        observed = observe.Observer.observed
        patch.setattr(observe.Observer, "observed", lambda self: (o for o in observed(self) if o.kind not in kinds))

    return off


def no_writing(patch: Patch) -> None:
    patch.setattr(observe.Observer, "written", lambda self: {})


def no_writing_again(patch: Patch) -> None:
    patch.setattr(executions.Executions, "undone", lambda *_: {})


def no_modules(patch: Patch) -> None:
    patch.setattr(modules.Modules, "account", lambda self, uses, inputs: ([], {}))


def no_variables(patch: Patch) -> None:
    patch.setattr(environment.Environment, "observed", lambda self: iter(()))


def no_variables_that_are_set(patch: Patch) -> None:
    patch.setattr(environment.Environment, "changed", lambda self: {})


def no_lines(patch: Patch) -> None:
    patch.setattr(executions, "lines_shown", lambda *_: ())


def no_layouts(patch: Patch) -> None:
    survey = versions.survey
    patch.setattr(versions, "survey", lambda value, space: (survey(value, space)[0], False))


def no_looking_at_blobs(patch: Patch) -> None:
    path = lambda self, digest: found if (found := self.path(digest)).exists() else None  # noqa: E731
    patch.setattr(blobs.BlobFolder, "locate", path)


def no_keys(patch: Patch) -> None:
    patch.setattr(recall, "key_of", lambda code, *_: code.digest)


# --- all of them ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    off: Callable[[Patch], None]
    way: Way
    seed: int
    """Of a sequence that needs it; the search begins there."""


def part(off: Callable[[Patch], None], *about: str, seed: int = 0, **how: Any) -> Part:
    return Part(off, Way(**{"about": about, "steps": 4, "warm": True, **how}), seed)


PARTS = {
    "keys": part(no_keys, "values", "looking", seed=2),
    "mutation": part(no_mutation, "values", "looking", seed=1),
    "aliases": part(no_aliases, "values", "looking", seed=18),
    "free names": part(no_free_names, "values", "functions", seed=15),
    "closure": part(no_closure, "values", "functions", "classes", seed=1),
    "deletion": part(no_names_that_are_deleted, "values", "looking", "unbinding", seed=7),
    "unbinding": part(no_names_that_are_unbound, "values", "looking", "unbinding", seed=1),
    "dynamic names": part(no_dynamic_names, "values", "looking", "unbinding"),
    "hiding": part(no_hiding, "reaching", "values", seed=7),
    "missed names": part(no_missed_names, "reaching", "values", seed=2),
    "opaque values": part(no_telling_opaque_values_apart, "opaque", "looking", seed=9),
    "random state": part(no_state("<random>"), "random"),
    "random state of numpy": part(no_state("<numpy.random>"), "numbers", seed=1),
    "settings of numpy": part(no_state("<numpy options>"), "numbers", seed=5),
    "settings of matplotlib": part(no_state("<rcParams>"), "settings", seed=5),
    "decimal context": part(no_state("<decimal>"), "contexts", "looking"),
    "warning filters": part(no_state("<warnings>"), "warnings", "looking", seed=4),
    "settled states": part(no_settling, "random", "warnings", seed=17, steps=8),
    "restored states": part(no_restoring, "random", "contexts", "looking", warm=False, seed=1),
    "files": part(no_observing("file"), "files", "looking", seed=3, steps=6),
    "missing files": part(no_observing("missing"), "files", "looking", seed=22, steps=8),
    "files asked for": part(no_observing("exists", "missing"), "listings", "looking", seed=1, steps=8),
    "folders": part(no_observing("directory"), "listings", "looking", steps=6),
    "patterns": part(no_observing("glob"), "listings", "looking", steps=6),
    "files written": part(no_writing, "writing", "looking", "values", seed=5),
    "files written again": part(no_writing_again, "writing", "looking", "values", seed=2),
    "modules": part(no_modules, "modules", "looking", seed=17),
    "modules of packages": part(no_modules, "packages", "looking", seed=9, steps=5),
    "environment variables": part(no_variables, "variables", "looking", seed=1),
    "variables that are set": part(no_variables_that_are_set, "variables", "looking", seed=1),
    "lines": part(no_lines, "failing", "warnings"),
    "layouts": part(no_layouts, "failing", "functions", seed=19),
    "digests of blobs": part(
        no_looking_at_blobs, "numbers", "looking", warm=False, keep=0.0, disk=True, damage=True, seed=7
    ),
}
"""What switches a part off, and what programs are about that need it."""


@pytest.mark.parametrize("name", PARTS)
def test_without_any_part_the_law_is_broken(tmp_path: Path, name: str) -> None:
    elsewhere(_check_that_it_is_needed, name, tmp_path)


def _check_that_it_is_needed(name: str, folder: Path) -> None:
    needed = PARTS[name]
    check(1, folder, needed.way, first=needed.seed)
    needed.off(pytest.MonkeyPatch())
    with pytest.raises(LawError):
        check(200, folder, needed.way, first=needed.seed)
