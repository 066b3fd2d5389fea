"""Every problem is explained in the reference, and the reference explains no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs_src/reference/problems.md").read_text(encoding="utf-8")
EXPLAINED = re.findall(r"^### `([a-z-]+)`$", PAGE, re.MULTILINE)

MAKERS = {"Problem", "problem", "_problem"}
"""Functions whose first argument is the code of a problem."""
PASSED_ON = {
    *("formats/magics.py", "formats/marimo.py", "traces/faults.py", "frontends/faults.py"),
    *("page/context.py", "page/numbering.py", "page/prose.py"),
}
"""Files that make a problem of a code which they get or choose elsewhere; those codes stand in `CHOSEN`."""
CHOSEN = {
    "frontends/diagrams_extension.py": {"undrawn-diagram"},
    "frontends/formulas_extension.py": {"math"},
    "formats/magics.py": {"installs-packages", "unsupported-magic"},
    "page/markdown/directive_blocks.py": {"unknown-directive"},
    "traces/faults.py": {"cell-failed", "kernel-died"},
}
REMOTE = "page/foreign.py"


def files() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "nbpublish").rglob("*.py")):
        yield path.relative_to(ROOT / "nbpublish").as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def first_arguments(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in MAKERS and len(node.args) >= 2:
                yield node.args[0]


def codes_of(file: str, tree: ast.Module) -> set[str]:
    codes = set(CHOSEN.get(file, ()))
    for argument in first_arguments(tree):
        match argument:
            case ast.Constant(str() as code):
                codes.add(code)
            case ast.JoinedStr([ast.Constant("remote-"), _]) if file == REMOTE:
                codes |= {f"remote-{kind}" for kind in remote_kinds(tree)}
            case _:
                assert file in PASSED_ON, f"{file}:{argument.lineno}: which codes can this be? Name them in this test"
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert CHOSEN.get(file, set()) <= strings
    return codes


def remote_kinds(tree: ast.Module) -> set[str]:
    """The keys of the table that says what each kind of remote content is."""
    tables = [node for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    keys = [[key.value for key in table.keys if isinstance(key, ast.Constant)] for table in tables]
    return set(next(names for names in keys if {"script", "stylesheet", "frame"} <= set(names)))


def test_every_problem_is_explained_and_no_other() -> None:
    assert len(EXPLAINED) == len(set(EXPLAINED))
    made = set().union(*(codes_of(file, tree) for file, tree in files()))
    assert made - set(EXPLAINED) == set(), "explain these in docs_src/reference/problems.md"
    assert set(EXPLAINED) - made == set(), "nothing makes these problems any more"


def test_every_explanation_says_how_bad_it_is() -> None:
    for code, text in re.findall(r"^### `([a-z-]+)`\n\n(.*?)(?=\n#|\Z)", PAGE, re.MULTILINE | re.DOTALL):
        assert text.startswith(("**Error.** ", "*Warning.* ", "**Error**, or *warning* where ")), code
        assert len(text.split()) > 6, code
