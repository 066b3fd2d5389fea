"""The generators of random numbers of Python and numpy.

A cell that leaves a generator as it was has not drawn from it. It may have looked at it or seeded it all the same.
"""

from __future__ import annotations

import random
import sys
from typing import Any

from nbpublish.kernel.state import Noticed, Snapshot, State

_own: Any = random._inst
_looked, _looked_at_numpy = Noticed(), Noticed()


def _begin_random() -> None:
    random.seed(0)
    _looked.watch(random, "getstate")


def _begin_numpy() -> None:
    _numpy().seed(0)
    _looked_at_numpy.watch(_numpy(), "get_state")


def _settle_random() -> None:
    """Write the same state in another way than `seed` writes it, so that seeding shows even where it changes nothing.

    A generator seeded afresh has used up all 624 words; it makes new ones when asked. Have them made now. Of one that
    has given the first word away, the low bits of that word are never looked at again: they get a value that it does
    not give them.
    """
    version, words, gauss = _own.getstate()
    if words[-1] == 624:
        random.getrandbits(32)
        made = _own.getstate()[1]
        random.setstate((version, (*made[:-1], 0), gauss))
    elif words[-1] > 0:
        random.setstate((version, (_marked(words[0]), *words[1:]), gauss))


def _marked(word: int) -> int:
    """The first of the words of Mersenne Twister, with its high bit, which alone makes new words."""
    return word & 0x80000000 | 0x2545F491


def _numpy() -> Any:
    return sys.modules["numpy.random"]


def _numpys() -> Any:
    """The generator behind the functions, so that our own look is not noticed."""
    return _numpy().mtrand._rand


def _read_numpy() -> Snapshot:
    kind, words, *rest = _numpys().get_state()
    return kind, words.tobytes(), *rest


def _write_numpy(state: Snapshot) -> None:
    import numpy as np

    kind, words, *rest = state
    _numpy().set_state((kind, np.frombuffer(words, dtype=np.uint32), *rest))


def _settle_numpy() -> None:
    kind, words, position, *rest = _numpys().get_state()
    if kind == "MT19937" and position == 624:
        _numpy().set_state((kind, words, position, 0, 0.0))
        _numpy().randint(0, 2**32, dtype="uint32")
        _, made, _, *_ = _numpys().get_state()
        _numpy().set_state((kind, made, 0, *rest))
    elif kind == "MT19937" and position > 0:
        words[0] = _marked(int(words[0]))
        _numpy().set_state((kind, words, position, *rest))


STATES = (
    State(
        "<random>",
        "random",
        lambda: _own.getstate(),
        random.setstate,
        _begin_random,
        _settle_random,
        _looked.forget,
        always=False,
        asked=lambda: bool(_looked),
    ),
    State(
        "<numpy.random>",
        "numpy.random",
        _read_numpy,
        _write_numpy,
        _begin_numpy,
        _settle_numpy,
        _looked_at_numpy.forget,
        always=False,
        asked=lambda: bool(_looked_at_numpy),
    ),
)
