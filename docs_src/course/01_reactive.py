import marimo

__generated_with = "0.17.0"
app = marimo.App(app_title="A notebook that reacts")


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        # A notebook that reacts

        In an ordinary notebook you press *run* on one cell, forget another, and the page shows numbers that no run
        of the file would give. A **reactive** notebook cannot do that: every name is defined in one cell, so the
        computer knows which cells use it, and runs them whenever it changes.

        /// note | What you see here
        Below each cell stands what it *defines* and what it *uses*. Follow the links, and you walk along the
        arrows of the notebook's graph.
        ///
        """
    )
    return


@app.cell
def _():
    import marimo as mo

    return (mo,)


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        ## Cells run in the order of their dependencies

        The first cell below uses `interest`, which is defined further down. That is no mistake: the order of
        reading is yours, and the order of running follows from the names.
        """
    )
    return


@app.cell
def _(capital, interest, years):
    final = capital * (1 + interest) ** years
    print(f"{capital} grow to {final:.2f}")
    return (final,)


@app.cell
def _():
    capital = 1000
    years = 10
    return capital, years


@app.cell
def _():
    interest = 0.03
    return (interest,)


@app.cell(hide_code=True)
def _(capital, final, interest, mo, years):
    mo.md(
        rf"""
        After {years} years at {interest:.0%} interest, {capital} have become **{final:.2f}**:

        $$ K_n = K_0 \, (1 + p)^n = {capital} \cdot {1 + interest}^{{{years}}} \approx {final:.2f} $$

        These numbers were computed when this page was built, and they stand inside the prose. Change `interest` in
        the file, and the sentence changes with it.
        """
    )
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        ## Only what depends on a change runs again

        Here is the growth year by year. When `interest` changes, this cell and the ones above run; the imports do
        not.
        """
    )
    return


@app.cell
def _(capital, interest, years):
    import matplotlib.pyplot as plt

    growth = [capital * (1 + interest) ** year for year in range(years + 1)]
    simple = [capital * (1 + interest * year) for year in range(years + 1)]
    plt.plot(growth, marker="o", label="compound interest")
    plt.plot(simple, linestyle="--", label="simple interest")
    plt.title("A sum of money at compound and simple interest")
    plt.xlabel("years")
    plt.ylabel("amount")
    plt.legend()
    plt.show()
    return (growth,)


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        ## What the rule forbids

        A name has *one* definition. Two cells that both say `total = …` would leave open which one counts, so the
        build names both lines and asks you to rename one:

        ```text
        lecture.py:12: `total` is also defined in line 20 [multiple-definitions]
        ```

        Names that begin with an underscore belong to their cell and may be used again everywhere:
        """
    )
    return


@app.cell
def _(growth):
    _last = growth[-1]
    round(_last / growth[0], 3)
    return


@app.cell
def _(growth):
    _last = growth[-1]
    f"gained {_last - growth[0]:.2f}"
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        Next: [Linear regression](02_linear_regression.py), the same idea with real data.
        """
    )
    return


if __name__ == "__main__":
    app.run()
