"""The course that `incremental.py` and `observing.py` build: the same chapters in whichever format a tool reads.

A chapter is a paragraph and 15 cells, and reads one CSV file of its own. `small` cells need the standard library only,
so that what is measured is the tool; `science` cells are of pandas, matplotlib and scikit-learn.
"""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass, replace
from pathlib import Path

Step = tuple[str, str]
"""The names that a cell binds, and its code. `{n}` is the chapter's number, `{data}` its file."""

SMALL: tuple[Step, ...] = (
    ("csv, statistics", "import csv\nimport statistics"),
    ("rows", "with open({data!r}, newline='') as _file:\n    rows = list(csv.DictReader(_file))"),
    ("xs", "xs = [float(row['x']) for row in rows]"),
    ("ys", "ys = [{n} * x + float(row['noise']) for x, row in zip(xs, rows)]"),
    ("", "print(len(xs), 'points, the last at', xs[-1])"),
    ("mean_x", "mean_x = statistics.fmean(xs)"),
    ("mean_y", "mean_y = statistics.fmean(ys)"),
    ("slope", "slope = statistics.covariance(xs, ys) / statistics.variance(xs)"),
    ("intercept", "intercept = mean_y - slope * mean_x"),
    ("predict", "def predict(x):\n    return slope * x + intercept"),
    ("residuals", "residuals = [y - predict(x) for x, y in zip(xs, ys)]"),
    ("error", "error = statistics.fmean(r * r for r in residuals) ** 0.5"),
    ("", "print(f'slope {{slope:.3f}}, intercept {{intercept:.3f}}')"),
    ("", "print('\\n'.join('#' * round(abs(r)) for r in residuals[:20]))"),
    ("", "round(error, 3)"),
)
SCIENCE: tuple[Step, ...] = (
    ("np", "import numpy as np"),
    ("pd", "import pandas as pd"),
    ("plt", "import matplotlib.pyplot as plt"),
    ("Ridge", "from sklearn.linear_model import Ridge"),
    ("points", "points = pd.read_csv({data!r})"),
    ("", "print(len(points), 'points, the last at', points.x.iloc[-1])"),
    ("noisy", "noisy = points.assign(y={n} * points.x + points.noise)"),
    ("", "noisy.describe()"),
    ("scatter", "scatter, _axis = plt.subplots()\n_axis.scatter(noisy.x, noisy.y, s=4)\nscatter"),
    ("models", "models = {{a: Ridge(alpha=a).fit(noisy[['x']], noisy.y) for a in (0.1, 1, 10, 100, 1000)}}"),
    ("residuals", "residuals = {{a: noisy.y - m.predict(noisy[['x']]) for a, m in models.items()}}"),
    ("errors", "errors = {{a: float(np.sqrt((r**2).mean())) for a, r in residuals.items()}}"),
    ("", "pd.Series(errors, name='error').to_frame()"),
    ("curve", "curve, _axes = plt.subplots()\n_axes.semilogx(list(errors), list(errors.values()), 'o-')\ncurve"),
    ("", "round(min(errors.values()), 3)"),
)
COURSES = {"small": SMALL, "science": SCIENCE}
MIDDLE = 6
"""A cell that half of the others depend on, in both courses."""
LAST = 14


@dataclass(frozen=True)
class Chapter:
    """One notebook: its prose, its cells and its data, before anyone's format."""

    n: int
    steps: tuple[Step, ...]
    data: Path
    prose: str = "A line is fitted to points with noise."
    last_x: float = 100.0

    @property
    def name(self) -> str:
        return f"chapter_{self.n:04}"

    def edited(self, place: int, after: str) -> Chapter:
        """With something written after the code of the cell at a place."""
        names, code = self.steps[place]
        return replace(self, steps=(*self.steps[:place], (names, code + after), *self.steps[place + 1 :]))

    def write_data(self, rows: int = 200) -> None:
        lines = [f"{i / 2},{(i * 7919 + self.n * 104729) % 1000 / 100 - 5}" for i in range(rows)]
        text = "\n".join(["x,noise", *lines, f"{self.last_x},0.5"]) + "\n"
        self.data.write_text(text, encoding="utf-8")

    # --- in the words of a format

    @property
    def cells(self) -> list[Step]:
        return [(names, code.format(n=self.n, data=str(self.data))) for names, code in self.steps]

    @property
    def markdown(self) -> str:
        return f"# Chapter {self.n}\n\n{self.prose}"

    def percent(self) -> str:
        prose = textwrap.indent(self.markdown, "# ", lambda _: True)
        return f"# %% [markdown]\n{prose}\n\n" + "\n\n".join(f"# %%\n{code}" for _, code in self.cells) + "\n"

    def marimo(self) -> str:
        cells = [("", f'mo.md(r"""\n{self.markdown}\n""")'), ("mo", "import marimo as mo"), *self.cells]
        defined = {name for names, _ in cells for name in names.split(", ") if name}
        written = ["import marimo\n\napp = marimo.App()\n"]
        for names, code in cells:
            needed = ", ".join(sorted(defined & _words(code) - set(names.split(", "))))
            body = textwrap.indent(f"{code}\nreturn {f'({names},)' if names else ''}".rstrip(), "    ")
            written.append(f"@app.cell\ndef _({needed}):\n{body}\n")
        return "\n\n".join([*written, 'if __name__ == "__main__":\n    app.run()\n'])

    def ipynb(self) -> str:
        def cell(number: int, kind: str, source: str) -> dict[str, object]:
            more: dict[str, object] = {"execution_count": None, "outputs": []} if kind == "code" else {}
            return {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": source, **more}

        cells = [cell(0, "markdown", self.markdown)]
        cells += [cell(number, "code", code) for number, (_, code) in enumerate(self.cells, 1)]
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        return json.dumps({"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})


def _words(code: str) -> set[str]:
    """All names in a piece of code, those of functions within included."""
    found, waiting = set(), [compile(code, "<cell>", "exec")]
    while waiting:
        one = waiting.pop()
        found |= {*one.co_names}
        waiting += [constant for constant in one.co_consts if isinstance(constant, type(one))]
    return found


def chapters(count: int, course: str, data: Path) -> list[Chapter]:
    """The chapters of a course, whose data are written to the folder `data`."""
    data.mkdir(parents=True, exist_ok=True)
    made = [Chapter(n, COURSES[course], data / f"points_{n:04}.csv") for n in range(1, count + 1)]
    for chapter in made:
        chapter.write_data()
    return made
