"""What a build costs after an edit, beside what a user would take instead, in one run.

    python benchmarks/incremental.py                          # 100 notebooks of 15 cells, ten minutes without rivals
    python benchmarks/incremental.py --rivals .rivals         # beside mkdocs-jupyter and marimo-book, see README.md
    python benchmarks/incremental.py --growth 100,300,1000    # and how it grows

Half of the notebooks are marimo's, half percent scripts; mkdocs-jupyter gets the same cells as .ipynb, marimo-book as
marimo notebooks. Each edit is one that was never there before. Whether it has reached the site is looked up in the
page, and said where it has not. The rows of a repeat follow one another and the tools alternate; wall and processor
seconds are of the whole process and all that it starts. Workers and modules are counted in a build of their own that
is not timed. Needs Linux or macOS.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import course
from course import LAST, MIDDLE, Chapter

ENVIRONMENT = {**os.environ, "MPLBACKEND": "agg"}
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)  # without compiled modules imports take thrice as long
KIBIBYTE = 1 if sys.platform == "darwin" else 1024
"""What the unit of `ru_maxrss` is in bytes."""


@dataclass(frozen=True)
class Cost:
    """What a command took: wall seconds, processor seconds, megabytes of its largest process."""

    wall: float
    cpu: float
    megabytes: float
    said: str = ""


def cost(command: list[str], folder: Path, more: Mapping[str, str] | None = None) -> Cost:
    """Run a command, with `more` variables, and all that it starts. Raises RuntimeError where it fails."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out, tempfile.TemporaryFile("w+", encoding="utf-8") as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env={**ENVIRONMENT, **(more or {})}, stdout=out, stderr=err)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (out, err):
            file.seek(0)
        said, errors = out.read(), err.read()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{said[-2000:]}\n{errors[-2000:]}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * KIBIBYTE / 1e6, said)


# --- the tools ------------------------------------------------------------------------------------------------------


@dataclass
class Tool:
    """A folder with the course, and the command that builds its site."""

    folder: Path
    chapters: list[Chapter]
    python: Path = Path(sys.executable)
    name: str = field(default="", init=False)

    def set_up(self) -> None:
        self.notebooks.mkdir(parents=True)
        for chapter in self.chapters:
            self.write(chapter)

    @property
    def notebooks(self) -> Path:
        return self.folder / "docs"

    def write(self, chapter: Chapter) -> None:
        raise NotImplementedError

    def build(self) -> Cost:
        raise NotImplementedError

    def page(self, chapter: Chapter) -> str:
        raise NotImplementedError


class Nbpublish(Tool):
    def set_up(self) -> None:
        self.name = "nbpublish"
        super().set_up()
        settings = "site_name: A course\nplugins:\n  - search\n  - nbpublish\n"
        (self.folder / "mkdocs.yml").write_text(settings, encoding="utf-8")
        (self.notebooks / "index.md").write_text("# A course\n", encoding="utf-8")

    def write(self, chapter: Chapter) -> None:
        text = chapter.marimo() if chapter.n % 2 else chapter.percent()
        (self.notebooks / f"{chapter.name}.py").write_text(text, encoding="utf-8")

    def build(self) -> Cost:
        return cost([str(self.python), "-m", "nbpublish", "build", "--json", str(self.folder)], self.folder)

    def page(self, chapter: Chapter) -> str:
        return (self.folder / "site" / chapter.name / "index.html").read_text(encoding="utf-8")


class MkdocsJupyter(Tool):
    def set_up(self) -> None:
        self.name = "mkdocs-jupyter"
        super().set_up()
        settings = "site_name: A course\nplugins:\n  - search\n  - mkdocs-jupyter:\n      execute: true\n"
        (self.folder / "mkdocs.yml").write_text(settings, encoding="utf-8")
        (self.notebooks / "index.md").write_text("# A course\n", encoding="utf-8")

    def write(self, chapter: Chapter) -> None:
        (self.notebooks / f"{chapter.name}.ipynb").write_text(chapter.ipynb(), encoding="utf-8")

    def build(self) -> Cost:
        return cost([str(self.python.with_name("mkdocs")), "build", "-q"], self.folder)

    def page(self, chapter: Chapter) -> str:
        return (self.folder / "site" / chapter.name / "index.html").read_text(encoding="utf-8")


class MarimoBook(Tool):
    def set_up(self) -> None:
        self.name = "marimo-book"
        super().set_up()
        entries = ["intro.md", *(f"{chapter.name}.py" for chapter in self.chapters)]
        contents = "".join(f"  - file: docs/{entry}\n" for entry in entries)
        (self.folder / "book.yml").write_text(f"title: A course\ntoc:\n{contents}", encoding="utf-8")
        (self.notebooks / "intro.md").write_text("# A course\n", encoding="utf-8")

    def write(self, chapter: Chapter) -> None:
        (self.notebooks / f"{chapter.name}.py").write_text(chapter.marimo(), encoding="utf-8")

    def build(self) -> Cost:
        return cost([str(self.python.with_name("marimo-book")), "build"], self.folder)

    def page(self, chapter: Chapter) -> str:
        found = [path for path in (self.folder / "_site").rglob("index.html") if chapter.name in path.parts]
        return found[0].read_text(encoding="utf-8")


