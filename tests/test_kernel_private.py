"""Names private to a cell are renamed, and nobody notices."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from nbpublish.kernel.execute import compile_cell
from nbpublish.kernel.private import as_written, is_private

CELLS = [
    "_x = 1; result = _x",
    "__ = 2; result = __",
    "_x = 1\ndef f(_x): return _x\nresult = f(5), f(_x=6), _x",
    "_x = 1\ndef f(a=_x, *_a, _k=_x, **_kw): return a, _a, _k, _kw\nresult = f(), f(1, 2, _k=3, _z=4)",
    "_x = 1\ndef f():\n    global _x, _y\n    _x = 2; _y = 3\nf(); result = _x, _y",
    "_x = 1\ndef f():\n    _x = 2\n    def g():\n        nonlocal _x; _x = 3\n    g()\n    return _x\nresult = f(), _x",
    "_x = 1\nclass A:\n    _x = 2\n    _y = _x\n    def m(self): return _x, self._x, self._y\nresult = A().m()",
    "class _A:\n    '''doc'''\nresult = _A.__name__, _A.__qualname__, _A.__module__, repr(_A), _A.__doc__",
    "def _f(): pass\nresult = _f.__name__, _f.__qualname__, (lambda: 0).__name__",
    "class _A:\n    class _B:\n        def _m(self): return _A\nresult = _A._B._m.__qualname__, _A._B()._m().__name__",
    "_d = [1, 2]\nresult = [_i + _d[0] for _i in _d], {_i: _i for _i in _d}, {_i for _i in _d}, list(_i for _i in _d)",
    "_d = [[1], [2]]\nresult = [_j for _i in _d if _i for _j in _i if _j > len(_d) - 2]",
    "_d = [1]\nresult = [(_w := _i) for _i in _d], _w",
    "_d = [1]\nresult = [[_d for _ in _d] for _d in [_d]]",
    "_f, g = (lambda _x: lambda: _x)(1), lambda _y=3: _y\nresult = _f(), g()",
    "_y = 1\nf = lambda _x: _y; g = lambda _y: _y\nresult = f(2), g(3)",
    "_y = 1\nf = lambda _x=(lambda _y: _y)(5): (_x, _y)\nresult = f()",
    "import os as _os, sys as _sys\nfrom os import path as _p, sep as _\nresult = _os.path is _p, _sys.__name__, _",
    "import _thread\nfrom _thread import allocate_lock as _l\nresult = _thread.__name__, _l is _thread.allocate_lock",
    "try: 1 / 0\nexcept ZeroDivisionError as _e: result = str(_e)",
    "with open(__import__('os').devnull) as _f: result = _f.read()",
    "for _i in range(3): pass\nresult = _i",
    "match [1, {'a': 2, 'b': 3}, 4]:\n    case [_a, {'a': _b, **_c}, *_d] as _e: result = _a, _b, _c, _d, len(_e)",
    "_x = 1\ndel _x\nresult = '_x' in globals()",
    "_x = 3\nresult = f'{_x} {_x!r:>{_x}} {[_y for _y in range(_x)]}'",
    "_x: int = 3\nresult = _x",
    "_d = {'_x': 1}\nclass O: _x = 2\nresult = dict(_x=_d['_x']), O._x, getattr(O, '_x')",
    "def _deco(_f):\n    return lambda *_a: (_f(*_a), 'decorated')\n@_deco\ndef f(_x): return _x\nresult = f(1)",
    "_n = 0\ndef _count():\n    yield from range(3)\nresult = [*_count()], (*_count(),)",
    "_x = 1\n_x += 1\nresult = _x",
    "class _M(type): pass\nclass A(metaclass=_M): pass\nresult = type(A).__name__",
    "_x = 1\ndef f():\n    class _C:\n        v = _x\n    return _C.v, _C.__qualname__\nresult = f()",
]
if sys.version_info >= (3, 12):
    CELLS += [
        "_b = int\ndef _f[_T](_x: _T) -> _T: return _x\nclass _C[_T]:\n    b = _b\nresult = _f(3), _C.b, _f.__name__",
        "type _A = list[int]\nresult = _A.__name__",
    ]


def run(source: str, private: str | None) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(compile_cell(source, "nb.py", 3, private=private).body, namespace)
    return namespace


@pytest.mark.parametrize("source", CELLS)
def test_a_cell_computes_the_same_with_its_names_made_private(source: str) -> None:
    namespace = run(source, "cell")
    assert namespace["result"] == run(source, None)["result"]
    assert not [name for name in namespace if is_private(name) and not name.startswith("_cell_")]


def test_the_private_names_of_two_cells_are_two_names() -> None:
    namespace: dict[str, Any] = {}
    for id in ("a", "b"):
        exec(compile_cell(f"_x = '{id}'\ndef {id}(): return _x", "nb.py", 1, private=id).body, namespace)
    assert (namespace["a"](), namespace["b"]()) == ("a", "b")


def test_a_missing_private_name_is_complained_of_as_the_author_wrote_it() -> None:
    with pytest.raises(NameError) as caught:
        run("result = _other", "cell")
    assert as_written(str(caught.value)) == "name '_other' is not defined"


def test_the_root_of_a_dotted_import_keeps_its_name() -> None:
    assert run("import _pytest.config\nresult = _pytest.__name__", "cell")["result"] == "_pytest"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("1 + 1", True),
        ("1 + 1;", False),
        ("1 + 1;  # why", False),
        ("1 + 1  # ;", True),
        ("';'", True),
        ("x = 1; x", True),
        ("x = 1", False),
        ("", False),
        ("# only a comment", False),
        ("(\n1\n)", True),
        ("f(\n);", False),
        ("'''a\n;'''", True),
        ("if True:\n    1", False),
    ],
)
def test_the_last_expression_is_shown_unless_a_semicolon_ends_the_cell(source: str, shown: bool) -> None:
    assert (compile_cell(source, "nb.py", 1).last is not None) is shown
