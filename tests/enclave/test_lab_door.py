"""The lab door, from outside: what passes, what is refused, and what of a hostile answer reaches a browser."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
from base64 import b64encode
from hashlib import sha256
from urllib.parse import quote

import pytest
from sandboxes import House, Running, running

from infra.enclave.door.page.guard import guard_before
from infra.enclave.door.policy import NONCE
from infra.enclave.specification import Meter

pytestmark = pytest.mark.enclave
MIB = 1 << 20

OPEN = [
    ("GET", ""),
    ("GET", "lab"),
    ("GET", "lab/tree/notes/first.ipynb"),
    ("GET", "lab/api/settings"),
    ("PUT", "lab/api/settings/@jupyterlab/apputils-extension:themes"),
    ("GET", "static/lab/main.js"),
    ("GET", "lab/extensions/a/static/b.js"),
    ("GET", "api/contents/notes/first.ipynb"),
    ("GET", "api/contents/data.csv?content=0"),
    ("PUT", "api/contents/first.ipynb"),
    ("DELETE", "api/contents/table.parquet"),
    ("POST", "api/sessions"),
    ("POST", "api/kernels/0a1b/interrupt"),
    ("GET", "oauth_callback?code=1&state=2"),
    ("GET", "api/contents/caf%C3%A9.py"),
    ("GET", "api/contents/a.py?content=1&type=file&1796043600000"),
    ("GET", "api/contents/a.ipynb/checkpoints"),
    ("POST", "api/contents/a.ipynb/checkpoints/checkpoint"),
    ("GET", "api/contents/a/checkpoints/kept.txt"),
]
CLOSED = [
    ("GET", "files/a.txt", "another part of the server"),
    ("GET", "files/a.txt?download=1", "a download"),
    ("GET", "api/contents/a.txt?download=1", "a download by the interface"),
    ("GET", "api/contents/a.txt?Download", "a download in capitals"),
    ("GET", "api/contents/a.txt?format=base64", "bytes of a file"),
    ("GET", "api/contents/a.txt?format=text&format=base64", "bytes of a file, asked twice"),
    ("GET", "api/contents/table.parquet", "a file of data"),
    ("GET", "api/contents/table.csv", "a table"),
    ("GET", "api/contents/plot.png", "a picture"),
    ("GET", "api/contents/table.csv?content=0&content=1", "a table, asked for without and with its content"),
    ("GET", "api/contents/table.csv?content=0&Content=1", "the same in two spellings"),
    ("GET", "api/contents/a.txt?type=file&type=directory", "a file of two types"),
    ("GET", "api/contents/a/checkpoints/table.csv", "a table in a folder named as checkpoints are"),
    ("GET", "api/contents/a/checkpoints/data.bin", "a file of data in such a folder"),
    ("GET", "api/contents/checkpoints/data.bin", "the same at the top"),
    ("GET", "api/contents/a/checkpoints/b/data.bin", "a file of data below such a folder"),
    ("GET", "api/contents/a.txt/checkpoints/data.bin", "the same where the folder has a text's name"),
    ("GET", "api/contents/table.csv/checkpoints", "the checkpoints of a table"),
    ("GET", "nbconvert/html/a.ipynb", "an export"),
    ("POST", "nbconvert/html", "an export of what is sent"),
    ("GET", "api/nbconvert", "the list of exports"),
    ("GET", "view/a.html", "a page of the researcher's"),
    ("POST", "api/terminals", "a terminal"),
    ("GET", "terminals/websocket/1", "a terminal's channel"),
    ("GET", "proxy/8080/", "a port of the sandbox"),
    ("GET", "metrics", "measurements"),
    ("POST", "api/shutdown", "the end of the server"),
    ("GET", "lsp/ws/python", "a language server"),
    ("GET", "lab/api/news", "news from elsewhere"),
    ("POST", "lab/api/extensions", "another extension"),
    ("TRACE", "api", "another method"),
    ("CONNECT", "api", "a tunnel"),
    ("PROPFIND", "api/contents", "another protocol's method"),
    ("GET", "api/contents/../../../etc/passwd", "a path upwards"),
    ("GET", "api/contents/%2e%2e/%2e%2e/etc/passwd", "a path upwards, escaped"),
    ("GET", "api/contents/%252e%252e/a.txt", "a path upwards, escaped twice"),
    ("GET", "api/contents/..%2fa.txt", "a slash, escaped"),
    ("GET", "api/contents/..%5ca.txt", "a backslash, escaped"),
    ("GET", "api/contents//a.txt", "two slashes"),
    ("GET", "static/..%2f..%2ffiles/a", "out of the looks of the lab"),
    ("GET", "static/./../files/a.txt", "dots in the looks of the lab"),
    ("GET", "api/contents/a.txt;download=1", "a parameter of a segment"),
    ("GET", "api/contents/a%00.txt", "an end of text"),
    ("GET", "api/contents/a%0d%0aX: 1", "a line of a header"),
    ("GET", "api/contents/%ff.txt", "no text"),
    ("GET", "api/contents/%zz", "no escape"),
    ("GET", "/user/bob/school-absence/api", "another person's lab"),
    ("GET", "/user/alice/other/api", "another project's lab"),
    ("GET", "/hub/home", "the hub"),
    ("GET", "/", "the root"),
    ("GET", "/user/alice/school-absence/../../bob/school-absence/api", "another person's lab by dots"),
    ("GET", "api?token=abc", "a token in an address"),
    ("GET", "api/contents/" + "a" * 5000, "an address without end"),
]


@pytest.mark.parametrize(("method", "path"), OPEN, ids=[f"{one[0]} {one[1]}" for one in OPEN])
def test_what_jupyterlab_needs_passes(lab: Running, method: str, path: str) -> None:
    """A request that JupyterLab makes reaches the server in the sandbox."""
    status, _, body = lab.request(method, path, b"{}" if method in ("PUT", "POST") else None)

    assert (status, json.loads(body)["method"]) == (200, method)


@pytest.mark.parametrize(("method", "path", "what"), CLOSED, ids=[one[2] for one in CLOSED])
def test_what_leads_out_is_refused_at_the_door(lab: Running, method: str, path: str, what: str) -> None:
    """A way out is refused by the door, on the host, whatever the server inside would say."""
    answer = raw(lab, head(lab, method, path))

    assert answer.split(b" ", 2)[1] in (b"400", b"403", b"404", b"414")
    assert b'"method"' not in answer, what


def head(lab: Running, method: str, path: str, *headers: str) -> bytes:
    """Write the head of a request, as it is, and the last of its connection."""
    target = path if path.startswith("/") else lab.specification.prefix + path
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: lab", "Connection: close", *headers, "", ""]).encode()


def raw(lab: Running, sent: bytes, *, wait: float = 20) -> bytes:
    """Send bytes, say that no more come, and return what comes back."""
    with socket.create_connection(("127.0.0.1", lab.specification.port), timeout=wait) as one:
        one.sendall(sent)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := one.recv(65536):
                answer += piece
        return answer


SMUGGLED = {
    "two lengths": "Content-Length: 3\r\nContent-Length: 40",
    "a length and chunks": "Content-Length: 3\r\nTransfer-Encoding: chunked",
    "chunks that are none": "Transfer-Encoding: xchunked",
    "chunks, hidden": "Transfer-Encoding: chunked, identity",
    "a name with a space": "Content-Length : 3",
    "a header over two lines": "X-A: 1\r\n  Transfer-Encoding: chunked",
    "a line without an end": "X-A: 1\nTransfer-Encoding: chunked",
    "a length of letters": "Content-Length: 3a",
    "a length below nothing": "Content-Length: -3",
    "two hosts": "Host: other",
    "two origins": "Origin: http://lab\r\nOrigin: http://other.example",
    "too many headers": "\r\n".join(f"X-{index}: 1" for index in range(300)),
    "a header without end": "X-A: " + "a" * 40_000,
}


@pytest.mark.parametrize("header", SMUGGLED.values(), ids=SMUGGLED.keys())
def test_a_request_in_a_request_is_refused(lab: Running, header: str) -> None:
    """A head that two servers could read in two ways ends the connection with a refusal, and nothing goes in."""
    answer = raw(lab, one_of_several(lab, header) + head(lab, "GET", "api/me"))

    assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")) or answer == b""
    assert b'"method"' not in answer


def test_two_requests_after_each_other_are_not_refused_for_that(lab: Running) -> None:
    """The control: the same two with a head that is read in one way, of which the first is answered."""
    answer = raw(lab, one_of_several(lab, "X-A: 1\r\nContent-Length: 0") + head(lab, "GET", "api/me"))

    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.count(b'"method"') == 1


def one_of_several(lab: Running, header: str) -> bytes:
    """Write a head after which more may come on its connection."""
    return head(lab, "POST", "api/sessions", header).replace(b"Connection: close\r\n", b"")


def test_an_honest_body_passes_whole(lab: Running) -> None:
    """What a browser saves arrives whole, by length and in chunks: the control of the refusals."""
    body = json.dumps(saved("notebook", "json", {"cells": [], "metadata": {"kept": "x" * (3 * MIB)}})).encode()
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (b"a" * 1000, b"b" * 500)) + b"0\r\n\r\n"
    begun = head(lab, "PUT", "lab/api/settings/a", "Transfer-Encoding: chunked")

    assert json.loads(lab.request("PUT", "api/contents/a.ipynb", body)[2])["length"] == len(body)
    assert b'"length": 1500' in raw(lab, begun + chunked)


def saved(kind: str, form: str, content: object, **more: object) -> dict[str, object]:
    """Return a model as JupyterLab sends it."""
    return {"type": kind, "format": form, "content": content, **more}


TEXT_FILE = saved("file", "text", "x = 1\n")
ELF = "f0VMRgIBAQAAAAAAAAAAAA=="
SAVED = {
    "a text": ("PUT", "a.py", TEXT_FILE),
    "a text without an ending": ("PUT", "src/Makefile", TEXT_FILE),
    "a text whose name begins with a dot": ("PUT", ".gitignore", TEXT_FILE),
    "a text under a name with escapes": ("PUT", "caf%C3%A9.md", TEXT_FILE),
    "a notebook": ("PUT", "a.ipynb", saved("notebook", "json", {"cells": [], "nbformat": 4})),
    "a notebook opened as text": ("PUT", "a.ipynb", saved("file", "text", "{}")),
    "a new notebook": ("POST", "", {"type": "notebook"}),
    "a new text file": ("POST", "notes", {"type": "file", "ext": ".py"}),
    "a new folder": ("POST", "", {"type": "directory"}),
    "a copy": ("POST", "", {"copy_from": "a.py"}),
    "another name": ("PATCH", "a.py", {"path": "b.py"}),
}
NOT_SAVED = {
    "a program under a text's name": ("PUT", "tool.txt", saved("file", "base64", ELF)),
    "the same without a format's case": ("PUT", "tool.txt", saved("file", "Base64", ELF)),
    "a part of a file": ("PUT", "tool.txt", saved("file", "text", "x", chunk=1)),
    "a text under a table's name": ("PUT", "a.csv", TEXT_FILE),
    "a program without an ending": ("PUT", "tool", saved("file", "base64", ELF)),
    "a program without an ending, as text": ("PUT", "tool", saved("file", "text", "\x7fELF\x00")),
    "a notebook without an ending": ("PUT", "tool", saved("notebook", "json", {"cells": []})),
    "a text with an ending that is nobody's": ("PUT", ".a.exe", TEXT_FILE),
    "a text without a name": ("PUT", "", TEXT_FILE),
    "a text that is none": ("PUT", "a.txt", saved("file", "text", "a\x00b")),
    "half of a sign": ("PUT", "a.txt", saved("file", "text", "\ud800")),
    "a text past the limit": ("PUT", "a.txt", saved("file", "text", "x" * (MIB + 1))),
    "a text as JSON": ("PUT", "a.json", saved("file", "json", {"a": 1})),
    "a notebook under a text's name": ("PUT", "a.txt", saved("notebook", "json", {})),
    "content without a kind": ("PUT", "a.txt", {"content": "x"}),
    "content in a new file": ("POST", "", TEXT_FILE),
    "content with another name": ("PATCH", "a.txt", TEXT_FILE | {"path": "b.txt"}),
    "a new file of another ending": ("POST", "", {"type": "file", "ext": ".parquet"}),
    "the format twice": ("PUT", "a.txt", b'{"type":"file","format":"base64","format":"text","content":"QQ=="}'),
    "the format twice, escaped": (
        "PUT",
        "a.txt",
        b'{"type":"file","format":"text","form\\u0061t":"base64","content":"Q"}',
    ),
    "no JSON": ("PUT", "a.txt", b"x = 1"),
    "JSON of another coding": ("PUT", "a.txt", json.dumps(TEXT_FILE).encode("utf-16")),
    "a list": ("PUT", "a.txt", b"[]"),
    "a deep nest": ("PUT", "a.ipynb", b"[" * 100_000),
}


def body_of(model: object) -> bytes:
    """Write a model, or take bytes as they are."""
    return model if isinstance(model, bytes) else json.dumps(model).encode()


@pytest.mark.parametrize(("method", "path", "model"), SAVED.values(), ids=SAVED.keys())
def test_what_an_editor_saves_passes(lab: Running, method: str, path: str, model: object) -> None:
    """Notebooks, text, folders, copies and new names reach the server inside, byte for byte."""
    body = body_of(model)
    status, _, answer = lab.request(method, f"api/contents/{path}".rstrip("/"), body)

    assert (status, json.loads(answer)["length"]) == (200, len(body))


@pytest.mark.parametrize(("method", "path", "model"), NOT_SAVED.values(), ids=NOT_SAVED.keys())
def test_a_file_does_not_come_in_by_the_editors_way(lab: Running, method: str, path: str, model: object) -> None:
    """What JupyterLab would upload, or what two readers could read in two ways, is refused with the way to go."""
    status, _, answer = lab.request(method, f"api/contents/{path}".rstrip("/"), body_of(model))

    assert status == 403
    assert "Files page in the portal" in json.loads(answer)["message"]


def test_what_was_saved_is_in_the_log_without_content(lab: Running) -> None:
    """A saved file leaves its ending and its size in the door's log, and neither its name nor what is in it."""
    lab.request("PUT", "api/contents/a-name.py", body_of(saved("file", "text", "a = 'kept'")))
    event = next(one for one in reversed(lab.events()) if one["event"] == "lab-saved")

    assert set(event) == {"t", "user", "project", "event", "ending", "bytes"}
    assert event["ending"] == ".py"