def installed(venv: Path | None) -> list[tuple[type[Tool], Path]]:
    """The tools that are installed in a virtual environment of their own."""
    if venv is None:
        print("no --rivals: mkdocs-jupyter and marimo-book are left out")
        return []
    programs: dict[str, type[Tool]] = {"mkdocs-jupyter": MkdocsJupyter, "marimo-book": MarimoBook}
    python, found = venv.absolute() / "bin" / "python", []
    for name, tool in programs.items():
        ask = f"from importlib.metadata import version; print(version({name!r}))"
        answer = subprocess.run([str(python), "-c", ask], capture_output=True, text=True, check=False)
        if answer.returncode:
            print(f"{name} is not installed in {venv} and is left out")
        else:
            print(f"{name} {answer.stdout.strip()}")
            found.append((tool, python))
    return found


# --- the edits ------------------------------------------------------------------------------------------------------

Edit = Callable[[Chapter, int], tuple[Chapter, str]]
"""A chapter and a number never used before → the chapter as edited, and what its page must then say."""


def in_last_cell(chapter: Chapter, new: int) -> tuple[Chapter, str]:
    return chapter.edited(LAST, f" + {new}000"), f"{new}000"


def to_another_value(chapter: Chapter, new: int) -> tuple[Chapter, str]:
    name = chapter.steps[MIDDLE][0]
    return chapter.edited(MIDDLE, f"\n{name} = {name} + {new} / 1000\nprint('moved {new} times')"), f"moved {new} times"


def to_the_same_value(chapter: Chapter, new: int) -> tuple[Chapter, str]:
    return chapter.edited(MIDDLE, f"\nprint('seen {new} times')"), f"seen {new} times"


def a_comment(chapter: Chapter, new: int) -> tuple[Chapter, str]:
    return chapter.edited(MIDDLE, f"  # seen {new} times"), f"seen {new} times"


def in_prose(chapter: Chapter, new: int) -> tuple[Chapter, str]:
    return replace(chapter, prose=f"{chapter.prose} This is version {new}."), f"This is version {new}."


def in_the_data(chapter: Chapter, new: int) -> tuple[Chapter, str]:
    return replace(chapter, last_x=1000.25 + new), f"the last at {1000.25 + new}"


EDITS: dict[str, tuple[int, Edit]] = {
    "edit of a last cell": (1, in_last_cell),
    "another value midway": (2, to_another_value),
    "same value midway": (3, to_the_same_value),
    "edit of a comment": (4, a_comment),
    "edit of prose": (5, in_prose),
    "edit of a data file": (6, in_the_data),
}
"""By what is measured: how many chapters from the end, and the edit."""


@dataclass
class Row:
    costs: list[Cost] = field(default_factory=list)
    ran: set[str] = field(default_factory=set)
    missing: int = 0
    """How often the page did not say what it must."""


class Course:
    """One tool's copy of the course, and what its builds cost."""

    def __init__(self, tool: Tool) -> None:
        self.tool = tool
        self.rows: dict[str, Row] = {}
        tool.set_up()

    def measure(self, kind: str) -> Row:
        row = self.rows.setdefault(kind, Row())
        taken = self.tool.build()
        row.costs.append(taken)
        if isinstance(self.tool, Nbpublish):
            row.ran.add(str(json.loads(taken.said)["cells"]["run"]))
        return row

    def edit(self, kind: str, new: int) -> None:
        back, edit = EDITS[kind]
        place = len(self.tool.chapters) - back
        chapter, said = edit(self.tool.chapters[place], new)
        chapter.write_data()
        self.tool.write(chapter)
        row = self.measure(kind)
        page = self.tool.page(chapter)
        row.missing += said not in page and said not in _text(page)


