"""Nobody but the author looks at the preview, and nothing is done for others."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from previewed import Reader, Served, until

from nbpublish.frontends.preview.editor import Editor
from nbpublish.model import Problem

SECRET = "nobody may read this"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("course")
    (folder / "index.md").write_text("# Home\n", encoding="utf-8")
    (folder / "chapter.py").write_text("# %%\nprint('value')\n", encoding="utf-8")
    (folder / "secret.txt").write_text(SECRET, encoding="utf-8")
    (folder / ".hidden").write_text(SECRET, encoding="utf-8")
    editor = folder / "editor.py"
    editor.write_text("import sys; open(sys.argv[1], 'w').write(' '.join(sys.argv[2:]))\n", encoding="utf-8")
    command = f"python {editor} {folder.parent / 'opened'} {{path}} {{line}}"
    served = Served(folder, NBPUBLISH_EDITOR=command)
    yield served
    served.close()


def token(served: Served) -> str:
    found = re.search(r'data-token="([^"]+)"', served.get("/")[1])
    assert found
    return found[1]


# --- who may ask ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/chapter/", "/_nbpublish/events?page=/", "/_nbpublish/client.js"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example:{port}", "", "a@b:c"])
def test_a_name_that_was_made_to_lead_here(served: Served, path: str, host: str) -> None:
    """DNS rebinding: the page of another site asks this machine under the site's own name."""
    assert served.get(path, Host=host.format(port=served.port))[0] == 403


@pytest.mark.parametrize("port", [1, 8080])
def test_another_port(served: Served, port: int) -> None:
    assert served.get("/", Host=f"localhost:{port}")[0] == 403


@pytest.mark.parametrize("path", ["/", "/assets/search-index.js", "/_nbpublish/events?page=/"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
    ],
    ids=str,
)
def test_a_page_of_another_site(served: Served, path: str, headers: dict[str, str]) -> None:
    assert served.get(path, **headers)[0] == 403


def test_the_author_and_the_previews_own_pages(served: Served) -> None:
    for name in ("127.0.0.1", "localhost", "[::1]"):
        assert served.get("/", Host=f"{name}:{served.port}")[0] == 200
    assert served.get("/", Origin=f"http://127.0.0.1:{served.port}")[0] == 200
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert served.get("/", **followed)[0] == 200, "a link in a mail leads here"


def test_what_others_are_told_of_each_answer(served: Served) -> None:
    from http.client import HTTPConnection

    connection = HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.request("GET", "/")
    response = connection.getresponse()
    told = {name.lower(): value for name, value in response.getheaders()}
    assert told["cross-origin-resource-policy"] == "same-origin"
    assert told["x-frame-options"] == "SAMEORIGIN"
    assert told["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in told


# --- what may be read -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        *("/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/%2e%2e%2fsecret.txt", "//etc/passwd"),
        *("/.hidden", "/.nbpublish/", "/chapter/../../secret.txt", "/..\\secret.txt", "/..%5csecret.txt"),
        *("/%00", "/index.html%00.txt", "/_nbpublish/", "/_nbpublish/http.py", "/_nbpublish/../http.py"),
        *("/%252e%252e/secret.txt", "/..%252fsecret.txt", "/%c0%ae%c0%ae/secret.txt", "/....//secret.txt"),
        *("/C:/secret.txt", "/c:secret.txt", "/..%5c..%5csecret.txt", "/%5c%5chost%5cshare", "//host/share/secret.txt"),
        *("/con", "/nul.html", "/index.html::$DATA", "/secret.txt.", "/file:///etc/passwd", "/assets/..%5csecret.txt"),
    ],
)
def test_nothing_outside_the_site(served: Served, path: str) -> None:
    (served.folder.parent / "secret.txt").write_text(SECRET, encoding="utf-8")
    status, body = served.get(path)
    assert status == 404
    assert SECRET not in body


def test_no_folder_is_listed(served: Served) -> None:
    status, body = served.get("/assets/")
    assert status == 404
    assert "search-index" not in body.partition("<main")[2].partition("</main>")[0]


@pytest.fixture
def site(served: Served) -> Path:
    """The folder that is served."""
    (room,) = (served.folder / ".nbpublish").glob("serve-*")
    return max(room.glob("site-*"), key=lambda path: int(path.name.rpartition("-")[2]))


def test_a_link_that_leads_out_of_the_site(served: Served, site: Path) -> None:
    outside = served.folder.parent / "outside"
    outside.mkdir()
    for file in (outside / "secret.txt", outside / "index.html"):
        file.write_text(SECRET, encoding="utf-8")
    (site / "link.txt").symlink_to(outside / "secret.txt")
    (site / "folder").symlink_to(outside)
    for path in ("/link.txt", "/folder/secret.txt", "/folder/", "/folder/index.html"):
        assert served.get(path)[0] == 404
    (site / "link.txt").unlink()
    (site / "link.txt").symlink_to("index.html")
    assert served.get("/link.txt")[0] == 200, "one within the site is none of that"


@pytest.mark.parametrize("name", ["..\\secret.txt", ".hidden", "a\\b.txt"])
def test_names_that_another_system_reads_as_ways_out(served: Served, site: Path, name: str) -> None:
    """Files may be called so here, and even then nobody is served them."""
    (site / name).write_text(SECRET, encoding="utf-8")
    for path in (f"/{name}", "/" + name.replace("\\", "%5C")):
        assert served.get(path)[0] == 404


