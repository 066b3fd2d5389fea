"""What a cell printed, displayed or drew, as HTML."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import code, page_of, printed, prose, raised, result, run, shown
from pages import page as render_run

from nbpublish.model import Output, Trace
from nbpublish.page import ansi
from nbpublish.page.assets import Assets
from nbpublish.page.html import closed, is_closed, parse
from nbpublish.page.numbering import alone
from nbpublish.page.render import render
from nbpublish.page.settings import PageSettings
from nbpublish.page.sizes import size_of
from nbpublish.page.tables import with_rows


def png(width: int, height: int) -> bytes:
    """A black picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + b"\0" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def uri(data: bytes, mimetype: str = "image/png") -> str:
    return f"data:{mimetype};base64,{base64.b64encode(data).decode()}"


def bundle(**data: object) -> Output:
    return Output("result", {name.replace("__", "/").replace("_", "-"): value for name, value in data.items()})


# --- printed text -----------------------------------------------------------------------------------------------------


def test_adjacent_prints_are_one_text() -> None:
    assert shown(printed("a\n"), printed("b\n")) == '<pre class="nb-stream nb-stdout">a\nb</pre>'


def test_streams_stay_apart_and_in_order() -> None:
    html = shown(printed("a"), printed("b", "stderr"), printed("c"))
    assert re.findall(r"nb-(std\w+)\">(\w)", html) == [("stdout", "a"), ("stderr", "b"), ("stdout", "c")]


def test_printed_markup_is_text() -> None:
    assert "&lt;b&gt; &amp;" in shown(printed("<b> &"))


def test_blank_text_shows_nothing() -> None:
    assert page_of(printed("\n \x1b[0m\n")).html == ""


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("\x1b[31mred\x1b[0m x", '<span class="nb-ansi-red">red</span> x'),
        (
            "\x1b[1;92mok\x1b[22m.",
            '<span class="nb-ansi-bold nb-ansi-bright-green">ok</span><span class="nb-ansi-bright-green">.</span>',
        ),
        ("\x1b[38;5;196mx", '<span class="nb-ansi-rgb" style="--nb-ansi:#ff0000">x</span>'),
        ("\x1b[48;2;1;2;3mx", '<span class="nb-ansi-bg-rgb" style="--nb-ansi-bg:#010203">x</span>'),
        (
            "\x1b[7;31mx\x1b[27my",
            '<span class="nb-ansi-inverse nb-ansi-bg-red">x</span><span class="nb-ansi-red">y</span>',
        ),
        ("\x1b]8;;https://x.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\x1b[2Kb\x1b[1Ac\x07", "abc"),
        ("\x1b[38;5mx", "x"),
    ],
)
def test_terminal_colours_become_classes(text: str, html: str) -> None:
    assert ansi.to_html(text) == html


def test_a_progress_bar_shows_its_last_state() -> None:
    assert ansi.overwritten("  0%\r 50%\r100%\nnext\r\nab\bc") == "100%\nnext\nac"


@settings(deadline=None)
@given(st.text(st.sampled_from("ab<&\x1b[]();:m0123 45K8\r\n\x07\\"), max_size=80))
def test_whatever_is_printed_loses_no_letter_and_breaks_nothing(text: str) -> None:
    html = ansi.to_html(text)
    assert is_closed(html)
    assert parse(f"<pre>{html}</pre>").get_text() == ansi.plain(text)


def test_long_text_is_folded_after_its_beginning_and_nothing_is_lost() -> None:
    text = "\n".join(f"line {n}" for n in range(500))
    html = shown(printed(text))
    assert "<summary>480 more lines</summary>" in html
    assert [f"line {n}" for n in range(500)] == re.findall(r"line \d+", html)
    assert "<details" not in shown(printed("\n".join("x" * 30)))


# --- the best representation ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"text__html": "<b>h</b>", "text__plain": "p"}, "<b>h</b>"),
        ({"text__plain": "p"}, '<pre class="nb-text">p</pre>'),
        ({"text__latex": "$x$", "text__plain": "p"}, "<math"),
        ({"text__html": "", "text__plain": "p"}, None),
        ({"text__markdown": "*m*", "text__plain": "p"}, "<em>m</em>"),
        ({"application__json": {"a": 1}, "text__plain": "p"}, "nb-tree"),
        ({"text__html": ["<i>", "lines</i>"]}, "<i>lines</i>"),
    ],
)
def test_the_richest_representation_is_shown(data: dict[str, Any], expected: str | None) -> None:
    html = page_of(bundle(**data)).html
    assert html == "" if expected is None else expected in html
    assert html.count("nb-text") == (expected == '<pre class="nb-text">p</pre>')


