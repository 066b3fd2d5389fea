"""The preview's web server: the site's files, an event stream for each page that is looked at, one thing to ask for.

It answers this machine, or those that `--host` lets in, and no page of another site: neither may a name that was made
to lead here be used (DNS rebinding), nor may another site's page read, embed or ask for anything. What does something
wants a token that only pages of this preview know.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import socket
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from nbpublish.frontends.preview.again import page_at
from nbpublish.frontends.preview.board import NO_FRAME, Board
from nbpublish.frontends.preview.shown import as_event

log = logging.getLogger("mkdocs.plugins.nbpublish.preview")

OWN = "/_nbpublish/"
HERE = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::", "")
"""Addresses that stand for all networks this machine is in."""
PARTS = ("client.js", "client.css", "problems.js", "frame.js")
"""What pages load of the preview itself."""
SENT = "frame/"
"""Before what stands for all of a page that is not its parts: the page as it was sent."""
HEARTBEAT = 10.0
"""Seconds between signs of life on the event stream."""
SLOW = 20.0
"""Seconds that a reader may take to say or to take something."""
MOST = 250
"""Connections at once; who comes then is told to come again."""
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
}
_HEAD = f'<link rel="stylesheet" href="{OWN}client.css">\n'
_NO_SITE = "<!doctype html><title>nbpublish</title><body><p>The site is being built for the first time.</p></body>"


class PreviewServer(ThreadingHTTPServer):
    """Serves what stands on one board on `host`, an address of this machine, and `port`; 0 stands for any free port."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, board: Board, host: str, port: int, act: Callable[[str, int], bool]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Handler)
        self.board, self.host, self.act = board, host, act
        self.names = frozenset({host, *HERE, *(_own_names() if host in EVERYWHERE else ())})
        self._room = threading.BoundedSemaphore(MOST)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that is gone, or too slow, is nothing to tell of; for anything else see the log."""
        log.debug("a request of %s failed", client_address, exc_info=True)


def _own_names() -> tuple[str, ...]:
    name = socket.gethostname().lower()
    return name, f"{name}.local"


class Handler(SimpleHTTPRequestHandler):
    """One connection."""

    server: PreviewServer
    protocol_version = "HTTP/1.1"
    timeout = SLOW

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if not self._is_for_us():
            self._refuse(HTTPStatus.FORBIDDEN, "This preview answers only its own pages, under its own name.")
        elif path == f"{OWN}events":
            self._stream()
        elif path.startswith(OWN):
            self._own(path.removeprefix(OWN))
        else:
            self._file(page_at(path))

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        body = self._body()
        if not self._is_for_us() or self.headers.get("X-Nbpublish-Token") != self.server.board.token:
            self._refuse(HTTPStatus.FORBIDDEN, "Only a page of this preview may ask for that.")
        elif urlsplit(self.path).path != f"{OWN}open" or not self._does(body):
            self._refuse(HTTPStatus.NOT_FOUND, "Not found")
        else:
            self._send(HTTPStatus.NO_CONTENT, "text/plain", b"")

    def _does(self, body: Any) -> bool:
        """Whether what is asked for could be done."""
        if not isinstance(body, dict) or not isinstance(body.get("line"), int):
            return False
        return self.server.act(str(body.get("path")), body["line"])

    def _body(self) -> Any:
        try:
            length = int(self.headers.get("Content-Length") or 0)
            return json.loads(self.rfile.read(length)) if 0 < length < 10_000 else None
        except (ValueError, OSError):
            return None

    # --- who may ask ------------------------------------------------------------------------------------------------

    def _is_for_us(self) -> bool:
        """Whether the request names this server, and comes from one of its pages or from the reader themself."""
        host = self.headers.get("Host", "")
        try:
            name, port = urlsplit(f"//{host}").hostname or "", urlsplit(f"//{host}").port
        except ValueError:
            return False
        origin = self.headers.get("Origin")
        if not self._is_ours(name) or port not in (None, self.server.server_port):
            return False
        if origin is not None and origin != f"http://{host}":
            return False
        site, mode = self.headers.get("Sec-Fetch-Site", "none"), self.headers.get("Sec-Fetch-Mode", "navigate")
        followed = mode == "navigate" and self.headers.get("Sec-Fetch-Dest", "document") == "document"
        return site in ("none", "same-origin") or (followed and self.command != "POST")

    def _is_ours(self, name: str) -> bool:
        if name in self.server.names:
            return True
        if self.server.host not in EVERYWHERE:
            return False
        try:  # by whichever of its addresses; names that others have made do not count
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    # --- files ------------------------------------------------------------------------------------------------------

    def _own(self, name: str) -> None:
        if name.startswith(SENT) and (sent := self.server.board.page_sent(name.removeprefix(SENT))):
            self._send(HTTPStatus.OK, "text/html", self._page(sent, name.removeprefix(SENT)))
            return
        if name not in PARTS:
            self._refuse(HTTPStatus.NOT_FOUND, "Not found")
            return
        body = files("nbpublish.frontends.preview").joinpath(name).read_bytes()
        self._send(HTTPStatus.OK, self.guess_type(name), body)

    def _file(self, address: str) -> None:
        board = self.server.board
        if (asset := board.asset(address)) is not None:
            self._send(HTTPStatus.OK, self.guess_type(address), asset)
            return
        for _ in range(3):  # the folder may be another one in a moment
            path = board.files.get(address) or board.file_at(address)
            if path and path.is_dir():
                self._redirect(f"/{urlsplit(self.path).path.lstrip('/')}/", HTTPStatus.MOVED_PERMANENTLY)
                return
            try:
                if path and path.suffix in (".html", ".htm"):
                    self._send(HTTPStatus.OK, "text/html", self._page(*board.page_file(address)))
                elif path:
                    self._send(HTTPStatus.OK, self.guess_type(str(path)), self._content(address, path))
                else:
                    break
                return
            except (FileNotFoundError, UnicodeDecodeError):
                time.sleep(0.01)
        self._missing(address)

    def _content(self, address: str, path: Path) -> bytes:
        """A file as it is; the map of the site with addresses of this preview, as Material loads pages named there."""
        data, site = path.read_bytes(), self.server.board.site
        if address != "/sitemap.xml" or not site or not site.config.site_url:
            return data
        return data.replace(site.config.site_url.encode(), f"http://{self.headers['Host']}/".encode())

    def _missing(self, address: str) -> None:
        """No such page, or none yet: the script that comes with this one loads it when it is there."""
        board = self.server.board
        if new := board.now_at(address):
            self._redirect(quote(new), HTTPStatus.FOUND)
            return
        if board.site is None:
            self._send(HTTPStatus.SERVICE_UNAVAILABLE, "text/html", self._page(_NO_SITE, NO_FRAME))
            return
        try:
            html = (board.folder / "404.html").read_text("utf-8")
        except OSError:
            html = "<!doctype html><title>404</title><body><p>Not found</p></body>"
        self._send(HTTPStatus.NOT_FOUND, "text/html", self._page(html, NO_FRAME))

    def _page(self, html: str, frame: str) -> bytes:
        board = self.server.board
        data = f'data-session="{board.session}" data-token="{board.token}" data-frame="{frame}"'
        script = f'<script src="{OWN}client.js" {data} defer></script>\n'
        for mark, text in (("</head>", _HEAD), ("</body>", script)):
            before, found, after = html.rpartition(mark)
            html = before + text + found + after if found else html + text
        return html.encode("utf-8", "surrogateescape")

    def _redirect(self, where: str, status: HTTPStatus) -> None:
        query = urlsplit(self.path).query
        self.send_response(status)
        self.send_header("Location", f"{where}{'?' + query if query else ''}")
        self._end(b"")

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        self.close_connection = True
        self._send(status, "text/plain", why.encode())

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        is_text = kind.startswith("text/") or kind in ("application/javascript", "application/json")
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if is_text else kind)
        self._end(body)

    def _end(self, body: bytes) -> None:
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    # --- the event stream -------------------------------------------------------------------------------------------

    def _stream(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        address, session = page_at(asked.get("page", "/")), asked.get("session", "")
        since = int(asked["since"]) if asked.get("since", "").lstrip("-").isdigit() else -1
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True
        board = self.server.board
        try:
            with board.reader(address):
                self._follow(board, address, since, session)
        except OSError:
            pass  # the page was closed, or its reader takes nothing any longer

    def _follow(self, board: Board, address: str, since: int, session: str) -> None:
        seen, said = 0, None  # who comes before the first build is told when it is there
        spoke = time.monotonic()
        while (now := board.wait(seen, HEARTBEAT)) is not None:
            if now > seen:
                seen = now
                message = board.message(address, since, session)
                since, session = message["version"], message["session"]
                told = {name: value for name, value in message.items() if name != "version"}
                if told != said:
                    self.wfile.write(as_event(message))
                    spoke = time.monotonic()
                said = {**told, "page": None}
            if time.monotonic() - spoke >= HEARTBEAT:  # also while only other pages change
                self.wfile.write(b": still here\n\n")
                spoke = time.monotonic()

    def log_message(self, format: str, *args: object) -> None:
        pass  # the terminal belongs to the build
