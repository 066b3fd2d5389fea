import marimo

app = marimo.App()


@app.cell
def one(b):
    a = b
    return (a,)


@app.cell
def two(a):
    b = a
    return (b,)


@app.cell
def _():
    print("outside the cycle")
    return


if __name__ == "__main__":
    app.run()
