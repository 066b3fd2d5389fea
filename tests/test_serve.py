"""The last step of a build, and the first of a preview: a site replaces another, a save is a change or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbpublish.frontends import publish
from nbpublish.frontends.preview.watch import Changes


def test_a_save_without_a_change_is_none(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = 1", encoding="utf-8")
    changes = Changes()
    changes.learn(tmp_path)
    assert not changes._differs(file)
    file.write_text("x = 1", encoding="utf-8")
    assert not changes._differs(file)
    file.write_text("x = 2", encoding="utf-8")
    assert changes._differs(file)
    file.unlink()
    assert not changes._differs(file), "it may come back in a moment"
    assert changes._differs(file)


def test_a_swap_replaces_all_of_the_old_site(tmp_path: Path) -> None:
    site, built = tmp_path / "site", tmp_path / "built"
    for folder, name in ((site, "old.html"), (built, "new.html")):
        folder.mkdir()
        (folder / name).write_text(name, encoding="utf-8")
    publish.swap(built, site)
    assert [path.name for path in site.iterdir()] == ["new.html"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site"]


def test_a_site_folder_that_cannot_be_moved_is_filled_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, built = tmp_path / "site", tmp_path / "built"
    for folder, name in ((site, "old.html"), (built, "new.html")):
        (folder / "sub").mkdir(parents=True)
        (folder / "sub" / name).write_text(name, encoding="utf-8")

    def busy(self: Path, target: Path) -> None:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(Path, "rename", busy)
    publish.swap(built, site)
    assert [path.name for path in site.rglob("*.html")] == ["new.html"]
