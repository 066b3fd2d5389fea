"""All pages of a site → their numbers, and the references between them.

Things are numbered in the order in which they stand on their page, each kind by itself, and by chapter where the page
is one (`chapters.py`): figure 3.2. Pages of one folder that are the same chapter count on, in the order of the
navigation. The pages themselves stay as they were written, so that a number that changes makes no other page again.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from html import escape

from nbpublish.model import Asset, Page, Problem
from nbpublish.page.assets import Assets
from nbpublish.page.html import attributes
from nbpublish.page.labels import (
    NUMBERED,
    Number,
    Reference,
    has_marks,
    kind_of,
    marks_of,
    with_marks_replaced,
)
from nbpublish.page.messages import Words
from nbpublish.page.things import Thing, Written, place_of, sections, shown_number


@dataclass(frozen=True, slots=True)
class Finished:
    """A page with its numbers and references."""

    html: str
    problems: tuple[Problem, ...]


@dataclass
class Numbering:
    """What everything on a site is called. `pages` stand in the order of the navigation."""

    pages: Sequence[Written]
    relative: Callable[[str, str], str]
    """The address of a page, as it is written on another page: `relative(to, on)`."""
    by_chapter: bool = True
    line_of: Callable[[str, str, bool], int] = lambda path, label, defined: 1
    """The line of a file on which a label stands, where its mark does not know: where it is defined, or used."""
    _numbers: dict[str, list[str]] = field(default_factory=dict)
    _things: dict[str, dict[str, Thing]] = field(default_factory=dict)
    """By path and label."""
    _by_label: dict[str, list[Thing]] = field(default_factory=dict)
    _anchors: dict[str, frozenset[str]] = field(default_factory=dict)
    _groups: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """By language and chapter, where that chapter is."""
    _problems: dict[str, list[Problem]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        counts: dict[tuple[str, ...], Counter[str]] = {}
        for page in self.pages:
            self._groups.setdefault((page.language, page.chapter), set()).add(_group(page))
            self._number(page, counts.setdefault(self._counted_with(page), Counter()))
            for section in sections(page):
                self._add(section, told=False)

    def _counted_with(self, page: Written) -> tuple[str, ...]:
        if not (self.by_chapter and page.chapter):
            return ("page", page.path)
        return ("chapter", page.language, page.chapter, _group(page))

    def _number(self, page: Written, counts: Counter[str]) -> None:
        numbers = self._numbers[page.path] = []
        parts: list[Number] = []
        for mark in marks_of(page.html):
            if not isinstance(mark, Number):
                continue
            if mark.part:  # the number of a figure stands below its parts
                numbers.append(mark.part)
                parts.append(mark)
                continue
            number = mark.tag
            if number is None and mark.kind in NUMBERED:
                counts[mark.kind] += 1
                chapter = [page.chapter] if self.by_chapter and page.chapter else []
                number = ".".join([*chapter, str(counts[mark.kind])])
            numbers.append(number or "")
            if mark.label:
                line = mark.line or self.line_of(page.path, mark.label, True)
                self._add(Thing(mark.kind, mark.label, number or "", page, line))
        for mark in parts:
            whole = self._things.get(page.path, {}).get(mark.whole)
            if mark.label and whole:
                number = Words(page.language)("label.part", whole=whole.number, part=mark.part)
                line = mark.line or whole.line
                self._add(Thing(mark.kind, mark.label, number, page, line))

    def _add(self, thing: Thing, *, told: bool = True) -> None:
        """Note a thing; of two with one label the first counts, and that there are two is a problem."""
        others = self._by_label.setdefault(thing.label, [])
        other = next((other for other in others if other.page.language == thing.page.language), None)
        if other and told:
            self._problem("duplicate-label", _twice(thing, other), thing.page.path, thing.line)
        if other is None or other.page.path != thing.page.path:
            others.append(thing)
        self._things.setdefault(thing.page.path, {}).setdefault(thing.label, thing)

    def _problem(self, code: str, message: str, path: str, line: int) -> None:
        problem = Problem(code, message, path, line, severity="warning")
        found = self._problems.setdefault(path, [])
        if problem not in found:
            found.append(problem)

    # --- finishing a page -------------------------------------------------------------------------------------------

    def finished(self, page: Written) -> Finished:
        """The page with numbers and links in place of its marks, and what is wrong with its labels."""
        html = self.filled(page.html, page, numbers=iter(self._numbers[page.path]))
        return Finished(html, tuple(self._problems.get(page.path, ())))

    def finished_page(self, rendered: Page, page: Written) -> tuple[Page, Mapping[str, str]]:
        """A page as it was rendered, with its headings and scripts; and new names of files, by their old ones."""
        numbers = iter(self._numbers[page.path])
        assets, names = self._finished_assets(rendered.assets, page)
        htmls = [self.filled(part.html, page, numbers=numbers) for part in rendered.fragments]
        fragments = zip(rendered.fragments, htmls, strict=True)
        finished = replace(
            rendered,
            title=rendered.title and self.filled(rendered.title, page, links=False),
            fragments=tuple(replace(part, html=renamed(html, names)) for part, html in fragments),
            headings=tuple(replace(h, html=self.filled(h.html, page, links=False)) for h in rendered.headings),
            assets=assets,
            problems=(*rendered.problems, *self._problems.get(page.path, ())),
        )
        return finished, names

    def _finished_assets(self, assets: Sequence[Asset], page: Written) -> tuple[tuple[Asset, ...], dict[str, str]]:
        """Scripts with the states of widgets hold parts of the page; with other numbers they have other names."""
        done, names = Assets(""), {}
        for asset in assets:
            if asset.name.endswith(".js") and has_marks(text := asset.data.decode("utf-8", "replace")):
                script = _STRING.sub(lambda string: self._finished_string(string[0], page), text)
                names[asset.name] = done.add(script.encode(), "text/javascript")
            else:
                done.keep(asset)
        return done.all, names

    def _finished_string(self, string: str, page: Written) -> str:
        return json.dumps(self.filled(json.loads(string), page), ensure_ascii=False) if "<nb-" in string else string

    def filled(self, html: str, page: Written, *, numbers: Iterator[str] | None = None, links: bool = True) -> str:
        """A part of a page, such as a heading for the contents, or a whole one with the `numbers` of its things."""
        words = Words(page.language)

        def write(mark: Number | Reference) -> str:
            if isinstance(mark, Number):
                return shown_number(mark, next(numbers, "") if numbers else self._number_of(mark, page), words)
            return self._refer(mark, page, words, links)

        return with_marks_replaced(html, write)

    def _number_of(self, mark: Number, page: Written) -> str:
        if mark.part:
            return mark.part
        thing = self._things.get(page.path, {}).get(mark.label)
        return thing.number if thing else ""

    def _refer(self, mark: Reference, page: Written, words: Words, links: bool) -> str:
        label, rest = self._known_part(mark, page)
        thing = self._find(label, page)
        rest = escape(rest)
        if thing is None:
            if f'id="{escape(label)}"' in page.html:  # something without a number
                return f'<a href="#{escape(label)}">{mark.html or escape(label)}</a>{rest}'
            line = mark.line or self.line_of(page.path, label, False)
            self._problem("unknown-label", self._unknown(label, page), page.path, line)
            shown = mark.html.replace("%s", "?") or f"<code>{escape(label)}</code>"
            return f'<span class="nb-ref nb-missing">{shown}</span>{rest}'
        text, kind = self._words_for(thing, mark, page, words)
        there = "" if thing.page is page else self.relative(thing.page.address, page.address)
        attrs = attributes(class_="nb-ref", href=f"{there}#{thing.label}", data_kind=kind)
        return f"<a{attrs}>{text}</a>{rest}" if links and not mark.inner else text + rest

    def _known_part(self, mark: Reference, page: Written) -> tuple[str, str]:
        """The label that is meant, and letters that follow it: in Japanese no space ends a word."""
        ends = range(len(mark.label), 0, -1) if mark.loose else ()
        known = next((end for end in ends if self._find(mark.label[:end], page)), len(mark.label))
        return mark.label[:known], mark.label[known:]

    def _find(self, label: str, page: Written) -> Thing | None:
        """On the page itself, else in its language, else anywhere."""
        if own := self._things.get(page.path, {}).get(label):
            return own
        found = self._by_label.get(label) or self._cells(label, page)
        return next((thing for thing in found if thing.page.language == page.language), found[0] if found else None)

    def _cells(self, label: str, page: Written) -> list[Thing]:
        """Cells need no label: their names are those of their elements. One of the page itself comes first."""
        if kind_of(label) != "cell":
            return []
        written = f'id="{escape(label)}"'
        holding = [other for other in sorted(self.pages, key=lambda other: other is not page) if written in other.html]
        return [Thing("cell", label, escape(label[5:]), other, 0) for other in holding]

    def _words_for(self, thing: Thing, mark: Reference, page: Written, words: Words) -> tuple[str, str | None]:
        """The text of a link, and the kind of thing where that text is nothing but a name with its number."""
        number = words.html("label.equation-number", number=thing.number) if thing.kind == "equation" else thing.number
        if mark.form == "text":
            return mark.html.replace("%s", number).replace("{number}", number), None
        name = words.html(f"label.{thing.kind}", number=thing.number)
        if thing.kind not in NUMBERED:
            return name, None
        if mark.form == "number":
            return number, thing.kind
        if self._is_ambiguous(thing, page):
            return words.html("label.elsewhere", name=name, page=thing.page.title), None
        return name, thing.kind

    def _is_ambiguous(self, thing: Thing, page: Written) -> bool:
        """Whether the number alone does not say on which page the thing is."""
        there, here = thing.page, page
        if there is here:
            return False
        if not (self.by_chapter and there.chapter):
            return True
        same = self._counted_with(there) == self._counted_with(here)
        return not same and len(self._groups[there.language, there.chapter]) > 1

    def _unknown(self, label: str, page: Written) -> str:
        near = get_close_matches(label, sorted(self._by_label), n=1, cutoff=0.7)
        if near and (thing := self._find(near[0], page)):
            return f"Nothing on the site has the label `{label}`. Did you mean `{near[0]}` ({place_of(thing)})?"
        kind = kind_of(label)
        how = {
            "equation": f"`\\label{{{label}}}` in the equation",
            "section": f"`{{#{label}}}` after the heading",
            "cell": "the name of a cell after `cell-`",
        }.get(kind or "", f"`label: {label}` at the cell, or `{{#{label}}}` after the image or caption")
        return f"Nothing on the site has the label `{label}`. Correct it, or write {how}."


def renamed(html: str, names: Mapping[str, str]) -> str:
    """HTML in which files have other names."""
    for old, new in names.items():
        html = html.replace(old, new)
    return html


def alone(html: str, language: str = "en") -> str:
    """A page that is part of no site, with its numbers and the references that stay on it."""
    page = Written("", "", "", language, "", html)
    return Numbering([page], lambda to, on: "").finished(page).html


def _group(page: Written) -> str:
    return page.path.rpartition("/")[0]


def _twice(thing: Thing, other: Thing) -> str:
    return (
        f"The label `{thing.label}` is also that of the {other.kind} in {place_of(other)}, so a reference does not say "
        "which of the two it means. Give one of them another label."
    )


_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
