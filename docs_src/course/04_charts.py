import marimo

__generated_with = "0.17.0"
app = marimo.App()


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        # Charts: matplotlib, Altair, Plotly

        matplotlib figures become small SVG files whose text stays text, and Altair charts become pictures too.
        A chart that can be used is drawn when its reader asks for it, so that nobody loads megabytes of script to read a page.
        """
    )
    return


@app.cell
def _():
    import altair as alt
    import marimo as mo
    import matplotlib.pyplot as plt
    import plotly.express as px
    from sklearn.datasets import load_wine

    wine = load_wine(as_frame=True)
    frame = wine.frame.assign(cultivar=[f"cultivar {k + 1}" for k in wine.target])
    return alt, frame, mo, plt, px


@app.cell(hide_code=True)
def _(mo):
    mo.md("""## matplotlib""")
    return


@app.cell
def _(frame, plt):
    fig, axes = plt.subplots(1, 2, figsize=(7, 3), layout="constrained")
    for name, group in frame.groupby("cultivar"):
        axes[0].hist(group["alcohol"], bins=12, alpha=0.6, label=name)
        axes[1].scatter(group["flavanoids"], group["hue"], s=10, label=name)
    axes[0].set_title("Alcohol")
    axes[0].set_xlabel("% by volume")
    axes[1].set_title("Hue against flavanoids")
    axes[1].set_xlabel("flavanoids")
    axes[1].set_ylabel("hue")
    axes[0].legend(fontsize=8)
    fig
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md("""## Altair""")
    return


@app.cell
def _(alt, frame):
    (
        alt.Chart(frame, title="Three cultivars of one region")
        .mark_circle(size=50, opacity=0.7)
        .encode(
            x=alt.X("flavanoids"),
            y=alt.Y("color_intensity", title="colour intensity"),
            color=alt.Color("cultivar", title=None),
            tooltip=["alcohol", "hue"],
        )
        .properties(width=460, height=260)
    )
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md("""## Plotly""")
    return


@app.cell
def _(frame, px):
    px.box(frame, x="cultivar", y="proline", title="Proline by cultivar", width=560, height=340)
    return


if __name__ == "__main__":
    app.run()
