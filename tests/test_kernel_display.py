"""What values look like: displays, figures, exceptions in a repr, magics. Told of the executor that builds use."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import pytest

from nbpublish.executors.limits import Limits
from nbpublish.executors.local import LocalExecutor
from nbpublish.model import ERROR, Cell, Names, Notebook, Output, Trace

Run = Callable[..., Trace]


class Notebooks:
    """Starts notebooks of several formats and ends them with the test."""

    def __init__(self, root: Path, stack: ExitStack) -> None:
        self.root = root
        self.stack = stack

    def __call__(self, format: str = "percent", order: Literal["document", "dataflow"] = "document") -> Run:
        (self.root / "nb.py").touch()
        executor = LocalExecutor(self.root, Limits(cell=60))
        kernel = self.stack.enter_context(executor.start(Notebook("nb.py", format, (), order=order)))
        count = 0

        def run(source: str, *defs: str) -> Trace:
            nonlocal count
            count += 1
            cell = Cell(f"c{count}", "code", textwrap.dedent(source).strip(), count * 20)
            return kernel.run(cell, Names(defs=frozenset(defs)))

        return run


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Notebooks]:
    with ExitStack() as stack:
        yield Notebooks(tmp_path, stack)


@pytest.fixture
def run(start: Notebooks) -> Run:
    return start()


def data(trace: Trace) -> list[tuple[str, Any]]:
    """Channel and content, by its richest type, of every output."""
    return [(output.channel, next(iter(_richest(output)))) for output in trace.outputs]


def _richest(output: Output) -> list[Any]:
    return [value for mime, value in output.data.items() if mime != "text/plain"] or list(output.data.values())


def kinds(trace: Trace) -> list[str]:
    return [max(output.data, key=lambda mime: mime != "text/plain") for output in trace.outputs]


def errors(trace: Trace) -> list[str]:
    return [output.data[ERROR]["name"] for output in trace.outputs if ERROR in output.data]


# --- values and display -----------------------------------------------------------------------------------------------


def test_objects_of_ipython_keep_their_mimetypes(run: Run) -> None:
    trace = run("""
        from IPython.display import HTML, JSON, Latex, Markdown, SVG, IFrame, display
        display(HTML("<b>1</b>"), Markdown("*2*"), Latex("$3$"), JSON({"four": 4}), SVG("<svg/>"))
        IFrame("https://example.org", 1, 2)
    """)
    assert kinds(trace) == [
        *("text/html", "text/markdown", "text/latex", "application/json", "image/svg+xml", "text/html"),
    ]
    assert trace.outputs[3].data["application/json"] == {"four": 4}
    assert [output.channel for output in trace.outputs] == ["display"] * 5 + ["result"]


def test_display_needs_no_import_in_documents_and_one_in_marimo(start: Notebooks) -> None:
    assert data(start()("display(1)")) == [("display", "1")]
    marimo = start("marimo", "dataflow")
    assert errors(marimo("display(1)")) == ["NameError"]
    assert data(marimo("from IPython.display import display\ndisplay(1)")) == [("display", "1")]


def test_the_last_result_is_called_underscore_in_documents(run: Run) -> None:
    run("6 * 7")
    assert data(run("_ + 1")) == [("result", "43")]


def test_underscore_translates_where_that_is_installed(run: Run) -> None:
    run("import gettext; gettext.install('none')\n'result'")
    assert data(run("_('a translated text')")) == [("result", "'a translated text'")]


def test_a_handle_updates_its_display(run: Run) -> None:
    source = "h = display('first', display_id=True); display('second'); h.update('changed')"
    assert data(run(source)) == [("display", "'changed'"), ("display", "'second'")]
    assert data(run("h.update('later')")) == [("display", "'later'")]


def test_clear_output_leaves_what_follows(run: Run) -> None:
    source = """
        from IPython.display import clear_output
        for i in range(3):
            clear_output(wait=True)
            print("round", i)
            display(i)
    """
    assert data(run(source)) == [("stdout", "round 2\n"), ("display", "2")]


def test_an_object_may_show_itself_in_every_known_way(run: Run) -> None:
    run("""
        class Html:
            def _repr_html_(self): return "<i>x</i>"
        class Bundle:
            def _repr_mimebundle_(self, include=None, exclude=None):
                return {"text/html": "<u>x</u>"}, {"text/html": {"isolated": True}}
        class Itself:
            def _ipython_display_(self): print("itself")
        class Both:
            def _repr_html_(self): return "h"
            def _repr_markdown_(self): return "m"
    """)
    assert data(run("Html()")) == [("result", "<i>x</i>")]
    assert run("Bundle()").outputs[0].metadata == {"text/html": {"isolated": True}}
    assert data(run("Itself()")) == [("stdout", "itself\n")]
    assert set(run("Both()").outputs[0].data) == {"text/html", "text/markdown", "text/plain"}
    assert data(run("display({'text/html': 'raw'}, raw=True)")) == [("display", "raw")]


def test_an_exception_in_a_repr_is_the_cells_and_the_kernel_lives_on(run: Run) -> None:
    trace = run("""
        class Broken:
            def _repr_html_(self): return 1 / 0
            def __repr__(self): return "still here"
        Broken()
    """)
    assert (trace.exit, errors(trace)) == ("failed", ["ZeroDivisionError"])
    assert trace.outputs[-1].data == {"text/plain": "still here"}
    assert data(run("1")) == [("result", "1")]


def test_images_are_bytes_with_their_size(run: Run) -> None:
    run("""
        import io
        from IPython.display import Image
        from PIL import Image as Pillow
        def picture(format):
            file = io.BytesIO()
            Pillow.new("RGB", (30, 20)).save(file, format)
            return file.getvalue()
    """)
    for format in ("png", "jpeg"):
        image = run(f"Image(picture('{format}'))").outputs[0]
        assert isinstance(image.data[f"image/{format}"], bytes)
        assert (image.metadata["width"], image.metadata["height"]) == (30, 20)
    half = run("Image(picture('png'), width=15)").outputs[0]
    assert (half.metadata["width"], half.metadata["height"]) == (15, 10)
    assert run("Pillow.new('RGB', (7, 5))").outputs[0].metadata["width"] == 7


def test_what_crosses_to_us_needs_none_of_the_authors_classes(run: Run) -> None:
    trace = run("""
        import numpy
        class Str(str): pass
        bundle = {Str("text/html"): Str("<b>"), "application/json": {"n": numpy.float64(1.5), "a": numpy.arange(2)}}
        display(bundle, raw=True, metadata={"k": numpy.int64(3)})
    """)
    output = trace.outputs[0]
    assert output.data == {"text/html": "<b>", "application/json": {"n": 1.5, "a": [0, 1]}}
    assert {type(key) for key in output.data} == {str}
    assert output.metadata == {"k": 3}


# --- magics ---------------------------------------------------------------------------------------------------------


def test_magics_run_in_the_notebooks_namespace_and_in_order(run: Run) -> None:
    run("x = 20")
    assert data(run("get_ipython().run_cell_magic('time', '', 'y = x + 1\\ny')"))[-1] == ("result", "21")
    assert data(run("y")) == [("result", "21")]
    trace = run("print('1'); get_ipython().system('echo {y}'); print('3')")
    assert data(trace) == [("stdout", "1\n21\n3\n")]
    assert data(run("get_ipython().run_line_magic('matplotlib', 'inline')")) == []
    assert run("get_ipython().run_line_magic('config', \"InlineBackend.figure_format = 'retina'\")").exit == "ok"
    assert kinds(run("get_ipython().run_cell_magic('html', '', '<b>b</b>')")) == ["text/html"]
    assert errors(run("'In' in globals()")) == []
    assert data(run("'In' in globals() or '_dh' not in globals()")) == [("result", "False")]


def test_an_exception_in_a_magics_code_is_the_cells(run: Run) -> None:
    trace = run("get_ipython().run_cell_magic('time', '', '1/0')")
    assert (trace.exit, errors(trace)) == ("failed", ["ZeroDivisionError"])
    assert errors(run("get_ipython().run_line_magic('no_such_magic', '')")) == ["UsageError"]


# --- figures ----------------------------------------------------------------------------------------------------------


def test_an_open_figure_is_shown_at_the_end_and_then_gone(run: Run) -> None:
    trace = run("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint('drawn')\nx = 1")
    assert kinds(trace) == ["text/plain", "image/svg+xml"]
    assert data(run("plt.get_fignums()")) == [("result", "[]")]


def test_show_puts_figures_where_it_stands(run: Run) -> None:
    trace = run("""
        import matplotlib.pyplot as plt
        print("before"); plt.plot([1]); plt.show(); print("between"); plt.plot([2]); plt.show(); print("after")
    """)
    assert kinds(trace) == ["text/plain", "image/svg+xml", "text/plain", "image/svg+xml", "text/plain"]


def test_a_figure_is_shown_once_whatever_the_cell_ends_with(run: Run) -> None:
    run("import matplotlib.pyplot as plt, seaborn as sns")
    for last in (
        *("fig", "ax", "ax.plot([1])", "plt.title('t')", "ax.bar([1], [2])", "plt.pie([1, 2])", "plt.gca()", "None"),
        *("display(fig)", "fig.subplots(2)", "ax.boxplot([1, 2])", "fig.show()", "plt.show()", "ax.errorbar([1], [1])"),
    ):
        assert (last, kinds(run(f"fig, ax = plt.subplots()\n{last}"))) == (last, ["image/svg+xml"])
    assert kinds(run("sns.relplot(x=[1], y=[2])")) == ["image/svg+xml"]
    assert kinds(run("plt.hist([1, 2])")) == ["text/plain", "image/svg+xml"]


def test_blank_paper_is_no_figure(run: Run) -> None:
    assert kinds(run("import matplotlib.pyplot as plt\nfig = plt.figure()\n1 / 0")) == [ERROR]
    assert kinds(run("fig = plt.figure()\nplt.show()")) == []
    for drawn in ("fig.add_subplot()", "fig.suptitle('t')", "fig.subfigures(1, 2)[0].text(0, 0, 't')"):
        assert (drawn, kinds(run(f"fig = plt.figure()\n{drawn};"))) == (drawn, ["image/svg+xml"])


def test_a_figure_drawn_on_after_it_was_shown_is_shown_again(run: Run) -> None:
    trace = run("import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\ndisplay(fig)\nax.plot([1]);")
    assert kinds(trace) == ["image/svg+xml"] * 2
    assert trace.outputs[0] != trace.outputs[1]


def test_a_figure_can_be_shown_again_by_a_later_cell(run: Run) -> None:
    run("import matplotlib.pyplot as plt\nfig, ax = plt.subplots()")
    assert kinds(run("fig")) == ["image/svg+xml"]


def test_in_a_dataflow_notebook_a_figure_is_shown_where_it_is_shown_and_never_lost(start: Notebooks) -> None:
    run = start("marimo", "dataflow")
    run("import matplotlib.pyplot as plt", "plt")
    assert kinds(run("fig, ax = plt.subplots()\nax.plot([1])\nNone", "fig", "ax")) == []
    assert kinds(run("fig")) == ["image/svg+xml"]
    assert kinds(run("_fig, _ax = plt.subplots()\n_ax.plot([1])\nNone")) == ["image/svg+xml"]
    assert kinds(run("_fig, _ax = plt.subplots()\n[_fig.dpi]")) == ["text/plain"]


def test_a_figure_says_in_words_what_it_shows(run: Run) -> None:
    figure = run("""
        import matplotlib.pyplot as plt
        plt.plot([1], label="model $x^2$")
        plt.title("Loss"); plt.xlabel("epoch"); plt.ylabel("MSE"); plt.legend()
        plt.suptitle("Training")
    """).outputs[-1]
    assert figure.metadata["alt"] == "Training; Loss; MSE, epoch; model x^2"
    assert figure.metadata["title"] == "Training"


def test_text_in_an_svg_stays_text(run: Run) -> None:
    (figure,) = run("import matplotlib.pyplot as plt\nplt.title('損失')\nplt.plot([1]);").outputs
    assert ">損失</text>" in figure.data["image/svg+xml"]


def test_a_large_figure_is_a_sharp_png(run: Run) -> None:
    figure = run("""
        import matplotlib.pyplot as plt, numpy as np
        plt.scatter(*np.random.default_rng(0).random((2, 5000)), c=np.arange(5000))
    """).outputs[0]
    assert figure.channel == "result"
    image = figure.data["image/png"]
    assert b"Software" not in image
    assert int.from_bytes(image[16:20], "big") == pytest.approx(2 * figure.metadata["width"], abs=1)
    assert 500 < figure.metadata["width"] < 640


def test_figures_have_the_same_bytes_in_every_process(start: Notebooks) -> None:
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2], label='a'); plt.legend(); plt.imshow([[1, 2]])"
    assert start()(source).outputs == start()(source).outputs


def test_the_authors_settings_of_matplotlib_stay(run: Run) -> None:
    run("import matplotlib.pyplot as plt\nplt.rcParams['svg.fonttype'] = 'path'\nplt.plot([1]);")
    assert data(run("plt.rcParams['svg.fonttype'], plt.get_backend().lower()")) == [("result", "('path', 'agg')")]


# --- libraries --------------------------------------------------------------------------------------------------------


def test_nothing_is_imported_that_the_author_did_not_import(run: Run) -> None:
    run("print(1)")
    ours = "[name for name in ('matplotlib', 'numpy', 'pandas', 'marimo', 'IPython') if name in sys.modules]"
    assert data(run(f"import sys\n' '.join({ours})")) == [("result", "''")]


def test_rich_writes_plain_text_and_one_final_bar(run: Run) -> None:
    trace = run("from rich.progress import track\nfor i in track(range(3)): pass")
    assert [channel for channel, _ in data(trace)] == ["stdout"]
    assert data(trace)[0][1].count("100%") == 1
