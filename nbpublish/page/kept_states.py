"""What cells showed in states of widgets when a page was rendered last, for a preview that renders it after each save.

Rendering a state takes some milliseconds, a page may have hundreds, and a save reaches few of them. What is kept comes
with all that it depends on, and is used where all of that is the same: the cell and its trace, the controls in this
state, what the page's prose defines, its settings, and where links lead, which are asked for again, so that whoever
counts links hears of them. What failed names other cells, and a diagram may be drawn by a program: these are rendered
anew each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nbpublish.model import ERROR, Asset, Cell, Trace, Widget
from nbpublish.page.context import Context
from nbpublish.page.prose import Link
from nbpublish.page.shard import Follower

MOST = 4
"""Pages of which states are kept, those rendered last: as many as kernels live on."""
Movable = Mapping[str, tuple[Widget, tuple[int, ...]]]
"""The widgets that can be moved in a state, with the places to which they can, by element."""
Place = tuple[str, str]
"""A cell's id, and that of the trace that it has in a state."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a cell shows in a state, the files that this needs, and all that it depends on."""

    page: str
    """Settings and definitions of the page; empty where it is not to be used again."""
    cell: Cell
    line: int | None
    """Of the cell, where what it shows says or asks something about a line."""
    trace: Trace
    movable: Movable
    links: tuple[Link, ...]
    html: str
    assets: tuple[Asset, ...]

    def holds(self, page: str, cell: Cell, trace: Trace, movable: Movable) -> bool:
        """Whether all is as it was, but for links."""
        return (
            self.page == page
            and self.line in (None, cell.line)
            and self.cell == replace(cell, line=0)
            and self.trace == trace
            and self.movable == movable
        )


@dataclass
class PageStates:
    """What is kept of one page: `known` from the last time, and what is `used` this time."""

    settings: str = ""
    """How the page is written, as text; empty where that cannot be told, and nothing is kept."""
    known: Mapping[Place, Shown] = field(default_factory=dict)
    used: dict[Place, Shown] = field(default_factory=dict)
    packs: dict[str, tuple[Follower, str]] = field(default_factory=dict)
    """By cell, all that it shows, and that as a script has it."""

    def shown(self, cell: Cell, trace: Trace, context: Context, make: Callable[[Context], str]) -> str:
        """What `make` gives for the cell `aside`, whose assets become those of the page; as it was, where it can be."""
        if not self.settings or not trace.id or _fails(trace):
            return make(context)
        page = repr((self.settings, context.prose.definitions, context.still, sorted(context.anchors)))
        found = self.known.get((cell.id, trace.id))
        found = found if found and found.holds(page, cell, trace, context.widgets) else None
        links = tuple((url, line, context.prose.resolve(url, line)) for url, line, _ in found.links) if found else ()
        if found is None or found.links != links:
            found = _made(page, cell, trace, context, make, links)
        for asset in found.assets:
            context.assets.keep(asset)
        if found.page:
            self.used[cell.id, trace.id] = found
        return found.html

    def packed(self, cell: str, follower: Follower, pack: Callable[[str, Follower], str]) -> str:
        """What `pack` gives for all that a cell shows."""
        last, text = self.packs.get(cell, (None, ""))
        if last != follower:
            text = pack(cell, follower)
            if self.settings:
                self.packs[cell] = follower, text
        return text


class KeptStates:
    """What is kept of the pages of a site. May be used from several threads."""

    def __init__(self) -> None:
        self._pages: dict[str, PageStates] = {}

    def of(self, path: str, settings: str) -> PageStates:
        """What is known of a notebook's page that is about to be rendered."""
        last = self._pages.pop(path, None) or PageStates()
        found = self._pages[path] = PageStates(settings, dict(last.used or last.known), packs=dict(last.packs))
        for oldest in list(self._pages)[:-MOST]:
            self._pages.pop(oldest, None)
        return found

    @property
    def count(self) -> int:
        """How many states are kept."""
        return sum(len({*page.known, *page.used}) for page in list(self._pages.values()))


def _fails(trace: Trace) -> bool:
    return trace.problem is not None or any(ERROR in output.data for output in trace.outputs)


def _made(
    page: str, cell: Cell, trace: Trace, context: Context, make: Callable[[Context], str], known: Sequence[Link]
) -> Shown:
    """Render a state and see what it asks for, besides the links that are `known`."""
    links: list[Link] = []
    diagrams: list[str] = []
    own = context.assets.apart()
    context.prose.watch(links, diagrams, known)
    drawn = context.settings.diagrams

    def drawing(source: str) -> bytes | None:
        diagrams.append(source)
        return drawn(source)

    html = make(replace(context, assets=own, settings=replace(context.settings, diagrams=drawing)))
    line = cell.line if links or "<nb-" in html else None
    return Shown(
        "" if diagrams else page, replace(cell, line=0), line, trace, dict(context.widgets), tuple(links), html, own.all
    )
