"""What a terminal would show in the end, and in which order outputs stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbpublish.kernel.events import Cleared, Event, Shown, Text
from nbpublish.kernel.terminal import settle
from nbpublish.kernel.transcript import Transcript
from nbpublish.model import Output

RED, OFF = "\x1b[31m", "\x1b[0m"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("plain\ntext\t日本\n", "plain\ntext\t日本\n"),
        ("windows\r\nlines\r\n", "windows\nlines\n"),
        (" 10%\r 50%\r100%\ndone\n", "100%\ndone\n"),
        ("longer line\rshort", "shortr line"),
        ("longer line\r\x1b[Kshort", "short"),
        ("abc\b\bX", "aXc"),
        (f"{RED}red{OFF}\n", f"{RED}red{OFF}\n"),
        (f"{RED}red\r{OFF}b", f"b{RED}ed{OFF}"),
        ("one\ntwo\n\x1b[2A\x1b[KONE\n", "ONE\ntwo\n"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b[?25lhidden cursor\x1b[?25h", "hidden cursor"),
        ("bell\x07 and null\x00", "bell and null"),
        ("before\x1b[2J\x1b[Hafter", "after"),
        ("a\x1b[3Cb", "a   b"),
        ("far\x1b[999999999Bx", "far" + "\n" * 10_000 + "   x"),
    ],
)
def test_text_is_shown_as_a_terminal_would_leave_it(written: str, shown: str) -> None:
    assert settle(written) == shown


@given(st.text(alphabet=st.sampled_from("ab\n\r\b\x1b[]0123;mKAJHGé\x07")))
def test_settled_text_is_settled_and_has_no_control_characters_but_colours(written: str) -> None:
    settled = settle(written)
    assert settle(settled) == settled
    assert not set(settled) & set("\r\b\x07")
    assert settled.count("\x1b") == settled.count("\x1b[")


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs"))))
def test_ordinary_text_stays_as_it_is(written: str) -> None:
    assert settle(written) == written


def said(*events: Event) -> list[tuple[str, str]]:
    transcript = Transcript()
    for event in events:
        transcript.add(event)
    return [(output.channel, output.data["text/plain"]) for output in transcript.outputs()]


def shown(text: str, id: str | None = None, update: bool = False) -> Shown:
    return Shown(Output("display", {"text/plain": text}), id, update)


def test_neighbouring_text_is_one_output_even_where_a_character_is_torn() -> None:
    first, second = "語".encode()[:1], "語".encode()[1:]
    assert said(Text("stdout", first), Text("stdout", second), Text("stderr", b"e")) == [
        ("stdout", "語"), ("stderr", "e")
    ]  # fmt: skip


def test_bytes_that_are_no_text_are_marked() -> None:
    assert said(Text("stdout", b"a\xffb")) == [("stdout", "a\ufffdb")]


def test_a_bar_between_printed_lines_stands_where_it_was_drawn_last() -> None:
    events = [Text("stderr", b"\r 0%"), Text("stdout", b"1\n"), Text("stderr", b"\r50%"), Text("stdout", b"2\n")]
    assert said(*events, Text("stderr", b"\r100%\n")) == [("stdout", "1\n"), ("stdout", "2\n"), ("stderr", "100%\n")]


def test_an_update_replaces_what_was_displayed_before() -> None:
    assert said(shown("a", "id"), shown("b"), shown("c", "id", update=True)) == [("display", "c"), ("display", "b")]


def test_an_update_of_another_cells_display_is_not_lost() -> None:
    assert said(shown("c", "id", update=True)) == [("display", "c")]


def test_clearing_removes_everything_and_with_wait_only_once_something_follows() -> None:
    assert said(shown("a"), Text("stdout", b"b"), Cleared(wait=False), shown("c")) == [("display", "c")]
    assert said(shown("a"), Cleared(wait=True)) == [("display", "a")]
    assert said(shown("a"), Cleared(wait=True), Text("stdout", b"b"), shown("c")) == [("stdout", "b"), ("display", "c")]
