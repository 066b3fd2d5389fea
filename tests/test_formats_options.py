"""Tags, metadata and `#|` comments say the same things in many words; magics become Python."""

from __future__ import annotations

import math
from typing import Any

import pytest

from nbpublish.formats.magics import translate
from nbpublish.formats.options import options_of
from nbpublish.formats.percent import PERCENT
from nbpublish.model import Options


@pytest.mark.parametrize(
    ("said", "changes"),
    [
        ({"tags": ["hide-input"]}, {"code": "fold"}),
        ({"tags": ["hide_input"]}, {"code": "fold"}),
        ({"tags": ["remove-input"]}, {"code": "hide"}),
        ({"tags": ["hide-output"]}, {"output": "fold"}),
        ({"tags": ["remove_output"]}, {"output": "hide"}),
        ({"tags": ["remove-stderr"]}, {"stderr": False}),
        ({"tags": ["remove_stdout", "remove-stderr"]}, {"stdout": False, "stderr": False}),
        ({"warning": False}, {"stderr": False}),
        ({"tags": ["hide-cell"]}, {"code": "fold", "output": "fold"}),
        ({"tags": ["remove-cell"]}, {"removed": True}),
        ({"tags": ["skip"]}, {"removed": True}),
        ({"tags": ["skip-execution"]}, {"disabled": True}),
        ({"tags": ["raises-exception"]}, {"raises": True}),
        ({"echo": False}, {"code": "hide"}),
        ({"code-fold": True}, {"code": "fold"}),
        ({"output": False}, {"output": "hide"}),
        ({"include": False}, {"removed": True}),
        ({"eval": False}, {"disabled": True}),
        ({"error": True}, {"raises": True}),
        ({"fig-alt": "図"}, {"alt": "図"}),
        ({"fig-cap": "A"}, {"caption": "A"}),
        ({"label": "fig-a"}, {"label": "fig-a"}),
        ({"timeout": 3}, {"timeout": 3.0}),
        ({"timeout": -1}, {"timeout": None}),
        ({"code": "show", "tags": ["hide-input"]}, {"code": "show"}),
        ({"refresh": "always"}, {"refresh": 0.0}),
        ({"refresh": "never"}, {"refresh": math.inf}),
        ({"refresh": "30m"}, {"refresh": 1800.0}),
        ({"refresh": "1.5 h"}, {"refresh": 5400.0}),
        ({"refresh": 90}, {"refresh": 90.0}),
        ({"cache": False}, {"refresh": 0.0}),
        ({"cache": True}, {}),
        ({"tags": ["refresh-always"]}, {"refresh": 0.0}),
        ({"tags": ["refresh_7d"]}, {"refresh": 604800.0}),
        ({"slideshow": {"slide_type": "slide"}}, {}),
    ],
)
def test_what_is_said_about_a_cell(said: dict[str, Any], changes: dict[str, Any]) -> None:
    options, unfit = options_of(said)
    assert options == Options(**changes, tags=tuple(said.get("tags", ())))
    assert unfit == ()


@pytest.mark.parametrize(
    "said",
    [
        *({"timeout": "soon"}, {"tags": 3}, {"alt": []}, {"eval": "perhaps"}, {"code": {}}),
        *({"refresh": "soon"}, {"refresh": True}, {"refresh": "-1d"}, {"cache": "1d"}),
    ],
)
def test_a_value_that_does_not_fit_is_named(said: dict[str, Any]) -> None:
    assert options_of(said) == (Options(), tuple(said))


def test_an_age_that_is_none_is_told_with_its_line_whichever_way_it_is_said() -> None:
    notebook = PERCENT.read(
        "n.py", '# %%\n#| alt: x\n#| refresh: soon\na = 1\n# %% tags=["refresh-1y"]\n#| alt: y\nb = 1\n'
    )
    assert [(p.code, p.line) for p in notebook.problems] == [("cell-option", 3), ("cell-option", 5)]
    assert all("Write `always`, `never` or an age" in p.message for p in notebook.problems)


