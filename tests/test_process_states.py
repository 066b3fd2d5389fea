"""States of the process that cells share without a name: a snapshot tells of every change, and brings it back."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from nbpublish.kernel.state import State
from nbpublish.kernel.states import STATES


def state(name: str) -> State:
    return next(state for state in STATES if state.name == name)


def drop_all(record: logging.LogRecord) -> bool:
    return False


Change = Callable[[logging.Logger], object]
CHANGES: dict[str, Change] = {
    "level": lambda logger: logger.setLevel(logging.DEBUG),
    "propagate": lambda logger: setattr(logger, "propagate", False),
    "disabled": lambda logger: setattr(logger, "disabled", True),
    "handlers": lambda logger: logger.addHandler(logging.StreamHandler()),
    "filters": lambda logger: logger.addFilter(drop_all),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("name", ["lecture.data", ""])
def test_whatever_is_changed_of_a_logger_shows_and_comes_back(name: str, change: Change) -> None:
    loggers = state("<logging>")
    logger = logging.getLogger(name)
    before = loggers.read()
    try:
        change(logger)
        changed = loggers.read()
        assert changed != before
        loggers.write(before)
        assert loggers.read() == before
        loggers.write(changed)
        assert loggers.read() == changed
    finally:
        loggers.write(before)


def test_a_list_among_the_settings_of_matplotlib_that_is_changed_in_place_is_seen() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    settings = state("<rcParams>")
    before, fonts = settings.read(), list(matplotlib.rcParams["font.serif"])
    matplotlib.rcParams["font.serif"].append("Lecture")
    try:
        assert settings.read() != before
    finally:
        settings.write(before)
    assert matplotlib.rcParams["font.serif"] == fonts
