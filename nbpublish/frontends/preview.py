"""The preview's web server: files of one folder, and an event stream that tells pages to reload."""

from __future__ import annotations

import json
import threading
from email.utils import formatdate
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

EVENTS = "/_nbpublish/events"
HERE = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::")
"""Addresses that stand for all networks this machine is in."""
HEARTBEAT = 15.0
"""Seconds between signs of life on the event stream."""

# The scroll position outlives the reload, because browsers restore it.
SCRIPT = f"""<script>
(() => {{
  let last = null;
  const source = new EventSource("{EVENTS}");
  source.onmessage = (event) => {{
    const state = JSON.parse(event.data);
    if (last !== null && state.version !== last) location.reload();
    last = state.version;
  }};
}})();
</script>"""


class Preview:
    """The folder shown and its version, which counts the builds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._version = 0
        self._closed = False
        self._condition = threading.Condition()

    def changed(self) -> None:
        """Tell all pages that there is a new site."""
        with self._condition:
            self._version += 1
            self._condition.notify_all()

    def close(self) -> None:
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    def next_version(self, seen: int | None) -> int | None:
        """Block until the version differs from `seen`, or for one heart-beat; None when the preview is over."""
        with self._condition:
            self._condition.wait_for(lambda: self._closed or self._version != seen, HEARTBEAT)
            return None if self._closed else self._version


class PreviewServer(ThreadingHTTPServer):
    """Serves one preview on `host`, an address of this machine, and `port`; 0 stands for any free port."""

    daemon_threads = True

    def __init__(self, preview: Preview, host: str, port: int) -> None:
        super().__init__((host, port), Handler)
        self.preview = preview
        self.host = host


class Handler(SimpleHTTPRequestHandler):
    """Answers only requests that name the server's host or this machine."""

    server: PreviewServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if not self._is_for_us():
            self.send_error(HTTPStatus.FORBIDDEN, "This preview answers only its own host name")
        elif urlsplit(self.path).path == EVENTS:
            self._stream()
        else:
            self._file()

    def do_HEAD(self) -> None:
        self.send_error(HTTPStatus.METHOD_NOT_ALLOWED)

    def _is_for_us(self) -> bool:
        """Refuse other host names (DNS rebinding) and other origins."""
        asked = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        origin = self.headers.get("Origin")
        names = {self.server.host, *HERE}
        same_origin = not origin or urlsplit(origin).hostname in names
        return self.server.host in EVERYWHERE or (asked in names and same_origin)

    def _file(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            if not urlsplit(self.path).path.endswith("/"):
                super().do_GET()  # redirects to the path with a slash
                return
            path = path / "index.html"
        status = HTTPStatus.OK
        if not path.is_file():
            status, path = HTTPStatus.NOT_FOUND, self.server.preview.folder / "404.html"
        try:
            body = path.read_bytes()
        except OSError:
            body = b"Not found"
        if path.suffix == ".html":
            body = body.replace(b"</body>", SCRIPT.encode() + b"</body>")
        self._send(status, self.guess_type(str(path)), body)

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Last-Modified", formatdate(usegmt=True))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        seen: int | None = None
        try:
            while (version := self.server.preview.next_version(seen)) is not None:
                seen = version
                self.wfile.write(f"data: {json.dumps({'version': version})}\n\n".encode())
                self.wfile.flush()
        except OSError:
            pass  # the page was closed

    def translate_path(self, path: str) -> str:
        self.directory = str(self.server.preview.folder)
        return super().translate_path(path)

    def list_directory(self, path: object) -> None:
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: object) -> None:
        pass  # the terminal belongs to the build
