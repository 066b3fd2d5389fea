"""The drawing of what cells feed each other: places without overlap, labels a reader knows, links that arrive."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from pages import code, page, run

from nbpublish.page.flow.cells import Flow, Node, flow_of
from nbpublish.page.flow.layout import Bend, placed
from nbpublish.page.flow.rail import rail
from nbpublish.page.flow.svg import Pen
from nbpublish.page.flow.text import shortened, width
from nbpublish.page.messages import Words

LECTURE = (
    "import numpy as np",
    "# Load the data\nrows = np.arange(9)",
    "half = rows / 2",
    "print(rows, half)",
    "mo.callout(mo.md('**The mean** is ' + str(half)))",
    "alone = 1",
)


# --- what is drawn ----------------------------------------------------------------------------------------------------


def test_imports_and_cells_that_feed_nobody_are_left_out() -> None:
    flow = flow_of(run(*(code(f"c{n}", source) for n, source in enumerate(LECTURE))))
    assert [node.number for node in flow.nodes] == [2, 3, 4, 5]
    assert flow.edges == (("c1", "c2"), ("c1", "c3"), ("c2", "c3"), ("c2", "c4"))


def test_a_cell_is_called_what_its_reader_sees_of_it() -> None:
    cells = [code(f"c{n}", source, name="load" if n == 1 else None) for n, source in enumerate(LECTURE)]
    labels = [(node.label, node.defs) for node in flow_of(run(*cells)).nodes]
    assert labels == [("load", ("rows",)), ("half", ()), ("print(rows, half)", ()), ("The mean is", ())]


def test_a_page_ends_with_the_drawing_and_its_links_lead_to_cells_that_are_shown() -> None:
    cells = [code(f"c{n}", source, code="hide" if n == 2 else None) for n, source in enumerate(LECTURE)]
    html = page(run(*cells)).html
    section = html[html.index('<details class="nb-flow-section">') :]
    targets = set(re.findall(r'<a xlink:href="#([^"]+)" role="link"', section))
    assert targets == {"cell-c1", "cell-c3", "cell-c4"}, "the second one is hidden"
    assert targets <= set(re.findall(r'id="(cell-[^"]+)"', html))
    assert section.count("data-node=") == 2 * 4


def test_two_cells_need_no_drawing() -> None:
    assert "nb-flow" not in page(run(code("a", "x = 1"), code("b", "x + 1"))).html


def test_a_site_can_do_without_the_drawing() -> None:
    cells = [code(f"c{n}", source) for n, source in enumerate(LECTURE)]
    assert "nb-flow" not in page(run(*cells), flow=False).html


# --- where it is drawn ------------------------------------------------------------------------------------------------

Graph = tuple[list[str], list[tuple[str, str]]]
ends = st.tuples(st.integers(0, 13), st.integers(0, 13)).filter(lambda pair: pair[0] < pair[1])
graphs = st.lists(ends, max_size=30).map(
    lambda edges: ([str(n) for n in range(14)], [(str(parent), str(child)) for parent, child in edges])
)


@given(graphs)
def test_children_stand_below_their_parents_and_nothing_overlaps(graph: Graph) -> None:
    nodes, edges = graph
    found = placed(nodes, edges, dict.fromkeys(nodes, 100.0), 20)
    layer = {item: at for at, row in enumerate(found.layers) for item in row}
    assert {item for item in layer if isinstance(item, str)} == set(nodes)
    assert all(layer[parent] < layer[child] for parent, child in edges)
    for row in found.layers:
        for one, other in pairwise(row):
            room = (100 if isinstance(one, str) else 0) / 2 + (100 if isinstance(other, str) else 0) / 2 + 20
            assert found.along[other] - found.along[one] >= room - 1e-6
    for route in found.routes.values():
        assert [layer[item] for item in route] == list(range(layer[route[0]], layer[route[-1]] + 1))
    assert min(found.along[node] for node in nodes if not isinstance(node, Bend)) >= 50 - 1e-6


def test_edges_do_not_cross_where_they_need_not() -> None:
    found = placed(list("abcdef"), [("a", "f"), ("b", "e"), ("c", "d")], dict.fromkeys("abcdef", 10.0), 5)
    upper, lower = found.layers
    partner = {"a": "f", "b": "e", "c": "d"}
    assert [partner[str(item)] for item in upper] == list(lower)


@given(graphs)
def test_no_two_cells_share_a_track_of_the_rail_at_the_same_height(graph: Graph) -> None:
    nodes, edges = graph
    kept = tuple(dict.fromkeys(edges))
    flow = Flow(tuple(Node(id, n + 1, id, ()) for n, id in enumerate(nodes)), kept)
    drawing = rail(Pen(flow, Words("en"), frozenset(nodes)))
    used: dict[tuple[str, int], str] = {}
    for parent, child, x in re.findall(r'data-from="(\d+)" data-to="(\d+)"><path d="M\S+ \S+H(\S+?)q', drawing):
        for height in range(int(parent), int(child) + 1):
            assert used.setdefault((x, height), parent) == parent


def test_formulas_in_labels_are_their_signs() -> None:
    cells = [code("a", "x = 1"), code("b", 'mo.md(rf"誤差が最も小さいのは $\\lambda^* = {x}$ のとき")')]
    assert [node.label for node in flow_of(run(*cells)).nodes][-1].startswith("誤差が最も小さいのは λ∗=")


def test_a_label_is_cut_to_its_room_and_wide_characters_count_double() -> None:
    assert shortened("short", 10) == "short"
    assert shortened("a rather long label", 6) == "a rather…"
    assert width(shortened("平均二乗誤差を計算する", 6)) <= 6
    assert shortened("平均二乗誤差を計算する", 6) == "平均二乗誤…"
