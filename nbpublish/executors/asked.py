"""A world that remembers what it was asked."""

from __future__ import annotations

from typing import Protocol


class World(Protocol):
    """What kernels would find outside their process."""

    def digest(self, kind: str, subject: str) -> str: ...

    def forget(self) -> None: ...


class Asked:
    """Passes questions on to `world`.

    Where a build reused every cell, it would do so again as long as the world answers these questions in the same way:
    nothing else of the world decided.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.answers: dict[tuple[str, str], str] = {}
        """By kind and subject."""

    def digest(self, kind: str, subject: str) -> str:
        answer = self.answers[kind, subject] = self._world.digest(kind, subject)
        return answer

    def forget(self) -> None:
        self._world.forget()