def test_marimos_prose_is_taken_as_markdown_not_as_its_html() -> None:
    html = '<span class="markdown prose"><h2 id="x">T</h2></span>'
    both = Output("result", {"text/markdown": "## T", "text/html": html})
    assert [h.html for h in page_of(both).headings] == ["T"]


def test_an_unknown_representation_is_named() -> None:
    html = shown(result("application/x-secret", b"\0\1"))
    assert html.startswith('<p class="nb-placeholder" data-kind="binary">')
    assert "application/x-secret" in html


def test_javascript_is_not_run_and_the_author_is_told() -> None:
    page = page_of(result("application/javascript", "alert(1)"))
    assert "alert" not in page.html
    assert [p.code for p in page.problems] == ["script-output"]


# --- figures ----------------------------------------------------------------------------------------------------------


def test_a_picture_becomes_a_file_named_by_its_content() -> None:
    page = page_of(result("image/png", png(30, 20)), result("image/png", png(30, 20)), asset_base="files/")
    assert [asset.data for asset in page.assets] == [png(30, 20)]
    assert re.fullmatch(r"[0-9a-f]{16}\.png", page.assets[0].name)
    assert (
        page.html.count(f'<img src="files/{page.assets[0].name}" alt="Figure" width="30" height="20" loading="lazy"')
        == 2
    )


def test_a_picture_may_come_as_base64() -> None:
    assert page_of(result("image/png", base64.b64encode(png(3, 2)).decode() + "\n")).assets[0].data == png(3, 2)


def test_a_broken_picture_gives_way_to_the_text_beside_it() -> None:
    assert "fallback" in shown(Output("result", {"image/png": "!!!", "text/plain": "fallback"}))


@pytest.mark.parametrize(
    ("metadata", "size"),
    [
        ({}, ("30", "20")),
        ({"width": 15, "height": 10}, ("15", "10")),
        ({"width": 15}, ("15", "10")),
        ({"image/png": {"height": 40}}, ("60", "40")),
        ({"width": "wide"}, ("30", "20")),
    ],
)
def test_a_picture_says_its_size(metadata: dict[str, Any], size: tuple[str, str]) -> None:
    html = shown(Output("display", {"image/png": png(30, 20)}, metadata))
    assert re.search(r'width="(\d+)" height="(\d+)"', html).groups() == size  # type: ignore[union-attr]


SIZES = [
    ("image/gif", b"GIF89a" + struct.pack("<HH", 5, 6)),
    ("image/jpeg", b"\xff\xd8\xff\xe0\0\x04ab\xff\xc2\0\x0b\x08" + struct.pack(">HH", 6, 5) + b"\1\1\1\0"),
    ("image/webp", b"RIFF----WEBPVP8X" + b"\0" * 8 + (4).to_bytes(3, "little") + (5).to_bytes(3, "little")),
    ("image/webp", b"RIFF----WEBPVP8L" + b"\0" * 5 + struct.pack("<I", 4 | 5 << 14)),
    ("image/webp", b"RIFF----WEBPVP8 " + b"\0" * 10 + struct.pack("<HH", 5, 6)),
    ("image/svg+xml", b'<?xml version="1.0"?><svg xmlns="x" width="5px" height="6"></svg>'),
    ("image/svg+xml", b'<svg viewBox="0 0 5 6" width="100%"/>'),
    ("image/svg+xml", b'<svg width="3.75pt" height="4.5pt"/>'),
]


@pytest.mark.parametrize(("mimetype", "data"), SIZES)
def test_sizes_are_read_from_every_kind_of_picture(mimetype: str, data: bytes) -> None:
    assert size_of(data, mimetype) == (5, 6)


@settings(deadline=None)
@given(st.sampled_from(SIZES), st.integers(0, 60), st.binary(max_size=8))
def test_a_damaged_picture_has_a_size_or_none(picture: tuple[str, bytes], at: int, junk: bytes) -> None:
    mimetype, data = picture
    size = size_of(data[:at] + junk + data[at + len(junk) :], mimetype)
    assert size is None or (size[0] > 0 and size[1] > 0)


