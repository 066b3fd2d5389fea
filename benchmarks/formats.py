"""How long notebooks take to read, beside marimo's own parser and jupytext, for growing notebooks, in one run.

    python benchmarks/formats.py

A quarter of the cells is prose. The readers alternate, and the lesser of the repeats counts, because what else the
machine does can only add. Growth is the time per cell against that of the smallest notebook: 1 is linear.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable

from nbpublish.formats.detect import read

BODY = "    # a comment\n    z = [item * factor for item in range({i})]\n    total_{i} = sum(z)\n    total_{i}\n"
PROSE = "    mo.md(r'''\n    # Title {i}\n\n    Text about $x_{{{i}}}$.\n    ''')\n"


def marimo_text(cells: int) -> str:
    parts = ["import marimo\n\n__generated_with = '0.20.0'\napp = marimo.App()\n"]
    for i in range(cells):
        body = PROSE if i % 4 == 3 else BODY
        parts.append(f"@app.cell\ndef _(mo, factor):\n{body.format(i=i)}    return\n")
    return "\n\n".join([*parts, 'if __name__ == "__main__":\n    app.run()\n'])


def percent_text(cells: int) -> str:
    body = BODY.replace("\n    ", "\n").strip()
    prose = "# %% [markdown]\n# # Title {i}\n#\n# Text about $x_{{{i}}}$.\n"
    return "\n".join((prose if i % 4 == 3 else f"# %%\n{body}\n").format(i=i) for i in range(cells))


def ours(name: str, text: str) -> None:
    assert read(name, text)


def marimos(name: str, text: str) -> None:
    from marimo._ast.parse import parse_notebook

    assert parse_notebook(text)


def jupytexts(name: str, text: str) -> None:
    import jupytext

    assert jupytext.reads(text, fmt="py:percent")


def seconds(act: Callable[[str, str], None], name: str, text: str) -> float:
    gc.collect()
    start = time.process_time()
    act(name, text)
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    sides = [("marimo", marimo_text, marimos), ("jupytext", percent_text, jupytexts)]
    print(f"{'':10}{'cells':>6}{'ours, s':>10}{'theirs, s':>11}{'ratio':>8}{'our growth':>12}")
    for label, make, theirs in sides:
        smallest = 0.0
        for cells in (100, 400, 1600):
            text = make(cells)
            runs = [(seconds(ours, "n.py", text), seconds(theirs, "n.py", text)) for _ in range(repeats)]
            mine, other = (min(times) for times in zip(*runs, strict=True))
            smallest = smallest or mine / cells
            growth = mine / cells / smallest
            print(f"{label:10}{cells:6}{mine:10.3f}{other:11.3f}{mine / other:8.2f}{growth:12.2f}")


if __name__ == "__main__":
    main()
