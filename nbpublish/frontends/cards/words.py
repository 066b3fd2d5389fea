"""What stands on a card."""

from __future__ import annotations

from dataclasses import dataclass

ACCENT = "#0a5a8f"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a card, and the colour beside them."""

    title: str
    site: str
    """Above the title: the name of the site, or what it is about."""
    place: str = ""
    """Where the page is: the part of the course, the address of the site."""
    accent: str = ACCENT
    """As CSS writes it."""
