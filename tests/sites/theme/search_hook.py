"""What the plugin does for the search, by hand."""

from pathlib import Path

from nbpublish.frontends.search_index import search_index


def on_config(config):
    config.theme["search_index"] = "assets/search-index.js"


def on_env(env, config, files):
    index = search_index((file.page.url, file.page.title, file.page.content) for file in files.documentation_pages())
    path = Path(config.site_dir, config.theme["search_index"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(index, encoding="utf-8")
