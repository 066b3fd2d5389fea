"""A folder → the MkDocs configuration to build it with, whether or not the folder has a mkdocs.yml."""

from __future__ import annotations

import logging
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException

from nbpublish.errors import ConfigError
from nbpublish.frontends.mkdocs_options import Options
from nbpublish.frontends.places import find_config as find_config
from nbpublish.frontends.places import shown, work_beside
from nbpublish.model import Run
from nbpublish.project import Demand, Project, Settings, open_cache

if TYPE_CHECKING:
    from nbpublish.executors.spare import Spare

PLUGIN = "nbpublish"
LEFT_OUT = "/site/\n.*\n__pycache__/\n__marimo__/\nvenv/\nnode_modules/\n"


def load(folder: Path, config_file: Path | None = None) -> MkDocsConfig:
    """The configuration for `folder`, with our plugin in it.

    With a mkdocs.yml it is what MkDocs itself would read, plus our plugin where it is not listed. Without one the
    folder itself holds the pages, and navigation and titles come from folders and headings. Raises ConfigError with
    all that is wrong.
    """
    path = config_file or find_config(folder)
    # MkDocs keeps plugins for the builds to come; in a preview, pages are made with those of the last build meanwhile.
    # Hooks it loads once, whatever becomes of their files.
    kept: Any = dict(MkDocsConfig._schema)
    kept["plugins"].plugin_cache.clear()
    kept["hooks"]._load_hook.cache_clear()
    try:
        config = _with_file(path) if path else _without_file(folder)
        decided = _decides_on_anchors(config.get("validation"))
        errors, _ = config.validate()
    except (MkDocsException, OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{shown(path or folder)}: {error}") from error
    except (Exception, SystemExit) as error:  # of a hook that is loaded, or of a theme or plugin
        raise ConfigError(f"{shown(path or folder)} cannot be used:\n  {described(error)}") from error
    if errors:
        said = "\n".join(f"  {name}: {error}" for name, error in errors)
        raise ConfigError(f"{shown(path or folder)} cannot be used:\n{said}")
    if not decided:
        config.validation.links.anchors = logging.WARNING  # MkDocs itself only mentions them
    if not path:
        # MkDocs forbids a site folder inside the docs folder, because it would publish the site as well; `LEFT_OUT`
        # prevents that here.
        config.site_dir = str(folder.resolve() / "site")
    return config


def described(error: BaseException) -> str:
    """What code of others has raised, and where."""
    if isinstance(error, MkDocsException):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" (at {frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    if isinstance(error, SyntaxError) and error.filename:  # the frames are those of who has read it
        return f"{type(error).__name__}: {error.msg} (at {error.filename}:{error.lineno})"
    return f"{type(error).__name__}: {error}{place}"


def _decides_on_anchors(validation: Any) -> bool:
    """Whether `validation`, as written in mkdocs.yml, says what a link to an anchor that is not there means."""
    if not isinstance(validation, dict):
        return False
    return "anchors" in validation or "anchors" in (validation.get("links") or {})


def _with_file(path: Path) -> MkDocsConfig:
    config = MkDocsConfig(config_file_path=str(path.resolve()))
    with path.open("rb") as file:
        config.load_file(file)
    plugins = config.get("plugins")
    listed = list(plugins if plugins is not None else ["search"])
    if isinstance(plugins, dict):
        listed = [{name: options} for name, options in plugins.items()]
    if PLUGIN not in {name for entry in listed for name in (entry if isinstance(entry, dict) else [entry])}:
        config.load_dict({"plugins": [*listed, PLUGIN]})
    return config


def _without_file(folder: Path) -> MkDocsConfig:
    config = MkDocsConfig()
    settings: dict[str, Any] = {
        "site_name": folder.resolve().name or "Notebooks",
        "docs_dir": str(folder.resolve()),
        "site_dir": str(Path(tempfile.gettempdir()).resolve() / "nbpublish-site"),
        "theme": {"name": "nbpublish"},
        "plugins": ["search", PLUGIN],
        "exclude_docs": LEFT_OUT,
    }
    config.load_dict(settings)
    return config


def sources(config: MkDocsConfig) -> tuple[Path, ...]:
    """What a site is made from and may not be written over: the docs folder and mkdocs.yml, where there is one."""
    return (Path(config.docs_dir), *([Path(config.config_file_path)] if config.config_file_path else []))


def work_of(config: MkDocsConfig) -> Path:
    """The folder `.nbpublish`: beside the site folder, or beside mkdocs.yml where the site is a temporary one."""
    return work_beside(Path(config.site_dir), Path(config.config_file_path) if config.config_file_path else None)


@contextmanager
def opened(config: MkDocsConfig, demand: Demand | None = None, spare: Spare | None = None) -> Iterator[Project]:
    """The project that `config` describes, with its cache, which is tidied at the end."""
    docs, options = Path(config.docs_dir), settings(config)
    with (
        open_cache(work_of(config)) as store,
        Project(docs, options, store, demand=demand, spare=spare) as project,
    ):
        yield project
        store.tidy()


@contextmanager
def looked_at(config: MkDocsConfig) -> Iterator[Project]:
    """The project that `config` describes, for a look at what the next build would do. It is not taken for a build."""
    store = open_cache(work_of(config))
    try:
        with Project(Path(config.docs_dir), settings(config), store, demand=Demand(frozen=True, aged=True)) as project:
            yield project
    finally:
        store.leave()


@contextmanager
def checked(config: MkDocsConfig) -> Iterator[Project]:
    """The project that `config` describes, to look at its pages and execute nothing.

    Pages show what earlier builds gave, where it is kept and still holds: only then there are figures to look at.
    """
    if settings(config).execute and (work_of(config) / "cache").is_dir():
        with looked_at(config) as project:
            yield project
    else:
        yield Project(Path(config.docs_dir), settings(config, execute=False))


def settings(config: MkDocsConfig, **values: Any) -> Settings:
    """Our plugin's settings, after setting those that the command line gives; None leaves what mkdocs.yml says."""
    options = config.plugins[PLUGIN].config
    assert isinstance(options, Options)
    options.load_dict({name: value for name, value in values.items() if value is not None})
    return options.settings


def runs_of(config: MkDocsConfig) -> Mapping[str, Run]:
    """The runs of the last build with this configuration, by path."""
    runs: Mapping[str, Run] = getattr(config.plugins[PLUGIN], "runs", {})
    return runs


def made_runs_of(config: MkDocsConfig) -> Mapping[str, Run]:
    """Those of them that the build needed: of the other notebooks it knew that their pages still hold."""
    runs = runs_of(config)
    made: Mapping[str, Run] = getattr(runs, "made", runs)
    return made
