import marimo

app = marimo.App()


@app.cell(hide_code=True)
def _():
    import marimo as mo

    return (mo,)


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # Gradient descent, step by step

    A step follows the slope $-\nabla f(x)$ downhill:

    $$x_{k+1} = x_k - \eta \nabla f(x_k)$$
    """)
    return


@app.cell
def descend():
    def descend(slope, start, rate, steps):
        """Where gradient descent ends."""
        x = start
        for _ in range(steps):
            x -= rate * slope(x)
        return x

    return (descend,)


@app.cell
def _(mo):
    rate = mo.ui.slider(0.05, 1.05, step=0.05, value=0.1, label=r"Rate $\eta$", show_value=True)
    steps = mo.ui.dropdown([5, 20], value=5, label="Steps")
    mo.hstack([rate, steps], justify="start")
    return rate, steps


@app.cell(hide_code=True)
def _(descend, mo, rate, steps):
    end = descend(lambda x: 2 * x, 4.0, rate.value, steps.value)
    mo.md(f"""
    ## What happens at rate {rate}

    After {steps.value} steps we stand at **{end:.3f}**.

    {mo.callout(mo.md("Above a rate of 1 the steps *grow*."), kind="warn")}
    """)
    return (end,)


@app.cell
def _(end):
    print("\x1b[32mconverges\x1b[0m" if abs(end) < 4 else "\x1b[31mdiverges\x1b[0m")
    {"end": round(end, 3), "minimum": 0, "path": [4.0, None, True]}
    return


@app.cell
def _(mo):
    mo.accordion({"Why?": mo.md("Each step multiplies $x$ by $1 - 2\\eta$."), "Source": "any textbook"})
    return


@app.cell
def broken(descend):
    far = descend(None, 4.0, 0.1, 5)
    return (far,)


@app.cell
def _(far):
    far + 1
    return


@app.cell
def _(end, mo):
    mo.stop(end > 0, mo.md("We are still to the *right* of the minimum."))
    left = True
    return (left,)


@app.cell
def _(left):
    left
    return


if __name__ == "__main__":
    app.run()
