"""Mermaid's command line, `mmdc`, where it is installed: it draws what we do not draw ourselves.

It starts a browser, which takes seconds, so drawings are kept in the store by what they are made from.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from nbpublish.build import Store
from nbpublish.page.settings import RefusedError, no_renderer

PATIENCE = 60.0
"""Seconds for which a drawing is waited for. The program drives a browser, and a browser may never answer."""
_CONFIG = {"theme": "neutral", "deterministicIds": True, "deterministicIDSeed": "nb", "htmlLabels": False}


@dataclass(frozen=True)
class Installed:
    """A program that was found."""

    path: str
    version: str
    """Changes with the program."""


def find_mermaid() -> Installed | None:
    """The program on the path; None where there is none that can be read."""
    found = shutil.which("mmdc")
    if not found:
        return None
    program = Path(found).resolve()
    manifest = program.parent.parent / "package.json"
    try:
        known = (manifest if manifest.is_file() else program).read_bytes()
    except OSError:
        return None
    return Installed(found, hashlib.sha256(known).hexdigest()[:16])


@dataclass(frozen=True)
class Drawn:
    """A drawing as the store keeps it."""

    svg: str


@dataclass(frozen=True)
class MermaidProgram:
    """Draws diagrams with the program that was found."""

    installed: Installed
    store: Store = field(repr=False)
    refused: list[str] = field(default_factory=list, repr=False)
    """What it said of diagrams that it did not draw. Another time it may: such a page is not kept."""

    def __call__(self, source: str) -> bytes:
        name = hashlib.sha256(source.encode(errors="surrogatepass")).hexdigest()
        key = json.dumps([self.installed.version, _CONFIG, source])
        try:
            return self.store.derive(f"mermaid {name}", key, Drawn, lambda: Drawn(self._draw(source))).svg.encode()
        except subprocess.CalledProcessError as error:
            self.refused.append(_first_line(error.stderr))
        except subprocess.TimeoutExpired:
            self.refused.append(f"mmdc gave no answer within {PATIENCE:.0f} s.")
        except (OSError, ValueError) as error:
            self.refused.append(str(error))
        raise RefusedError(self.refused[-1])

    def _draw(self, source: str) -> str:
        """Raises OSError or SubprocessError."""
        with tempfile.TemporaryDirectory(prefix="nbpublish-") as folder:
            there = Path(folder)
            (there / "in.mmd").write_text(source, encoding="utf-8")
            (there / "config.json").write_text(json.dumps(_CONFIG), encoding="utf-8")
            command = [self.installed.path, "-i", "in.mmd", "-o", "out.svg", "-c", "config.json"]
            command += ["-b", "transparent", "-q"]
            if hasattr(os, "geteuid") and os.geteuid() == 0:  # as in containers, where Chromium has no sandbox
                (there / "browser.json").write_text(json.dumps({"args": ["--no-sandbox"]}), encoding="utf-8")
                command += ["-p", "browser.json"]
            subprocess.run(command, cwd=there, check=True, timeout=PATIENCE, capture_output=True)
            return with_size((there / "out.svg").read_text(encoding="utf-8"))


def _first_line(said: bytes) -> str:
    lines = (re.sub(r"\x1b\[[\d;]*m", "", line).strip() for line in said.decode("utf-8", "replace").splitlines())
    return next((line.removeprefix("Error: ") for line in lines if line), "mmdc failed and said nothing.")


def with_size(svg: str) -> str:
    """Mermaid's drawing with the size of its view box, in place of the width of whatever is around it."""
    box = re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"', svg)
    if not box:
        return svg
    start, end, rest = svg.partition(">")
    start = re.sub(r'\s(?:width|height|style)="[^"]*"', "", start)
    return f'{start} width="{round(float(box[1]))}" height="{round(float(box[2]))}"{end}{rest}'


def drawn_by(installed: Installed | None, store: Store) -> Callable[[str], bytes | None]:
    """What draws the diagrams of a page; nothing where no program was found."""
    return MermaidProgram(installed, store) if installed else no_renderer
