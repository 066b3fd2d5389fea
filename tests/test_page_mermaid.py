"""Mermaid: flowcharts are drawn by us, other diagrams by a program where there is one; else the source is shown."""

from __future__ import annotations

import os
import re
import shutil
import sys
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mkdocs_sites import build_site, write_site
from pages import code, page, page_of, prose, result, run, shown

from nbpublish.frontends.mermaid_program import drawn_by, find_mermaid
from nbpublish.page.flow.text import proportional, wrapped
from nbpublish.page.html import is_closed
from nbpublish.page.mermaid.diagram import diagram_html
from nbpublish.page.mermaid.flowchart import Flowchart
from nbpublish.page.mermaid.frames import Frame, frame_of, tag
from nbpublish.page.mermaid.read import UnreadError, read
from nbpublish.page.mermaid.routes import lines_of_links
from nbpublish.page.mermaid.shapes import size_of
from nbpublish.page.messages import Words
from nbpublish.page.settings import RefusedError, no_renderer
from nbpublish.store.memory import MemoryStore

LECTURE = """\
flowchart TD
    %% how the course prepares its data
    A[データを読み込む] --> B{欠損値がある?}
    B -- はい --> C[補完する<br>平均値で]
    B -->|いいえ| D([学習データ])
    C --> D
    D ==> E[(モデル)] -.-> F((評価))
    F -->|精度が低い| B
"""
GROUPS = """\
flowchart LR
    subgraph enc [Encoder]
        x[Input] --> h1 --> h2
    end
    subgraph dec [Decoder]
        subgraph core
            y --> m1 --> m2
        end
        m2 --> m3
    end
    h2 -- memory --> m2
    m3 --> s{{Softmax}} --> y
    enc --> note
"""


def drawing(source: str, language: str = "en") -> str:
    """Its HTML; the test fails where it is not drawn."""
    told: list[tuple[str, int]] = []
    html = diagram_html(source, Words(language), lambda message, line: told.append((message, line)))
    assert not told
    assert "<svg" in html
    return html


# --- what is read -----------------------------------------------------------------------------------------------------


def links(source: str) -> list[tuple[str, str, str]]:
    return [(link.start, link.end, link.label) for link in read(source).links]


def test_a_lecture_s_flowchart_is_read() -> None:
    chart = read(LECTURE)
    assert chart.direction == "TB"
    assert [(node.id, node.label, node.shape) for node in chart.nodes] == [
        ("A", "データを読み込む", "box"),
        ("B", "欠損値がある?", "rhombus"),
        ("C", "補完する\n平均値で", "box"),
        ("D", "学習データ", "stadium"),
        ("E", "モデル", "cylinder"),
        ("F", "評価", "circle"),
    ]
    assert links(LECTURE)[1:3] == [("B", "C", "はい"), ("B", "D", "いいえ")]
    assert [link.stroke for link in chart.links] == ["plain"] * 4 + ["thick", "dotted", "plain"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("A-->B", [("A", "B", "")]),
        ("A-->B-->C", [("A", "B", ""), ("B", "C", "")]),
        ("A & B --> C & D", [("A", "C", ""), ("A", "D", ""), ("B", "C", ""), ("B", "D", "")]),
        ("A --> B; B --> C", [("A", "B", ""), ("B", "C", "")]),
        ("A -- two words --> B", [("A", "B", "two words")]),
        ("A -->|two words| B", [("A", "B", "two words")]),
        ('A --"a; b"--> B', [("A", "B", "a; b")]),
        ("A -. maybe .-> B", [("A", "B", "maybe")]),
        ("A == must ==> B", [("A", "B", "must")]),
        ("my-node --> your.node", [("my-node", "your.node", "")]),
        ("入力 --> 出力", [("入力", "出力", "")]),
        ("A --o B", [("A", "B", "")]),
        ("A x--x B", [("A", "B", "")]),
        ("A <--> B", [("A", "B", "")]),
        ("A ~~~ B", [("A", "B", "")]),
        ('A["[x](y)"] --> B', [("A", "B", "")]),
    ],
)
def test_links_in_all_their_spellings(written: str, meant: list[tuple[str, str, str]]) -> None:
    assert links(f"graph LR\n{written}") == meant


