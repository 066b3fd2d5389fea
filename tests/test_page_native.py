"""marimo's HTML becomes native HTML. The samples are what marimo 0.25.2 makes of its objects."""

from __future__ import annotations

import html as escaping
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import page_of, result, shown

from nbpublish.model import Output, Widget
from nbpublish.page.html import is_closed, parse
from nbpublish.page.messages import Words
from nbpublish.page.native.movable import movable
from nbpublish.page.native.translate import TRANSLATIONS

SAMPLES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data/marimo_html.json").read_text(encoding="utf-8")
)

TAGS = """accordion anywidget button callout-output carousel chatbot checkbox code-editor data-editor data-explorer
dataframe date date-range datetime dict download dropdown file file-browser form image-comparison json-output lazy
matplotlib matrix mermaid microphone mime-renderer mpl-interactive multiselect nav-menu number outline panel plotly
progress radio range-slider refresh routes sidebar slider stat switch table tabs tex text text-area vega
""".split()  # noqa: SIM905
"""All elements of marimo 0.25.2 that carry content, without `marimo-`."""


def output(sample: dict[str, Any]) -> Output:
    data = json.loads(sample["html"]) if sample["mimetype"].endswith("json") else sample["html"]
    return result(sample["mimetype"], data)


def element(name: str, inside: str = "", /, **attributes: object) -> str:
    """An element as marimo writes it: attributes are JSON."""
    said = "".join(f" data-{key.replace('_', '-')}='{encoded(value)}'" for key, value in attributes.items())
    return f"<marimo-{name}{said}>{inside}</marimo-{name}>"


def encoded(value: object) -> str:
    text = json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e")
    return escaping.escape(text).replace("\\", "&#92;").replace("$", "&#36;")


def native(*args: Any, **attributes: object) -> str:
    return shown(result("text/html", element(*args, **attributes)))


def markdown(text: str) -> str:
    return f'<span class="markdown prose dark:prose-invert contents"><span class="paragraph">{text}</span></span>'


# --- all of marimo's objects ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["name"])
def test_every_object_of_marimos_is_native_html(sample: dict[str, Any]) -> None:
    page = page_of(output(sample))
    assert is_closed(page.html)
    assert not re.search(r"marimo-|iconify|&lt;/?(?:div|span|iframe|script)|\|\|[(\[]|text/(?:html|plain\+)", page.html)
    assert page.html != "" or sample["name"] == "None"
    assert not re.search(r"""(?:src|srcdoc|poster)=["']?(?:https?:)?//""", page.html)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["name"])
def test_its_words_survive(sample: dict[str, Any]) -> None:
    page = page_of(output(sample))
    found = set(re.findall(r"\w+", parse(page.html).get_text(" ") + page.html))
    assert set(words(sample)) <= found


def words(sample: dict[str, Any]) -> list[str]:
    """What a reader of marimo's own page would see: the text between tags, and the labels in attributes."""
    if sample["mimetype"].endswith(("json", "mimebundle")) or sample["name"] in ("iframe", "image from local path"):
        return []
    soup = parse(sample["html"])
    texts = [] if sample["mimetype"] == "text/plain" else [soup.get_text(" ")]
    for tag in soup.find_all(re.compile("marimo-")):
        for name in ("data-label", "data-caption", "data-html", "data-labels", "data-tabs", "data-options"):
            if tag.get(name) not in (None, "null"):
                texts.append(parse(str(json.loads(str(tag[name])))).get_text(" "))
    return [word for word in re.findall(r"\w+", " ".join(texts)) if word not in ("None", "n")]


def test_every_element_of_marimos_has_its_translation() -> None:
    assert set(TAGS) == set(TRANSLATIONS)


@pytest.mark.parametrize("name", [*TAGS, "of-tomorrow"])
def test_an_element_without_anything_in_it_leaves_no_markup(name: str) -> None:
    html = native(name)
    assert "marimo-" not in html
    assert is_closed(html)


def test_an_unknown_element_is_named_and_what_it_holds_stays() -> None:
    html = native("of-tomorrow", "<p>inside</p>")
    assert '<p class="nb-placeholder" data-kind="of-tomorrow">Element of-tomorrow.' in html
    assert "<p>inside</p>" in html


