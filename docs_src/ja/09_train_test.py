import marimo

__generated_with = "0.25.2"
app = marimo.App()


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        # 訓練とテストの分け方

        手元のデータを、学習に使う**訓練データ**と、評価のために取っておく**テストデータ**に分けます。どんな割合で分けるのがよいでしょうか。

        訓練に回すほどモデルはよくなりますが、残りのテストデータが少なくなり、点数は「くじ引き」に近づきます。部品を動かして、
        この綱引きを確かめてください。
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
def _(np):
    rng = np.random.default_rng(4)
    x = np.sort(rng.uniform(0, 1, 50))
    y = np.sin(2 * np.pi * x) + rng.normal(0, 0.3, x.size)

    def split_error(ratio, seed):
        """訓練データの番号と、3 次式の係数と、テストデータでの誤差 (RMSE)。"""
        order = np.random.default_rng(seed).permutation(x.size)
        train, test = np.split(order, [round(ratio * x.size)])
        weights = np.polyfit(x[train], y[train], 3)
        return train, weights, np.sqrt(np.mean((np.polyval(weights, x[test]) - y[test]) ** 2))
    return split_error, x, y


@app.cell
def _(mo):
    percent = mo.ui.slider(10, 90, step=10, value=70, label="訓練の割合 (%)")
    seed = mo.ui.slider(1, 6, value=1, label="分け方")
    mo.hstack([percent, seed], justify="start", gap=2)
    return percent, seed


@app.cell(hide_code=True)
def _(np, percent, plt, seed, split_error, x, y):
    _train, _weights, _ = split_error(percent.value / 100, seed.value)
    _grid = np.linspace(0, 1, 80)
    _is_test = ~np.isin(np.arange(x.size), _train)
    _fig, _ax = plt.subplots(figsize=(5.2, 2.8))
    _ax.plot(_grid, np.sin(2 * np.pi * _grid), "--", lw=1, color="black", label="真の関数")
    _ax.plot(_grid, np.polyval(_weights, _grid), lw=2, color="C0", label="3 次式")
    _ax.plot(x[_train], y[_train], "o", ms=5, color="C0", label="訓練")
    _ax.plot(x[_is_test], y[_is_test], "o", ms=5, mfc="none", color="C1", label="テスト")
    _ax.set(xlim=(-0.02, 1.02), ylim=(-2, 2), xlabel="$x$", ylabel="$y$")
    _ax.legend(loc="upper right", ncols=2, fontsize=9)
    _fig
    return


@app.cell(hide_code=True)
def _(mo, percent, seed, split_error, x):
    _train, _, _error = split_error(percent.value / 100, seed.value)
    mo.hstack(
        [
            mo.stat(f"{_train.size}", label="訓練データ", caption="点"),
            mo.stat(f"{x.size - _train.size}", label="テストデータ", caption="点"),
            mo.stat(f"{_error:.3f}", label="テスト誤差", caption="RMSE"),
        ],
        justify="start",
    )
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        **90%** にして「分け方」を動かすと、曲線はほとんど変わらないのに、テスト誤差だけが大きく揺れます。5 点しかないテストデータで
        測っているからです。**10%** では逆に、曲線そのものが分け方に振り回されます。

        ## 何度も分けてみる

        一回の点数は偶然を含みます。同じ割合で 200 回分け直し、テスト誤差の散らばりを見ます。
        """
    )
    return


@app.cell(hide_code=True)
def _(np, percent, plt, split_error):
    _errors = np.array([split_error(percent.value / 100, _seed)[2] for _seed in range(200)])
    _fig, _ax = plt.subplots(figsize=(5.2, 2.4))
    _ax.hist(np.clip(_errors, 0, 1), bins=np.linspace(0, 1, 41), color="C1", alpha=0.55)
    _ax.axvline(np.median(_errors), color="C0", lw=2, label=f"中央値 {np.median(_errors):.2f}")
    _ax.axvline(0.3, color="black", lw=1, ls="--", label="雑音の大きさ 0.30")
    _ax.set(xlim=(0, 1), ylim=(0, 90), xlabel="テスト誤差 (1 より大きいものは 1 に含む)", ylabel="回数")
    _ax.legend(loc="upper right")
    _fig
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        割合を増やすと中央値は雑音の大きさに近づきますが、90% では山の幅がまた広がります。**7〜8 割を訓練に、残りをテストに**という
        よくある選び方は、この二つの折り合いです。

        上の図は割合と分け方の両方に従うので $9 \times 6 = 54$ 通り、この図は割合だけに従うので 9 通りが計算してあります。
        """
    )
    return


if __name__ == "__main__":
    app.run()
