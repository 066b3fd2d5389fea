"""reStructuredText becomes Markdown that reads well."""

from __future__ import annotations

from textwrap import dedent

import pytest

from nbpublish.formats.gallery import GALLERY
from nbpublish.formats.rest import Converter


def markdown(text: str) -> str:
    return Converter().markdown(dedent(text).strip("\n"))


@pytest.mark.parametrize(
    ("rest", "shown"),
    [
        ("``x`` and `y`", "`x` and `y`"),
        (":func:`numpy.sum` :class:`~a.b.C` :func:`sum <numpy.sum>`", "`numpy.sum` `C` sum"),
        (":class:`~C` and `~a.b.C`", "`C` and `C`"),
        (":ref:`grid_search`, :ref:`sphx_glr_auto_examples_svm_plot_iris.py`", "grid search, `plot_iris.py`"),
        ("`a <https://b.org/\\\n   c/\n   d>`_", "[a](https://b.org/c/d)"),
        (":ref:`the guide <guide>` :doc:`intro`", "the guide intro"),
        (r":math:`\alpha_i`", r"$\alpha_i$"),
        ("`text <https://a.org/x_y_>`_ and `b <https://b.org>`__", "[text](https://a.org/x_y_) and [b](https://b.org)"),
        ("see [2]_ and [#note]_.", "see [^2] and [^note]."),
        ("**bold** *it* snake_case_name a_b_", "**bold** *it* snake_case_name a_b_"),
        ("``a_`` is `not_a_link`", "`a_` is `not_a_link`"),
        ("|version| of x", "version of x"),
        ("H\\ :sub:`2`\\ O", "H<sub>2</sub>O"),
    ],
)
def test_inline(rest: str, shown: str) -> None:
    assert markdown(rest) == shown


@pytest.mark.parametrize(
    ("rest", "shown"),
    [
        ("A\n=\n\nB\n-\n\ntext\n\nC\n-", "A\n=\n\nB\n-\n\ntext\n\nC\n-"),
        ("A\n===\n\nB\n---\n\ntext\n\nC\n===", "# A\n\n## B\n\ntext\n\n# C"),
        ("===\n A\n===\n\nB\n===", "# A\n\n## B"),
        ("Text::\n\n    x = 1\n\n    y = 2\n\nmore", "Text:\n\n```python\nx = 1\n\ny = 2\n```\n\nmore"),
        ("::\n\n    x\n", "```python\nx\n```"),
        (".. code-block:: bash\n\n    ls\n", "```bash\nls\n```"),
        (".. note:: Short.\n", "!!! note\n    Short."),
        (".. warning::\n\n   Long\n\n   - a\n", "!!! warning\n    Long\n\n    - a"),
        (".. admonition:: Try ``it``\n\n   Now.\n", '!!! note "Try `it`"\n    Now.'),
        (".. dropdown:: More\n\n   Text.\n", '??? note "More"\n    Text.'),
        (".. NOTE:: Loud.\n", "!!! note\n    Loud."),
        ("- a\n\n  .. code-block:: python\n\n      x = 1\n\n- b\n", "- a\n\n  ```python\n  x = 1\n  ```\n\n- b"),
        (".. versionadded:: 1.2\n   Text\n", '!!! note "Added in version 1.2"\n    Text'),
        (".. math::\n\n   a\n   b\n", "$$\na\nb\n$$"),
        (".. math:: a = b\n", "$$\na = b\n$$"),
        (".. image:: a.png\n   :alt: An A\n", "![An A](a.png)"),
        (".. figure:: a.png\n   :alt: An A\n\n   Caption.\n", "![An A](a.png)\n\nCaption."),
        ("`home`_ and home_\n\n.. _home: https://a.org\n", "[home](https://a.org) and [home](https://a.org)"),
        ("`A B`_\n\n.. _a b: https://a.org/\\\n   c\n", "[A B](https://a.org/c)"),
        ("|x|\n\n.. |x| replace:: the thing\n", "the thing"),
        (".. _here:\n\ntext", '<a id="here"></a>\n\ntext'),
        (".. _Right here:\n\n:ref:`right here`", '<a id="right-here"></a>\n\n[right here](#right-here)'),
        (":ref:`go <xy>` xy_ :ref:`xy`\n\n.. _xy:\n\nA\n---", '[go](#xy) [xy](#xy) [A](#xy)\n\n<a id="xy"></a>\n\n# A'),
        ("=== ===\n A  `b`\n=== ===\n 1  2|3\n    more\n=== ===", "| A | `b` |\n| --- | --- |\n| 1 | 2\\|3 more |"),
        ("== ==\n1  long\n== ==", "|  |  |\n| --- | --- |\n| 1 | long |"),
        ("== ==\nwide\n== ==\n1  2\n== ==", "```text\n== ==\nwide\n== ==\n1  2\n== ==\n```"),
        (".. contents::\n   :local:\n\ntext", "text"),
        (".. a comment\n   of two lines\n\ntext", "text"),
        (".. [1] A title.\n   Second line.\n", "[^1]: A title. Second line."),
        ("#. one\n#. two\n", "1. one\n1. two"),
        (">>> 1 + 1\n2\n", "```pycon\n>>> 1 + 1\n2\n```"),
        ("+---+---+\n| a | b |\n+---+---+\n", "```text\n+---+---+\n| a | b |\n+---+---+\n```"),
        (".. plot:: x\n\n   draw()\n", "```rst\n.. plot:: x\n    draw()\n```"),
        (".. rubric:: References\n", "**References**"),
        ("above\n\n-----\n\nbelow", "above\n\n---\n\nbelow"),
    ],
)
def test_blocks(rest: str, shown: str) -> None:
    assert markdown(rest) == shown


def test_heading_levels_go_on_from_block_to_block() -> None:
    converter = Converter()
    assert converter.markdown("===\nA\n===") == "# A"
    assert converter.markdown("B\n---") == "## B"
    assert converter.markdown("C\n---\n\nD\n~~~") == "## C\n\n### D"


def test_a_label_is_known_to_the_prose_of_the_whole_file() -> None:
    text = '"""\nAny\n===\n\nSee :ref:`later`.\n"""\n\n# %%\n# .. _later:\n#\n# What follows\n# ------------\n'
    first, second = GALLERY.read("plot_a.py", text).cells
    assert first.source == "# Any\n\nSee [What follows](#later)."
    assert second.source == '<a id="later"></a>\n\n## What follows'
