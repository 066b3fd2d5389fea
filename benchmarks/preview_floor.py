"""The least that a preview can take: a file is watched, read when it was saved, and put on the one page there is.

    python benchmarks/preview_floor.py PORT [MILLISECONDS]

Nothing is parsed, run, rendered or compared. `preview.py --floor` measures it like a preview: what it takes is what the
file system, Python's threads, the event stream and the browser take, and no preview in Python takes less. With
MILLISECONDS a file counts as saved so long after it was closed, as in ours.
"""

from __future__ import annotations

import json
import queue
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from watchdog.events import FileClosedEvent, FileSystemEventHandler
from watchdog.observers import Observer

FILE = Path("docs/chapter.py")
PAGE = b"""<!doctype html><title>Floor</title><body><pre></pre><script>
const pre = document.querySelector("pre");
new EventSource("/events").onmessage = (event) => { pre.textContent = JSON.parse(event.data); };
</script>"""
saved: queue.SimpleQueue[float] = queue.SimpleQueue()


class Watch(FileSystemEventHandler):
    def on_closed(self, event: FileClosedEvent) -> None:
        saved.put(time.monotonic())


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        if self.path != "/events":
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(PAGE)
            return
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        while True:
            time.sleep(max(0.0, saved.get() + SETTLES - time.monotonic()))
            self.wfile.write(f"data: {json.dumps(FILE.read_text('utf-8'))}\n\n".encode())

    def log_message(self, format: str, *values: object) -> None:
        pass


if __name__ == "__main__":
    SETTLES = float(sys.argv[2]) / 1000 if len(sys.argv) > 2 else 0.0
    observer = Observer()
    observer.schedule(Watch(), str(FILE.parent))
    observer.start()
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
