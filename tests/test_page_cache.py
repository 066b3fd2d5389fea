"""Pages that need not be made again: after any edit the site and what is said of it are those of a clean build.

The same folder is built twice after each edit: with what earlier builds made of the notebooks, and without.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from mkdocs_sites import Site, build_site, copy_site, write_site
from test_mkdocs_site import COMBINATIONS, FEW, MANY, OF_MATERIAL, THEMES

from nbpublish.frontends import mkdocs_kept, mkdocs_page, page_settings
from nbpublish.frontends.mkdocs_kept import Links, Shelf
from nbpublish.project import DiskStore, Project

QUICK = {"nbpublish few", "material many"}
"""Combinations of theme and plugins that are always tried; the others with --long."""


@pytest.fixture(autouse=True)
def _fixed_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


class Afresh(Project):
    """Takes no notice of what was made before."""

    records = property(lambda self: None)  # type: ignore[assignment]


@dataclass
class Bench:
    """A site that is built again and again, with one cache."""

    source: Path
    room: Path
    settings: dict[str, Any] = field(default_factory=dict)
    rendered: list[str] = field(default_factory=list)
    """Notebooks whose pages were rendered since it was emptied."""
    count: int = 0

    def build(self, *, afresh: bool = False) -> Site:
        """Build; `afresh`, what was made of the notebooks is not looked at, though traces of their cells are."""
        self.count += 1
        out = self.room / f"{self.count}{'-afresh' if afresh else ''}" / "site"
        with DiskStore(self.room / "cache") as store:
            project = (Afresh if afresh else Project)(self.source / "docs", store=store)
            return build_site(self.source, out, project=project, **self.settings)

    def differences(self) -> list[str]:
        """What differs between a build and one that makes all pages."""
        return compared(self.build(), self.build(afresh=True))


def compared(one: Site, other: Site) -> list[str]:
    """Names of files and lines of the log that differ."""
    first, second = contents(one.folder), contents(other.folder)
    files = [name for name in sorted({*first, *second}) if first.get(name) != second.get(name)]
    said, wanted = faults(one), faults(other)
    log = [] if said == wanted else [f"said {said}, not {wanted}"]
    return files + log + ([] if one.problems == other.problems else ["problems"])


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def faults(site: Site) -> list[str]:
    """What was logged as wrong, in its order."""
    return [line for line in site.log.splitlines() if line.startswith(("WARNING", "ERROR"))]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Bench]:
    """Makes benches that note which pages are rendered."""

    def make(source: Path, **settings: Any) -> Bench:
        made = Bench(source, tmp_path / "room", settings)
        render = mkdocs_page.render_safely

        def noted(run: Any, *arguments: Any) -> Any:
            made.rendered.append(run.notebook.path)
            return render(run, *arguments)

        monkeypatch.setattr(mkdocs_page, "render_safely", noted)
        return made

    return make


# --- every theme and everybody's plugins ------------------------------------------------------------------------------


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(source: Path) -> None:
        path = source / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def write(name: str, text: str) -> Callable[[Path], None]:
    def change(source: Path) -> None:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, encoding="utf-8")

    return change


def setting(**values: Any) -> Callable[[Path], None]:
    """Settings of mkdocs.yml."""

    def change(source: Path) -> None:
        path = source / "mkdocs.yml"
        path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text("utf-8")), **values}, allow_unicode=True))

    return change


NEW = "# %% [markdown]\n# # New\n#\n# [alpha](alpha.py#results-of-alpha) and [nothing](nothing.py)\n\n# %%\n1 + 1\n"
OWN_TITLE = "{% extends 'base.html' %}\n{% block htmltitle %}<title>X</title>{% endblock %}\n"
EDITS: dict[str, Callable[[Path], object]] = {
    "nothing": lambda source: None,
    "prose": edit("docs/notebooks/alpha.py", "Advice stands here", "Other advice stands here"),
    "code": edit("docs/notebooks/alpha.py", "kept tab", "tab that is kept"),
    "a title": edit("docs/notebooks/nihongo.py", "# # ", "# # 新 "),
    "a page added": write("docs/notebooks/new.py", NEW),
    "the navigation": setting(nav=["index.md", {"All": ["notebooks/new.py", "notebooks/alpha.py"]}]),
    "data": lambda source: (source / "docs/notebooks/data.csv").write_text("x,y\n7,8\n9,10\n"),
    "a setting of ours": edit("mkdocs.yml", "- nbpublish", "- nbpublish: {code: fold}"),
    "a setting of MkDocs": setting(markdown_extensions=[{"toc": {"permalink": "#", "toc_depth": "1-2"}}]),
    "the theme": write("overrides/main.html", OWN_TITLE),
    "a Markdown page": edit("docs/guide/intro.md", "## Setup", "## Set up now"),
    "a page renamed": lambda source: (source / "docs/notebooks/alpha.py").rename(source / "docs/notebooks/omega.py"),
    "a page deleted": lambda source: (source / "docs/notebooks/gamma.ipynb").unlink(),
    "what pages link to deleted": lambda source: (source / "docs/guide/intro.md").unlink(),
    "all as it was": lambda source: None,
}


@pytest.fixture(scope="session")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in which the cells of the course have been run."""
    source = copy_site("course", tmp_path_factory.mktemp("executed"))
    with DiskStore(source.parent / "cache") as store:
        project = Project(source / "docs", store=store)
        build_site(source, source.parent / "site", project=project, theme=THEMES["mkdocs"])
    return source.parent / "cache"