# --- one by one -------------------------------------------------------------------------------------------------------


def test_a_callout() -> None:
    html = native("callout-output", html=markdown("<b>mind</b>"), kind="warn")
    assert html == '<div class="nb-callout nb-callout-warn" role="note"><p><b>mind</b></p></div>'
    assert "nb-callout-neutral" in native("callout-output", html="x", kind='"><script>')


def test_a_control_whose_label_is_a_formula_says_it_to_those_who_do_not_see_it() -> None:
    formula = '<marimo-tex class="arithmatex">||(a_1||)</marimo-tex>'
    kinds: dict[str, dict[str, Any]] = {"slider": {"start": 0, "stop": 9}, "number": {}, "switch": {}}
    for tag, more in {**kinds, "dropdown": {"options": ["1"]}}.items():
        control = parse(native(tag, label=markdown(formula), **more)).select_one("input, select")
        assert control is not None
        assert control["aria-label"] == "a1", tag
    named = parse(native("slider", label=markdown("size"), start=0, stop=9)).select_one("input")
    assert named is not None
    assert "aria-label" not in named.attrs, "its label names it"


KINDS = {"slider": "01", "number": "01", "dropdown": "01", "radio": "01", "switch": ("false", "true")}
KINDS |= {"multiselect": ("[]", '["x"]'), "range-slider": ("[0, 0]", "[0, 1]")}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("label", "name"), [("<math><mi>λ</mi></math>", "λ"), ("", "all.0"), ("size", "size")])
def test_a_control_that_moves_has_a_name_and_its_parts_have_theirs(kind: str, label: str, name: str) -> None:
    """`all.0` is the first control of an array, whose place says to those who see it what it is."""
    context: Any = SimpleNamespace(book="b", words=Words("en"), unique=lambda kind: kind)
    values = tuple(KINDS[kind])
    widget = Widget("all.0", "all", ("0",), "c", kind, "", values, ("first", "second"), 0)
    soup = parse(movable(widget, (0, 1), label, context) or "")
    group = soup.select_one("[role=group], [role=radiogroup]")
    if group:
        assert group["aria-label"] == name
        names = [each.get("aria-label") or each.find_parent("label").get_text(strip=True) for each in soup("input")]
        assert name not in names
        assert len(set(names)) == len(names)
    else:
        control = soup.select_one("input, select")
        assert control is not None
        assert control.get("aria-label") == (None if name == "size" else name)
        assert name == "all.0" or control.find_parent("label")


def test_an_accordion_opens_one_or_many() -> None:
    def sections(**more: object) -> list[dict[str, Any]]:
        html = native("accordion", "<div>one</div><div>two</div>", labels=["A", markdown("B")], **more)
        assert [s.get_text() for s in parse(html).find_all("summary")] == ["A", "B"]
        return [d.attrs for d in parse(html).find_all("details")]

    first, second = sections(multiple=False, expanded=[])
    assert first["name"] == second["name"]
    first, second = sections(multiple=True, expanded=[1])
    assert "name" not in first
    assert ("open" in first, "open" in second) == (False, True)


def test_tabs_work_without_a_script() -> None:
    body = "<div data-kind='tab'>one</div><div data-kind='tab'>two</div>"
    soup = parse(native("tabs", body, tabs=["A", "B"], initial_value="1"))
    buttons = soup.select(".nb-tabs > input[type=radio]")
    assert [("checked" in b.attrs, b["id"]) for b in buttons] == [(False, "cell-c-tabs1-1"), (True, "cell-c-tabs1-2")]
    assert [label["for"] for label in soup.select(".nb-tabs > label")] == [b["id"] for b in buttons]
    assert [tab.get_text() for tab in soup.select(".nb-tab")] == ["one", "two"]


def test_two_groups_of_tabs_on_one_page_have_names_of_their_own() -> None:
    body = "<div data-kind='tab'>one</div>"
    page = page_of(*[result("text/html", element("tabs", body, tabs=["A"]))] * 2)
    ids = re.findall(r' id="([^"]+)"', page.html)
    assert len(ids) == len(set(ids))


