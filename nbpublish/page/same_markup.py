"""Tables with the same markup and other values: what is made of the markup is made once.

A table that follows a slider is written anew for each place of it, and only what stands in its cells differs. So the
values are taken out, and a stand-in of the same kind left for each: a number for a number, a word for any other text.
What has been made of a table with the same stand-ins then takes the new values. Going through its tree once more would
take a hundred times as long.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from nbpublish.page.tables import is_nothing, is_number

Made = tuple[str, tuple[str, ...]]
"""HTML that was made of an output, and what kinds of elements it consists of."""

_MOST = 16
"""Tables of a page that are remembered."""
_SIGN = "7130526084"
"""Begins all stand-ins."""
_STAND_IN = re.compile(rf"x?{_SIGN}(\d{{6}})")
_CELL = re.compile(r"(<t[dh]\b[^<>]*>)([^<>&]+)(?=</t[dh]>)")
_WORD = r"[^\"<>&/]*"
_TABLE = re.compile(
    r"(?:[^<]++|<style scoped>[^<]*+</style>"
    r"|</?(?:div|table|caption|thead|tbody|tfoot|tr|th|td|p|br)"
    rf"(?:\s+(?:class|style|border|scope|colspan|rowspan|align|valign|data-rows)=\"{_WORD}\")*+\s*+>)*+"
)
"""Markup of which nothing is made that depends on the cell: no address, no id, no script, no element of a library's."""


def made(html: str, known: dict[str, Made], make: Callable[[str], Made]) -> Made:
    """`make(html)`, with what is `known` of tables; it learns those that it does not know."""
    taken = _without_values(html)
    if taken is None:
        return make(html)
    markup, values = taken
    if markup not in known:
        if not _TABLE.fullmatch(markup):
            return make(html)
        if len(known) >= _MOST:
            del known[next(iter(known))]
        known[markup] = make(markup)
    text, kinds = known[markup]
    return _STAND_IN.sub(lambda found: values[int(found[1])], text), kinds


def _without_values(html: str) -> tuple[str, list[str]] | None:
    """The HTML of a table with stand-ins, and what they stand for; None for what has no cells."""
    if "<td" not in html or _SIGN in html:
        return None
    values: list[str] = []

    def stand_in(cell: re.Match[str]) -> str:
        start, text = cell.groups()
        if is_nothing(text):
            return cell[0]
        values.append(text)
        return f"{start}{'' if is_number(text) else 'x'}{_SIGN}{len(values) - 1:06}"

    markup = _CELL.sub(stand_in, html)
    return (markup, values) if 0 < len(values) < 10**6 else None
