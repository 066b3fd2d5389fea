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


def test_settings_of_matplotlib_are_read_anew_whatever_was_done_to_them_and_only_then() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    settings, own = state("<rcParams>"), matplotlib.rcParams
    before = settings.read()
    try:
        assert settings.read() is before
        own["font.serif"] = list(own["font.serif"])
        assert settings.read() == before
        own["font.serif"].append("Lecture")  # in place, in a list that has come after the snapshot
        assert settings.read() != before
        dict.__setitem__(own, "lines.linewidth", 7.0)
        assert settings.read()["lines.linewidth"] == 7.0
    finally:
        settings.write(before)
    assert settings.read() == before


def test_settings_of_matplotlib_notice_the_first_look_of_each_cell() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    settings = state("<rcParams>")
    settings.begin()
    plain = type(matplotlib.RcParams())
    for look in (lambda rc: rc["lines.linewidth"], list, lambda rc: rc.update({"lines.linewidth": 1.5})):
        settings.forget()
        assert not settings.asked()
        look(matplotlib.rcParams)
        assert settings.asked()
        assert type(matplotlib.rcParams) is plain  # until the next cell, it costs nothing more
    settings.forget()
    assert isinstance(matplotlib.rcParams, plain)
    assert not settings.asked()
