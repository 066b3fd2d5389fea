"""The values that flow through nbpublish. Read this first: the values, by what they are of.

A file's text becomes a `Notebook` of `Cell`s. Its `Graph` says which cell feeds which. Running a cell gives a
`Trace` with its `Output`s; all traces of one build of one notebook are a `Run`. A `Run` becomes a `Page`, and
pages become the site. Whatever the author can put right is a `Problem` on the way.

    text ─formats→ Notebook ─graph→ Graph ─build→ Run ─page→ Page ─→ site
                                                          └─diff→ Patch ─→ preview

Values are frozen, picklable and compare by content. They hold data and properties derived from it; nothing here
acts, and nothing here imports another room.
"""

from __future__ import annotations

from nbpublish.model.graph import Graph, Names
from nbpublish.model.notebook import Cell, Notebook, Options, Problem, Visibility
from nbpublish.model.outputs import ERROR, MISSING_GLYPHS, OWN_FAULT, Channel, ErrorData, FrameData, Output
from nbpublish.model.pages import Asset, Fragment, Heading, Page, Patch
from nbpublish.model.run import Cause, Reason, Run
from nbpublish.model.traces import Observation, Task, Trace, Version
from nbpublish.model.widgets import (
    MOST_PLACES,
    Budget,
    Control,
    Decision,
    Extent,
    Given,
    Library,
    Made,
    Still,
    Widget,
    counted,
    placed,
    title_of,
)

__all__ = [
    "ERROR",
    "MISSING_GLYPHS",
    "MOST_PLACES",
    "OWN_FAULT",
    "Asset",
    "Budget",
    "Cause",
    "Cell",
    "Channel",
    "Control",
    "Decision",
    "ErrorData",
    "Extent",
    "Fragment",
    "FrameData",
    "Given",
    "Graph",
    "Heading",
    "Library",
    "Made",
    "Names",
    "Notebook",
    "Observation",
    "Options",
    "Output",
    "Page",
    "Patch",
    "Problem",
    "Reason",
    "Run",
    "Still",
    "Task",
    "Trace",
    "Version",
    "Visibility",
    "Widget",
    "counted",
    "placed",
    "title_of",
]
