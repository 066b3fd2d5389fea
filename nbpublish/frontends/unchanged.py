"""Before a build: would it give what is there already? After it: what the next one must look at to know.

This is the way of a build in which nothing changed, so it imports neither MkDocs nor anything that is not needed.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbpublish.frontends import places
from nbpublish.frontends.summary import Summary
from nbpublish.model import Problem
from nbpublish.stamp.stamp import Stamp, keep, python_here, recall, today, tree_of
from nbpublish.stamp.watch import Watch, watching

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

    from nbpublish.project import Standing

log = logging.getLogger("mkdocs.plugins.nbpublish.unchanged")

_STARTED = ("nbpublish.executors.spawn", "nbpublish.executors.folders", "nbpublish.executors.processes")
"""Modules that start kernels: what these do is known."""
_PLUGINS = frozenset(
    {"nbpublish", "search", "autorefs", "mkdocs-autorefs", "mkdocstrings", "redirects", "glightbox"}
    | {"material/search", "material/tags", "material/blog", "material/meta"}
)
"""Plugins whose part of the site is made from files and settings alone: not from the time, say."""
_EXTENSIONS = frozenset({"markdown", "pymdownx", "mkdocs", "material", "mkdocs_autorefs", "mkdocstrings", "nbpublish"})
"""Packages of which the same is known of their extensions of Markdown."""


@dataclass(frozen=True, slots=True)
class Look:
    """What stands of the last build."""

    stamp: Stamp | None = None
    """None where building again might give another site."""
    changed: str | None = None
    """A path or something else that is not as it was then; None also where there was no last build."""

    @property
    def is_of_code(self) -> bool:
        """Whether cells will probably run: a notebook, a module or a table of data changed."""
        return self.changed is not None and self.changed.endswith((".py", ".ipynb", ".csv", ".json", ".parquet"))

    @property
    def is_of_marimo(self) -> bool:
        """Whether a notebook of marimo's changed, as far as that shows without reading it as one."""
        try:
            return bool(self.changed) and b"marimo.App(" in Path(str(self.changed)).read_bytes()
        except OSError:
            return False


def is_enough(look: Look, strict: bool, keep_going: bool, *, as_json: bool, quiet: bool, started: float) -> bool:
    """Whether building would give the site that is there already; then what a build has to say has been said.

    Ends the process with 1 where a build would, because of problems under which the site was published all the same.
    """
    if look.stamp is None:
        return False
    summary = summary_of(look.stamp, time.monotonic() - started)
    failed = summary.failed(strict=strict or bool(look.stamp.result["strict"]))
    if failed and not keep_going:
        return False
    tell(look.stamp, summary, as_json=as_json, quiet=quiet)
    if failed:
        sys.exit(1)
    return True


def look_at(folder: Path, config_file: Path | None) -> Look:
    """Whether building again would give the same site as the last build."""
    config_file = config_file or places.find_config(folder)
    work = places.work_beside(places.likely_site(folder, config_file), config_file)
    if any(work.glob("build-*")):  # a build was killed, and what it has left is removed by the next one
        return Look()
    stamp = recall(places.stamp_place(work, folder, config_file))
    if stamp is None:
        return Look()
    if (changed := stamp.changed(places.command(folder, config_file))) is not None:
        log.debug("The site is built, because of %s", changed)
        return Look(changed=changed)
    return Look(stamp)


def summary_of(stamp: Stamp, seconds: float) -> Summary:
    """What a build would have to say that reuses everything."""
    result = stamp.result
    cells = dict(result["cells"])
    cells["reused"] += cells["run"]
    cells["run"] = 0
    problems = tuple(Problem(**problem) for problem in result["problems"])
    return Summary(result["pages"], cells, seconds, problems)


@contextmanager
def looking_on() -> Iterator[Watch]:
    """Notes what a build looks at, for `remember`."""
    with watching(*_STARTED) as watch:
        yield watch