def test_a_folder_leads_to_its_page_on_this_host_only(served: Served) -> None:
    from http.client import HTTPConnection

    for path in ("/chapter", "//chapter", "///chapter", "//evil.example/chapter"):
        connection = HTTPConnection("127.0.0.1", served.port, timeout=10)
        connection.request("GET", path)
        where = connection.getresponse().getheader("Location")
        assert where is None or where == "/chapter/"
        connection.close()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_else_is_understood(served: Served, method: str) -> None:
    assert served.request("/", method)[0] == 501


# --- what is done -----------------------------------------------------------------------------------------------------


def test_the_editor_opens_for_a_page_of_the_preview_only(served: Served) -> None:
    asked = json.dumps({"path": "chapter.py", "line": 2})
    opened = served.folder.parent / "opened"
    for headers in ({}, {"X_Nbpublish_Token": "guessed"}, {"X_Nbpublish_Token": token(served), "Origin": "http://a.b"}):
        assert served.request("/_nbpublish/open", "POST", asked, **headers)[0] == 403
    time.sleep(0.3)
    assert not opened.exists()
    assert served.request("/_nbpublish/open", "POST", asked, X_Nbpublish_Token=token(served))[0] == 204
    until(opened.exists)
    until(lambda: opened.read_text() == f"{served.folder / 'chapter.py'} 2")


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/passwd", "missing.py", ""])
def test_the_editor_opens_nothing_outside_the_folder(served: Served, path: str) -> None:
    asked = json.dumps({"path": path, "line": 1})
    assert served.request("/_nbpublish/open", "POST", asked, X_Nbpublish_Token=token(served))[0] == 404


@pytest.mark.parametrize("body", ["", "[", "[1]", '{"path": 1, "line": "x"}', "x" * 20_000])
def test_what_cannot_be_understood_is_refused(served: Served, body: str) -> None:
    status, _ = served.request("/_nbpublish/open", "POST", body, X_Nbpublish_Token=token(served))
    assert status == 404
    assert served.get("/")[0] == 200


def test_other_machines_are_given_no_way_into_the_editor(tmp_path: Path) -> None:
    problems = [Problem("x", "wrong", "a.py", 3)]
    here, elsewhere = Editor(tmp_path), Editor(tmp_path, reachable=False)
    assert here.described(problems)[0]["href"] == f"vscode://file/{tmp_path}/a.py:3"
    assert elsewhere.described(problems)[0]["href"] is None
    (tmp_path / "a.py").touch()
    assert not Editor(tmp_path, "touch {path}", reachable=False).open("a.py", 1)


def test_a_command_gets_a_path_as_one_word(tmp_path: Path) -> None:
    (tmp_path / "a; touch b.py").touch()
    assert Editor(tmp_path, "true {path}").open("a; touch b.py", 1)
    time.sleep(0.2)
    assert not (tmp_path / "b.py").exists()


# --- many, and slow ones ----------------------------------------------------------------------------------------------


def test_a_hundred_readers_and_still_an_answer(served: Served) -> None:
    with ExitStack() as stack:
        readers = [Reader(served, "/chapter/") for _ in range(100)]
        for reader in readers:
            stack.callback(reader.close)
        assert served.get("/")[0] == 200
        served.write("chapter.py", "# %%\nprint('for all of them')\n")
        for reader in readers:
            reader.sees("for all of them")


def test_connections_without_end_are_turned_away(served: Served) -> None:
    with ExitStack() as stack:
        for _ in range(300):
            stack.enter_context(closing(socket.create_connection(("127.0.0.1", served.port), timeout=5)))
    until(lambda: _answers(served))


def test_who_says_nothing_holds_nobody_up(served: Served) -> None:
    with ExitStack() as stack:
        for _ in range(50):
            slow = stack.enter_context(closing(socket.create_connection(("127.0.0.1", served.port), timeout=5)))
            slow.sendall(b"GET / HTTP/1.1\r\nHost: ")
        assert served.get("/")[0] == 200


def test_who_takes_nothing_holds_nobody_up(served: Served) -> None:
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    slow.connect(("127.0.0.1", served.port))
    asked = f"GET /_nbpublish/events?page=/chapter/&since=-1 HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\n\r\n"
    slow.sendall(asked.encode())
    with closing(slow), closing(Reader(served, "/chapter/")) as reader:
        for number in range(5):
            served.write("chapter.py", f"# %%\nprint('{number} ' * 9000, 'number {number}.')\n")
            reader.sees(f"number {number}.")


def _answers(served: Served) -> bool:
    try:
        return served.get("/")[0] == 200
    except OSError:
        return False


# --- where it listens -------------------------------------------------------------------------------------------------


def test_a_port_that_is_taken(served: Served, tmp_path: Path) -> None:
    (tmp_path / "index.md").write_text("# Other\n", encoding="utf-8")
    other = Served(tmp_path, "--port", str(served.port))
    assert other.port != served.port
    assert f"Port {served.port} is taken; using {other.port}." in other.said
    assert "Other" in other.get("/")[1]
    other.close()


def test_other_machines_only_where_asked_for_and_with_a_warning(served: Served, tmp_path: Path) -> None:
    (tmp_path / "index.md").write_text("# Open\n", encoding="utf-8")
    other = Served(tmp_path, "--host", "0.0.0.0")
    assert "Everyone who can reach this machine can see the preview." in other.said
    assert other.get("/", Host=f"192.168.1.7:{other.port}")[0] == 200, "by whichever of its addresses"
    assert other.get("/", Host=f"evil.example:{other.port}")[0] == 403
    assert other.get("/", Origin="https://evil.example")[0] == 403
    other.close()
    assert "Everyone" not in served.said
