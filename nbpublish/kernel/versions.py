"""What a cell did to the names: which it bound, deleted and changed, and what their values are and reach.

Before a cell, every name is hidden that the cell is not known to read. It could not be noticed if the cell read one in
a way that does not stand in its code; hidden, it is missed, which can be noticed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbpublish.kernel.account import Account
from nbpublish.kernel.background import BACKGROUND, Background
from nbpublish.kernel.environment import Environment, digest_of
from nbpublish.kernel.fingerprint import fingerprint
from nbpublish.kernel.folder import Folder
from nbpublish.kernel.hidden import Hidden
from nbpublish.kernel.impure import Impure
from nbpublish.kernel.makers import Makers
from nbpublish.kernel.missed import Missed
from nbpublish.kernel.modules import Modules
from nbpublish.kernel.observe import Observer
from nbpublish.kernel.patches import LIBRARIES, Patches
from nbpublish.kernel.private import digest, is_mangled
from nbpublish.kernel.reach import groups, survey
from nbpublish.kernel.restore import Unloadable, dump, load, mapped
from nbpublish.kernel.setting import setting_of
from nbpublish.kernel.uses import Uses
from nbpublish.kernel.worth import kept_of
from nbpublish.model import Notebook, Observation, Task, Version

_OWN = "own"
"""Stands for a layout: only who reads the whole notebook knows it."""


class Ledger:
    """Keeps account of the names in `namespace`, the globals of the author's code."""

    def __init__(
        self,
        namespace: MutableMapping[str, Any],
        hidden: Hidden,
        observer: Observer,
        modules: Modules,
        patches: Patches,
        private: bool,
        folder: Folder,
    ) -> None:
        self._space = namespace
        self._folder = folder
        self._hidden = hidden
        self._observer = observer
        self._modules = modules
        self.impure = Impure(modules.libraries.has)
        self.missed = Missed(modules.libraries)
        self._patches = patches
        self.background = Background(namespace)
        self._environment = Environment(modules.libraries.loading)
        self._has_private = private
        self._system = {*namespace, "__warningregistry__", "__annotations__"}
        self._known: set[str] = set()
        """Names that have had versions."""
        self._makers = Makers()
        self._code = ""
        self._aside: dict[str, Any] = {}
        self._before: dict[str, Any] = {}
        self._task = Task()
        self._uses: dict[str, Uses] = {}
        """By name, what its value uses of modules; the members of a group have all of it."""
        self._used = Uses()
        self._surveyed: dict[str, tuple[frozenset[str], bool]] = {}

    # --- before a cell ----------------------------------------------------------------------------------------------

    def open(self, task: Task, code: str = "") -> None:
        """Let the cell with this code see its inputs only."""
        self._task, self._code = task, code
        self.missed.open()
        if task.sets:
            return
        self._known |= task.inputs.keys()
        own = f"_cell_{digest(task.private)}_"
        if not self.background.goes_on():  # what runs beside the cells must find its names
            for name in [name for name in self._space if self._is_to_hide(name, own)]:
                self._aside[name] = self._space.pop(name)
        else:
            self._hidden.forget()
        self._before = dict(self._space)
        self._hidden.open(task.inputs)
        self._environment.open(task.inputs)
        self._modules.open(code)
        self._used = self._uses_of(task.inputs)
        self.impure.open(network=task.network)
        self._patches.open()
        self._observer.open(task.inputs)

    def _is_to_hide(self, name: str, own: str) -> bool:
        if name in self._system or name in self._task.inputs:
            return False
        return not is_mangled(name) or name.startswith(own) or name in self._known

    def aside(self) -> AbstractContextManager[None]:
        """What asks for variables of the environment meanwhile is ours."""
        return self._environment.aside()

    def ignore(self, names: Collection[str]) -> None:
        """Take no account of names that are not the author's."""
        self._system |= {name for name in names if name not in self._aside}

    # --- after a cell -----------------------------------------------------------------------------------------------

    def close(self, seconds: float) -> Account:
        """What the cell did, and every name back in its place, even where keeping account of it fails."""
        try:
            return self._account(seconds)
        finally:
            for name, value in self._aside.items():
                self._space.setdefault(name, value)
            self._aside.clear()
            self._before = {}

    def _account(self, seconds: float) -> Account:
        self._surveyed.clear()
        if self._task.sets:
            return Account(self._set(self._task.sets))
        self._observer.close()
        changed = self._hidden.changed()
        seen = [*self._environment.observed(), *self._hidden.observed(self._task.inputs, changed)]
        self._modules.close()
        seen += self._observer.observed()
        space, inputs = self._space, self._task.inputs
        shared = {name for name in space if name not in self._system}
        bound = {name for name in shared if name not in self._before or space[name] is not self._before[name]}
        self._makers.bound(bound, self._code)
        deleted = frozenset(name for name in inputs if name in self._before and name not in space)
        seen_by_none = bound & self._task.unread
        bound -= seen_by_none
        scope = self._with_private((shared & inputs.keys()) | {name for name in bound if not self._is_private(name)})
        blobs: dict[str, Any] = {}
        versions = dict(self._versions(scope, bound, blobs, seconds))
        versions |= {name: Version(None, group=(name,), unseen=True) for name in seen_by_none}
        versions |= self._states(changed, blobs)
        versions |= {name: Version(now, group=(name,)) for name, now in self._observer.written().items()}
        self._used.add([self._uses[name] for name in scope])
        looked, loaded = self._modules.account(self._used, inputs)
        seen += looked
        found = self._modules.libraries.found
        seen += [*self._observer.found(found), *self._environment.found(found)]
        codes = [*self._used.codes, *([self._modules.code] if self._modules.code else [])]
        seen += self.impure.observed(codes, space, self._modules.impure)
        versions |= {label: self._with_marker(label, version, blobs) for label, version in loaded.items()}
        lasting, running = self._lasting()
        versions |= lasting
        seen += running
        seen += self.missed.observed(inputs)
        self._known |= versions.keys()
        return Account(versions, deleted, tuple(seen), blobs)

    def _uses_of(self, names: Iterable[str]) -> Uses:
        """What the values of names use of modules, as they are before a cell."""
        names = [name for name in names if name in self._space]
        unknown = [name for name in names if name not in self._uses]
        if unknown:
            self._groups(set(unknown))
        uses = Uses()
        uses.add([self._uses[name] for name in names])
        return uses

    def _with_marker(self, label: str, version: Version, blobs: dict[str, Any]) -> Version:
        """The version of a module, with a blob by which it is loaded again where loading it gives just this."""
        chunks = dump({label: version.fingerprint}, self._space) if version.fingerprint else None
        if chunks is None:
            return version
        blobs[label] = chunks
        return replace(version, blob=label)

    def _is_private(self, name: str) -> bool:
        return self._has_private and is_mangled(name)

    def _with_private(self, scope: set[str]) -> set[str]:
        """Names private to the cell count where others can reach them: as globals of functions."""
        waiting = list(scope) if self._has_private and any(map(is_mangled, self._space)) else []
        while waiting:
            free, _ = self._survey(waiting.pop())
            found = {name for name in free if self._is_private(name) and name in self._space} - scope
            scope |= found
            waiting += found
        return scope

    def _survey(self, name: str) -> tuple[frozenset[str], bool]:
        """The free names of a value and whether it reaches code of the notebook's own, looked up once after a cell."""
        if name not in self._surveyed:
            self._surveyed[name] = survey(self._space[name], self._space)
        return self._surveyed[name]

    def _versions(
        self, scope: set[str], bound: set[str], blobs: dict[str, Any], seconds: float
    ) -> Iterator[tuple[str, Version]]:
        worth = seconds + self._task.effort
        keep = self._task.keep is not None and worth >= self._task.keep
        for members in self._groups(scope):
            group = tuple(sorted(members))
            uses = Uses()
            uses.add([self._uses[name] for name in group])
            self._uses.update(dict.fromkeys(group, uses))
            values = {name: self._space[name] for name in group}
            prints = self._fingerprints(values)
            if not members & bound and all(self._is_as_before(name, group, prints[name]) for name in group):
                continue
            blob = None
            if keep and None not in prints.values() and (chunks := kept_of(values, self._space, worth, self._folder)):
                blob = group[0]
                blobs[blob] = chunks
            for name in group:
                free, is_own = self._survey(name)
                free = (free - {name}) | self._modules.labels(uses)
                layout, setting = _OWN if is_own else None, self._setting(values[name])
                yield name, Version(prints[name], "", free, group, blob, layout=layout, setting=setting)

    def _set(self, name: str) -> dict[str, Version]:
        """The version of a control that a library alone has set: it still reaches nothing of the author's."""
        value = self._space[name]
        found, group = fingerprint(value, self._space), (name,)
        if self._is_as_before(name, group, found):
            return {}
        return {name: Version(found, group=group, setting=self._setting(value))}

    def _setting(self, value: Any) -> str | None:
        """What identifies the value that a control is set to; None for anything else."""
        is_set, setting = setting_of(value)
        return fingerprint(setting, self._space) if is_set else None

    def _groups(self, scope: set[str]) -> list[frozenset[str]]:
        uses: dict[str, Uses] = {}
        try:
            return groups(scope, self._space, uses)
        except Exception:  # an object that cannot even be looked into: then nothing is told apart
            return [frozenset(scope)] if scope else []
        finally:
            self._uses.update({name: uses.get(name, Uses()) for name in scope})

    def _is_as_before(self, name: str, group: tuple[str, ...], print: str | None) -> bool:
        before = self._task.inputs.get(name)
        return before is not None and print is not None and (before.fingerprint, before.group) == (print, group)

    def _fingerprints(self, values: Mapping[str, Any]) -> dict[str, str | None]:
        """By name. What shares objects is identified together, so that what it shares is part of what it is."""
        if len(values) == 1:
            return {name: fingerprint(value, self._space) for name, value in values.items()}
        whole = fingerprint(dict(values), self._space)
        return {name: whole and f"{whole}.{name}" for name in values}

    def _states(self, changed: Mapping[str, Any], blobs: dict[str, Any]) -> dict[str, Version]:
        versions = {}
        variables = self._environment.changed()
        for name, snapshot in {**changed, **variables}.items():
            print = digest_of(snapshot) if name in variables else fingerprint(snapshot, self._space)
            chunks = dump({name: snapshot}, self._space, self._folder)
            if chunks:
                blobs[name] = chunks
            versions[name] = Version(print, "", frozenset(), (name,), name if chunks else None)
        return versions

    def _lasting(self) -> tuple[dict[str, Version], list[Observation]]:
        """The states that a process cannot go back from, where the cell has changed them, and what it left running."""
        patched = self._patches.close(self._task.targets)
        running, seen = self.background.left()
        found = {LIBRARIES: patched, BACKGROUND: running}
        return {name: version for name, version in found.items() if version}, seen

    # --- between cells ----------------------------------------------------------------------------------------------

    def load(self, names: tuple[str, ...], blob: Any) -> bool:
        """Bring names to life from a blob, or from the file that holds it; False where it cannot be read."""
        try:
            values = load(mapped(blob) if isinstance(blob, Path) else blob, self._space, self._folder)
            found = {name: values[name] for name in names}
        except (Unloadable, KeyError, OSError, ValueError):
            return False
        for name, value in found.items():
            if name.startswith(("module ", "ambient ")):
                if not self._modules.load(name, value):
                    return False
            elif not name.startswith("<"):
                self._space[name] = value
                self._uses.pop(name, None)
            elif name.startswith("<environ:"):
                self._environment.restore(name, value)
            else:
                self._hidden.restore(name, value)
        return True

    def let_go(self, notebook: Notebook) -> list[str]:
        """Give up the values that only cells have bound which are not in the notebook any longer; their names.

        Nothing is given up while something of the author's runs beside the cells, which may need it.
        """
        gone = [] if self.background.goes_on() else self._makers.let_go(notebook)
        for name in gone:
            self._space.pop(name, None)
            self._uses.pop(name, None)
            self._known.discard(name)
        return gone

    def rest(self) -> None:
        """Let every state be the initial one, for a process that does something else meanwhile."""
        self._hidden.open({})
        self._hidden.forget()
        self._environment.open({})
        self._patches.undo()

    def end(self) -> None:
        """Leave the process as it was found."""
        self._patches.undo()
        self._observer.end()
        self._environment.close()
        self._hidden.close()
