"""A running preview, and a reader of one of its pages who does with patches what the browser does."""

from __future__ import annotations

import html
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil

SLOW = 30.0
"""Seconds after which what does not come will not come."""


class Served:
    """`nbpublish serve` on a free port."""

    def __init__(self, folder: Path, *more: str, cwd: str | None = None, **environment: str) -> None:
        self.folder = folder
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nbpublish", "serve", folder, "--port", "0", *more],
            stderr=subprocess.PIPE,
            text=True,
            cwd=cwd,
            env={**os.environ, **environment},
        )
        assert self.process.stderr
        for line in self.process.stderr:
            self.lines.append(line)
            if match := re.search(r"http://\S+:(\d+)/", line):
                self.port = int(match[1])
                break
        else:
            raise AssertionError(f"serve ended early: {self.lines}")
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stderr
        self.lines += self.process.stderr

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def said(self) -> str:
        return "".join(self.lines)

    def request(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, headers=named)
        response = connection.getresponse()
        found = response.status, response.read()
        connection.close()
        return found

    def location(self, path: str) -> tuple[int, str | None]:
        """Where a request is led on to, and how."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        response = connection.getresponse()
        connection.close()
        return response.status, response.headers["Location"]

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        status, body = self.request(path, **headers)
        return status, body.decode()

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def wait_for(self, path: str, text: str) -> str:
        return until(lambda: (found := self.get(path)) and found[0] == 200 and text in found[1] and found[1])

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def close(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=SLOW)


class Reader:
    """Looks at one page. What arrives is put together as in the browser."""

    def __init__(self, served: Served, page: str) -> None:
        self.page, self.served = page, served
        self.parts: dict[str, str] = {}
        self.order: list[str] = []
        self.messages: list[Mapping[str, Any]] = []
        """All that has come."""
        self.last: Mapping[str, Any] = {}
        self.touched: list[set[str]] = []
        """For each patch, the parts in it."""
        self.states: list[Mapping[str, str]] = []
        """What cells were doing, each time that was told."""
        self._connection = HTTPConnection("127.0.0.1", served.port, timeout=60)
        self._connection.request("GET", f"/_nbpublish/events?page={page}&since=-1&session=")
        self._response = self._connection.getresponse()
        assert self._response.status == 200
        self._news = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()
        self.wait(lambda: bool(self.messages))

    def _read(self) -> None:
        try:
            while line := self._response.readline():
                if line.startswith(b"data: "):
                    with self._news:
                        self._take(json.loads(line[6:]))
                        self._news.notify_all()
        except (OSError, ValueError, AttributeError):
            return

    def _take(self, message: Mapping[str, Any]) -> None:
        self.messages.append(message)
        self.last = message
        if not self.states or self.states[-1] != message["cells"]:
            self.states.append(message["cells"])
        if patch := message["page"]:
            self.order = patch["order"]
            new = {key: text for key, (_, text) in patch["parts"].items()}
            if len(self.messages) > 1:
                self.touched.append(set(new))
            self.parts = {key: new.get(key, self.parts.get(key, "")) for key in self.order}

    @property
    def html(self) -> str:
        return "\n".join(self.parts[key] for key in self.order)

    @property
    def text(self) -> str:
        """The page without its tags."""
        return html.unescape(re.sub(r"<[^>]*>", "", self.html))

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", self.html.partition('<section class="nb-about"')[0]))

    @property
    def about(self) -> Mapping[str, Any]:
        return {name: value for name, value in self.last.items() if name != "page"} | {"order": self.order}

    def wait(self, true: Callable[[], Any]) -> Any:
        end = time.monotonic() + SLOW
        with self._news:
            while not (found := true()):
                if not self._news.wait(max(0.0, end - time.monotonic())):
                    raise AssertionError(f"it never came:\n{self.words}\n{self.about}\n{self.served.said[-1500:]}")
            return found

    def sees(self, text: str) -> None:
        self.wait(lambda: text in self.html or text in self.text)

    def rests(self) -> None:
        """Wait until nothing is being done to the page."""
        self.wait(lambda: not self.last["busy"])

    def close(self) -> None:
        if self._connection.sock:
            self._connection.sock.close()
        self._connection.close()


def until(true: Callable[[], Any]) -> Any:
    """What it gives, once that is something. Raises AssertionError where it never does."""
    end = time.monotonic() + SLOW
    while not (found := true()):
        if time.monotonic() > end:
            raise AssertionError("it never happened")
        time.sleep(0.05)
    return found
