"""What a notebook shows when Python runs it with controls at given values, without our kernels: run as a program.

    python plain_states.py FOLDER NOTEBOOK < [{"name": [[path, value], …], …}, …]

marimo runs its own notebooks, by `app.run()`, with controls that were told what marimo's page tells them. A script is
executed cell by cell, with its constants written anew. Our part is to turn what comes out, a figure or a table, into
the mimebundle that a page is made from, after all of it has run. Pickled to the standard output: for each setting,
by id of the cell, its outputs.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import json
import pickle
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbpublish.executors.inline import InlineExecutor
from nbpublish.formats.detect import read
from nbpublish.kernel.fonts import Fonts
from nbpublish.model import Notebook, Output

Setting = dict[str, list[tuple[list[str], Any]]]
"""By name, the paths to controls in its value, with what each is told."""
Shown = dict[str, list[Any]]
"""By id of a cell, what it shows: text that it printed, then values."""


def plain_script(notebook: Notebook, setting: Setting) -> Shown:
    """Execute a script's cells in their order, each constant on the line of its note written anew."""
    names: dict[str, Any] = {"__name__": "__main__"}
    shown: Shown = {}
    for cell in notebook.cells:
        if cell.kind != "code":
            continue
        code = cell.code
        for name, [(_, value)] in setting.items():
            code = re.sub(rf"(?m)^{name} = .*(?=  # widget:)", lambda _, n=name, v=value: f"{n} = {v!r}", code)
        shown[cell.id] = _executed(code, names)
    return shown


def _executed(code: str, names: dict[str, Any]) -> list[Any]:
    """What a cell prints, draws and ends with, in that order for each `plt.show()`."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    shown: list[Any] = []

    def show(*_: object, **__: object) -> None:
        shown.extend(filter(None, [printed.getvalue()]))
        printed.truncate(printed.seek(0))
        pyplot = sys.modules.get("matplotlib.pyplot")
        for number in pyplot.get_fignums() if pyplot else ():
            shown.append(pyplot.figure(number))
            pyplot.close(number)

    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.show = show
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(tree, "<cell>", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if last else None
        show()
    return shown if value is None else [*shown, value]


def plain_app(path: Path, notebook: Notebook, settings: list[Setting]) -> Iterator[Shown]:
    """Let marimo run its app, once for each setting."""
    from marimo._ast.load import load_app

    for setting in settings:
        app = load_app(path)
        assert app
        _, made = app.run()
        given: dict[str, Any] = {}
        for name, told in setting.items():
            made[name]._update(_nested(told))
            [own] = [each for _, each in app._cell_manager.valid_cells() if name in each.defs]
            given |= {other: made[other] for other in own.defs}
        app._flatten_outputs = dict  # type: ignore[method-assign, assignment]  # by cell, with those that did not run
        values, _ = app.run(defs=given)
        ids = zip(app._cell_manager.valid_cell_ids(), (cell.id for cell in notebook.cells), strict=True)
        yield {id: [value for value in [values.get(own)] if value is not None] for own, id in ids}  # type: ignore[attr-defined]
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.close("all")


def _nested(told: list[tuple[list[str], Any]]) -> Any:
    value: dict[str, Any] = {}
    for path, each in told:
        if not path:
            return each
        within = value
        for key in path[:-1]:
            within = within.setdefault(key, {})
        within[path[-1]] = each
    return value


def main() -> None:
    folder, name = Path(sys.argv[1]), sys.argv[2]
    settings: list[Setting] = json.load(sys.stdin)
    notebook = read(name, (folder / name).read_text("utf-8"))
    assert notebook
    if "matplotlib" in {word for cell in notebook.cells for word in re.findall(r"\w+", cell.code)}:
        importlib.import_module("matplotlib.text")
        Fonts(lambda texts: None)  # those of a page, by which its text is measured
    pickled = sys.stdout.buffer
    with contextlib.redirect_stdout(sys.stderr):
        if notebook.format == "marimo":
            shown = list(plain_app(folder / name, notebook, settings))
        else:
            shown = [plain_script(notebook, setting) for setting in settings]
        found = list(_as_outputs(folder, shown))
    pickle.dump(found, pickled)


def _as_outputs(folder: Path, shown: list[Shown]) -> Iterator[dict[str, list[Output]]]:
    """Values as the mimebundles that a page is made from."""
    with InlineExecutor(folder).start(Notebook("rendering.py", "marimo", (), "dataflow")) as kernel:
        for each in shown:
            kernel.session.value = object()  # figures that a marimo cell leaves open are not shown
            found: dict[str, list[Output]] = {}
            for id, values in each.items():
                found[id] = []
                for value in values:
                    if isinstance(value, str):
                        found[id].append(Output("stdout", {"text/plain": value}))
                    else:
                        found[id] += kernel.session.outputs_of(value, "result")
            yield found


if __name__ == "__main__":
    main()
