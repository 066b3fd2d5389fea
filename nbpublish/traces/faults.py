"""What went wrong in a cell, as a problem with a line and a remedy."""

from __future__ import annotations

import re

from nbpublish.model import ERROR, Cell, ErrorData, Notebook, Problem, Trace

_LONGEST = 200
"""Characters of an exception's message that a problem repeats; the page shows all of it."""

_HIDDEN = re.compile(r"'(\w+)' is not a package$|partially initialized module '(\w+)'")
"""How Python says that it has found a file in place of a library, which nobody understands."""

_UNREACHABLE = ("URLError", "gaierror", "ConnectionError", "ConnectionRefusedError", "ConnectError", "ConnectTimeout")
_NETWORK = "Look whether the network is there, or keep a copy of the data beside the notebook."
_REMEDIES = {
    **dict.fromkeys(_UNREACHABLE, _NETWORK),
    "Timeout": "Make the cell faster, or raise `timeout` in the plugin's settings or the cell's options.",
    "MemoryLimit": "Let the cell use less memory, or raise `memory` in the plugin's settings.",
}
_PACKAGES = {
    "PIL": "pillow",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "marimo": "'nbpublish[marimo]'",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""Where a package is not called like its module."""


def fault(notebook: Notebook, cell: Cell, trace: Trace) -> Problem | None:
    """The problem of a cell that failed although it should not, or did not fail although it should."""
    if trace.exit == "stopped":
        return None
    if trace.exit == "ok":
        if trace.cut:
            message = "The cell writes or shows more than a page can hold, and the rest is left out. Let it show less."
            return Problem("output-cut", message, notebook.path, cell.line, cell.id, "warning")
        if running := [seen.subject for seen in trace.observations if seen.kind == "running"]:
            message = (
                f"A {running[0]} goes on when the cell has ended, so all cells below run again whenever one of them "
                "does, and may show something else each time. Wait for it in the same cell, with `join()` or `await`."
            )
            return Problem("left-running", message, notebook.path, cell.line, cell.id, "warning")
        if not cell.options.raises:
            return None
        message = "The cell is marked as raising an exception and raised none. Remove the mark."
        return Problem("no-exception", message, notebook.path, cell.line, cell.id, "warning")
    if cell.options.raises and trace.exit == "failed":
        return None
    error = _error(trace)
    line = next((f["line"] for f in reversed(error["frames"]) if f["path"] == notebook.path), cell.line)
    first_line = _shortened((error["message"].strip().splitlines() or [""])[0])
    message = f"{error['name']}: {first_line}" if first_line else error["name"]
    if remedy := _remedy(error):
        message = f"{message if message[-1] in '?!…' else message.rstrip('.') + '.'} {remedy}"
    code = "cell-failed" if trace.exit == "failed" else "kernel-died"
    return Problem(code, message, notebook.path, line, cell.id)


def _error(trace: Trace) -> ErrorData:
    for output in reversed(trace.outputs):
        if ERROR in output.data:
            data: ErrorData = output.data[ERROR]
            return data
    return ErrorData(name="Error", message="", frames=[])


def _shortened(text: str) -> str:
    """`text` with an ellipsis for what is too much, cut between words where there are any near the end."""
    if len(text) <= _LONGEST:
        return text
    start, blank, rest = text[:_LONGEST].rpartition(" ")
    return f"{start if blank and len(rest) < _LONGEST // 4 else text[:_LONGEST]} …"


def _remedy(error: ErrorData) -> str:
    if hidden := _HIDDEN.search(error["message"]):
        name = hidden[1] or hidden[2]
        return f"Is there a {name}.py beside the notebook? Rename it, because it hides the library of that name."
    if error["name"] == "ModuleNotFoundError":
        module = error["message"].partition("'")[2].partition("'")[0].partition(".")[0]
        return f"Install it where nbpublish runs: `pip install {_PACKAGES.get(module, module)}`." if module else ""
    if error["name"] == "Timeout" and error["message"].startswith("The notebook "):
        return "Make its cells faster, or raise `notebook_timeout` in the plugin's settings."
    return _REMEDIES.get(error["name"], "")