def test_a_body_past_the_limit_is_refused(lab: Running) -> None:
    """A body of more than 16 MiB is refused before it is read."""
    begun = head(lab, "PUT", "api/contents/a.py", f"Content-Length: {17 * MIB}")

    assert raw(lab, begun).startswith(b"HTTP/1.1 413")


def test_a_slow_head_is_cut_off(lab: Running) -> None:
    """A connection whose head does not come is closed within a minute, so that slow clients cannot fill the door."""
    with socket.create_connection(("127.0.0.1", lab.specification.port), timeout=60) as one:
        one.sendall(b"GET /user/alice/school-absence/api HTTP/1.1\r\nHost: lab\r\n")

        assert one.recv(100) == b""


def test_a_connection_carries_one_answer(lab: Running) -> None:
    """The hub's proxy, which keeps idle connections, is told of each that it is the last on its connection."""
    asked = head(lab, "GET", "api").replace(b"Connection: close\r\n", b"")
    with socket.create_connection(("127.0.0.1", lab.specification.port), timeout=20) as one:
        one.sendall(asked)
        answer = b"".join(iter(lambda: one.recv(65536), b""))  # ends: the door closes it

    assert answer.startswith(b"HTTP/1.1 200")
    assert b"\r\nConnection: close\r\n" in answer


