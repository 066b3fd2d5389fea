"""`nbpublish serve`: the site on this machine, and on every save the page has changed already."""

from __future__ import annotations

import socket
import threading
import webbrowser
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import psutil
from mkdocs.config.defaults import MkDocsConfig
from rich.console import Console
from watchdog.observers import Observer

from nbpublish.errors import ConfigError
from nbpublish.frontends import configuration, publish, report
from nbpublish.frontends.places import bases_of
from nbpublish.frontends.preview.board import Board
from nbpublish.frontends.preview.desk import Desk
from nbpublish.frontends.preview.editor import Editor
from nbpublish.frontends.preview.http import EVERYWHERE, HERE, PreviewServer
from nbpublish.frontends.preview.terminal import Terminal
from nbpublish.frontends.preview.watch import Changes, lock_of_git

TRIED_PORTS = 20


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
    console = report.console()
    config = configuration.load(folder, config_file)
    own = Path(config.config_file_path) if config.config_file_path else None
    editor = Editor(Path(config.docs_dir), reachable=host in HERE, config=own)
    with publish.aside(Path(config.site_dir), "serve") as room:
        board = Board(room, editor)
        board.follow = follow
        server = _listen(board, host, port, editor, console)
        desk = Desk((folder, config_file), jobs, room, board, Terminal(console))
        board.arrived = desk.look
        watching = Watching(desk.changes, room)
        desk.watch, desk.watch_too = watching.watch, watching.watch_too
        try:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            desk.start()
            url, *others = (address_of(name, server.server_port) for name in names_of(host))
            console.print(f"Serving [bold]{url}[/] (Ctrl-C ends it)")
            for other in others:
                console.print(f"In this network: [bold]{other}[/]")
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


def names_of(host: str) -> list[str]:
    """Where a server that listens on `host` is found: on this machine first, then by others in its networks."""
    if host not in EVERYWHERE:
        return [host]
    own = [found.address for card in psutil.net_if_addrs().values() for found in card if found.family == socket.AF_INET]
    return ["127.0.0.1", *(address for address in own if not address.startswith("127."))]


def address_of(name: str, port: int) -> str:
    """The address of a site on a host; those of IPv6 stand in brackets."""
    return f"http://{f'[{name}]' if ':' in name else name}:{port}/"


class Watching:
    """Watches all that a site is made from: pages, notebooks, data, modules, mkdocs.yml, the theme."""

    def __init__(self, changes: Changes, room: Path) -> None:
        self._changes, self._room = changes, room
        self._observer = Observer()
        self._watched: set[Path] = set()
        self._added: set[Path] = set()
        self._parted: set[Path] = set()
        """Folders of which only some folders within are watched, because what we write ourselves is among them."""
        self._lock = threading.Lock()
        self._asked: set[str] = set()
        """What was to be watched because cells look at it."""
        changes.on_folder = self._found

    def watch(self, config: MkDocsConfig) -> None:
        """Watch what this configuration names, besides what was watched before."""
        self._changes.ignored = (Path(config.site_dir), self._room.parent)
        docs = Path(config.docs_dir)
        own = [Path(config.config_file_path)] if config.config_file_path else []
        bases = [base for path in own for base in bases_of(path)]
        themes = [Path(folder) for folder in config.theme.dirs if "site-packages" not in Path(folder).parts]
        hooks = [Path(config.config_file_path).parent / hook for hook in config.hooks] if own else []
        self._changes.checkouts = tuple(filter(None, map(lock_of_git, (docs, *docs.parents))))
        with self._lock:
            for path in (docs, *own, *bases, *themes, *hooks, *map(Path, config.watch)):
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
            self._add_file(path)
        elif ours:
            self._parted.add(path)
            self._changes.single.pop(path, None)
            self._schedule(path, recursive=False)
            for folder in within:
                if folder not in ours:
                    self._schedule(folder, recursive=True)
        else:
            self._schedule(path, recursive=True)

    def _add_file(self, path: Path) -> None:
        """A file that is renamed away is not followed by its name, so its folder is watched."""
        if path.parent not in self._added | self._parted:
            self._changes.single.setdefault(path.parent, set()).add(path)
        self._schedule(path.parent, recursive=False)

    def watch_too(self, paths: Collection[str]) -> None:
        """Watch files and folders that cells have looked at elsewhere, if their folder is there; of patterns, that in
        which they begin."""
        with self._lock:
            new = set(paths) - self._asked
            self._asked |= new
            for path in map(_beginning, new):
                if not any(path.is_relative_to(other) for other in self._watched) and path.parent.is_dir():
                    with suppress(OSError):  # it may not be read, or there is more than the system lets us watch
                        self._add_elsewhere(path)

    def _add_elsewhere(self, path: Path) -> None:
        if path.is_dir():
            self._schedule(path, recursive=False)
            self._changes.single.pop(path, None)
        else:
            self._changes.learn(path)
            self._add_file(path)

    def _schedule(self, path: Path, *, recursive: bool) -> None:
        if path in self._watched or (path in self._parted and recursive):
            return
        if recursive:
            self._watched.add(path)
            for folder in [each for each in self._changes.single if each.is_relative_to(path)]:
                del self._changes.single[folder]
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


def _beginning(pattern: str) -> Path:
    """The folder in which a pattern begins; a path without wildcards as it is."""
    path = Path(pattern)
    return next((each for each in (path, *path.parents) if not set(str(each)) & set("*?[")), path)
