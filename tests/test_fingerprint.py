"""Equal fingerprints mean that no program can tell the values apart; what cannot be told has none."""

# ruff: noqa: E501  # programs of an author, one a line

from __future__ import annotations

import copy
import functools
import io
import json
import mmap
import os
import pickle
import random
import socket
import sqlite3
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from nbpublish.kernel.fingerprint import fingerprint, opacity

SOURCE = Path(__file__).parent / "real_values.py"


def executed(*codes: str) -> dict[str, Any]:
    """The namespace of a notebook after these cells."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for code in codes:
        exec(compile(code, "notebook.py", "exec", dont_inherit=True), namespace)
    return namespace


def all_of(namespace: dict[str, Any]) -> dict[str, str | None]:
    return {
        name: fingerprint(value, namespace)
        for name, value in namespace.items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }


@pytest.fixture(scope="module")
def notebook() -> dict[str, Any]:
    return executed(SOURCE.read_text(encoding="utf-8"))


# --- real values ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fingerprints(notebook: dict[str, Any]) -> dict[str, str | None]:
    return all_of(notebook)


def test_every_value_of_a_course_has_a_fingerprint_but_no_two_have_the_same(
    fingerprints: dict[str, str | None], notebook: dict[str, Any]
) -> None:
    assert {name: opacity(notebook[name], notebook) for name, found in fingerprints.items() if found is None} == {}
    names: dict[str | None, str] = {}
    for name, found in fingerprints.items():
        other = names.setdefault(found, name)
        assert other == name or notebook[other] is notebook[name], f"{name} and {other}"


def test_asking_changes_nothing(fingerprints: dict[str, str | None], notebook: dict[str, Any]) -> None:
    assert all_of(notebook) == fingerprints


CHILD = """
import json, sys, warnings
sys.path.insert(0, sys.argv[1])
warnings.simplefilter("ignore")
from test_fingerprint import SOURCE, all_of, executed
print(json.dumps(all_of(executed(SOURCE.read_text(encoding="utf-8")))))
"""


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_with_another_hash_seed_finds_the_same(seed: str, fingerprints: dict[str, str | None]) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", CHILD, str(SOURCE.parent)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found = json.loads(ran.stdout)
    assert {name for name in fingerprints if found[name] != fingerprints[name]} == set()


# --- differences that a program can see -------------------------------------------------------------------------------

DIFFERENT = {
    "type of number": ("1", "1.0", "True", "1j", "'1'", "b'1'", "np.int64(1)", "np.int32(1)"),
    "sign of zero": ("0.0", "-0.0"),
    "sequence": ("[1, 2]", "(1, 2)", "[2, 1]", "[[1], 2]", "[1, [2]]", "range(1, 3)", "np.array([1, 2])", "{1, 2}"),
    "split of text": ("['ab', 'c']", "['a', 'bc']", "['abc']", "['a', 'b', 'c']"),
    "set": ("{1}", "frozenset({1})", "{1: None}", "{1}.__class__", "{'1'}", "{(1,)}", "{frozenset({1})}"),
    "order of a dict": ("{1: 2, 3: 4}", "{3: 4, 1: 2}"),
    "nesting": ("[]", "[[]]", "[[], []]", "[[[]]]", "{}", "()", "set()", "None"),
    "alias": ("[[0], [0]]", "[[0]] * 2", "(lambda a: [a, [a]])([0])", "(lambda a: [[a], a])([0])"),
    "alias into a set": ("(lambda p: [{p}, p])(P(1))", "[{P(1)}, P(1)]"),
    "container": ("{1: 2}", "OrderedDict({1: 2})", "Counter({1: 2})", "defaultdict(int, {1: 2})", "SimpleNamespace(a=1)"),
    "order of its own": ("OrderedDict({1: 2, 3: 4})", "moved(OrderedDict({1: 2, 3: 4}))", "OrderedDict({3: 4})"),
    "default factory": ("defaultdict(int)", "defaultdict(list)", "defaultdict(None)"),
    "deque": ("deque([1])", "deque([1], 2)", "[1]"),
    "attribute": ("P(1)", "P(2)", "P(1.0)", "P([1])", "Q(1)", "with_attribute(P(1), z=1)"),
    "attribute of a list": ("L([1])", "with_attribute(L([1]), t=1)", "[1]", "L([2])"),
    "time": ("datetime(2024, 1, 1)", "datetime(2024, 1, 1, fold=1)", "date(2024, 1, 1)", "datetime(2024, 1, 1, tzinfo=UTC)"),
    "zone": ("ZoneInfo('Asia/Tokyo')", "ZoneInfo('Asia/Seoul')", "timezone(timedelta(hours=9))"),
    "member of an enum": ("E.A", "E.B", "F.A", "1"),
    "pattern": ("re.compile('a')", "re.compile('a', re.I)", "re.compile(b'a')"),
    "random state": ("Random(1)", "Random(2)", "advanced(Random(1))", "np.random.default_rng(1)", "np.random.default_rng(2)"),
    "partial": ("partial(max, 1)", "partial(max, 2)", "partial(min, 1)", "partial(max, key=1)"),
    "bound method": ("P(1).m", "P(2).m", "[].append", "[1].append", "[].extend"),
    "exception": ("ValueError(1)", "ValueError(2)", "KeyError(1)", "OSError(2, 'a')", "OSError(2, 'a', 'f')"),
    "dtype": ("np.zeros(2)", "np.zeros(2, 'f4')", "np.zeros(2, '>f8')", "np.zeros(2, 'i8')", "np.zeros(4, 'f4')", "np.zeros(2, 'M8[s]')", "np.zeros(2, 'M8[D]')"),
    "field of a dtype": ("np.zeros(1, [('a', 'i4')])", "np.zeros(1, [('b', 'i4')])", "np.zeros(1, 'i4')"),
    "shape": ("np.zeros(6)", "np.zeros((2, 3))", "np.zeros((3, 2))", "np.zeros((6, 1))", "np.zeros((1, 6))"),
    "no elements": ("np.zeros((0, 3))", "np.zeros((3, 0))", "np.zeros(0)"),
    "zero dimensions": ("np.array(1.0)", "np.float64(1.0)", "np.array([1.0])", "1.0"),
    "order of memory": ("np.ones((2, 3))", "np.asfortranarray(np.ones((2, 3)))", "np.ones((2, 6))[:, ::2]", "np.ones((2, 9))[:, ::3]"),
    "direction": ("np.zeros(3)", "np.zeros(3)[::-1]"),
    "flag of an array": ("np.zeros(3)", "readonly(np.zeros(3))"),
    "kind of array": ("np.ones((1, 1))", "np.matrix([[1.0]])", "np.ma.masked_array([[1.0]])"),
    "mask": ("np.ma.masked_array([1, 2], [0, 1])", "np.ma.masked_array([1, 2], [1, 0])", "np.ma.masked_array([1, 2])"),
    "object in an array": ("np.array([1, 'a'], object)", "np.array([1, 'b'], object)", "np.array([1.0, 'a'], object)"),
    "column": ("D({'a': [1]})", "D({'b': [1]})", "D({'a': [1.0]})", "D({'a': ['1']})", "D({'a': [None]})", "D({'a': [1], 'b': [2]})", "D({'b': [2], 'a': [1]})"),
    "index": ("D({'a': [1]})", "D({'a': [1]}, index=[1])", "D({'a': [1]}, index=['x'])", "D({'a': [1]}, index=pd.Index([0], name='i'))"),
    "values": ("D({'a': [1, 2]})", "D({'a': [2, 1]})", "D({'a': [1, 3]})", "D({'a': [1, 2]}, dtype='int32')", "D({'a': [1, 2]}, dtype='Int64')"),
    "categories": ("C('a')", "C('a', ['a', 'b'])", "C('a', ['b', 'a'])", "C('a', ['a', 'b'], True)"),
    "attrs": ("D({'a': [1]})", "with_attrs(D({'a': [1]}))", "D({'a': [1]}).set_flags(allows_duplicate_labels=False)"),
    "series": ("pd.Series([1])", "pd.Series([1], name='a')", "D({0: [1]})", "pd.Index([1])", "pd.Series([1.0])"),
    "missing value": ("pd.Series([1, None])", "pd.Series([1, None], dtype='Int64')", "pd.Series([1, None], dtype=object)"),
    "zone of a column": ("pd.Series(T)", "pd.Series(T.tz_localize('UTC'))", "pd.Series(T.tz_localize('Asia/Tokyo'))", "pd.Series(T.as_unit('ms'))"),
    "type of zeros": ("D({'a': [0]})", "D({'a': [0.0]})", "D({'a': [0]}, dtype='uint64')", "pd.Series([0])", "pd.Series([0.0])"),
    "array that may not be written": ("pd.date_range('2024', periods=3).array", "pd.date_range('2024', periods=3).array.copy()"),
    "frequency": ("pd.date_range('2024', periods=3, freq='D')", "pd.DatetimeIndex(list(pd.date_range('2024', periods=3)))"),
    "polars": ("pl.DataFrame({'a': [1]})", "pl.DataFrame({'b': [1]})", "pl.DataFrame({'a': [1.0]})", "pl.DataFrame({'a': [None]})", "pl.DataFrame({'a': [2]})", "pl.Series('a', [1])", "pl.DataFrame({'a': ['1']})", "pl.DataFrame({'a': [object()]}, schema={'a': pl.Object}).clear()"),
    "arrow": ("pa.table({'a': [1]})", "pa.table({'b': [1]})", "pa.table({'a': [1.0]})", "pa.table({'a': [None]})", "pa.table({'a': [1]}).replace_schema_metadata({'k': 'v'})", "pa.array([1])", "pa.array([None])"),
    "estimator": ("SVC()", "SVC(C=2)", "LinearRegression()", "LinearRegression().fit([[1], [2]], [1, 2])", "LinearRegression().fit([[1], [2]], [1, 3])"),
    "sparse": ("sp.csr_matrix([[1]])", "sp.csc_matrix([[1]])", "sp.csr_array([[1]])", "sp.csr_matrix([[1.0]])"),
    "graph": ("nx.Graph([(1, 2)])", "nx.DiGraph([(1, 2)])", "nx.Graph([(1, 3)])", "nx.Graph([(1, 2, {'w': 1})])"),
    "picture": ("Image.new('RGB', (2, 1))", "Image.new('RGB', (1, 2))", "Image.new('L', (2, 1))", "Image.new('RGB', (2, 1), 'red')"),
    "figure of plotly": ("go.Figure(layout={'title': 't'})", "go.Figure(layout={'title': 'u'})", "go.Figure(go.Scatter(x=[1]))", "go.Figure(go.Scatter(x=np.array([1])))", "go.Figure(go.Bar(x=[1]))"),
    "figure of altair": ("alt.Chart(D({'a': [1]})).mark_bar()", "alt.Chart(D({'a': [2]})).mark_bar()", "alt.Chart(D({'a': [1]})).mark_line()"),
    "model of pydantic": ("M(a=1)", "M(a=2)", "M()", "M(a=0)"),
}  # fmt: skip

PREPARED = """
import numpy as np, pandas as pd, polars as pl, pyarrow as pa, networkx as nx, altair as alt, re
import plotly.graph_objects as go, scipy.sparse as sp, enum, pydantic
from collections import *; from datetime import *; from functools import partial; from random import Random
from types import SimpleNamespace; from zoneinfo import ZoneInfo; from PIL import Image
from sklearn.svm import SVC; from sklearn.linear_model import LinearRegression
UTC = timezone.utc
D = pd.DataFrame
T = pd.to_datetime(["2024-01-01"])
class P:
    def __init__(self, x): self.x = x
    def m(self): return self.x
