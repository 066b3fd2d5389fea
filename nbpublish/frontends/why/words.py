"""A `Reason` → the words for it, for an author who has never heard of keys and traces."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nbpublish.frontends.why.cells import Called
from nbpublish.model import Observation, Reason

Now = Callable[[str, str], str]
"""What is there now, in the words of an `Observation`: by kind and subject."""

STATES = {
    "random": "the state of `random`",
    "numpy.random": "the state of `numpy.random`",
    "cwd": "the working directory",
    "sys.path": "`sys.path`",
    "warnings": "the warning filters",
    "locale": "the locale",
    "decimal": "the context of `decimal`",
    "limits": "the limits of Python",
    "rcParams": "matplotlib's settings",
    "numpy options": "numpy's print options",
    "numpy errors": "numpy's error handling",
    "pandas options": "pandas' options",
    "polars options": "polars' options",
    "sklearn options": "scikit-learn's options",
    "logging": "the settings of `logging`",
    "matplotlib colors": "the names of matplotlib's colours",
    "libraries": "the libraries that cells have changed",
    "background": "what runs in the background",
}
"""States of the process that cells share, by their names without brackets."""
IMPURE = {
    "clock": "reads the clock",
    "entropy": "draws numbers that nothing determines",
    "network": "uses the network",
    "subprocess": "starts other programs",
    "process": "starts other programs",
    "thread": "leaves a thread running",
}
"""What makes a result one that another execution need not give."""
_ABSENT = {"", "gone"}


@dataclass(frozen=True, slots=True)
class Words:
    """Says reasons of one notebook."""

    called: Called
    now: Now

    def reason(self, reason: Reason) -> str:
        """All of a reason in one clause without a full stop, such as "`data/iris.csv` changed"."""
        if reason.cause == "uncertain" and reason.also:
            return self._uncertain(reason, *reason.also)
        said = self.each(reason)
        if len(said) > 3:
            said = [*said[:3], f"{len(said) - 3} more reasons"]
        return said[0] if len(said) == 1 else f"{', '.join(said[:-1])}, and {said[-1]}"

    def each(self, reason: Reason) -> list[str]:
        """The same, each cause for itself."""
        return list(dict.fromkeys([self._one(reason), *(self._one(other) for other in reason.also)]))

    def _one(self, reason: Reason) -> str:
        if reason.because:
            return self.reason(reason.because)
        if reason.cause == "observation" and reason.observation:
            return self.observation(reason.observation)
        if reason.cause == "input":
            return self._input(reason)
        if reason.cause == "engine" and reason.observation:
            return _engine(reason.observation.digest, self.now("engine", ""))
        if reason.cause == "uncertain":
            return self._uncertain(reason)
        return _PLAIN[reason.cause].format(cell=self._cell(reason.cell), name=reason.name)

    def _cell(self, id: str | None) -> str:
        return self.called(id) if id else "another cell"

    def _input(self, reason: Reason) -> str:
        what, state = self.name(reason.name or ""), (reason.name or "").startswith("<")
        if reason.cell is None:
            return f"no cell changes {what} any more" if state else f"no cell gives it {what} any more"
        if state:
            return f"{self._cell(reason.cell)} changes {what} in another way"
        return f"{what} has a new value from {self._cell(reason.cell)}"

    def _uncertain(self, *reasons: Reason) -> str:
        """It depends on cells that do not hold any more, and may give the same once more."""
        givers = list(dict.fromkeys(self._cell(reason.cell) for reason in reasons))
        are = "is stale" if len(givers) == 1 else "are stale"
        if reasons[0].name is None or reasons[0].name.startswith("<"):
            return f"it comes after {' and '.join(givers)}, which {are}"
        used = [f"{self.name(reason.name or '')} of {self._cell(reason.cell)}" for reason in reasons]
        return f"it uses {', '.join(used[:-1])}{' and ' if used[:-1] else ''}{used[-1]}, which {are}"

    def name(self, name: str) -> str:
        """A name or a state of the process."""
        if name.startswith(("module ", "ambient module ")):
            return f"the module `{name.rpartition(' ')[2]}`"
        if not name.startswith("<"):
            return f"`{name}`"
        kind, colon, subject = name.strip("<>").partition(":")
        if colon:
            return f"the environment variable `{subject}`" if kind == "environ" else f"the {kind} `{subject}`"
        return STATES.get(kind, f"the state of {kind}")

    def observation(self, seen: Observation) -> str:
        """What became of something that an execution looked at."""
        subject, now = seen.subject, self.now(seen.kind, seen.subject)
        if seen.kind == "unset":
            return f"the environment variable `{(now or subject).split()[0]}` changed"
        if seen.kind == "distribution":
            return _distribution(subject, seen.digest, now)
        if seen.kind in ("file", "module", "written") and now in _ABSENT:
            return f"`{subject}` is gone"
        if seen.kind == "unstable" and not subject:
            return "a file was being written while it was read"
        if seen.kind == "exists":
            return f"`{subject}` is gone" if now in _ABSENT else f"`{subject}` is something else now"
        return _SEEN.get(seen.kind, "`{subject}` is another one now ({kind})").format(subject=subject, kind=seen.kind)


_SEEN = {
    "file": "`{subject}` changed",
    "module": "`{subject}` changed",
    "written": "`{subject}`, which it writes, changed",
    "missing": "`{subject}` is there now",
    "directory": "files were added to or removed from `{subject}`",
    "glob": "other files match `{subject}` now",
    "made": "other files than before were made in `{subject}`",
    "shadows": "other files in `{subject}` are called like libraries now",
    "absent": "`{subject}` can be imported now",
    "environment": "the environment variable `{subject}` changed",
    "folder": "the project lies in another folder, whose name it shows",
    "limit": "a cell may take a longer or a shorter time now",
    "name": "`{subject}`, for which it looked in vain, is defined now",
    "source": "a line of code that shows in its traceback or warning was edited or moved",
    "layout": "it looks at its own lines or text, and these were edited or moved",
    "unstable": "`{subject}` was being written while it was read",
}
_PLAIN = {
    "new": "the cell is new",
    "code": "its code changed",
    "input": "",
    "observation": "something that it looks at changed",
    "refresh": "a new result was asked for",
    "engine": "Python or nbpublish is another version",
    "lost": "no result of it is kept",
    "unkept": "its last result could not be kept, because it ended by force or files changed while it ran",
    "verified": "the notebook was run again to compare, and gave another result",
    "dynamic": "it uses names that do not stand in its code",
    "differs": "its values were needed by {cell}, and it gave other ones than before",
    "unchanged": "nothing it depends on changed",
    "comment": "only a comment changed",
    "layout": "only the layout of its code changed",
    "earlier": "everything is again as it was in an earlier build",
    "replayed": "nothing it depends on changed; it was run again because {cell} needed its values",
    "ancestor-failed": "{cell}, on which it depends, failed",
    "ancestor-stopped": "{cell}, on which it depends, called `mo.stop`",
    "disabled": "it is disabled, or depends on a cell that is",
    "problem": "it has an error that was found before running",
    "kernel-died": "{cell} ended the Python process",
    "not-executed": "nothing is executed",
}


def _engine(before: str, now: str) -> str:
    """`before` and `now` as the world tells the engine: nbpublish, implementation, Python, platform, machine."""
    old, new = before.split(), now.split()
    if len(old) == len(new) == 5:
        pairs = list(_engine_parts(old, new))
        if pairs:
            return " and ".join(pairs)
    return _PLAIN["engine"]


def _engine_parts(old: list[str], new: list[str]) -> Iterator[str]:
    names = ("nbpublish", "", "Python", "", "")
    for name, before, after in zip(names, old, new, strict=True):
        if before != after:
            yield f"{name} {before} became {after}".strip()


def _distribution(name: str, before: str, now: str) -> str:
    """`before` and `now` list a distribution's version and those of all that it requires."""
    old, new = _versions(name, before), _versions(name, now)
    for other in [name, *sorted({*old, *new} - {name})]:
        was, became = old.get(other), new.get(other)
        if was != became:
            whose = "" if other == name else f", which {name} requires"
            return _became(other, was, became) + whose
    return f"{name} is another version now"


