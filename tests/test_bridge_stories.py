"""What an author of a marimo notebook may rely on when the notebook is published."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bridge_notebook import execute, only, run, shown
from bs4 import BeautifulSoup, Tag

from nbpublish.executors.local import LocalExecutor
from nbpublish.formats.marimo import MARIMO
from nbpublish.graph.analyse import analyse
from nbpublish.kernel import marimo_bridge, marimo_parts
from nbpublish.kernel.rich_tables import LIMIT
from nbpublish.model import ERROR, Cell, Notebook, Output, Trace

FRAME = "import pandas as pd\ndf = pd.DataFrame({'n': range(3)})"
FIGURE = "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.plot([1, 2])\naxes.set_title('Rise')"


def element(html: str, name: str) -> Tag:
    found = BeautifulSoup(html, "html.parser").find(name)
    assert isinstance(found, Tag), html
    return found


def error_of(trace: Trace) -> str:
    assert trace.exit == "failed"
    error = trace.outputs[-1].data[ERROR]
    return f"{error['name']}: {error['message']}"


# --- prose ------------------------------------------------------------------------------------------------------------


def test_prose_stays_the_markdown_that_was_written() -> None:
    output = only("mo.md('''\n    # 題名\n\n    $x^2$ and **bold**\n    ''')")
    assert output.data == {"text/markdown": "# 題名\n\n$x^2$ and **bold**"}


def test_values_and_widgets_stand_in_prose() -> None:
    output = only("size = mo.ui.slider(1, 9, value=4)", "mo.md(f'Size **{size.value}**: {size}')")
    assert output.data["text/markdown"].startswith("Size **4**: <marimo-ui-element")
    assert element(output.data["text/markdown"], "marimo-slider")["data-initial-value"] == "4"


def test_a_frame_in_prose_does_not_break_the_line_it_stands_in() -> None:
    output = only(FRAME, "mo.md(f'before {mo.as_html(df)} after')")
    assert "\n" not in output.data["text/markdown"]
    assert len(element(output.data["text/markdown"], "table").select("tbody tr")) == 3


# --- widgets ----------------------------------------------------------------------------------------------------------


def test_a_widget_has_its_default_value_in_other_cells() -> None:
    assert only("pick = mo.ui.dropdown({'one': 1, 'two': 2}, value='two')", "pick.value").data["text/plain"] == "2"


def test_reading_a_value_where_the_widget_is_made_is_the_error_that_marimo_raises() -> None:
    (trace,) = run("size = mo.ui.slider(1, 9)\nsize.value")
    assert error_of(trace).startswith("RuntimeError: Accessing the value of a UIElement in the cell that created it")


def test_a_widget_keeps_its_id_whatever_other_cells_do() -> None:
    widget = "mo.ui.slider(1, 9)"
    one = run("1", widget)[1].outputs
    other = run("mo.ui.text(), mo.ui.text()", widget)[1].outputs
    assert one == other
    assert run(widget, widget)[0].outputs != run(widget, widget)[1].outputs


def test_a_table_shows_every_row_and_not_only_the_first_page() -> None:
    rows = element(only(FRAME, "mo.ui.table(df, page_size=1)").data["text/html"], "table").select("tbody tr")
    assert len(rows) == 3
    inside = only(FRAME, "mo.hstack([mo.ui.table(df, page_size=1, label='**All**', selection=None)])").data["text/html"]
    assert len(element(inside, "table").select("tbody tr")) == 3
    assert "_marimo_row_id" not in inside
    assert element(inside, "strong").get_text() == "All"


def test_a_label_of_a_table_stands_above_it() -> None:
    label, table = shown(FRAME, "mo.ui.table(df, label='The *data*')")
    assert label.data["text/markdown"] == "The *data*"
    assert table.metadata["table"]["rows"] == 3


def test_widgets_in_the_cells_of_a_table_stay_widgets() -> None:
    html = only("mo.ui.table([{'what': mo.ui.checkbox(), 'points': 2}])").data["text/html"]
    assert element(html, "td").find("marimo-checkbox")


# --- layout -----------------------------------------------------------------------------------------------------------


def test_lazy_content_is_there() -> None:
    html = only("mo.accordion({'more': lambda: mo.md('**shown**')}, lazy=True)").data["text/html"]
    assert "<strong>shown</strong>" in html
    assert only("mo.lazy(lambda: mo.md('shown'))").data["text/markdown"] == "shown"


def test_content_that_has_to_be_awaited_is_there_too() -> None:
    assert only("async def load():\n    return mo.md('shown')\nmo.lazy(load)").data["text/markdown"] == "shown"


def bundle_in(html: str) -> dict[str, object]:
    bundle = json.loads(str(element(html, "marimo-mime-renderer")["data-data"]))
    return json.loads(bundle) if isinstance(bundle, str) else bundle


def test_a_figure_beside_a_chart_is_as_sharp_as_alone_and_shown_once() -> None:
    import_altair = "import altair as alt\nimport pandas as pd\nchart = alt.Chart(pd.DataFrame({'a': [1]}), title='T')"
    output = only(import_altair, FIGURE + "\nmo.hstack([figure])")
    bundle = bundle_in(output.data["text/html"])
    assert str(bundle["image/svg+xml"]).lstrip().startswith("<?xml")
    assert bundle["__metadata__"]["width"] > 300
    chart = bundle_in(only(import_altair, "mo.vstack([chart.mark_point().encode(x='a')])").data["text/html"])
    assert chart["__metadata__"]["alt"] == "T"


def test_a_plotly_figure_in_layout_loads_nothing_from_elsewhere() -> None:
    output = only("import plotly.express as px", "mo.hstack([px.line(x=[1, 2], y=[1, 2], title='Up')])")
    assert "remote_hosts" not in output.metadata
    assert bundle_in(output.data["text/html"])["__metadata__"]["title"] == "Up"


# --- output that is not the last expression ---------------------------------------------------------------------------


def test_what_is_appended_is_shown_in_order_and_at_its_best() -> None:
    append = "\nmo.output.append('a')\nmo.output.append(df)\nmo.output.append(figure)"
    text, frame, figure = shown(FRAME, FIGURE + append)
    assert text.data["text/plain"] == "'a'"
    assert frame.metadata["table"]["rows"] == 3
    assert "image/svg+xml" in figure.data


def test_replacing_and_clearing_leave_what_is_left() -> None:
    assert only("mo.output.append(1)\nmo.output.replace(mo.md('last'))").data["text/markdown"] == "last"
    assert shown("mo.output.append(1)\nmo.output.clear()") == ()


def test_the_cells_own_value_takes_the_place_of_what_was_appended() -> None:
    assert only("mo.output.append('working')\n'done'").data["text/plain"] == "'done'"


def test_progress_leaves_nothing_behind() -> None:
    assert shown("for _ in mo.status.progress_bar(range(3), title='t'):\n    pass") == ()
    assert shown("with mo.status.spinner(title='t') as spinner:\n    spinner.update('u')") == ()


def test_stop_shows_its_output_and_is_no_error() -> None:
    (trace,) = run("mo.stop(True, mo.md('Choose first.'))\n1 / 0")
    assert trace.exit == "stopped"
    assert [output.data for output in trace.outputs] == [{"text/markdown": "Choose first."}]
    assert run("mo.stop(True)")[0].outputs == ()
    assert only("mo.stop(False, 'no')\n1").data["text/plain"] == "1"


# --- SQL --------------------------------------------------------------------------------------------------------------


def test_sql_sees_frames_of_the_notebook_and_shows_its_result() -> None:
    result = only(FRAME, "total = mo.sql('select sum(n) as total from df')")
    assert element(result.data["text/html"], "tbody").get_text(strip=True) == "3"
    quiet = "total = mo.sql('select sum(n) as total from df', output=False)"
    assert only(FRAME, quiet, "int(total['total'][0])").data["text/plain"] == "3"


def test_the_result_of_sql_is_shown_once() -> None:
    assert len(shown(FRAME, "mo.sql('select * from df')")) == 1


# --- what a notebook asks about itself --------------------------------------------------------------------------------


def test_a_notebook_finds_the_folder_it_stands_in(tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("from the file")
    source = "(mo.notebook_dir() / 'data.txt').read_text(), mo.notebook_location() == mo.notebook_dir()"
    assert only(source, folder=tmp_path).data["text/plain"] == "('from the file', True)"
    assert only("mo.watch.file('data.txt').read_text()", folder=tmp_path).data["text/plain"] == "'from the file'"


def test_a_page_is_read_like_an_app() -> None:
    asked = "mo.app_meta().mode, mo.app_meta().theme, mo.running_in_notebook()"
    assert only(asked).data["text/plain"] == "('run', 'light', True)"
    assert only("mo.query_params().to_dict(), mo.cli_args().to_dict()").data["text/plain"] == "({}, {})"


def test_the_settings_of_who_builds_the_page_do_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    (home / "marimo").mkdir(parents=True)
    (home / "marimo" / "marimo.toml").write_text('[display]\ntheme = "dark"\ndataframes = "plain"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    assert only("mo.app_meta().theme", executor=LocalExecutor).data["text/plain"] == "'light'"


def test_a_cell_knows_what_it_defines_and_refers_to() -> None:
    assert only(FRAME, "total = df.n.sum()\nmo.defs(), mo.refs()").data["text/plain"] == "(('total',), ('df', 'mo'))"


def test_state_is_what_it_is_set_to() -> None:
    assert only("get, put = mo.state(1)", "put(2)", "get()").data["text/plain"] == "2"


CACHING = """
import marimo

