"""Problems as the preview's bar shows them, and the way from there into the author's editor."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nbpublish.model import Problem

VARIABLE = "NBPUBLISH_EDITOR"
DEFAULT = "vscode://file/{path}:{line}"

_PLACE = re.compile(
    r'"(?P<quoted>[^"\n]+)", line (?P<line>\d+)|(?P<path>(?:[A-Za-z]:)?[^\s:"\'()]+)(?::|, line )(?P<number>\d+)'
)
"""A place in a file, as YAML, Python and Jinja write it."""


class Editor:
    """Opens files below the folder `root` as `command` says: an address with `{path}` and `{line}` in it that the
    browser follows, or a command line that is started here. Where neither stands in it, they come at its end.

    `reachable`: whether only this machine can see the preview; others are given no way to it. `config` is mkdocs.yml,
    where there is one.
    """

    def __init__(
        self, root: Path, command: str | None = None, *, reachable: bool = True, config: Path | None = None
    ) -> None:
        self.root = root
        self._config = config
        self._command = command or os.environ.get(VARIABLE) or DEFAULT
        self._reachable = reachable
        self._named: set[Path] = set()
        """Files elsewhere that messages of ours have named, such as mkdocs.yml."""

    @property
    def is_address(self) -> bool:
        return "://" in self._command.partition(" ")[0]

    def described(self, problems: Iterable[Problem]) -> list[dict[str, Any]]:
        """The errors among problems, for the bar: where, what, and the address that opens it, if it is one."""
        found = sorted({p for p in problems if p.severity == "error"}, key=lambda p: (p.path, p.line, p.message))
        return [
            {
                "path": problem.path,
                "line": problem.line,
                "message": problem.message,
                "cell": problem.cell,
                "href": self.address(problem.path, problem.line),
                "acts": self._reachable and not self.is_address,
            }
            for problem in found
        ]

    def address(self, path: str, line: int) -> str | None:
        """What the browser follows to open a file of the docs folder; None where a command is needed."""
        if not (self._reachable and self.is_address):
            return None
        return self._command.format(path=quote(str((self.root / path).resolve()).replace(os.sep, "/")), line=line)

    def place_in(self, message: str) -> dict[str, Any] | None:
        """The last place in a file that a message names, as in the bar; it may be opened from now on."""
        found = [(each["quoted"] or each["path"], each["line"] or each["number"]) for each in _PLACE.finditer(message)]
        places = [((self.root / path).resolve(), int(line)) for path, line in reversed(found)]
        if self._config and self._config.name in message:
            places.append((self._config, 1))
        for file, line in places:
            if file.is_file():
                self._named.add(file)
                acts = self._reachable and not self.is_address
                return {"path": file.name, "line": line, "href": self.address(str(file), line), "acts": acts}
        return None

    def open(self, path: str, line: int) -> bool:
        """Start the editor; False where there is no such file below the root, or no editor to start."""
        file = next((named for named in self._named if named.name == path), (self.root / path).resolve())
        if self.is_address or not self._reachable or not file.is_file():
            return False
        if not (file.is_relative_to(self.root.resolve()) or file in self._named):
            return False
        words = shlex.split(self._command)
        values: Mapping[str, object] = {"path": file, "line": line}
        told = any("{path}" in word for word in words)
        words = [word.format(**values) for word in words] + ([] if told else [f"{file}:{line}"])
        try:
            subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
        except OSError:
            return False
        return True