def _became(name: str, was: str | None, became: str | None) -> str:
    if was is None:
        return f"{name} {became} is installed now"
    if became is None:
        return f"{name} {was} is no longer installed"
    if was.partition(" ")[0] == became.partition(" ")[0]:
        return f"the installed files of {name} changed"
    return f"{name} {was.partition(' ')[0]} became {became.partition(' ')[0]}"


def _versions(name: str, said: str) -> dict[str, str]:
    first, *others = said.split(", ") if said else [""]
    found = {name: first} if first else {}
    for other in others:
        required, _, version = other.partition(" ")
        found[required] = version
    return found


def impure(subject: str) -> str:
    """What an execution did that makes its result one of several possible ones."""
    return IMPURE.get(subject.partition(" ")[0], f"is not repeatable ({subject})")


def age(limit: float | None) -> str | None:
    """What the author says about how old a cell's result may be; None where nothing is said."""
    if limit is None:
        return None
    if limit == math.inf:
        return "keeps its result whatever happens"
    return "runs in every build" if limit == 0 else f"runs again after {duration(limit)}"


def duration(seconds: float) -> str:
    """Seconds in the largest unit that is not too large, such as `3 minutes`."""
    for size, unit in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    if seconds < 0.1:
        return "less than 0.1 s"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