def test_comment_options_keep_the_lines_right() -> None:
    notebook = PERCENT.read("n.py", "# %%\n#| alt: x\n#| frobnicate: 1\n#| eval: perhaps\n\nx = 1\n")
    (cell,) = notebook.cells
    assert (cell.source, cell.line, cell.options.alt) == ("x = 1", 6, "x")
    assert [(p.code, p.line, p.severity) for p in notebook.problems] == [
        *(("cell-option", 4, "warning"), ("cell-option", 3, "warning")),
    ]


@pytest.mark.parametrize("sign", ["#|", "# |"])
def test_a_formatter_may_have_put_a_space_into_comment_options(sign: str) -> None:
    (cell,) = PERCENT.read("n.py", f"# %%\n{sign} tags:\n{sign}   - remove-cell\n{sign} alt: x\nx = 1\n").cells
    assert (cell.source, cell.line, cell.options.alt, cell.options.removed) == ("x = 1", 5, "x", True)


def test_a_table_drawn_in_a_comment_is_no_option() -> None:
    notebook = PERCENT.read("n.py", "# %%\n# | a: | b |\n# | - | - |\nx = 1\n# %%\n# | a | b |\ny = 1\n")
    assert [cell.source.split("\n")[0] for cell in notebook.cells][1] == "# | a | b |"


def test_comment_options_that_are_no_yaml_are_told() -> None:
    notebook = PERCENT.read("n.py", "# %%\n#| alt: x\n#| a: b: c\nx = 1\n")
    assert [(p.code, p.line) for p in notebook.problems] == [("cell-option", 3)]
    assert notebook.cells[0].source == "x = 1"


@pytest.mark.parametrize("source", ["x = 5 % 3", "'%matplotlib'", "x = 1  # !ls", "x = '''\n%time\n'''", "def f(:", ""])
def test_python_is_left_alone(source: str) -> None:
    assert translate(source, "n.py", 1) == (None, [])


@pytest.mark.parametrize(
    ("source", "python"),
    [
        ("%time x = 1", "get_ipython().run_line_magic('time', 'x = 1')"),
        ("%%time\nx = 1\ny = 2", "get_ipython().run_cell_magic('time', '', 'x = 1\\ny = 2\\n')\n\n"),
        ("\n%%capture out\nx", "\nget_ipython().run_cell_magic('capture', 'out', 'x\\n')\n"),
        ("files = !ls \\\n  -a\nx = 1", "files = get_ipython().getoutput('ls    -a')\n\nx = 1"),
        ("if x:\n    !ls\n    y = 1", "if x:\n    get_ipython().system('ls')\n    y = 1"),
        ("s = '''\n!no\n'''\n!yes", "s = '''\n!no\n'''\nget_ipython().system('yes')"),
        ("x??", "get_ipython().run_line_magic('pinfo2', 'x')"),
    ],
)
def test_magics_become_python_line_for_line(source: str, python: str) -> None:
    assert translate(source, "n.py", 1) == (python, [])


@pytest.mark.parametrize(
    ("source", "code", "line", "named"),
    [
        ("x = 1\n%sql select 1", "unsupported-magic", 6, "`%sql`"),
        ("%%R\nx", "unsupported-magic", 5, "`%%R`"),
        ("x = %frobnicate", "unsupported-magic", 5, "`%frobnicate`"),
        ("\n%pip install -q numpy", "installs-packages", 6, "`pip install -q numpy`"),
        ("!pip install numpy", "installs-packages", 5, "`pip install numpy`"),
        ("%conda install numpy", "installs-packages", 5, "`conda install numpy`"),
    ],
)
def test_what_a_magic_cannot_do_here_is_told(source: str, code: str, line: int, named: str) -> None:
    _, (problem,) = translate(source, "n.py", 5)
    assert (problem.code, problem.line) == (code, line)
    assert named in problem.message
