"""What nothing is known of when cells are not executed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from nbpublish.model import Names, Reason
from nbpublish.traces.closure import is_state
from nbpublish.traces.recall import Recalled


@dataclass
class Unknown:
    """Names whose values cells would have bound or changed that did not run, and the states they may have changed."""

    names: dict[str, str] = field(default_factory=dict)
    """With the cell that would have bound, or may have changed, each."""
    bound: set[str] = field(default_factory=set)
    last: str | None = None

    def add(self, found: Recalled, names: Names) -> None:
        """Note a cell that did not run. Names that mean nothing of the author's, such as `print`, it left alone."""
        self.last = found.point.cell
        changed = {name for name, identity in found.inputs.items() if identity or names.dynamic}
        self.names |= dict.fromkeys(changed - self.bound, self.last)
        self.names |= dict.fromkeys(names.defs, self.last)
        self.bound |= names.defs

    def concerns(self, found: Recalled) -> bool:
        """Whether a trace was recalled on the strength of something that is not known."""
        seen = found.point.trace.observations if found.point.trace else ()
        drawn = any(o.kind == "state" and is_state(o.subject) and "random" in o.subject for o in seen)
        return not self.names.keys().isdisjoint(found.inputs) or (self.last is not None and drawn)

    def reason(self, found: Recalled) -> Reason:
        """Why a cell would run, as far as one can know."""
        if found.reason.cause in ("new", "code", "observation", "engine", "refresh") or not self.concerns(found):
            return found.reason
        unknown = [name for name in found.inputs if name in self.names]
        named = [name for name in unknown if name in self.bound] or unknown[:1]
        first, *others = [Reason("run", "uncertain", self.names[name], name) for name in named] or [
            Reason("run", "uncertain", self.last)
        ]
        return replace(first, also=tuple(others))