def test_tabs_within_texts_of_marimo_have_names_of_their_own() -> None:
    """marimo's Markdown begins to count anew in each text."""
    panel = "<input {} id='__tabbed_1_{}' name='__tabbed_1' type='radio'><label for='__tabbed_1_{}'>{}</label>"
    panels = [
        panel.format(checked, at, at, title) + f"<div class='tabbed-content'>{title * 2}</div>"
        for at, (title, checked) in enumerate((("A", "checked"), ("B", "")), 1)
    ]
    text = markdown(f"<div class='tabbed-set' data-tabs='1:2'>{''.join(panels)}</div>")
    soup = parse(page_of(*[result("text/html", f"<div style='display: flex'>{text}{text}</div>")] * 2).html)
    buttons = soup.select(".nb-tabs > input + label + .nb-tab")
    ids = [button["id"] for button in soup.select(".nb-tabs > input")]
    assert len(buttons) == len(set(ids)) == 8
    assert [label["for"] for label in soup.select(".nb-tabs > label")] == ids
    assert len({button["name"] for button in soup.select(".nb-tabs > input")}) == 4
    assert len(soup.select(".nb-tabs > input[checked]")) == 4


def test_a_form_has_its_buttons_below_its_controls() -> None:
    def buttons(**more: object) -> list[str]:
        form = parse(native("form", "<p>inside</p>", **more)).select_one(".nb-form")
        assert form
        return [button.get_text() for button in form.select("p + .nb-buttons > button[disabled]")]

    assert buttons(submit_button_label="Go", show_clear_button=False) == ["Go"]
    assert buttons(submit_button_label="Go", show_clear_button=True, clear_button_label="Start again") == [
        *("Go", "Start again"),
    ]
    assert buttons(show_clear_button=True) == ["Submit", "Clear"]


def test_a_slider_stands_at_its_default() -> None:
    html = native("slider", label=markdown("<b>rate</b>"), start=0, stop=2, step=0.5, steps=[], initial_value=1.5)
    soup = parse(html)
    control = soup.input
    assert control is not None
    assert {**control.attrs} == {"type": "range", "min": "0", "max": "2", "step": "0.5", "value": "1.5", "disabled": ""}
    assert soup.select_one("label > .nb-label > b") is not None
    assert soup.select_one("output.nb-value").get_text() == "1.5"  # type: ignore[union-attr]


def test_a_slider_with_steps_shows_the_step() -> None:
    assert '<output class="nb-value">10</output>' in native(
        "slider", steps=[1, 3, 10], initial_value=2, start=0, stop=2
    )


@pytest.mark.parametrize("name", ["dropdown", "multiselect", "radio"])
def test_choices_show_what_is_chosen(name: str) -> None:
    value: object = "b<" if name == "radio" else ["b<"]
    soup = parse(native(name, options=["a", "b<"], initial_value=value))
    chosen = [o for o in soup.select("option, input") if {"selected", "checked"} & {*o.attrs}]
    assert [(o.get_text() or o.parent.get_text()).strip() for o in chosen] == ["b<"]  # type: ignore[union-attr]


@pytest.mark.parametrize("name", sorted({*TAGS} - {"table", "data-editor", "data-explorer", "matrix"}))
def test_every_control_has_a_name_and_is_disabled(name: str) -> None:
    given = {"initial_value": "x", "options": ["x"], "start": 0, "stop": 1}
    soup = parse(native(name, **given))
    for control in soup.select("input, select, textarea, button"):
        if control.get("type") == "radio" and name == "tabs":
            continue
        assert control.has_attr("disabled")
        label = control.get("aria-label") or control.get_text() or control.find_parent("label")
        assert label, name


def test_a_password_is_not_shown() -> None:
    assert "hunter2" not in native("text", kind="password", initial_value="hunter2")


def test_a_table_shows_all_rows_it_is_given() -> None:
    rows = [{"_marimo_row_id": i, "n": i, "name": f"<{i}>"} for i in range(120)]
    html = native("table", data=json.dumps(rows), total_rows=120, total_columns=2, label="Data")
    soup = parse(html)
    assert [row.get_text("|") for row in soup.select("tbody tr")][:2] == ["0|<0>", "1|<1>"]
    assert len(soup.select("tbody tr")) == 120
    assert [th.get_text() for th in soup.select("thead th")] == ["n", "name"]
    assert soup.caption is not None
    assert "120 rows × 2 columns" in html


