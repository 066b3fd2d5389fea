"""One small course, built under every theme, with MkDocs's own plugins and with everybody's."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mkdocs_sites import Site, build_site, copy_site, dead_links, other_hosts

from nbpublish.project import Project

THEMES: dict[str, dict[str, Any]] = {
    # without these settings the themes themselves fetch a highlighter, or fonts, from other hosts
    "mkdocs": {"name": "mkdocs", "highlightjs": False},
    "readthedocs": {"name": "readthedocs", "highlightjs": False, "include_homepage_in_sidebar": False},
    "material": {"name": "material", "font": False, "features": ["content.action.edit", "navigation.footer"]},
    "nbpublish": {"name": "nbpublish"},
}
FEW = ["search", "nbpublish"]
MANY = [
    *FEW,
    "autorefs",
    {"mkdocstrings": {"handlers": {"python": {"paths": ["src"]}}}},
    {"redirects": {"redirect_maps": {"old.md": "notebooks/alpha.py"}}},
    "glightbox",
]
OF_MATERIAL = ["material/tags", "material/blog"]
COMBINATIONS = [f"{theme} {plugins}" for theme in THEMES for plugins in ("few", "many")]


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_site("course", tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def project(course: Path) -> Project:
    """One project for all builds, so that each notebook is run once only."""
    return Project(course / "docs")


@pytest.fixture(scope="session")
def combination(course: Path, project: Project, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Site]:
    @functools.cache
    def attempt(name: str) -> Site | Exception:
        theme, plugins = name.split()
        listed = FEW if plugins == "few" else [*MANY, *(OF_MATERIAL if theme == "material" else [])]
        out = tmp_path_factory.mktemp("site")
        try:
            return build_site(course, out, project=project, theme=THEMES[theme], plugins=listed, strict=True)
        except Exception as error:
            return error

    def of(name: str) -> Site:
        built = attempt(name)
        if isinstance(built, Exception):  # the same for every test, without building again
            raise built
        return built

    return of


@pytest.fixture(params=COMBINATIONS)
def site(request: pytest.FixtureRequest, combination: Callable[[str], Site]) -> Site:
    return combination(request.param)


def test_notebooks_become_pages(site: Site) -> None:
    for name in ("alpha", "beta", "gamma", "nihongo", "appendix"):
        assert site.has(f"notebooks/{name}/index.html")
    assert not site.has("notebooks/alpha.py")
    assert not site.has("notebooks/gamma.ipynb")


def test_modules_and_data_beside_notebooks_are_copied_as_they_are(site: Site) -> None:
    assert site.has("notebooks/helper.py")
    assert site.has("notebooks/data.csv")


def test_drafts_and_excluded_notebooks_and_what_tools_leave_behind_are_not_published(site: Site) -> None:
    published = [path.relative_to(site.folder).as_posix() for path in site.folder.rglob("*")]
    assert [path for path in published if "draft" in path or "secret" in path or "__pycache__" in path] == []


def test_a_notebook_that_is_not_published_is_not_run(site: Site) -> None:
    assert not {"notebooks/draft.py", "notebooks/secret.py"} & set(site.runs)


def test_every_address_on_every_page_leads_somewhere(site: Site) -> None:
    assert dead_links(site) == []


def test_links_are_rewritten_between_notebooks_and_pages_in_both_directions(site: Site) -> None:
    assert 'href="notebooks/alpha/#results-of-alpha"' in site.html("index.html")
    assert 'href="../../notebooks/beta/#cell-area"' in site.html("guide/intro/index.html")
    alpha = site.html("notebooks/alpha/index.html")
    assert 'href="../../guide/intro/#setup"' in alpha
    assert 'href="../beta/#cell-area"' in alpha
    assert 'src="../../assets/dot.png"' in alpha


def test_no_page_fetches_anything_from_another_host(site: Site) -> None:
    assert other_hosts(site) == set()


def test_the_title_of_the_navigation_wins_over_the_notebooks_own(site: Site) -> None:
    assert "My Alpha" in site.html("index.html")


def test_without_one_the_first_heading_is_the_title_and_then_the_file_name(site: Site) -> None:
    assert "<title>Beta, a marimo notebook" in site.html("notebooks/beta/index.html")
    assert "<title>Appendix" in site.html("notebooks/appendix/index.html")


def test_outputs_are_kept_to_the_letter(site: Site) -> None:
    printed = "```python\n\tkept tab\n\n  &lt;not a tag&gt;\n```\n!!! note\n    [x](y.md) $a$ *b*"
    alpha = site.html("notebooks/alpha/index.html")
    assert printed in alpha.replace("&quot;", '"')
    assert "*raw* &amp; [l](m.md)" in alpha


def test_figures_are_files_beside_the_page(site: Site) -> None:
    gamma = site.html("notebooks/gamma/index.html")
    figure = re.search(r'src="\.\./\.\./(assets/nbpublish/[^"]+)"', gamma)
    assert figure
    assert site.has(figure[1])


def test_headings_of_prose_that_a_cell_computed_are_in_the_table_of_contents(site: Site) -> None:
    beta = site.html("notebooks/beta/index.html")
    assert 'id="the-size-is-1257"' in beta
    assert 'href="#the-size-is-1257"' in beta


def test_the_edit_link_leads_to_the_notebook_file(site: Site) -> None:
    assert "https://example.org/teacher/course/edit/main/docs/notebooks/alpha.py" in site.html(
        "notebooks/alpha/index.html"
    )


def test_previous_and_next_pages_are_linked(site: Site) -> None:
    assert 'href="../alpha/"' in site.html("notebooks/beta/index.html")
    assert 'href="../gamma/"' in site.html("notebooks/beta/index.html")


def test_the_sitemap_lists_notebooks(site: Site) -> None:
    assert "https://example.org/course/notebooks/alpha/" in site.html("sitemap.xml")


def test_sections_of_notebooks_can_be_searched(site: Site) -> None:
    search = site.search
    assert "Advice stands here" in search["notebooks/alpha/#results-of-alpha"]["text"]
    assert search["notebooks/nihongo/#実験の結果"]["title"] == "実験の結果"
    assert "Computed prose" in search["notebooks/beta/#the-size-is-1257"]["text"]


def test_what_cells_printed_and_drew_does_not_drown_the_search(site: Site) -> None:
    assert "NEEDLE" in site.html("notebooks/alpha/index.html")
    assert "NEEDLE" not in site.html("search/search_index.json")


@pytest.mark.parametrize("plugins", ["few", "many"])
def test_the_index_of_our_theme_has_the_same_sections(combination: Callable[[str], Site], plugins: str) -> None:
    site = combination(f"nbpublish {plugins}")
    index = site.html("assets/search-index.js")
    entries = json.loads(re.sub(r"^.*?index:|\}\s*;\s*$", "", index, flags=re.DOTALL))
    sections = {section["url"]: section["texts"] for section in entries["sections"]}
    assert "Advice stands here" in sections["notebooks/alpha/#results-of-alpha"][0]
    assert "notebooks/nihongo/#実験の結果" in sections
    assert any("NEEDLE" in output for _, _, output in sections.values()), "outputs are found, and count less"
    assert not any("NEEDLE" in prose for prose, _, _ in sections.values())


def test_markdown_pages_stay_with_python_markdown(site: Site) -> None:
    assert "==no mark==" in site.html("index.html")


def test_a_clean_course_has_no_problems(site: Site) -> None:
    assert site.problems == ()
    assert "WARNING" not in site.log


def test_the_content_layer_is_added_once_under_themes_that_are_not_ours(site: Site) -> None:
    alpha = site.html("notebooks/alpha/index.html")
    assert alpha.count("assets/nb-content.css") == 1
    assert alpha.count("assets/nb.js") == 1


# --- other people's plugins -------------------------------------------------------------------------------------------


@pytest.fixture(params=[name for name in COMBINATIONS if "many" in name])
def full(request: pytest.FixtureRequest, combination: Callable[[str], Site]) -> Site:
    return combination(request.param)


def test_headings_of_notebooks_can_be_referred_to_by_name(full: Site) -> None:
    assert re.search(r'href="notebooks/alpha/#results-of-alpha"[^>]*>results</a>', full.html("index.html"))


def test_prose_of_notebooks_can_refer_to_documented_names(full: Site) -> None:
    alpha = full.html("notebooks/alpha/index.html")
    assert re.search(r'href="\.\./\.\./guide/api/#mymod\.area"[^>]*>the formula</a>', alpha)


@pytest.mark.parametrize("theme", THEMES)
def test_without_autorefs_the_authors_text_stays(combination: Callable[[str], Site], theme: str) -> None:
    assert "[the formula][mymod.area]" in combination(f"{theme} few").html("notebooks/alpha/index.html")


def test_a_redirect_may_lead_to_a_notebook(full: Site) -> None:
    assert "notebooks/alpha/" in full.html("old/index.html")


def test_images_of_notebooks_open_in_a_lightbox(full: Site) -> None:
    assert 'class="glightbox"' in full.html("notebooks/alpha/index.html")


def test_documented_modules_are_still_rendered_by_mkdocstrings(full: Site) -> None:
    assert 'id="mymod.area"' in full.html("guide/api/index.html")


@pytest.fixture
def material(combination: Callable[[str], Site]) -> Site:
    return combination("material many")


def test_material_lists_notebooks_under_their_tags(material: Site) -> None:
    assert "notebooks/alpha/" in material.html("tags/index.html")


def test_a_blog_post_may_be_a_notebook(material: Site) -> None:
    post = material.html("blog/2026/11/22/first-post/index.html")
    assert "computed in a post" in re.sub(r"<[^>]+>", "", post.split("nb-outputs", 1)[1])
    blog = material.html("blog/index.html")
    assert "A post that is a notebook" in blog
    assert 'href="2026/11/22/first-post/"' in blog
    assert material.has("blog/category/news/index.html")


def test_material_shows_the_description_of_a_notebook(material: Site) -> None:
    assert '<meta name="description" content="The first notebook">' in material.html("notebooks/alpha/index.html")


# --- other ways to build ----------------------------------------------------------------------------------------------


def test_addresses_without_directories(course: Path, project: Project, tmp_path: Path) -> None:
    site = build_site(course, tmp_path, project=project, theme=THEMES["mkdocs"], use_directory_urls=False, strict=True)
    assert site.has("notebooks/alpha.html")
    assert 'href="beta.html#cell-area"' in site.html("notebooks/alpha.html")
    assert dead_links(site) == []


def test_a_preview_shows_drafts_too(course: Path, project: Project, tmp_path: Path) -> None:
    site = build_site(course, tmp_path, project=project, theme=THEMES["mkdocs"], serve_url="http://localhost:8000/")
    assert "DRAFT" in site.html("notebooks/draft/index.html")
    assert not site.has("notebooks/secret/index.html")
