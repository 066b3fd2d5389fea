"""The states of this process through the cells of a session: which a cell has changed, and how they come back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any

from nbpublish.kernel.folder import Folder
from nbpublish.kernel.states import STATES, Snapshot, State
from nbpublish.model import Observation, Version

MISSING: Any = object()


class Hidden:
    """Follows the states from the moment their libraries are loaded."""

    def __init__(self, when_imported: Callable[[str, Callable[[], None]], None], folder: Folder) -> None:
        self._folder = folder
        self._found: dict[str, Snapshot] = {}
        """What the states were when we came, for a process that lives on."""
        self._initial: dict[str, Snapshot] = {}
        self._before: dict[str, Snapshot] = {}
        self._waiting: dict[str, Snapshot] = {}
        """States to restore once their libraries are loaded."""
        self._last: dict[str, Snapshot] = {}
        """The states as they have been since the last cell, where nobody but us can have touched them."""
        for state in STATES:
            when_imported(state.library, lambda state=state: self._begin(state))  # type: ignore[misc]

    def _begin(self, state: State) -> None:
        with suppress(Exception):
            self._found[state.name] = state.read()
            state.begin()
            state.settle()
            state.forget()
            self._initial[state.name] = state.read()
            self._before[state.name] = MISSING if state.authored() else self._initial[state.name]
            if state.name in self._waiting:
                self.restore(state.name, self._waiting.pop(state.name))
                self._before[state.name] = state.read()

    def restore(self, name: str, snapshot: Snapshot) -> None:
        """Let a state be what it was; later, where its library is not loaded."""
        for state in STATES:
            if state.name != name:
                continue
            self._last.pop(name, None)
            if name in self._initial:
                with suppress(Exception):
                    state.write(state.meant(self._folder, snapshot))
            else:
                self._waiting[name] = snapshot

    def open(self, inputs: Mapping[str, Version]) -> None:
        """Before a cell: states that are not among its inputs are the initial ones."""
        self._waiting = {name: snapshot for name, snapshot in self._waiting.items() if name in inputs}
        for state in self._loaded():
            with suppress(Exception):
                initial, last = self._initial[state.name], self._last.pop(state.name, MISSING)
                is_wanted = state.name in inputs or last is initial
                if not is_wanted:
                    state.write(initial)
                state.forget()
                if not (is_wanted and last is self._before[state.name]):  # else the last cell has left it as it was
                    state.settle()
                    self._before[state.name] = _same(state.read(), initial)

    def changed(self) -> dict[str, Snapshot]:
        """After a cell: the states that it has changed, as they are now."""
        now: dict[str, Snapshot] = {}
        for state in self._loaded():
            with suppress(Exception):
                found, before = state.read(), self._before[state.name]
                is_same = found is before or found == before
                self._last[state.name] = before if is_same else found
                if not is_same:
                    now[state.name] = state.told(self._folder, found)
        return now

    def forget(self) -> None:
        """Something that is no cell runs in this process next, and may touch the states."""
        self._last.clear()

    def observed(self, inputs: Mapping[str, Version], changed: Collection[str]) -> Iterator[Observation]:
        """The states that a cell may have read, as they were before it."""
        for state in self._loaded():
            if state.always or state.name in changed or state.asked():
                digest = inputs[state.name].identity if state.name in inputs else ""
                yield Observation("state", state.name, digest)

    def close(self) -> None:
        """Leave the states as they were found."""
        for state in self._loaded():
            with suppress(Exception):
                state.write(self._found[state.name])

    def _loaded(self) -> Iterator[State]:
        return (state for state in STATES if state.name in self._initial)


def _same(found: Snapshot, known: Snapshot) -> Snapshot:
    """The known snapshot where the one that was found is equal to it."""
    return known if found is known or found == known else found
