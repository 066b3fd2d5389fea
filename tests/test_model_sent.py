"""Values that a kernel is sent and sends back arrive as they were."""

from __future__ import annotations

import pickle
from dataclasses import fields
from typing import Any

import pytest

from nbpublish.kernel.account import Account
from nbpublish.model import Cell, Names, Observation, Options, Output, Task, Version

ALL = (
    Version("print", "t", frozenset({"f"}), ("a", "b"), "blob", True, "layout", "setting", True),
    Observation("file", "data.csv", "digest"),
    Task({"x": Version(None)}, "c", frozenset({"annotations"}), 0.5, 1.5, frozenset({"np.a"}), False, True, sets="k"),
    Options(code="fold", timeout=2.0, tags=("a",)),
    Cell("c1", "code", "x = 1", 3),
    Names(frozenset({"x"}), frozenset({"y"})),
    Output("display", {"text/plain": "x", "image/png": b"\x89"}, {"width": 3}),
    Account({"x": Version("print")}, frozenset({"y"}), (Observation("state", "<cwd>", ""),)),
)


@pytest.mark.parametrize("value", ALL, ids=lambda value: type(value).__name__)
def test_a_value_that_is_sent_arrives_as_it_was(value: Any) -> None:
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        arrived = pickle.loads(pickle.dumps(value, protocol))
        assert type(arrived) is type(value)
        assert [getattr(arrived, field.name) for field in fields(value)] == [
            getattr(value, field.name) for field in fields(value)
        ]
        assert arrived == value
