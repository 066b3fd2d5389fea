"""The language of a page is found from its prose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbpublish.page.language import written_language

JAPANESE = """\
# 線形回帰

442人の患者について、検査の一年後に病気がどれだけ進んだかを予測します。
まず方程式を解いて、次に坂を下って、同じ答えにたどり着くことを確かめましょう。
"""
TERSE = "# 主成分分析\n\n分散最大化 による次元削減。固有値分解を利用。"
TERMS = "scikit-learn の LinearRegression と Ridge を使い、Boston ではなく California housing で RMSE を比べます。"
ENGLISH = """\
# Bold in Japanese

CommonMark lets two asterisks open or close by the spaces and punctuation around them, so これは**「強調」**です keeps
its asterisks. The word 勾配降下法 means gradient descent, and a page that quotes it is still an English page.
"""
CHINESE = """\
# 线性回归

我们用四百四十二名患者的数据预测一年后的病情。首先求解方程,然后沿着坡度下降,并确认两者得到相同的答案。
"""
TRADITIONAL = "# 教學\n\n本章介紹機器學習的基本概念,並以簡單的例子說明如何訓練模型。"
QUOTE = "日语里的「こんにちは」是问候语,这首歌叫《鸟の诗》,是一首很有名的歌曲。"
CHINESE_QUOTING = f"{CHINESE}\n{QUOTE}\n\n{TRADITIONAL}"
RUSSIAN = "# Русский\n\nПример текста."
KOREAN = "# 선형 회귀\n\n환자 442명의 데이터로 일 년 뒤의 병세를 예측합니다."
CODE = "```python\nfor name in names:\n    print('the quick brown fox jumps over the lazy dog', name)\n```\n" * 20


@pytest.mark.parametrize(
    "prose",
    [
        JAPANESE,
        TERSE,
        TERMS,
        "# はじめに",
        "ｶﾀｶﾅ ﾀﾞｹ",
        JAPANESE + CODE,
        JAPANESE + CODE.removesuffix("```\n"),  # a fence that never closes
        "`numpy.random.default_rng` で乱数を作り、`matplotlib.pyplot.hist` で描きます。",
        "損失は $\\text{the mean of all the squared errors of the model}$ です。",
        "くわしくは [手引き](https://example.org/a/long/address/of/many/words/in/english) を見てください。",
        '<div class="a long list of english classes" data-name="and words">説明です。</div>',
    ],
)
def test_a_page_that_is_mostly_japanese_is_japanese(prose: str) -> None:
    assert written_language([prose]) == "ja"


@pytest.mark.parametrize(
    "prose",
    ["", "# 42", ENGLISH, CHINESE, TRADITIONAL, CHINESE_QUOTING, KOREAN, RUSSIAN, CODE, "`これ`", "主成分分析"],
)
def test_any_other_page_is_not(prose: str) -> None:
    assert written_language([prose]) is None


def test_all_cells_count_together() -> None:
    title, text = "# はじめに", ENGLISH
    assert written_language([title]) == "ja"
    assert written_language([title, text]) is None
    assert written_language([JAPANESE, TERMS, CODE]) == "ja"


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    assert written_language([text]) in ("ja", None)


@pytest.mark.parametrize("piece", ["```", "`", "$", "$$", "<a ", "](", "https://", "~~~\n", "~~~~\n~~~\n"])
def test_damaged_markdown_takes_no_longer(piece: str) -> None:
    assert written_language([piece * 20_000]) is None
