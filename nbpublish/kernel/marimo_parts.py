"""The parts of marimo that are not public and that the bridge cannot do without.

marimo promises nothing about them, and they move from release to release. Each is looked up by name when it is
needed, and where one is gone the message says which marimo has lost what.
"""

from __future__ import annotations

import importlib
from importlib.metadata import PackageNotFoundError, version
from typing import Any


class MissingPartError(Exception):
    """The installed marimo lacks a part, or it has another shape than we know."""


def part(name: str) -> Any:
    """The object named `module:attribute`, with marimo's name left out of the module's.

    Raises MissingPartError where it is gone.
    """
    module, _, attributes = name.partition(":")
    try:
        found: Any = importlib.import_module(f"marimo.{module}" if module else "marimo")
        for attribute in filter(None, attributes.split(".")):
            found = getattr(found, attribute)
    except (ImportError, AttributeError) as error:
        raise MissingPartError(f"marimo.{name.replace(':', '.')}") from error
    return found


def is_a_part(value: object, name: str) -> bool:
    """Whether `value` is an instance of the class of this name; False where there is no such class."""
    try:
        return isinstance(value, part(name))
    except MissingPartError:
        return False


def named(error: Exception) -> str:
    """What is missing: the part's name, or what a part that has changed says of the call that failed."""
    return str(error) if isinstance(error, MissingPartError) else f"a part ({type(error).__name__}: {error})"


def complaint(missing: list[str]) -> str:
    """What to tell the author of a notebook whose marimo lacks these parts."""
    try:
        installed = version("marimo")
    except PackageNotFoundError:
        installed = "(of unknown version)"
    return (
        f"nbpublish does not know marimo {installed} well: {', '.join(missing)} is missing. What needs it may look "
        "different here. Install the newest nbpublish, or the marimo that its documentation names.\n"
    )