@pytest.mark.parametrize(
    ("cell", "metadata", "alt"),
    [
        ({"alt": "A rising line"}, {"alt": "other"}, "A rising line"),
        ({"alt": ""}, {}, ""),
        ({}, {"alt": "y over x"}, "y over x"),
        ({}, {"title": "Growth"}, "Figure: Growth"),
        ({"caption": "The *fit*"}, {}, "Figure: The fit"),
        ({"name": "fit_plot"}, {}, "Figure drawn by the cell fit_plot"),
        ({}, {}, "Figure"),
    ],
)
def test_alternative_text_is_the_authors_else_the_figures_else_where_it_is_from(
    cell: dict[str, Any], metadata: dict[str, Any], alt: str
) -> None:
    html = shown(Output("result", {"image/png": png(3, 2)}, metadata), cell=code("c", "plot()", **cell))
    assert parse(html).img["alt"] == alt  # type: ignore[index]


def test_the_caption_and_the_label_go_to_the_first_figure() -> None:
    cell = code("c", "plot()", caption="The *fit*, $x^2$", label="fig-fit")
    page = page_of(result("image/png", png(3, 2)), result("image/png", png(4, 2)), cell=cell)
    assert page.html.count("<figcaption>") == 1
    assert '<figcaption><span class="nb-caption-number">Figure 1</span>: The <em>fit</em>, <math ' in alone(page.html)
    assert page.html.index('<figure class="nb-figure" id="fig-fit">') < page.html.index('<figure class="nb-figure">')
    assert "fig-fit" in page.anchors


def test_sound_and_film_get_a_player() -> None:
    page = page_of(result("audio/wav", b"RIFF"), result("video/mp4", b"film"))
    assert [a.name.rpartition(".")[2] for a in page.assets] == ["wav", "mp4"]
    assert re.findall(r"<(audio|video) controls", page.html) == ["audio", "video"]


# --- charts that need a script ----------------------------------------------------------------------------------------


def test_a_chart_with_a_picture_beside_it_shows_the_picture() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"><title>Sales</title></svg>'
    page = page_of(
        Output("result", {"application/vnd.vegalite.v6+json": {}, "image/svg+xml": svg, "text/html": "<script>"})
    )
    assert page.assets[0].data == svg.encode()
    assert 'alt="Figure: Sales" width="4" height="3"' in page.html


@pytest.mark.parametrize(
    ("mimetype", "data", "words"),
    [
        ("application/vnd.plotly.v1+json", {"layout": {"title": {"text": "Sales"}}}, "Plotly chart: Sales"),
        ("application/vnd.vegalite.v6+json", {"title": "Sales"}, "Altair chart: Sales"),
        ("application/vnd.vega.v5+json", {"title": {"text": ["Sales", "2026"]}}, "Vega chart: Sales 2026"),
        ("application/vnd.vegalite.v6+json", '{"title": "<b>"}', "Altair chart: &lt;b&gt;"),
        ("application/vnd.plotly.v1+json", "no json", "Plotly chart."),
    ],
)
def test_a_chart_without_a_picture_is_named(mimetype: str, data: object, words: str) -> None:
    html = shown(result(mimetype, data))
    assert html.startswith('<p class="nb-placeholder"')
    assert words in html
    assert [(p.code, p.severity) for p in page_of(result(mimetype, data)).problems] == [("no-picture", "warning")]


def test_what_bokeh_shows_while_it_loads_is_no_output() -> None:
    note = (
        "<style>.bk-notebook-logo { width: 20px }</style>"
        '<div><a href="https://bokeh.org" class="bk-notebook-logo"></a><span id="1">Loading BokehJS ...</span></div>'
    )
    script = {"application/javascript": "load()", "application/vnd.bokehjs_load.v0+json": ""}
    page = page_of(Output("display", {"text/html": note}), Output("display", script))
    assert "Bokeh" not in page.html
    assert "nb-placeholder" not in page.html
    assert page.problems == ()


def test_a_widget_is_named_by_what_it_says() -> None:
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/plain": "IntSlider age: 5"}
    assert "Interactive widget IntSlider age: 5" in shown(Output("display", view))