app = marimo.App()

@app.cell
def work():
    import marimo as mo
    with mo.persistent_cache("work"):
        print("slow")
        _half = 21
        whole = 2 * _half
    whole
    return (whole,)
"""


def test_a_block_is_cached_with_the_names_private_to_its_cell(tmp_path: Path) -> None:
    (tmp_path / "nb.py").write_text(CACHING)
    notebook = MARIMO.read("nb.py", CACHING)
    said = []
    for _ in range(2):
        with LocalExecutor(tmp_path).start(notebook) as kernel:
            trace = kernel.run(notebook.cell("work"), analyse(notebook).names["work"])
            said.append([output.data["text/plain"] for output in trace.outputs])
    assert said == [["slow\n", "42"], ["42"]]


def test_a_cached_function_is_called_once() -> None:
    cached = "@mo.cache\ndef slow(x):\n    print('slow')\n    return x + 1"
    traces = run(cached, "slow(1)", "slow(1)")
    assert [[output.data["text/plain"] for output in trace.outputs] for trace in traces[1:]] == [["slow\n", "2"], ["2"]]


# --- values -----------------------------------------------------------------------------------------------------------


def test_a_short_list_is_a_line_and_a_long_one_a_tree() -> None:
    assert only("[1, 2, 3]").data == {"text/plain": "[1, 2, 3]"}
    tree = only("[list(range(30))] * 2")
    assert element(tree.data["text/html"], "marimo-json-output")
    assert tree.data["text/plain"].startswith("[[0, 1,")


def test_a_bare_frame_shows_all_rows_up_to_a_limit() -> None:
    output = only("import pandas as pd", f"pd.DataFrame({{'n': range({LIMIT})}})")
    assert output.metadata["table"]["shown"] == LIMIT


def test_what_plot_returns_is_its_figure() -> None:
    assert "image/svg+xml" in only(FIGURE, "plt.plot([1, 2])").data
    assert "image/svg+xml" in only(FIGURE, "plt.bar([1, 2], [3, 4])").data


def test_a_plot_to_select_in_is_shown_as_it_is() -> None:
    assert "image/svg+xml" in only(FIGURE, "mo.ui.matplotlib(axes)").data


def test_no_address_in_memory_is_shown() -> None:
    printed, value = shown("class Thing: pass\nprint(Thing())\nThing()")
    assert printed.data["text/plain"] == "<__main__.Thing object at 0x…>\n"
    assert value.data["text/plain"] == "<__main__.Thing at 0x…>"


def test_an_object_may_say_how_it_is_shown() -> None:
    display = "class A:\n    def _display_(self):\n        return mo.md('mine')\nA()"
    mime = "class B:\n    def _mime_(self):\n        return 'text/html', '<b>x</b>'\nB()"
    assert only(display).data["text/markdown"] == "mine"
    assert only(mime).data["text/html"] == "<b>x</b>"


# --- surroundings -----------------------------------------------------------------------------------------------------


def test_a_file_called_like_a_library_of_marimo_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "markdown.py").write_text("raise SystemExit('this is a lecture about Markdown')")
    assert only("mo.md('fine').callout()", folder=tmp_path, executor=LocalExecutor).metadata["marimo"]


BLOCKER = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "marimo":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Blocker())
"""


