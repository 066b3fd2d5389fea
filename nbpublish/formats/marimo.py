"""marimo notebooks: Python files of decorated functions, one a cell. Read with `ast`; marimo is never imported.

    notebook = header  import marimo  __generated_with  app = marimo.App(…)  setup?  cell*  run_guard

The whole grammar, with what marimo itself does about each deviation, is in `docs_src/design/formats.md`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nbpublish.formats.draft import Draft, cells_of
from nbpublish.formats.format import Format
from nbpublish.formats.marimo_broken import broken_cell
from nbpublish.formats.marimo_cells import CELL_KINDS, cell_of
from nbpublish.formats.marimo_pieces import Piece, pieces_of
from nbpublish.formats.script_metadata import page_metadata, script_metadata
from nbpublish.formats.text import clean, parse
from nbpublish.model import Notebook, Problem

_APP_LINE = re.compile(r"^app\s*=\s*\w+\.App\(", re.MULTILINE)
_CELL_LINE = re.compile(r"^@app\.cell\b", re.MULTILINE)
_IMPORT_LINE = re.compile(r"^import marimo\b(?!\.)", re.MULTILINE)


def recognises(text: str) -> bool:
    """Whether marimo's app is made in it, or cells are declared beside `import marimo`: as statements, not as text."""
    if "marimo" not in text or "app" not in text:
        return False
    text = clean(text)
    try:
        body = parse(text).body
    except SyntaxError:
        signs = (_IMPORT_LINE, _APP_LINE, _CELL_LINE)
        return sum(bool(sign.search(text)) for sign in signs) >= 2
    reader = _Reader("", [])
    imported, made = False, False
    for node in body:
        imported = imported or reader.imports(node)
        made = made or reader.makes_app(node)
    if not imported and not made:
        return False
    return made or any(kind in {"cell", "setup"} for kind in map(reader.kind, body))


def read(path: str, text: str) -> Notebook:
    """A notebook from the text of a marimo file; what marimo would drop or refuse becomes a problem on its line."""
    text = clean(text)
    lines = text.split("\n")
    reader = _Reader(path, lines)
    for piece in pieces_of(text):
        reader.take(piece)
    reader.comments_until(len(lines) + 1)
    if not reader.made:
        reader.problem("no-app", "There is no `app = marimo.App()` above the cells; marimo cannot open this file.", 1)
    cells, problems = cells_of(path, reader.drafts, last=len(lines), magics=False)
    problems = tuple(sorted((*reader.problems, *problems), key=lambda problem: problem.line))
    setup = "setup" if any(draft.id == "setup" for draft in reader.drafts) and reader.setup else None
    return Notebook(path, "marimo", cells, "dataflow", setup, reader.metadata, problems)


