import marimo

app = marimo.App()


@app.cell(hide_code=True)
def _(mo):
    mo.md("""
    # Beta, a marimo notebook

    Back to [alpha](alpha.py#results-of-alpha).
    """)
    return


@app.cell
def area(helper):
    size = helper.area(2)
    size
    return (size,)


@app.cell(hide_code=True)
def _(mo, size):
    mo.md(f"""
    ## The size is {size:.2f}

    Computed prose with a [link](../guide/intro.md).
    """)
    return


@app.cell
def _():
    import helper
    import marimo as mo

    return helper, mo


if __name__ == "__main__":
    app.run()
