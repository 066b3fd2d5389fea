"""What stands under `plugins: - nbpublish:` in mkdocs.yml, checked and turned into `Settings`."""

from __future__ import annotations

import math
import re
from pathlib import Path

from mkdocs.config import base
from mkdocs.config import config_options as c

from nbpublish.model import Visibility
from nbpublish.project import Settings, is_export

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?", re.IGNORECASE)
_DEFAULT = Settings()


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


class Options(base.Config):  # type: ignore[no-untyped-call]  # of MkDocs's subclass hook
    """The plugin's options; `Settings` tells what each of them means."""

    execute = c.Type(bool, default=_DEFAULT.execute)
    jobs = c.Optional(Whole())
    timeout = Seconds(default=_DEFAULT.timeout)
    notebook_timeout = c.Optional(Seconds())
    memory = c.Optional(Size())
    output = Size(default=_DEFAULT.output)
    outputs = c.Optional(Outputs())
    code = c.Choice[Visibility](("show", "fold", "hide"), default=_DEFAULT.code)
    include = Patterns(default=[])
    exclude = Patterns(default=[])

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
        )


def _limit(seconds: float | None) -> float | None:
    return None if seconds is None or math.isinf(seconds) else seconds
