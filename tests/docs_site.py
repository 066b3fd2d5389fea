"""Builds the pages of docs_src once in a test run, for all workers, and leaves the repository as it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".nbpublish" / "cache"
"""What `make site` has executed need not be executed again: a build by it cannot be told from one without."""
PATIENCE = 600
"""Seconds that a worker waits for another one's build."""
PLUGIN = "  - nbpublish\n"
SPARED = "  - nbpublish: {widgets: false, cards: false, llms: false}\n"
"""Without what takes most of the time: the states of widgets, and pictures of pages."""


def docs_site(folder: Path) -> Path:
    """The folder of the built site; `folder` is the same for all workers of a test run."""
    source, done = folder / "docs-site", folder / "docs-site.done"
    try:
        source.mkdir()
    except FileExistsError:
        _wait_for(done)
    else:
        _build(source)
        done.touch()
    return source / "site"


def _build(source: Path) -> None:
    shutil.copy(ROOT / "CHANGELOG.md", source)
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert PLUGIN in settings, "The plugin has settings in mkdocs.yml now: add SPARED to them."
    (source / "mkdocs.yml").write_text(settings.replace(PLUGIN, SPARED), encoding="utf-8")
    left_out = shutil.ignore_patterns(".nbpublish", "__pycache__")
    shutil.copytree(ROOT / "docs_src", source / "docs_src", ignore=left_out)
    if CACHE.is_dir():
        shutil.copytree(CACHE, source / CACHE.relative_to(ROOT))
    command = [sys.executable, "-m", "nbpublish", "build", "--keep-going", str(source)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    built = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (source / "site" / "index.html").exists(), built.stdout + built.stderr


def _wait_for(done: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not done.exists():
        assert time.monotonic() < until, "The worker that builds the site of docs_src has not finished."
        time.sleep(0.2)
