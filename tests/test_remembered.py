"""Functions remember what they have given, for as long as somebody asks for it."""

from __future__ import annotations

import pytest

from nbpublish import remembered as room
from nbpublish.remembered import Remembered


@pytest.fixture
def asked() -> list[object]:
    return []


@pytest.fixture
def double(asked: list[object]) -> Remembered[[int], int]:
    def double(number: int) -> int:
        """Twice as much."""
        asked.append(number)
        return 2 * number

    return Remembered(double, 3)


def test_what_was_asked_for_before_is_not_computed_again(double: Remembered[[int], int], asked: list[object]) -> None:
    assert [double(1), double(2), double(1), double(number=1), double(number=1)] == [2, 4, 2, 2, 2]
    assert asked == [1, 2, 1], "named or not, it is asked in another way"
    assert double.__doc__ == "Twice as much."


def test_what_is_asked_for_in_each_season_stays(double: Remembered[[int], int], asked: list[object]) -> None:
    for season in range(10, 20):
        assert double(1) == 2
        assert double(season) == 2 * season
        double.season_ends()
    assert asked == [1, *range(10, 20)]


def test_what_nobody_asked_for_in_a_season_is_forgotten(double: Remembered[[int], int], asked: list[object]) -> None:
    double(1)
    double.season_ends()
    assert len(double) == 1
    double.season_ends()
    assert len(double) == 0
    double(1)
    assert asked == [1, 1]


def test_without_seasons_twice_its_room_is_kept(double: Remembered[[int], int], asked: list[object]) -> None:
    for number in range(100):
        double(number)
    assert len(double) <= 6
    double(99)
    double(97)
    assert len(asked) == 100, "the last ones are there"


def test_a_failure_is_not_remembered() -> None:
    def fails(number: int) -> int:
        raise ValueError(number)

    function = Remembered(fails)
    for _ in range(2):
        with pytest.raises(ValueError, match="3"):
            function(3)
    assert len(function) == 0


def test_all_functions_that_remember_have_the_same_seasons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "ALL", [])
    one, other = room.remembered(abs), room.remembered(len)
    assert one(-1) == other("a") == 1
    room.season_ends()
    room.season_ends()
    assert len(one) == len(other) == 0
