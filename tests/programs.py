"""Random notebooks and random edits of them, and what a plain run of a notebook gives."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbpublish.build import Kernel
from nbpublish.executors.inline import InlineExecutor, InlineKernel
from nbpublish.graph.analyse import analyse
from nbpublish.model import Cell, Notebook, Output, Run, Trace
from nbpublish.traces.closure import is_state
from nbpublish.traces.faults import fault
from nbpublish.traces.obstacles import left_out, obstacle

Shown = list[tuple[str, tuple[Output, ...]] | None]
"""By cell, in the file's order: how it ended and what it showed; None where it did not run."""


def percent(*codes: str) -> Notebook:
    return _notebook("percent", "document", codes)


def marimo(*codes: str) -> Notebook:
    return _notebook("marimo", "dataflow", codes)


def _notebook(format: str, order: str, codes: tuple[str, ...]) -> Notebook:
    cells, line, twins = [], 1, dict[str, int]()
    for code in codes:
        twins[code] = twins.get(code, 0) + 1
        cells.append(Cell(f"{code!r}{twins[code]}", "code", code, line))
        line += code.count("\n") + 2
    return Notebook("book.py", format, tuple(cells), order)  # type: ignore[arg-type]


# --- what a plain run gives -------------------------------------------------------------------------------------------


def plainly(notebook: Notebook, root: Path, executor: Any = None) -> Shown:
    """Run the cells one after another as they stand in the order, in one namespace and without any account."""
    graph = analyse(notebook)
    traces: dict[str, Trace] = {}
    reasons = left_out(graph)
    with (executor or InlineExecutor(root)).start(notebook) as kernel:
        for cell in map(notebook.cell, graph.order):
            if blocked := obstacle(cell, graph, traces, reasons):
                reasons[cell.id] = blocked
                continue
            trace = kernel.run(cell, graph.names[cell.id])
            traces[cell.id] = Trace("", trace.outputs, trace.exit, fault(notebook, cell, trace))
    return [_shown(traces.get(cell.id)) for cell in notebook.cells]


def shown(run: Run) -> Shown:
    return [_shown(run.traces.get(cell.id)) for cell in run.notebook.cells]


def _shown(trace: Trace | None) -> tuple[str, tuple[Output, ...]] | None:
    return trace and (trace.exit, trace.outputs)


