"""Files of the docs folder → notebooks among them as pages of the site."""

from __future__ import annotations

import copy
import json
import posixpath
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel

from nbpublish.frontends.disk_files import leave_out_odd
from nbpublish.frontends.mkdocs_kept import Kept, Shelf
from nbpublish.model import Notebook, Problem
from nbpublish.project import ENVIRONMENT, JUNK, Project


class NotebookFile(File):
    """A notebook that is a page: `ch/a.py` becomes `ch/a/`. Navigation, links and addresses follow from that alone."""

    data: bytes | None
    """What the file holds, as it was read once; None where it cannot be read."""
    kept: Kept | None
    """What was made of the notebook in an earlier build, if that still holds."""
    _parse: Callable[[], Notebook | None]

    @classmethod
    def of(
        cls, file: File, data: bytes | None, kept: Kept | None, parse: Callable[[], Notebook | None]
    ) -> NotebookFile:
        new = cls(file.src_uri, file.src_dir, file.dest_dir, file.use_directory_urls, inclusion=file.inclusion)
        new.generated_by, new.abs_src_path, new._content = file.generated_by, file.abs_src_path, file._content
        new.data, new.kept, new._parse = data, kept, parse
        return new

    @cached_property
    def notebook(self) -> Notebook:
        """The notebook; read when somebody asks for more than is kept of it."""
        notebook = self._parse()
        assert notebook
        return notebook

    @property
    def markdown(self) -> str:
        """What plugins that read a page's Markdown get to see."""
        return self.kept.markdown if self.kept else as_markdown(self.notebook)

    @property
    def metadata(self) -> dict[str, Any]:
        """The notebook's own, for one page to change."""
        if self.kept and self.kept.metadata:
            found: dict[str, Any] = json.loads(self.kept.metadata)
            return found
        return copy.deepcopy(dict(self.notebook.metadata))

    def is_documentation_page(self) -> bool:
        return True


class FileBeside(File):
    """A file that we write into the site beside a page; whatever it is called, it is no page itself."""

    @classmethod
    def at(cls, path: str, data: bytes, config: MkDocsConfig) -> FileBeside:
        """The file at `path` in the site."""
        source = f".nbpublish/{path}"  # under which no file of the docs folder is found
        new = cls(source, None, config.site_dir, config.use_directory_urls, dest_uri=path)
        new.inclusion, new.generated_by, new._content = InclusionLevel.INCLUDED, "nbpublish", data
        return new

    def is_documentation_page(self) -> bool:
        return False


def with_notebooks(files: Files, project: Project, shelf: Shelf) -> tuple[Files, list[Problem]]:
    """The same files in the same order, notebooks as pages, and the problems of files that cannot be published.

    Helper modules, scripts and data stay what they are: files that MkDocs copies to the site. What tools leave behind
    (`__pycache__`, `__marimo__`, virtual environments, …) does not get there.
    """
    found: list[File] = []
    odd = leave_out_odd(files)
    environments = tuple(uri.removesuffix(ENVIRONMENT) for uri in files.src_uris if uri.endswith(f"/{ENVIRONMENT}"))
    for file in files:
        if JUNK & set(file.src_uri.split("/")) or file.src_uri.startswith(environments):
            file.inclusion = InclusionLevel.EXCLUDED
        if is_served(file) and not file.is_documentation_page() and project.takes(file.src_uri):
            file = _as_notebook(file, project, shelf)
        found.append(file)
    return Files(found), [*odd, *_leave_out_unreadable(found), *_leave_out_duplicates(found)]


def is_served(file: File) -> bool:
    """Whether the file is part of a preview at least; drafts are part of nothing else."""
    return bool(file.inclusion.value >= InclusionLevel.DRAFT.value)


