"""Text of any script in matplotlib figures: no warnings, the right room, and boxes only where it is said."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from matplotlib import font_manager
from matplotlib.ft2font import LoadFlags

from nbpublish.executors.limits import Limits
from nbpublish.executors.local import LocalExecutor
from nbpublish.kernel.font_families import language_of, with_fallbacks
from nbpublish.kernel.fonts import STAND_IN
from nbpublish.model import MISSING_GLYPHS, Cell, Names, Notebook, Trace

Run = Callable[[str], Trace]

SVG = "image/svg+xml"
FIGURE = "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(4, 2))\n"
NO_FONTS = (
    "import matplotlib.font_manager as fm\n"
    "fm.fontManager.ttflist = [f for f in fm.fontManager.ttflist if 'mpl-data' in f.fname]\n"
)
"""What a machine without Japanese fonts has, as most that build sites."""
JAPANESE = "Noto Sans CJK JP" in font_manager.fontManager.get_font_names()
with_a_font = pytest.mark.skipif(not JAPANESE, reason="needs the package fonts-noto-cjk")


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    with ExitStack() as stack:
        (tmp_path / "nb.py").touch()
        executor = LocalExecutor(tmp_path, Limits(cell=60))

        def run(source: str) -> Trace:
            kernel = stack.enter_context(executor.start(Notebook("nb.py", "percent", ())))
            return kernel.run(Cell("c", "code", source, 1), Names())

        yield run


def svg(trace: Trace) -> str:
    assert [list(output.data) for output in trace.outputs] == [[SVG]], said(trace)
    return str(trace.outputs[0].data[SVG])


def said(trace: Trace) -> str:
    return "".join(str(o.data["text/plain"]) for o in trace.outputs if o.channel == "stderr")


# --- on the page ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("machine", ["", NO_FONTS])
@pytest.mark.parametrize("more", ["", "plt.tight_layout()", "fig.canvas.draw()", "plt.rc('font', family='Meiryo')"])
def test_an_svg_with_japanese_text_comes_without_a_word(run: Run, machine: str, more: str) -> None:
    picture = svg(run(f"{machine}{FIGURE}ax.set_title('勾配降下法の誤差')\nax.set_xlabel('Ελληνικά 😀 ไทย')\n{more}"))
    assert "勾配降下法の誤差" in picture


@pytest.mark.parametrize("machine", ["", NO_FONTS])
def test_words_beside_a_formula_stay_words(run: Run, machine: str) -> None:
    picture = svg(run(f"{machine}{FIGURE}ax.set_title('誤差 $E(w)$')"))
    assert "¤" not in picture
    spans = {span.text: span for span in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}tspan")}
    room = float(spans["差"].attrib["x"]) - float(spans["誤"].attrib["x"])
    assert room == pytest.approx(12, abs=0.3), "each is as wide as the font is high"


def test_a_machine_without_fonts_measures_as_one_with_them(run: Run) -> None:
    source = FIGURE + "ax.text(1, 1, '勾配降下法による学習の誤差', fontsize=10)"
    sizes = [run(machine + source).outputs[0].metadata["width"] for machine in ("", NO_FONTS)]
    narrow = run(FIGURE + "ax.text(1, 1, '|', fontsize=10)").outputs[0].metadata["width"]
    assert sizes[0] == pytest.approx(sizes[1], abs=3)
    assert sizes[0] - narrow == pytest.approx(13 * 10 * 100 / 72, abs=12), "thirteen characters, each one em wide"


def test_a_figure_in_latin_looks_up_no_font(run: Run) -> None:
    source = FIGURE + "ax.plot([-1, 1])\nax.set_title('naïve – $\\\\alpha$ ≤ −1')\n"
    trace = run("import matplotlib.font_manager as fm\n" + source + "plt.show()\n" + LOOKED_UP)
    assert trace.outputs[-1].data["text/plain"] == "False\n"
    trace = run("import matplotlib.font_manager as fm\n" + source + "ax.set_title('題')\nplt.show()\n" + LOOKED_UP)
    assert trace.outputs[-1].data["text/plain"] == "True\n"


LOOKED_UP = "print(any('stand_in' in str(p) for p in fm.fontManager._find_fonts_by_props(fm.FontProperties())))"


def test_another_matplotlib_draws_as_it_would_alone(run: Run) -> None:
    gone = "import matplotlib._mathtext as m\ndel m.UnicodeFonts._get_glyph\n"
    assert "損失" in svg(run(gone + FIGURE + "ax.set_title('損失')"))


# --- rasters ----------------------------------------------------------------------------------------------------------

MANY = "import numpy as np\nax.scatter(*np.random.default_rng(0).random((2, 9000)))\n"


@with_a_font
def test_a_raster_has_japanese_text_where_a_font_is(run: Run) -> None:
    trace = run(FIGURE + MANY + "ax.set_title('題')")
    assert said(trace) == ""
    assert "image/png" in trace.outputs[0].data


def lacking(trace: Trace) -> list[str]:
    return [text for output in trace.outputs for text in output.data.get(MISSING_GLYPHS, ())]


@pytest.mark.parametrize("save", ["", "fig.savefig('copy.png')"])
@pytest.mark.parametrize("quiet", ["", "import warnings\nwarnings.simplefilter('ignore')\n"])
def test_a_raster_that_lacks_glyphs_tells_the_author_which(run: Run, save: str, quiet: str) -> None:
    points = "" if save else MANY
    title = "ax.set_title('題名')\nax.set_xlabel('x')\nax.set_ylabel('軸')\n"
    trace = run(f"{quiet}{NO_FONTS}{FIGURE}{points}{title}{save}")
    assert lacking(trace) == ["軸", "題名"]
    assert said(trace) == ""


@with_a_font
def test_a_raster_that_lacks_nothing_tells_nothing(run: Run) -> None:
    assert lacking(run(f"{FIGURE}{MANY}ax.set_title('題名')")) == []


# --- the author's fonts -----------------------------------------------------------------------------------------------


@with_a_font
def test_a_font_that_a_package_brings_is_used_before_ours(run: Run, tmp_path: Path) -> None:
    """As japanize-matplotlib and matplotlib-fontja do: a font file of their own is added and made the default."""
    (tmp_path / "japanize.py").write_text(
        "import matplotlib as mpl\nfrom matplotlib import font_manager as fm\n"
        f"fm.fontManager.addfont({str(font_manager.findfont('Noto Serif CJK JP'))!r})\n"
        "mpl.rc('font', family='Noto Serif CJK JP')\n"
    )
    source = FIGURE.replace("\n", "\nimport japanize\n", 1) + "ax.set_title('題 $x$ 名')\nax.set_xlabel('軸')"
    picture = svg(run(source))
    assert re.search("<svg font-family=\"'Noto Serif CJK JP', 'Hiragino Sans', [^\"]*, serif\"", picture)
    assert "Noto Sans CJK JP'\"" not in picture
    assert "題" in picture


def test_a_missing_font_of_the_authors_is_named_for_those_who_have_it(run: Run) -> None:
    default = FIGURE.replace("\n", "\nplt.rcParams['font.family'] = 'Hiragino Sans'\n", 1)
    picture = svg(run(default + "ax.set_title('題')"))
    assert re.search("<svg font-family=\"'Hiragino Sans', 'Yu Gothic', [^\"]*, sans-serif\"", picture)


def test_a_misspelt_font_is_still_reported(run: Run) -> None:
    trace = run(FIGURE.replace("\n", "\nplt.rcParams['font.family'] = 'Tims New Roman'\n", 1))
    assert "Tims New Roman" in said(trace)


# --- what a browser is asked for --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language"),
    [
        *[("loss", None), ("誤差の図", "ja"), ("勾配降下法", "ja"), ("损失函数", "zh-Hans"), ("你們", "zh-Hant")],
        ("오차 漢字", "ko"),
    ],
)
def test_shapes_are_those_of_the_language(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_the_commonest_family_is_said_once_and_another_keeps_its_place() -> None:
    text = '<text style="font-size: 9px; font-family: {}; text-anchor: end">{}</text>'
    drawn = "<svg >" + text.format("'A', sans-serif", 1) * 2 + text.format("'Courier New'", 2) + "</svg>"
    assert with_fallbacks(drawn) == (
        "<svg font-family=\"'A', sans-serif\" >"
        + '<text style="font-size: 9px; text-anchor: end">1</text>' * 2
        + text.format("'Courier New', monospace", 2)
        + "</svg>"
    )


def test_the_stand_in_has_a_box_of_one_em_for_every_other_character() -> None:
    font = font_manager.get_font(STAND_IN)
    assert {font.get_char_index(ord(c)) for c in "あ漢한ก😀𠮷"} == {1}
    assert font.get_char_index(ord("a")) == 0
    font.set_size(10, 72)
    glyph = font.load_char(ord("漢"), flags=LoadFlags.NO_HINTING)
    assert glyph.linearHoriAdvance / 65536 == pytest.approx(10, abs=1e-3)
