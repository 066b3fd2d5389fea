"""What the plugin does for the search, by hand."""

from pathlib import Path

from nbpublish.frontends.search_index import indexed, search_index


def on_config(config):
    config.theme["search_index"] = "assets/search-index.js"


def on_env(env, config, files):
    pages = [file.page for file in files.documentation_pages()]
    found = search_index([indexed(page.url, page.title, page.content) for page in pages], config.theme["search_index"])
    for name, text in found.items():
        path = Path(config.site_dir, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