class Q(P): pass
class L(list): pass
class E(enum.Enum): A = 1; B = 2
class F(enum.IntEnum): A = 1
class M(pydantic.BaseModel): a: int = 0
def C(value, categories=None, ordered=False):
    return pd.Series(pd.Categorical([value], categories or [value], ordered=ordered))
def with_attribute(o, **k): o.__dict__.update(k); return o
def with_attrs(o): o.attrs["k"] = 1; return o
def readonly(a): a.flags.writeable = False; return a
def moved(o): o.move_to_end(1); return o
def advanced(r): r.random(); return r
"""


@pytest.fixture(scope="module")
def prepared() -> dict[str, Any]:
    return executed(PREPARED)


@pytest.mark.parametrize("kind", DIFFERENT)
def test_what_differs_in(kind: str, prepared: dict[str, Any]) -> None:
    found: dict[str, str] = {}
    for expression in DIFFERENT[kind]:
        mark = fingerprint(eval(expression, prepared), prepared)
        assert mark, f"{expression}: {opacity(eval(expression, prepared), prepared)}"
        assert mark == fingerprint(eval(expression, prepared), prepared), f"{expression} differs from itself"
        assert mark not in found, f"{expression} passes for {found[mark]}"
        found[mark] = expression


FUNCTIONS = {
    "body": "def f(x): return x + 1",
    "another body": "def f(x): return x + 2",
    "another type of constant": "def f(x): return x + 1.0",
    "another operation": "def f(x): return x - 1",
    "another attribute": "def f(x): return x.a",
    "and another": "def f(x): return x.b",
    "name of an argument": "def f(y): return y + 1",
    "default": "def f(x=1): return x + 1",
    "another default": "def f(x=2): return x + 1",
    "keyword": "def f(*, x=1): return x + 1",
    "another keyword": "def f(*, x=2): return x + 1",
    "annotation": "def f(x: int): return x + 1",
    "docstring": "def f(x):\n 'd'\n return x + 1",
    "attribute of it": "def f(x): return x + 1\nf.a = 1",
    "inner function": "def f(x): return (lambda: x + 1)()",
    "another inner function": "def f(x): return (lambda: x + 2)()",
    "generator": "def f(x): yield x + 1",
    "coroutine": "async def f(x): return x + 1",
    "cell": "def g(n):\n def f(x): return x + n\n return f\nf = g(1)",
    "another cell": "def g(n):\n def f(x): return x + n\n return f\nf = g(2)",
    "handler": "def f(x):\n try: return x\n except ValueError: return 1",
    "another handler": "def f(x):\n try: return x\n except KeyError: return 1",
    "what a handler guards": "def f(a, b):\n try:\n  a()\n  b()\n except ValueError:\n  return 1",
    "what another guards, in the same code": "def f(a, b):\n try:\n  a()\n except ValueError:\n  return 1\n else:\n  b()",
    "decorated": "import functools\ndef g(h):\n @functools.wraps(h)\n def w(*a): return h(*a)\n return w\n@g\ndef f(x): return x + 1",
    "class": "class f: a = 1",
    "value in a class": "class f: a = 2",
    "method": "class f:\n def m(self): return 1",
    "another method": "class f:\n def m(self): return 2",
    "property": "class f:\n @property\n def m(self): return 1",
    "static": "class f:\n @staticmethod\n def m(): return 1",
    "base": "class B: pass\nclass f(B): a = 1",
    "method of a base": "class B:\n def n(self): return 1\nclass f(B): a = 1",
    "slots": "class f: __slots__ = ('a',)",
    "metaclass": "class X(type): pass\nclass f(metaclass=X): a = 1",
    "registered": "import abc\nclass f(abc.ABC): pass\nf.register(int)",
    "not registered": "import abc\nclass f(abc.ABC): pass",
    "instance": "class K:\n def m(self): return 1\nf = K()",
    "instance of a changed class": "class K:\n def m(self): return 2\nf = K()",
    "field": "from dataclasses import dataclass\n@dataclass\nclass f: a: int = 1",
    "another field": "from dataclasses import dataclass\n@dataclass\nclass f: a: int = 2",
    "frozen": "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass f: a: int = 1",
    "pydantic": "import pydantic\nclass f(pydantic.BaseModel): a: int = 1",
    "pydantic, another": "import pydantic\nclass f(pydantic.BaseModel): a: int = 2",
    "pydantic, constrained": "import pydantic\nclass f(pydantic.BaseModel): a: int = pydantic.Field(1, gt=0)",
}


def test_functions_and_classes_are_what_they_do() -> None:
    found: dict[str, str] = {}
    for kind, code in FUNCTIONS.items():
        namespace = executed(code)
        mark = fingerprint(namespace["f"], namespace)
        assert mark, f"{kind}: {opacity(namespace['f'], namespace)}"
        moved = executed("# a comment", "\n\n\n" + code.replace(": return", ":  return"))
        assert mark == fingerprint(moved["f"], moved), f"{kind}: where it stands counts"
        assert mark not in found, f"{kind} passes for {found[mark]}"
        found[mark] = kind


# --- what has no fingerprint ------------------------------------------------------------------------------------------


def opaque_values(folder: Path) -> dict[str, Any]:
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt
    import numpy as np
    import polars as pl
    from PIL import Image

    figure, axes = plt.subplots()
    (line,) = axes.plot([1, 2])
    plt.close(figure)
    Image.new("L", (1, 1)).save(folder / "a.png")
    (folder / "a.bin").write_bytes(bytes(8))

    @functools.lru_cache
    def cached(n: int) -> int:
        return n

    cached(1)
    try:
        raise ValueError("here")
    except ValueError as error:
        raised = error
    return {
        "generator": (i for i in [1]),
        "iterator": iter([1]),
        "zip": zip([1], [2], strict=True),
        "file": (folder / "a.bin").open("rb"),
        "text in memory": io.StringIO("a"),
        "lock": threading.Lock(),
        "thread": threading.Thread(),
        "event": threading.Event(),
        "socket": socket.socket(),
        "database": sqlite3.connect(":memory:"),
        "mapped file": mmap.mmap(-1, 8),
        "mapped array": np.memmap(folder / "a.bin", "u1", "r+"),
        "figure": figure,
        "axes": axes,
        "line": line,
        "weak reference": weakref.ref(figure),
        "randomness of the system": random.SystemRandom(),
        "memory of a function": cached,
        "raised exception": raised,
        "picture that is not read": Image.open(folder / "a.png"),
        "lazy frame": pl.LazyFrame({"a": [1]}),
        "frame of a call": sys._getframe(),
        "namespace": globals(),
    }


def test_what_is_used_up_or_lives_elsewhere_has_none(tmp_path: Path) -> None:
    values = opaque_values(tmp_path)
    assert {kind for kind, value in values.items() if fingerprint(value, globals()) is not None} == set()
    assert {kind for kind, value in values.items() if fingerprint([1, {"a": value}], globals()) is not None} == set()
    assert all(opacity(value, globals()) for value in values.values())
    values["file"].close()
    values["socket"].close()
    values["database"].close()
    values["picture that is not read"].close()


# --- the author's code does not run, and nothing is too deep --------------------------------------------------------------


def test_no_method_of_the_author_is_called() -> None:
    namespace = executed("""
