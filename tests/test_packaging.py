"""What an installation holds: the theme too, though it lies beside the package and not in it."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from hatchling.build import build_wheel

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    source = tmp_path_factory.mktemp("source")
    left_out = shutil.ignore_patterns("__pycache__")
    for folder in ("nbpublish", "themes"):
        shutil.copytree(ROOT / folder, source / folder, ignore=left_out)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    out = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(source)
        return zipfile.ZipFile(out / build_wheel(str(out)))


def test_a_wheel_holds_every_file_of_the_theme_where_mkdocs_looks_for_it(wheel: zipfile.ZipFile) -> None:
    theme = ROOT / "themes" / "nbpublish"
    files = [path.relative_to(theme) for path in theme.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert len(files) > 30
    inside = set(wheel.namelist())
    assert {f"nbpublish/themes/nbpublish/{path.as_posix()}" for path in files} <= inside
    (points,) = (name for name in inside if name.endswith("entry_points.txt"))
    assert "[mkdocs.themes]\nnbpublish = nbpublish.themes.nbpublish\n" in wheel.read(points).decode()


def test_a_wheel_holds_what_is_no_python(wheel: zipfile.ZipFile) -> None:
    package = ROOT / "nbpublish"
    others = [path for path in package.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")]
    expected = {path.relative_to(ROOT).as_posix() for path in others}
    assert "nbpublish/frontends/preview/client.js" in expected
    assert expected <= set(wheel.namelist())
