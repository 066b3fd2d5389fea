"""What nothing is known of when cells are not executed."""

from __future__ import annotations

from dataclasses import dataclass, field

from nbpublish.model import Names
from nbpublish.traces.closure import is_state
from nbpublish.traces.recall import Recalled


@dataclass
class Unknown:
    """Names whose values cells would have bound or changed that did not run, and the states they may have changed."""

    names: set[str] = field(default_factory=set)
    some: bool = False

    def add(self, found: Recalled, names: Names) -> None:
        """Note a cell that did not run."""
        self.some = True
        self.names |= names.defs | found.inputs.keys()

    def concerns(self, found: Recalled) -> bool:
        """Whether a trace was recalled on the strength of something that is not known."""
        seen = found.point.trace.observations if found.point.trace else ()
        drawn = any(o.kind == "state" and is_state(o.subject) and "random" in o.subject for o in seen)
        return not self.names.isdisjoint(found.inputs) or (self.some and drawn)
