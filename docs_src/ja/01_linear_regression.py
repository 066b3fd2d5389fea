import marimo

__generated_with = "0.17.0"
app = marimo.App()

with app.setup(hide_code=True):
    import marimo as mo
    import matplotlib.pyplot as plt
    import numpy as np
    from sklearn.datasets import load_diabetes


@app.cell(hide_code=True)
def _():
    mo.md(
        r"""
        # 線形回帰

        442人の患者について、検査の一年後に病気がどれだけ進んだかを予測します。
        まず方程式を解いて、次に坂を下って、同じ答えにたどり着くことを確かめましょう。
        これが**「勾配降下法」**です。

        !!! note "このページについて"
            セルは依存関係の順に実行されます。セルの下の「定義」と「使用」をたどると、
            値がどこから来たのかがわかります。
        """
    )
    return


@app.cell
def data():
    diabetes = load_diabetes(as_frame=True, scaled=False)
    diabetes.frame.head()
    return (diabetes,)


@app.cell(hide_code=True)
def _(diabetes):
    mo.md(f"""
    患者は **{len(diabetes.frame)}人**、測定値は **{diabetes.data.shape[1]}種類** あります。
    ここではBMI（体格指数）だけを使います。
    """)
    return


@app.cell
def _(diabetes):
    x = diabetes.data["bmi"].to_numpy()
    y = diabetes.target.to_numpy()
    return x, y


@app.cell(hide_code=True)
def _():
    mo.md(
        r"""
        ## 方程式を解く

        二乗誤差の平均

        $$
        E(\mathbf{w}) = \frac{1}{n} \lVert \mathbf{y} - \mathbf{X}\mathbf{w} \rVert^2
        $$

        は、勾配が $\mathbf{0}$ になるところで最小になります。これを整理したものが**正規方程式**です。

        $$
        \begin{aligned}
        \nabla E(\mathbf{w}) &= -\frac{2}{n} \mathbf{X}^\top (\mathbf{y} - \mathbf{X}\mathbf{w}) = \mathbf{0} \\
        \mathbf{w}^\ast &= (\mathbf{X}^\top \mathbf{X})^{-1} \mathbf{X}^\top \mathbf{y}
        \end{aligned}
        $$
        """
    )
    return


@app.cell
def _(x, y):
    X = np.column_stack([np.ones_like(x), x])
    w_exact, *_ = np.linalg.lstsq(X, y, rcond=None)
    w_exact
    return (w_exact,)


@app.function
def gradient(w, X, y):
    """`w` における平均二乗誤差の勾配。"""
    return -2 / len(y) * X.T @ (y - X @ w)


@app.cell(hide_code=True)
def _():
    mo.md(
        r"""
        ## 坂を下る

        勾配と反対の方向へ少しずつ進みます：$\mathbf{w} \leftarrow \mathbf{w} - \eta \nabla E(\mathbf{w})$。
        特徴量の大きさをそろえるため、はじめに標準化しておきます。誤差の減り方を@fig-descentに示します。
        """
    )
    return


@app.cell
def descent(x, y):
    z = (x - x.mean()) / x.std()
    Z = np.column_stack([np.ones_like(z), z])
    eta = 0.05
    path = [np.zeros(2)]
    for _ in range(80):
        path.append(path[-1] - eta * gradient(path[-1], Z, y))
    path = np.array(path)
    return Z, path


@app.cell
def _(Z, path, y):
    #| label: fig-descent
    #| caption: 勾配降下法の80ステップ。誤差ははじめに大きく減る。
    errors = [np.mean((y - Z @ w) ** 2) for w in path]
    plt.figure(figsize=(5.6, 3))
    plt.plot(errors)
    plt.title("勾配降下法の誤差")
    plt.xlabel("ステップ")
    plt.ylabel("平均二乗誤差")
    return


@app.cell
def _(path, x):
    slope = path[-1, 1] / x.std()
    intercept = path[-1, 0] - slope * x.mean()
    return intercept, slope


@app.cell(hide_code=True)
def _(slope, w_exact):
    mo.callout(
        mo.md(f"方程式の解では傾きは **{w_exact[1]:.2f}**、80ステップの勾配降下法では **{slope:.2f}** です。"),
        kind="success",
    )
    return


@app.cell
def _(w_exact, x, y):
    figure, axes = plt.subplots(figsize=(5.6, 3.4))
    axes.scatter(x, y, s=9, alpha=0.6, label="患者")
    line = np.array([x.min(), x.max()])
    axes.plot(line, w_exact[0] + w_exact[1] * line, color="C1", label="回帰直線")
    axes.set_title("BMIと病気の進行")
    axes.set_xlabel("BMI（体格指数）")
    axes.set_ylabel("一年後の進行")
    axes.legend()
    figure
    return


@app.cell(hide_code=True)
def _():
    mo.md(
        r"""
        ??? question "問題：学習率 $\eta$ を大きくすると？"

            標準化した特徴量では誤差の曲率は $2$ なので、$\eta > 1$ では一歩ごとに行き過ぎて発散します。

        次は[ロジスティック回帰](02_logistic_regression.py)です。
        """
    )
    return


if __name__ == "__main__":
    app.run()
