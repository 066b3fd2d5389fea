import marimo

__generated_with = "0.25.2"
app = marimo.App()


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        # 組み合わせが多すぎるとき

        六つのスライダーが一つの図で出会うと、組み合わせは $11^6 \approx 177$ 万通りになり、すべてを前もって計算することはできません。
        そのときは、**一度に一つ**だけ動かせるようになります。二つ目を動かすと、ほかは初期値に戻ります。
        """
    )
    return


@app.cell
def _():
    import marimo as mo
    import matplotlib.pyplot as plt
    import numpy as np
    return mo, np, plt


@app.cell
def _(mo):
    weights = mo.ui.array([mo.ui.slider(-5, 5, value=v, label=f"$a_{n}$") for n, v in enumerate([3, 2, -1, 0, 1, 0], 1)])
    weights
    return (weights,)


@app.cell(hide_code=True)
def _(np, plt, weights):
    _t = np.linspace(0, 2 * np.pi, 120)
    _wave = sum(_a * np.sin(_n * _t) for _n, _a in enumerate(weights.value, 1))
    _fig, _ax = plt.subplots(figsize=(5.2, 2.6))
    _ax.plot(_t, _wave, lw=2)
    _ax.set(ylim=(-12, 12), xlabel="$t$", ylabel=r"$\sum_n a_n \sin nt$")
    _fig
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        ## 出会わない部品は掛け合わさらない

        下の二つはそれぞれ別のセルで使われるだけなので、$41 + 3$ 通りで足ります。
        """
    )
    return


@app.cell
def _(mo):
    celsius = mo.ui.slider(-20, 20, value=0, label="摂氏")
    greeting = mo.ui.dropdown(["おはよう", "こんにちは", "こんばんは"], value="おはよう", label="あいさつ")
    mo.hstack([celsius, greeting], justify="start", gap=2)
    return celsius, greeting


@app.cell
def _(celsius, mo):
    mo.md(f"摂氏 {celsius.value} 度は華氏 **{celsius.value * 9 / 5 + 32:.1f}** 度です。")
    return


@app.cell
def _(greeting, mo):
    mo.md(f"「{greeting.value}」は {len(greeting.value)} 文字です。")
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        ## 計算できないもの

        次のセルは種のない乱数を使うので、値ごとの結果を一つに決められません。そう書いて、動かさないでおきます。
        """
    )
    return


@app.cell
def _(mo):
    dice = mo.ui.slider(1, 6, value=2, label="さいころの数")
    dice
    return (dice,)


@app.cell
def _(dice, np):
    np.random.default_rng().integers(1, 7, dice.value).size
    return


if __name__ == "__main__":
    app.run()
