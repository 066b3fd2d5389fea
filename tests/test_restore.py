"""A group of values as bytes, and back: the same by every sign, and still one where they were one."""

# ruff: noqa: E501  # programs of an author, one a line

from __future__ import annotations

import functools
import mmap
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from test_fingerprint import SOURCE, executed

from nbpublish.kernel.fingerprint import fingerprint
from nbpublish.kernel.restore import MAGIC, PAGE, Unloadable, dump, load, needs, roundtrips


def again(namespace: dict[str, Any], *names: str) -> dict[str, Any]:
    """The group as it comes back from one string of bytes."""
    group = {name: namespace[name] for name in names}
    chunks = dump(group, namespace)
    assert chunks is not None
    assert roundtrips(chunks, group, namespace)
    return load(b"".join(chunks), namespace)


def storable(namespace: dict[str, Any], *names: str) -> bool:
    group = {name: namespace[name] for name in names}
    chunks = dump(group, namespace)
    return chunks is not None and roundtrips(chunks, group, namespace)


@functools.cache
def notebook() -> dict[str, Any]:
    return executed(SOURCE.read_text(encoding="utf-8"))


RUN_AGAIN = {
    *("Colour", "Level", "Point", "Slotted", "Shape", "Square", "Hostile", "hostile_class", "Words", "Money", "Pair", "Row"),
    *("Reading", "fib", "proxy_free"),  # what pickle cannot do; their definitions are run again
    "linked",  # pickle goes no deeper than the interpreter's stack
}


def test_every_value_of_a_course_comes_back() -> None:
    namespace = notebook()
    mine = {name for name, value in namespace.items() if not name.startswith("_") and not isinstance(value, ModuleType)}
    before = {name: fingerprint(namespace[name], namespace) for name in mine}
    assert {name for name in mine if not storable(namespace, name)} == RUN_AGAIN
    assert {name: fingerprint(namespace[name], namespace) for name in mine} == before


# --- what is one stays one --------------------------------------------------------------------------------------------


def test_members_keep_what_they_share() -> None:
    namespace = executed("a = [1]; b = {'a': a}; c = (b, b)")
    back = again(namespace, "a", "b", "c")
    assert back["b"]["a"] is back["a"]
    assert back["c"][0] is back["c"][1] is back["b"]


def test_views_stay_views() -> None:
    namespace = executed(
        "import numpy as np\na = np.arange(12.0).reshape(3, 4)\nrow = a[1]\nback = a[::-1, ::2]\nt = a.T\npart = row[1:3]"
    )
    back = again(namespace, "a", "row", "back", "t", "part")
    back["part"][:] = -1
    assert back["a"][1, 1] == back["row"][1] == back["t"][1, 1] == -1
    back["a"][2, 0] = 7
    assert back["back"][0, 0] == 7
    assert np.shares_memory(back["a"], back["t"])


def test_a_view_alone_takes_its_part_of_a_large_array_only() -> None:
    namespace = executed("import numpy as np\nbig = np.zeros((1000, 1000))\nsmall = big[5, 10:20]\nnext_ = big[5, 20:30]\nover = big[5, 15:25]")
    chunks = dump({"small": namespace["small"], "next_": namespace["next_"]}, namespace)
    assert chunks is not None
    assert sum(map(len, chunks)) < 20 * PAGE
    back = again(namespace, "small", "over")
    back["over"][0] = 1
    assert back["small"][5] == 1
    back = again(namespace, "over", "small", "big")
    back["over"][0] = 1
    assert back["small"][5] == back["big"][5, 15] == 1


def test_arrays_own_their_memory_as_they_did() -> None:
    namespace = executed("import numpy as np\na = np.arange(100_000)\nr = np.arange(3)\nr.flags.writeable = False")
    back = again(namespace, "a", "r")
    back["a"].resize(5, refcheck=False)
    assert not back["r"].flags.writeable


def test_memory_shared_in_a_way_that_cannot_be_stored_is_not() -> None:
    namespace = executed(
        "import numpy as np, pandas as pd\no = np.array([[], {}], dtype=object)\nv = o[:1]\n"
        "m = np.arange(4)\nx = np.matrix(m, copy=False)\nb = bytearray(16)\nf = np.frombuffer(b)\n"
        "df = pd.DataFrame({'a': [1.0, 2]})\nseen = df['a'].to_numpy()\ns = df['a']"
    )
    assert not storable(namespace, "o", "v")
    assert not storable(namespace, "m", "x")
    assert not storable(namespace, "b", "f")
    assert not storable(namespace, "df", "seen")
    assert storable(namespace, "o")
    assert storable(namespace, "seen")
    back = again(namespace, "df", "s")
    back["df"].loc[0, "a"] = 9
    assert list(back["s"]) == [1, 2], "frames copy on writing"


# --- functions and classes ----------------------------------------------------------------------------------------------


def test_functions_live_in_the_namespace_they_come_back_to() -> None:
    namespace = executed("k = 1\ndef f(x, y=[2]):\n    return x + y[0] + k\nf.note = [f]")
    back = again(namespace, "f")["f"]
    namespace["k"] = 100
    assert back(0) == 102
    assert back.__globals__ is namespace
    assert back.note[0] is back
    assert back.__code__.co_firstlineno == 2


