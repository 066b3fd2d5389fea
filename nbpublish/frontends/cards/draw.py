"""Words → the picture of a card, with Pillow. The same words, colours and fonts give the same bytes."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from PIL import Image, ImageColor, ImageDraw, ImageFont

from nbpublish.frontends.cards.fonts import Font, characters
from nbpublish.frontends.cards.lines import TORN, lines, worst
from nbpublish.frontends.cards.words import ACCENT, Words

SIZE = (1200, 630)
_MARGIN = 84
_PAPER, _INK, _SOFT, _LINE = "#fdfdfb", "#1c2024", "#535a63", "#deded6"
_SIZES = (84, 76, 68, 60, 54, 48, 42)
"""Of the title, in pixels; the largest in which it takes three lines, else the smallest."""
_MUCH = 0.7
"""Part of the largest size down to which a smaller one is taken, so that no word is torn."""
_HEIGHT = 330
"""Pixels for the title."""
_SPACING = 1.3
_FINE = 4
"""Times that shapes are drawn larger, so that their edges are smooth."""
_COLOURS = 48
"""Shades are all that a card needs; fewer make the file a third as large."""


class NoFontError(Exception):
    """No font can draw some of the words, which are its argument."""


class Pen:
    """Writes text with the first font that has its characters."""

    def __init__(self, fonts: Sequence[Font]) -> None:
        self._fonts = fonts
        self._loaded: dict[tuple[int, int, bool], ImageFont.FreeTypeFont] = {}

    def prepare(self, text: str) -> list[tuple[str, int]]:
        """Stretches of text, each with the number of its font. Pictographs that no font has are left out.

        Raises NoFontError for letters that no font has.
        """
        runs: list[tuple[str, int]] = []
        for char in text:
            number = self._number(char)
            if number is None:
                if unicodedata.category(char)[0] in "LNM":
                    raise NoFontError(text)
                continue
            if runs and runs[-1][1] == number:
                runs[-1] = (runs[-1][0] + char, number)
            else:
                runs.append((char, number))
        return runs

    def _number(self, char: str) -> int | None:
        for number, font in enumerate(self._fonts):
            if ord(char) in characters(font.bold, font.face):
                return number
        return None

    def width(self, text: str, size: int, bold: bool = True) -> float:
        return sum(self._font(number, size, bold).getlength(part) for part, number in self.prepare(text))

    def write(self, draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, colour: str,
              bold: bool = True) -> None:  # fmt: skip
        """Text whose baseline begins at a point."""
        x, y = at
        for part, number in self.prepare(text):
            font = self._font(number, size, bold)
            draw.text((x, y), part, fill=colour, font=font, anchor="ls")
            x += font.getlength(part)

    def _font(self, number: int, size: int, bold: bool) -> ImageFont.FreeTypeFont:
        key = (number, size, bold)
        if key not in self._loaded:
            chosen = self._fonts[number]
            path = chosen.bold if bold else chosen.regular
            # Raqm sets text differently from one installation to the next, and may not be there
            font = ImageFont.truetype(str(path), size, index=chosen.face, layout_engine=ImageFont.Layout.BASIC)
            with suppress(OSError):  # it is no variable font
                font.set_variation_by_axes([_weight(axis, bold) for axis in font.get_variation_axes()])
            self._loaded[key] = font
        return self._loaded[key]


def _weight(axis: ImageFont.Axis, bold: bool) -> float:
    """Where to set an axis of a variable font: that of weight to bold or regular, any other to what it is."""
    name = axis["name"]
    said = name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
    wanted = 700 if bold else 400
    if "weight" not in said.lower():
        return float(axis["default"] or 0)
    return float(min(max(wanted, axis["minimum"] or 0), axis["maximum"] or wanted))


def card(words: Words, pen: Pen) -> bytes:
    """A card as PNG. Raises NoFontError where its words cannot be drawn."""
    for text in (words.title, words.site, words.place):
        pen.prepare(text)
    accent = _colour(words.accent)
    image = Image.new("RGB", SIZE, _PAPER)
    draw = ImageDraw.Draw(image)
    _motif(image, accent)
    draw.rectangle((0, 0, SIZE[0], 13), fill=accent)
    pen.write(draw, (_MARGIN, 112), _shortened(words.site, 34, pen), 34, _SOFT)
    _title(words.title, draw, pen)
    if words.place:
        draw.line((_MARGIN, 540, SIZE[0] - _MARGIN, 540), fill=_LINE, width=2)
        pen.write(draw, (_MARGIN, 583), _shortened(words.place, 28, pen, bold=False), 28, _SOFT, bold=False)
    file = io.BytesIO()
    image.quantize(_COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _title(title: str, draw: ImageDraw.ImageDraw, pen: Pen) -> None:
    size, found = _set(title, pen)
    most = int(_HEIGHT // (size * _SPACING))
    if len(found) > most:
        found = [*found[: most - 1], _shortened("".join(found[most - 1 :]), size, pen)]
    top = 152 + (_HEIGHT + 20 - len(found) * size * _SPACING) / 2
    for row, line in enumerate(found):
        pen.write(draw, (_MARGIN, round(top + (row + 0.82) * size * _SPACING)), line, size, _INK)


def _set(title: str, pen: Pen) -> tuple[int, list[str]]:
    """The size of a title and its lines: the largest in which it fits, or one not much smaller that tears no word."""
    tried = [(size, lines(title, SIZE[0] - 2 * _MARGIN, partial(pen.width, size=size))) for size in _SIZES]
    fit = [(size, found) for size, found in tried if len(found) <= 3 and len(found) * size * _SPACING <= _HEIGHT]
    whole = [(size, found) for size, found in fit if worst(found) < TORN and size >= fit[0][0] * _MUCH]
    return (whole or fit or tried[-1:])[0]


def _shortened(text: str, size: int, pen: Pen, *, bold: bool = True) -> str:
    """As much of a text as fits a line, with an ellipsis where something is missing."""
    room = SIZE[0] - 2 * _MARGIN
    if pen.width(text, size, bold) <= room:
        return text
    while text and pen.width(f"{text}…", size, bold) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _motif(image: Image.Image, accent: str) -> None:
    """Cells that feed each other, small, in the corner."""
    wide, high = 168, 96
    mask = Image.new("L", (wide * _FINE, high * _FINE), 0)
    draw = ImageDraw.Draw(mask)
    nodes = ((0, 14), (0, 58), (68, 36), (132, 36))
    for one, other in ((0, 2), (1, 2), (2, 3)):
        ends = [(nodes[one][0] + 36, nodes[one][1] + 12), (nodes[other][0], nodes[other][1] + 12)]
        draw.line([(x * _FINE, y * _FINE) for x, y in ends], fill=150, width=3 * _FINE)
    for x, y in nodes:
        box = [part * _FINE for part in (x, y, x + 36, y + 24)]
        draw.rounded_rectangle(box, radius=6 * _FINE, fill=255)
    small = mask.resize((wide, high), Image.Resampling.LANCZOS)
    image.paste(Image.new("RGB", (wide, high), accent), (SIZE[0] - _MARGIN - wide, 56), small)


def _colour(text: str) -> str:
    """A colour as Pillow reads it; ours for what it does not know, as `oklch(…)`."""
    try:
        red, green, blue = ImageColor.getrgb(text)[:3]
    except ValueError:
        return ACCENT
    return f"#{red:02x}{green:02x}{blue:02x}"
