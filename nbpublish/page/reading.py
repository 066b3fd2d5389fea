"""How long it takes to read prose.

The rates are those at which adults with normal sight read everyday text aloud in their own language: 357 Japanese
characters and 228 English words a minute (S. Trauzettel-Klosinski, K. Dietz and others: Standardized Assessment of
Reading Performance: The New International Reading Speed Texts IReST. Investigative Ophthalmology & Visual Science 53,
2012, pages 5452–5461). Silent reading is faster; but a course is studied, and its formulas and code, which count as
nothing here, are looked at as well.
"""

from __future__ import annotations

from collections.abc import Iterable

from nbpublish.page.language import letters_and_words

CHARACTERS_A_MINUTE = 357
WORDS_A_MINUTE = 228


def reading_minutes(prose: Iterable[str]) -> int:
    """Whole minutes for Markdown, rounded; 0 for less than a half."""
    characters, words = letters_and_words(prose)
    return round(characters / CHARACTERS_A_MINUTE + words / WORDS_A_MINUTE)
