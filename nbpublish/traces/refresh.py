"""Whether a result is to be replaced by a new one, although nothing that it is known to depend on has changed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nbpublish.model import Options, Trace
from nbpublish.traces.verify import reached_limit


@dataclass(frozen=True, slots=True)
class Refresh:
    """`now` is the time of the build, in seconds since the epoch; `asked`, that all that is impure shall be new."""

    now: float
    asked: bool = False

    def wants(self, trace: Trace, options: Options) -> bool:
        """Whether a trace of an earlier build is not good enough. Says nothing of traces of this build."""
        limit = options.refresh
        if limit == math.inf:
            return False
        if limit is None:
            return self.asked and (bool(trace.impure) or reached_limit(trace))
        return self.asked or not 0 <= self.now - trace.when < limit
