"""marimo cells that Python cannot read become drafts too, with their text and the line on which Python gave up."""

from __future__ import annotations

import ast
import re
import textwrap

from nbpublish.formats.draft import Draft
from nbpublish.formats.marimo_pieces import Piece
from nbpublish.formats.text import parse, trimmed
from nbpublish.model import Problem

_START = re.compile(r"@app\.(cell|function|class_definition)\b|(?:async\s+)?with\s+app\.(setup)\b")
_DEF = re.compile(r"\s*(?:async\s+)?(?:def|class)\s+(\w+)")
ANONYMOUS = frozenset({"_", "__"})


def unparsable_cell(path: str, node: ast.stmt) -> Draft:
    """marimo's own way to store a cell that is not Python."""
    assert isinstance(node, ast.Expr)
    assert isinstance(node.value, ast.Call)
    text, line = ast.unparse(node), node.lineno
    match node.value.args:
        case [ast.Constant(str() as value) as place]:
            rows = textwrap.dedent(value).split("\n")
            text, offset = trimmed(rows, 0)
            line = place.lineno + min(offset, (place.end_lineno or place.lineno) - place.lineno)
    draft = Draft("code", text, line)
    try:
        parse(text)
        message, where = "marimo stored this cell as one it could not read. Open and save the notebook in marimo.", line
    except SyntaxError as error:
        message, where = _spoiled(error), line + max((error.lineno or 1) - 1, 0)
    draft.problems.append(Problem("syntax", message, path, where))
    return draft


def broken_cell(path: str, lines: list[str], piece: Piece) -> Draft | None:
    """Draft of a cell that Python cannot read, cut by its lines; None for a piece that is no cell."""
    assert piece.error
    block = lines[piece.start - 1 : piece.end]
    kinds = [found[1] or found[2] for found in map(_START.match, block) if found]
    if not kinds:
        return None
    kind = kinds[0]
    row = next(n for n, text in enumerate(block) if _START.match(text))
    opened = row if kind == "setup" else next((n for n in range(row, len(block)) if _DEF.match(block[n])), None)
    name = "setup" if kind == "setup" else None
    if kind != "setup" and opened is not None:
        found = _DEF.match(block[opened])
        name = found[1] if found and found[1] not in ANONYMOUS else None
    first = row + 1
    if kind in {"cell", "setup"} and opened is not None:
        first = _block_start(block, opened)
    rows = block[first:]
    indent = next((text[: len(text) - len(text.lstrip())] for text in rows if text.strip()), "")
    if kind == "cell":
        rows = _without_return(rows, indent)
    source, line = trimmed([text.removeprefix(indent) for text in rows], piece.start + first)
    draft = Draft("code", source, line, name, name)
    draft.problems.append(Problem("syntax", _spoiled(piece.error), path, piece.error_line))
    return draft


def _block_start(block: list[str], opened: int) -> int:
    """Index of the line below the signature that begins on line `opened`."""
    for n in range(opened, len(block)):
        bare = block[n].split("#")[0].rstrip()
        if bare.endswith(":") and (n == opened or bare.startswith(")")):
            return n + 1
    return opened + 1


def _without_return(rows: list[str], indent: str) -> list[str]:
    """The rows without the last `return`, if nothing but its own continuation follows it."""
    starts = [n for n, text in enumerate(rows) if re.match(re.escape(indent) + r"return\b", text)]
    if not starts or not indent:
        return rows
    rest = rows[starts[-1] + 1 :]
    own = all(not text.strip() or text.startswith((indent + " ", indent + "\t", indent + ")")) for text in rest)
    return rows[: starts[-1]] if own else rows


def _spoiled(error: SyntaxError) -> str:
    return f"Python cannot read this cell: {error.msg}. It does not run; correct it on this line."
