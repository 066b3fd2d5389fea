"""Random programs that do what makes reuse hard, random edits of them, and random changes of the world around them."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

DRAW = random.Random

EVERYTHING = (*("values", "values", "looking", "functions", "functions"), *("classes", "instances", "opaque", "random"))
EVERYTHING += ("generators", "closures", "files", "modules", "variables", "contexts", "warnings", "failing", "reaching")
EVERYTHING += ("unbinding", "results", "packages", "numbers", "listings", "writing")
"""What programs are about, the more often the more they are."""


# --- documents --------------------------------------------------------------------------------------------------------


def _statements(r: DRAW) -> dict[str, list[Callable[[], str]]]:
    def v() -> str:
        return r.choice("abc")

    def f() -> str:
        return r.choice("fg")

    def k() -> int:
        return r.randint(0, 2)

    def file() -> str:
        return f"in{k()}.txt"

    def out() -> str:
        return f"'out{k()}.txt'"

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
        "results": [lambda: "print(_)", lambda: f"{v()} = [_]", lambda: f"{v()}[:1];", lambda: f"display({v()})"],
        "unbinding": [
            lambda: (lambda x: f"{x} = [{k()}]\ndel {x}")(v()),
            lambda: f"try:\n    {v()}[{k()}]\nexcept IndexError as {v()}:\n    pass",
            lambda: f"for {v()} in ([1], [2]):\n    pass",
            lambda: f"print('{v()}' in globals())",
            lambda: f"globals()['{v()}'] = [{k()}]",
            lambda: f"globals().pop('{v()}', None)",
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
            lambda: "print(f is g)",
            lambda: f"{v()} = [{f()}]",
            lambda: f"print([x() for x in {v()} if callable(x)])",
            lambda: f"def make(x):\n    return lambda: x\n{f()} = make({v()})",
        ],
        "closures": [
            lambda: f"def {f()}(x={v()}):\n    x.append({k()})\n    return x",
            lambda: f"{f()} = lambda: ({v()}, {k()})",
            lambda: f"{v()} = [lambda: {v()} for _ in 'x']",
            lambda: f"import functools\n{f()} = functools.partial(list, {v()})",
            lambda: f"{f()} = {v()}.copy",
            lambda: "def count():\n    n = []\n    def step():\n        n.append(1)\n        return n\n    return step",
            lambda: f"{f()} = count()",
            lambda: f"import functools\n@functools.cache\ndef {f()}():\n    return {v()}[:]",
            lambda: f"{f()}.note = {v()}",
            lambda: f"print(getattr({f()}, 'note', None))",
        ],
        "classes": [
            lambda: f"class K:\n    z = {v()}\n    def get(self):\n        return {v()}, self.z",
            lambda: f"{v()} = [K()]",
            lambda: f"print([x.get() for x in {v()} if hasattr(x, 'get')])",
            lambda: f"K.z = [{k()}]",
            lambda: f"print([type(x).z for x in {v()} if hasattr(x, 'get')])",
            lambda: "print(K.z)",
        ],
        "instances": [
            lambda: f"class L(K):\n    def __init__(self, n={k()}):\n        self.n = n",
            lambda: f"{v()} = [L({v()})]",
            lambda: f"for x in {v()}:\n    if hasattr(x, 'n'):\n        x.n = {v()}",
            lambda: f"for x in {v()}:\n    if isinstance(x, L) and isinstance(x.n, list):\n        x.n.append({k()})",
            lambda: f"print([(x.n, x.get()) for x in {v()} if hasattr(x, 'n')])",
            lambda: f"K.z.append({k()})",
            lambda: f"from dataclasses import dataclass\n@dataclass\nclass P:\n    n: object = {k()}",
            lambda: f"{v()} = [P({v()})]",
            lambda: f"print([isinstance(x, K) for x in {v()}])",
        ],
        "opaque": [
            lambda: (lambda x: f"{x} = (i for i in [{k()}, 5])\nprint({x}.__name__)")(v()),
            lambda: f"print(next({v()}, None))",
            lambda: f"print(list({v()}))",
        ],
        "generators": [
            lambda: f"def gen():\n    yield {v()}\n    yield {k()}\n    yield {v()}",
            lambda: f"{v()} = gen()",
            lambda: f"print(next({v()}, None))",
            lambda: f"{v()} = iter({v()})",
            lambda: f"{v()} = list({v()})",
            lambda: f"{v()} = zip({v()}, [1, 2, 3])",
        ],
        "random": [
            lambda: f"import random; {v()} = [random.randint(0, 99)]",
            lambda: f"import random; random.seed({k()})",
            lambda: "import random; print(random.random())",
            lambda: f"import random; random.shuffle({v()})",
        ],
        "numbers": [
            lambda: f"import numpy as np\n{v()} = np.zeros(3)",
            lambda: f"import numpy as np\n{v()} = np.random.randint(0, 99, 3)",
            lambda: f"import numpy as np; np.random.seed({k()})",
            lambda: "import numpy as np; print(np.random.rand())",
            lambda: f"{v()} = {v()}[1:]",
            lambda: f"{v()}[0] = {k()}",
            lambda: f"print({v()})",
            lambda: f"import numpy as np; print(np.ones(2) / {k() + 2})",
            lambda: f"import numpy as np; np.set_printoptions(precision={k()})",
        ],
        "files": [
            lambda: f"{v()} = [open('{file()}').read()]",
            lambda: f"print(open('{file()}').read())",
            lambda: f"try:\n    print(open('{file()}').read())\nexcept OSError:\n    print('none')",
        ],
        "listings": [
            lambda: "import os; print(sorted(os.listdir('data')))",
            lambda: f"import glob; {v()} = sorted(glob.glob('data/*.txt'))",
            lambda: f"import os; print(os.path.exists('{file()}'))",
            lambda: f"from pathlib import Path; {v()} = sorted(p.name for p in Path('data').iterdir())",
            lambda: "import os; print(sorted(entry.name for entry in os.scandir('data')))",
        ],
        "writing": [
            lambda: f"with open({out()}, 'w') as _o:\n    _o.write(repr({v()}))",
            lambda: (lambda x: f"open({x}, 'w').close()\nwith open({x}, 'a') as _o:\n    _o.write('{k()}')")(out()),
            lambda: (lambda x: f"import os\nif os.path.exists({x}):\n    os.remove({x})")(out()),
            lambda: f"from pathlib import Path; Path('data/new{k()}.txt').write_text('{k()}')",
            lambda: f"print(open({out()}).read())",
            lambda: f"from pathlib import Path; {v()} = [Path({out()}).read_text()]",
        ],
        "modules": [
            lambda: f"import helper; print(helper.VALUE, helper.double({k()}))",
            lambda: f"from helper import double\n{v()} = [double({k()})]",
            lambda: f"import helper\n{v()} = [helper.double]",
            lambda: f"print([x(2) for x in {v()} if callable(x)])",
            lambda: f"from helper import *\n{v()} = [VALUE]",
        ],
        "packages": [
            lambda: f"import pack; {v()} = [pack.NAME]",
            lambda: "from pack.part import PART; print(PART)",
            lambda: f"import pack.part\n{v()} = [pack.part.PART, {k()}]",
            lambda: "import importer; print(importer.twice())",
        ],
        "variables": [
            lambda: f"import os; os.environ['NB_V'] = '{k()}'",
            lambda: "import os; print(os.environ.get('NB_V'), os.getenv('NB_W'))",
        ],
        "contexts": [
            lambda: f"import decimal; decimal.getcontext().prec = {k() + 2}",
            lambda: "import decimal; print(decimal.Decimal(1) / 3)",
        ],
        "settings": [
            lambda: f"import matplotlib; matplotlib.rcParams['lines.linewidth'] = {k() + 1}",
            lambda: f"import matplotlib; print(matplotlib.rcParams['{r.choice(('lines.linewidth', 'axes.grid'))}'])",
            lambda: f"import matplotlib; matplotlib.rc('axes', grid={k() > 0})",
            lambda: "import matplotlib; matplotlib.rcdefaults()",
            lambda: f"import matplotlib; {v()} = [dict(matplotlib.rcParams)['lines.linewidth']]",
        ],
        "warnings": [
            lambda: f"import warnings; warnings.simplefilter({r.choice(('ignore', 'always'))!r}, UserWarning)",
            lambda: f"import warnings; warnings.warn('w{k()}')",
        ],
        "failing": [lambda: f"{v()}.append(5); 1 / 0", lambda: f"def {f()}():\n    return {v()}[7]"],
        "reaching": [
            lambda: f"exec('print({v()})')",
            lambda: f"import helper; print(helper.peek('{v()}'))",
            lambda: f"exec('{v()} = [{k()}]')",
            lambda: f"print(eval('{f()}()'))",
        ],
    }


def _percent_cell(r: DRAW, about: Sequence[str]) -> str:
    statements = _statements(r)
    return "\n".join(r.choice(statements[r.choice(about)])() for _ in range(r.choice((1, 1, 2, 3))))


def first_program(r: DRAW, cells: int, about: Sequence[str] = EVERYTHING) -> list[str]:
    """A document to begin with."""
    start = ["a = [0]", "b = [1]", r.choice(("c = a", "c = [2]")), "def f():\n    return a"]
    start += ["def g():\n    b.append(5)\n    return b"]
    return start + [_percent_cell(r, about) for _ in range(cells)]


# --- dataflow ---------------------------------------------------------------------------------------------------------


def first_dataflow(r: DRAW, cells: int, about: Sequence[str] = EVERYTHING) -> list[str]:
    """A marimo notebook to begin with; cell n defines `vn` or `fn`, and its private names. Where it is not about
    writing, no cell writes a file."""
    codes = ["v0 = [0]", "v1 = v0", "def f2():\n    return v0"]
    for n in range(3, cells + 5):
        codes.append(_dataflow_cell(r, n, codes, about))
    return codes


_WRITES = "write_text"


def _dataflow_cell(r: DRAW, n: int, others: Sequence[str], about: Sequence[str]) -> str:
    while _WRITES in (code := _any_dataflow_cell(r, n, others)) and "writing" not in about:
        pass
    return code


def _any_dataflow_cell(r: DRAW, n: int, others: Sequence[str]) -> str:
    defined = [match[0] for code in others for match in re.finditer(r"\bv\d+(?= = )|(?<=def )f\d+", code)]

    def v() -> str:
        return r.choice([name for name in defined if name[0] == "v"] or ["v0"]) if r.random() < 0.9 else f"v{n + 1}"

    def f() -> str:
        return r.choice([name for name in defined if name[0] == "f"] or ["f2"])

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
            lambda: f"import os as _os\nv{n} = sorted(_os.listdir('data'))",
            lambda: f"from pathlib import Path as _P; _P('out{k}.txt').write_text(repr({v()}))",
            lambda: f"from pathlib import Path as _P; print(_P('out{k}.txt').read_text())",
            lambda: f"from pathlib import Path as _P; _P('data/new{k}.txt').write_text('{k}')",
            lambda: f"import helper as _h\nv{n} = [_h.VALUE]",
            lambda: f"from pack.part import PART as v{n}",
            lambda: f"import os as _os\nv{n} = [_os.environ.get('NB_W'), {k}]",
            lambda: f"import numpy as _np\nv{n} = _np.arange(3)",
            lambda: f"v{n} = {v()}[1:]",
            lambda: f"_x = {v()}\ndef f{n}(x=_x):\n    x.append({k})\n    return x",
            lambda: f"f{n} = {v()}.copy",
            lambda: f"1 / {k}",
            lambda: f"import matplotlib as _m; _m.rcParams['lines.linewidth'] = {k + 1}",
            lambda: f"import matplotlib as _m; v{n} = [_m.rcParams['lines.linewidth']]",
            lambda: f"import warnings as _w; _w.simplefilter({r.choice(('ignore', 'always'))!r}, UserWarning)",
            lambda: f"import warnings as _w; _w.warn('w{k}')",
            lambda: f"del {v()}" if r.random() < 0.2 else f"{v()}.sort(key=str)",
        ]
    )()


# --- edits ------------------------------------------------------------------------------------------------------------

_SIMPLE = re.compile(r"(\w+) = (\[\d\])")


@dataclass(frozen=True)
class Edit:
    """What became of a program. `harmless` is the cell whose code changed where no value did, -1 where no code did."""

    codes: list[str]
    harmless: int | None = None


def edited(
    r: DRAW, codes: list[str], old: list[list[str]], about: Sequence[str] = EVERYTHING, *, dataflow: bool = False
) -> Edit:
    """One edit: a cell replaced, inserted, deleted, moved or doubled, an earlier state again, or one without effect."""

    def new_cell() -> str:
        return _dataflow_cell(r, r.randrange(2, len(codes) + 2), codes, about) if dataflow else _percent_cell(r, about)

    codes, at = list(codes), r.randrange(len(codes))
    edit = r.choice((*3 * ("replace",), "insert", "delete", "swap", "double", "revert", "no effect"))
    if edit == "replace":
        codes[at] = new_cell()
    elif edit == "insert":
        codes.insert(at, new_cell())
    elif edit == "delete" and len(codes) > 3:
        codes.pop(at)
    elif edit == "swap" and at:
        codes[at - 1], codes[at] = codes[at], codes[at - 1]
    elif edit == "double" and not dataflow:
        codes.insert(r.randrange(len(codes)), codes[at])
    elif edit == "revert":
        return Edit(list(r.choice(old)))
    else:
        return _without_effect(r, codes, at)
    return Edit(codes)


def _without_effect(r: DRAW, codes: list[str], at: int) -> Edit:
    simple = [n for n, code in enumerate(codes) if _SIMPLE.fullmatch(code)]
    if simple and r.random() < 0.5:
        at = r.choice(simple)
        codes[at] = _SIMPLE.sub(r.choice((r"\1 = [*\2]", r"\1 = list(\2)", r"\1 = \2[:]")), codes[at])
        return Edit(codes, at)
    note = f"# note {r.randint(0, 99)}"
    codes[at] = r.choice((f"{note}\n{codes[at]}", f"{codes[at]}\n{note}", f"\n{codes[at]}"))
    return Edit(codes, -1)


# --- the world around -------------------------------------------------------------------------------------------------


def begin(root: Path) -> None:
    """Files and modules as they are before the first build."""
    (root / "data").mkdir(parents=True, exist_ok=True)
    (root / "pack").mkdir()
    (root / "book.py").touch()
    for name in ("in0.txt", "in1.txt", "data/0.txt"):
        (root / name).write_text("0")
    for module, text in _MODULES.items():
        (root / module).write_text(text.format(0))


_MODULES = {
    "helper.py": "import sys\nVALUE = {}\n\ndef double(x):\n    return x * 2 + VALUE\n\n"
    "def peek(name):\n    return eval(name, vars(sys.modules['__main__']))\n",
    "importer.py": "import deeper\n\ndef twice():\n    return deeper.VALUE * 2\n\n# {}\n",
    "deeper.py": "VALUE = {}\n",
    "pack/__init__.py": "from .part import PART\nNAME = ['pack', PART, {}]\n",
    "pack/part.py": "PART = [{}]\n",
}


def changed_world(r: DRAW) -> Callable[[Path], object] | None:
    """A change of the world: a file written or removed, a module, an environment variable; mostly none."""
    value = r.randint(0, 2)
    path = r.choice(("in{}.txt", "in{}.txt", "data/{}.txt", "out{}.txt")).format(r.randint(0, 2))
    module, text = r.choice(list(_MODULES.items()))
    return r.choice(
        [
            *(None, None, None),
            lambda root: (root / path).write_text(f"{value}"),
            lambda root: (root / path).unlink(missing_ok=True),
            lambda root: (root / module).write_text(text.format(value)),
            lambda root: os.environ.__setitem__("NB_W", f"{value}"),
        ]
    )
