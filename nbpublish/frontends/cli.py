"""The command line: `nbpublish build`, `check`, `serve` and `new`."""

from __future__ import annotations

import errno
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from nbpublish.errors import ConfigError, NbpublishError
from nbpublish.frontends.build_cli import build
from nbpublish.frontends.cache_cli import cache
from nbpublish.frontends.options import (
    EXIT_CODES,
    config_option,
    folder_argument,
    jobs_option,
    json_option,
    strict_option,
)
from nbpublish.frontends.signals import as_interrupts
from nbpublish.frontends.why_cli import why
from nbpublish.frontends.widgets_cli import widgets


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


main.add_command(build)
main.add_command(cache)
main.add_command(why)
main.add_command(widgets)


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
        with tempfile.TemporaryDirectory() as built, configuration.checked(config) as project:
            summary = site.make_site(config, Path(built), project, lints=True)
        shown.tell(summary, Path(config.docs_dir), did="Checked", as_json=as_json)
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
