"""Photographs the formulas of `data/formulas.tex`, for a person to look at each of them.

    python tests/math_sheet.py sheet.png [dark]

Run it after every change to what makes MathML, and with every new version of math-core.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from nbpublish.page.math import MathError, to_mathml

HERE = Path(__file__).parent
STYLES = HERE.parent / "themes" / "nbpublish" / "assets"


def sheet() -> str:
    """A page with all formulas, three beside each other."""
    boxes = []
    for block in (HERE / "data" / "formulas.tex").read_text(encoding="utf-8").split("\n\n")[1:]:
        name, _, latex = block.strip().partition("\n")
        try:
            shown = to_mathml(latex, display=True)
        except MathError as error:
            shown = f"<strong>{error.message}</strong>"
        boxes.append(f'<div><small>{name.removeprefix("% ")}</small><div class="nb-math">{shown}</div></div>')
    css = "".join((STYLES / name).read_text(encoding="utf-8") for name in ("nb-content.css", "base.css"))
    css += "main{display:grid;grid-template-columns:repeat(3,1fr);gap:0 1.5rem;padding:1rem}"
    return f"<!doctype html><meta charset=utf-8><style>{css}</style><main>{''.join(boxes)}</main>"


def main(out: str, scheme: str = "light") -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = Path(folder) / "sheet.html"
        page.write_text(sheet(), encoding="utf-8")
        browser = playwright.chromium.launch(args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1700, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        tab.goto(page.as_uri())
        tab.screenshot(path=out, full_page=True)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
