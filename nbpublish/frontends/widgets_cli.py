"""`nbpublish widgets`: what is computed ahead for the widgets of notebooks, and what is not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nbpublish.frontends.options import config_option, folder_argument, json_option

if TYPE_CHECKING:
    from nbpublish.model import Decision, Run, Still


@click.command()
@folder_argument
@config_option
@json_option
def widgets(folder: Path, config_file: Path | None, as_json: bool) -> None:
    """Tell which cells of the notebooks in FOLDER follow which widgets, and how many states the last build computed.

    Runs nothing: what no build has computed yet is not there to be told of.
    """
    from nbpublish.frontends import configuration
    from nbpublish.frontends import report as shown

    with shown.stopped_as_json(as_json):
        config = configuration.load(folder, config_file)
        with configuration.looked_at(config) as project:
            paths = (path.relative_to(project.root).as_posix() for path in sorted(project.root.rglob("*")))
            found = [notebook for path in paths if project.takes(path) and (notebook := project.read(path))]
            runs = {path: run for path, run in project.runs(found).items() if run.widgets or run.still}
    rows = {path: [_row(run, decision) for decision in run.decisions] for path, run in runs.items()}
    if as_json:
        unmoved = {path: [_unmoved(run, each) for each in run.still or ()] for path, run in runs.items()}
        shown.print_object({"notebooks": rows, "still": unmoved})
        return
    if not rows:
        click.echo("No widget on these pages can be moved.", err=True)
    for path, entries in rows.items():
        click.echo(f"{path}: {len(runs[path].states)} states besides the first")
        for entry in entries:
            line, names = str(entry["line"]), ", ".join(entry["widgets"])
            click.echo(f"  line {line:>4}  {names:<28} {entry['computed']:>6} of {entry['wanted']:<8} {_words(entry)}")
        for each in runs[path].still or ():
            at, cause = runs[path].notebook.cell(each.cell).line, _CAUSES.get(each.cause, each.cause)
            click.echo(f"  line {at:>4}  {each.key:<28} {'':>18} stays as it is ({cause})")


def _row(run: Run, decision: Decision) -> dict[str, Any]:
    cell = run.notebook.cell(decision.cell)
    traces = {trace.id: trace for state in (run, *run.states) if (trace := state.traces.get(cell.id))}
    return {
        "cell": cell.id,
        "line": cell.line,
        "widgets": list(decision.widgets),
        "extent": decision.extent,
        "wanted": decision.wanted,
        "computed": decision.computed,
        "different": len({repr(trace.outputs) for trace in traces.values()}),
        "seconds": round(sum(trace.seconds for trace in traces.values()), 3),
        "cause": decision.cause,
    }


def _unmoved(run: Run, each: Still) -> dict[str, Any]:
    return {"widget": each.key, "cell": each.cell, "line": run.notebook.cell(each.cell).line, "cause": each.cause}


def _words(entry: dict[str, Any]) -> str:
    """What was decided, in words."""
    extents = {
        "all": "all",
        "some": "sliders with fewer places",
        "axes": "one widget at a time",
        "default": "does not follow",
    }
    cause = f" ({_CAUSES.get(entry['cause'], entry['cause'])})" if entry["cause"] else ""
    return f"{extents[entry['extent']]}{cause}; {entry['different']} different, {entry['seconds']:.1f} s"


_CAUSES = {
    "states": "too many states",
    "seconds": "too many seconds",
    "bytes": "too many bytes",
    "network": "uses the network",
    "programs": "starts other programs",
    "died": "took too long, or ended Python",
    "writes": "writes files",
    "free": "its values are not known ahead",
    "author": "as the notebook wants it",
    "made": "another control decides what it is",
    "nothing": "nothing follows it",
    "chance": "draws unseeded random numbers",
}
