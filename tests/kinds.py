"""One page of each kind that a reader meets, in Japanese and in English: `tests/sites/kinds`.

The browser tests read them, and `contact_sheet.py` takes their pictures.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mkdocs.commands.build import build
from mkdocs.config import load_config

SITES = Path(__file__).parent / "sites" / "kinds"
LANGUAGES = ("ja", "en")
KINDS = {
    "home": "index.html",
    "part": "regression/index.html",
    "chapter": "regression/ridge/index.html",
    "widgets": "regression/widgets/index.html",
    "tables": "data/tables/index.html",
    "errors": "data/mistakes/index.html",
    "long": "glossary/index.html",
    "page": "setup/index.html",
    "404": "404.html",
}
"""Where the page of each kind lies within a site."""


def build_kinds(language: str, folder: Path, files: Mapping[str, Path] | None = None, **settings: Any) -> Path:
    """The site in `language`, built below `folder`, which is empty; `settings` are those of mkdocs.yml.

    `files` are added to its pages, by their path.
    """
    source = folder / "source"
    shutil.copytree(SITES / language, source)
    for name, file in (files or {}).items():
        shutil.copy(file, source / "docs" / name)
    config = load_config(str(source / "mkdocs.yml"), site_dir=str(folder / "site"), **settings)
    config.plugins.on_startup(command="build", dirty=False)
    build(config)
    config.plugins.on_shutdown()
    return folder / "site"


def built_once(language: str, root: Path) -> Path:
    """The site in `language`, built by the first of several processes that ask for it in the same folder."""
    folder = root / f"kinds-{language}"
    done, failed = folder / "done", folder / "failed"
    try:
        folder.mkdir()
    except FileExistsError:
        while not done.exists():
            if failed.exists():
                raise RuntimeError(failed.read_text(encoding="utf-8")) from None
            time.sleep(0.2)
        return folder / "site"
    try:
        site = build_kinds(language, folder)
    except BaseException as error:
        failed.write_text(repr(error), encoding="utf-8")
        raise
    done.touch()
    return site