def _as_notebook(file: File, project: Project, shelf: Shelf) -> File:
    """The file as a page, where it is a notebook."""
    path = file.src_uri
    try:
        data = file.content_bytes if file.generated_by else (project.root / path).read_bytes()
    except OSError:
        unreadable = project.read(path)
        return NotebookFile.of(file, None, None, lambda: unreadable) if unreadable else file
    if kept := shelf.find(path, data):
        return NotebookFile.of(file, data, kept, lambda: project.parse(path, data))
    notebook = project.parse(path, data)
    return NotebookFile.of(file, data, None, lambda: notebook) if notebook else file


def _leave_out_unreadable(files: list[File]) -> list[Problem]:
    """Leave out pages that are no UTF-8: they would end the build of all others, with a traceback of MkDocs."""
    problems = []
    for file in files:
        if isinstance(file, NotebookFile) or not file.is_documentation_page() or not is_served(file):
            continue
        try:
            file.content_bytes.decode()
        except UnicodeDecodeError as error:
            file.inclusion = InclusionLevel.EXCLUDED
            line = error.object[: error.start].count(b"\n") + 1
            message = "The page is no UTF-8 text here, so it is left out. Save the file as UTF-8."
            problems.append(Problem("encoding", message, file.src_uri, line))
        except OSError as error:
            file.inclusion = InclusionLevel.EXCLUDED
            message = f"The page cannot be read ({error.strerror or error}), so it is left out. Check its permissions."
            problems.append(Problem("unreadable", message, file.src_uri, 1))
    return problems


def _leave_out_duplicates(files: list[File]) -> list[Problem]:
    """Of files that would be written to the same place, keep the one that is no notebook, else the script."""
    problems = []
    kept: dict[str, File] = {}
    for file in sorted(files, key=lambda file: (isinstance(file, NotebookFile), not file.src_uri.endswith(".py"))):
        if not is_served(file):
            continue
        other = kept.setdefault(file.dest_uri, file)
        if other is not file and isinstance(file, NotebookFile):
            file.inclusion = InclusionLevel.EXCLUDED
            if _are_one_notebook(file, other):
                continue
            message = (
                f"This notebook and {other.src_uri} would both become {file.dest_uri}; {other.src_uri} is published. "
                "Rename one of them, or name one under `exclude_docs` in mkdocs.yml."
            )
            problems.append(Problem("duplicate-page", message, file.src_uri, 1))
    return problems


def _are_one_notebook(file: NotebookFile, other: File) -> bool:
    """Whether jupytext keeps one notebook in both files, by what one of them says."""
    if not isinstance(other, NotebookFile):
        return False
    endings = {posixpath.splitext(each.src_uri)[1].removeprefix(".") for each in (file, other)}
    return any(endings <= set(each.notebook.metadata.get("paired", ())) for each in (file, other))


def as_markdown(notebook: Notebook) -> str:
    """Prose and visible code as Markdown: what plugins that read a page's Markdown get to see."""
    parts = []
    for cell in notebook.cells:
        if cell.options.removed:
            continue
        if cell.kind == "markdown":
            parts.append(cell.source)
        elif cell.kind == "code" and cell.options.code != "hide":
            parts.append(f"````python\n{cell.source}\n````")
    return "\n\n".join(parts)


def write_posts(files: Files, config: MkDocsConfig, folder: Path) -> None:
    """Write each notebook among Material's blog posts to `folder` as Markdown.

    The blog opens the file of a post itself, before any other plugin is asked, and wants YAML front matter in it.
    """
    for name, plugin in config.plugins.items():
        if not name.startswith("material/blog"):
            continue
        blog = plugin.config["blog_dir"]
        posts = posixpath.normpath(plugin.config["post_dir"].format(blog=blog)) + "/"
        for file in files:
            if isinstance(file, NotebookFile) and file.src_uri.startswith(posts):
                path = folder / f"{file.src_uri}.md"
                path.parent.mkdir(parents=True, exist_ok=True)
                front = yaml.safe_dump(dict(file.notebook.metadata), allow_unicode=True, sort_keys=False)
                path.write_text(f"---\n{front}---\n\n{as_markdown(file.notebook)}", encoding="utf-8")
                file.abs_src_path = str(path)