def test_the_ends_of_a_link_are_told_apart() -> None:
    found = [
        (link.start_tip, link.end_tip, link.stroke, link.length)
        for link in read("graph LR\na-->b\na---b\na--ob\na x--x b\na<-->b\na===>b\na-..-b\na~~~b").links
    ]
    assert found == [
        ("", "arrow", "plain", 1),
        ("", "", "plain", 1),
        ("", "circle", "plain", 1),
        ("cross", "cross", "plain", 1),
        ("arrow", "arrow", "plain", 1),
        ("", "arrow", "thick", 2),
        ("", "", "dotted", 2),
        ("", "", "invisible", 1),
    ]


def test_a_node_belongs_to_the_group_that_mentions_it_and_groups_lie_in_groups() -> None:
    chart = read(GROUPS)
    assert chart.inside == {
        **dict.fromkeys(("x", "h1", "h2"), "enc"),
        **dict.fromkeys(("y", "m1", "m2"), "core"),
        "core": "dec",
        "m3": "dec",
    }
    assert [(group.id, group.title) for group in chart.groups] == [
        ("enc", "Encoder"), ("dec", "Decoder"), ("core", "core"),
    ]  # fmt: skip


def test_colours_titles_and_links_are_kept() -> None:
    chart = read(
        "---\ntitle: Plan\n---\ngraph LR\nA:::hot --> B\nclassDef hot fill:#f96,stroke-width:2px,foo:bar\n"
        'style B fill:url(http://elsewhere.example/x)\nclick A href "https://example.org/a" "Tip"'
    )
    assert chart.title == "Plan"
    assert chart.nodes[0].style == {"fill": "#f96", "stroke-width": "2px"}
    assert chart.nodes[0].link == "https://example.org/a"
    assert chart.nodes[1].style == {}, "a style must not fetch anything"


@pytest.mark.parametrize(
    ("source", "what", "line"),
    [
        ("sequenceDiagram\n A->>B: x", "sequenceDiagram", 0),
        ("graph LR\nA --> B\nB -->", "B -->", 2),
        ("graph LR\n\n%% a comment\nA@{shape: circle}", "A@{shape: circle}", 3),
        ("graph LR\nA[$$x^2$$]", "$$x^2$$", 1),
        ("graph LR\nA[x<sub>2</sub>]", "x<sub>2</sub>", 1),
        ("graph LR\nA[never closed", "A[never closed", 1),
        ('graph LR\nclick A "javascript:alert(1)"', 'click A "javascript:alert(1)"', 1),
        ("flowchart LR\nend", "end", 1),
    ],
)
def test_what_is_not_read_says_what_and_where(source: str, what: str, line: int) -> None:
    with pytest.raises(UnreadError) as caught:
        read(source)
    assert (caught.value.what, caught.value.line) == (what, line)


# --- what is drawn ----------------------------------------------------------------------------------------------------


def boxes(chart: Flowchart) -> tuple[Frame, dict[str, tuple[float, float, float, float]]]:
    """Left, top, right and lower border of each node and group."""
    frame = frame_of(chart)
    frame.settle((0.0, 0.0))
    sizes = {node.id: size_of(node) for node in chart.nodes}
    found: dict[str, tuple[float, float, float, float]] = {}

    def collect(frame: Frame) -> None:
        for id in frame.room:
            if "\0" not in id:
                wide, high = (frame.inner[id].wide, frame.inner[id].high) if id in frame.inner else sizes[id]
                x, y = frame.middle_of(id)
                found[id] = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        for inner in frame.inner.values():
            collect(inner)

    collect(frame)
    return frame, found


