"""Arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

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
