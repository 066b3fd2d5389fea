"""ANSI escape sequences (ECMA-48, SGR) become spans; all other control sequences are left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from nbpublish.page.html import escape

COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_SEQUENCE = re.compile(
    r"\x1b\[([0-9;:]*)m"  # SGR: the only one that matters
    r"|\x1b\[[0-?]*[ -/]*[@-~]"  # other CSI: moving the cursor, erasing
    r"|\x1b\](?:8;[^;\x07\x1b]*;[^\x07\x1b]*|[^\x07\x1b]*)(?:\x07|\x1b\\)"  # OSC: hyperlinks, titles
    r"|\x1b[@-Z\\^_=>78]?"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)
_FLAGS = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse", 9: "strike"}
_OFF = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("inverse",), 29: ("strike",)}


@dataclass(frozen=True)
class Style:
    """What holds at a place of the text. A colour is a name of ours or `#rrggbb`."""

    flags: frozenset[str] = frozenset()
    fore: str | None = None
    back: str | None = None


def to_html(text: str) -> str:
    """Printed text as HTML. Colours become classes, so that a theme makes them readable on its ground."""
    parts = []
    style, start = Style(), 0
    for match in _SEQUENCE.finditer(text):
        parts.append(_span(text[start : match.start()], style))
        start = match.end()
        if match.group(1) is not None:
            style = _changed(style, match.group(1))
    parts.append(_span(text[start:], style))
    return "".join(parts)


def plain(text: str) -> str:
    """Printed text without its control sequences."""
    return _SEQUENCE.sub("", text)


def overwritten(text: str) -> str:
    """What is left on the screen of a terminal: `\\r` begins a line again, `\\b` takes one character back.

    A progress bar thus shows its last state. Escape sequences are not counted as characters.
    """
    text = text.replace("\r\n", "\n")
    if "\r" not in text and "\b" not in text:
        return text
    return "\n".join(_last_state(line) for line in text.split("\n"))


def _last_state(line: str) -> str:
    states = [state for state in line.split("\r") if plain(state)]
    shown = states[-1] if states else ""
    while "\b" in shown:
        shown = re.sub(r"[^\x08]?\x08", "", shown, count=1)
    return shown


def _changed(style: Style, parameters: str) -> Style:
    codes = [int(code) if code.isascii() and code.isdigit() else 0 for code in re.split("[;:]", parameters[:200])]
    while codes:
        code = codes.pop(0)
        if code == 0:
            style = Style()
        elif code in _FLAGS:
            style = replace(style, flags=style.flags | {_FLAGS[code]})
        elif code in _OFF:
            style = replace(style, flags=style.flags - {*_OFF[code]})
        elif code in (38, 48):
            colour = _extended(codes)
            style = replace(style, fore=colour) if code == 38 else replace(style, back=colour)
        elif code == 39:
            style = replace(style, fore=None)
        elif code == 49:
            style = replace(style, back=None)
        elif 30 <= code <= 37 or 90 <= code <= 97:
            style = replace(style, fore=("bright-" if code >= 90 else "") + COLOURS[code % 10])
        elif 40 <= code <= 47 or 100 <= code <= 107:
            style = replace(style, back=("bright-" if code >= 100 else "") + COLOURS[code % 10])
    return style


def _extended(codes: list[int]) -> str | None:
    """A colour of the 256, or one of all; takes its parameters from the front of `codes`."""
    mode = codes.pop(0) if codes else 0
    if mode == 2 and len(codes) >= 3:
        red, green, blue = (min(codes.pop(0), 255) for _ in range(3))
        return f"#{red:02x}{green:02x}{blue:02x}"
    if mode != 5 or not codes:
        return None
    index = min(codes.pop(0), 255)
    if index < 16:
        return ("bright-" if index >= 8 else "") + COLOURS[index % 8]
    if index >= 232:
        return "#" + f"{8 + 10 * (index - 232):02x}" * 3
    levels = (0, 95, 135, 175, 215, 255)
    index -= 16
    return f"#{levels[index // 36]:02x}{levels[index // 6 % 6]:02x}{levels[index % 6]:02x}"


def _span(text: str, style: Style) -> str:
    if not text:
        return ""
    fore, back = (style.back, style.fore) if "inverse" in style.flags else (style.fore, style.back)
    classes = [f"nb-ansi-{flag}" for flag in sorted(style.flags)]
    variables = []
    for colour, kind, variable in ((fore, "", "--nb-ansi"), (back, "bg-", "--nb-ansi-bg")):
        if colour and colour.startswith("#"):
            classes.append(f"nb-ansi-{kind}rgb")
            variables.append(f"{variable}:{colour}")
        elif colour:
            classes.append(f"nb-ansi-{kind}{colour}")
    if not classes:
        return escape(text)
    css = f' style="{";".join(variables)}"' if variables else ""
    return f'<span class="{" ".join(classes)}"{css}>{escape(text)}</span>'
