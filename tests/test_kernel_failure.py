"""Exceptions as the page shows them."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbpublish.kernel.execute import compile_cell
from nbpublish.kernel.failure import Places, error_data
from nbpublish.model import Cell, ErrorData

ROOT = Path(__file__).parent
PATH = ROOT / "week/nb.py"


def failing(source: str, line: int = 10) -> ErrorData:
    places = Places(ROOT, PATH)
    places.remember(Cell("c", "code", source, line))
    try:
        code = compile_cell(source, str(PATH), line)
        namespace = {"__name__": "__main__"}
        exec(code.body, namespace)
        if code.last:
            eval(code.last, namespace)
    except BaseException as exception:
        error = error_data(exception, places)
        frames = [frame for frame in error["frames"] if frame["path"] != Path(__file__).name]
        return ErrorData(name=error["name"], message=error["message"], frames=frames)
    raise AssertionError("the cell did not fail")


def test_frames_name_the_authors_file_line_and_code() -> None:
    error = failing("def f(x):\n    return 1 / x\n\nf(0)")
    assert error["message"] == "division by zero"
    assert [(f["path"], f["line"], f["function"], f["code"]) for f in error["frames"]] == [
        ("week/nb.py", 13, "<module>", "f(0)"),
        ("week/nb.py", 11, "f", "return 1 / x"),
    ]


def test_library_frames_are_marked_and_have_short_paths() -> None:
    error = failing("import json\njson.loads('{')")
    assert next(f["path"] for f in error["frames"] if f["library"]) == "json/__init__.py"
    third = failing("import pytest\npytest.importorskip('x y')")
    assert any(f["path"].startswith("_pytest/") and f["library"] for f in third["frames"])


def test_generated_code_belongs_to_whoever_runs_it() -> None:
    assert [f["path"] for f in failing("exec('1/0')")["frames"] if not f["library"]] == ["week/nb.py", "<string>"]
    generated = failing("import timeit\ntimeit.timeit('1/0')")
    assert [f["path"] for f in generated["frames"] if not f["library"]] == ["week/nb.py"]


def test_a_syntax_error_has_a_line_and_a_caret() -> None:
    error = failing("x = 1\nprint('日本' 2)")
    assert error["name"] == "SyntaxError"
    assert error["frames"][-1]["line"] == 11
    assert error["message"].splitlines()[1:] == ["    print('日本' 2)", "          ^^^^^^"]
    assert failing("if True:\nx = 1")["name"] == "IndentationError"
    assert failing("return 1")["frames"][-1]["line"] == 10


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("raise ValueError('a') from KeyError('b')", "a\n\nCaused by KeyError: 'b'"),
        ("try: 1/0\nexcept ZeroDivisionError: raise ValueError('a')",
         "a\n\nWhile handling ZeroDivisionError: division by zero (week/nb.py:10)"),
        ("try: 1/0\nexcept ZeroDivisionError: raise ValueError('a') from None", "a"),
        ("raise ExceptionGroup('g', [ValueError('x'), ExceptionGroup('h', [TypeError('y')])])",
         "g (2 sub-exceptions)\n  - ValueError: x\n  - ExceptionGroup: h (1 sub-exception)\n      - TypeError: y"),
        ("e = ValueError('v'); e.add_note('a note'); raise e", "v\na note"),
        ("{}['key']", "'key'"),
        ("raise KeyError('多い')", "'多い'"),
        ("raise ValueError", ""),
        ("import sys; sys.exit(3)", "sys.exit was called with 3."),
        ("class E(Exception):\n    def __str__(self): raise RuntimeError\nraise E",
         "<the exception's own text cannot be shown: reading it raised RuntimeError>"),
        ("class E(Exception):\n    __notes__ = 5\nraise E('e')", "e"),
        ("e = ValueError('v'); e.__cause__ = e; raise e", "v"),
    ],
)  # fmt: skip
def test_messages_say_what_led_to_the_exception(source: str, message: str) -> None:
    assert failing(source)["message"] == message


def test_endless_recursion_and_endless_messages_are_cut() -> None:
    assert len(failing("def f(): f()\nf()")["frames"]) < 10
    assert len(failing("def f(n): return g(n)\ndef g(n): return f(n)\nf(0)")["frames"]) <= 60
    error = failing("raise ValueError('x' * 10**6)")
    assert len(error["message"]) < 30_000
    assert "980,000 characters left out" in error["message"]


def test_private_names_are_the_authors() -> None:
    code = compile_cell("def _f(): return _g\nx = _f()", str(PATH), 1, private="c")
    with pytest.raises(NameError) as caught:
        exec(code.body, {"__name__": "__main__"})
    error = error_data(caught.value, Places(ROOT, PATH))
    assert error["message"] == "name '_g' is not defined"
    assert error["frames"][-1]["function"] == "_f"
