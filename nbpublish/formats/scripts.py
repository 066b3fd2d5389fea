"""Which of the script formats a Python file is written in. At most one of them recognises a file."""

from __future__ import annotations

import re
from typing import Literal

from nbpublish.formats import marimo
from nbpublish.formats.markers import marker_lines
from nbpublish.formats.script_header import Header, header_of
from nbpublish.formats.strings import continued
from nbpublish.formats.text import clean

Style = Literal["percent", "light", "gallery"]

_DECLARED: dict[str, Style] = {
    "percent": "percent",
    "hydrogen": "percent",
    "light": "light",
    "bare": "light",
    "nomarker": "light",
    "sphinx": "gallery",
}
LIGHT_MARKER = re.compile(
    r"# \+((?:[ \t]+(?:\{.*\}|\[(?:markdown|md|raw)\].*|(?:\.\w+[ \t]+)*[A-Za-z_][\w.-]*=[\"\[{tf].*))?)[ \t]*$"
)
"""`# +` in a script without jupytext's header, where `# + one more thing` is an ordinary comment."""

_TITLE = re.compile(
    r"""
    (?: [ \t]* (?:\#[^\n]*)? \n )*
    [rRuU]? (?:\"\"\"|''') \s*
    (?: \.\.[ ][^\n]*\n\s* )*
    (?P<over> ([=#*^~-])\2{2,} [ \t]*\n )?
    [ \t]* (?P<title> (?: (?!\"\"\"|''') [^\n] )+ ) \n
    [ \t]* (?P<under> ([=#*^~-])\5{2,} ) [ \t]*\n
    """,
    re.VERBOSE,
)
_SEPARATOR = re.compile(r"^(?:#{20,}[^\n]*|#[ \t]*%%(?=[ \t]|$)[^\n]*)\n#", re.MULTILINE)
_DOES_SOMETHING = re.compile(r"^[A-Za-z_][\w.]*(?:\(|\s*=|,)|^(?:for|with|if) ", re.MULTILINE)
_OF_A_GALLERY = re.compile(r"^(?:# sphinx_gallery_\w+\s*=|(?:plt|pyplot|pl|pylab|plotly\.io)\.show\()", re.MULTILINE)


def style(text: str) -> Style | None:
    """The script format of a text, or None where it is no notebook or a marimo one."""
    text = clean(text)
    if "#" not in text and '"""' not in text:
        return None
    lines = text.split("\n")
    header = header_of("", lines) if "jupyter:" in text else Header()
    declared = _DECLARED.get(header.format or "")
    if declared:
        return declared
    found = _undeclared(text, lines) or ("light" if header.written else None)
    return found if found and not marimo.recognises(text) else None


def _undeclared(text: str, lines: list[str]) -> Style | None:
    title = _TITLE.match(text)
    if title:
        if _SEPARATOR.search(text, title.end()) and not re.search(r"^# ?%%.*\[(?:markdown|md)\]", text, re.MULTILINE):
            return "gallery"
        if _DOES_SOMETHING.search(text) if title["over"] else _OF_A_GALLERY.search(text):
            return "gallery"
    if marker_lines(lines):
        return "percent"
    light = [n for n, line in enumerate(lines) if LIGHT_MARKER.match(line)]
    if light:
        inside = continued(text)
        if any(n not in inside for n in light):
            return "light"
    return None
