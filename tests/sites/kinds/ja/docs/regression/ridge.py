# /// script
# [tool.nbpublish]
# subtitle = "正則化で過学習をおさえる"
# ///

import marimo

__generated_with = "0.17.0"
app = marimo.App()

with app.setup(hide_code=True):
    import marimo as mo
    import matplotlib.pyplot as plt
    import numpy as np


@app.cell(hide_code=True)
def _():
    mo.md(
        r"""
        # リッジ回帰

        この章では、**最小二乗法**から出発し、過学習を抑えるための**リッジ回帰**（ridge regression）を学びます。
        正則化の強さ $\lambda$ が予測曲線をどう変えるかを、図で確かめましょう。

        ## 最小二乗法

        入力 $\mathbf{x} \in \mathbb{R}^D$ に対する予測を $\hat{y} = \mathbf{w}^\top \mathbf{x}$ とし、$N$ 個の訓練データに対する二乗誤差

        $$
        \mathcal{L}(\mathbf{w}) = \frac{1}{N} \sum_{i=1}^{N} \left( y_i - \mathbf{w}^\top \mathbf{x}_i \right)^2
        $$

        を最小にする $\mathbf{w}$ を求めます。勾配を $\mathbf{0}$ とおくと**正規方程式**が得られ、$X^\top X$ が正則ならば解は一意です。

        $$
        \begin{aligned}
        \nabla \mathcal{L} &= -\frac{2}{N} X^\top (\mathbf{y} - X\mathbf{w}) = \mathbf{0} \\
        \mathbf{w}^\star &= (X^\top X)^{-1} X^\top \mathbf{y}
        \end{aligned}
        $$
        """
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md(
        """
        ## データを作る

        正弦波に雑音を加えた 40 個の点を使います。真の関数を知っているので、当てはめの良し悪しを目で判断できます。
        """
    )
    return


@app.cell
def _():
    rng = np.random.default_rng(5)
    x = np.sort(rng.uniform(0, 1, 40))
    y = np.sin(2 * np.pi * x) + rng.normal(0, 0.25, x.size)  # 正弦波に雑音を加える
    print(f"{x.size} 個の点、雑音の標準偏差は 0.25")
    return x, y


@app.cell(hide_code=True)
def _():
    mo.md(
        r"""
        ## リッジ回帰

        重みの大きさに罰則 $\lambda \lVert \mathbf{w} \rVert_2^2$ を加えると、解は次のようになります。

        $$
        \mathbf{w}_\lambda^\star = \operatorname*{arg\,min}_{\mathbf{w}} \; \lVert \mathbf{y} - X\mathbf{w} \rVert_2^2 + \lambda \lVert \mathbf{w} \rVert_2^2
        = (X^\top X + \lambda I)^{-1} X^\top \mathbf{y}
        $$ {#eq-ridge}

        @eq-ridge で求めた曲線が @fig-ridge です。
        """
    )
    return


@app.cell
def _(x, y):
    def fit(degree: int, lam: float) -> np.ndarray:
        """多項式の特徴量に対するリッジ回帰。"""
        A = np.vander(x, degree + 1)
        return np.linalg.solve(A.T @ A + lam * np.eye(degree + 1), A.T @ y)

    return (fit,)


@app.cell
def curve(fit, x, y):
    # | label: fig-ridge
    # | caption: 12 次の多項式によるリッジ回帰。破線は真の関数。
    grid = np.linspace(0, 1, 200)
    plt.figure(figsize=(5.6, 3.3))
    plt.scatter(x, y, s=16, label="データ")
    plt.plot(grid, np.sin(2 * np.pi * grid), "--", color="gray", label="真の関数")
    plt.plot(grid, np.polyval(fit(12, 1e-3), grid), color="C3", linewidth=2, label="リッジ回帰")
    plt.xlabel("x")
    plt.ylabel("y")
    plt.title("12 次の多項式、λ = 0.001")
    plt.legend()
    return (grid,)


@app.cell(hide_code=True)
def _():
    mo.callout(
        mo.md(r"$\lambda$ を大きくしすぎると、曲線は平らになります。これを**未学習**（underfitting）といいます。"),
        kind="warn",
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md(
        r"""
        ## λ を選ぶ

        訓練に使わなかった点での誤差を比べます。小さすぎても、大きすぎてもいけません。
        """
    )
    return


@app.cell
def errors(x, y):
    strengths = 10.0 ** np.arange(-8, 3)
    train, test = np.arange(0, 40, 2), np.arange(1, 40, 2)
    A = np.vander(x, 13)

    def loss(lam: float) -> float:
        w = np.linalg.solve(A[train].T @ A[train] + lam * np.eye(13), A[train].T @ y[train])
        return float(np.mean((y[test] - A[test] @ w) ** 2))

    losses = [loss(lam) for lam in strengths]
    best = strengths[int(np.argmin(losses))]
    best
    return best, losses, strengths


@app.cell(hide_code=True)
def _(best, losses, strengths):
    plt.figure(figsize=(5.6, 2.8))
    plt.semilogx(strengths, losses, "o-")
    plt.axvline(best, linestyle=":", color="gray")
    plt.xlabel("λ")
    plt.ylabel("テスト誤差")
    plt.title("テスト誤差は谷を作る")
    plt.gca()
    return


@app.cell(hide_code=True)
def _(best):
    mo.md(f"""テスト誤差が最も小さいのは $\\lambda =$ {best:g} のときです。

/// details | 練習問題：なぜ谷ができるのでしょうか
    type: question

$\\lambda$ が小さいと曲線は雑音まで追いかけ、大きいと信号まで失います。誤差の二つの源（分散とバイアス）の和が谷を作ります。
///
""")
    return


if __name__ == "__main__":
    app.run()
