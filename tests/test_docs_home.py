"""The home page promises ten lines that work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from nbpublish.frontends.cli import main

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("page", ["docs_src/index.md", "README.md"])
def test_the_ten_lines_work(page: str, tmp_path: Path) -> None:
    lines = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    assert len(lines) == 1
    assert 8 <= lines[0].count("\n") <= 10
    (tmp_path / "dice.py").write_text(lines[0], encoding="utf-8")
    result = CliRunner().invoke(main, ["build", "--strict", str(tmp_path)])
    assert result.exit_code == 0, result.output
    html = (tmp_path / "site/dice/index.html").read_text(encoding="utf-8")
    assert "<h1" in html
    assert "<math " in html
    assert "3.5" in html.partition('class="nb-outputs"')[2]
