import marimo

__generated_with = "0.17.0"
app = marimo.App()


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        """
        # Try it

        How does the curve change with the degree? Widgets have the value here that they have when the notebook opens.
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
def _(degree, kind, mo):
    mo.md(f"""The degree is **{degree.value}**, shown are **{kind.value}** points.""")
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md("""## Tabs and folds""")
    return


@app.cell(hide_code=True)
def _(mo):
    mo.vstack(
        [
            mo.ui.tabs({"Underfitting": mo.md("The model is too simple: it is wrong on training and test data alike."), "Overfitting": mo.md("The model is too flexible: right on the training data, wrong on new data.")}),
            mo.accordion({"How do I notice it?": mo.md("Compare the error on data the model has seen with that on data it has not."), "What can I do?": mo.md("Collect more data, or choose a simpler model, or *regularise*.")}),
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
            mo.stat(value="93.4 %", label="accuracy", caption="+2.1", direction="increase"),
            mo.stat(value="0.081", label="test error", caption="−0.013", direction="decrease"),
            mo.stat(value="1 280", label="examples"),
        ],
        widths="equal",
    )
    return


@app.cell(hide_code=True)
def _(mo):
    mo.callout(mo.md("By cross-validation, the model with a penalty is the better one."), kind="success")
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md("""## Input""")
    return


@app.cell
def _(mo):
    choice = mo.ui.radio(["ridge", "lasso", "elastic net"], value="ridge", label="Method")
    count = mo.ui.number(1, 100, value=20, label="$k$")
    name = mo.ui.text(value="Ada Lovelace", label="Name")
    mo.vstack([choice, count, name])
    return choice, count, name


if __name__ == "__main__":
    app.run()
