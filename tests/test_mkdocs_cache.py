"""`mkdocs build` and `mkdocs serve` keep what cells gave as `nbpublish build` does, and put it away in order."""

from __future__ import annotations

from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs_sites import Site, build_site, write_site

from nbpublish.project import open_cache
from nbpublish.store.disk import DiskStore

TWO = {"first.py": "# %%\nx = 1\n\n# %%\nprint(x)\n", "index.md": "# Home\n"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_site(tmp_path / "course", TWO)


def causes(site: Site) -> list[str]:
    return [reason.cause for reason in site.runs["first.py"].reasons.values()]


def test_a_second_mkdocs_build_runs_nothing(source: Path, tmp_path: Path) -> None:
    first, second = (build_site(source, tmp_path / name) for name in ("one", "two"))
    assert (causes(first), causes(second)) == (["new", "new"], ["unchanged", "unchanged"])
    assert second.html("first/index.html") == first.html("first/index.html")


def test_it_tells_what_it_found_and_leaves_no_journal(source: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        build_site(source, tmp_path / name)
    folder = source / ".nbpublish" / "cache" / "v1"
    assert [path.name for path in folder.glob("index-*")] == ["index-0.sqlite"]
    with open_cache(source / ".nbpublish") as store:
        told = store.last_build()
    assert told
    assert (told["asked"], told["found"], told["kept"]) == (2, 2, 0)


@pytest.mark.parametrize("command", ["build", "serve"])
def test_the_cache_is_tidied_before_it_is_closed_after_each_build(
    command: str, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    for name in ("tidy", "close"):
        act = getattr(DiskStore, name)
        monkeypatch.setattr(DiskStore, name, lambda self, *a, act=act, name=name: (told.append(name), act(self, *a))[1])
    config = load_config(str(source / "mkdocs.yml"), site_dir=str(source / "site"))
    config.plugins.on_startup(command=command, dirty=False)  # type: ignore[arg-type]
    build(config)
    assert told == ["tidy", "close"]
    build(config)
    assert told == ["tidy", "close"] * 2
    config.plugins.on_shutdown()
    assert told == [*["tidy", "close"] * 2, "close"]


def test_a_build_that_fails_keeps_what_ran(source: Path, tmp_path: Path) -> None:
    (source / "docs" / "first.py").write_text("# %%\nx = 1\n\n# %%\nx / 0\n", encoding="utf-8")
    site = build_site(source, tmp_path / "one")
    assert site.codes == [("first.py", "cell-failed")]
    assert causes(build_site(source, tmp_path / "two")) == ["unchanged", "unchanged"]