def _text(page: str) -> str:
    """What a page says, without the marks between."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", page)).split())


# --- what is printed ------------------------------------------------------------------------------------------------


def middle(costs: Iterable[Cost]) -> Cost:
    costs = list(costs)
    wall, cpu, size = (statistics.median(getattr(one, name) for one in costs) for name in ("wall", "cpu", "megabytes"))
    return Cost(wall, cpu, size)


def show(courses: list[Course]) -> None:
    print(f"\n{'':<22}{'':<16}{'wall s':>9}{'cpu s':>9}{'MB':>7}{'cells run':>11}{'wall ratio':>12}")
    for kind in courses[0].rows:
        ours = middle(courses[0].rows[kind].costs)
        for one in courses:
            row = one.rows[kind]
            taken = middle(row.costs)
            ran = "/".join(sorted(row.ran)) or "?"
            line = f"{kind if one is courses[0] else '':<22}{one.tool.name:<16}{taken.wall:>9.2f}{taken.cpu:>9.2f}"
            line += f"{taken.megabytes:>7.0f}{ran:>11}{taken.wall / ours.wall:>12.1f}"
            print(line + (f"   page is stale ({row.missing} of {len(row.costs)})" if row.missing else ""))


WATCHED = """
import atexit, json, resource, runpy, sys
started = []
def note(event, arguments):
    if event in ("subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "os.exec"):
        started.append(event)
sys.addaudithook(note)
def tell():
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # nothing where no child was ever waited for
    loaded = sorted({name.partition(".")[0] for name in sys.modules})
    print(json.dumps({"started": started, "children": child, "modules": loaded}), file=sys.__stderr__)
atexit.register(tell)
sys.argv[:] = ["nbpublish", "build", "--json", sys.argv[1]]
runpy.run_module("nbpublish", run_name="__main__")
"""
HEAVY = ("numpy", "IPython", "marimo")


def watched(folder: Path) -> tuple[int, list[str]]:
    """How many processes a build starts, and which heavy modules it loads."""
    command = [sys.executable, "-c", WATCHED, str(folder)]
    ran = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    told = json.loads(ran.stderr.splitlines()[-1])
    loaded = [name for name in HEAVY if name in told["modules"]]
    return max(len(told["started"]), int(told["children"] > 0)), loaded


def judge(course: Course) -> None:
    """Print what is asked of a build beside what was measured."""
    started, loaded = watched(course.tool.folder)
    nothing, leaf = (middle(course.rows[kind].costs) for kind in ("nothing changed", "edit of a last cell"))
    ran, none = course.rows["edit of a last cell"].ran, course.rows["nothing changed"].ran
    stale = sum(row.missing for row in course.rows.values())
    print(f"\n{'asked':<54}{'measured':<24}met")
    for asked, measured, met in (
        ("nothing changed: under 0.5 s", f"{nothing.wall:.2f} s ({nothing.cpu:.2f} cpu)", nothing.wall < 0.5),
        ("nothing changed: under 100 MB", f"{nothing.megabytes:.0f} MB", nothing.megabytes < 100),
        ("nothing changed: no cell runs", "/".join(sorted(none)), none == {"0"}),
        ("nothing changed: no worker", f"{started} started", started == 0),
        ("nothing changed: no numpy, IPython, marimo", ", ".join(loaded) or "none loaded", not loaded),
        ("edit of a last cell: that cell alone", "/".join(sorted(ran)), ran == {"1"}),
        ("edit of a last cell: under 1 s", f"{leaf.wall:.2f} s ({leaf.cpu:.2f} cpu)", leaf.wall < 1),
        ("every edit is on its page", f"{stale} missing", not stale),
    ):
        print(f"{asked:<54}{measured:<24}{'yes' if met else 'NO'}")


def grow(counts: list[int], repeats: int) -> None:
    """How the builds of small notebooks grow with their number."""
    kinds = ("cold", "nothing changed", "edit of a last cell")
    print(f"\n{'notebooks':<12}" + "".join(f"{kind:>34}" for kind in kinds))
    print(f"{'':<12}" + f"{'wall s':>12}{'cpu s':>9}{'cpu ms each':>13}" * 3)
    for count in counts:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            one = Course(Nbpublish(folder / "site", course.chapters(count, "small", folder / "data")))
            one.measure("cold")
            one.measure("warm-up")
            for new in range(1, repeats + 1):
                one.measure("nothing changed")
                one.edit("edit of a last cell", new)
            taken = [middle(one.rows[kind].costs) for kind in kinds]
        print(f"{count:<12}" + "".join(f"{t.wall:>12.2f}{t.cpu:>9.2f}{1000 * t.cpu / count:>13.2f}" for t in taken))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notebooks", type=int, default=100)
    parser.add_argument("--cells", choices=sorted(course.COURSES), default="small", help="what the notebooks do")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--rivals", type=Path, help="virtual environment with mkdocs-jupyter and marimo-book")
    parser.add_argument("--growth", help="numbers of notebooks, such as 100,300,1000")
    options = parser.parse_args()

    load = os.getloadavg()[0]
    print(f"{options.notebooks} notebooks of {len(course.SMALL)} {options.cells} cells, {options.repeats} repeats, "
          f"{os.cpu_count()} cores, load {load:.1f} before")
    others = installed(options.rivals)
    with tempfile.TemporaryDirectory() as name:
        courses = []
        for tool, python in [(Nbpublish, Path(sys.executable)), *others]:
            folder = Path(name, tool.__name__)
            made = course.chapters(options.notebooks, options.cells, folder / "data")
            courses.append(Course(tool(folder / "book", made, python)))
        for one in courses:
            one.measure("cold")
        for one in courses:
            one.tool.build()  # the first build after a cold one may still tidy up
        for new in range(1, options.repeats + 1):
            for one in courses:
                one.measure("nothing changed")
            for kind in EDITS:
                for one in courses:
                    one.edit(kind, new)
                    if kind == "edit of a data file" and one.rows[kind].missing:
                        one.tool.build()
        show(courses)
        courses[0].tool.build()
        judge(courses[0])
    if options.growth:
        grow([int(count) for count in options.growth.split(",")], options.repeats)
    print(f"\nload {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()