calls = []
class Meta(type):
    def __hash__(cls): calls.append("hash of a class"); return 1
    def __eq__(cls, other): calls.append("equality of classes"); return True
    def __instancecheck__(cls, o): calls.append("instance check"); return True
    def __getattribute__(cls, name): calls.append("attribute of a class " + name); return type.__getattribute__(cls, name)
class Spy(metaclass=Meta):
    __slots__ = ("a", "__dict__")
    __class__ = property(lambda self: calls.append("class"))
    def __init__(self): object.__setattr__(self, "a", 1); vars(self)["b"] = self
def spied(name):
    def method(self, *args): calls.append(name); raise RuntimeError(name)
    return method
for name in ("eq", "hash", "repr", "str", "len", "iter", "bool", "getattribute", "getattr", "reduce", "reduce_ex", "getstate",
             "sizeof", "dir", "format", "copy", "deepcopy", "index", "int", "float", "getnewargs", "getnewargs_ex", "lt"):
    type.__setattr__(Spy, f"__{name}__", spied(name))
class SpyList(list, metaclass=Meta): pass
for name in ("eq", "iter", "len", "getitem", "repr", "reduce_ex", "getattribute", "hash", "bool", "contains"):
    type.__setattr__(SpyList, f"__{name}__", spied(name))
