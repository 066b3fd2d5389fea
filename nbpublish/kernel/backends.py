"""matplotlib's windows stay closed: on the author's machine they would pop up, on a server they would fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

DRAWING = frozenset({"agg", "cairo", "pdf", "pgf", "ps", "svg", "template"})
"""Backends that draw into files."""
_OWN = "agg"


def without_windows(choose: Callable[..., Any]) -> Callable[..., Any]:
    """`pyplot.switch_backend`, with a backend that draws where the author wants one with windows.

    matplotlib itself calls it for `matplotlib.use` and for `rcParams["backend"]`. So a notebook that says
    `matplotlib.use("TkAgg")` for its author shows its figures on the page.
    """

    def choose_drawing(backend: Any, *arguments: Any, **options: Any) -> Any:
        wanted = str(backend).lower()
        return choose(backend if wanted in DRAWING else _OWN, *arguments, **options)

    return choose_drawing
