"""What stands under `plugins: - nbpublish:` in mkdocs.yml, checked and turned into `Settings`."""

from __future__ import annotations

import math
import re
from dataclasses import fields
from pathlib import Path
from typing import Literal

from mkdocs.config import base
from mkdocs.config import config_options as c

from nbpublish.frontends.launch import PLACES, SERVICES
from nbpublish.model import Budget, Visibility
from nbpublish.project import Settings, is_export

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?", re.IGNORECASE)
_DEFAULT = Settings()
FILES = ("source", "ipynb", "markdown")
Numbers = Literal["chapter", "page"]
"""Where figures, tables, equations and listings are counted from one."""


class Whole(c.OptionallyRequired[int]):
    """A whole number from 1."""

    def run_validation(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise base.ValidationError(f"Expected a whole number from 1, such as 2, and found {value!r}.")
        return value


class Seconds(c.OptionallyRequired[float]):
    """Seconds above 0; `false` stands for no limit and becomes infinity."""

    def run_validation(self, value: object) -> float:
        if value is False:
            return math.inf
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            raise base.ValidationError(f"Expected seconds, such as 60, or false for no limit, and found {value!r}.")
        return float(value)


class Size(c.OptionallyRequired[int]):
    """Bytes, written such as 500000, 2 GB or 512 MiB."""

    def run_validation(self, value: object) -> int:
        match = None if isinstance(value, bool) else _SIZE.fullmatch(str(value).strip())
        size = int(float(match[1]) * _UNITS.get(match[2].lower(), 0)) if match else 0
        if size < 1:
            raise base.ValidationError(f"Expected a size, such as 2 GB or 512 MiB, and found {value!r}.")
        return size


class Patterns(c.OptionallyRequired[list[str]]):
    """Patterns as in `.gitignore`, as a list or one to a line."""

    def run_validation(self, value: object) -> list[str]:
        lines = value.splitlines() if isinstance(value, str) else value
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            raise base.ValidationError(f"Expected patterns such as drafts/*.py, a list or text, and found {value!r}.")
        return [line.strip() for line in lines if line.strip()]


class Outputs(c.Dir):
    """A folder, relative to mkdocs.yml, that holds exported outputs, or nothing as yet."""

    def run_validation(self, value: object) -> str:
        folder = Path(str(super().run_validation(value)))
        if folder.is_dir() and any(folder.iterdir()) and not is_export(folder):
            raise base.ValidationError(
                f"{value} holds something else than outputs of nbpublish. "
                "`nbpublish cache export --outputs-only DIR` writes such a folder."
            )
        return str(folder)


class Services(c.OptionallyRequired[list[tuple[str, str]]]):
    """Where notebooks can be opened: names of services that we know, or a name of one's own with a pattern of address.

    Gives names with their patterns; the pattern of a service that we know is empty.
    """

    def run_validation(self, value: object) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, str) and entry.lower() in SERVICES:
                found.append((entry.lower(), ""))
            elif isinstance(entry, dict) and all(isinstance(part, str) for pair in entry.items() for part in pair):
                found += [(name, _pattern(pattern)) for name, pattern in entry.items()]
            else:
                known = ", ".join(SERVICES)
                raise base.ValidationError(f"Expected some of {known}, or `Name: address`, and found {entry!r}.")
        return found


def _pattern(pattern: str) -> str:
    try:
        pattern.format(**dict.fromkeys(PLACES, ""))
    except (LookupError, ValueError) as error:
        known = ", ".join(f"{{{name}}}" for name in PLACES)
        raise base.ValidationError(f"The address {pattern!r} may hold {known}, and nothing else in braces.") from error
    return pattern


class Live(Services):
    """Where the button on each page leads: as `Services`, or `true` for molab; `false` for no button."""

    def run_validation(self, value: object) -> list[tuple[str, str]]:
        if isinstance(value, bool):
            value = ["molab"] if value else []
        return super().run_validation(value)


class Widgets(c.OptionallyRequired[Budget]):
    """What may be computed ahead for widgets: `false` for nothing, or some of the budget's numbers."""

    def run_validation(self, value: object) -> Budget:
        if isinstance(value, Budget):
            return value
        if value is False:
            return Budget(states=1)
        known = {each.name for each in fields(Budget)}
        if not isinstance(value, dict) or not value.keys() <= known:
            names = ", ".join(sorted(known))
            raise base.ValidationError(f"Expected false, or some of {names} with a value each, and found {value!r}.")
        sizes = {"bytes": Size(), "output_bytes": Size()}
        checks = {"states": Whole(), "seconds": Seconds(), **sizes, "network": c.Type(bool)}
        found = {name: checks[name].run_validation(each) for name, each in value.items()}  # type: ignore[attr-defined]
        return Budget(**found)


class Options(base.Config):  # type: ignore[no-untyped-call]  # of MkDocs's subclass hook
    """The plugin's options; `Settings` tells what each of them means.

    `numbers` says whether figures are numbered by chapter or by page, which is known once all pages are written.
    """

    execute = c.Type(bool, default=_DEFAULT.execute)
    jobs = c.Optional(Whole())
    timeout = Seconds(default=_DEFAULT.timeout)
    notebook_timeout = c.Optional(Seconds())
    memory = c.Optional(Size())
    output = Size(default=_DEFAULT.output)
    outputs = c.Optional(Outputs())
    code = c.Choice[Visibility](("show", "fold", "hide"), default=_DEFAULT.code)
    numbers = c.Choice[Numbers](("chapter", "page"), default="chapter")
    include = Patterns(default=[])
    exclude = Patterns(default=[])
    about = c.Type(bool, default=True)
    """Whether pages of notebooks end with what they were made from and with."""
    downloads = c.ListOfItems(c.Choice(FILES), default=list(FILES))
    """What readers can take along of each notebook."""
    open_in = Services(default=[])
    """Where readers can open a notebook."""
    live = Live(default=[])
    """Where a button on each page opens it."""
    site_branch = c.Optional(c.Type(str))
    """Branch of the repository that holds the published site, as `mkdocs gh-deploy` makes it."""
    date = c.Type(bool, default=False)
    """Whether the day of the last commit is shown."""
    widgets = Widgets(default=_DEFAULT.widgets)
    llms = c.Choice[bool | str]((True, False, "full"), default=True)
    """Whether programs find the site as Markdown; "full": in one file, too."""
    cards = c.Optional(c.Type(bool))
    """Whether each page has a picture for social networks; None: under our theme, where the site has an address."""
    math_font = c.Optional(c.File(exists=True))
    """Font for formulas, of which readers get what stands on the site."""
    card_font = c.Optional(c.File(exists=True))
    """Font file for them."""

    @property
    def settings(self) -> Settings:
        return Settings(
            execute=self.execute,
            jobs=self.jobs,
            timeout=_limit(self.timeout),
            notebook_timeout=_limit(self.notebook_timeout),
            memory=self.memory,
            output=self.output,
            outputs=Path(self.outputs) if self.outputs else None,
            code=self.code,
            include=tuple(self.include),
            exclude=tuple(self.exclude),
            widgets=self.widgets if self.widgets.states > 1 else None,
        )


def _limit(seconds: float | None) -> float | None:
    return None if seconds is None or math.isinf(seconds) else seconds
