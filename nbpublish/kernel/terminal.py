"""What a terminal would show in the end: progress bars that redraw themselves come down to their last state.

Follows ECMA-48 as far as progress bars use it: carriage return, backspace, moves of the cursor, erasing. Colours and
styles (SGR) stay in the text, for the page to render; all other control sequences are dropped.
"""

from __future__ import annotations

import re

_SEQUENCE = re.compile(
    r"\x1b\[(?P<arguments>[0-?]*)[ -/]*(?P<command>[@-~])"  # CSI
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC: titles, links
    r"|\x1b[PX^_][^\x1b]*(?:\x1b\\)?|\x1b[ -/]*[0-~]?"
    r"|(?P<control>[\r\n\b])|[\x00-\x08\x0b-\x1f\x7f]"
)
_PLAIN = re.compile(r"(?:[^\x00-\x08\x0b-\x1f\x7f]|\x1b\[[0-9;:]*m)*")
_FARTHEST = 10_000
"""A cursor sent farther than this many lines or columns is not followed."""


def settle(text: str) -> str:
    """`text` as a terminal of endless width and height would show it at its end."""
    text = text.replace("\r\n", "\n")
    if _PLAIN.fullmatch(text):
        return text
    screen = _Screen()
    position = 0
    for match in _SEQUENCE.finditer(text):
        screen.write(text[position : match.start()])
        position = match.end()
        if match["command"]:
            screen.obey(match["command"], match["arguments"])
        elif match["control"]:
            screen.move(match["control"])
    screen.write(text[position:])
    return screen.text()


def overwrites(text: str) -> bool:
    """Whether `text` begins by going back to the start of a line that stands there already."""
    return text.startswith("\r") and not text.startswith("\r\n")


class _Screen:
    """Lines of characters, each with the style it was written in."""

    def __init__(self) -> None:
        self._lines: list[list[tuple[str, str]]] = [[]]
        self._row = 0
        self._column = 0
        self._style = ""

    def write(self, text: str) -> None:
        if not text:
            return
        line = self._lines[self._row]
        line.extend([(" ", "")] * (self._column - len(line)))
        line[self._column : self._column + len(text)] = [(character, self._style) for character in text]
        self._column += len(text)

    def move(self, control: str) -> None:
        if control == "\b":
            self._column = max(0, self._column - 1)
            return
        self._column = 0
        if control == "\n":
            self._down(1)

    def obey(self, command: str, arguments: str) -> None:
        """Follow one control sequence; one that is not known moves nothing."""
        first = arguments.split(";")[0]
        number = min(int(first), _FARTHEST) if first.isdecimal() else 0
        steps = max(1, number)
        if command == "m":
            reset = arguments in ("", "0") or arguments.startswith("0;")
            self._style = ("" if reset else self._style) + ("" if arguments in ("", "0") else f"\x1b[{arguments}m")
        elif command == "A":
            self._row = max(0, self._row - steps)
        elif command == "B":
            self._down(steps)
        elif command == "C":
            self._column += steps
        elif command == "D":
            self._column = max(0, self._column - steps)
        elif command == "G":
            self._column = steps - 1
        elif command in "EF":
            self._column = 0
            self._down(steps) if command == "E" else self.obey("A", arguments)
        elif command in "HJ" and (command == "H" or number >= 2):
            self._lines, self._row, self._column = [[]], 0, 0
        elif command == "J":
            del self._lines[self._row + 1 :]
            self._erase(0)
        elif command == "K":
            self._erase(number)

    def text(self) -> str:
        shown = []
        current = ""
        for number, line in enumerate(self._lines):
            if number:
                shown.append("\n")
            for character, style in line:
                if style != current:
                    shown.append(("\x1b[0m" if current else "") + style)
                    current = style
                shown.append(character)
        return "".join(shown) + ("\x1b[0m" if current else "")

    def _down(self, steps: int) -> None:
        self._row += steps
        while len(self._lines) <= self._row:
            self._lines.append([])

    def _erase(self, which: int) -> None:
        line = self._lines[self._row]
        if which in (0, 2):
            del line[0 if which == 2 else self._column :]
        else:
            line[: self._column] = [(" ", "")] * min(self._column, len(line))
