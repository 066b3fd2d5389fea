import marimo

__generated_with = "0.25.2"
app = marimo.App()


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        # リッジ回帰の λ と次数

        多項式の次数を上げるほど曲線は自由になり、罰則 $\lambda$ を強めるほど曲線は平らになります。二つは一緒に選ばなければなりません。

        $$
        \hat{\mathbf w} = (X^\top X + \lambda I)^{-1} X^\top \mathbf y
        $$
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
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 1, 60)
    y = np.sin(2 * np.pi * x) + rng.normal(0, 0.25, x.size)
    return x, y


@app.cell
def _(mo):
    log_lambda = mo.ui.slider(-8, 2, step=1, value=-3, label=r"$\log_{10}\lambda$")
    degree = mo.ui.radio(["1", "3", "6", "12"], value="12", label="次数", inline=True)
    mo.vstack([log_lambda, degree])
    return degree, log_lambda


@app.cell
def _(degree, log_lambda, np):
    def fit(x, y):
        powers = np.vander(x, int(degree.value) + 1)
        return np.linalg.solve(powers.T @ powers + 10.0**log_lambda.value * np.eye(powers.shape[1]), powers.T @ y)

    def error(weights, x, y):
        return np.mean((np.vander(x, weights.size) @ weights - y) ** 2)
    return error, fit


@app.cell(hide_code=True)
def _(fit, np, plt, x, y):
    _grid = np.linspace(0, 1, 80)
    _weights = fit(x[:40], y[:40])
    _fig, _ax = plt.subplots(figsize=(5.2, 3))
    _ax.plot(x[:40], y[:40], "o", ms=4, label="訓練データ")
    _ax.plot(_grid, np.sin(2 * np.pi * _grid), "--", lw=1, color="black", label="真の関数")
    _ax.plot(_grid, np.vander(_grid, _weights.size) @ _weights, lw=2, label="リッジ回帰")
    _ax.set(ylim=(-2, 2), xlabel="$x$", ylabel="$y$")
    _ax.legend(loc="lower left", ncols=3)
    _fig
    return


@app.cell
def _(mo):
    ratio = mo.ui.slider(20, 80, step=20, value=60, label="訓練に使う割合 (%)")
    ratio
    return (ratio,)


@app.cell
def _(error, fit, mo, ratio, x, y):
    cut = x.size * ratio.value // 100
    weights = fit(x[:cut], y[:cut])
    mo.hstack(
        [
            mo.stat(f"{error(weights, x[:cut], y[:cut]):.3f}", label="訓練誤差", caption=f"{cut} 点"),
            mo.stat(f"{error(weights, x[cut:], y[cut:]):.3f}", label="テスト誤差", caption=f"{x.size - cut} 点"),
        ],
        justify="start",
    )
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        - 次数 12 のまま $\log_{10}\lambda$ を $-8$ から 2 へ動かすと、訓練誤差は増えつづけ、テスト誤差はいったん減ってから増えます。
        - 訓練に使う割合を 20% にすると、弱い罰則では二つの誤差が大きく離れます。**過学習**です。$\log_{10}\lambda = -3$ まで強めると差は縮まります。
        - 次数 1 では、$\log_{10}\lambda = -1$ まで強めてもほとんど何も起こりません。もともと平らだからです。

        誤差のセルでは三つの部品が出会い、$11 \times 4 \times 4 = 176$ 通りが計算してあります。図は割合を使わないので、44 通りで足り、
        割合を動かしても変わりません。
        """
    )
    return


if __name__ == "__main__":
    app.run()
