"""The script of the installed Plotly, which the site brings to readers who ask for a chart."""

from __future__ import annotations

import functools
import gzip
import hashlib
import importlib.util
from pathlib import Path

from nbpublish.model import Asset
from nbpublish.page.settings import Library


@functools.cache
def installed_plotly() -> Library | None:
    """The library that Plotly's package carries, read once; None where there is none.

    The package is not imported: that takes longer than reading the file.
    """
    found = importlib.util.find_spec("plotly")
    for folder in (found.submodule_search_locations if found else None) or ():
        path = Path(folder) / "package_data" / "plotly.min.js"
        if path.is_file():
            data = path.read_bytes()
            name = f"plotly-{hashlib.sha256(data).hexdigest()[:16]}.min.js"
            return Library(Asset(name, data), len(gzip.compress(data, 6, mtime=0)))
    return None
