"""The end of a page: what it was made from and with, and what a reader can take along.

Whatever stands here is the same in two builds of equal sources: no time of day, no count of what ran or was reused.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nbpublish.model import Run, Trace
from nbpublish.page.html import escape
from nbpublish.page.messages import Words

ANCHOR = "nb-about"
"""Id of the section."""


@dataclass(frozen=True, slots=True)
class Way:
    """A link by which a reader takes the notebook elsewhere."""

    label: str
    address: str
    file: bool = False
    """Whether it leads to a file to keep, rather than to another site."""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a page besides its run."""

    source: str = ""
    """Path of the notebook's file; empty where it is not to be told."""
    source_address: str = ""
    commit: str = ""
    """Full id of the commit that last changed the file; empty where there is none, or where it changed since."""
    commit_address: str = ""
    date: str = ""
    """Day of that commit, as YYYY-MM-DD; empty where it is not to be told."""
    ways: tuple[Way, ...] = ()


_ENGINE = re.compile(r"\b(?P<implementation>[a-z]+) (?P<version>\d+\.\d+\S*) \S+ \S+\Z")
_FIGURE = re.compile(
    r'<figure class="nb-figure(?! nb-figure-(?:table|code)| nb-part")(?:[ "][^>]*)?>(?!<div class="nb-table")'
)
_DIFFERENT = {
    "attr": "attrs", "bs4": "beautifulsoup4", "Crypto": "pycryptodome", "cv2": "opencv-python",
    "dateutil": "python-dateutil", "fitz": "pymupdf", "jwt": "pyjwt",
    "mpl_toolkits": "matplotlib", "PIL": "pillow", "skimage": "scikit-image", "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}  # fmt: skip
"""Distributions by the module that is imported from them, where the names have little in common."""


def about_section(run: Run, about: About, words: Words, html: str, flow: str) -> str:
    """The section; `html` is the rest of the page, and `flow` the drawing of what the cells feed each other."""
    facts = {
        "environment": " · ".join(f"<span>{escape(part)}</span>" for part in environment(run)),
        "content": " · ".join(escape(part) for part in _counts(run, words, html)),
        "widgets": _decided(run, words),
        "source": _source(about),
        "download": _ways(way for way in about.ways if way.file),
        "open": _ways(way for way in about.ways if not way.file),
    }
    rows = (f"<dt>{escape(words(f'about.{name}'))}</dt><dd>{value}</dd>" for name, value in facts.items() if value)
    listed = "".join(f"<div>{row}</div>" for row in rows)
    said = escape(words("about.title"))
    title = f'<p class="nb-about-title" role="heading" aria-level="2">{said}</p>'
    inside = "\n".join(part for part in (title, f"<dl>{listed}</dl>" if listed else "", flow) if part)
    return f'<section class="nb-about" id="{ANCHOR}" aria-label="{said}">\n{inside}\n</section>'


def live_link(way: Way, words: Words) -> str:
    """The link by which a reader opens the notebook where it runs. Nothing of the other host is asked for before."""
    label = escape(words("live.open", name=way.label))
    return f'<a class="nb-run" href="{escape(way.address)}" rel="noreferrer">{label}</a>'


def environment(run: Run) -> list[str]:
    """Python, and the packages that the notebook's code imports, each with its version as the cells met it."""
    pythons = sorted({python for trace in run.traces.values() if (python := _python(trace))})
    versions: dict[str, set[str]] = {}
    for cell in run.notebook.cells:
        if (trace := run.traces.get(cell.id)) is not None:
            for name, version in _packages(cell.code, trace):
                versions.setdefault(name, set()).add(version)
    return [*pythons, *(f"{name} {', '.join(sorted(found))}" for name, found in sorted(versions.items()))]


def _python(trace: Trace) -> str:
    found = _ENGINE.search(trace.engine)
    if not found:
        return ""
    own = "" if found["implementation"] == "cpython" else f" ({found['implementation']})"
    return f"Python {found['version']}{own}"


def _packages(code: str, trace: Trace) -> Iterator[tuple[str, str]]:
    """What a cell's own imports name. More was observed: what its values reach, which differs with what ran before."""
    observed = {seen.subject: seen.digest for seen in trace.observations if seen.kind == "distribution" and seen.digest}
    for module in imported(code) if observed else ():
        for name in sorted(observed):
            if _is_from(module, name):
                yield name, observed[name].partition(",")[0].partition(" ")[0]


def imported(code: str) -> set[str]:
    """Top-level names of the modules that Python code imports; none from code that is no Python."""
    if "import" not in code:
        return set()
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.partition(".")[0] for name in names}


def _is_from(module: str, distribution: str) -> bool:
    """Whether a module is from a distribution, by their names."""
    name = re.sub(r"[-_.]+", "-", module).lower()
    alike = (name, f"python-{name}", f"py{name}", f"{name}-python", f"{name}-learn", f"{name}-headless")
    known = _DIFFERENT.get(module)
    return distribution in alike or (known is not None and distribution in (known, f"{known}-headless"))


def _counts(run: Run, words: Words, html: str) -> Iterable[str]:
    cells = sum(cell.kind == "code" and bool(cell.source.strip()) for cell in run.notebook.cells)
    figures = len(_FIGURE.findall(html))
    if cells:
        yield words("about.cells", count=cells)
    if figures:
        yield words("about.figures", count=figures)
    if run.states:
        yield words("about.states", count=len(run.states) + 1)


def _decided(run: Run, words: Words) -> str:
    """What was decided about the page's controls: by what is followed together, how many of its states are there."""
    titles = {widget.key: widget.title for widget in run.widgets}
    found: dict[str, None] = {}
    for decision in run.decisions:
        names = " × ".join(dict.fromkeys(titles[key] for key in decision.widgets))
        said = words(f"about.widgets.{decision.extent}", names=names, count=decision.computed, all=decision.wanted)
        why = words(f"states.why.{decision.cause}") if decision.cause else ""
        found[f"<li>{escape(words('about.widgets.because', said=said, why=why).strip())}</li>"] = None
    told = {(key, decision.cause) for decision in run.decisions for key in decision.widgets}
    for each in run.still or ():
        if each.cause != "nothing" and (each.key, each.cause) not in told:
            said = words("about.widgets.still", names=each.title)
            why = words(f"states.why.{each.cause}")
            found[f"<li>{escape(words('about.widgets.because', said=said, why=why))}</li>"] = None
    return f'<ul class="nb-decided">{"".join(found)}</ul>' if found else ""


def _source(about: About) -> str:
    parts = [_linked(f"<code>{escape(about.source)}</code>", about.source_address)] if about.source else []
    if about.commit:
        parts.append(_linked(f"<code>{escape(about.commit[:7])}</code>", about.commit_address))
    if about.date:
        parts.append(f'<time datetime="{escape(about.date)}">{escape(about.date)}</time>')
    return " · ".join(parts)


def _linked(html: str, address: str) -> str:
    return f'<a href="{escape(address)}">{html}</a>' if address else html


def _ways(ways: Iterable[Way]) -> str:
    links = "".join(
        f'<li><a href="{escape(way.address)}"{" download" if way.file else ""}>{escape(way.label)}</a></li>'
        for way in ways
    )
    return f'<ul class="nb-ways">{links}</ul>' if links else ""
