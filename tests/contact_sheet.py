"""Photographs one page of each kind, on a desktop and on a phone, light and dark, in Japanese and in English.

    make contact-sheet                                    # 80 pictures and a page that shows them all
    python tests/contact_sheet.py --kind chapter --language ja

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


def picture(browser: Any, site: Path, shot: Shot) -> bytes:
    """A page as a reader sees it, from its beginning, at most `TALLEST` pixels of it."""
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
    tall = 0 if shot.kind == "search" else tab.evaluate("document.documentElement.scrollHeight")
    tab.set_viewport_size({"width": width, "height": min(max(tall, height), TALLEST)})
    tab.wait_for_timeout(150)
    taken: bytes = tab.screenshot()
    context.close()
    return taken


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
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    taken = list(shots(options.kind or [*KINDS, "search"], options.language or [*LANGUAGES]))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
        sites = {shot.language: Path() for shot in taken}
        sites = {language: build_kinds(language, Path(folder) / language) for language in sites}
        for shot in taken:
            found = Image.open(io.BytesIO(picture(browser, sites[shot.language], shot)))
            found.convert("RGB").save(options.out / shot.name)
        browser.close()
    (options.out / "index.html").write_text(sheet(taken), encoding="utf-8")
    print(f"{len(taken)} pictures: {options.out / 'index.html'}")


if __name__ == "__main__":
    main()
