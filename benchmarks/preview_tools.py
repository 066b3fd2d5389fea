"""The previews that `preview.py` measures, and one course as each of them wants it written.

The page that is looked at has prose, assignments that build on one another, and cells that print; every third cell is
of each kind. Observable Framework has no cells of Python: there the page computes in the browser's JavaScript, and what
the light cell prints comes from a data loader, a script of Python whose values nothing else shares.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

CELLS = 60
OTHERS = 12
"""Cells of the page that is looked at, and of each other one."""

Cell = tuple[str, str]
"""What it is, `prose` or `code`, and its text."""


@dataclass(frozen=True)
class Edit:
    """A file of the course, as it is to be saved, and what the page says as soon as that is shown."""

    path: str
    text: str
    shows: str

    def save(self, root: Path) -> None:
        (root / self.path).write_text(self.text, encoding="utf-8")


def cells_of(count: int, prose: str = "", light: str = "0") -> list[Cell]:
    """A page of so many cells. One in the middle says `prose`, the next that prints says `light`."""
    found: list[Cell] = [("prose", "# Chapter\n\nA paragraph.")]
    for n in range(1, count):
        if n % 3 == 0:
            more = f" {prose}" if n == count // 2 // 3 * 3 else ""
            found.append(("prose", f"## Part {n}\n\nA paragraph with *emphasis*, `code` and $a_{{{n}}}$.{more}"))
        elif n % 3 == 1:
            before = f"x{n - 3} + " if n > 3 else ""
            found.append(("code", f"x{n} = {before}{n}"))
        else:
            # the words stand apart, so that not the source but only the output says them
            own = f", 'li' 'ght' + '{light}'" if n == count // 2 // 3 * 3 + 2 else ""
            found.append(("code", f"print('sum', x{n - 1}{own})"))
    return found


# --- as each tool wants it --------------------------------------------------------------------------------------------


def percent(cells: list[Cell]) -> str:
    mark = {"prose": "# %% [markdown]\n", "code": "# %%\n"}
    lines = {"prose": lambda text: "".join(f"# {line}".rstrip() + "\n" for line in text.split("\n")), "code": str}
    return "\n".join(mark[kind] + lines[kind](text) for kind, text in cells) + "\n"


def ipynb(cells: list[Cell]) -> str:
    def cell(number: int, kind: str, text: str) -> dict[str, object]:
        if kind == "prose":
            return {"cell_type": "markdown", "id": f"c{number}", "metadata": {}, "source": text}
        more = {"execution_count": None, "outputs": []}
        return {"cell_type": "code", "id": f"c{number}", "metadata": {}, "source": text, **more}

    made = [cell(number, *each) for number, each in enumerate(cells)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps({"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})


def marimo(cells: list[Cell]) -> str:
    first = "@app.cell\ndef _():\n    import marimo as mo\n    return (mo,)\n"
    written = ["import marimo\n\napp = marimo.App()\n", first]
    for kind, text in cells:
        if kind == "prose":
            body = "\n".join(f"    {line}".rstrip() for line in text.split("\n"))
            written.append(f'@app.cell\ndef _(mo):\n    mo.md(r"""\n{body}\n    """)\n    return\n')
        else:
            name, _, value = text.partition(" = ")
            words = (value or text).replace("(", " ").replace(",", " ").replace(")", " ").split()
            needs = sorted(set(filter(_is_x, words)))
            ends = f"    return ({name},)" if value else "    return"
            written.append(f"@app.cell\ndef _({', '.join(needs)}):\n    {text}\n{ends}\n")
    return "\n\n".join([*written, 'if __name__ == "__main__":\n    app.run()\n'])


def _is_x(word: str) -> bool:
    return word.startswith("x") and word[1:].isdigit()


def quarto(cells: list[Cell]) -> str:
    written = {"prose": "{}".format, "code": "```{{python}}\n{}\n```".format}
    return "\n\n".join(["---\njupyter: python3\n---", *(written[kind](text) for kind, text in cells)]) + "\n"


def framework(cells: list[Cell]) -> str:
    found = []
    for kind, text in cells:
        if kind == "prose":
            found.append(text)
        elif "'li' 'ght'" in text:
            found.append('```js\ndisplay(await FileAttachment("light.txt").text());\n```')
        elif text.startswith("print("):
            said = text.removeprefix("print(").removesuffix(")")
            found.append(f"```js\ndisplay([{said}].join(' '));\n```")
        else:
            found.append(f"```js\nconst {text};\n```")
    return "\n\n".join(found) + "\n"


# --- the tools --------------------------------------------------------------------------------------------------------


@dataclass
class Tool:
    """Something that previews a folder of pages."""

    name: str
    words: Callable[[list[Cell]], str]
    suffix: str
    pages: str
    """Folder of the pages."""
    command: list[str]
    """`PORT` stands for the port."""
    settings: Mapping[str, str]
    """Files beside that folder; `PAGES` stands for a list of all other pages."""
    address: str = "chapter/"
    loader: str = ""
    """The script that prints what a light cell does, where cells cannot."""

    def set_up(self, root: Path, count: int) -> None:
        """A course of so many pages, in a folder that is not there yet."""
        folder = root / self.pages
        folder.mkdir(parents=True)
        for name, text in self.settings.items():
            listed = "".join(f"  - file: {self.pages}/page_{n:03}{self.suffix}\n" for n in range(1, count))
            (root / name).write_text(text.replace("PAGES\n", listed), encoding="utf-8")
        home = "index.qmd" if self.suffix == ".qmd" else "index.md"
        (folder / home).write_text("# Home\n", encoding="utf-8")
        for n in range(1, count):
            (folder / f"page_{n:03}{self.suffix}").write_text(self.words(cells_of(OTHERS)), encoding="utf-8")
        for edit in (self._chapter(cells_of(CELLS), ""), *([self._loader("0")] if self.loader else [])):
            edit.save(root)

    @property
    def edits(self) -> Mapping[str, Callable[[str], Edit]]:
        """By what the table calls it, an edit with a word that was never there."""
        light = {"data loader": self._loader} if self.loader else {"light cell": self._light}
        return {"prose": self._prose, **light}

    def _prose(self, word: str) -> Edit:
        return self._chapter(cells_of(CELLS, prose=f"word{word}"), f"word{word}")

    def _light(self, word: str) -> Edit:
        return self._chapter(cells_of(CELLS, light=word), f"light{word}")

    def _loader(self, word: str) -> Edit:
        script = f"print('sum', sum(range({CELLS // 2})), 'li' 'ght' + '{word}')\n"
        return Edit(f"{self.pages}/{self.loader}", script, f"light{word}")

    def _chapter(self, cells: list[Cell], shows: str) -> Edit:
        return Edit(f"{self.pages}/chapter{self.suffix}", self.words(cells), shows)


OURS = Tool(
    "nbpublish",
    percent,
    ".py",
    "docs",
    [sys.executable, "-m", "nbpublish", "serve", "--port", "PORT"],
    {"mkdocs.yml": "site_name: A course\ntheme: {name: nbpublish}\nplugins: [search, nbpublish]\n"},
)


@dataclass
class Floor(Tool):
    """A server that shows a file as it is: there are no cells."""

    @property
    def edits(self) -> Mapping[str, Callable[[str], Edit]]:
        return {"prose": self._prose}


def floors() -> Iterator[Tool]:
    """What no preview can go below, telling at once and when a file counts as saved in ours."""
    program = str(Path(__file__).with_name("preview_floor.py"))
    for name, wait in (("a server that does nothing", "0"), ("the same, a file being saved after 8 ms", "8")):
        yield Floor(name, percent, ".py", "docs", [sys.executable, program, "PORT", wait], {}, "")


def peers(rivals: Path | None, node: Path | None, quarto_at: Path | None) -> Iterator[Tool | str]:
    """The other previews: those that are installed as tools, of the others why they are not measured."""
    own, programs = rivals or Path(), node or Path()
    yield _found(
        Tool(
            "mkdocs-jupyter",
            ipynb,
            ".ipynb",
            "docs",
            [str(own.absolute() / "bin" / "mkdocs"), "serve", "-q", "-a", "127.0.0.1:PORT"],
            {
                "mkdocs.yml": "site_name: A course\nplugins:\n  - search\n  - mkdocs-jupyter:\n      execute: true\n",
            },
        ),
        "--rivals",
    )
    yield _found(
        Tool(
            "marimo-book",
            marimo,
            ".py",
            "content",
            [str(own.absolute() / "bin" / "marimo-book"), "serve", "--port", "PORT"],
            {"book.yml": "title: A course\ntoc:\n  - file: content/index.md\n  - file: content/chapter.py\nPAGES\n"},
        ),
        "--rivals",
    )
    yield _found(
        Tool(
            "Observable Framework",
            framework,
            ".md",
            "src",
            [str(programs.absolute() / ".bin" / "observable"), "preview", "--no-open", "--port", "PORT"],
            {"observablehq.config.js": 'export default { root: "src", title: "A course" };\n', "package.json": "{}\n"},
            "chapter",
            "light.txt.py",
        ),
        "--framework",
    )
    yield _found(
        Tool(
            "quarto",
            quarto,
            ".qmd",
            ".",
            [str((quarto_at or Path("quarto")).absolute()), "preview", ".", "--no-browser", "--port", "PORT"],
            {"_quarto.yml": "project:\n  type: website\nexecute:\n  daemon: true\n"},
            "chapter.html",
        ),
        "--quarto",
    )


def _found(tool: Tool, option: str) -> Tool | str:
    """The tool, where its program is there."""
    if Path(tool.command[0]).is_file():
        return tool
    return f"{tool.name}: not measured, as it is not installed; `{option}` says where it is"
