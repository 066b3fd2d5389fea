"""Options of the test run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import browsers
import economy
import nursery
import pytest
from browsers import browser  # noqa: F401
from docs_site import docs_site as build_docs_site
from hazards import Build, author_in
from hypothesis import settings

settings.register_profile("any machine", deadline=None)  # a loaded one is no fault of the code
settings.load_profile("any machine")

economy.save_work()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also the long forms of tests")
    parser.addoption("--notebooks", metavar="FOLDER", help="perturb the notebooks in this folder")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--long"):
        for item in items:
            if "slow" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="slow: run with --long"))


def pytest_sessionfinish() -> None:
    browsers.close()
    nursery.close()


@pytest.fixture(autouse=True)
def _no_loop_of_the_browser(request: pytest.FixtureRequest) -> Iterator[None]:
    """A browser that is open holds this thread's loop. Kernels within this process have loops of their own, as cells of
    Jupyter's need one."""
    held = asyncio._get_running_loop()
    if held is None or "browser" in request.fixturenames:
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(held)


@pytest.fixture
def author(tmp_path: Path, request: pytest.FixtureRequest) -> Build:
    """Builds a notebook again and again, and compares each build with a plain run."""
    return author_in(tmp_path, afresh=request.config.getoption("--long"))


@pytest.fixture(scope="session")
def docs_site(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The built site of docs_src."""
    folder = tmp_path_factory.getbasetemp()
    return build_docs_site(folder.parent if hasattr(request.config, "workerinput") else folder)
