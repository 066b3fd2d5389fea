"""Names that are bound, read and deleted in ways that code hardly shows."""

from __future__ import annotations

from pathlib import Path

from hazards import Build, edit, ran, text
from programs import marimo, shown


def test_code_in_strings_reads_every_name(author: Build) -> None:
    cells = ["x = 1", "exec('y = x + 1')", "print(y)", "globals()['z'] = 5", "print(z, eval('x + y'))", "w = 1"]
    author(*cells)
    run = author(*edit(cells, 0, "x = 2"))
    assert {0, 1, 2, 4} <= {*ran(run)}
    assert text(shown(run), 4) == "5 5\n"
    assert ran(author(*edit(cells, 5, "w = 2"))) == [5]


def test_a_star_import_binds_what_the_module_has_now(author: Build, tmp_path: Path) -> None:
    module = tmp_path / "units.py"
    module.write_text("METRE = 1\n")
    cells = ["from units import *", "print(METRE)", "print('other')"]
    author(*cells)
    module.write_text("METRE = 100\nINCH = 2.54\n")
    assert {0, 1} <= {*ran(author(*cells))}
    assert text(shown(author(*edit(cells, 2, "print(INCH)"))), 2) == "2.54\n"


def test_a_name_bound_twice_means_what_it_meant_at_each_place(author: Build) -> None:
    cells = ["x = [1]", "print(x)", "x = [2]", "print(x)", "del x"]
    cells += ["try:\n    print(x)\nexcept NameError:\n    print('gone')"]
    author(*cells)
    assert ran(author(*edit(cells, 0, "x = [3]"))) == [0, 1]
    assert ran(author(*edit(cells, 4, "y = 1"))) == [4, 5]


def test_private_names_of_marimo_cells_are_their_own(author: Build) -> None:
    cells = ["_n = 1\ndef step():\n    return _n", "_n = 2\nprint(_n)", "print(step())"]
    author(*cells, format=marimo)
    assert ran(author(*edit(cells, 1, "_n = 3\nprint(_n)"), format=marimo)) == [1]
    assert ran(author(*edit(cells, 0, cells[0].replace("1", "4")), format=marimo)) == [0, 2]


def test_a_function_that_awaits_is_awaited_again(author: Build) -> None:
    cells = ["import asyncio", "async def later(x):\n    await asyncio.sleep(0)\n    return x", "y = await later(3)"]
    cells += ["print(y)"]
    author(*cells)
    assert ran(author(*edit(cells, 2, "y = await later(4)"))) == [2, 3]
    assert ran(author(*edit(cells, 3, "print(y + 1, await later(y))"))) == [3]


def test_a_patch_in_a_marimo_notebook_comes_where_the_order_puts_it(author: Build) -> None:
    cells = ["import json", "json.JSONEncoder.default = lambda self, item: 'it'", "text = json.dumps([1])"]
    cells += ["print(text)"]
    author(*cells, format=marimo)
    assert {1, 2} <= {*ran(author(*edit(cells, 1, "json.JSONEncoder.default = None"), format=marimo))}
