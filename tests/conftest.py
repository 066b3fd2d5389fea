"""Options of the test run."""

from __future__ import annotations

from pathlib import Path

import browsers
import pytest
from browsers import browser  # noqa: F401
from hazards import Build, author_in
from hypothesis import settings

settings.register_profile("any machine", deadline=None)  # a loaded one is no fault of the code
settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also the long forms of random tests")
    parser.addoption("--notebooks", metavar="FOLDER", help="perturb the notebooks in this folder")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--long"):
        for item in items:
            if "slow" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="slow: run with --long"))


def pytest_sessionfinish() -> None:
    browsers.close()


@pytest.fixture
def author(tmp_path: Path) -> Build:
    """Builds a notebook again and again, and compares each build with a plain run."""
    return author_in(tmp_path)
