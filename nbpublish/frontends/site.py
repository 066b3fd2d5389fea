"""A configuration → a folder of pages and the summary of how it went, through MkDocs's own build."""

from __future__ import annotations

import logging
import re
import threading
import time
from pathlib import Path

from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config.defaults import MkDocsConfig

from nbpublish.build import Report
from nbpublish.errors import SiteError, Superseded
from nbpublish.frontends.configuration import PLUGIN, described
from nbpublish.frontends.mkdocs import NbpublishPlugin
from nbpublish.frontends.places import shown
from nbpublish.frontends.summary import Summary, summarise
from nbpublish.model import Problem
from nbpublish.project import Project

_DOC_FILE = re.compile(
    r"(?:Doc file|Excluded page|Page) '(?P<path>[^']+)' "
    r"contains an? (?P<kind>[a-z ]*link) '(?P<link>[^']+)'(?P<rest>.*)"
)

_NOTHING = (
    "{} holds no notebook and no page, so there is nothing to publish. Notebooks are .py files of marimo or with "
    "`# %%` cells and .ipynb files, pages are .md files. `nbpublish new FOLDER` writes some to start from."
)


def make_site(
    config: MkDocsConfig, into: Path, project: Project, *, report: Report | None = None, lints: bool = False
) -> Summary:
    """Build all pages into the folder `into`; the executor and the store of `project` are used, and left open.

    Warnings of MkDocs and of its plugins are problems of the summary. Raises SiteError where MkDocs gives up.
    """
    start = time.monotonic()
    plugin = config.plugins[PLUGIN]
    assert isinstance(plugin, NbpublishPlugin)
    plugin.report = report
    plugin.project = project
    config.site_dir = str(into)
    plugin.strict, plugin.lints = config.strict, lints
    config.strict = False  # all problems are wanted, not only the first; the caller decides what they mean
    said = Warnings(Path(config.docs_dir))
    with said:
        config.plugins.on_startup(command="build", dirty=False)
        try:
            mkdocs_build(config)
        except Superseded:
            raise
        except (Exception, SystemExit) as error:  # of MkDocs, of another plugin, of a template
            raise SiteError(_stopped(error, said.errors)) from error
        finally:
            config.plugins.on_shutdown()
            plugin.lints = False  # MkDocs keeps its plugins for the next build in this process
    if not plugin.written:
        raise SiteError(_NOTHING.format(shown(Path(config.docs_dir))))
    problems = (*plugin.problems, *said.problems)
    made = [run for path, run in plugin.runs.made.items() if path not in plugin.held]
    held = [kept.cells for kept in plugin.held.values()]
    return summarise(made, problems, pages=plugin.written, seconds=time.monotonic() - start, held=held)


def _stopped(error: BaseException, said: list[str]) -> str:
    """What ended MkDocs's build, and where, with the errors that were logged before."""
    lines = dict.fromkeys([*said, described(error)])
    return "MkDocs could not build the site:\n" + "\n".join(f"  {line}" for line in lines if line.strip())


class Warnings(logging.Handler):
    """Takes what MkDocs and its plugins log as warnings in this thread, in place of the terminal, and makes problems
    of it."""

    def __init__(self, docs: Path) -> None:
        super().__init__(logging.WARNING)
        self._docs = docs
        self._logger = logging.getLogger("mkdocs")
        self._thread = threading.get_ident()
        self.problems: list[Problem] = []
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(f"mkdocs.plugins.{PLUGIN}") or record.thread != self._thread:
            return  # the plugin hands over its problems as values
        text = record.getMessage()
        if record.levelno >= logging.ERROR:
            self.errors.append(text)
        if found := _DOC_FILE.match(text):
            path = found["path"]
            line = _line_of(self._docs / path, found["link"])
            self.problems.append(Problem("broken-link", _about_link(found), path, line, severity="warning"))
        else:
            self.problems.append(Problem("mkdocs", text, "mkdocs.yml", 1, severity="warning"))

    def __enter__(self) -> Warnings:
        self._propagate, self._logger.propagate = self._logger.propagate, False
        self._logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self)
        self._logger.propagate = self._propagate


def _about_link(said: re.Match[str]) -> str:
    """What MkDocs says of a link, without the name of the page, which is said before, and with the next step."""
    link, rest = f"The {said['kind']} '{said['link']}'", said["rest"]
    if not rest.startswith(", but "):
        return link + rest.replace(", it was", " was", 1)
    remedy = "" if "Did you mean" in rest else " Correct the link, or add what it should lead to."
    return f"{link} leads nowhere: {rest.removeprefix(', but ')}{remedy}"


def _line_of(path: Path, text: str) -> int:
    """The first line of a file in which a text stands; 1 where it is not found, as for links made by a macro."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return 1
    return next((number for number, line in enumerate(lines, 1) if text in line), 1)
