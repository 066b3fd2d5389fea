"""The navigation is written as the theme's template writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mkdocs_sites import build_site, write_site

from nbpublish.frontends.mkdocs import NbpublishPlugin
from nbpublish.frontends.navigation import NavigationWriter

PAGES = ["index", "a", "b", "ab", "v1.2", "前/言"]
PAGES += ["deep/index", "deep/x", "deep/y", "deep/down/z", "deep/down/further/w"]
NAV: list[Any] = [
    "index.md",
    {"A & <b>": "a.md"},
    "b.md",
    {"Elsewhere": "https://example.org/?a=1&b=2"},
    {"Rooted": "/rooted"},
    {"Here": "#here"},
    {"Section": ["ab.md", {"Within": ["deep/x.md", {"Deeper": ["deep/y.md", {"Deepest": ["deep/down/z.md"]}]}]}]},
    {"Last": ["deep/index.md", "deep/down/further/w.md", "v1.2.md", "前/言.md"]},
]


@pytest.mark.parametrize("nav", [NAV, None])
@pytest.mark.parametrize("directories", [True, False])
@pytest.mark.parametrize("depth", [0, 1, 2, 3, 9])
def test_both_write_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nav: Any, directories: bool, depth: int
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    files = {f"{name}.md": f"# Title of *{name}*\n" for name in PAGES}
    theme = {"name": "nbpublish", "navigation_depth": depth}
    source = write_site(tmp_path, files, theme=theme, nav=nav, use_directory_urls=directories)
    soon = build_site(source, tmp_path / "soon")
    plain = NbpublishPlugin.on_env

    def without(self: Any, env: Any, **options: Any) -> Any:
        plain(self, env, **options)  # type: ignore[operator]
        del env.globals["nb_navigation"]
        return env

    monkeypatch.setattr(NbpublishPlugin, "on_env", without)
    late = build_site(source, tmp_path / "late")
    pages = [path.relative_to(soon.folder) for path in soon.folder.rglob("*.html")]
    assert len(pages) == len(PAGES) + 1
    for page in pages:
        assert soon.html(str(page)) == late.html(str(page))
        assert 'class="nav side"' in soon.html(str(page))


def test_an_address_written_for_another_place_would_be_wrong() -> None:
    class Item:
        children, active, title, url = None, False, "T", "a/b/"

    class Here:
        def __init__(self, url: str) -> None:
            self.url = url

    write: Any = NavigationWriter(3)
    assert 'href="../a/b/"' in write([Item], Here("c/"), ".")
    assert 'href="../../a/b/"' in write([Item], Here("c/d/"), ".")
    assert 'href="b/"' in write([Item], Here("a/"), ".")
    assert 'href="../a/b/"' in write([Item], Here("e/"), ".")
    assert 'href="./"' in write([Item], Here("a/b/"), ".")
    assert 'href="../b/"' in write([Item], Here("a/c/"), ".")