def tried(combination: str) -> Any:
    return pytest.param(combination, marks=[] if combination in QUICK else pytest.mark.slow)


@pytest.mark.parametrize("combination", [tried(combination) for combination in COMBINATIONS])
def test_after_each_edit_the_site_is_that_of_a_clean_build(
    combination: str, executed: Path, bench: Callable[..., Bench], tmp_path: Path
) -> None:
    theme, plugins = combination.split()
    source = copy_site("course", tmp_path)
    original = shutil.copytree(source, tmp_path / "original")
    (source / "overrides").mkdir()
    listed = FEW if plugins == "few" else [*MANY, *(OF_MATERIAL if theme == "material" else [])]
    settings = yaml.safe_load((source / "mkdocs.yml").read_text("utf-8"))
    settings |= {"plugins": listed, "theme": {**THEMES[theme], "custom_dir": "overrides"}}
    (source / "mkdocs.yml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    begun = (source / "mkdocs.yml").read_text("utf-8")
    made = bench(source)
    shutil.copytree(executed, made.room / "cache")
    made.build()
    for name, change in EDITS.items():
        change(source)
        if name == "all as it was":
            shutil.rmtree(source / "docs")
            shutil.copytree(original / "docs", source / "docs")
            (source / "mkdocs.yml").write_text(begun, encoding="utf-8")
            (source / "overrides" / "main.html").unlink()
        assert made.differences() == [], name
    made.rendered.clear()
    made.build()
    assert made.rendered == []


# --- what is rendered -------------------------------------------------------------------------------------------------

SMALL = {
    "index.md": "# Home\n\nTo [a](a.py).\n",
    "a.py": "# %% [markdown]\n# # A\n#\n# To [b](b.py#part-of-b) and [nowhere](nowhere.md).\n\n# %%\nprint(6 * 7)\n",
    "b.py": "# %% [markdown]\n# # B\n#\n# ## Part of b\n\n# %%\nprint(open('data.csv').read())\n",
    "c.py": "# %% [markdown]\n# # C\n\n# %%\n1 / 0\n",
    "data.csv": "1,2\n",
}


@pytest.fixture(scope="module")
def small_executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in which the cells of the three notebooks have been run, and of which no page was made."""
    source = write_site(tmp_path_factory.mktemp("executed"), SMALL)
    with DiskStore(source / "cache") as store, Project(source / "docs", store=store) as project:
        project.runs(filter(None, map(project.read, filter(project.takes, SMALL))))
    return source / "cache"


@pytest.fixture
def small(tmp_path: Path, small_executed: Path, bench: Callable[..., Bench]) -> Bench:
    """Three notebooks that were built."""
    made = bench(write_site(tmp_path, SMALL))
    shutil.copytree(small_executed, made.room / "cache")
    made.build()
    assert sorted(made.rendered) == ["a.py", "b.py", "c.py"]
    made.rendered.clear()
    return made


SMALL_EDITS: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "nothing": (lambda source: None, []),
    "prose": (edit("docs/a.py", "# # A", "# # Uno"), ["a.py"]),
    "data": (write("docs/data.csv", "3,4\n"), ["b.py"]),
    "a page": (edit("docs/index.md", "Home", "House"), []),
    "where a link leads": (lambda source: (source / "docs/b.py").rename(source / "docs/d.py"), ["a.py", "d.py"]),
    "an anchor": (edit("docs/b.py", "Part of b", "A part"), ["b.py"]),
    "navigation": (setting(nav=["c.py", "b.py", "index.md", "a.py"]), []),
    "addresses": (setting(use_directory_urls=False), ["a.py", "b.py", "c.py"]),
    "the theme": (setting(theme={"name": "readthedocs"}), ["a.py", "b.py", "c.py"]),
    "how code is shown": (setting(plugins=["search", {"nbpublish": {"code": "fold"}}]), ["a.py", "b.py", "c.py"]),
    "the site's language": (
        setting(theme={"name": "mkdocs", "highlightjs": False, "locale": "ja"}),
        ["a.py", "b.py", "c.py"],
    ),
    "permalinks": (setting(markdown_extensions=[{"toc": {"permalink": "#"}}]), ["a.py", "b.py", "c.py"]),
    "what readers take along": (
        setting(plugins=["search", {"nbpublish": {"downloads": ["ipynb"]}}]),
        ["a.py", "b.py", "c.py"],
    ),
    "where notebooks are": (setting(repo_url="https://github.com/ann/course"), ["a.py", "b.py", "c.py"]),
    "the address of the site": (setting(site_url="https://example.org/course/"), ["a.py", "b.py", "c.py"]),
}


@pytest.mark.parametrize(("change", "pages"), SMALL_EDITS.values(), ids=SMALL_EDITS)
def test_only_pages_that_an_edit_reaches_are_rendered(small: Bench, change: Any, pages: list[str]) -> None:
    change(small.source)
    site = small.build()
    assert sorted(small.rendered) == pages
    assert compared(site, small.build(afresh=True)) == []


def test_runs_are_not_even_looked_up(small: Bench) -> None:
    site = small.build()
    assert dict(site.runs.made) == {}  # type: ignore[attr-defined]
    reasons = {path: [reason.cause for reason in run.reasons.values()] for path, run in site.runs.items()}
    assert reasons == {"a.py": ["unchanged"], "b.py": ["unchanged"], "c.py": ["unchanged"]}


def test_what_is_refreshed_is_shown_in_every_site(tmp_path: Path) -> None:
    text = "# %%\n#| refresh: 1d\nimport uuid\nprint('made', uuid.uuid4().hex)\n"
    source = write_site(tmp_path, {"a.py": text, "index.md": "# H"})
    shutil.copy(source / "mkdocs.yml", source / "other.yml")
    with (source / "other.yml").open("a", encoding="utf-8") as file:
        file.write("site_dir: other\n")
    shown = {}
    for arguments in ([], ["-f", str(source / "other.yml")], ["--refresh"], ["-f", str(source / "other.yml")], []):
        subprocess.run([*command(source), *arguments], check=True, capture_output=True)
        page = source / ("other" if arguments[:1] == ["-f"] else "site") / "a/index.html"
        shown[len(shown)] = page.read_text(encoding="utf-8").partition("made ")[2][:32]
    assert shown[0] == shown[1] != shown[2] == shown[3] == shown[4]


def test_what_is_wrong_with_a_link_is_said_once(small: Bench) -> None:
    site = small.build()
    assert sum("nowhere.md" in line for line in faults(site)) == 1
    (small.source / "docs/b.py").unlink()
    site = small.build()
    assert small.rendered == ["a.py"]
    assert sum("nowhere.md" in line for line in faults(site)) == 1
    assert sum("'b.py#part-of-b'" in line for line in faults(site)) == 1


def test_a_changed_installation_makes_all_pages_again(small: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mkdocs_kept, "surroundings", lambda _: ["another version"])
    small.build()
    assert sorted(small.rendered) == ["a.py", "b.py", "c.py"]


def test_a_slug_function_without_a_name_makes_no_records(small: Bench) -> None:
    setting(markdown_extensions=[{"toc": {"permalink": "#"}}])(small.source)
    small.settings = {"mdx_configs": {}}
    assert mkdocs_kept._function(lambda text: text) == ""
    assert mkdocs_kept._function(edit("a", "b", "c")) == ""
    assert mkdocs_kept._function(write) != mkdocs_kept._function(edit) != ""


def test_a_page_with_a_fault_of_ours_is_tried_again(small: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> Any:
        raise RuntimeError("ours")

    edit("docs/a.py", "# # A", "# # Another")(small.source)
    with monkeypatch.context() as patch:
        patch.setattr(mkdocs_page, "render", fails)
        assert "internal-error" in [code for _, code in small.build().codes]
    assert small.differences() == []


def test_a_file_that_cannot_be_read_is_not_kept_for_an_empty_one(small: Bench) -> None:
    path = small.source / "docs/a.ipynb"
    path.symlink_to("nowhere")
    small.build()
    path.unlink()
    path.write_text("")
    assert small.differences() == []


def test_metadata_with_dates_is_read_from_the_notebook(tmp_path: Path, bench: Callable[..., Bench]) -> None:
    text = "# ---\n# date: 2026-11-22\n# title: Dated\n# ---\n\n# %% [markdown]\n# # A\n\n# %%\n1\n"
    made = bench(write_site(tmp_path, {"a.py": text, "index.md": "# H"}))
    made.build()
    assert made.differences() == []
    assert "Dated" in made.build().html("a/index.html")


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def test_a_commit_makes_the_pages_again_of_what_it_changed(small: Bench) -> None:
    git(small.source, "init", "-q")
    small.build()
    assert small.rendered == ["a.py", "b.py", "c.py"], "now the path in the repository is known"
    for change, rendered in (
        (lambda: None, ["a.py", "b.py", "c.py"]),
        (lambda: edit("docs/a.py", "6 * 7", "6 * 8")(small.source), ["a.py"]),
        (lambda: (small.source / "other.txt").write_text("x"), []),
    ):
        change()
        small.build()
        small.rendered.clear()
        git(small.source, "add", ".")
        git(small.source, "commit", "-q", "-m", "next")
        small.build()
        assert small.rendered == rendered
        assert small.differences() == []


def test_another_version_of_a_package_is_told(small: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    site = small.room / "installed"
    site.mkdir(parents=True)
    (site / "fruits.py").write_text("x = 1\n")
    monkeypatch.setenv("PYTHONPATH", str(site), prepend=os.pathsep)
    write("docs/a.py", "# %%\nimport fruits\n\n# %%\nprint(6 * 7)\n")(small.source)
    for version in ("1.0", "1.1"):
        for old in site.glob("*.dist-info"):
            shutil.rmtree(old)
        info = site / f"fruits-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Name: fruits\nVersion: {version}\n\n")
        small.rendered.clear()
        assert f"<span>fruits {version}</span>" in small.build().html("a/index.html")
        assert small.rendered == ["a.py"]
        assert small.differences() == []


def test_a_file_to_take_along_that_is_gone_is_made_again(small: Bench) -> None:
    for path in (small.room / "cache").glob("v*/pages/files/*/*"):
        path.unlink()
    assert small.differences() == []
    assert "a.py" in small.rendered


# --- each part is needed ----------------------------------------------------------------------------------------------

PARTS: dict[str, tuple[Any, str, Any, str]] = {
    "the notebook's content": (Shelf, "_key", lambda self, path, data: path, "prose"),
    "what the cells observed": (Project, "settled", lambda *_: True, "data"),
    "settings of ours": (page_settings, "described", lambda settings: "same", "how code is shown"),
    "settings of the site": (page_settings, "described", lambda settings: "same", "permalinks"),
    "addresses": (Links, "lead_as_before", lambda self, links: True, "where a link leads"),
    "where the site is": (mkdocs_page, "as_settings", lambda *_: "same", "the address of the site"),
    "the content that is searched": (mkdocs_page, "digest", lambda *texts: "same", "how code is shown"),
}


@pytest.mark.parametrize(("owner", "name", "instead", "edited"), PARTS.values(), ids=PARTS)
def test_without_this_part_an_old_page_would_stay(
    small: Bench, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, instead: Any, edited: str
) -> None:
    monkeypatch.setattr(owner, name, instead)
    small.build()
    SMALL_EDITS[edited][0](small.source)
    assert small.differences() != []


def test_without_the_installation_in_the_key_an_old_page_would_stay(
    small: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mkdocs_kept, "surroundings", lambda _: [])
    small.build()
    monkeypatch.setattr(mkdocs_page, "notices", lambda problems: "")
    render = mkdocs_page.render
    monkeypatch.setattr(mkdocs_page, "render", lambda *arguments: render(*arguments).__class__("Another", ()))
    assert small.differences() != []


def test_without_anchors_registered_anew_references_would_fail(
    tmp_path: Path, bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"a.py": "# %% [markdown]\n# # A\n#\n# ## Far away\n", "index.md": "# Home\n\n[far][far-away]\n"}
    made = bench(write_site(tmp_path, files, plugins=["search", "autorefs", "nbpublish"]))
    made.build()
    assert made.differences() == []
    render = mkdocs_page.NotebookPage.render

    def forgetful(self: Any, config: Any, files: Any) -> None:
        with monkeypatch.context() as patch:
            if self.kept:
                patch.setattr(mkdocs_page, "autorefs_plugin", lambda config: None)
                patch.setattr(page_settings, "described", lambda settings: self.kept.settings)
            render(self, config, files)

    monkeypatch.setattr(mkdocs_page.NotebookPage, "render", forgetful)
    assert made.differences() != []


def test_the_time_that_reading_takes_follows_how_code_is_shown(tmp_path: Path, bench: Callable[..., Bench]) -> None:
    files = {"index.py": "# %% [markdown]\n# # A\n\n# %%\n" + "name = 1\n" * 228}
    made = bench(write_site(tmp_path, files, theme={"name": "nbpublish"}))
    assert ">2 minutes to read<" in made.build().html("index.html")
    settings = made.source / "mkdocs.yml"
    settings.write_text(settings.read_text().replace("- nbpublish", "- nbpublish: {code: fold}"))
    assert made.differences() == []
    assert "to read<" not in made.build().html("index.html")


# --- accidents --------------------------------------------------------------------------------------------------------


def records(bench: Bench) -> list[Path]:
    found = [path for path in (bench.room / "cache").glob("v*/pages/**/*") if path.is_file()]
    assert found
    return found


@pytest.mark.parametrize("damage", [b"", b"{}", b"\x00" * 100])
def test_a_damaged_record_was_never_made(small: Bench, damage: bytes) -> None:
    for path in records(small):
        path.write_bytes(damage or path.read_bytes()[:-7])
    site = small.build()
    assert sorted(small.rendered) == ["a.py", "b.py", "c.py"]
    assert compared(site, small.build(afresh=True)) == []


def test_a_record_in_the_place_of_another_was_never_made(small: Bench) -> None:
    first, second, *_ = records(small)
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)
    assert small.differences() == []


def test_a_changed_letter_in_a_record_is_noticed(small: Bench) -> None:
    for path in records(small):
        path.write_bytes(path.read_bytes().replace(b"Part of b", b"Part of B"))
    assert small.differences() == []


def test_an_asset_that_is_gone_is_made_again(tmp_path: Path, bench: Callable[..., Bench]) -> None:
    figure = "# %%\nimport matplotlib.pyplot as plt\n\nplt.plot([1, 2]);\n"
    made = bench(write_site(tmp_path, {"a.py": figure, "index.md": "# H"}))
    made.build()
    assert made.differences() == []
    for path in (made.room / "cache").glob("v*/pages/files/*/*"):
        path.unlink()
    made.rendered.clear()
    assert len(list((made.build().folder / "assets/nbpublish").iterdir())) == 1
    assert made.rendered == ["a.py"]
    assert made.differences() == []


def command(source: Path) -> list[str]:
    return [sys.executable, "-m", "nbpublish", "build", str(source), "--keep-going", "-q"]


def finished(source: Path) -> dict[str, bytes]:
    """The site after one more build, which has no reason to fail."""
    subprocess.run(command(source), capture_output=True, check=False)
    return contents(source / "site")


@pytest.fixture
def clean(tmp_path: Path) -> dict[str, bytes]:
    """The site of the small course as it is built from nothing, after an edit."""
    source = write_site(tmp_path / "clean", SMALL)
    edit("docs/a.py", "6 * 7", "6 * 8")(source)
    return finished(source)


def test_after_a_build_was_killed_the_site_is_right(tmp_path: Path, clean: dict[str, bytes]) -> None:
    source = write_site(tmp_path / "killed", SMALL)
    finished(source)
    edit("docs/a.py", "6 * 7", "6 * 8")(source)
    for seconds in (0.3, 0.8, 1.3):
        process = subprocess.Popen(command(source), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert finished(source) == clean
    assert finished(source) == clean


def test_two_builds_at_once_give_the_right_site(tmp_path: Path, clean: dict[str, bytes]) -> None:
    source = write_site(tmp_path / "twice", SMALL)
    finished(source)
    edit("docs/a.py", "6 * 7", "6 * 8")(source)
    both = [subprocess.Popen(command(source), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)]
    for process in both:
        process.wait()
    assert finished(source) == clean


def test_records_do_not_pile_up(small: Bench) -> None:
    def count() -> int:  # files that no record refers to are collected once they are an hour old
        return sum("files" not in path.parts for path in records(small))

    before = count()
    for text in ("one", "two", "three"):
        write("docs/a.py", f"# %% [markdown]\n# # {text}\n")(small.source)
        small.build()
    assert count() == before
