"""A build that is killed while a cell runs loses that cell and nothing else."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

CELLS = {
    "first": "import os, signal, pathlib\nprint('first')",
    "second": "x = 2\nprint('second')",
    "killing": "if pathlib.Path('kill').exists():\n    os.kill(os.getppid(), signal.SIGKILL)\nprint('third', x)",
    "last": "print('last')",
}
NOTEBOOK = "\n".join(f"# %% {name}\n{code}\n" for name, code in CELLS.items())


def test_cells_that_came_to_their_end_are_kept(tmp_path: Path) -> None:
    (tmp_path / "book.py").write_text(NOTEBOOK)
    (tmp_path / "kill").touch()
    assert build(tmp_path).returncode == -signal.SIGKILL
    (tmp_path / "kill").unlink()
    assert ran(build(tmp_path)) == ["killing", "last"]


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nbpublish", "build", "--json", "--explain", str(folder)]
    return subprocess.run(command, capture_output=True, text=True)


def ran(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Names of the cells that a build has run."""
    cells: list[dict[str, Any]] = json.loads(done.stdout)["notebooks"]["book.py"]
    return [cell["name"] for cell in cells if cell["action"] == "run"]