def test_closures_keep_their_cells() -> None:
    namespace = executed(
        "def make():\n    n = 0\n    def step():\n        nonlocal n\n        n += 1\n        return n\n    def now():\n        return n\n"
        "    def both():\n        return step(), both\n    return step, now, both\nstep, now, both = make()\nstep()"
    )
    back = again(namespace, "step", "now", "both")
    assert back["step"]() == 2
    assert back["now"]() == 2
    assert back["both"]()[0] == 3
    assert back["both"]()[1] is back["both"]
    assert namespace["now"]() == 1


def test_classes_are_the_live_ones() -> None:
    namespace = executed("class A:\n    def __init__(self): self.a = [self]\nx = A()\nalso = {A: A, 'x': x}")
    back = again(namespace, "x", "also")
    assert type(back["x"]) is namespace["A"]
    assert back["also"][namespace["A"]] is namespace["A"]
    assert back["x"].a[0] is back["x"] is back["also"]["x"]
    group = {"x": namespace["x"]}
    chunks = dump(group, namespace)
    assert chunks is not None
    assert needs(chunks) == {"A"}


def test_named_functions_outside_the_group_are_the_live_ones() -> None:
    namespace = executed("def f(): return 1\nhandlers = [f, lambda: 2]")
    back = again(namespace, "handlers")["handlers"]
    assert back[0] is namespace["f"]
    assert back[1]() == 2


def test_a_changed_class_or_function_refuses_what_was_built_on_the_old_one() -> None:
    namespace = executed("class A:\n    def m(self): return 1\ndef f(): return 1\nx = A()\ny = [f]")
    for name, code in (("x", "class A:\n    def m(self): return 2"), ("y", "def f(): return 2")):
        chunks = dump({name: namespace[name]}, namespace)
        assert chunks is not None
        load(chunks, namespace)
        exec(code, namespace)
        with pytest.raises(Unloadable, match="is not what it was"):
            load(chunks, namespace)
    chunks = dump({"x": namespace["x"]}, namespace)
    assert chunks is None, "its class has no name any more"


def test_what_is_pickled_by_halves_does_not_pass() -> None:
    namespace = executed(
        "class Half:\n    def __init__(self): self.a, self.b = 1, 2\n    def __getstate__(self): return {'a': 1}\n"
        "class Broken:\n    def __reduce_ex__(self, p): raise RuntimeError\n"
        "class Liar:\n    def __reduce__(self): return (int, ())\n"
        "half, broken, liar = Half(), Broken(), Liar()\ngen = (i for i in [1])\nimport threading\nlock = threading.Lock()"
    )
    assert not any(storable(namespace, name) for name in ("half", "broken", "liar", "gen", "lock"))
    assert dump({"deep": functools.reduce(lambda inner, _: [inner], range(100_000), [])}, namespace) is None


def test_what_pickle_stores_by_the_notebooks_name_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is loaded, another value may stand under that name."""
    main = ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)
    exec("class Single:\n    def __reduce__(self): return 'only'\nonly = Single()\nx = [only]", vars(main))
    group = {"x": vars(main)["x"]}
    chunks = dump(group, vars(main))
    assert chunks is not None
    with pytest.raises(Unloadable, match="only"):
        load(chunks, vars(main))
    assert not roundtrips(chunks, group, vars(main))


# --- the file ------------------------------------------------------------------------------------------------------------


def test_buffers_begin_pages_and_a_mapped_file_is_left_alone(tmp_path: Path) -> None:
    namespace = executed("import numpy as np, pandas as pd\na = np.arange(10_000.0)\ndf = pd.DataFrame({'x': a, 'y': a})")
    chunks = dump({"a": namespace["a"], "df": namespace["df"]}, namespace)
    assert chunks is not None
    path = tmp_path / "blob"
    path.write_bytes(b"".join(chunks))
    written = path.read_bytes()
    assert written.startswith(MAGIC)
    assert written.find(namespace["a"].tobytes()) % PAGE == 0
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        back = load(memoryview(mapped), namespace)
    back["df"].iloc[0, 0] = -1
    back["a"][0] = -1
    assert path.read_bytes() == written
    assert back["df"].iloc[0, 0] == -1


@pytest.mark.parametrize("damage", ["empty", "short", "magic", "header", "stream", "cut"])
def test_a_damaged_blob_is_refused(damage: str) -> None:
    namespace = executed("import numpy as np\na = np.arange(5000); b = {'x': [a]}")
    chunks = dump({"a": namespace["a"], "b": namespace["b"]}, namespace)
    assert chunks is not None
    data = b"".join(chunks)
    broken = {
        "empty": b"",
        "short": data[:10],
        "magic": b"x" + data[1:],
        "header": data[:60] + b"\xff" + data[61:],
        "stream": data[:PAGE] + b"\xff" * 40 + data[PAGE + 40 :],
        "cut": data[: PAGE + 50],
    }[damage]
    with pytest.raises(Unloadable):
        load(broken, namespace)
