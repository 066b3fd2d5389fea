"""Tables: what pandas and others write as HTML, and rows given as data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from nbpublish.page.context import Context
from nbpublish.page.html import attributes, classes, escape, is_tag, with_class

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag
    from bs4.element import PageElement

_NUMBER = re.compile(r"[+\-−]?(?:\d[\d,  ]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*[%‰]?")
_NOTHING = frozenset({"", "nan", "NaN", "None", "null", "<NA>", "NaT", "inf", "-inf", "∞", "-", "–", "…", "..."})
_OURS = {"number": "nb-num", "types": "nb-types", "elided": "nb-elided"}
_PRESENTATION = ("border", "cellpadding", "cellspacing", "bgcolor", "align", "valign", "width", "rules", "frame")


def clean(soup: BeautifulSoup, context: Context) -> None:
    """Make every table of `soup` plain, readable aloud and scrollable, in place."""
    for style in soup.find_all("style"):
        if style.has_attr("scoped") or ".dataframe" in style.get_text():
            style.decompose()
    for table in soup.find_all("table"):
        if table.find_parent("table") or "nb-table" in classes(table.parent):
            continue
        _plain(table)
        _index_names(table)
        _elided(soup, table, context)
        _scopes(table)
        _align(table)
        table.wrap(_scroller(soup, table, context))
    for note in soup.find_all("p"):
        if _is_in(note, "div") and re.fullmatch(r"[\d,]+ rows × [\d,]+ columns", note.get_text(strip=True)):
            note["class"] = "nb-note"
    for box in soup.find_all("div", recursive=False):
        if not box.attrs and all(_is_ours(node) for node in box.children):
            box.unwrap()


def _is_ours(node: PageElement) -> bool:
    if is_tag(node):
        return bool({"nb-table", "nb-note"} & {*classes(node)})
    return not str(node).strip()


def with_rows(data: Mapping[str, object], metadata: Mapping[str, object], context: Context) -> Mapping[str, object]:
    """Metadata in which a frame that is shown in part has a file with the whole of it.

    What follows a widget has none: it would be a file for each state. The mark in front of the text is what tells
    Excel that it is UTF-8.
    """
    facts, text = metadata.get("table"), data.get("text/csv")
    if not isinstance(facts, Mapping) or not isinstance(text, str) or context.cell.id in context.following:
        return metadata
    address = context.assets.add(("\ufeff" + text).encode("utf-8", "replace"), "text/csv")
    return {**metadata, "table": {**facts, "file": address}}


def size_note(facts: object, context: Context) -> str:
    """`150 rows × 4 columns`, from what the kernel says of a data frame, and a link to the whole of it."""
    if not isinstance(facts, Mapping) or not {"rows", "columns"} <= {*facts}:
        return ""
    said = escape(size(facts["rows"], facts["columns"], context))
    if isinstance(address := facts.get("file"), str):
        name = f"{context.cell.options.label or (context.cell.name or '').strip('_') or 'table'}.csv"
        attrs = attributes(class_="nb-rows", href=address, download=name)
        said += f" · <a{attrs}>{escape(context.words('table.download'))}</a>"
    return f'<p class="nb-note">{said}</p>'


def size(rows: object, columns: object, context: Context) -> str:
    """How large a table is, in words."""
    rows, columns = (f"{number:,}" if isinstance(number, int) else str(number) for number in (rows, columns))
    words = context.words
    return words("table.size", rows=words("table.rows", count=rows), columns=words("table.columns", count=columns))


def from_rows(rows: Sequence[Mapping[str, object]], columns: Sequence[str], cells: Mapping[int, str]) -> str:
    """A table of data; `cells` gives the HTML of values (by `id`) that are more than text. Without its scroller."""
    numeric = [_is_numeric([_plain_text(row.get(column)) for row in rows]) for column in columns]
    kinds = [' class="nb-num"' if number else "" for number in numeric]
    head = "".join(f'<th scope="col"{k}>{escape(c)}</th>' for c, k in zip(columns, kinds, strict=True))
    body = []
    for row in rows:
        values = (row.get(column) for column in columns)
        tds = (f"<td{k}>{cells.get(id(v)) or escape(_plain_text(v))}</td>" for v, k in zip(values, kinds, strict=True))
        body.append(f"<tr>{''.join(tds)}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def scroller(table: str, label: str) -> str:
    """The box in which a wide table is moved sideways, also by keyboard."""
    return f'<div class="nb-table" role="group" tabindex="0"{attributes(aria_label=label)}>{table}</div>'


def _plain_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    return str(value)


def is_nothing(text: str) -> bool:
    """Whether a cell says that it has no value."""
    return text.strip() in _NOTHING


def is_number(text: str) -> bool:
    """Whether a cell holds a number."""
    return _NUMBER.fullmatch(text.strip()) is not None


def _is_numeric(texts: Sequence[str]) -> bool:
    filled = [text for text in texts if not is_nothing(text)]
    return bool(filled) and all(map(is_number, filled))


def _plain(table: Tag) -> None:
    """Without attributes that only say how it looks; colours that a Styler gave to values stay."""
    frame = "dataframe" in classes(table)
    for element in [table, *table.find_all(["thead", "tbody", "tr", "th", "td"])]:
        for name in _PRESENTATION:
            element.attrs.pop(name, None)
        if frame or re.fullmatch(r"\s*text-align:\s*\w+;?\s*", str(element.get("style", ""))):
            element.attrs.pop("style", None)
    for element in table.find_all(True):
        if not _OURS.keys().isdisjoint(names := classes(element)):
            element["class"] = " ".join(_OURS.get(name, name) for name in names)
    kept = [name for name in classes(table) if name != "dataframe"]
    table.attrs.pop("class", None)
    if kept:
        table["class"] = " ".join(kept)


def _elided(soup: BeautifulSoup, table: Tag, context: Context) -> None:
    for row in with_class(table, "tr", "nb-elided"):
        if "data-rows" in row.attrs and (cell := row.find("td")) and str(row["data-rows"]).isdecimal():
            said = context.words("table.elided", count=f"{int(str(row['data-rows'])):,}")
            cell.clear()
            cell.append(soup.new_tag("span", string=said))  # which a theme keeps in sight


def _index_names(table: Tag) -> None:
    """Put the names of index columns, for which pandas has a row of their own, beside those of the other columns."""
    rows = _head(table)
    if len(rows) < 2 or "nb-types" in classes(rows[-1]):
        return
    above, names = (row.find_all(["th", "td"], recursive=False) for row in rows[-2:])
    count = next((at for at, name in enumerate(names) if not name.get_text(strip=True)), len(names))
    same = len(above) == len(names) and not any(cell.has_attr("colspan") for cell in (*above, *names))
    if not 0 < count < len(names) or not same or any(name.get_text(strip=True) for name in names[count:]):
        return
    if any(cell.get_text(strip=True) for cell in above[:count]):
        return
    for cell, name in zip(above[:count], names[:count], strict=True):
        cell.replace_with(name.extract())
    rows[-1].decompose()


def _scopes(table: Tag) -> None:
    for head in table.find_all("th"):
        if head.find_parent("thead"):
            head.attrs.setdefault("scope", "col")
    for row in _body(table):
        for head in row.find_all("th", recursive=False):
            head.attrs.setdefault("scope", "row")


def _head(table: Tag) -> list[Tag]:
    return [row for row in table.find_all("tr") if _is_in(row, "thead")]


def _is_in(element: Tag, kind: str) -> bool:
    return element.parent is not None and element.parent.name == kind


def _body(table: Tag) -> list[Tag]:
    """The rows below the head, with or without a `tbody` around them; not those of tables within."""
    return [row for row in table.find_all("tr") if not row.find_parent("thead") and row.find_parent("table") is table]


def _align(table: Tag) -> None:
    """Mark the columns of numbers, where every row has the same cells."""
    rows = [row.find_all(["th", "td"], recursive=False) for row in _body(table)]
    rows = [row for row in rows if not (len(row) == 1 and row[0].get("colspan"))]  # a row that spans all says no value
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        return
    if any(cell.get("colspan") or cell.get("rowspan") for row in rows for cell in row):
        return
    heads = [row.find_all(["th", "td"], recursive=False) for row in _head(table)]
    for index in range(len(rows[0])):
        column = [row[index] for row in rows]
        if any(cell.name == "th" for cell in column) or not _is_numeric([cell.get_text() for cell in column]):
            continue
        for cell in [*column, *(head[index] for head in heads if len(head) == len(rows[0]))]:
            if not cell.has_attr("colspan"):
                cell["class"] = " ".join(dict.fromkeys([*classes(cell), "nb-num"]))


def _scroller(soup: BeautifulSoup, table: Tag, context: Context) -> Tag:
    caption = table.find("caption")
    label = " ".join(caption.get_text(" ").split()) if caption else ""
    label = label or context.words("table.label")
    return soup.new_tag("div", attrs={"class": "nb-table", "role": "group", "tabindex": "0", "aria-label": label})