def test_a_table_says_when_it_holds_only_some_of_its_rows() -> None:
    assert "First 1 of 3 rows" in native("table", data='[{"a": 1}]', total_rows=3)


def test_a_table_may_be_csv_or_columns_or_hold_rich_values() -> None:
    assert "<td>x</td>" in native("table", data="data:text/csv;base64,YSxiCjEseAo=")
    assert "<td>x</td>" in native("table", data='{"a": ["x"]}')
    assert "<td><b>x</b></td>" in native("table", data=[{"a": {"mimetype": "text/html", "data": "<b>x</b>"}}]).replace(
        '<div class="nb-html"><b>x</b></div>', "<b>x</b>"
    )
    assert 'data-kind="table"' in native("table", data="./@file/123.csv")


@pytest.mark.parametrize(("scientific", "numbers"), [(False, ["0.813", "-3.500"]), (True, ["8.127e-01", "-3.500e+00"])])
def test_a_matrix_shows_as_many_decimals_as_its_author_wants(scientific: bool, numbers: list[str]) -> None:
    html = native("matrix", initial_value=[[0.81269209, -3.5]], precision=3, scientific=scientific)
    assert [cell.get_text() for cell in parse(html).select("td.nb-num")] == numbers


def test_a_tree_shows_values_as_they_were() -> None:
    html = native(
        "json-output", json_data={"text/plain+int:2": "text/plain+float:nan", "h": "text/html:<b>x</b>", "t": "a:b"}
    )
    assert '<span class="nb-key">2</span>: <code class="nb-number">nan</code>' in html
    assert "<b>x</b>" in html
    assert '<code class="nb-string">"a:b"</code>' in html


def test_a_picture_in_a_mime_renderer_is_an_output_of_ours() -> None:
    data = json.dumps({"image/svg+xml": "<svg width='4' height='3'/>", "__metadata__": {"alt": "A line"}})
    page = page_of(result("text/html", element("mime-renderer", mime="application/vnd.marimo+mimebundle", data=data)))
    assert page.assets[0].data == b"<svg width='4' height='3'/>"
    assert 'alt="A line" width="4" height="3"' in page.html


def test_a_value_in_a_tree_that_marimo_writes_as_text_is_that_text() -> None:
    html = native("json-output", json_data={"date": "text/plain:2026-11-22", "of": ["text/plain:<Thing 1>"]})
    assert "<code>2026-11-22</code>" in html
    assert "<code>&lt;Thing 1&gt;</code>" in html
    assert "text/plain" not in html


def test_formulas() -> None:
    line = shown(result("text/html", "<marimo-tex>||(x^2||)</marimo-tex>"))
    display = shown(result("text/html", "<marimo-tex>||[x^2||]</marimo-tex>"))
    assert '<math data-nb-tex="x^2"><msup>' in line
    assert '<div class="nb-math" tabindex="0"><math data-nb-tex="x^2" display="block">' in display


def test_a_download_is_a_file_beside_the_page() -> None:
    page = page_of(
        result("text/html", element("download", data="data:text/csv;base64,YQ==", filename="a.csv", label="Get"))
    )
    assert [asset.data for asset in page.assets] == [b"a"]
    assert f'<a class="nb-download" href="{page.assets[0].name}" download="a.csv">Get</a>' in page.html


def test_stacks_keep_their_proportions() -> None:
    html = "<div style='display: flex;flex: 1;flex-direction: row;gap: 1rem'><div style='flex: 2'>a</div></div>"
    soup = parse(shown(result("text/html", html)))
    stack, child = soup.select_one("div.nb-hstack"), soup.select_one("div.nb-hstack > div")
    assert stack is not None
    assert child is not None
    assert (stack["style"], child["style"]) == ("--nb-gap:1rem", "--nb-grow:2")


