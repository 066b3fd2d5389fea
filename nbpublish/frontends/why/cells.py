"""Cells as their author knows them: by name, by number, by the line they stand on."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbpublish.errors import ConfigError
from nbpublish.model import Cell, Notebook
from nbpublish.project import PastCell, Project

_LINE = re.compile(r"[Ll]([1-9]\d*)")
_NUMBER = re.compile(r"#?([1-9]\d*)")
_LONGEST = 48
"""Characters of a cell's first line that are shown."""


@dataclass(frozen=True, slots=True)
class Found:
    """What NOTEBOOK or NOTEBOOK:CELL stands for."""

    notebook: Notebook
    cell: Cell | None = None
    remark: str | None = None
    """How else it could have been meant."""


def code_cells(notebook: Notebook) -> tuple[Cell, ...]:
    """The cells that are numbered, in the file's order."""
    return tuple(cell for cell in notebook.cells if cell.kind == "code")


Called = Callable[[str], str]
"""What a cell is called within a sentence, by its id."""


def callers(cells: Iterable[Cell | PastCell]) -> Called:
    """How to call the code cells of a notebook, given in the file's order."""
    names = {}
    for number, cell in enumerate(cells, 1):
        names[cell.id] = f"cell {number} `{cell.name}`" if cell.name else f"cell {number}"

    def called(id: str) -> str:
        return names.get(id, "a cell that is gone")

    return called


def first_line(source: str) -> str:
    """The first line of a cell that says something, shortened."""
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    line = next((line for line in lines if not line.startswith("#")), next(iter(lines), ""))
    return line if len(line) <= _LONGEST else line[: _LONGEST - 2].rstrip() + " …"


def find(target: str, project: Project, site: Path) -> Found:
    """The notebook, or the cell, that `target` names. Raises ConfigError, with what it may have meant.

    A notebook is named by its path as the shell knows it, by that within the docs folder, or by the end of it; a
    cell by its name, its number (`3`, `#3`) or a line of the file (`L12`, or any number that is too high for a cell).
    The copies for readers in the folder `site` are none.
    """
    paths = paths_of(project, site)
    if path := _path(target, paths, project.root):
        return Found(_read(path, project))
    before, colon, after = target.rpartition(":")
    if colon and (path := _path(before, paths, project.root)):
        return _cell(_read(path, project), after)
    raise ConfigError(_unknown(before if colon and after.isalnum() else target, paths))


def paths_of(project: Project, site: Path) -> list[str]:
    """The files of the docs folder that may be notebooks, outside of the site."""
    root, site = project.root, site.resolve()
    files = (path for path in root.rglob("*") if path.is_file() and not path.resolve().is_relative_to(site))
    found = (path.relative_to(root).as_posix() for path in files)
    return sorted(path for path in found if project.takes(path) and not _is_hidden(path))


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/"))


def _path(said: str, paths: Sequence[str], root: Path) -> str | None:
    full = Path(said).resolve()
    if full.is_relative_to(root.resolve()) and (here := full.relative_to(root.resolve()).as_posix()) in paths:
        return here
    if said in paths:
        return said
    ends = [path for path in paths if f"/{path}".endswith(f"/{said}") or Path(path).stem == said]
    return ends[0] if len(ends) == 1 else None


def _unknown(said: str, paths: Sequence[str]) -> str:
    ends = [path for path in paths if f"/{path}".endswith(f"/{said}") or Path(path).stem == said]
    stems = {Path(path).stem: path for path in reversed(paths)}
    near = ends or difflib.get_close_matches(said, paths, 3, 0.5)
    near = near or [stems[stem] for stem in difflib.get_close_matches(Path(said).stem, list(stems), 3, 0.5)]
    if len(ends) > 1:
        return f"{said} could be {_listed(ends)}. Say which."
    hint = f" Did you mean {_listed(near)}?" if near else f" There are {_listed(paths)}." if paths else ""
    return f"There is no notebook {said}.{hint}"


def _read(path: str, project: Project) -> Notebook:
    notebook = project.read(path)
    if notebook is None:
        raise ConfigError(f"{path} is no notebook: it has no cells. Put a line `# %%` before each of them.")
    return notebook


def _cell(notebook: Notebook, said: str) -> Found:
    cells = code_cells(notebook)
    for cell in cells:
        if said in (cell.name, cell.id):
            return Found(notebook, cell)
    if match := _LINE.fullmatch(said):
        return Found(notebook, _at_line(notebook, int(match[1])))
    if match := _NUMBER.fullmatch(said):
        number = int(match[1])
        if number > len(cells) and not said.startswith("#"):
            return Found(notebook, _at_line(notebook, number))
        if number <= len(cells):
            return Found(notebook, cells[number - 1], _other_meaning(notebook, number, said))
    raise ConfigError(_no_cell(notebook, said))


def _other_meaning(notebook: Notebook, number: int, said: str) -> str | None:
    there = _standing_at(notebook, number)
    if said.startswith("#") or there is None or there.kind != "code" or there is code_cells(notebook)[number - 1]:
        return None
    return f"This is cell {number}. For the cell on line {number} say {notebook.path}:L{number}."


def _standing_at(notebook: Notebook, line: int) -> Cell | None:
    """The cell to which a line of the file belongs; what stands between two belongs to the one below."""
    for cell in notebook.cells:
        if line <= cell.line + cell.source.count("\n"):
            return cell
    return notebook.cells[-1] if notebook.cells else None


def _at_line(notebook: Notebook, line: int) -> Cell:
    cell = _standing_at(notebook, line)
    if cell is None or cell.kind != "code" or line > cell.line + cell.source.count("\n") + 3:
        what = "no cell" if cell is None or cell.kind == "code" else "prose"
        raise ConfigError(f"{notebook.path}:{line} is {what}, and nothing runs there. {_those(notebook)}")
    return cell


def _no_cell(notebook: Notebook, said: str) -> str:
    names = [cell.name for cell in code_cells(notebook) if cell.name]
    near = difflib.get_close_matches(said, names, 3, 0.5)
    hint = f"Did you mean {_listed(near)}?" if near else _those(notebook)
    return f"{notebook.path} has no cell {said}. {hint}"


def _those(notebook: Notebook) -> str:
    cells = code_cells(notebook)
    if not cells:
        return "It has no code."
    names = [cell.name for cell in cells if cell.name]
    known = f" or {_listed(names)}" if names else ""
    return f"Say a number from 1 to {len(cells)}, a line such as L{cells[0].line}{known}."


def _listed(words: Sequence[str]) -> str:
    shown = list(words[:5])
    return ", ".join(shown) + (f" or {len(words) - 5} more" if len(words) > 5 else "")
