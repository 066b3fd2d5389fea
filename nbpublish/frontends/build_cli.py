"""`nbpublish build`: the site of a folder, made anew where something has changed."""

from __future__ import annotations

import gc
import random
import shutil
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nbpublish.errors import KernelError
from nbpublish.frontends.options import (
    EXIT_CODES,
    Share,
    config_option,
    folder_argument,
    jobs_option,
    json_option,
    strict_option,
)

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from rich.console import Console

    from nbpublish.executors.spare import Spare
    from nbpublish.frontends.summary import Summary
    from nbpublish.frontends.unchanged import Look
    from nbpublish.project import Demand


@dataclass(frozen=True)
class _Terms:
    """How a build is done, and when its site is published."""

    demand: Demand
    strict: bool
    """Whether warnings fail too."""
    keep_going: bool
    """Whether a site with problems is published."""
    explain: bool

    @property
    def tells_more(self) -> bool:
        """Whether there is more to tell than how it went."""
        return self.explain or self.demand.frozen or self.demand.verify > 0


@click.command(epilog=EXIT_CODES)
@folder_argument
@config_option
@strict_option
@click.option("--keep-going", is_flag=True, help="Publish the site although there are problems; still exits with 1.")
@click.option("--clean", is_flag=True, help="Forget everything that earlier builds left in .nbpublish first.")
@jobs_option
@json_option
@click.option("-q", "--quiet", is_flag=True, help="Say nothing unless there are problems.")
@click.option("--explain", is_flag=True, help="Tell why each cell was run or reused.")
@click.option("--frozen", is_flag=True, help="Execute nothing; fail where a cell would have to run.")
@click.option("--refresh", is_flag=True, help="Run again what depends on the network, the clock or chance.")
@click.option("--verify", type=Share(), help="Run this share of the reused cells again, as 10% or all, and compare.")
@click.option("--seed", type=int, help="Choose what --verify runs as an earlier build did that printed this number.")
def build(
    folder: Path,
    config_file: Path | None,
    strict: bool,
    keep_going: bool,
    clean: bool,
    jobs: int | None,
    as_json: bool,
    quiet: bool,
    explain: bool,
    frozen: bool,
    refresh: bool,
    verify: float | None,
    seed: int | None,
) -> None:
    """Run the notebooks of FOLDER and write its site.

    Only cells run that a change can have reached; see `nbpublish why`.

    FOLDER holds a mkdocs.yml, or just notebooks and .md pages: then navigation and titles come from folders and
    headings, and the site is written to FOLDER/site.

    \b
    Examples:
      nbpublish build
      nbpublish build lectures --jobs 4
      nbpublish build --strict --json > report.json
    """
    from nbpublish.frontends import unchanged

    if frozen and (refresh or verify):
        raise click.UsageError("--frozen executes nothing, so it cannot refresh or verify. Leave one of them out.")
    asks_more = clean or explain or refresh or verify
    started = time.monotonic()
    look = unchanged.Look() if asks_more else unchanged.look_at(folder, config_file)
    if unchanged.is_enough(look, strict, keep_going, as_json=as_json, quiet=quiet, started=started):
        return
    watch = click.get_current_context().with_resource(unchanged.looking_on())
    spare = _kernel_for(look) if look.is_of_code and not frozen else None
    from nbpublish.frontends import configuration, places
    from nbpublish.frontends import report as shown
    from nbpublish.project import Demand

    with shown.stopped_as_json(as_json):
        config = configuration.load(folder, config_file)
        docs, target = Path(config.docs_dir), Path(config.site_dir).resolve()
        configuration.settings(config, jobs=jobs)
        seed = random.randrange(1_000_000) if seed is None else seed
        demand = Demand(frozen=frozen, refresh=refresh, verify=verify or 0.0, seed=seed)
        terms = _Terms(demand, strict or config.strict, keep_going, explain)
        console = shown.console(quiet=quiet)
        summary, published = _published(config, target, terms, console, clean=clean, spare=spare)
        if published and not verify:  # whose findings belong to this build
            unchanged.remember(watch, folder, config_file, config, target, summary)
        kept = f" ({places.shown(target)} is as it was)" if target.exists() else ""
        did = f"Built {places.shown(target)}" if published else f"Not published{kept}"
        shown.tell(summary, docs, did=did, as_json=as_json, quiet=quiet)
        sys.exit(1 if summary.failed(strict=terms.strict) else 0)


def _kernel_for(look: Look) -> Spare:
    """A process that gets ready to run cells while we load what reads and renders them; it ends with the command."""
    from nbpublish.executors.spare import Spare

    spare = click.get_current_context().with_resource(Spare())
    with suppress(KernelError):  # who wants to run a cell will say it
        spare.start(marimo=look.is_of_marimo)
    return spare


def _published(
    config: MkDocsConfig, target: Path, terms: _Terms, console: Console, *, clean: bool, spare: Spare | None
) -> tuple[Summary, bool]:
    """Make the site aside and put it at `target`, and say whether that was done; it is not where a build has failed."""
    from nbpublish.frontends import configuration, publish, site
    from nbpublish.frontends import report as shown

    gc.freeze()  # what has been loaded stays, and need not be looked through for cycles again and again
    publish.check_place(target, *configuration.sources(config))
    if clean:
        shutil.rmtree(publish.work_folder(target), ignore_errors=True)
    with publish.aside(target) as built:
        with configuration.opened(config, terms.demand, spare) as project:
            with shown.progress(console) as report:
                summary = site.make_site(config, built, project, report=report)
            if terms.tells_more:
                from nbpublish.frontends.why import outcome

                summary = outcome.told(summary, config, project, console, explain=terms.explain)
        failed = summary.failed(strict=terms.strict)
        published = not failed or (terms.keep_going and not summary.is_stale)
        if published:
            publish.swap(built, target)
    return summary, published
