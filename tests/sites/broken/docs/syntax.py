import marimo

app = marimo.App()


@app.cell
def _():
    good = 1
    print("the good cell ran")
    return (good,)


@app.cell
def _():
    bad = = 2
    return


if __name__ == "__main__":
    app.run()
