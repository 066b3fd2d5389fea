"""`nbpublish serve`: the site on this machine, and on every save the page has changed already."""

from __future__ import annotations

import socket
import sys
import threading
import webbrowser
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from rich.console import Console
from watchdog.observers import Observer

from nbpublish.errors import ConfigError
from nbpublish.frontends import configuration, publish, report
from nbpublish.frontends.preview.board import Board
from nbpublish.frontends.preview.desk import Desk
from nbpublish.frontends.preview.editor import Editor
from nbpublish.frontends.preview.http import HERE, PreviewServer
from nbpublish.frontends.preview.watch import Changes

TRIED_PORTS = 20
SWITCH = 0.0005
"""Seconds for which one thread may keep the interpreter from the others: with Python's own 5 ms, a page that is made
beside a build of the site would wait as long after every look into a file."""


def serve(
    folder: Path,
    config_file: Path | None,
    *,
    host: str,
    port: int,
    open_browser: bool,
    follow: bool,
    jobs: int | None,
) -> None:
    """Build, listen, watch; returns when interrupted. Raises ConfigError where the first configuration is wrong."""
    sys.setswitchinterval(SWITCH)
    console = report.console()
    config = configuration.load(folder, config_file)
    editor = Editor(Path(config.docs_dir), reachable=host in HERE)
    with publish.aside(Path(config.site_dir), "serve") as room:
        board = Board(room, editor)
        board.follow = follow
        server = _listen(board, host, port, editor, console)
        desk = Desk((folder, config_file), jobs, room, board, console)
        board.arrived = desk.look
        watching = Watching(desk.changes, room)
        desk.watch = watching.watch
        try:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            desk.start()
            url = f"http://{f'[{host}]' if ':' in host else host}:{server.server_port}/"
            console.print(f"Serving [bold]{url}[/] (Ctrl-C ends it)")
            if open_browser:
                webbrowser.open(url)
            desk.follow()
        except KeyboardInterrupt:
            console.print("Stopped.")
        finally:
            watching.close()
            board.close()
            desk.close()
            server.shutdown()
            server.server_close()


def _listen(board: Board, host: str, port: int, editor: Editor, console: Console) -> PreviewServer:
    """Listen on `port`, or on the next free one. Warns where other machines can reach the preview."""
    if host not in HERE:
        console.print("[yellow]Everyone who can reach this machine can see the preview.[/]")
    for number in range(port, port + TRIED_PORTS):
        try:
            server = PreviewServer(board, host, number, editor.open)
        except (OSError, OverflowError) as error:
            if isinstance(error, socket.gaierror):
                raise ConfigError(f"There is no address {host}: {error.strerror}. Try --host 127.0.0.1.") from error
            last = error
            continue
        if number != port:
            console.print(f"Port {port} is taken; using {server.server_port}.")
        return server
    raise ConfigError(f"No free port from {port} to {port + TRIED_PORTS - 1} on {host}: {last}.")


class Watching:
    """Watches all that a site is made from: pages, notebooks, data, modules, mkdocs.yml, the theme."""

    def __init__(self, changes: Changes, room: Path) -> None:
        self._changes, self._room = changes, room
        self._observer = Observer()
        self._watched: set[Path] = set()
        self._added: set[Path] = set()
        self._parted: set[Path] = set()
        """Folders of which only some folders within are watched, because what we write ourselves is among them."""
        changes.on_folder = self._found

    def watch(self, config: MkDocsConfig) -> None:
        """Watch what this configuration names, besides what was watched before."""
        self._changes.ignored = (Path(config.site_dir), self._room.parent)
        docs = Path(config.docs_dir)
        own = [Path(config.config_file_path)] if config.config_file_path else []
        themes = [Path(folder) for folder in config.theme.dirs if "site-packages" not in Path(folder).parts]
        hooks = [Path(config.config_file_path).parent / hook for hook in config.hooks] if own else []
        self._changes.checkouts = tuple(
            folder / ".git" / "index.lock" for folder in (docs, *docs.parents) if (folder / ".git").is_dir()
        )
        for path in (docs, *own, *themes, *hooks, *map(Path, config.watch)):
            self._add(path.resolve())
        if not self._observer.is_alive():
            self._observer.start()

    def _add(self, path: Path) -> None:
        covered = any(path.is_relative_to(other) for other in self._watched)
        if covered or path in self._added or not path.exists():
            return
        self._added.add(path)
        within = [entry for entry in path.iterdir() if entry.is_dir()] if path.is_dir() else []
        ours = [folder for folder in within if self._changes.is_ignored(folder / "file")]
        self._changes.learn(path)
        if path.is_file():
            self._schedule(path.parent, recursive=False)  # a file that is renamed away is not followed by its name
        elif ours:
            self._parted.add(path)
            self._schedule(path, recursive=False)
            for folder in within:
                if folder not in ours:
                    self._schedule(folder, recursive=True)
        else:
            self._schedule(path, recursive=True)

    def _schedule(self, path: Path, *, recursive: bool) -> None:
        if path in self._watched or (path in self._parted and recursive):
            return
        if recursive:
            self._watched.add(path)
        self._observer.schedule(self._changes, str(path), recursive=recursive)

    def _found(self, folder: Path) -> None:
        """A folder is new; where it is not watched with the one that it is in, it is watched by itself."""
        if folder.parent in self._parted and folder.is_dir() and not self._changes.is_ignored(folder / "file"):
            self._schedule(folder, recursive=True)
            self._changes.touched(path for path in folder.rglob("*") if path.is_file())

    def close(self) -> None:
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join(5)
