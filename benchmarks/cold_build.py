"""A cold build of a generated course, beside `python notebook.py` for each of its notebooks in a row, in one run.

    python benchmarks/cold_build.py --chapters 12

Half of the chapters are marimo notebooks, half percent scripts, each with some 20 cells of numpy, pandas, matplotlib
and scikit-learn. `python notebook.py` computes and shows nothing; the build also captures, draws and writes the site.
The two alternate, after one build that is not counted, which leaves both with compiled modules and a warm disk. Wall
time says little on a machine that does other things as well; processor time then says more. Needs Linux or macOS.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PROSE = "# Chapter {n}\n\nA model learns $y = {n}x + 1$ from points with noise."
STEPS = (
    ("np", "import numpy as np"),
    ("pd", "import pandas as pd"),
    ("plt", "import matplotlib.pyplot as plt"),
    ("LinearRegression, Ridge", "from sklearn.linear_model import LinearRegression, Ridge"),
    ("train_test_split", "from sklearn.model_selection import train_test_split"),
    ("mean_squared_error", "from sklearn.metrics import mean_squared_error"),
    ("rng", "rng = np.random.default_rng({n})"),
    ("points", "points = pd.DataFrame({{'x': rng.uniform(0, 10, 500)}})"),
    ("noisy", "noisy = points.assign(y={n} * points.x + 1 + rng.normal(0, 2, 500))"),
    ("", "noisy.head()"),
    ("", "noisy.describe()"),
    ("scatter", "scatter, _axis = plt.subplots()\n_axis.scatter(noisy.x, noisy.y, s=4)\nscatter"),
    ("train, test", "train, test = train_test_split(noisy, random_state={n})"),
    ("linear", "linear = LinearRegression().fit(train[['x']], train.y)"),
    ("", "print(f'slope {{linear.coef_[0]:.3f}}, intercept {{linear.intercept_:.3f}}')"),
    ("ridges", "ridges = {{a: Ridge(alpha=a).fit(train[['x']], train.y) for a in (0.1, 1, 10, 100, 1000)}}"),
    ("errors", "errors = {{a: mean_squared_error(test.y, m.predict(test[['x']])) for a, m in ridges.items()}}"),
    ("", "pd.Series(errors, name='mean squared error').to_frame()"),
    ("curve", "curve, _axes = plt.subplots()\n_axes.semilogx(list(errors), list(errors.values()), 'o-')\ncurve"),
    ("", "np.round(np.linalg.svd(train[['x']].to_numpy(), compute_uv=False), 3)"),
)


def percent(n: int) -> str:
    prose = textwrap.indent(PROSE.format(n=n), "# ", lambda _: True)
    return f"# %% [markdown]\n{prose}\n\n" + "\n\n".join(f"# %%\n{code.format(n=n)}" for _, code in STEPS) + "\n"


def marimo(n: int) -> str:
    cells = [("", f'mo.md(r"""\n{PROSE.format(n=n)}\n""")'), ("mo", "import marimo as mo"), *STEPS]
    defined = {name for names, _ in cells for name in names.split(", ") if name}
    written = ["import marimo\n\napp = marimo.App()\n"]
    for names, code in cells:
        code = code.format(n=n) if (names, code) in STEPS else code
        words = compile(code, "<cell>", "exec").co_names
        needed = ", ".join(sorted(defined & set(words) - set(names.split(", "))))
        body = textwrap.indent(f"{code}\nreturn {f'({names},)' if names else ''}".rstrip(), "    ")
        written.append(f"@app.cell\ndef _({needed}):\n{body}\n")
    return "\n\n".join([*written, 'if __name__ == "__main__":\n    app.run()\n'])


def course(folder: Path, chapters: int) -> list[Path]:
    """Write a course of notebooks and return their paths."""
    docs = folder / "docs"
    docs.mkdir()
    (folder / "mkdocs.yml").write_text("site_name: A course\nplugins:\n  - search\n  - nbpublish\n", encoding="utf-8")
    (docs / "index.md").write_text("# A course\n", encoding="utf-8")
    paths = []
    for n in range(1, chapters + 1):
        path = docs / f"chapter_{n:02}.py"
        path.write_text(marimo(n) if n % 2 else percent(n), encoding="utf-8")
        paths.append(path)
    return paths


def cost(act: Callable[[], None]) -> tuple[float, float]:
    """Wall seconds, and processor seconds of all processes that `act` started and waited for."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    act()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def show(kind: str, row: Sequence[float], cold: Sequence[float]) -> None:
    """Print the seconds of both, and the ratios of the pairs that ran one after the other."""
    print(f"\n{kind:<22}{'least':>9}{'median':>9}{'most':>9}")
    for label, taken in (("python notebook.py", row), ("nbpublish build", cold)):
        print(f"{label:<22}{min(taken):>8.1f}s{statistics.median(taken):>8.1f}s{max(taken):>8.1f}s")
    ratios = [b / a for a, b in zip(row, cold, strict=True)]
    print(f"{'build / row':<22}{min(ratios):>9.2f}{statistics.median(ratios):>9.2f}{max(ratios):>9.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chapters", type=int, default=12)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    environment = {**os.environ, "MPLBACKEND": "agg", "PYTHONWARNINGS": "ignore"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # without compiled modules imports take thrice as long

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = course(folder, options.chapters)

        def in_a_row() -> None:
            for path in paths:
                subprocess.run([sys.executable, str(path)], check=True, env=environment, stdout=subprocess.DEVNULL)

        def cold_build() -> None:
            command = [sys.executable, "-m", "nbpublish", "build", "--clean", "--json", "--jobs", str(options.jobs)]
            ran = subprocess.run([*command, name], env=environment, capture_output=True, text=True, check=False)
            assert ran.returncode == 0, ran.stdout + ran.stderr
            cells = json.loads(ran.stdout)["cells"]
            assert not cells["reused"], f"not a cold build: {cells}"
            assert cells["run"] >= len(STEPS) * options.chapters, f"not the whole course: {cells}"

        cold_build()
        costs = [(cost(in_a_row), cost(cold_build)) for _ in range(options.repeats)]

    print(f"{options.chapters} chapters, {options.repeats} repeats, {options.jobs} jobs, {os.cpu_count()} cores")
    for i, kind in enumerate(("wall time", "processor time")):
        show(kind, [row[i] for row, _ in costs], [cold[i] for _, cold in costs])


if __name__ == "__main__":
    main()
