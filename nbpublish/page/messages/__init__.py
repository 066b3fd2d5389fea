"""The words we add to a page, in the language of its reader. A translation is a file here and a line in `LANGUAGES`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from html import escape

from nbpublish.page.messages.en import WORDS as EN
from nbpublish.page.messages.ja import WORDS as JA

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": EN, "ja": JA}


class Words:
    """The words of one language; what it lacks is said in English."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._words = _words_in(language.replace("_", "-").lower())

    def __call__(self, key: str, **values: object) -> str:
        """The message as plain text. Raises KeyError for a message that no language has."""
        return self._template(key, values).format(**values)

    def html(self, key: str, **values: str) -> str:
        """The message as HTML, into which `values` go as HTML."""
        return escape(self._template(key, values), quote=False).format(**values)

    def _template(self, key: str, values: Mapping[str, object]) -> str:
        """A message with a `count` may have a form of its own for one."""
        one = self._words.get(f"{key}.one") if str(values.get("count")) == "1" else None
        return one or self._words[key]


@functools.cache
def _words_in(code: str) -> Mapping[str, str]:
    """All words of a language, as "ja" or "pt-br"."""
    found = dict(EN)
    for words in (LANGUAGES.get(code.partition("-")[0], {}), LANGUAGES.get(code, {})):
        for key in words:
            found.pop(f"{key}.one", None)  # a form for one belongs to the language of its message
        found |= words
    return found
