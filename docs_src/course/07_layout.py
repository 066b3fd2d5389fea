import marimo

__generated_with = "0.17.0"
app = marimo.App()


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        # Layout and widgets

        Everything that marimo lays out becomes ordinary HTML here. Widgets appear at the value they have when the
        notebook starts.
        """
    )
    return


@app.cell
def _():
    import marimo as mo

    return (mo,)


@app.cell
def _(mo):
    degree = mo.ui.slider(1, 9, value=3, label="degree of the polynomial")
    kind = mo.ui.dropdown(["train", "test", "both"], value="both", label="points shown")
    noise = mo.ui.switch(value=True, label="add noise")
    mo.hstack([degree, kind, noise], justify="start", gap=2)
    return degree, kind, noise


@app.cell
def _(degree, kind, mo, noise):
    mo.md(f"""
    The degree is **{degree.value}**, shown are **{kind.value}** points, noise is **{"on" if noise.value else "off"}**.
    """)
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md("""## Callouts, tabs, folds""")
    return


@app.cell(hide_code=True)
def _(mo):
    mo.vstack(
        [
            mo.callout("A model that knows its training data by heart has learned nothing.", kind="warn"),
            mo.ui.tabs(
                {
                    "Underfitting": mo.md("The model is too simple: it is wrong on training and test data alike."),
                    "Overfitting": mo.md("The model is too flexible: right on the training data, wrong on new data."),
                }
            ),
            mo.accordion(
                {
                    "How do I notice it?": mo.md("Compare the error on data the model has seen with that on data it has not."),
                    "What can I do?": mo.md("Collect more data, or choose a simpler model, or *regularise*."),
                }
            ),
        ]
    )
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md("""## Numbers at a glance""")
    return


@app.cell(hide_code=True)
def _(mo):
    mo.hstack(
        [
            mo.stat(value="96.5 %", label="training accuracy", caption="150 flowers", bordered=True),
            mo.stat(value="92.1 %", label="test accuracy", caption="38 flowers", bordered=True),
            mo.stat(value="4", label="features", bordered=True),
        ],
        widths="equal",
        gap=1,
    )
    return


@app.cell
def _(mo):
    mo.tree({"model": {"kind": "tree", "depth": 3}, "data": ["train", "test"], "seed": 0})
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        ## Stopping early

        `mo.stop` ends a cell, and with it what depends on the cell. That is no error; the page says what was not run.
        """
    )
    return


@app.cell
def _(mo):
    ready = mo.ui.run_button(label="start the long computation")
    ready
    return (ready,)


@app.cell
def _(mo, ready):
    mo.stop(not ready.value, mo.md("*The long computation waits for its button.*"))
    answer = 42
    return (answer,)


@app.cell
def _(answer):
    answer
    return


if __name__ == "__main__":
    app.run()
