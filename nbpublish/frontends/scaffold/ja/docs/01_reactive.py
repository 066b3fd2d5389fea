import marimo

__generated_with = "0.17.0"
app = marimo.App()


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        # リアクティブなノートブック

        ばらつきのある点に直線を当てはめます。**二乗誤差**がもっとも小さくなる
        傾き $a$ と切片 $b$ を求めましょう。

        $$\min_{a, b} \sum_{i=1}^{n} (y_i - a x_i - b)^2$$
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
    random = np.random.default_rng(0)
    x = np.linspace(0, 10, 30)
    y = 0.8 * x + 1 + random.normal(0, 1, x.size)
    return x, y


@app.cell
def _(np, x, y):
    a, b = np.polyfit(x, y, deg=1)
    return a, b


@app.cell(hide_code=True)
def _(a, b, mo):
    mo.md(f"当てはめた直線の傾きは **{a:.2f}**、切片は **{b:.2f}** です。")
    return


@app.cell
def _(a, b, plt, x, y):
    plt.scatter(x, y, label="データ")
    plt.plot(x, a * x + b, label="当てはめた直線")
    plt.title("ばらつきのある点と直線")
    plt.xlabel("x")
    plt.ylabel("y")
    plt.legend()
    return


if __name__ == "__main__":
    app.run()