spy = [object.__new__(Spy), SpyList([1])]
object.__setattr__(spy[0], "a", 1)
calls.clear()
""")
    found = fingerprint([namespace["spy"], (namespace["spy"][0], 1), {"k": namespace["spy"][1]}], namespace)
    assert namespace["calls"] == []
    assert found


def test_depth_and_circles_are_no_matter() -> None:
    linked: Any = None
    mapped: Any = {}
    frozen: Any = frozenset({1})
    for _ in range(100_000):
        linked, mapped = [linked], {"next": mapped}
    for _ in range(5_000):
        frozen = frozenset({frozen})
    circle: list[Any] = [1, {"a": ()}]
    circle += [circle, {"self": circle}]
    values = [linked, mapped, frozen, circle]
    found = {fingerprint(value, {}) for value in values}
    assert len(found) == len(values)
    assert None not in found


def test_members_of_sets_that_lead_back_to_the_set() -> None:
    code = """
class Node:
    def __init__(self, name, parent=None):
        self.name, self.parent, self.children = name, parent, set()
        if parent: parent.children.add(self)
root = Node("root")
for name in NAMES: Node(name, root)
"""
    there = executed("NAMES = 'abc'", code)
    back = executed("NAMES = 'cba'", code)
    other = executed("NAMES = 'abd'", code)
    marks = [fingerprint(each["root"], each) for each in (there, back, other)]
    assert marks[0] == marks[1] != marks[2]
    assert None not in marks


def test_what_is_too_large_is_opaque() -> None:
    assert fingerprint([[i] for i in range(1000)], {}, budget=100) is None
    assert "too" in (opacity([[i] for i in range(1000)], {}, budget=100) or "")


def test_equal_text_is_equal_whether_or_not_it_is_one_object() -> None:
    first, second = "".join(["a", "b" * 50]), "".join(["a", "b" * 50])
    assert first is not second
    assert fingerprint([first, first], {}) == fingerprint([first, second], {})
    assert fingerprint([(1, "x")] * 2, {}) == fingerprint([(1, "x"), (1, "".join("x"))], {})


def test_copies_are_equal(prepared: dict[str, Any]) -> None:
    for expressions in DIFFERENT.values():
        for expression in expressions:
            value = eval(expression, prepared)
            if expression.startswith("go.") or "lambda" in expression:
                continue
            try:
                duplicate = copy.deepcopy(value)
            except Exception:
                continue
            if "::" in expression or "asfortran" in expression or "readonly" in expression:
                continue  # numpy's copies are contiguous and writeable; plotly's, above, have another order
            assert fingerprint(value, prepared) == fingerprint(duplicate, prepared), expression


def test_columns_count_not_how_they_lie_in_memory(prepared: dict[str, Any]) -> None:
    pandas, polars, arrow = prepared["pd"], prepared["pl"], prepared["pa"]
    built = pandas.DataFrame({"a": [1.0, 2], "b": [3.0, 4]})
    blocks = pandas.DataFrame({"a": [1.0, 2]}).assign(b=[3.0, 4])
    assert fingerprint(built, {}) == fingerprint(blocks, {}) == fingerprint(pickle.loads(pickle.dumps(blocks)), {})
    text = polars.DataFrame({"s": [f"a text of many letters {i}" for i in range(50)]})
    part = polars.DataFrame({"s": [f"a text of many letters {i}" for i in range(0, 50, 5)]})
    assert fingerprint(text.gather_every(5), {}) == fingerprint(part, {})
    assert fingerprint(polars.concat([part, part], rechunk=False), {}) == fingerprint(polars.concat([part, part], rechunk=True), {})
    table = arrow.table({"a": [1, 2, 3], "s": ["x", "y", "z"]})
    assert fingerprint(table.slice(1, 1), {}) == fingerprint(arrow.table({"a": [2], "s": ["y"]}), {})


def test_expressions_that_a_program_can_tell_apart_have_different_fingerprints() -> None:
    import sympy as sp

    x, y = sp.symbols("x y")
    found = [x, y, sp.Symbol("x", positive=True), x + 1, x + 2, sp.Float(1.5), sp.Float(1.5, 30), sp.Rational(3, 2)]
    found += [sp.Poly(x**2), sp.Poly(x**2, domain="QQ"), sp.Matrix([[x]]), sp.ImmutableMatrix([[x]]), sp.Dummy("x")]
    found += [sp.Function("f"), sp.Function("g"), sp.Function("f")(x), sp.Function("f")(y)]
    prints = [fingerprint(value, {}) for value in found]
    assert None not in prints
    assert len(set(prints)) == len(found)
