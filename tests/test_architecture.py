"""Rooms do not import rooms; they import the values. This table is the house's import law."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "nbpublish"

VALUES = {"model", "errors", "remembered"}
MAY_IMPORT = {
    "__init__": {*VALUES, "build", "project", "store", "executors"},
    "__main__": {"frontends"},
    "model": set(),
    "errors": set(),
    "remembered": set(),
    "formats": VALUES,
    "graph": VALUES,
    "traces": VALUES,
    "page": VALUES,
    "widgets": VALUES,
    "walk": {*VALUES, "traces"},
    "kernel": {"model"},
    "executors": {*VALUES, "kernel"},
    "store": VALUES,
    "stamp": set(),
    "exporters": {*VALUES, "page"},
    "build": {*VALUES, "formats", "graph", "traces", "walk", "widgets", "page"},
    "verification": VALUES,
    "project": {*VALUES, "build", "verification", "formats", "store", "executors"},
    "frontends": {*VALUES, "stamp", "project", "build", "formats", "graph", "page", "exporters", "executors"},
    "themes": set(),
}
PURE = {"model", "errors", "remembered", "formats", "graph", "traces", "widgets", "page", "exporters"}
WORLD = {
    *("os", "pathlib", "subprocess", "socket", "shutil", "tempfile", "time", "random", "requests", "urllib.request"),
}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    """Full names of all modules that a file imports, also inside functions."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write imports of ours in full"
            module = node.module or ""
            names |= {f"{module}.{alias.name}" for alias in node.names} if module == "nbpublish" else {module}
    return names


FILES = sorted(path for path in PACKAGE.rglob("*.py") if "themes" not in path.parts[:-2])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_what_the_table_allows(path: Path) -> None:
    room = room_of(path)
    assert room in MAY_IMPORT, f"{room} is a new room: add it to the table and to docs_src/design/house.md"
    rooms = {name.split(".")[1] for name in imports_of(path) if name.startswith("nbpublish.")}
    assert rooms - {room} <= MAY_IMPORT[room]


@pytest.mark.parametrize("path", [p for p in FILES if room_of(p) in PURE], ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_pure_room_touches_nothing(path: Path) -> None:
    assert not imports_of(path) & WORLD
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    called = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & {"open", "print", "input", "exec", "eval"}


def test_the_table_knows_no_room_that_is_gone() -> None:
    rooms = {room_of(path) for path in FILES}
    assert set(MAY_IMPORT) - rooms <= {"__main__", "themes", "project"}
