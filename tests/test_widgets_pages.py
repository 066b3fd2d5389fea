"""Pages with widgets across builds: kept where nothing changed in any state, and made again where something did."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from mkdocs.exceptions import Abort
from mkdocs_sites import Site, build_site, write_site

from nbpublish.frontends.cli import main
from nbpublish.page.shard import Follower, shard
from nbpublish.project import DiskStore, Project

NOTEBOOK = """\
# %%
name = "a.txt"  # widget: dropdown("a.txt", "b.txt")

# %%
from pathlib import Path
print(Path(name).read_text())

# %%
print("nothing to do with it")
"""


@pytest.fixture(autouse=True)
def _fixed_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    files = {"index.md": "# Plain", "a.py": NOTEBOOK, "a.txt": "first", "b.txt": "second"}
    return write_site(tmp_path / "source", files, plugins=["nbpublish"])


def build(source: Path, to: str, cache: str = "cache") -> Site:
    with DiskStore(source.parent / cache) as store:
        return build_site(source, source.parent / to, project=Project(source / "docs", store=store))


def files_of(site: Site) -> dict[str, bytes]:
    return {
        str(path.relative_to(site.folder)): path.read_bytes()
        for path in sorted(site.folder.rglob("*"))
        if path.is_file() and not path.name.startswith("sitemap")
    }


def shards(site: Site) -> str:
    return "".join(path.read_text() for path in sorted((site.folder / "assets" / "nbpublish").glob("*.js")))


def test_two_builds_give_the_same_bytes_and_the_second_one_runs_nothing(source: Path) -> None:
    first, second = build(source, "one"), build(source, "two")
    assert files_of(first) == files_of(second)
    assert "second" in shards(first)
    fresh = build(source, "three", "another cache")
    assert files_of(first) == files_of(fresh)


def test_a_file_that_only_another_state_reads_brings_the_page_up_to_date(source: Path) -> None:
    build(source, "one")
    (source / "docs" / "b.txt").write_text("third")
    site = build(source, "two")
    assert "third" in shards(site)
    assert "second" not in shards(site)
    assert files_of(site) == files_of(build(source, "clean", "another cache"))


def test_a_further_value_brings_the_page_up_to_date(source: Path) -> None:
    build(source, "one")
    (source / "docs" / "c.txt").write_text("fourth")
    notebook = source / "docs" / "a.py"
    notebook.write_text(NOTEBOOK.replace('"b.txt")', '"b.txt", "c.txt")'))
    site = build(source, "two")
    assert "fourth" in shards(site)
    assert files_of(site) == files_of(build(source, "clean", "another cache"))


@pytest.mark.parametrize(("said", "states"), [(False, 0), ({"states": 2}, 2), ({"states": 1}, 0)])
def test_the_budget_is_the_author_s(source: Path, said: object, states: int) -> None:
    plugins = [{"nbpublish": {"widgets": said}}]
    site = build_site(source, source.parent / "site", plugins=plugins)
    assert ("second" in shards(site)) == bool(states)
    assert ("<select" in site.html("a/index.html")) == bool(states)


def test_a_budget_that_means_nothing_is_refused(source: Path) -> None:
    with pytest.raises(Abort):
        build_site(source, source.parent / "site", plugins=[{"nbpublish": {"widgets": {"stats": 2}}}])


STILL = """\
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
    return mo,

@app.cell
def _(mo):
    k = mo.ui.slider(1, 3, label="**k**")
    word = mo.ui.text("any")
    shown = mo.ui.switch()  # widget: static
    unread = mo.ui.slider(1, 2)
    mo.vstack([k, word, shown, unread, mo.ui.checkbox()])
    return k, word, shown, unread

@app.cell
def _(k, word, shown):
    print(k.value, word.value, shown.value)
    return

@app.cell
def _(k):
    open("out.txt", "w").write(str(k.value)).bit_count()
    return

if __name__ == "__main__":
    app.run()
"""


def test_what_stays_as_it_is_says_why_to_readers_and_to_the_author(tmp_path: Path) -> None:
    pytest.importorskip("marimo")
    notebook = STILL.replace('open("out.txt", "w").write(str(k.value)).bit_count()', "k.value")
    write_site(tmp_path, {"index.md": "#", "a.py": notebook}, plugins=["nbpublish"], theme={"name": "nbpublish"})
    html = build_site(tmp_path, tmp_path / "site").html("a/index.html")
    told = re.findall(r'<small class="nb-note nb-still">(.*?)</small>', html)
    assert told == [
        "Stays as it is: what could be entered is not known ahead.",
        "Stays as it is: it is shown as an example.",
    ]
    assert html.count('title="Stays as it is: nothing here depends on it."') == 2
    decided = re.findall("<li>(.*?)</li>", html.partition('class="nb-decided">')[2].partition("</ul>")[0])
    assert decided == [
        "k: all 3 settings",
        "shown stays as it is: it is shown as an example.",
        "word stays as it is: what could be entered is not known ahead.",
    ]


def test_what_was_decided_is_told_in_a_table_and_as_json(tmp_path: Path) -> None:
    pytest.importorskip("marimo")
    write_site(tmp_path, {"index.md": "#", "a.py": STILL}, plugins=["nbpublish"])
    assert CliRunner().invoke(main, ["build", str(tmp_path), "-q"]).exit_code == 0
    html = (tmp_path / "site/a/index.html").read_text()
    assert "What stands here does not follow k: it writes files." in html
    table = CliRunner().invoke(main, ["widgets", str(tmp_path)]).stdout
    assert re.search(r"line +20  k +1 of 3 +does not follow \(writes files\); 1 different", table)
    assert re.search(r"line +11  word +stays as it is \(its values are not known ahead\)", table)
    said = json.loads(CliRunner().invoke(main, ["widgets", str(tmp_path), "--json"]).stdout)
    first = said["notebooks"]["a.py"][0]
    assert (first["widgets"], first["extent"], first["wanted"], first["cause"]) == (["k"], "default", 3, "writes")
    assert [(each["widget"], each["cause"]) for each in said["still"]["a.py"]] == [
        *[("k", "writes"), ("shown", "author"), ("unread", "nothing"), ("word", "free")],
    ]


def test_what_several_states_show_is_kept_once_and_what_was_not_computed_is_said_to_be_missing() -> None:
    shown = ["<p>one</p>", "<p>two</p>", None, "<p>one</p>"]
    [data] = json.loads(shard({"c": Follower(("w",), (4,), False, shown)})[9:-2]).values()
    assert data["i"] == [0, 1, -1, 0]
    assert len(data["u"]) == 2
    assert sorted(data["t"]) == ["<p>", "one</p>", "two</p>"]
