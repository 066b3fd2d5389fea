"""The script of Vega and Vega-Lite, which the site brings to readers who ask for a chart.

It comes out of vl-convert, which draws the pictures: it holds the modules, and bundles them in some seconds. The store
keeps the bundle by vl-convert's version.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.metadata
from dataclasses import dataclass, field

from nbpublish.build import Store
from nbpublish.model import Asset
from nbpublish.page.settings import Library


@dataclass(frozen=True)
class Bundle:
    """The script as the store keeps it: it sets `window.vegaEmbed`."""

    script: str


@dataclass(frozen=True)
class VegaLibrary:
    """Gives the library for each version of Vega-Lite, where vl-convert is installed."""

    store: Store = field(repr=False)
    _made: dict[str, Library] = field(default_factory=dict, repr=False)

    def __call__(self, version: str) -> Library | None:
        try:
            ours = importlib.metadata.version("vl-convert-python")
            import vl_convert
        except ImportError:
            return None
        exact = _newest(version, vl_convert.get_vegalite_versions())
        if exact not in self._made:
            made = self.store.derive(f"vega {exact}", ours, Bundle, lambda: Bundle(_bundled(exact)))
            data = made.script.encode()
            name = f"vega-{hashlib.sha256(data).hexdigest()[:16]}.min.js"
            self._made[exact] = Library(Asset(name, data), len(gzip.compress(data, 6, mtime=0)))
        return self._made[exact]


def _newest(version: str, known: list[str]) -> str:
    """Of the versions that vl-convert knows, the newest that understands charts of a major version."""
    fitting = [exact for exact in known if exact.partition(".")[0] == version]
    return (fitting or known)[-1]


def _bundled(version: str) -> str:
    import vl_convert

    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=version))