@dataclass(slots=True)
class _Reader:
    """Takes the file's pieces one by one, in order."""

    path: str
    lines: list[str]
    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    marimo: str = "marimo"
    """Name under which marimo is imported."""
    made: bool = False
    begun: bool = False
    setup: bool = False
    guarded: bool = False
    done: int = 0
    """Last line that was taken."""

    def problem(self, code: str, message: str, line: int, severity: Any = "error") -> None:
        self.problems.append(Problem(code, message, self.path, line, severity=severity))

    # --- what a statement is

    def imports(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == "marimo":
                    self.marimo = alias.asname or alias.name
                    return True
        return False

    def makes_app(self, node: ast.AST) -> bool:
        match node:
            case ast.Assign([ast.Name("app")], ast.Call(ast.Attribute(ast.Name(module), "App"))):
                return module in {self.marimo, "marimo"}
        return False

    def kind(self, node: ast.AST) -> str:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found = [name for name in map(app_attribute, node.decorator_list) if name in CELL_KINDS]
                return found[0] if found else "statement"
            case ast.With(items=[ast.withitem(context, None)]) | ast.AsyncWith(items=[ast.withitem(context, None)]):
                return "setup" if app_attribute(context) == "setup" else "statement"
            case ast.Expr(ast.Call(ast.Attribute(ast.Name("app"), "_unparsable_cell"))):
                return "unparsable"
            case ast.If(ast.Compare(ast.Name("__name__"), [ast.Eq()], [ast.Constant("__main__")])):
                return "guard"
            case ast.Assign([ast.Name("__generated_with")]):
                return "version"
            case ast.Expr(ast.Constant(str())):
                return "string"
        return "import" if self.imports(node) else "app" if self.makes_app(node) else "statement"

    # --- what becomes of it

    def take(self, piece: Piece) -> None:
        kind = self.kind(piece.node) if piece.node else "broken"
        if not self.begun and kind != "string":
            self.begun = True
            self._header(piece.start - 1)
        if kind == "string" and not self.begun:
            return
        self.comments_until(piece.start)
        self.done = max(self.done, piece.end)
        match kind:
            case "import":
                self._import(piece)
            case "version" if isinstance(piece.node, ast.Assign) and isinstance(piece.node.value, ast.Constant):
                self.metadata["generated_with"] = piece.node.value.value
            case "app":
                self._app(piece)
            case "guard":
                self._guard(piece)
            case "broken":
                self._broken(piece)
            case "statement" | "string" | "version":
                self._stray(piece)
            case _:
                self._cell(piece, kind)

    def comments_until(self, line: int) -> None:
        """Whatever stands between two statements is a comment, and no cell has it."""
        if not self.begun:
            return
        gap = [n for n in range(self.done + 1, line) if self.lines[n - 1].strip()]
        for n in gap:
            if n - 1 not in gap:
                message = "This comment stands between cells, where marimo drops it on saving. Move it into a cell."
                self.problem("stray-comment", message, n, "warning")

    def _header(self, end: int) -> None:
        header = "\n".join(self.lines[:end]).strip("\n")
        self.done = end
        if header.strip():
            self.metadata["header"] = header
            script, problem = script_metadata(self.path, self.lines[:end])
            self.metadata |= {**page_metadata(script), "script": script} if script is not None else {}
            self.problems += [problem] if problem else []

    def _import(self, piece: Piece) -> None:
        assert isinstance(piece.node, ast.Import)
        if len(piece.node.names) > 1 or self.drafts:
            self._stray(piece)

    def _app(self, piece: Piece) -> None:
        assert isinstance(piece.node, ast.Assign)
        assert isinstance(piece.node.value, ast.Call)
        if self.made:
            return self._stray(piece)
        self.made = True
        for key, value, line in self._keywords(piece.node.value):
            self.metadata["title" if key == "app_title" else key] = value
            if key == "app_title" and not isinstance(value, str):
                self.metadata.pop("title")
                if value is not None:
                    self.problem("app-option", "`app_title` is not a text and has no effect.", line, "warning")
        return None

    def _keywords(self, call: ast.Call, positional: int = 0) -> Iterator[tuple[str, Any, int]]:
        """The call's options with their lines; it may have so many arguments without a name."""
        for keyword in call.keywords:
            try:
                value = ast.literal_eval(keyword.value)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                value = None
            if keyword.arg is None or (value is None and not isinstance(keyword.value, ast.Constant)):
                name = keyword.arg or "**"
                message = f"The value of `{name}` is not written out as a constant, so marimo and nbpublish ignore it."
                self.problem("app-option", message, keyword.value.lineno, "warning")
            else:
                yield keyword.arg, value, keyword.value.lineno
        for argument in call.args[positional:]:
            message = "marimo takes options by name only and ignores this one."
            self.problem("app-option", message, argument.lineno, "warning")

    def _guard(self, piece: Piece) -> None:
        if self.guarded:
            return self._stray(piece)
        self.guarded = True
        assert isinstance(piece.node, ast.If)
        for n in range(piece.start, piece.end + 1):
            if self.lines[n - 1].lstrip().startswith("#"):
                self.problem("stray-comment", "marimo drops this comment on saving. Move it into a cell.", n, "warning")
        for node in (*piece.node.body, *piece.node.orelse):
            match node:
                case ast.Expr(ast.Call(ast.Attribute(ast.Name("app"), "run"))):
                    pass
                case _:
                    message = "Only `app.run()` belongs here: this runs with `python`, never in marimo or on the page."
                    self.problem("run-guard", message, node.lineno, "warning")
        return None

    def _stray(self, piece: Piece) -> None:
        what = f"Lines {piece.start} to {piece.end} stand" if piece.end > piece.start else "This stands"
        message = f"{what} outside every cell, and marimo drops it on saving. Move it into a cell."
        self.problem("stray-statement", message, piece.start)

    def _broken(self, piece: Piece) -> None:
        draft = broken_cell(self.path, self.lines, piece)
        assert piece.error
        if draft is None:
            message = f"Python cannot read lines {piece.start} to {piece.end}, which are no cell: {piece.error.msg}."
            self.made = self.made or any(_APP_LINE.match(line) for line in self.lines[piece.start - 1 : piece.end])
            return self.problem("syntax", message, piece.error_line)
        return self._add(draft, piece)

    def _cell(self, piece: Piece, kind: str) -> None:
        assert piece.node
        call = None
        if isinstance(piece.node, ast.With | ast.AsyncWith):
            call = piece.node.items[0].context_expr
        elif isinstance(piece.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            call = next(node for node in piece.node.decorator_list if app_attribute(node) == kind)
        elif isinstance(piece.node, ast.Expr):
            call = piece.node.value
        said = list(self._keywords(call, 1 if kind == "unparsable" else 0)) if isinstance(call, ast.Call) else []
        end = piece.end if kind == "unparsable" else self._tail(piece)
        draft = cell_of(self.path, self.lines, piece, kind, said, end)
        self.done = max(self.done, end)
        self._add(draft, piece)

    def _tail(self, piece: Piece) -> int:
        """Last line of the indented comments that follow a cell's last statement."""
        end = piece.end
        for n in range(piece.end + 1, (piece.limit or len(self.lines)) + 1):
            text = self.lines[n - 1]
            if text.strip() and not (text[0] in " \t" and text.lstrip().startswith("#")):
                break
            end = n if text.strip() else end
        return end

    def _add(self, draft: Draft, piece: Piece) -> None:
        if draft.id == "setup":
            if self.setup or self.drafts:
                message = "marimo accepts one setup cell, as the first. Move this in front of all other cells."
                draft.problems.append(Problem("setup-not-first", message, self.path, piece.start))
            draft.id = None if self.setup else "setup"
            self.setup = True
        if self.guarded:
            message = (
                "This cell stands after `if __name__ == \"__main__\"`, where marimo drops it on saving. Move it above."
            )
            draft.problems.append(Problem("cell-after-guard", message, self.path, piece.start))
        self.drafts.append(draft)


def app_attribute(node: ast.AST) -> str | None:
    """`cell` for `app.cell` and `app.cell(…)`; None for what is no attribute of `app`."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "app":
        return node.attr
    return None


MARIMO = Format("marimo", (".py",), recognises, read)
