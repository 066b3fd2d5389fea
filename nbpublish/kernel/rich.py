"""Rich displays: a value → its mimebundle, where we know its library better than IPython's formatters do.

Nothing is imported to find out: a value of a library that nobody imported does not exist. What IPython's formatters
give for all other values goes through `steady` too.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from nbpublish.kernel.bridge import Bridge, Surroundings
from nbpublish.kernel.bundle import Bundle
from nbpublish.kernel.interact import replace_interact
from nbpublish.kernel.jupyter_controls import controls_in, shown_within
from nbpublish.kernel.rich_altair import chart
from nbpublish.kernel.rich_html import steady
from nbpublish.kernel.rich_plotly import figure
from nbpublish.kernel.rich_tables import table
from nbpublish.kernel.rich_widgets import VIEW, widget
from nbpublish.model import Control, Output


class RichBridge(Bridge):
    """Shows the values of all libraries that `rich` knows."""

    def __init__(self, session: Surroundings) -> None:
        self.every_row = session.notebook.format == "marimo"
        self._namespace = session.namespace
        self._stack = ExitStack()
        session.when_imported("ipywidgets", lambda: replace_interact(session.show, self._stack))

    def outputs_of(self, value: object) -> list[Output] | None:
        bundle = rich(value, every_row=self.every_row)
        if bundle and VIEW in bundle[0] and (controls := shown_within(value, self._namespace)):
            bundle[1]["controls"] = controls
        return [Output("display", *bundle)] if bundle else None

    def close(self) -> None:
        self._stack.close()

    def controls_in(self, name: str, value: object) -> list[Control]:
        return controls_in(name, value)


def bridge(session: Surroundings) -> Bridge:
    return RichBridge(session)


def rich(value: Any, *, every_row: bool = False) -> Bundle | None:
    """The bundle of a data frame, chart, figure or widget of a known library; None for anything else.

    `every_row` shows data frames as marimo does, see `rich_tables.table`. Raises what the library raises.
    """
    if isinstance(value, type):
        return None
    found = table(value, every_row=every_row) or chart(value) or figure(value) or widget(value)
    return steady(*found) if found else None