class Warm(InlineExecutor):
    """An executor whose one kernel lives on, as long as the modules it has loaded are what they were."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._context = None
        self._kernel: InlineKernel | None = None

    @contextmanager
    def start(self, notebook: Notebook) -> Iterator[Kernel]:  # type: ignore[override]
        if self._kernel and self._kernel.outdated():
            self.close()
        if self._kernel is None:
            self._context = super().start(notebook)
            self._kernel = self._context.__enter__()
        self._kernel.session.read(notebook)
        yield self._kernel
        self._kernel.session.ledger.rest()  # a plain run in this process begins with the states of a new one
        for name in [name for name in self._kernel.live if is_state(name)]:
            del self._kernel.live[name]

    def close(self) -> None:
        if self._context:
            self._context.__exit__(None, None, None)
        self._kernel = self._context = None


# --- random programs --------------------------------------------------------------------------------------------------

DRAW = random.Random


EVERYTHING = (*("values", "values", "looking", "functions", "functions"), *("classes", "opaque", "random", "files"))
EVERYTHING += ("modules", "variables", "contexts", "warnings", "failing", "reaching")
"""What programs are about, the more often the more they are."""


def _statements(r: DRAW) -> dict[str, list[Callable[[], str]]]:
    def v() -> str:
        return r.choice("abc")

    def f() -> str:
        return r.choice("fg")

    def k() -> int:
        return r.randint(0, 2)

    def file() -> str:
        return f"in{k()}.txt"

    return {
        "values": [
            lambda: f"{v()} = [{k()}]",
            lambda: f"{v()} = {v()}",
            lambda: f"{v()} = [{v()}, {k()}]",
            lambda: f"{v()}.append({k()})",
            lambda: f"{v()}.append({v()}[:1])",
            lambda: f"{v()}[-1].append({k()})",
            lambda: f"{v()} += [{k()}]",
            lambda: f"{v()}.sort(key=str)",
            lambda: f"{v()} = [i for i in {v()} if i != 1]",
            lambda: f"if len({v()}) > 1:\n    {v()} = [9]",
            lambda: f"del {v()}" if r.random() < 0.3 else f"{v()}[:1]",
        ],
        "looking": [
            lambda: f"print({v()})",
            lambda: f"print({v()}, {v()})",
            lambda: f"{v()}",
            lambda: f"print({v()} is {v()}, len({v()}))",
        ],
        "functions": [
            lambda: f"def {f()}():\n    return {v()}",
            lambda: f"def {f()}():\n    {v()}.append({k()})",
            lambda: f"def {f()}():\n    return {f()}",
            lambda: f"def {f()}():\n    try:\n        return {v()}[:]\n    except NameError:\n        return ['none']",
            lambda: (lambda x: f"def {f()}():\n    global {x}\n    {x} = [{k()}]")(v()),
            lambda: f"print({f()}())",
            lambda: f"print({f()}())",
            lambda: f"{v()} = {f()}() or [7]",
            lambda: f"{f()} = {f()}",
            lambda: f"{v()} = [{f()}]",
            lambda: f"print([x() for x in {v()} if callable(x)])",
            lambda: f"def make(x):\n    return lambda: x\n{f()} = make({v()})",
        ],
        "classes": [
            lambda: f"class K:\n    z = {v()}\n    def get(self):\n        return {v()}, self.z",
            lambda: f"{v()} = [K()]",
            lambda: f"print([x.get() for x in {v()} if hasattr(x, 'get')])",
            lambda: f"K.z = [{k()}]",
            lambda: f"print([type(x).z for x in {v()} if hasattr(x, 'get')])",
            lambda: "print(K.z)",
        ],
        "opaque": [
            lambda: (lambda x: f"{x} = (i for i in [{k()}, 5])\nprint({x}.__name__)")(v()),
            lambda: f"print(next({v()}, None))",
            lambda: f"print(list({v()}))",
        ],
        "random": [
            lambda: f"import random; {v()} = [random.randint(0, 99)]",
            lambda: f"import random; random.seed({k()})",
            lambda: "import random; print(random.random())",
        ],
        "files": [
            lambda: f"{v()} = [open('{file()}').read()]",
            lambda: f"print(open('{file()}').read())",
            lambda: f"try:\n    print(open('{file()}').read())\nexcept OSError:\n    print('none')",
        ],
        "modules": [
            lambda: f"import helper; print(helper.VALUE, helper.double({k()}))",
            lambda: f"from helper import double\n{v()} = [double({k()})]",
            lambda: f"import helper\n{v()} = [helper.double]",
            lambda: f"print([x(2) for x in {v()} if callable(x)])",
        ],
        "variables": [
            lambda: f"import os; os.environ['NB_V'] = '{k()}'",
            lambda: "import os; print(os.environ.get('NB_V'), os.getenv('NB_W'))",
        ],
        "contexts": [
            lambda: f"import decimal; decimal.getcontext().prec = {k() + 2}",
            lambda: "import decimal; print(decimal.Decimal(1) / 3)",
        ],
        "warnings": [
            lambda: f"import warnings; warnings.simplefilter({r.choice(('ignore', 'always'))!r}, UserWarning)",
            lambda: f"import warnings; warnings.warn('w{k()}')",
        ],
        "failing": [lambda: f"{v()}.append(5); 1 / 0", lambda: f"def {f()}():\n    return {v()}[7]"],
        "reaching": [lambda: f"exec('print({v()})')", lambda: f"import helper; print(helper.peek('{v()}'))"],
    }


def _percent_cell(r: DRAW, about: Sequence[str]) -> str:
    statements = _statements(r)
    return "\n".join(r.choice(statements[r.choice(about)])() for _ in range(r.choice((1, 1, 2, 3))))


def first_program(r: DRAW, cells: int, about: Sequence[str] = EVERYTHING) -> list[str]:
    """A document to begin with."""
    start = ["a = [0]", "b = [1]", r.choice(("c = a", "c = [2]")), "def f():\n    return a"]
    start += ["def g():\n    b.append(5)\n    return b"]
    return start + [_percent_cell(r, about) for _ in range(cells)]


def first_dataflow(r: DRAW, cells: int) -> list[str]:
    """A marimo notebook to begin with; cell n defines `vn` or `fn`, and its private names."""
    return ["v0 = [0]", "v1 = v0", "def f2():\n    return v0", *(_dataflow_cell(r, n) for n in range(3, cells + 5))]


def _dataflow_cell(r: DRAW, n: int) -> str:
    def v() -> str:
        return f"v{r.randrange(n)}"

    def f() -> str:
        return f"f{r.randrange(n)}"

    k = r.randint(0, 2)
    return r.choice(
        [
            lambda: f"v{n} = [{k}]",
            lambda: f"v{n} = {v()}",
            lambda: f"v{n} = [{v()}, {k}]",
            lambda: f"v{n} = {v()}\nv{n}.append({k})",
            lambda: f"{v()}.append({k})",
            lambda: f"print({v()}, {v()})",
            lambda: f"print({v()} is {v()})",
            lambda: f"{v()}",
            lambda: f"def f{n}():\n    return {v()}",
            lambda: f"def f{n}():\n    {v()}.append({k})",
            lambda: f"_own = [{k}]\ndef f{n}():\n    _own.append({k})\n    return _own",
            lambda: f"def _help():\n    return {v()}\ndef f{n}():\n    return _help(), {k}",
            lambda: f"_t = {v()}\n_t[:1]",
            lambda: f"print(_t, {k})",
            lambda: f"v{n} = {f()}()",
            lambda: f"print({f()}())",
            lambda: f"class K{n}:\n    _z = {v()}\n    def get(self):\n        return {v()}, self._z\nv{n} = [K{n}()]",
            lambda: f"print([x.get() for x in {v()} if hasattr(x, 'get')])",
            lambda: f"v{n} = (i for i in [{k}, 5])",
            lambda: f"print(next({v()}, None))",
            lambda: f"import random as _r\nv{n} = [_r.randint(0, 99)]",
            lambda: f"v{n} = [open('in{k}.txt').read()]",
            lambda: f"1 / {k}",
            lambda: f"del {v()}" if r.random() < 0.2 else f"{v()}.sort(key=str)",
        ]
    )()


def edited(
    r: DRAW, codes: list[str], old: list[list[str]], about: Sequence[str] = EVERYTHING, *, dataflow: bool = False
) -> list[str]:
    """One edit: a cell replaced, inserted, deleted or moved, or an earlier state again."""

    def new_cell() -> str:
        return _dataflow_cell(r, r.randrange(2, len(codes) + 2)) if dataflow else _percent_cell(r, about)

    codes, at = list(codes), r.randrange(len(codes))
    edit = r.choice(("replace", "replace", "replace", "insert", "delete", "swap", "revert", "comment"))
    if edit == "replace":
        codes[at] = new_cell()
    elif edit == "insert":
        codes.insert(at, new_cell())
    elif edit == "delete" and len(codes) > 3:
        codes.pop(at)
    elif edit == "swap" and at:
        codes[at - 1], codes[at] = codes[at], codes[at - 1]
    elif edit == "revert":
        return list(r.choice(old))
    else:
        codes[at] = f"# note {r.randint(0, 99)}\n{codes[at]}"
    return codes


def edit_world(r: DRAW, root: Path, environ: Callable[[str, str], None]) -> None:
    """Perhaps change, remove or write a file, the module or an environment variable."""
    what = r.choice(("nothing", "nothing", "file", "remove", "module", "variable"))
    if what == "file":
        (root / f"in{r.randint(0, 2)}.txt").write_text(str(r.randint(0, 2)))
    elif what == "remove":
        (root / f"in{r.randint(0, 2)}.txt").unlink(missing_ok=True)
    elif what == "module":
        write_module(root, r.randint(0, 2))
    elif what == "variable":
        environ("NB_W", str(r.randint(0, 2)))


def write_module(root: Path, value: int) -> None:
    (root / "helper.py").write_text(
        f"import sys\nVALUE = {value}\n\ndef double(x):\n    return x * 2 + VALUE\n\n"
        "def peek(name):\n    return eval(name, vars(sys.modules['__main__']))\n"
    )
