"""The preview: what is saved is shown, and nobody else can look."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from nbpublish.frontends import publish
from nbpublish.frontends.preview.watch import Changes

SCRIPT = "# %% [markdown]\n# # Chapter\n\n# %%\nprint('value', {})\n"


class Served:
    """A running `nbpublish serve` on a free port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nbpublish", "serve", folder, "--port", "0"], stderr=subprocess.PIPE, text=True
        )
        assert self.process.stderr
        for line in self.process.stderr:
            if match := re.search(r"http://127\.0\.0\.1:(\d+)/", line):
                self.port = int(match[1])
                return
        raise AssertionError("serve ended early")

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode()

    def wait_for(self, path: str, text: str) -> str:
        for _ in range(150):
            status, page = self.get(path)
            if status == 200 and text in page:
                return page
            time.sleep(0.1)
        raise AssertionError(f"{path} never showed {text!r}")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("course")
    (folder / "chapter.py").write_text(SCRIPT.format(1), encoding="utf-8")
    (folder / "index.md").write_text("# Home\n", encoding="utf-8")
    served = Served(folder)
    yield served
    served.process.send_signal(signal.SIGINT)
    served.process.wait(timeout=20)


def test_a_save_is_shown(served: Served) -> None:
    served.wait_for("/chapter/", "value 1")
    (served.folder / "chapter.py").write_text(SCRIPT.format(2), encoding="utf-8")
    served.wait_for("/chapter/", "value 2")


def test_a_broken_save_is_shown_at_its_cell_and_mended_again(served: Served) -> None:
    (served.folder / "chapter.py").write_text("# %% [markdown]\n# # Chapter\n\n# %%\nprint(\n", encoding="utf-8")
    served.wait_for("/chapter/", "nb-problem")
    (served.folder / "chapter.py").write_text(SCRIPT.format(3), encoding="utf-8")
    served.wait_for("/chapter/", "value 3")


def test_pages_change_by_themselves(served: Served) -> None:
    assert '<script src="/_nbpublish/client.js"' in served.get("/")[1]
    assert "EventSource" in served.get("/_nbpublish/client.js")[1]


def test_the_preview_answers_only_this_machine(served: Served) -> None:
    assert served.get("/", Host="evil.example")[0] == 403
    assert served.get("/", Origin="https://evil.example")[0] == 403


@pytest.mark.parametrize("path", ["/../chapter.py", "/..%2fchapter.py", "/%2e%2e/chapter.py", "/.nbpublish/"])
def test_nothing_outside_the_site_can_be_read(served: Served, path: str) -> None:
    status, body = served.get(path)
    assert status == 404
    assert "print('value'" not in body


def test_a_save_without_a_change_is_none(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = 1", encoding="utf-8")
    changes = Changes()
    changes.learn(tmp_path)
    assert not changes._differs(file)
    file.write_text("x = 1", encoding="utf-8")
    assert not changes._differs(file)
    file.write_text("x = 2", encoding="utf-8")
    assert changes._differs(file)
    file.unlink()
    assert not changes._differs(file), "it may come back in a moment"
    assert changes._differs(file)


def test_a_swap_replaces_all_of_the_old_site(tmp_path: Path) -> None:
    site, built = tmp_path / "site", tmp_path / "built"
    for folder, name in ((site, "old.html"), (built, "new.html")):
        folder.mkdir()
        (folder / name).write_text(name, encoding="utf-8")
    publish.swap(built, site)
    assert [path.name for path in site.iterdir()] == ["new.html"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site"]


def test_a_site_folder_that_cannot_be_moved_is_filled_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, built = tmp_path / "site", tmp_path / "built"
    for folder, name in ((site, "old.html"), (built, "new.html")):
        (folder / "sub").mkdir(parents=True)
        (folder / "sub" / name).write_text(name, encoding="utf-8")

    def busy(self: Path, target: Path) -> None:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(Path, "rename", busy)
    publish.swap(built, site)
    assert [path.name for path in site.rglob("*.html")] == ["new.html"]
