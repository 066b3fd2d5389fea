"""Where a reader can open a notebook to run it: addresses of other hosts, each only where it leads to the notebook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

SERVICES = {"molab": "molab", "colab": "Colab", "binder": "Binder", "github": "GitHub"}
"""Services by the name that the setting has for them."""
PLACES = ("owner", "repo", "branch", "path", "ipynb")
"""What the address of a service of one's own may hold."""
REASONS = {
    "molab": "molab opens notebooks of marimo that are on GitHub",
    "colab": "Colab opens notebooks that are on GitHub as .ipynb; where the sources are .py files, the setting "
    "`site_branch` names the branch that holds the published site, if there is one",
    "binder": "Binder opens .ipynb files and, through jupytext, scripts with cells that are on GitHub",
    "github": "repo_url does not lead to GitHub",
}
"""What a service needs, for an author whose notebooks it cannot open."""
_EDIT = re.compile(
    r"https://github\.com/(?P<owner>[^/]+)/(?P<repo>[^/]+)/(?:edit|blob|raw|tree)/(?P<branch>[^/]+)/(?P<path>.+)"
)
_IN_JUPYTER = ("ipynb", "percent", "light", "gallery")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a notebook is to be found."""

    owner: str = ""
    repo: str = ""
    branch: str = ""
    path: str = ""
    """Of the file in its repository on GitHub; empty where it is in none."""
    exported: str = ""
    """Path in the site of the notebook as `.ipynb`; empty where the site has none."""
    ipynb: str = ""
    """Its address; empty where the site's own is not known."""

    @property
    def values(self) -> Mapping[str, str]:
        return {name: quote(getattr(self, name)) for name in PLACES[:-1]} | {"ipynb": self.ipynb}


def place_of(edit_url: str | None, exported: str = "", ipynb: str = "") -> Place:
    """Where the page's edit link says that the file is."""
    found = _EDIT.fullmatch((edit_url or "").partition("?")[0].partition("#")[0])
    return Place(**found.groupdict(), exported=exported, ipynb=ipynb) if found else Place(ipynb=ipynb)


def address(service: str, pattern: str, place: Place, format: str, site_branch: str | None) -> str:
    """Where `service` opens a notebook of a format; empty where it cannot."""
    if pattern:
        needed = {name for name in PLACES if f"{{{name}}}" in pattern}
        return pattern.format(**place.values) if all(place.values[name] for name in needed) else ""
    if not place.path:
        return ""
    start = f"{place.owner}/{place.repo}"
    blob = f"{start}/blob/{place.branch}/{quote(place.path)}"
    if service == "github":
        return f"https://github.com/{blob}"
    if service == "molab":
        return f"https://molab.marimo.io/github/{blob}" if format == "marimo" else ""
    if service == "colab":
        if site_branch and place.exported:
            blob = f"{start}/blob/{site_branch}/{quote(place.exported)}"
        elif format != "ipynb":
            return ""
        return f"https://colab.research.google.com/github/{blob}"
    path = quote(place.path, safe="")
    return f"https://mybinder.org/v2/gh/{start}/{place.branch}?labpath={path}" if format in _IN_JUPYTER else ""
