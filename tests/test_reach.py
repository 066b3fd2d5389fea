"""Which globals a value may read when it is called, and which names share what can change."""

# ruff: noqa: E501  # programs of an author, one a line

from __future__ import annotations

import sys
import time
from types import ModuleType
from typing import Any

import pytest
from test_fingerprint import executed

from nbpublish.kernel.reach import EVERYTHING, free_names, groups


def shared(code: str, *names: str) -> set[frozenset[str]]:
    """Groups of more than one name."""
    namespace = executed(code)
    chosen = names or [name for name in namespace if not name.startswith("__")]
    return {group for group in groups(chosen, namespace) if len(group) > 1}


def free(code: str, name: str = "f") -> frozenset[str]:
    namespace = executed(code)
    return free_names(namespace[name], namespace) - {name}


# --- free names -------------------------------------------------------------------------------------------------------

FREE = {
    "a global it reads": ("def f(): return k", {"k"}),
    "one that it binds": ("def f():\n global k\n k = 1", {"k"}),
    "one that it deletes": ("def f():\n global k\n del k", {"k"}),
    "an attribute is none": ("def f(x): return x.k", set()),
    "nor is a local": ("def f(k): return k", set()),
    "inside a function": ("def f(): return [lambda: k for _ in x]", {"k", "x"}),
    "inside a class": ("class f:\n def m(self): return k\n a = 1", {"k"}),
    "in a property": ("class f:\n @property\n def m(self): return k", {"k"}),
    "of a base": ("class B:\n def m(self): return k\nclass f(B): pass", {"k", "B"}),
    "of an instance": ("class A:\n def m(self): return k\nf = A()", {"k", "A"}),
    "in a list": ("def g(): return k\nf = [{'a': (g,)}]", {"k", "g"}),
    "in a closure": ("def g(h):\n def w(): return h()\n return w\nf = g(lambda: k)", {"k"}),
    "in a default": ("def f(x=lambda: k): pass", {"k"}),
    "in an attribute of a function": ("def f(): pass\nf.a = lambda: k", {"k"}),
    "in a partial": ("from functools import partial\ndef g(): return k\nf = partial(g)", {"k", "g"}),
    "in a bound method": ("class A:\n def m(self): return k\nf = A().m", {"k", "A"}),
    "under a cache": ("from functools import lru_cache\n@lru_cache\ndef f(): return k", {"k", "lru_cache"} - {"lru_cache"}),
    "in a method decorated by wraps": ("from functools import wraps\ndef d(g):\n @wraps(g)\n def w(*a): return g(*a)\n return w\n@d\ndef f(): return k", {"k"}),
    "in an array of objects": ("import numpy as np\nf = np.array([lambda: k, 1], dtype=object)", {"k"}),
    "in a column": ("import pandas as pd\nf = pd.DataFrame({'a': [lambda: k]})", {"k"}),
    "in an estimator": ("from sklearn.preprocessing import FunctionTransformer\ndef g(x): return k\nf = FunctionTransformer(g)", {"k", "g"}),
    "in text that is a query": ("def f(df): return df.query('a > @limit')", {"a", "limit"}),
    "of a library are none": ("import textwrap\nf = textwrap.dedent", set()),
    "of data are none": ("f = [1, {'k': 2}]", set()),
    "more than 256 of them": ("def f():\n " + "; ".join(f"x{i}" for i in range(300)), {f"x{i}" for i in range(300)}),
}  # fmt: skip


@pytest.mark.parametrize("kind", FREE)
def test_free_names(kind: str) -> None:
    code, expected = FREE[kind]
    assert free(code) == expected


@pytest.mark.parametrize("body", ["globals()['k']", "eval('k')", "exec('k = 1')", "vars()"])
def test_who_looks_into_the_namespace_may_read_everything(body: str) -> None:
    assert EVERYTHING in free(f"def f(): return {body}")


def test_who_holds_the_namespace_may_read_everything() -> None:
    assert EVERYTHING in free("f = [globals()]")


# --- groups -----------------------------------------------------------------------------------------------------------