def remember(
    watch: Watch, folder: Path, config_file: Path | None, config: MkDocsConfig, site: Path, summary: Summary
) -> str | None:
    """Leave a stamp for the site that was just put in its place; where none can be left, what hinders it."""
    from nbpublish.frontends.configuration import PLUGIN
    from nbpublish.frontends.mkdocs import NbpublishPlugin

    own = config.config_file_path
    work, plugin = places.work_beside(site, Path(own) if own else None), config.plugins[PLUGIN]
    assert isinstance(plugin, NbpublishPlugin)
    place = places.stamp_place(work, folder, config_file)
    place.unlink(missing_ok=True)
    root = Path(config.docs_dir).resolve()
    hindrances = [*watch.unknown, *_unpredictable(config), *_ask_again(watch, plugin.standings, root)]
    looks = watch.looks(str(site), str(work))
    if changed := looks.changed():
        hindrances.append(f"{changed}, which changed during the build")
    if hindrances:
        log.debug("No stamp is left, because of %s", hindrances[0])
        return hindrances[0]
    result = {
        "pages": summary.pages,
        "cells": summary.cells,
        "problems": [asdict(problem) for problem in summary.problems],
        "strict": plugin.strict,
        "docs": str(Path(config.docs_dir)),
    }
    ends = [standing.expires for standing in plugin.standings.values() if standing and standing.expires is not None]
    command, tree = places.command(folder, config_file), tree_of(str(site))
    keep(Stamp(command, looks, str(site), tree, result, min(ends, default=None), python_here(), today()), place)
    return None


def _ask_again(watch: Watch, standings: Mapping[str, Standing | None], root: Path) -> Iterator[str]:
    """Let `watch` look at all that the runs stand on; what cannot be looked at again."""
    for path, standing in standings.items():
        if standing is None:
            yield f"{path}, which would run again"
            continue
        for kind, subject in standing.answers:
            if kind in ("environment", "unset", "variables"):
                for variable in subject.split():  # of which only "unset" names more than one
                    watch.variable(variable)
            else:  # the world has answered from files, which were looked at meanwhile; most are named
                watch.look(root / subject)


def _unpredictable(config: MkDocsConfig) -> Iterator[str]:
    """What of the configuration might give another site from the same files."""
    if config.hooks:
        yield "hooks"
    for name, plugin in config.plugins.items():
        if name not in _PLUGINS:
            yield f"the plugin {name}"
        if name.startswith("material/blog") and plugin.config.get("draft_if_in_future"):
            yield "posts that appear at their time"
    for extension in config.markdown_extensions:
        if _package(extension) not in _EXTENSIONS:
            yield f"the extension {extension}"


def _package(extension: Any) -> str:
    """The package that an extension of Markdown comes from, named as in mkdocs.yml or given as an object."""
    from markdown.util import get_installed_extensions  # type: ignore[import-untyped]

    if not isinstance(extension, str):
        return type(extension).__module__.partition(".")[0]
    module: str = next((found.value for found in get_installed_extensions() if found.name == extension), extension)
    return module.partition(".")[0].partition(":")[0]


def tell(stamp: Stamp, summary: Summary, *, as_json: bool, quiet: bool) -> None:
    """Say what a build says."""
    import click

    docs = Path(stamp.result["docs"])
    if summary.problems or as_json or os.environ.get("GITHUB_ACTIONS"):
        from nbpublish.frontends import report

        report.show_problems(report.console(), summary.problems, docs)
        report.show_on_github(summary, docs)
    if not quiet:
        did = f"Nothing changed, {places.shown(Path(stamp.site))} is up to date"
        line, faults, colour = summary.line(did)
        colour = colour if "NO_COLOR" not in os.environ else ""
        click.echo(line + (click.style(faults, fg=colour) if colour else faults), err=True)
    if as_json:
        report.print_json(summary)

