"""Readers for the tests in a browser: one headless Chromium for the whole session, a tab for each reader.

`conftest.py` makes the fixture `browser` known to all tests. On CI Chromium must be on the path; elsewhere these tests
are skipped where there is none.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from nbpublish.frontends.cli import main

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def chromium_path() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser() -> Any:
    """Headless Chromium, started once however many modules ask for it."""
    if chromium_path() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("There is no chromium on the path; CI must have one.")
        pytest.skip("There is no chromium on the path.")
    return _chromium()[1]


@cache
def _chromium() -> tuple[Any, Any]:
    """Playwright and the browser. Cached, since Playwright starts once in a process, and a fixture may be imported."""
    from playwright.sync_api import sync_playwright

    playwright = sync_playwright().start()
    return playwright, playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)


def close() -> None:
    """End the browser, if one was started."""
    if _chromium.cache_info().currsize:
        playwright, chromium = _chromium()
        chromium.close()
        playwright.stop()


class Reader:
    """A tab of the browser that keeps what went wrong and what was asked for."""

    def __init__(self, browser: Any, site: Path, **settings: Any) -> None:
        self.context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **settings})
        self.tab = self.context.new_page()
        self.site = site
        self.faults: list[str] = []
        self.requests: list[str] = []
        self.tab.on("pageerror", lambda error: self.faults.append(str(error)))
        self.tab.on("console", lambda message: message.type == "error" and self.faults.append(message.text))
        self.tab.on("requestfailed", self._failed)
        self.tab.on("request", lambda request: self.requests.append(request.url))

    def _failed(self, request: Any) -> None:
        if request.failure != "net::ERR_ABORTED":  # the reader went on before the favicon was there
            self.faults.append(f"{request.failure}: {request.url}")

    def open(self, page: str = "part/ridge.html") -> Any:
        self.tab.goto((self.site / page.split("#")[0]).as_uri() + "".join(page.partition("#")[1:]))
        return self.tab

    def style(self, selector: str, name: str) -> str:
        return self.tab.locator(selector).first.evaluate(f"(element) => getComputedStyle(element)['{name}']")


@contextmanager
def readers(browser: Any, site: Path, is_fault: Callable[[Reader, str], bool] | None = None) -> Iterator[Any]:
    """Gives a function that opens a tab for a reader of `site`, with the browser's settings for her.

    When all is done, no reader has met a fault; `is_fault` says what is none.
    """
    made: list[Reader] = []

    def make(there: Path = site, **settings: Any) -> Reader:
        made.append(Reader(browser, there, **settings))
        return made[-1]

    yield make
    for reader in made:
        reader.context.close()
        assert not [fault for fault in reader.faults if is_fault is None or is_fault(reader, fault)]


def small_site(folder: Path, *cells: str) -> Path:
    """The site of one script with these cells."""
    docs = folder / "docs"
    docs.mkdir()
    (docs / "index.py").write_text("".join(f"# %%\n{cell}\n" for cell in cells))
    built = CliRunner().invoke(main, ["build", str(docs)])
    assert built.exit_code == 0, built.output
    return docs / "site"