def apart(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def holds(outer: tuple[float, ...], inner: tuple[float, ...]) -> bool:
    return outer[0] < inner[0] and outer[1] < inner[1] and outer[2] > inner[2] and outer[3] > inner[3]


def check_places(chart: Flowchart) -> None:
    """Nothing overlaps but a group and what is in it, all is on the drawing, and links end at the borders."""
    frame, found = boxes(chart)
    assert set(found) == {item.id for item in (*chart.nodes, *chart.groups)}
    for one, other in combinations(found, 2):
        if other in chart.holders(one):
            assert holds(found[other], found[one])
        elif one in chart.holders(other):
            assert holds(found[one], found[other])
        else:
            assert apart(found[one], found[other]), (one, other)
    for at, line in lines_of_links(chart, frame).items():
        link = chart.links[at]
        for id, (x, y) in ((link.start, line.start), (link.end, line.end)):
            left, top, right, low = found[id]
            assert left - 1 <= x <= right + 1, (id, x)
            assert top - 1 <= y <= low + 1, (id, y)
        for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", line.path):
            assert -1 <= float(x) <= frame.wide + 1
            assert -1 <= float(y) <= frame.high + 1


@pytest.mark.parametrize("direction", ["TB", "BT", "LR", "RL"])
@pytest.mark.parametrize("source", [LECTURE, GROUPS])
def test_nothing_overlaps_in_any_direction(source: str, direction: str) -> None:
    chart = read(re.sub(r"^flowchart \w+", f"flowchart {direction}", source))
    assert chart.direction == direction
    check_places(chart)


def test_links_enter_a_group_in_the_order_in_which_they_arrive() -> None:
    chart = read("graph TB\nB -- yes --> C\nB -- no --> D\nC --> D\nsubgraph g\nD --> E\nend\nE -- again --> B")
    frame, _ = boxes(chart)
    lines = lines_of_links(chart, frame)
    outside = frame.places.along["C"] < frame.places.along[tag(1)]
    assert (lines[2].end[0] < lines[1].end[0]) == outside


IDS = st.sampled_from("abcdefgh")
LINE = st.one_of(
    st.builds(lambda a, b: f"{a} --> {b}", IDS, IDS),
    st.builds(lambda a, b, c: f"{a} -- 理由 --> {b} & {c}", IDS, IDS, IDS),
    st.builds(lambda a, b: f"{a}{{{{long label of a node}}}} ---> {b}((b))", IDS, IDS),
    st.just("end"),
    st.builds(lambda n: f"subgraph S{n} [A title of group {n}]", st.integers(0, 3)),
    st.builds(lambda n, a: f"S{n} --> {a}", st.integers(0, 3), IDS),
    st.sampled_from(["direction LR", "direction BT", "style a fill:#fff", "%% nothing"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINE, max_size=14), st.sampled_from(["TB", "LR", "BT", "RL"]))
def test_any_flowchart_is_drawn_without_overlap_or_refused(lines: list[str], direction: str) -> None:
    source = "\n".join([f"flowchart {direction}", *lines])
    html = diagram_html(source, Words("en"), lambda message, line: None)
    assert is_closed(html)
    if "<svg" in html:
        check_places(read(source))


@given(st.text("ab-=.>|[](){}\"&;:%#\n~xo<@", max_size=60))
def test_whatever_an_author_writes_gives_closed_html(text: str) -> None:
    assert is_closed(diagram_html(f"graph LR\n{text}", Words("en"), lambda message, line: None))


def test_labels_stand_as_they_are_and_in_the_words_for_those_who_do_not_see_the_drawing() -> None:
    html = drawing("graph LR; A[x < 1 & y] -->|はい| B", "ja")
    assert "<tspan" in html
    assert ">x &lt; 1 &amp; y</tspan>" in html
    assert 'role="img" aria-label="フローチャート。x &lt; 1 &amp; y から B へ（はい）"' in html
    described = drawing("graph LR\naccTitle: The plan\naccDescr: From raw data to a model\nA --> B")
    assert 'aria-label="The plan. From raw data to a model"' in described


def test_a_drawing_with_links_is_no_mere_picture() -> None:
    html = drawing('graph LR\nA --> B\nclick A "#later"')
    assert 'role="group"' in html
    assert '<a class="nb-flowchart-node" xlink:href="#later" role="link">' in html


def test_a_japanese_label_has_the_room_that_it_needs() -> None:
    chart = read("graph LR\nA[機械学習の基礎] --> B[machine learning]")
    wide = {node.id: size_of(node)[0] for node in chart.nodes}
    assert wide["A"] >= 7 * 14 + 20
    lines = wrapped("日本語の長いラベルは、禁則処理をして折り返されます。（括弧も）", 14)
    assert len(lines) == 3
    assert all(proportional(line) <= 15 for line in lines)
    assert not any(line[0] in "、。）" for line in lines)


def test_text_on_an_author_s_colour_is_legible() -> None:
    html = drawing("graph LR\nA --> B\nstyle A fill:#fdfdfb\nstyle B fill:#012")
    assert re.findall(r'<text style="fill:(#\w+)"', html) == ["#1c2024", "#ffffff"]


def test_no_script_and_no_ids_come_with_a_drawing() -> None:
    html = drawing(GROUPS)
    assert "<script" not in html
    assert " id=" not in html


def test_the_same_source_gives_the_same_drawing() -> None:
    assert drawing(GROUPS) == drawing(GROUPS)


# --- on a page --------------------------------------------------------------------------------------------------------

FENCE = "Before.\n\n```mermaid\n{}\n```\n"


def test_a_fence_and_what_marimo_draws_are_the_same() -> None:
    fenced = page(run(prose("p", FENCE.format("graph LR; A-->B")))).html
    output = shown(result("text/html", '<marimo-mermaid data-diagram=\'"graph LR; A--\\u003eB"\'></marimo-mermaid>'))
    start = fenced.index('<figure class="nb-diagram">')
    drawn = fenced[start : fenced.index("</figure>")]
    assert re.sub(r"viewbox|viewBox", "", drawn).count("<rect") == output.count("<rect") == 2
    assert "<pre" not in fenced


def test_another_diagram_is_its_source_with_a_note_and_a_warning_at_its_line() -> None:
    made = page(run(prose("p", FENCE.format("sequenceDiagram\nA->>B: hi"), line=10)))
    assert '<pre class="nb-mermaid">sequenceDiagram\nA-&gt;&gt;B: hi' in made.html
    assert '<p class="nb-note">The source of a diagram' in made.html
    (problem,) = made.problems
    assert (problem.code, problem.line, problem.severity) == ("undrawn-diagram", 13, "warning")
    assert "mermaid-cli" in problem.message


def test_a_flowchart_that_we_do_not_draw_names_the_line() -> None:
    made = page(run(prose("p", FENCE.format("graph LR\nA --> B\nA@{shape: odd}"), line=10)))
    (problem,) = made.problems
    assert problem.line == 15
    assert "`A@{shape: odd}`" in problem.message


def test_a_program_draws_what_we_do_not() -> None:
    asked: list[str] = []

    def render(source: str) -> bytes:
        asked.append(source)
        return b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'

    made = page(run(prose("p", FENCE.format("pie\n\"a\" : 1") + FENCE.format("graph LR; A-->B"))), diagrams=render)
    assert asked == ['pie\n"a" : 1\n'], "flowcharts are ours"
    (asset,) = made.assets
    assert f'<img src="{asset.name}" alt="Diagram"' in made.html
    assert not made.problems


@pytest.mark.parametrize(
    ("source", "alt"),
    [
        ("pie title Dogs & cats\n\"a\" : 1", "Figure: Dogs &amp; cats"),
        ("gantt\n  title 計画 \n", "Figure: 計画"),
        ("---\ntitle: The plan\n---\ngantt", "Figure: The plan"),
        ("sequenceDiagram\naccTitle: Who asks\nA->>B: x", "Figure: Who asks"),
        ("sequenceDiagram\nA->>B: x", "Diagram"),
    ],
)
def test_a_picture_is_called_by_the_title_of_its_diagram(source: str, alt: str) -> None:
    html = diagram_html(source, Words("en"), lambda message, line: None, lambda source: "x.svg")
    assert f'<img src="x.svg" alt="{alt}" loading="lazy">' in html


def test_what_the_program_refuses_is_told_in_its_words() -> None:
    def render(source: str) -> bytes:
        raise RefusedError("Parse error on line 2")

    made = page(run(prose("p", FENCE.format("pie\n1"))), diagrams=render)
    assert "Parse error on line 2" in made.problems[0].message
    assert "nb-mermaid" in made.html


def test_a_computed_diagram_warns_at_its_own_line() -> None:
    cell = code("c", 'x = 1\nmo.mermaid("""\ngantt\n""")', line=5)
    output = result("text/html", "<marimo-mermaid data-diagram='\"\\ngantt\\n\"'></marimo-mermaid>")
    made = page_of(output, cell=cell)
    assert [(problem.code, problem.line) for problem in made.problems] == [("undrawn-diagram", 5)]




# --- the program ------------------------------------------------------------------------------------------------------


def program(folder: Path, body: str) -> Path:
    """A stand-in for `mmdc` on a path of its own, which counts how often it is asked."""
    path = folder / "mmdc"
    path.write_text(f"#!{sys.executable}\nimport pathlib, sys\nhere = pathlib.Path(__file__).parent\n{body}")
    path.chmod(0o755)
    return path


DRAWS = """\
(here / "asked").open("a").write("x")
out = sys.argv[sys.argv.index("-o") + 1]
pathlib.Path(out).write_text('<svg id="s" width="100%" style="max-width: 9px" viewBox="-1 -2 90.5 40"><g/></svg>')
"""


@pytest.mark.skipif(sys.platform == "win32", reason="starts a script by its first line")
def test_the_installed_program_draws_once_and_the_store_remembers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, DRAWS)
    monkeypatch.setenv("PATH", str(tmp_path))
    store = MemoryStore()
    for _ in range(2):
        draw = drawn_by(find_mermaid(), store)
        assert draw("pie\n") == b'<svg id="s" viewBox="-1 -2 90.5 40" width="90" height="40"><g/></svg>'
    assert (tmp_path / "asked").read_text() == "x"
    program(tmp_path, DRAWS + "# another version\n")
    drawn_by(find_mermaid(), store)("pie\n")
    assert (tmp_path / "asked").read_text() == "xx", "another version may draw another picture"


@pytest.mark.skipif(sys.platform == "win32", reason="starts a script by its first line")
def test_a_refusal_is_told_and_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "sys.exit('\\n\\x1b[31mError: Parse error on line 2:\\n  at somewhere')")
    monkeypatch.setenv("PATH", str(tmp_path))
    store = MemoryStore()
    draw = drawn_by(find_mermaid(), store)
    with pytest.raises(RefusedError, match=r"^Parse error on line 2:$"):
        draw("pie\n1")
    assert draw.refused  # type: ignore[attr-defined]
    program(tmp_path, DRAWS)
    assert b"<svg" in (drawn_by(find_mermaid(), store)("pie\n1") or b"")