SHARED = {
    "one list": ("a = [1]; b = a; c = [1]", [{"a", "b"}]),
    "inside": ("a = [1]; b = {'x': (0, a)}; c = 1", [{"a", "b"}]),
    "through a third": ("x = []; a = [x]; b = [x]; del x", [{"a", "b"}]),
    "a chain": ("x = []; y = []; a = [x]; b = [x, y]; c = [y]; del x, y", [{"a", "b", "c"}]),
    "atoms are not shared": ("a = 'text' * 9; b = a; c = [a]; d = 5; e = d; f = None; g = None", []),
    "nor tuples of them": ("a = (1, ('x', 2)); b = a; c = [a]; d = (); e = frozenset(); g = e", []),
    "a list in a tuple": ("x = []; a = (x,); b = (x,); del x", [{"a", "b"}]),
    "a dict of atoms": ("a = {'k': 1}; b = [a]", [{"a", "b"}]),
    "a bytearray": ("a = bytearray(3); b = [a]; c = memoryview(a)", [{"a", "b", "c"}]),
    "modules are not shared": ("import math, os; a = [math]; b = [math]", []),
    "two instances": ("class A: pass\na = A(); b = A()", []),
    "one instance": ("class A: pass\na = A(); b = [a]", [{"a", "b"}]),
    "what instances hold": ("class A: pass\nx = []; a = A(); a.x = x; b = A(); b.x = x; del x", [{"a", "b"}]),
    "a list of the class": ("class A: items = []\na = A(); b = A()", [{"A", "a", "b"}]),
    "a slot": ("class A: __slots__ = 'x',\nx = []; a = A(); a.x = x", [{"a", "x"}]),
    "functions by name": ("def f(): pass\na = [f]; b = [f]", []),
    "a function without a name": ("a = [lambda: 0]; b = [a[0]]", [{"a", "b"}]),
    "a closure": ("def m():\n n = 0\n def i():\n  nonlocal n; n += 1\n def g(): return n\n return i, g\na, b = m()", [{"a", "b"}]),
    "a default": ("x = []\ndef f(y=x): pass", [{"f", "x"}]),
    "a bound method": ("a = []; b = a.append", [{"a", "b"}]),
    "an iterator": ("a = [1]; b = iter(a)", [{"a", "b"}]),
    "an array": ("import numpy as np\na = np.zeros(3); b = [a]; c = np.zeros(3)", [{"a", "b"}]),
    "a view": ("import numpy as np\na = np.zeros(9); b = a[2:4]; c = a.copy()", [{"a", "b"}]),
    "two views": ("import numpy as np\nx = np.zeros(9); a = x[:6]; b = x[3:]; del x", [{"a", "b"}]),
    "one buffer": ("import numpy as np\nx = bytearray(16); a = np.frombuffer(x); b = np.frombuffer(x, 'u1'); del x", [{"a", "b"}]),
    "an array and its buffer": ("import numpy as np\nx = bytearray(16); a = np.frombuffer(x)", [{"a", "x"}]),
    "objects in arrays": ("import numpy as np\nx = []; a = np.array([x, 1], object); b = [x]; del x", [{"a", "b"}]),
    "scalars and dtypes": ("import numpy as np\na = np.float64(1); b = [a]; c = np.dtype('f8'); d = [c]", []),
    "frames copy on writing": ("import pandas as pd\na = pd.DataFrame({'x': [1, 2], 'y': [1., 2]}); b = a['x']; c = a[['y']]; d = a.copy(deep=False)", []),
    "one frame": ("import pandas as pd\na = pd.DataFrame({'x': [1]}); b = [a]", [{"a", "b"}]),
    "an array of a frame": ("import pandas as pd\na = pd.DataFrame({'x': [1.0]}); b = a['x'].to_numpy(); c = a['x']", [{"a", "b", "c"}]),
    "a frame around an array": ("import pandas as pd, numpy as np\na = np.zeros((2, 2)); b = pd.DataFrame(a, copy=False)", [{"a", "b"}]),
    "objects in frames": ("import pandas as pd\nx = []; a = pd.DataFrame({'x': [x]}); b = [x]; del x", [{"a", "b"}]),
    "an index": ("import pandas as pd\na = pd.DataFrame({'x': [1]}, index=['k']); b = a.index; c = a['x']", [{"a", "b"}]),
    "frames of polars": ("import polars as pl\na = pl.DataFrame({'x': [1]}); b = a['x']; c = [a]", [{"a", "c"}]),
    "times and patterns": ("import re, datetime, zoneinfo\nz = zoneinfo.ZoneInfo('Asia/Tokyo'); a = datetime.datetime(2024, 1, 1, tzinfo=z); b = [a]; p = re.compile('a'); q = [p]", []),
    "members of an enum": ("import enum\nclass E(enum.Enum): A = 1\na = E.A; b = [E.A]", []),
    "estimators in a pipeline": ("from sklearn.svm import SVC\nfrom sklearn.pipeline import make_pipeline\na = SVC(); b = make_pipeline(a); c = SVC()", [{"a", "b"}]),
    "figure and axes": ("import matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt\na, b = plt.subplots(); plt.close(a)", [{"a", "b"}]),
    "global randomness": ("import random\na = random.random; b = random.choice; c = random.Random(1)", [{"a", "b"}]),
}  # fmt: skip


@pytest.mark.parametrize("kind", SHARED)
def test_groups(kind: str) -> None:
    code, expected = SHARED[kind]
    assert shared(code) == {frozenset(group) for group in expected}


def test_tensors_share_their_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in with the two methods of torch that are asked, because torch itself is too large to test with."""
    torch = ModuleType("torch")
    code = """
class Tensor:
    def __init__(self, memory): self.place = memory.__array_interface__["data"][0], memory.nbytes
    def untyped_storage(self): return self
    def data_ptr(self): return self.place[0]
    def nbytes(self): return self.place[1]
Tensor.__module__ = "torch"
"""
    exec(code, torch.__dict__)
    monkeypatch.setitem(sys.modules, "torch", torch)
    program = "import numpy as np, torch\nx = np.zeros(9); a = torch.Tensor(x[:5]); b = torch.Tensor(x[3:]); c = torch.Tensor(np.zeros(9))"
    assert shared(program, "a", "b", "c", "x") == {frozenset("abx")}


def test_every_name_that_exists_is_in_one_group() -> None:
    namespace: dict[str, Any] = {"a": [], "b": 1}
    assert sorted(map(sorted, groups(["a", "b", "missing"], namespace))) == [["a"], ["b"]]


def test_depth_and_circles_are_no_matter() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    circle: list[Any] = []
    circle.append(circle)
    assert len(groups(["a", "b"], {"a": deep, "b": circle})) == 2
    assert free_names([deep, circle], {}) == frozenset()


def test_large_values_take_a_moment() -> None:
    namespace = {"a": {i: str(i) for i in range(200_000)}, "b": list(range(100_000))}
    start = time.process_time()
    groups(["a", "b"], namespace)
    assert time.process_time() - start < 3  # 0.2 on an idle machine
