"""The table of hazards names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parent
TABLE = TESTS.parent / "docs_src" / "design" / "hazards.md"


def test_every_test_that_the_table_names_exists() -> None:
    code = "\n".join(path.read_text("utf-8") for path in TESTS.glob("test_*.py"))
    there = set(re.findall(r"^def (test_\w+)", code, re.MULTILINE))
    rows = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("| ")][1:]
    assert all(re.search(r"`test_\w+`", row) for row in rows), "each hazard has a test"
    assert {name for row in rows for name in re.findall(r"`(test_\w+)`", row)} <= there