@pytest.mark.parametrize(
    ("headers", "what"),
    [
        ({"Sec-Fetch-Dest": "document"}, "a page of its own"),
        ({"Service-Worker": "script"}, "a service worker"),
        ({"Sec-Fetch-Dest": "serviceworker"}, "a service worker by another header"),
        ({"Sec-Fetch-Dest": "embed"}, "an embedded page"),
        ({"Origin": "http://evil.example"}, "another site's request"),
        ({"Upgrade": "websocket", "Connection": "Upgrade"}, "a live connection to another path"),
        ({"Upgrade": "h2c", "Connection": "Upgrade"}, "another protocol"),
    ],
)
def test_what_a_page_could_ask_for_is_refused(lab: Running, headers: dict[str, str], what: str) -> None:
    """A request that a hostile page makes its browser send is refused."""
    assert lab.request("GET", "lab", headers=headers)[0] == 403, what


def test_the_lab_in_its_frame_is_shown(lab: Running) -> None:
    """The same page passes where the portal's frame asks for it: the control of the refusal above."""
    assert lab.request("GET", "lab", headers={"Sec-Fetch-Dest": "iframe"})[0] == 200


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("api/contents/a.txt", "a file of the workspace"),
        ("api/me", "an answer for programs"),
        ("lab/api/settings", "settings"),
        ("static/lab/of-the-sandbox.js", "code"),
        ("kernelspecs/python3/logo.svg", "a drawing, in which programs run"),
        ("lab/tree/a?asked=data", "data in the place of a page"),
    ],
)
def test_what_is_no_page_is_not_shown_or_saved_by_a_link(lab: Running, path: str, what: str) -> None:
    """Where a browser would show or save an answer itself the door gives pages only; a program still gets it."""
    for headers in (
        {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Dest": "iframe"},
        {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "navigate"},
    ):
        assert lab.request("GET", path, headers=headers)[0] == 403, what
    assert lab.request("GET", path, headers={"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors"})[0] == 200


@pytest.mark.parametrize("kind", ["text/html", "Text/HTML; charset=utf-16", 'text/html; charset="iso-2022-kr"'])
@pytest.mark.parametrize("stream", ["", "&stream=1"])
def test_a_page_begins_with_the_doors_guard(lab: Running, kind: str, stream: str) -> None:
    """Before each page stands the door's script, in UTF-8 whatever the server says, and the page is whole behind it.

    Its length is not told ahead, for the door's words make it longer.
    """
    told = quote(json.dumps([("Content-Type", kind)]))
    status, headers, body = lab.request("GET", f"api/status?headers={told}&size=70000{stream}")
    front = guard_before(lab.specification.prefix)

    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert body == front + b"x" * 70_000
    assert (headers.get("content-length"), headers["transfer-encoding"]) == (None, "chunked")
    assert b"</script" not in front.partition(b"</script>")[0]
    assert not lab.request("GET", "api/me")[2].startswith(front[:20])


def test_the_guard_is_known_by_its_text_and_by_no_word(lab: Running) -> None:
    """A page's policy names the digest of what stands before it, and no word that a program could read and say."""
    told = quote(json.dumps([("Content-Type", "text/html")]))
    _, headers, body = lab.request("GET", f"api/status?headers={told}&size=9")
    text = body.partition(b"<script>")[2].partition(b"</script>")[0]

    assert f"'sha256-{b64encode(sha256(text).digest()).decode()}'" in headers["content-security-policy"]
    assert "nonce" not in headers["content-security-policy"]
    assert "sha256" not in lab.request("GET", "api/me")[1]["content-security-policy"]


@pytest.mark.parametrize(
    "kind",
    ["text/javascript", "application/javascript", "application/x-javascript", "text/x-javascript", "text/ecmascript",
     "application/ecmascript", "text/x-ecmascript", "text/jscript", "text/livescript", "Text/JavaScript; charset=utf-8",
     "text/javascript1.5"],
)  # fmt: skip
def test_no_program_comes_from_the_sandbox(lab: Running, opened: Running, kind: str) -> None:
    """An answer of a kind that a browser takes for a program is refused; the control is a lab that lets it pass."""
    assert answered(lab, ("Content-Type", kind))[0] == 403
    if kind.lower().startswith(("text/javascript;", "application/javascript")):
        assert answered(opened, ("Content-Type", kind))[0] == 200


def test_nothing_of_the_sandboxs_is_kept_by_a_browser(lab: Running) -> None:
    """Whatever the sandbox says, a browser asks the door again: what it keeps it would show unasked."""
    said = [("Cache-Control", "max-age=86400, public"), ("ETag", '"a1"'), ("Expires", "Mon, 30 Nov 2037 10:00:00 GMT")]
    heads = answered(lab, *said, ("Content-Type", "image/svg+xml"))[1]

    assert heads["cache-control"] == "no-store"
    assert not {"etag", "expires", "last-modified", "vary"} & set(heads)
    assert "script-src 'none';" in heads["content-security-policy"]


PAGE = ("Content-Type", "text/html")
SCRIPTS = '<SCRIPT>1</SCRIPT><script src=a></script><script/type="x">{"a": "<script>"}</script><scripts><p>&lt;script>'
SAID = SCRIPTS.replace("<SCRIPT>", "<SCRIPT nonce=datalab >").replace("<script>", "<script nonce=datalab >")
SAID = SAID.replace("<script src", "<script nonce=datalab  src").replace("<script/", "<script nonce=datalab /")


@pytest.mark.parametrize("piece", ["1", "7", "8", "65536"])
def test_each_script_of_a_page_says_the_doors_word(opened: Running, piece: str) -> None:
    """Where programs of outputs are open a script's tag says the word by which it runs; all else is as it was."""
    lab, front = opened, guard_before(opened.specification.prefix, said=NONCE)
    sizes = {"size": str(len(SCRIPTS)), "piece": piece, "text": quote(SCRIPTS)}

    assert answered(lab, PAGE, **sizes)[2] == front + SAID.encode()
    assert answered(lab, PAGE, stream="1", **sizes)[2] == front + SAID.encode()
    assert answered(lab, ("Content-Type", "text/plain"), **sizes)[2] == SCRIPTS.encode()


def test_a_large_page_passes_whole_with_its_scripts(opened: Running) -> None:
    """Of some megabytes of scripts each says the word, and what is longer than may pass is refused as before."""
    lab = opened
    text, times = "<script></script>", 200_000
    status, _, body = answered(lab, PAGE, text=text, size=str(len(text) * times))

    assert status == 200
    assert body == guard_before(lab.specification.prefix, said=NONCE) + b"<script nonce=datalab ></script>" * times
    assert answered(lab, PAGE, text=text, size=str(5 * MIB))[0] == 403


def test_a_head_of_a_page_tells_no_length(lab: Running) -> None:
    """A question for the head alone is answered without a body, a guard or the length of either."""
    told = quote(json.dumps([PAGE]))
    status, headers, body = lab.request("HEAD", f"api/status?headers={told}&size=70000")

    assert (status, body) == (200, b"")
    assert headers.get("content-length") in (None, "0")


KEPT = {"If-None-Match": '"a"', "If-Modified-Since": "Mon, 30 Nov 2026 10:00:00 GMT", "Range": "bytes=1-"}


def test_a_page_that_a_browser_kept_is_asked_for_again(lab: Running) -> None:
    """A browser's page comes whole, and not the one it kept, nor a part: the guard before that is of another day."""
    page = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Mode": "navigate", "Accept": "text/html"}
    asked = json.loads(lab.request("GET", "lab", headers={**page, **KEPT})[2].split(b"</script>\n", 1)[1])
    program = json.loads(lab.request("GET", "lab", headers=KEPT)[2])

    assert not KEPT.keys() & asked["headers"].keys()
    assert program["headers"].items() >= KEPT.items()


def test_the_sandbox_sees_no_secret_of_the_browser(lab: Running) -> None:
    """The hub's cookies, tokens and headers of the lab's own doors stay outside; the lab's own cookies pass."""
    cookies = "jupyterhub-hub-login=hub; jupyterhub-user-alice=own; _xsrf=x; session=portal"
    sent = {"Cookie": cookies, "Authorization": "token hub", "X-Datalab-Person": "bob", "Proxy-Authorization": "y"}
    headers = lab.json("api/me", headers=sent)["headers"]

    assert headers["Cookie"] == "jupyterhub-user-alice=own; _xsrf=x"
    assert {
        name for name in headers if name.lower() in ("authorization", "x-datalab-person", "proxy-authorization")
    } == set()


def answered(
    lab: Running, *headers: tuple[str, str], status: int = 200, **more: str
) -> tuple[int, dict[str, str], bytes]:
    """Have the server in the sandbox answer with these headers."""
    query = "&".join(
        [f"headers={quote(json.dumps(headers))}", f"status={status}", *(f"{k}={v}" for k, v in more.items())]
    )
    return lab.request("GET", f"api/status?{query}")


HOSTILE = {
    "a file to keep": ("Content-Disposition", "attachment; filename=a.csv"),
    "a file to keep, in capitals": ("Content-Disposition", "ATTACHMENT"),
    "an archive": ("Content-Type", "application/zip"),
    "a table": ("Content-Type", "text/csv"),
    "a document": ("Content-Type", "application/pdf"),
    "a page of another kind": ("Content-Type", "multipart/x-mixed-replace; boundary=a"),
    "packed": ("Content-Encoding", "br"),
    "a way to another site": ("Location", "http://evil.example/?d=1"),
    "a way without a protocol": ("Location", "//evil.example/"),
    "a way by a backslash": ("Location", "/\\evil.example/"),
    "a script as a way": ("Location", "javascript:alert(1)"),
    "a way to another lab": ("Location", "/user/bob/p/lab"),
}


@pytest.mark.parametrize("header", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_answer_does_not_pass(lab: Running, header: tuple[str, str]) -> None:
    """An answer that would put data somewhere else is replaced by a refusal."""
    status, headers, body = answered(lab, header, status=302 if header[0] == "Location" else 200)

    assert status in (403, 502)
    assert "location" not in headers
    assert body != b"xx"


def test_hostile_headers_are_left_out_and_the_policy_is_ours(lab: Running) -> None:
    """Headers that open the page to elsewhere do not pass, and the door's policy replaces the sandbox's."""
    status, headers, _ = answered(
        lab,
        ("Content-Type", "text/plain"),
        ("Content-Security-Policy", "default-src *"),
        ("Link", "<http://evil.example/>; rel=preload"),
        ("Refresh", "0; url=http://evil.example/"),
        ("Report-To", "{}"),
        ("NEL", "{}"),
        ("Access-Control-Allow-Origin", "*"),
        ("Service-Worker-Allowed", "/"),
        ("Set-Cookie", "_xsrf=1; Domain=lab.example; Path=/user/alice/school-absence/"),
        ("Set-Cookie", "_xsrf=1; Path=/"),
        ("Set-Cookie", "session=stolen; Path=/user/alice/school-absence/"),
    )
    policy = headers["content-security-policy"]

    assert status == 200
    assert {
        "link",
        "refresh",
        "report-to",
        "nel",
        "access-control-allow-origin",
        "service-worker-allowed",
        "set-cookie",
    } & set(headers) == set()
    assert "frame-ancestors http://portal.example;" in policy
    assert "allow-downloads" not in policy
    assert "allow-popups" not in policy
    assert "*" not in policy


def test_an_honest_cookie_and_redirect_pass(lab: Running) -> None:
    """The lab's own cookie for its own path and a way within the lab pass: the control of the refusals."""
    own = "/user/alice/school-absence/lab"
    status, headers, _ = answered(
        lab, ("Location", own), ("Set-Cookie", "_xsrf=1; Path=/user/alice/school-absence/; HttpOnly"), status=302
    )

    assert (status, headers["location"], headers["set-cookie"].split(";")[0]) == (302, own, "_xsrf=1")


def test_what_passes_of_a_head_is_short_and_written_as_it_must_be(lab: Running) -> None:
    """Headers that carry anything but what they are for are left out, in an answer without a body too."""
    long, own = "s" * 1100, "Path=/user/alice/school-absence/"
    names = ("ETag", "Last-Modified", "Vary", "Expires", "Cache-Control", "Retry-After", "X-JupyterHub-Version")
    hostile = [[(name, long)] for name in (*names, "Content-Type")]
    hostile += [[("Set-Cookie", f"_xsrf={long}; {own}")], [("Retry-After", "1"), ("Retry-After", "sss")]]
    answers = [answered(lab, *some, status=204) for some in hostile]
    honest = [("Retry-After", "12"), ("X-JupyterHub-Version", "6.1.1"), ("Content-Type", "text/plain")]
    passed = answered(lab, *honest)[1]

    assert {status for status, _, _ in answers} == {204}
    assert not any("sss" in value for _, head, _ in answers for value in head.values())
    assert [passed[name.lower()] for name, _ in honest] == [value for _, value in honest]
    assert answered(lab, ("Content-Type", f"text/plain; x={long}"))[0] == 403


def test_status_and_phrase_are_those_of_the_standard(lab: Running) -> None:
    """A status that no standard names does not pass."""
    assert answered(lab, status=799)[0] == 403
    assert answered(lab, status=204)[0] == 204


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_heads_are_counted_as_shown(any_house: House, method: str) -> None:
    """Answers without a body use the window up by their heads, and then no more is shown."""
    meter = Meter(window_bytes=16_384, file=str(any_house.place("meters") / f"heads-{method}"))
    cookie = ("Set-Cookie", f"_xsrf={'a' * 128}; Path=/user/alice/school-absence/")
    told = json.dumps([cookie, ("Content-Type", "text/plain")])
    status = 204 if method == "GET" else 200
    with running(any_house, any_house.serving(meter=meter)) as one:
        seen = [one.request(method, f"api/status?status={status}&headers={quote(told)}")[0] for _ in range(100)]

    assert seen[0] == status
    assert seen[-1] == 429


def test_large_answers_are_refused_or_cut(lab: Running) -> None:
    """An answer of more than 4 MiB is refused where it says its size, and cut where it does not."""
    kind = ("Content-Type", "text/plain")
    refused = answered(lab, kind, size=str(5 * MIB))
    passed = answered(lab, kind, size=str(3 * MIB))
    with socket.create_connection(("127.0.0.1", lab.specification.port), timeout=20) as one:
        one.sendall(head(lab, "GET", f"api/status?stream&size={9 * MIB}"))
        got, ended = 0, b""
        try:
            while piece := one.recv(1 << 20):
                got, ended = got + len(piece), piece
        except ConnectionResetError:
            ended = b"reset"

    assert refused[0] == 403
    assert (passed[0], len(passed[2])) == (200, 3 * MIB)
    assert got < 5 * MIB
    assert not ended.endswith(b"0\r\n\r\n")


def test_refusals_are_in_the_audit_log_without_content(lab: Running) -> None:
    """Each refusal leaves a line with method, path and reason, and nothing of what was shown."""
    lab.request("GET", "files/kept-in-the-log.txt")
    event = next(one for one in reversed(lab.events()) if one["event"] == "lab-refused")

    assert event["path"].endswith("files/kept-in-the-log.txt")
    assert set(event) == {"t", "user", "project", "event", "method", "path", "why"}


def test_a_browser_that_goes_is_no_fault(any_house: House) -> None:
    """Whoever closes a page while it is answered puts no line among those that tell of the door's own faults."""
    said = any_house.folder / "supervisors.log"
    with said.open("w") as log, running(any_house, any_house.serving(), log=log) as lab:
        for _ in range(60):
            with socket.create_connection(("127.0.0.1", lab.specification.port), timeout=20) as one:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # gone, without a word
                one.sendall(head(lab, "GET", "api/me"))
        assert lab.request("GET", "api/me")[0] == 200

    assert "ERROR" not in said.read_text()
