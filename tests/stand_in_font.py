"""Makes `nbpublish/kernel/stand_in.ttf`: a font with one glyph, an empty box of one em, for every character.

    python tests/stand_in_font.py
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

NAME = "nbpublish stand-in"
FILE = Path(__file__).parent.parent / "nbpublish" / "kernel" / "stand_in.ttf"
_EM = 1000
_BOX = ((60, -60), (60, 820), (940, 820), (940, -60))
"""The square in which Japanese fonts draw their characters, in thousandths of an em from the base line."""
_LINE = 40


def stand_in() -> bytes:
    """The font as a TrueType file, the same bytes each time. Many characters share a glyph by a table of format 13."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.ttLib import newTable

    builder = FontBuilder(_EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", "box"])
    builder.font["cmap"] = cmap = newTable("cmap")
    cmap.tableVersion, cmap.tables = 0, [_every_character()]
    builder.setupGlyf({".notdef": _drawn(), "box": _drawn()})
    builder.setupHorizontalMetrics({".notdef": (_EM, _BOX[0][0]), "box": (_EM, _BOX[0][0])})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": NAME, "styleName": "Regular", "psName": NAME.replace(" ", "-")})
    builder.setupOS2()
    builder.setupPost()
    builder.updateHead(created=0, modified=0)
    builder.font.recalcTimestamp = False
    file = io.BytesIO()
    builder.save(file)
    return file.getvalue()


def _drawn() -> Any:
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    (left, bottom), _, (right, top), _ = _BOX
    inner = [(left + _LINE, bottom + _LINE), (right - _LINE, bottom + _LINE)]
    inner += [(right - _LINE, top - _LINE), (left + _LINE, top - _LINE)]
    for corners in (list(_BOX), inner):
        pen.moveTo(corners[0])
        for corner in corners[1:]:
            pen.lineTo(corner)
        pen.closePath()
    return pen.glyph()


def _every_character() -> Any:
    from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

    table = CmapSubtable.newSubtable(13)
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.cmap = dict.fromkeys(range(0x590, 0xD800), "box") | dict.fromkeys(range(0xF900, 0x3FFFE), "box")
    return table


if __name__ == "__main__":
    FILE.write_bytes(stand_in())
