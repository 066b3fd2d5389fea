"""Diagrams that a program of this machine draws."""

from __future__ import annotations

from collections.abc import Callable

from nbpublish.page.assets import Assets
from nbpublish.page.settings import PageSettings


def picture_of(settings: PageSettings, assets: Assets) -> Callable[[str], str | None]:
    """Gives the address of a diagram's picture, which joins the files of the page; None where nothing draws it."""

    def picture(source: str) -> str | None:
        svg = settings.diagrams(source)
        return assets.add(svg, "image/svg+xml") if svg else None

    return picture
