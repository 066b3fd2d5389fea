# /// script
# [tool.nbpublish]
# subtitle = "How a penalty keeps a model from learning the noise"
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
        # Ridge regression

        We start from **least squares** and meet **ridge regression**, which trades a little bias for a large drop in
        variance. How strong should the penalty $\lambda$ be? Let us look at it.

        ## Least squares

        For an input $\mathbf{x} \in \mathbb{R}^D$ we predict $\hat{y} = \mathbf{w}^\top \mathbf{x}$. Over $N$ examples the squared error is

        $$
        \mathcal{L}(\mathbf{w}) = \frac{1}{N} \sum_{i=1}^{N} \left( y_i - \mathbf{w}^\top \mathbf{x}_i \right)^2
        $$

        Where its gradient is $\mathbf{0}$ stand the **normal equations**; as long as $X^\top X$ can be inverted, they have one solution.

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
        ## Making data

        Forty points of a sine wave, with noise. As we know the true function, we can see how good a fit is.
        """
    )
    return


@app.cell
def _():
    rng = np.random.default_rng(5)
    x = np.sort(rng.uniform(0, 1, 40))
    y = np.sin(2 * np.pi * x) + rng.normal(0, 0.25, x.size)  # a sine wave with noise
    print(f"{x.size} points, standard deviation of the noise 0.25")
    return x, y


@app.cell(hide_code=True)
def _():
    mo.md(
        r"""
        ## Ridge regression

        With a penalty $\lambda \lVert \mathbf{w} \rVert_2^2$ on large weights, the solution becomes

        $$
        \mathbf{w}_\lambda^\star = \operatorname*{arg\,min}_{\mathbf{w}} \; \lVert \mathbf{y} - X\mathbf{w} \rVert_2^2 + \lambda \lVert \mathbf{w} \rVert_2^2
        = (X^\top X + \lambda I)^{-1} X^\top \mathbf{y}
        $$ {#eq-ridge}

        The curve of @eq-ridge is drawn in @fig-ridge.
        """
    )
    return


@app.cell
def _(x, y):
    def fit(degree: int, lam: float) -> np.ndarray:
        """Ridge regression on polynomial features."""
        A = np.vander(x, degree + 1)
        return np.linalg.solve(A.T @ A + lam * np.eye(degree + 1), A.T @ y)

    return (fit,)


@app.cell
def curve(fit, x, y):
    # | label: fig-ridge
    # | caption: Ridge regression with a polynomial of degree 12. The dashed line is the truth.
    grid = np.linspace(0, 1, 200)
    plt.figure(figsize=(5.6, 3.3))
    plt.scatter(x, y, s=16, label="data")
    plt.plot(grid, np.sin(2 * np.pi * grid), "--", color="gray", label="truth")
    plt.plot(grid, np.polyval(fit(12, 1e-3), grid), color="C3", linewidth=2, label="ridge")
    plt.xlabel("x")
    plt.ylabel("y")
    plt.title("Polynomial of degree 12, λ = 0.001")
    plt.legend()
    return (grid,)


@app.cell(hide_code=True)
def _():
    mo.callout(
        mo.md(r"If $\lambda$ is too large, the curve becomes flat: this is **underfitting**."),
        kind="warn",
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md(
        r"""
        ## Choosing λ

        We compare errors on points that were not used for training. Neither too small nor too large will do.
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
    plt.ylabel("test error")
    plt.title("The test error has a valley")
    plt.gca()
    return


@app.cell(hide_code=True)
def _(best):
    mo.md(f"""The test error is smallest at $\\lambda =$ {best:g}.

/// details | Exercise: why is there a valley?
    type: question

With a small $\\lambda$ the curve follows the noise, with a large one it loses the signal. The sum of both kinds of error,
variance and bias, has a valley.
///
""")
    return


if __name__ == "__main__":
    app.run()