def test_without_marimo_the_cell_that_imports_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text(BLOCKER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    other, importing = execute("1 + 1", "import marimo as mo")
    assert other.outputs[0].data["text/plain"] == "2"
    assert error_of(importing) == "ModuleNotFoundError: No module named 'marimo'"


def test_a_percent_script_may_use_marimo_as_well() -> None:
    traces = run("mo.md('**x**')", "mo.ui.slider(1, 3)", format="percent")
    assert traces[0].outputs[0].data["text/markdown"] == "**x**"
    assert traces[1].outputs[0].metadata["marimo"]


# --- another marimo ---------------------------------------------------------------------------------------------------


def test_a_part_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(marimo_parts.MissingPartError, match=r"^marimo\._runtime\.nowhere\.thing$"):
        marimo_parts.part("_runtime.nowhere:thing")
    assert "marimo._ast.gone" in marimo_parts.complaint(["marimo._ast.gone"])
    assert not marimo_parts.is_a_part(1, "_runtime.nowhere:thing")


class Recorder:
    """As much of a session as a bridge needs."""

    notebook = Notebook("nb.py", "marimo", ())
    path = Path("nb.py")

    def __init__(self) -> None:
        self.namespace: dict[str, object] = {}
        self.private = ""
        self.value = None
        self.emitted: list[Output] = []

    def emit(self, output: Output) -> None:
        self.emitted.append(output)


@pytest.mark.parametrize(
    "gone", ["_runtime.app_meta:get_mode", "_runtime.context.script_context:initialize_script_context"]
)
def test_of_a_strange_marimo_the_author_is_told_once(gone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def part(name: str) -> object:
        return marimo_parts.part(name + "_is_gone" if name == gone else name)

    monkeypatch.setattr(marimo_bridge, "part", part)
    marimo_bridge._be_an_app.cache_clear()
    session = Recorder()
    bridge = marimo_bridge.bridge(session)  # type: ignore[arg-type]
    for number in range(2):
        bridge.before_cell(Cell(f"cell{number}", "code", "1", 1))
        assert bridge.after_cell() == []
    bridge.close()
    marimo_bridge._be_an_app.cache_clear()
    (told,) = session.emitted
    assert told.channel == "stderr"
    assert f"marimo.{gone.replace(':', '.')}_is_gone is missing" in told.data["text/plain"]
