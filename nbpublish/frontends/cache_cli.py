"""`nbpublish cache`: what earlier builds left, how much of it there is, and how to be rid of it."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nbpublish.frontends.options import config_option, folder_argument, json_option

if TYPE_CHECKING:
    from nbpublish.project import DiskStore

_AGE = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d|w)[a-z]*", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


class _Size(click.ParamType[int]):
    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        from mkdocs.config.base import ValidationError

        from nbpublish.frontends.mkdocs_options import Size

        try:
            return Size().run_validation(value)
        except ValidationError as error:
            self.fail(str(error), param, ctx)


class _Age(click.ParamType[float]):
    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        match = _AGE.fullmatch(str(value).strip())
        if not match:
            self.fail(f"Expected an age, such as 12h, 7d or 4w, and found {value!r}.", param, ctx)
        return float(match[1]) * _SECONDS[match[2].lower()]


class _Cache(click.Group):
    """Without a command of its own it shows."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Cache)
def cache() -> None:
    """Show what earlier builds left in .nbpublish/cache; prune, verify, clear or export it.

    The cache only saves time: without it, or after any of these commands, a build gives the same site.

    \b
    Examples:
      nbpublish cache
      nbpublish cache prune --max-size 1GB
      nbpublish cache export --outputs-only outputs
    """


@cache.command()
@folder_argument
@config_option
@json_option
def show(folder: Path, config_file: Path | None, as_json: bool) -> None:
    """Show how much is kept, and how much of it the last build could use. This is what `cache` alone does."""
    store = _opened(folder, config_file)
    usage, last = store.usage(), store.last_build()
    store.close()
    if as_json:
        _print({"folder": str(store.folder), "trusted": store.trusted, **asdict(usage), "last_build": last})
        return
    click.echo(f"{_shown(store.folder)}: {_bytes(usage.bytes)}{'' if store.trusted else ', not trusted'}")
    click.echo(f"  {_plural(usage.traces, 'trace')}, an execution of a cell each")
    click.echo(f"  {_plural(usage.outputs, 'long output')}, {_bytes(usage.output_bytes)}")
    click.echo(f"  {_plural(usage.values, 'value')} of variables, {_bytes(usage.value_bytes)}")
    if last:
        when = datetime.fromtimestamp(last["when"]).isoformat(" ", "minutes")
        asked = f"asked for {last['asked']}, found {last['found']}, kept {last['kept']} new"
        click.echo(f"  last build, {when}: {asked}")


@cache.command()
@folder_argument
@config_option
@click.option("--max-size", type=_Size(), default="2 GB", show_default=True, help="Keep no more than this.")
@click.option("--max-age", type=_Age(), default="30d", show_default=True, help="Keep nothing unused for longer.")
@json_option
def prune(folder: Path, config_file: Path | None, max_size: int, max_age: float, as_json: bool) -> None:
    """Remove what was not used for long, and then what saves least time for its size."""
    from nbpublish.project import CacheLimits

    store = _opened(folder, config_file)
    removed = store.collect(CacheLimits(max_size, max_age))
    left = store.usage().bytes
    store.close()
    if as_json:
        _print({**asdict(removed), "left": left})
        return
    what = f"{_plural(removed.traces, 'trace')} and {_plural(removed.blobs, 'file')}"
    click.echo(f"Removed {what}, {_bytes(removed.bytes)}; {_bytes(left)} are left.")


@cache.command()
@folder_argument
@config_option
@json_option
def verify(folder: Path, config_file: Path | None, as_json: bool) -> None:
    """Read everything that is kept, and remove what is broken. Exits with 1 where something was."""
    store = _opened(folder, config_file)
    found = store.verify()
    store.close()
    is_whole = found.index and not found.broken_traces and not found.broken_blobs
    if as_json:
        _print({"whole": is_whole, **asdict(found)})
    else:
        click.echo(f"Looked at {_plural(found.traces, 'trace')} and {_plural(found.blobs, 'file')}.")
        if not found.index:
            click.echo("The index was damaged and begins anew: the next build runs every cell.")
        if found.broken_traces or found.broken_blobs:
            broken = f"{_plural(found.broken_traces, 'trace')} and {_plural(found.broken_blobs, 'file')}"
            click.echo(f"Removed {broken} that were broken: the next build runs the cells concerned.")
        if is_whole:
            click.echo("All of it is whole.")
    sys.exit(0 if is_whole else 1)


@cache.command()
@folder_argument
@config_option
@json_option
def clear(folder: Path, config_file: Path | None, as_json: bool) -> None:
    """Remove everything that is kept: the next build runs every cell."""
    store = _opened(folder, config_file)
    freed = store.clear()
    if as_json:
        _print({"bytes": freed})
        return
    click.echo(f"Removed {_bytes(freed)}.")


@cache.command()
@click.argument("target", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@folder_argument
@config_option
@click.option("--outputs-only", is_flag=True, help="Leave out the values of variables. Nothing else can be exported.")
@json_option
def export(target: Path, folder: Path, config_file: Path | None, outputs_only: bool, as_json: bool) -> None:
    """Write the outputs of the notebooks of FOLDER, as they are now, to DIR, which can be committed.

    DIR holds no pickles, so reading it executes nothing. Cells that changed since the last build are left out.
    """
    if not outputs_only:
        raise click.UsageError("Say --outputs-only: values of variables are pickles, and stay in the cache.")
    from nbpublish.frontends import configuration, site
    from nbpublish.frontends.mkdocs import NbpublishPlugin
    from nbpublish.project import Demand, Project

    config = configuration.load(folder, config_file)
    settings = configuration.settings(config)
    docs, frozen = Path(config.docs_dir), Demand(frozen=True)
    with _store_of(config) as store, Project(docs, settings, store, demand=frozen) as project:
        with tempfile.TemporaryDirectory() as built:
            site.make_site(config, Path(built), project)
        plugin = config.plugins[configuration.PLUGIN]
        assert isinstance(plugin, NbpublishPlugin)
        runs = list(plugin.runs.values())
        exported = store.export_outputs([trace for run in runs for trace in run.traces.values()], target)
    stale = sum(reason.cause == "not-executed" for run in runs for reason in run.reasons.values())
    if as_json:
        _print({**asdict(exported), "stale": stale})
        return
    click.echo(f"{_shown(target)}: {_plural(exported.traces, 'trace')}, {_bytes(exported.bytes)}.")
    if stale:
        click.echo(f"{_plural(stale, 'cell')} left out, because no trace holds: run `nbpublish build` first.", err=True)


def _opened(folder: Path, config_file: Path | None) -> DiskStore:
    from nbpublish.frontends import configuration

    return _store_of(configuration.load(folder, config_file))


def _store_of(config: Any) -> DiskStore:
    from nbpublish.frontends.configuration import work_of
    from nbpublish.project import open_cache

    return open_cache(work_of(config))


def _print(value: dict[str, Any]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _shown(path: Path) -> str:
    from nbpublish.frontends.places import shown

    return shown(path)


def _bytes(size: int) -> str:
    from rich.filesize import decimal

    return decimal(size)


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
