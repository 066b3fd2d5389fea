"""`nbpublish serve`: the site on this machine, built again when a file is saved; the browser reloads by itself."""

from __future__ import annotations

import socket
import threading
import webbrowser
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from rich.console import Console
from rich.markup import escape
from watchdog.observers import Observer

from nbpublish.errors import ConfigError, NbpublishError
from nbpublish.frontends import configuration, publish, report, site
from nbpublish.frontends.preview import HERE, Preview, PreviewServer
from nbpublish.frontends.watch import Changes
from nbpublish.project import DiskStore, Project, open_cache

TRIED_PORTS = 20


def serve(
    folder: Path, config_file: Path | None, *, host: str, port: int, open_browser: bool, jobs: int | None
) -> None:
    """Build, listen, watch; returns when interrupted. Raises ConfigError where the first configuration is wrong."""
    console = report.console()
    config = configuration.load(folder, config_file)
    with publish.aside(Path(config.site_dir)) as room:
        preview = Preview(room / "site")
        preview.folder.mkdir()
        server = _listen(preview, host, port, console)
        builder = _Builder(folder, config_file, jobs, preview, console)
        try:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            builder.build()
            url = f"http://{host}:{server.server_address[1]}/"
            console.print(f"Serving [bold]{url}[/] (Ctrl-C ends it)")
            if open_browser:
                webbrowser.open(url)
            builder.follow()
        except KeyboardInterrupt:
            console.print("Stopped.")
        finally:
            builder.close()
            preview.close()
            server.shutdown()
            server.server_close()


def _listen(preview: Preview, host: str, port: int, console: Console) -> PreviewServer:
    """Listen on `port`, or on the next free one. Warns where other machines can reach the preview."""
    if host not in HERE:
        console.print("[yellow]Everyone who can reach this machine can see the preview.[/]")
    for number in range(port, port + TRIED_PORTS):
        try:
            server = PreviewServer(preview, host, number)
        except OSError as error:
            if isinstance(error, socket.gaierror):
                raise ConfigError(f"There is no address {host}: {error.strerror}. Try --host 127.0.0.1.") from error
            last = error
            continue
        if number != port:
            console.print(f"Port {port} is taken; using {server.server_address[1]}.")
        return server
    raise ConfigError(f"No free port from {port} to {port + TRIED_PORTS - 1} on {host}: {last}.")


class _Builder:
    """Builds the site again and again, in one project, so that notebooks that did not change keep their traces."""

    def __init__(
        self, folder: Path, config_file: Path | None, jobs: int | None, preview: Preview, console: Console
    ) -> None:
        self._source = (folder, config_file)
        self._jobs = jobs
        self._preview = preview
        self._console = console
        self._project: Project | None = None
        self._cache: DiskStore | None = None
        self._changes = Changes()
        self._observer = Observer()
        self._watched: frozenset[Path] = frozenset()

    def build(self) -> None:
        """Build once; what goes wrong is printed, and the last good site stays."""
        try:
            self._build()
        except NbpublishError as error:
            self._console.print(f"[red]{escape(str(error))}[/]")

    def _build(self) -> None:
        config = configuration.load(*self._source)
        configuration.settings(config, jobs=self._jobs)
        docs, target = Path(config.docs_dir), Path(config.site_dir)
        self._watch(config, target)
        with publish.aside(target, "rebuild") as built:
            with report.progress(self._console) as progress:
                summary = site.make_site(config, built, self._project_for(config, docs), report=progress)
            publish.swap(built, self._preview.folder)
        if self._cache:
            self._cache.close()  # what is kept is on disk; it is opened again when needed
        report.show_problems(self._console, summary.problems, docs)
        report.show_summary(self._console, summary, did="Built")
        self._preview.changed()

    def _project_for(self, config: MkDocsConfig, docs: Path) -> Project:
        """The project of the last build, or a new one where docs folder or settings are other ones."""
        settings = configuration.settings(config)
        project = self._project
        if project is None or (project.root, project.settings) != (docs, settings):
            self.close()
            self._cache = open_cache(configuration.work_of(config))
            project = self._project = Project(docs, settings, self._cache)
        return project

    def _watch(self, config: MkDocsConfig, target: Path) -> None:
        """Watch everything the site is made from: pages, notebooks, data, modules, mkdocs.yml, the theme."""
        self._changes.ignored = (target, publish.work_folder(target))
        files = [Path(config.config_file_path)] if config.config_file_path else []
        wanted = frozenset([Path(config.docs_dir), *files, *(Path(folder) for folder in config.theme.dirs)])
        for path in sorted(wanted - self._watched):
            if path.exists():
                self._changes.learn(path)
                self._observer.schedule(self._changes, str(path), recursive=path.is_dir())
        self._watched |= wanted
        if not self._observer.is_alive():
            self._observer.start()

    def follow(self) -> None:
        """Wait for changes and build, until interrupted."""
        while True:
            changed = sorted(self._changes.wait())
            more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
            self._console.print(f"[dim]{escape(configuration.shown(changed[0]))}{more} changed[/]")
            self.build()

    def close(self) -> None:
        if self._project:
            self._project.close()
        if self._cache:
            self._cache.tidy()
            self._cache.close()
