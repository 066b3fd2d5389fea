"""HTML and text of outputs are the same in every process, and say where they would load from."""

from __future__ import annotations

import html

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbpublish.kernel.rich_html import remote_hosts, steady, steady_html, steady_text


def test_an_address_in_memory_is_left_out() -> None:
    class Thing:
        pass

    assert steady_text(object.__repr__(Thing())).endswith("Thing object at 0x…>")
    assert steady({"text/plain": repr(lambda: 0)}, {})[0]["text/plain"].endswith("at 0x…>")


@pytest.mark.parametrize("text", [hex(255), "'0xdeadbeef'", "look at 0x10", "0x7f3c5e8a9b10"])
def test_other_hexadecimal_numbers_stay(text: str) -> None:
    assert steady_text(text) == text


def test_an_address_whose_beginning_was_cut_out_is_left_out_too() -> None:
    one, other = "<function f_c...x7f5e88e99760>", "<function f_c...x7f0e7dcf1760>"
    assert steady_text(one) == steady_text(other) == "<function f_c...x…>"
    assert steady_html(one.replace("<", "&lt;").replace(">", "&gt;")) == "&lt;function f_c...x…&gt;"
    assert steady_text("<a> and so on...deadbeef> <b>") == "<a> and so on...deadbeef> <b>"


def test_two_equal_styled_frames_look_the_same_and_two_different_ones_do_not_share_ids() -> None:
    frame = pd.DataFrame({"a": [1, 2]})
    one, other = (steady_html(frame.style.highlight_max()._repr_html_()) for _ in range(2))
    assert one == other
    different = steady_html(frame.style.highlight_min()._repr_html_())
    id = one.partition('<table id="')[2].partition('"')[0]
    assert id
    assert id not in different
    assert f"#{id}_row1_col0" in one


def test_two_equal_estimators_look_the_same() -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    one, other = (make_pipeline(LogisticRegression(C=c))._repr_html_() for c in (1, 1))
    assert one != other
    assert steady_html(one) == steady_html(other)
    assert remote_hosts(steady_html(one)) == []


def test_names_that_end_in_random_digits_follow_from_the_content() -> None:
    def map_of(place: str, random: str) -> str:
        script = f"var map_{random} = L.map('map_{random}'); var layer_{random[::-1]} = '{place}';"
        document = html.escape(f'<div id="map_{random}"></div><script>{script}</script>')
        return steady_html(f'<iframe srcdoc="{document}"></iframe>')

    assert map_of("tokyo", "0123456789abcdef" * 2) == map_of("tokyo", "fedcba9876543210" * 2)
    assert map_of("tokyo", "0123456789abcdef" * 2) != map_of("kyoto", "0123456789abcdef" * 2)


def test_digests_that_are_shown_as_text_stay() -> None:
    text = "<td>md5_d41d8cd98f00b204e9800998ecf8427e</td>"
    assert steady_html(text) == text


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ('<script src="https://cdn.jsdelivr.net/x.js"></script>', ["cdn.jsdelivr.net"]),
        ("<img alt='a' src=//img.example/x.png>", ["img.example"]),
        ('<link rel="stylesheet" href="https://fonts.example/x.css">', ["fonts.example"]),
        ("<style>@import 'https://a.example/x'; p {background: url(https://b.example/y)}</style>",
         ["a.example", "b.example"]),
        ('<script type="module">import x from "https://esm.example/x"</script>', ["esm.example"]),
        ('<iframe srcdoc="&lt;script src=&quot;https://deep.example/x&quot;&gt;"></iframe>', ["deep.example"]),
        ('<a href="https://link.example">a link is followed, not loaded</a>', []),
        ('<img src="data:image/png;base64,AAAA"><script>var https = "//"</script>', []),
        ("", []),
    ],
)
def test_hosts_that_are_loaded_from_are_named(text: str, hosts: list[str]) -> None:
    assert remote_hosts(text) == hosts
    assert steady({"text/html": text}, {})[1].get("remote_hosts", []) == hosts


@given(st.text(alphabet="<>&;\"' =/#_abcdef0123456789xthsrcid:", max_size=80))
def test_any_text_survives(text: str) -> None:
    once = steady_html(text)
    assert steady_html(once) == once
    remote_hosts(text)