# --- tables -----------------------------------------------------------------------------------------------------------

PANDAS = """<div><style scoped>.dataframe tbody tr th {vertical-align: middle;}</style>
<table border="1" class="dataframe"><thead><tr style="text-align: right;"><th></th><th>name</th><th>n</th></tr></thead>
<tbody><tr><th>0</th><td>Ada</td><td>1</td></tr><tr><th>1</th><td>NaN</td><td>-2.5e3</td></tr></tbody></table>
<p>2 rows × 2 columns</p></div>"""


def test_a_data_frame_becomes_a_plain_table_in_a_scroller() -> None:
    soup = parse(shown(result("text/html", PANDAS)))
    assert soup.style is None
    box, table = soup.select_one("div.nb-table"), soup.table
    assert box is not None
    assert table is not None
    assert (box["role"], box["tabindex"], box["aria-label"]) == ("group", "0", "Table")
    assert table.attrs == {}
    assert [th.get("scope") for th in table.select("th")] == ["col", "col", "col", "row", "row"]
    assert [cell.get_text() for cell in table.select(".nb-num")] == ["n", "1", "-2.5e3"]
    assert soup.select_one("p.nb-note") is not None


def test_the_colours_of_a_styler_stay() -> None:
    html = (
        '<style type="text/css">#T_1 {color: red}</style><table id="T_1"><tr><td style="color: red">1</td></tr></table>'
    )
    given = shown(result("text/html", html))
    assert "#T_1 {color: red}" in given
    assert 'style="color: red"' in given


def test_the_size_of_a_data_frame_is_told_in_the_language_of_the_page() -> None:
    frame = Output(
        "result",
        {"text/html": PANDAS.replace("<p>2 rows × 2 columns</p>", "")},
        {"table": {"rows": 2000, "columns": 1}},
    )
    assert "2,000 rows × 1 column</p>" in shown(frame)
    assert "2,000 行 × 1 列</p>" in shown(frame, language="ja")


def test_a_table_that_is_shown_in_part_can_be_taken_along_whole() -> None:
    data = {"text/html": PANDAS, "text/csv": "a,名\n1,佐藤\n"}
    facts = {"table": {"rows": 900, "columns": 2}}
    page = page_of(Output("result", data, facts), cell=code("c", "f()", name="scores"), language="ja")
    [asset] = page.assets
    assert asset.data.decode("utf-8-sig") == data["text/csv"]
    link = f'<a class="nb-rows" href="{asset.name}" download="scores.csv">表全体を CSV で保存</a>'
    assert f'<p class="nb-note">900 行 × 2 列 · {link}</p>' in page.html
    assert "nb-rows" not in shown(Output("result", {"text/html": PANDAS}, facts))


def test_a_table_that_follows_a_widget_offers_no_file_for_each_state() -> None:
    data, facts = {"text/csv": "a\n1\n"}, {"table": {"rows": 900, "columns": 2}}
    context: Any = SimpleNamespace(cell=code("c", "f()"), following={"c": ""}, assets=Assets(""))
    assert with_rows(data, facts, context) == facts
    assert context.assets.all == ()
    context.following = {}
    assert with_rows(data, facts, context) != facts


WORDS = st.sampled_from(
    ["1", "-2.5e3", "2 000", "3 %", "Ada", "x y", "NaN", "-", "", "  ", "a&amp;b", "<b>1</b>", "é", "1>0"]
)
ROWS = st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=3)


def table_of(rows: list[tuple[str, str]], attribute: str = "") -> str:
    cells = [f"<th>{n}</th><td{attribute}>{one}</td>\n<td>{two}</td>" for n, (one, two) in enumerate(rows)]
    head = "<thead><tr><th></th><th>one</th><th>two</th></tr></thead>"
    return f'<table class="dataframe">{head}<tbody><tr>{"</tr><tr>".join(cells)}</tr></tbody></table>'


@settings(max_examples=40, deadline=None)
@given(st.lists(ROWS, min_size=2, max_size=6), st.sampled_from(["", ' class="number"', ' id="a"', ' onclick="f()"']))
def test_a_table_is_the_same_whichever_tables_were_written_before_it(tables: list[Any], attribute: str) -> None:
    """What is made of their markup is made once, and a state of a slider takes its own values."""
    outputs = [result("text/html", table_of(rows, attribute)) for rows in tables]
    assert shown(*outputs) == "\n".join(map(shown, outputs))