def test_a_stack_in_a_stack_has_its_share() -> None:
    inner = "<div style='display: flex;flex: 1;flex-direction: column;gap: 0rem'>a</div>"
    part = f"<div style='flex: 5;display: flex;min-width: 0;min-height: 0'>{inner}</div>"
    html = f"<div style='display: flex;flex: 1;flex-direction: row;gap: 1rem'>{part}</div>"
    child = parse(shown(result("text/html", html))).select_one("div.nb-hstack > div")
    assert child is not None
    assert (child["class"], child["style"]) == (["nb-grow"], "--nb-grow:5")
    assert child.select_one(":scope > .nb-vstack")


# --- within prose -----------------------------------------------------------------------------------------------------


def in_prose(text: str) -> str:
    return shown(result("text/markdown", text))


SLIDER = element("slider", start=0, stop=2, initial_value=1)


def test_a_control_within_a_line_stays_in_the_line() -> None:
    html = in_prose(f"The rate {SLIDER} is *small*.")
    assert re.search(r"<p>The rate <span class=\"nb-widget\".*</span> is <em>small</em>.</p>", html)


def test_a_control_alone_is_a_block() -> None:
    assert '<div class="nb-markdown"><div class="nb-widget"' in in_prose(SLIDER)


def test_a_block_takes_itself_out_of_the_paragraph() -> None:
    html = in_prose(f"before {element('callout-output', html='x', kind='info')} after")
    assert re.search(r"<p>before ?</p><div class=\"nb-callout .*</div><p> ?after</p>", html)


def test_elements_work_in_lists_tables_and_headings() -> None:
    html = in_prose(f"- one {SLIDER}\n\n| a |\n|---|\n| {SLIDER} |\n\n## Title {SLIDER}\n")
    assert html.count('type="range"') == 3
    assert "marimo-" not in html


def test_markup_shown_as_code_stays_code() -> None:
    html = in_prose(f"`{SLIDER}`\n\n```html\n{SLIDER}\n```\n\n    {SLIDER}\n")
    assert 'type="range"' not in html
    assert parse(html).get_text().count("<marimo-slider") == 3


def test_prose_within_prose_loses_its_paragraphs() -> None:
    assert "<p>outer <strong>inner</strong></p>" in in_prose(f"outer {markdown('<strong>inner</strong>')}")


# --- whatever comes ---------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.just(SLIDER)
    | st.just(markdown("x")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
ATTRIBUTES = sorted(set(re.findall(r"data-([\w-]+)=", " ".join(sample["html"] for sample in SAMPLES))))
ANY_ELEMENT = st.recursive(
    st.text(max_size=6)
    | st.sampled_from(["<p>", "</p>", "<div style='display: flex'>", "</div>", "<b>x</b>", markdown("y")]),
    lambda inner: st.builds(
        lambda name, inside, attributes: element(name, "".join(inside), **attributes),
        st.sampled_from(TAGS),
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(ATTRIBUTES), JSON, max_size=5),
    ),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None)
@given(ANY_ELEMENT, st.sampled_from(["text/html", "text/markdown"]))
def test_any_nesting_with_any_attributes_is_translated(html: str, mimetype: str) -> None:
    page = page_of(result(mimetype, html))
    assert is_closed(page.html)
    assert not re.search(r"<marimo-|<iconify-", page.html)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SAMPLES), st.integers(0, 3000), st.integers(0, 40), st.text("'\"<>{}[]&; x", max_size=3))
def test_damaged_markup_gives_a_page(sample: dict[str, Any], at: int, length: int, junk: str) -> None:
    html = sample["html"]
    damaged = html[: at % (len(html) + 1)] + junk + html[at % (len(html) + 1) + length :]
    mimetype = "text/html" if sample["mimetype"].endswith("json") else sample["mimetype"]
    assert is_closed(page_of(result(mimetype, damaged)).html)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SAMPLES), st.integers(0, 3000))
def test_cut_off_markup_is_no_markup_on_the_page(sample: dict[str, Any], at: int) -> None:
    if sample["mimetype"] != "text/html":
        return
    html = page_of(result("text/html", sample["html"][:at])).html
    assert is_closed(html)
    assert "marimo-" not in html
