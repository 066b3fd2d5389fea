"""`nbpublish why`: why cells run, or are reused."""

from __future__ import annotations

from pathlib import Path

import click

from nbpublish.frontends.options import config_option, folder_argument, json_option


@click.command()
@click.argument("target", metavar="NOTEBOOK[:CELL]")
@folder_argument
@config_option
@json_option
def why(target: str, folder: Path, config_file: Path | None, as_json: bool) -> None:
    """Tell which cells of NOTEBOOK the next build of FOLDER runs and why, and what the last one did. Runs nothing.

    With a CELL, tell all that this cell depends on. A cell is known by its name, its number (the first code cell is
    1) or a line of the file (L12, or any number that is too high for a cell).

    \b
    Examples:
      nbpublish why lecture.py
      nbpublish why lecture.py:4
      nbpublish why docs/lecture.py:load_data course
      nbpublish why lecture.py --json
    """
    from nbpublish.frontends import configuration
    from nbpublish.frontends import report as shown
    from nbpublish.frontends.why import cells, show
    from nbpublish.frontends.why.account import account_of
    from nbpublish.frontends.why.account import as_json as told

    with shown.stopped_as_json(as_json):
        config = configuration.load(folder, config_file)
        with configuration.looked_at(config) as project:
            found = cells.find(target, project, Path(config.site_dir))
            account = account_of(project, found.notebook)
    entries = [entry for entry in account.cells if found.cell is None or entry.cell.id == found.cell.id]
    if as_json:
        shown.print_object(told(account, entries))
        return
    console = shown.page()
    shown.show_problems(shown.console(), account.run.notebook.problems, Path(config.docs_dir))
    if found.cell is None:
        show.show_notebook(console, account)
    else:
        for entry in entries:
            show.show_cell(console, account, entry)
    if found.remark:
        click.echo(found.remark, err=True)