def test_of_tables_with_the_same_markup_one_is_gone_through(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    monkeypatch.setattr("nbpublish.page.outputs.parse", lambda html: parsed.append(html) or parse(html))
    tables = [table_of([(str(n), f"name {n}"), (str(-n), "NaN")]) for n in range(9)]
    together = shown(*(result("text/html", html) for html in tables))
    assert len(parsed) == 1
    assert re.findall("name .", together) == [f"name {n}" for n in range(9)]
    assert together.count("7130526084") == 0
    shown(*(result("text/html", table_of([(word, "2")])) for word in ("1", "Ada", "-")))
    assert len(parsed) == 4, "a number, a word and nothing are not of one kind"


def test_a_table_with_a_caption_is_a_figure() -> None:
    html = shown(result("text/html", PANDAS), cell=code("c", "df", caption="Our *data*"))
    assert re.match(
        r'<figure class="nb-figure nb-figure-table"><figcaption>Our <em>data</em></figcaption>.*</figure>$', html, re.S
    )


# --- JSON -------------------------------------------------------------------------------------------------------------


def test_json_is_a_tree_without_a_script() -> None:
    html = shown(result("application/json", {"a": [1, "<x>", None, True], "empty": {}}))
    assert html.count("<details") == 2
    assert '<span class="nb-key">a</span>' in html
    assert '<code class="nb-string">&quot;&lt;x&gt;&quot;</code>' in html
    assert '<code class="nb-constant">null</code>' in html


def test_a_tree_too_deep_to_show_ends_in_a_remark() -> None:
    deep: object = 1
    for _ in range(5000):
        deep = [deep]
    assert "nested too deeply" in shown(result("application/json", deep))


# --- addresses --------------------------------------------------------------------------------------------------------


def resolving(*outputs: Output, source: str = "show()") -> tuple[str, list[tuple[str, int]]]:
    """The HTML of a cell's outputs, and the addresses that were looked up with the lines they stand on."""
    asked: list[tuple[str, int]] = []
    cell = code("c", source, line=7)

    def link(url: str, line: int) -> str:
        asked.append((url, line))
        return f"../{url}"

    page = render(run(cell, traces={"c": Trace("key", outputs)}), PageSettings(), link)
    return page.html, asked


def test_a_picture_in_an_output_is_the_file_beside_the_notebook() -> None:
    markup = "<img src='a.png'><video poster='b.png'><source src='c.mp4'></video><a href='two.py#x'>next</a>"
    html, asked = resolving(result("text/html", markup), source="HTML(\n'a.png two.py#x')")
    assert [address for address, _ in asked] == ["a.png", "b.png", "c.mp4", "two.py#x"]
    assert (asked[0][1], asked[1][1]) == (8, 7)
    assert all(f'"../{address}"' in html for address, _ in asked)


@pytest.mark.parametrize("address", ["#part", "/top", "https://example.org/x", "mailto:a@example.org", "data:,x", "?q"])
def test_an_address_that_is_complete_stays(address: str) -> None:
    html, asked = resolving(result("text/html", f"<a href='{address}'>x</a>"))
    assert asked == []
    assert f'"{address}"' in html


def test_links_within_layout_are_looked_up_once() -> None:
    callout = "<marimo-callout-output data-html='&quot;&lt;a href=&#x27;two.py&#x27;&gt;x&lt;/a&gt;&quot;'>"
    callout += "</marimo-callout-output>"
    accordion = """<marimo-accordion data-labels='["x"]'><div><a href="three.py">x</a></div></marimo-accordion>"""
    for mimetype in ("text/html", "text/markdown"):
        html, asked = resolving(Output("result", {mimetype: callout + accordion}, {"marimo": True}))
        assert sorted(address for address, _ in asked) == ["three.py", "two.py"]
        assert '"../two.py"' in html
        assert '"../three.py"' in html


@pytest.mark.parametrize("kind", ["text/html", "text/markdown", "prose"])
def test_links_in_drawings_are_spelled_so_that_scripts_of_themes_leave_them_alone(kind: str) -> None:
    """Material's instant navigation sets `href` of whatever has one; an element of SVG refuses that with an error."""
    drawing = '<svg viewBox="0 0 9 9"><a href="#there"><path d="M0 0"/></a><use href="#shape" /></svg>'
    html = f'<div>{drawing}<a href="#here">an ordinary link</a></div>'
    shows = render_run(run(prose("p", html))).html if kind == "prose" else shown(result(kind, html))
    assert '<a xlink:href="#there">' in shows
    assert 'xlink:href="#shape"' in shows
    assert '<a href="#here">' in shows
    assert shows.count('"#there"') == shows.count('"#shape"') == 1


# --- formulas ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("latex", ["$x^2$", "$$x^2$$", r"\[x^2\]", r"$\displaystyle x^2$", "x^2"])
def test_a_formula_becomes_mathml_whatever_its_delimiters(latex: str) -> None:
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in shown(result("text/latex", latex))


@pytest.mark.parametrize(
    ("latex", "words", "formulas"),
    [
        (r"Let $x^2$ be", ["Let ", " be"], 1),
        ("$x^2$ and $y < 2$", [" and "], 2),
        (r"First \[x^2\] then $$y^2$$", ["First ", " then "], 2),
        (r"$$x^2 \text{ if $y$}$$", [], 1),
        (r"x^2 \text{ if $y$}", [], 1),
    ],
)
def test_text_with_formulas_in_it_stays_text(latex: str, words: list[str], formulas: int) -> None:
    page = page_of(result("text/latex", latex))
    assert page.html.count("<math") == formulas
    assert all(word in page.html for word in words)
    assert page.problems == ()


def test_a_formula_that_cannot_be_read_stays_readable() -> None:
    page = page_of(result("text/latex", r"$\nonsense{<$"))
    assert r"\nonsense{&lt;</code>" in page.html
    assert [p.code for p in page.problems] == ["math"]


# --- exceptions -------------------------------------------------------------------------------------------------------


def frame(path: str, line: int, function: str, code: str, library: bool = False) -> dict[str, Any]:
    return {"path": path, "line": line, "function": function, "code": code, "library": library}


def test_an_exception_says_what_happened_and_where_in_this_cell() -> None:
    failed = raised(
        "ValueError",
        "bad <value>\nsecond line",
        frame("lecture.py", 11, "<module>", "f(1)"),
        frame("numpy/core.py", 900, "inner", "raise", True),
        frame("numpy/core.py", 901, "deeper", "raise", True),
    )
    html = shown(failed, cell=code("c", "x = 1\nf(1)", line=10))
    assert "<strong>ValueError</strong>: bad &lt;value&gt;</p>" in html
    assert '<pre class="nb-text">second line</pre>' in html
    assert "Line 2 of this cell <small>lecture.py:11</small>" in html
    fold = html[html.index("<details") : html.index("</details>")]
    assert "<summary>2 frames in libraries</summary>" in fold
    assert "numpy/core.py" in fold


def test_a_frame_in_another_cell_links_to_it() -> None:
    failed = Trace("k", (raised("E", "", frame("lecture.py", 2, "f", "1 / 0")),), "failed")
    cells = code("a", "def f():\n    1 / 0", line=1, name="helper"), code("b", "f()", line=9)
    html = render_run(run(*cells, traces={"b": failed})).html
    assert 'Line 2 of <a href="#cell-a">the cell <code>helper</code></a>, in <code>f</code>' in html


def test_what_led_to_an_exception_is_told_in_the_readers_language() -> None:
    causes = ["Caused by KeyError: 'a' (lecture.py:11)", "While handling OSError: gone (x.py:3)"]
    message = "\n\n".join(["no config", "read the guide", *causes])
    failed = raised("ValueError", message, frame("lecture.py", 13, "<module>", "raise"))
    cell = code("c", "try:\n    {}['a']\nexcept KeyError as e:\n    raise ValueError() from e", line=10)
    english, japanese = (shown(failed, cell=cell, language=language) for language in ("en", "ja"))
    assert '<pre class="nb-text">\nread the guide</pre>' in english
    assert "Caused by <strong>KeyError</strong>: &#x27;a&#x27; (Line 2 of this cell)</p>" in english
    assert "While handling <strong>OSError</strong>: gone (<code>x.py</code>, line 3)</p>" in english
    assert "原因：<strong>KeyError</strong>: &#x27;a&#x27;（このセルの 2 行目）</p>" in japanese


def test_the_line_that_failed_is_marked_in_the_code() -> None:
    def lines_marked(source: str, *frames: dict[str, Any], **options: Any) -> list[str]:
        cell = code("c", source, line=10, **options)
        trace = Trace("k", (raised("E", "", *frames),), "failed")
        html = render_run(run(cell, traces={"c": trace})).html
        return [re.sub("<[^>]*>", "", line) for line in re.findall(r'<span class="hll">(.*?)\n</span>', html)]

    source = "def f(x):\n    return 1 / x\n\nf(0)"
    here = frame("lecture.py", 13, "<module>", "f(0)")
    assert lines_marked(source, here) == ["f(0)"]
    assert lines_marked(source, here, frame("lecture.py", 11, "f", "return 1 / x")) == ["    return 1 / x"]
    assert lines_marked(source, here, frame("numpy/core.py", 3, "g", "raise", True), raises=True) == ["f(0)"]
    assert lines_marked(source, frame("other.py", 11, "<module>", "x")) == []


def test_a_frame_that_only_repeats_its_line_is_left_out() -> None:
    line = frame("lecture.py", 10, "f", "return [1 / x for x in y]")
    again = {**line, "function": "f.<locals>.<listcomp>"}
    html = shown(raised("E", "", line, again), cell=code("c", "f([0])", line=10))
    assert html.count('<p class="nb-frame">') == 1


def test_an_end_that_is_no_exception_is_explained() -> None:
    assert "The cell took longer than it may. It ran for 30 s." in shown(raised("Timeout", "It ran for 30 s."))


# --- HTML of others ---------------------------------------------------------------------------------------------------

STYLES = [
    ("body {overflow: hidden} .a {color: red}", ":not(*) {overflow: hidden} .a {color: red}"),
    ("html,\nbody, .app { margin: 0 }", ":not(*),\n:not(*), .app { margin: 0 }"),
    ("/* a */ BODY{}@media print{ body { color: red } }", "/* a */ :not(*){}@media print{ :not(*) { color: red } }"),
]


@pytest.mark.parametrize("written", ["html", "markdown", "prose"])
@pytest.mark.parametrize(("style", "kept"), STYLES)
def test_a_style_for_the_whole_page_is_left_out(style: str, kept: str, written: str) -> None:
    text = f"<style>{style}</style>\n\ntext"
    page = render_run(run(prose("p", text))) if written == "prose" else page_of(result(f"text/{written}", text))
    assert kept in page.html
    assert [p.code for p in page.problems] == ["page-style"]


def test_other_styles_stay_as_they_are() -> None:
    style = "<style>.body {a: b} body .x {c: d} #html, p.body{e: f} .my-body, tbody {g: h}</style>"
    page = page_of(result("text/html", style))
    assert style in page.html
    assert page.problems == ()


REMOTE = [
    '<script src="https://cdn.example.org/a.js"></script>',
    '<script src="//cdn.example.org/a.js"></script>',
    '<script>require(["https://cdn.example.org/a.js"])</script>',
    '<script type="module">import x from "https://cdn.example.org/x";</script>',
    '<link rel="stylesheet" href="https://cdn.example.org/a.css">',
    '<img src="https://cdn.example.org/a.png" alt="a">',
    "<img src='\nhttps://cdn.example.org/a.png'>",
    '<img src="a.png" srcset="https://cdn.example.org/b.png 2x">',
    '<iframe src="https://cdn.example.org/"></iframe>',
    '<iframe srcdoc="&lt;script src=&quot;https://cdn.example.org/a.js&quot;&gt;&lt;/script&gt;"></iframe>',
    '<video poster="https://cdn.example.org/p.png"><source src="https://cdn.example.org/v.mp4"></video>',
    '<audio src="https://cdn.example.org/a.mp3"></audio>',
    '<object data="https://cdn.example.org/a.pdf"></object>',
    '<embed src="https://cdn.example.org/a.pdf">',
    "<style>@import url(https://cdn.example.org/a.css); p {background: url('https://cdn.example.org/b.png')}</style>",
    '<p style="background: url(https://cdn.example.org/b.png)">x</p>',
    '<svg><image href="https://cdn.example.org/a.png"/></svg>',
]


@pytest.mark.parametrize("html", REMOTE)
def test_nothing_on_the_page_is_loaded_from_another_host(html: str) -> None:
    page = page_of(result("text/html", f"<div>before {html} after</div>"))
    links = re.sub(r'<a href="[^"]*">[^<]*</a>', "", page.html)
    assert "example.org/" not in links
    assert "before" in page.html
    assert "after" in page.html
    assert all(p.severity == "warning" and p.code.startswith("remote-") for p in page.problems)
    assert page.problems or "style=" in html


def test_what_is_not_loaded_is_named_and_linked() -> None:
    html = shown(result("text/html", '<iframe src="https://www.youtube.com/embed/x"></iframe>'))
    assert 'A page from www.youtube.com, not loaded on this page: <a href="https://www.youtube.com/embed/x">' in html


def test_plotly_in_a_frame_is_named() -> None:
    document = "<script src=&quot;https://cdn.plot.ly/plotly.js&quot;></script><script>{&quot;title&quot;:{&quot;text&quot;:&quot;Sales&quot;}}</script>"
    assert "Plotly chart: Sales" in shown(result("text/html", f'<iframe srcdoc="{document}"></iframe>'))


def test_ordinary_links_and_the_authors_own_scripts_stay() -> None:
    html = '<a href="https://example.org">x</a><script>console.log(1)</script>'
    page = page_of(result("text/html", html))
    assert html in page.html
    assert page.problems == ()


def test_a_comment_in_a_script_loads_nothing() -> None:
    html = "<script>/* from https://example.org/a.js */\n// see https://example.org/b.js\nf()</script>"
    page = page_of(result("text/html", html))
    assert html in page.html
    assert page.problems == ()


def test_a_remote_picture_in_prose_stays_with_a_warning_at_its_line() -> None:
    page = render_run(run(prose("p", "text\n\n![a](https://example.org/a.png)", line=5)))
    assert 'src="https://example.org/a.png"' in page.html
    assert [(p.code, p.line, p.severity) for p in page.problems] == [("remote-image", 7, "warning")]


def test_large_data_addresses_become_files_in_outputs_and_in_prose() -> None:
    big, small = png(60, 4000), png(2, 2)
    assert len(uri(small)) < 2048
    noise = big + bytes(range(256)) * 20
    page = page_of(result("text/html", f'<img src="{uri(noise)}"><img src="{uri(small)}"><a href="{uri(noise)}">x</a>'))
    assert [asset.data for asset in page.assets] == [noise]
    assert 'width="60" height="4000"' in page.html
    assert uri(small) in page.html
    page = render_run(run(prose("p", f"![alt]({uri(noise)})")))
    assert [asset.data for asset in page.assets] == [noise]
    assert "data:" not in page.html


# --- whatever comes ---------------------------------------------------------------------------------------------------

MIMETYPES = ["text/html", "text/markdown", "text/latex", "text/plain", "image/png", "image/svg+xml", "application/json"]
MIMETYPES += ["application/vnd.plotly.v1+json", "application/vnd.marimo+mimebundle", "video/mp4", "x/y", "text/csv"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=30) | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(MIMETYPES), VALUES, max_size=3),
    st.dictionaries(st.sampled_from(["width", "alt", "table", "image/png"]), VALUES),
)
def test_no_mimebundle_stops_a_page(data: dict[str, Any], metadata: dict[str, Any]) -> None:
    page = page_of(Output("display", data, metadata))
    assert is_closed(page.html)


TAGS = ["p", "div", "b", "table", "td", "svg", "g", "style", "textarea", "script"]
PIECES = st.sampled_from(
    [
        *(f"<{tag}>" for tag in TAGS),
        *(f"</{tag}>" for tag in TAGS),
        *("<br>", "<img src='data:,x'>", "<p/>", "<g/>", "text", "&amp;", "<!--", "-->"),
        *("<![CDATA[", "<", ">", "</", "<a href=", '"', "<?x", "<!x"),
    ]
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_any_html_is_closed_and_stays_closed(html: str) -> None:
    assert is_closed(closed(html))
    assert closed(closed(html)) == closed(html)
    assert is_closed(page_of(result("text/html", html)).html)
