"""Text in figures that the author's fonts have no glyphs for: measured and drawn with what this machine has.

matplotlib takes each glyph from the first font of a list that has it (since 3.6). To the author's list are added, from
the first text on that needs them, fonts of this machine, and last a stand-in. The stand-in has a square box of one em
for every character, which is how wide Japanese, Chinese and Korean characters are. So a machine without any such font,
as most that publish sites, still measures legends and margins right, and the reader's browser, which has fonts, draws
the text of an SVG into the right room. Only a raster shows the boxes.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

from nbpublish.kernel.font_families import INSTALLED, KNOWN

_BEYOND = re.compile(
    r"[\u0590-\u1cff\u2e80-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U0001f300-\U0001faff\U00020000-\U0003ffff]"
)
"""Characters of other scripts than Latin, Greek and Cyrillic; mathematical letters, which STIX has, are not meant."""
STAND_IN = str(Path(__file__).with_name("stand_in.ttf"))
"""Made by tests/stand_in_font.py."""


class Fonts:
    """Stands behind matplotlib's fonts until it is closed. Needs `matplotlib.text` imported."""

    def __init__(self, tell: Callable[[list[str]], None]) -> None:
        """`tell` is called with the texts of a picture that has boxes in their place."""
        self._tell = tell
        self._families: list[str] | None = None
        """Families added on this machine; None until a text needs any."""
        self._replaced: list[tuple[Any, str, Any]] = []
        for step in (self._follow_texts, self._lengthen_lists, self._look_up_in_formulas, self._speak_of_rasters):
            with suppress(AttributeError, ImportError, KeyError):  # a matplotlib whose private parts are others: it
                step()  # draws as it would without us, and the author's import goes on
        logging.getLogger("matplotlib.font_manager").addFilter(_is_no_known_font)

    def close(self) -> None:
        for owner, name, before in reversed(self._replaced):
            setattr(owner, name, before)
        logging.getLogger("matplotlib.font_manager").removeFilter(_is_no_known_font)

    # --- what is replaced in matplotlib ---------------------------------------------------------------------------

    def _replace(self, owner: Any, name: str, new: Callable[..., Any]) -> None:
        self._replaced.append((owner, name, vars(owner)[name]))
        setattr(owner, name, new)

    def _follow_texts(self) -> None:
        """Every text goes through `set_text` before it is measured; most pages have none that needs us."""
        from matplotlib.text import Text

        set_text = Text.set_text

        @wraps(set_text)
        def followed(text: Any, s: Any) -> None:
            if self._families is None and isinstance(s, str) and not s.isascii() and _BEYOND.search(s):
                self._get_ready()
            set_text(text, s)

        self._replace(Text, "set_text", followed)

    def _get_ready(self) -> None:
        from matplotlib.font_manager import FontProperties, fontManager

        present = {entry.name for entry in fontManager.ttflist}
        families: list[str] = []
        for sample, *candidates in INSTALLED:
            fonts = [_font(fontManager.findfont(FontProperties(family))) for family in families]
            if all(any(font.get_char_index(ord(c)) for font in fonts) for c in sample):
                continue
            families += [name for name in candidates if name in present][:1]
        self._families = families

    def _lengthen_lists(self) -> None:
        from matplotlib.font_manager import FontManager

        find = FontManager._find_fonts_by_props

        @wraps(find)
        def lengthened(manager: Any, prop: Any, fontext: Any = "ttf", *rest: Any, **options: Any) -> list[Any]:
            found: list[Any] = list(find(manager, prop, fontext, *rest, **options))
            return [*found, *self._added(prop)] if fontext == "ttf" else found

        self._replace(FontManager, "_find_fonts_by_props", lengthened)

    def _added(self, prop: Any) -> list[Any]:
        """Fonts behind the author's, in the weight that `prop` wants."""
        from matplotlib.font_manager import FontProperties, fontManager

        if self._families is None:
            return []
        wanted = FontProperties(prop) if isinstance(prop, str) else prop.copy()
        paths = []
        for family in self._families:
            wanted.set_family(family)
            paths.append(fontManager.findfont(wanted))
        return [*paths, STAND_IN]

    def _look_up_in_formulas(self) -> None:
        """In a text with a formula matplotlib takes one font for the words, and writes ¤ for what it lacks."""
        from matplotlib._mathtext import UnicodeFonts

        look_up = UnicodeFonts._get_glyph

        @wraps(look_up)
        def looked_up(fonts: Any, fontname: str, font_class: str, sym: str) -> Any:
            if self._families is not None and len(sym) == 1 and _BEYOND.match(sym):
                for font in (fonts._get_font("default"), *map(_font, self._added(fonts.default_font_prop))):
                    if font.get_char_index(ord(sym)):
                        return font, ord(sym), False
            return look_up(fonts, fontname, font_class, sym)

        self._replace(UnicodeFonts, "_get_glyph", looked_up)

    def _speak_of_rasters(self) -> None:
        """Say which text of a raster, ours or the author's, is boxes. In an SVG text stays text."""
        from matplotlib.backend_bases import FigureCanvasBase

        print_figure = FigureCanvasBase.print_figure

        @wraps(print_figure)
        def said(canvas: Any, filename: Any, *rest: Any, **options: Any) -> Any:
            result = print_figure(canvas, filename, *rest, **options)
            if self._families is not None and not _keeps_text(filename, options.get("format")):
                self._say(canvas.figure)
            return result

        self._replace(FigureCanvasBase, "print_figure", said)

    def _say(self, figure: Any) -> None:
        texts = sorted({text for text, prop in _texts(figure) if self._lacks(text, prop)})
        if texts:
            self._tell(texts)

    def _lacks(self, text: str, prop: Any) -> bool:
        from matplotlib.font_manager import fontManager

        fonts = [_font(path) for path in fontManager._find_fonts_by_props(prop) if path != STAND_IN]
        return any(not any(font.get_char_index(ord(c)) for font in fonts) for c in _BEYOND.findall(text))


def _font(path: Any) -> Any:
    from matplotlib.font_manager import get_font

    return get_font(path)


def _texts(figure: Any) -> Iterator[tuple[str, Any]]:
    from matplotlib.text import Text

    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text():
            yield text.get_text(), text.get_fontproperties()


def _keeps_text(filename: Any, format: str | None) -> bool:
    """Whether a figure is saved as SVG with its text as text."""
    from matplotlib import rcParams

    suffix = Path(filename).suffix[1:] if isinstance(filename, str | os.PathLike) else ""
    kind = (format or suffix or rcParams["savefig.format"]).lower()
    return kind.startswith("svg") and rcParams["svg.fonttype"] == "none"


def _is_no_known_font(record: logging.LogRecord) -> bool:
    """Whether a message of matplotlib is to be seen. It says of every text that a font is missing which readers, or
    the author's own machine, have: an SVG asks their browsers for it."""
    return record.msg != "findfont: Font family %r not found." or record.args[0] not in KNOWN  # type: ignore[index,operator]