def test_without_the_program_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert drawn_by(find_mermaid(), MemoryStore()) is no_renderer


@pytest.mark.skipif(sys.platform == "win32", reason="starts a script by its first line")
def test_a_kept_page_follows_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = {"index.md": "# Plain", "a.py": "# %% [markdown]\n# # A\n#\n# ```mermaid\n# pie\n# ```\n"}
    source = write_site(tmp_path, pages, plugins=["nbpublish"])
    programs = tmp_path / "programs"
    programs.mkdir()
    without = os.environ["PATH"]
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{without}")

    program(programs, "if (here / 'broken').exists():\n    sys.exit('Error: not today')\n" + DRAWS)
    (programs / "broken").touch()
    refused = build_site(source, tmp_path / "site")
    assert "nb-mermaid" in refused.html("a/index.html")
    assert [problem.code for problem in refused.problems] == ["undrawn-diagram"]

    (programs / "broken").unlink()
    drawn = build_site(source, tmp_path / "site")
    page = drawn.html("a/index.html")
    assert 'class="nb-figure nb-diagram"><img' in page
    assert not drawn.problems
    assert build_site(source, tmp_path / "site").html("a/index.html") == page
    assert (programs / "asked").read_text() == "x", "the drawing was kept"

    monkeypatch.setenv("PATH", without)
    if not shutil.which("mmdc"):
        gone = build_site(source, tmp_path / "site")
        assert "nb-mermaid" in gone.html("a/index.html"), "a build without the program is one from nothing without it"
