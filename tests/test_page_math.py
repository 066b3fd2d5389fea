"""LaTeX becomes MathML: what courses write, what authors of Jupyter and marimo write differently, and mistakes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbpublish.page.html import is_closed
from nbpublish.page.math import Equations, MathError, to_mathml

FORMULAS = (Path(__file__).parent / "data" / "formulas.tex").read_text(encoding="utf-8").split("\n\n")[1:]
COURSE = {name.removeprefix("% "): latex for name, _, latex in (block.partition("\n") for block in FORMULAS)}


@pytest.mark.parametrize("name", COURSE)
def test_formulas_of_courses_convert(name: str) -> None:
    mathml = to_mathml(COURSE[name], display=True)
    assert mathml.startswith('<math display="block">')
    assert is_closed(mathml)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"\begin{split} a &= b \end{split}", r"\begin{aligned} a &= b \end{aligned}"),
        (r"\begin{eqnarray*} a &= b \end{eqnarray*}", r"\begin{align*} a &= b \end{align*}"),
        (r"\begin{alignat*}{2} a &= b \end{alignat*}", r"\begin{align*} a &= b \end{align*}"),
        (r"x \mbox{ if } y", r"x \text{ if } y"),
        (r"\mathop{\mathrm{argmax}}\limits_x f", r"\operatorname*{argmax}_x f"),
        (r"\sum_{\substack{i\\ j\{k\}}} a", r"\sum_{\begin{subarray}{c}i\\ j\{k\}\end{subarray}} a"),
        (r"\text{if $x$ holds}", r"\text{if }x\text{ holds}"),
        (r"\LaTeX", r"\text{LaTeX}"),
        (r"\pmb{v}", r"\boldsymbol{v}"),
        (r"\mathds{1}", r"\mathbb{1}"),
        (r"\cases{a & b \cr c & d}", r"\begin{cases}a & b \\ c & d\end{cases}"),
        (r"\begin{array}{@{}l|r@{}} a & b \end{array}", r"\begin{array}{l|r} a & b \end{array}"),
        (r"\mathop{\rm arg\,min}_x f", r"\operatorname*{arg\,min}_x f"),
        (r"\smash{x}", r"{x}"),
    ],
)
def test_what_the_converter_does_not_know_means_the_same(written: str, meant: str) -> None:
    assert to_mathml(written, display=True) == to_mathml(meant, display=True)


def test_a_box_is_drawn_without_menclose_which_browsers_lack() -> None:
    assert to_mathml(r"\boxed{x}", display=False) == '<math><mrow class="nb-boxed"><mi>x</mi></mrow></math>'


def test_what_is_crossed_out_is_drawn_by_the_page_s_style() -> None:
    assert to_mathml(r"\frac{\cancel{x}}{\xcancel{y}}", display=False) == (
        '<math><mfrac><mrow class="nb-struck nb-updiagonalstrike"><mi>x</mi></mrow>'
        '<mrow class="nb-struck nb-updiagonalstrike nb-downdiagonalstrike"><mi>y</mi></mrow></mfrac></math>'
    )


def test_a_large_delimiter_with_a_power_is_stretched_in_a_row_of_its_own() -> None:
    mathml = to_mathml(r"\bigl( x \bigr)^2", display=False)
    assert '<msup><mrow><mo form="postfix" stretchy="true" symmetric="true" minsize="1.2em"' in mathml
    assert '<mo minsize="1.2em" maxsize="1.2em">(</mo><mi>x</mi>' in mathml


@pytest.mark.parametrize(
    ("colour", "shown"),
    [
        ("{red}", "#FF0000"),
        ("{#6a3fa0}", "#6a3fa0"),
        ("[HTML]{8A4B00}", "#8A4B00"),
        ("[rgb]{0,0.5,1}", "#0080FF"),
        ("[RGB]{1,2,3}", "#010203"),
        ("[gray]{0.5}", "#808080"),
    ],
)
def test_colours_of_every_model_are_left_to_the_page_to_tint(colour: str, shown: str) -> None:
    mathml = to_mathml(rf"a + \textcolor{colour}{{b}}", display=False)
    assert f'<mrow class="nb-math-colour" style="--nb-colour:{shown}"><mi>b</mi></mrow>' in mathml


def test_several_colours_keep_their_order() -> None:
    written = r"\textcolor{#010101}{a}\textcolor{red}{b}\textcolor{Aquamarine}{c}\textcolor{#020202}{d}"
    mathml = to_mathml(written, display=True)
    assert re.findall(r"--nb-colour:(#\w+)", mathml) == ["#010101", "#FF0000", "#1CBFC1", "#020202"]


def test_an_author_s_own_argmin_is_the_author_s() -> None:
    page = Equations()
    page.to_mathml(r"\DeclareMathOperator*{\argmin}{min\,arg} \newcommand{\argmax}{M}", display=True)
    assert page.to_mathml(r"\argmin_x \argmax", display=True) == to_mathml(
        r"\operatorname*{min\,arg}_x M", display=True
    )
    assert "arg" in to_mathml(r"\argmin_x", display=True)


@pytest.mark.parametrize(
    "latex", [r"\rule{1em}{2em} + x", r"\widecheck{x}", r"x \raise{1em}{y}", r"\unicode{x3b1} = \frac{a}{b}"]
)
def test_what_one_converter_has_never_heard_of_the_other_may_know(latex: str) -> None:
    for display in (False, True):
        mathml = to_mathml(latex, display=display)
        assert mathml.startswith('<math display="block">' if display else "<math>")
        assert is_closed(mathml)
        assert "\\" not in mathml


@pytest.mark.parametrize(
    "latex",
    [r"\rule{1em}{1em} \nonsense", r"\widecheck{x} \operatorname*{a}_b", r"\unicode{x41} \bm{\alpha}", r"\ce{H2O}"],
)
def test_where_the_other_would_be_wrong_it_is_a_mistake(latex: str) -> None:
    with pytest.raises(MathError, match="Unknown command"):
        to_mathml(latex, display=True)


def test_a_tag_or_label_needs_no_environment() -> None:
    assert "(A)" in to_mathml(r"x \tag{A}", display=True)
    assert 'id="eq:x"' in to_mathml(r"x \label{eq:x}", display=True)
    assert 'id="eq:y"' in to_mathml(r"\begin{aligned} x \end{aligned} \label{eq:y}", display=True)


def test_numbers_run_on_over_a_page_and_can_be_referred_to() -> None:
    page = Equations()
    first = page.to_mathml(r"\begin{equation} a \label{a} \end{equation}", display=True)
    second = page.to_mathml(r"\begin{align} b \label{b} \end{align}", display=True)
    assert re.findall(r"\(\d\)", first + second) == ["(1)", "(2)"]
    assert '<a href="#a">(1)</a>' in page.to_mathml(r"\eqref{a}", display=False)
    assert "(1)" in Equations().to_mathml(r"\begin{equation} a \end{equation}", display=True)


def test_macros_hold_for_the_page_and_only_there() -> None:
    page = Equations()
    page.to_mathml(r"\newcommand{\KL}[2]{D(#1 \| #2)} \newcommand\R{\mathbb{R}}", display=True)
    page.to_mathml(r"\DeclareMathOperator{\Var}{Var}", display=True)
    assert page.to_mathml(r"\KL{p}{q}", display=False) == to_mathml(r"D(p \| q)", display=False)
    assert page.to_mathml(r"\R \Var", display=False) == to_mathml(r"\mathbb{R} \operatorname{Var}", display=False)
    with pytest.raises(MathError):
        Equations().to_mathml(r"\KL{p}{q}", display=False)


@pytest.mark.parametrize(
    ("latex", "message", "place"),
    [
        (r"a + \nonsense{b}", "Unknown command", r"\nonsense"),
        (r"精度 = \nonsense", "Unknown command", r"\nonsense"),
        (r"\mbox{x} \nonsense", "Unknown command", r"\nonsense"),
        (r"\frac{a", "never closed|end of input", ""),
        (r"\begin{align} a \end{equation}", "equation", r"\end"),
        ("a & b", "table", "&"),
    ],
)
def test_a_mistake_says_what_and_where(latex: str, message: str, place: str) -> None:
    with pytest.raises(MathError, match=message) as caught:
        to_mathml(latex, display=True)
    assert latex[slice(*caught.value.span)] == place
    assert "\x1b" not in caught.value.message


PIECES = [r"\frac", r"\text", r"\substack", "{", "}", "{x}", "$", "&", r"\\", "^", "_", "x", "あ", " ", "\n", r"\begin"]


@given(st.lists(st.sampled_from([*PIECES, "{align}", r"\end", r"\tag", r"\label", "\\", "<", "%"])).map("".join))
def test_any_latex_converts_or_is_a_mistake(latex: str) -> None:
    try:
        mathml = to_mathml(latex, display=True)
    except MathError as error:
        start, end = error.span
        assert 0 <= start <= end <= len(latex)
    else:
        assert is_closed(mathml)
