"""The same course gives the same site, byte for byte: in another folder, another process, with another hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

REACTIVE = """\
import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    import altair as alt
    import pandas as pd
    return alt, mo, pd


@app.cell
def _(mo):
    mo.md(f"# Reactive\\n\\n{mo.ui.slider(1, 5)}")
    return


@app.cell
def _(alt, pd):
    alt.Chart(pd.DataFrame({"x": [1, 2]})).mark_point().encode(x="x")
    return


@app.cell
def _(mo, pd):
    mo.accordion({"A": mo.ui.table(pd.DataFrame({"a": range(30)}))})
    return
"""
SCRIPT = """\
# %% [markdown]
# # Script

# %%
import matplotlib.pyplot as plt
import pandas as pd
figure, axes = plt.subplots()
axes.plot([1, 2])
axes.fill_between([0, 1], [0, 1])
axes.set_title("Rise")

# %%
pd.DataFrame({"a": [1, 2]}).style.highlight_max()

# %%
import ipywidgets
ipywidgets.VBox([ipywidgets.IntSlider(), ipywidgets.Text()])

# %%
object()
"""


def site_of(course: Path, seed: str) -> dict[str, bytes]:
    course.mkdir(parents=True)
    (course / "mkdocs.yml").write_text("site_name: Course\nplugins: [search, nbpublish]\n", encoding="utf-8")
    (course / "docs").mkdir()
    (course / "docs/reactive.py").write_text(REACTIVE, encoding="utf-8")
    (course / "docs/script.py").write_text(SCRIPT, encoding="utf-8")
    starter = "from nbpublish.frontends.cli import main; main()"
    command = [sys.executable, "-c", starter, "build", "--strict", "--jobs", seed]
    environment = {**os.environ, "PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": "1700000000"}
    done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    files = (path for path in (course / "site").rglob("*") if path.is_file())
    return {path.relative_to(course / "site").as_posix(): path.read_bytes() for path in files}


def test_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    first = site_of(tmp_path / "one", "1")
    second = site_of(tmp_path / "another/place", "2")
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
    assert any(name.endswith(".svg") and "assets/nbpublish" in name for name in first)
