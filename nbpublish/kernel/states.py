"""All states that cells share without a name.

A state of a library exists once the library is loaded. Until a cell changes it, it is what it was then: its initial
state, which nobody needs to write down.
"""

from __future__ import annotations

from nbpublish.kernel import states_libraries, states_logging, states_python, states_random
from nbpublish.kernel.state import Snapshot, State
from nbpublish.kernel.states_python import filters_kept

__all__ = ["STATES", "Snapshot", "State", "filters_kept"]

STATES = (*states_random.STATES, *states_python.STATES, *states_logging.STATES, *states_libraries.STATES)
