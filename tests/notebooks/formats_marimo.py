#!/usr/bin/env python3
# Copyright the lecturer
# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "marimo",
#     "numpy",
# ]
# ///
"""最小二乗法の章。

It has two paragraphs.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(
    width="medium",
    app_title="第3章 回帰",
    css_file="lecture.css",
    auto_download=["html"],
)

with app.setup(hide_code=True):
    import numpy as np

    # Seeds are fixed for the lecture.
    rng = np.random.default_rng(0)


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # 回帰

    A line with $\alpha$ and **太字**。

        indented = "code"
    """)
    return


@app.cell
def load():
    # The first line is a comment.
    data = rng.normal(size=10)  # 観測

    table = """
    kept with its cell
      and its indentation
    """
    return data, table


@app.cell(disabled=True)
def _(
    data,  # the sample
    table: dict[str, int] = {"a": 1},
) -> "tuple":
    text = """
left of the margin
    """
    mean = data.mean()
    # tail comment
    return (mean,)
    # comment below the return


@app.cell
def _():
    import marimo as mo

    return (mo,)


@app.cell
async def waiting(mo):
    import asyncio
    await asyncio.sleep(0)
    return asyncio


@app.cell
def _(mo, mean):
    mo.md(f"The mean is {mean}.")
    return


@app.cell
def __(): x = 1; return x,


@app.cell
def empty():
    return


@app.cell
def only_a_comment():
    # nothing yet
    return


@app.function(hide_code=True)
def square(number: float) -> float:
    """Its square."""
    return number**2
    # said at last


@app.class_definition
@final
class Line:
    slope: float


app._unparsable_cell(
    r"""
    x = (
    print(x
    """,
    name="broken",
    hide_code=True,
)


if __name__ == "__main__":
    app.run()
