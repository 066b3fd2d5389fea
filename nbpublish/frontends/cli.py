"""The command line: `nbpublish build`, `check`, `serve` and `new`."""

from __future__ import annotations

import errno
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click

from nbpublish.errors import ConfigError, NbpublishError
from nbpublish.frontends.cache_cli import cache
from nbpublish.frontends.signals import as_interrupts
from nbpublish.frontends.summary import Summary
from nbpublish.frontends.why_cli import why
from nbpublish.frontends.widgets_cli import widgets

EXIT_CODES = """
\b
Exit codes:
  0    all went well
  1    there are problems; the last good site stays in place
  2    the command or the configuration cannot be used
  130  interrupted
"""



class Folder(click.Path):
    """A folder that exists; for a file in it, the message names the folder."""

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> Any:
        if Path(value).is_file():
            self.fail(f"{value} is a file. Give the folder it is in: {Path(value).parent}", parameter, context)
        return super().convert(value, parameter, context)


class Share(click.ParamType[float]):
    """A percentage, as a number from 0 to 1."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        number = {"all": "100%"}.get(str(value), str(value)).removesuffix("%")
        share = float(number) / 100 if number.replace(".", "", 1).isdecimal() and number != value else 0
        if not 0 < share <= 1:
            self.fail(f"Expected a percentage, such as 10%, or all, and found {value!r}.", param, ctx)
        return share


folder_argument = click.argument(
    "folder", type=Folder(exists=True, file_okay=False, path_type=Path), default=Path()
)
config_option = click.option(
    "-f",
    "--config-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Use this file in place of FOLDER/mkdocs.yml.",
)
strict_option = click.option("--strict", is_flag=True, help="Let warnings fail too, such as links to nowhere.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
jobs_option = click.option(
    "-j", "--jobs", type=click.IntRange(1), help="How many notebooks run at once. Default: one for each core."
)


class Commands(click.Group):
    """Turns what stops us into one message and an exit code, never into a traceback."""

    def invoke(self, context: click.Context) -> Any:
        try:
            with as_interrupts():
                return super().invoke(context)
        except NbpublishError as error:
            click.echo(f"nbpublish: {error}", err=True)
            sys.exit(2 if isinstance(error, ConfigError) else 1)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # click ends quietly when nobody reads on
            click.echo(f"nbpublish: {error}. Look for a full disk or missing permissions.", err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("nbpublish: interrupted; the last good site stays in place.", err=True)
            sys.exit(130)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nbpublish", prog_name="nbpublish")
def main() -> None:
    """Publish reactive Python notebooks as a documentation site.

    Notebooks are plain .py files (marimo's format, or scripts with # %% cells) and .ipynb files. They are run cell by
    cell in the order of their dependencies and become pages of a MkDocs site.

    \b
    Examples:
      nbpublish new my-course      start a course that builds
      nbpublish serve              write, with a live preview
      nbpublish build --strict     build the site, as in CI
    """


main.add_command(cache)
main.add_command(why)
main.add_command(widgets)


@main.command(epilog=EXIT_CODES)
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
    from nbpublish.frontends import configuration, publish, site
    from nbpublish.frontends import report as shown
    from nbpublish.frontends.why import outcome
    from nbpublish.project import Demand

    with shown.stopped_as_json(as_json):
        config = configuration.load(folder, config_file)
        strict = strict or config.strict
        target, docs = Path(config.site_dir).resolve(), Path(config.docs_dir)
        publish.check_place(target, *configuration.sources(config))
        if clean:
            shutil.rmtree(publish.work_folder(target), ignore_errors=True)
        console = shown.console(quiet=quiet)
        configuration.settings(config, jobs=jobs)
        seed = random.randrange(1_000_000) if seed is None else seed
        demand = Demand(frozen=frozen, refresh=refresh, verify=verify or 0.0, seed=seed)
        with publish.aside(target) as built:
            with configuration.opened(config, demand) as project:
                if look.is_of_code:
                    project.prepare()
                with shown.progress(console) as report:
                    summary = site.make_site(config, built, project, report=report)
                summary = outcome.told(summary, config, project, console, explain=explain)
            failed = summary.failed(strict=strict)
            published = not failed or (keep_going and not outcome.is_stale(summary))
            if published:
                publish.swap(built, target)
                if not verify:  # whose findings belong to this build
                    unchanged.remember(watch, folder, config_file, config, target, summary)
        where = configuration.shown(target)
        kept = f" ({where} is as it was)" if target.exists() else ""
        did = f"Built {where}" if published else f"Not published{kept}"
        _tell(console, summary, docs, did=did, as_json=as_json)
        sys.exit(1 if failed else 0)


@main.command(epilog=EXIT_CODES)
@folder_argument
@config_option
@strict_option
@json_option
def check(folder: Path, config_file: Path | None, strict: bool, as_json: bool) -> None:
    """Look at the notebooks of FOLDER without running them: format, names, cycles, links, labels.

    Figures that an earlier build drew and that still hold are looked at, too: whether they have words for readers who
    do not see them.

    \b
    Examples:
      nbpublish check
      nbpublish check --strict --json
    """
    from nbpublish.frontends import configuration, site
    from nbpublish.frontends import report as shown

    with shown.stopped_as_json(as_json):
        config = configuration.load(folder, config_file)
        strict = strict or config.strict
        console = shown.console()
        with tempfile.TemporaryDirectory() as built, configuration.checked(config) as project:
            summary = site.make_site(config, Path(built), project, lints=True)
        _tell(console, summary, Path(config.docs_dir), did="Checked", as_json=as_json)
        sys.exit(1 if summary.failed(strict=strict) else 0)


@main.command()
@folder_argument
@config_option
@click.option("-p", "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--open", "open_browser", is_flag=True, help="Open the site in the browser.")
@click.option("--follow", is_flag=True, help="Let the page move to what has changed.")
@jobs_option
def serve(
    folder: Path, config_file: Path | None, port: int, host: str, open_browser: bool, follow: bool, jobs: int | None
) -> None:
    """Show the site of FOLDER, and change the page that you look at whenever you save a file.

    Only cells that a change reaches run again; everything else on the page stays as it is. Errors lead to their line
    in the editor that NBPUBLISH_EDITOR names, such as `code -g {path}:{line}`; VS Code where it names none.

    \b
    Examples:
      nbpublish serve
      nbpublish serve lectures --port 8080 --open
    """
    from nbpublish.frontends.preview import serve as preview

    preview.serve(
        folder, config_file, host=host, port=port, open_browser=open_browser, follow=follow, jobs=jobs
    )


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(["en", "ja"]), default="en", show_default=True, help="Language.")
@click.option("--name", help="Title of the course. Default: the folder's name.")
def new(folder: Path, language: str, name: str | None) -> None:
    """Start a course in FOLDER that builds, with a workflow that publishes it on GitHub Pages.

    \b
    Examples:
      nbpublish new my-course
      nbpublish new kikai-gakushu --language ja --name 機械学習
    """
    from nbpublish.frontends import scaffold

    written = scaffold.create(folder, language=language, name=name)
    for path in written:
        click.echo(f"  {path}")
    click.echo(f"\nNext:\n  cd {folder}\n  nbpublish serve --open")


def _tell(console: Any, summary: Summary, docs: Path, *, did: str, as_json: bool) -> None:
    from nbpublish.frontends import report as shown

    shown.show_problems(shown.console(), summary.problems, docs)
    shown.show_summary(console, summary, did=did)
    shown.show_on_github(summary, docs)
    if as_json:
        shown.print_json(summary)
