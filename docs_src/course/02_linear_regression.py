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
        # Linear regression, twice

        We predict the progress of a disease one year after ten measurements were taken from 442 patients. First by
        solving an equation, then by walking downhill. Both must end at the same place.
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
    There are **{len(diabetes.frame)}** patients and **{diabetes.data.shape[1]}** measurements. One of them, the
    body mass index, is enough to begin with.
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
        ## Solving an equation

        With $\mathbf{X}$ holding a column of ones and a column of body mass indices, the squared error

        $$
        E(\mathbf{w}) = \frac{1}{n} \lVert \mathbf{y} - \mathbf{X}\mathbf{w} \rVert^2
        $$

        is smallest where its gradient vanishes, which is where the *normal equations* hold:

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
    return X, w_exact


@app.function
def gradient(w, X, y):
    """Gradient of the mean squared error at `w`."""
    return -2 / len(y) * X.T @ (y - X @ w)


@app.cell(hide_code=True)
def _():
    mo.md(
        r"""
        ## Walking downhill

        Gradient descent takes a small step against the gradient, again and again,
        $\mathbf{w} \leftarrow \mathbf{w} - \eta \nabla E(\mathbf{w})$. It needs features of similar size, so we
        centre and scale the body mass index first.
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
    errors = [np.mean((y - Z @ w) ** 2) for w in path]
    plt.figure(figsize=(5.6, 3))
    plt.plot(errors)
    plt.title("Mean squared error during gradient descent")
    plt.xlabel("step")
    plt.ylabel("mean squared error")
    return


@app.cell
def _(path, w_exact, x):
    slope = path[-1, 1] / x.std()
    intercept = path[-1, 0] - slope * x.mean()
    np.round(np.array([intercept, slope]) - w_exact, 2)
    return intercept, slope


@app.cell(hide_code=True)
def _(intercept, slope, w_exact):
    mo.callout(
        mo.md(f"""
        The equation gives a slope of **{w_exact[1]:.2f}**, eighty steps downhill give **{slope:.2f}**
        (intercepts {w_exact[0]:.1f} and {intercept:.1f}).
        """),
        kind="success",
    )
    return


@app.cell
def _(w_exact, x, y):
    figure, axes = plt.subplots(figsize=(5.6, 3.4))
    axes.scatter(x, y, s=9, alpha=0.6, label="patients")
    line = np.array([x.min(), x.max()])
    axes.plot(line, w_exact[0] + w_exact[1] * line, color="C1", label="best line")
    axes.set_title("Progress of the disease against body mass index")
    axes.set_xlabel("body mass index")
    axes.set_ylabel("progress")
    axes.legend()
    figure
    return


@app.cell(hide_code=True)
def _():
    mo.md(
        r"""
        ??? question "Exercise: what happens for a larger step $\eta$?"

            For $\eta > 1$ each step overshoots by more than it gains, because the error's curvature in standardised
            features is $2$: the walk diverges when $\eta \cdot 2 > 2$.

        Back to [cells and names](01_reactive.py), on to [a script with cells](03_script.py).
        """
    )
    return


if __name__ == "__main__":
    app.run()
