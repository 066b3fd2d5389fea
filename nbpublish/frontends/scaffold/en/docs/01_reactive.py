import marimo

__generated_with = "0.17.0"
app = marimo.App()


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        # A reactive notebook

        A straight line through noisy points: we look for the slope $a$ and the intercept $b$ that make the squared
        error smallest,

        $$\min_{a, b} \sum_{i=1}^{n} (y_i - a x_i - b)^2 .$$
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
    mo.md(f"The best line has slope **{a:.2f}** and intercept **{b:.2f}**.")
    return


@app.cell
def _(a, b, plt, x, y):
    plt.scatter(x, y, label="data")
    plt.plot(x, a * x + b, label="best line")
    plt.title("A straight line through noisy points")
    plt.xlabel("x")
    plt.ylabel("y")
    plt.legend()
    return


if __name__ == "__main__":
    app.run()
