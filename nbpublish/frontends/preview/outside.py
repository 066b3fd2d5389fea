"""What cells look at outside the docs folder, such as data beside it: to be watched like the folder itself."""

from __future__ import annotations

import re

from nbpublish.build import World
from nbpublish.project import Project

_ABSOLUTE = re.compile(r"/|[A-Za-z]:/")


class Noticing(Project):
    """A project that adds to `outside` the paths outside its folder that builds ask about, patterns among them."""

    outside: set[str]
    """May be shared by several projects."""

    def world(self) -> World:
        return _Noting(super().world(), self.outside)


class _Noting:
    """A world whose questions are noted."""

    def __init__(self, world: World, paths: set[str]) -> None:
        self._world, self._paths = world, paths

    def digest(self, kind: str, subject: str) -> str:
        if _ABSOLUTE.match(subject):  # what is below the folder is called by a relative path
            self._paths.add(subject)
        return self._world.digest(kind, subject)

    def forget(self) -> None:
        self._world.forget()
