"""Which files are notebooks is told by their content."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nbpublish.formats.detect import decode, formats_available, read

MARIMO = "import marimo\napp = marimo.App()\n\n@app.cell\ndef _():\n    1\n"


@pytest.mark.parametrize(
    ("path", "text", "format"),
    [
        ("a.py", MARIMO, "marimo"),
        ("a.py", "# %%\n1\n", "percent"),
        ("a.PY", "# %%\n1\n", "percent"),
        ("a.py", "# +\n1\n# -\n", "light"),
        ("a.py", '"""\nT\n===\n"""\n# %%\n# Text\n', "gallery"),
        ("a.ipynb", "", "ipynb"),
        ("a.py", "# %%\n" + MARIMO, "marimo"),
        ("a.py", MARIMO + "    x = (\n", "marimo"),
    ],
)
def test_notebooks(path: str, text: str, format: str) -> None:
    notebook = read(path, text)
    assert notebook
    assert (notebook.path, notebook.format) == (path, format)
    recognising = [f.name for f in formats_available() if path.lower().endswith(f.suffixes) and f.recognises(text)]
    assert recognising == [format]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("utils.py", "import numpy as np\n\n\ndef f(x):\n    return x\n"),
        ("test_a.py", "from marimo import App\n\n\ndef test():\n    assert App\n"),
        ("script.py", "#!/usr/bin/env python\nprint('%%')\n"),
        ("broken.py", "def f(:\n"),
        ("empty.py", ""),
        ("nul.py", "\0"),
        ("a.md", "# %%\n"),
        ("a.txt", MARIMO),
        ("quoting.py", f'NOTEBOOK = """\n{MARIMO}"""\nPERCENT = """\n# %%\n"""\n'),
    ],
)
def test_everything_else_is_left_alone(path: str, text: str) -> None:
    assert read(path, text) is None


def test_a_byte_that_is_no_text_is_told_on_its_line() -> None:
    notebook = read("n.py", decode("# %%\nx = 1\n# 日本".encode() + b"\xff\n"))
    assert notebook
    assert [(p.code, p.line) for p in notebook.problems] == [("encoding", 3)]
    assert "\ufffd" in notebook.cells[0].source


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("日本".encode(), "日本"),
        ("\ufeff日本".encode(), "日本"),
        ("# coding: shift_jis\n# 日本".encode("shift_jis"), "# coding: shift_jis\n# 日本"),
        ("#!x\n# -*- coding: euc-jp -*-\n# 日本".encode("euc-jp"), "#!x\n# -*- coding: euc-jp -*-\n# 日本"),
        ("日本".encode("utf-16"), "日本"),
        (b"# coding: no-such\nx", "# coding: no-such\nx"),
        (b"# coding: base64\nx", "# coding: base64\nx"),
        (b"", ""),
    ],
)
def test_decoding(data: bytes, text: str) -> None:
    assert decode(data) == text


def test_reading_imports_neither_marimo_nor_ipython_nor_nbformat() -> None:
    program = (
        "import sys; from nbpublish.formats.detect import read\n"
        f"assert read('n.py', {MARIMO!r}); assert read('n.py', '# %%\\nx = 1'); assert read('n.ipynb', '{{}}')\n"
        "print(sorted({'marimo', 'IPython', 'nbformat', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
