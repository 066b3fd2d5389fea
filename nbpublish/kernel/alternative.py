"""What a matplotlib figure says in words, for readers who do not see it: its titles, axis labels and legends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_LONGEST = 500


def words_of(figure: Any) -> str:
    """Titles, labels and legends as the author wrote them, so that no language has to be known; empty if none."""
    parts = [_title(figure), *(part for axes in figure.get_axes() for part in _of_axes(axes)), *_legends(figure)]
    text = "; ".join(dict.fromkeys(part for part in map(_clean, parts) if part))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def title_of(figure: Any) -> str:
    """The figure's title, else that of its only axes; empty if there is none."""
    if title := _clean(_title(figure)):
        return title
    axes = [axes for axes in figure.get_axes() if axes.get_title()]
    return _clean(axes[0].get_title()) if len(axes) == 1 else ""


def _title(figure: Any) -> str:
    title = getattr(figure, "_suptitle", None)
    return str(title.get_text()) if title is not None else ""


def _of_axes(axes: Any) -> Iterator[str]:
    yield from (axes.get_title(loc=place) for place in ("center", "left", "right"))
    names = [axes.get_ylabel(), axes.get_xlabel(), axes.get_zlabel() if hasattr(axes, "get_zlabel") else ""]
    yield ", ".join(filter(None, map(_clean, names)))
    yield from _legends(axes)


def _legends(owner: Any) -> Iterator[str]:
    legends = owner.legends if hasattr(owner, "legends") else filter(None, [owner.get_legend()])
    for legend in legends:
        yield ", ".join(filter(None, [_clean(text.get_text()) for text in legend.get_texts()]))


def _clean(text: str) -> str:
    """One line, without the dollars around mathematics."""
    return " ".join(text.replace("$", "").split())
