"""How long the graph of a notebook takes to find, beside marimo, for growing notebooks, in one run.

    python benchmarks/graph.py

Notebooks of 100, 400 and 1,600 cells as courses have them: imports, prose calls, functions, comprehensions, plots.
Both sides start from the code of each cell and end with the order to run in; marimo: `compile_cell`,
`DirectedGraph.register_cell`, `topological_sort`. The two alternate, and the lesser of the repeats counts, because
what else the machine does can only add. Growth is the time per cell against that of the smallest notebook: 1 is linear.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable

from nbpublish.graph.analyse import analyse
from nbpublish.model import Cell, Notebook


def codes(count: int) -> list[str]:
    """Cells of several kinds, each chain of them fed by the one before."""
    kinds = (
        "data_{i} = [value * scale for value in range({i})] + data_{p}[:3]",
        "def step_{i}(x, factor=2):\n    total = 0\n    for item in x:\n        total += item * factor\n"
        "    return total + len(data_{p})",
        "total_{i} = step_{q}(data_{p})\nif total_{i} > 10:\n    label_{i} = f'{{total_{i}:.2f}} of {{scale}}'\n"
        "else:\n    label_{i} = ''",
        "fig_{i}, _ax = plt.subplots()\n_ax.plot(data_{d}, color='C1')\n_ax.set_title(label_{p})\nfig_{i}",
    )
    cells = ["import math\nimport matplotlib.pyplot as plt", "scale = math.pi", "data_1 = [1, 2, 3]"]
    while len(cells) < count:
        i, kind = len(cells), (len(cells) - 3) % 4
        first = i - kind
        previous_data = first - 4 if first > 3 else 1
        p = {0: previous_data, 1: first, 2: first, 3: i - 1}[kind]
        cells.append(kinds[kind].format(i=i, p=p, q=i - 1, d=first))
    return cells[:count]


def ours(cells: list[str]) -> list[str]:
    notebook = Notebook("n.py", "marimo", tuple(Cell(str(i), "code", c, i) for i, c in enumerate(cells)), "dataflow")
    graph = analyse(notebook)
    assert not graph.problems, graph.problems[0]
    return list(graph.order)


def marimos(cells: list[str]) -> list[str]:
    from marimo._ast.compiler import compile_cell
    from marimo._runtime.dataflow import DirectedGraph, topological_sort

    graph = DirectedGraph()
    for i, code in enumerate(cells):
        graph.register_cell(str(i), compile_cell(code, cell_id=str(i)))  # type: ignore[arg-type]
    return list(topological_sort(graph, [str(i) for i in range(len(cells))]))  # type: ignore[misc]


def seconds(act: Callable[[list[str]], list[str]], cells: list[str]) -> float:
    gc.collect()
    start = time.process_time()
    act(cells)
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 400, 1600])
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    print(f"{'cells':>6} {'nbpublish':>10} {'growth':>7} {'marimo':>10} {'growth':>7} {'marimo / nbpublish':>19}")
    base: dict[str, float] = {}
    for size in options.sizes:
        cells = codes(size)
        assert ours(cells) == marimos(cells), "the orders differ"
        taken = [(seconds(ours, cells), seconds(marimos, cells)) for _ in range(options.repeats)]
        own, theirs = (min(column) for column in zip(*taken, strict=True))
        growth = [t / size / base.setdefault(who, t / size) for who, t in (("nbpublish", own), ("marimo", theirs))]
        print(f"{size:>6} {own:>9.3f}s {growth[0]:>7.2f} {theirs:>9.3f}s {growth[1]:>7.2f} {theirs / own:>19.1f}")


if __name__ == "__main__":
    main()
