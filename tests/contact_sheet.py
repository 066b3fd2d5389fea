"""Photographs one page of each kind, on a desktop and on a phone, light and dark, in Japanese and in English.

    make contact-sheet                                    # 80 pictures and a page that shows them all
    python tests/contact_sheet.py --kind chapter --language ja
    python tests/contact_sheet.py --guide                 # the pictures in docs_src/guide/img

Look at all of them before changing the theme, and after.
"""

from __future__ import annotations

import argparse
import html
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from browsers import QUIET, chromium_path
from kinds import KINDS, LANGUAGES, build_kinds
from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
SCREENS = {"desktop": (1440, 900), "phone": (390, 844)}
SCHEMES = ("light", "dark")
WORDS = {"ja": "正則化", "en": "variance"}
"""What is searched for."""
TALLEST = 3600
"""Pixels of a page that are shown."""


class Shot(NamedTuple):
    """A picture to be taken."""

    kind: str
    screen: str
    scheme: str
    language: str

    @property
    def name(self) -> str:
        return "-".join(self) + ".png"


def shots(kinds: list[str], languages: list[str]) -> Iterator[Shot]:
    for language in languages:
        for kind in kinds:
            for screen in SCREENS:
                for scheme in SCHEMES:
                    yield Shot(kind, screen, scheme, language)


def picture(browser: Any, site: Path, shot: Shot, act: str = "") -> Image.Image:
    """A page from its beginning, at most `TALLEST` pixels of it; one window of it after a click on `act`."""
    width, height = SCREENS[shot.screen]
    phone = shot.screen == "phone"
    settings: dict[str, Any] = {"has_touch": phone, "is_mobile": phone, "device_scale_factor": 1}
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=shot.scheme, **settings)
    tab = context.new_page()
    # the error page has addresses from the root of a server: shown from a folder, it looks for them beside itself
    if shot.kind == "404":
        context.route("**/course/**", lambda route: route.fulfill(path=site / route.request.url.split("/course/")[1]))
    tab.goto((site / KINDS.get(shot.kind, KINDS["chapter"])).as_uri())
    if shot.kind == "search":
        tab.keyboard.press("/")
        tab.keyboard.type(WORDS[shot.language])
        tab.locator(".search-results a").first.wait_for()
    elif act:
        tab.click(act)
    else:
        tall = tab.evaluate("document.documentElement.scrollHeight")
        tab.set_viewport_size({"width": width, "height": min(max(tall, height), TALLEST)})
    tab.wait_for_timeout(150)
    taken = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
    context.close()
    return taken


def beside(*pictures: Image.Image, height: int, width: int) -> Image.Image:
    """The upper left parts of pictures side by side, with a little room between, `width` pixels wide in all."""
    room = 16
    each = [found.crop((0, 0, found.width, min(found.height, height))) for found in pictures]
    whole = Image.new("RGB", (sum(found.width for found in each) + room * (len(each) - 1), height), "#9a9a94")
    left = 0
    for found in each:
        whole.paste(found, (left, 0))
        left += found.width + room
    return whole.resize((width, round(height * width / whole.width)), Image.Resampling.LANCZOS)


OWN = """:root {
  --nb-sans: Georgia, "DejaVu Serif", "Hiragino Mincho ProN", "Noto Serif CJK JP", serif;
  --measure: 38rem;
}
"""
"""The style sheet of the guide's example."""


def guide(browser: Any, folder: Path, out: Path) -> list[str]:
    """The pictures of the guide to the theme."""
    plain = build_kinds("en", folder / "plain")
    mine = folder / "mine.css"
    mine.write_text(OWN, encoding="utf-8")
    theme = {"name": "nbpublish", "language": "en", "accent": "#7a1f5c", "logo": "assets/favicon.svg"}
    own = build_kinds("en", folder / "own", files={"mine.css": mine}, theme=theme, extra_css=["mine.css"])

    def shown(kind: str, screen: str, scheme: str, site: Path = plain, act: str = "") -> Image.Image:
        return picture(browser, site, Shot(kind, screen, scheme, "en"), act)

    schemes = [shown("chapter", "desktop", scheme) for scheme in SCHEMES]
    made = {
        "theme": beside(*schemes, height=1500, width=1400),
        "theme-own": beside(shown("chapter", "desktop", "light", own), height=700, width=1000),
        "theme-phone": beside(
            shown("chapter", "phone", "light"),
            shown("chapter", "phone", "light", act=".menu-button"),
            shown("search", "phone", "dark"),
            shown("tables", "phone", "dark"),
            height=844,
            width=1200,
        ),
    }
    for name, found in made.items():
        found.save(out / f"{name}.webp", quality=72, method=6)
    return list(made)


def sheet(taken: list[Shot]) -> str:
    """A page with all pictures, a row for each kind and language."""
    rows = "".join(
        f'<figure><a href="{shot.name}"><img src="{shot.name}" loading="lazy" alt=""></a>'
        f"<figcaption>{html.escape(' · '.join(shot))}</figcaption></figure>\n"
        for shot in taken
    )
    style = (
        "body{margin:1rem;background:#888;font:13px sans-serif;display:grid;gap:1rem;"
        "grid-template-columns:2fr 2fr 1fr 1fr}figure{margin:0}img{width:100%;height:26rem;object-fit:cover;"
        "object-position:top}"
    )
    return f"<!doctype html><meta charset=utf-8><title>Contact sheet</title><style>{style}</style>\n{rows}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", action="append", choices=[*KINDS, "search"], help="only pages of this kind")
    parser.add_argument("--language", action="append", choices=LANGUAGES, help="only in this language")
    out = ROOT / ".nbpublish" / "contact-sheet"
    parser.add_argument("--out", type=Path, default=out, help="folder for the pictures")
    parser.add_argument("--guide", action="store_true", help="only the pictures of the guide")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    wanted = list(shots(options.kind or [*KINDS, "search"], options.language or [*LANGUAGES]))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
        if options.guide:
            print(*guide(browser, Path(folder), ROOT / "docs_src" / "guide" / "img"))
            return
        languages = {shot.language for shot in wanted}
        sites = {language: build_kinds(language, Path(folder) / language) for language in languages}
        for shot in wanted:
            picture(browser, sites[shot.language], shot).save(options.out / shot.name)
    (options.out / "index.html").write_text(sheet(wanted), encoding="utf-8")
    print(f"{len(wanted)} pictures: {options.out / 'index.html'}")


if __name__ == "__main__":
    main()
