"""Hostile and mistaken input to the portal: a page that says what happened, nothing kept, nothing lost."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from portal_client import Answer, PortalClient
from portal_house import PortalHouse

BAD_NAMES = ("..", "%2e%2e%2fpeople", "x" * 3000, "safer%00", "%27%20OR%201=1", "%3Cb%3E", "safer%2F..%2Felsewhere")
UNASKED = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n--b--\r\n'
AGE = b"age-encryption.org/v1\n-> X25519 abc\nnot really\n"


def _claim(sealed: bytes, agency: str = "police") -> bytes:
    claim = {"agency": agency, "ciphertext_sha256": hashlib.sha256(sealed).hexdigest()}
    return json.dumps({"manifest": claim, "signature": "none"}).encode()


def _deliver(client: PortalClient, sealed: tuple[str, bytes], manifest: tuple[str, bytes]) -> Answer:
    return client.upload("deliver", {"csrf": client.token()}, {"sealed": sealed, "manifest": manifest})


def _inbox(portal: PortalHouse) -> set[str]:
    folder: Path = portal.house.settings.landing / "inbox"
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


@pytest.mark.parametrize("place", ["projects/{}", "projects/{}/lab", "projects/{}/ask", "requests/{}"])
def test_a_name_that_is_none_is_a_page_that_says_so(portal: PortalHouse, place: str) -> None:
    """Path tricks, quotes, markup and very long names: refused or missing, never a fault, never another's page."""
    for name in BAD_NAMES:
        answer = portal.people["ann"].get(place.format(name))
        assert answer.status in {303, 400, 403, 404} or (name, answer.status) == ("..", 200), (name, answer.status)
        assert "<b>" not in answer.text


def test_styles_lead_to_no_other_file(portal: PortalHouse) -> None:
    """The folder of styles gives what is in it, and no path out of it."""
    for path in ("static/../app.py", "static/..%2fapp.py", "static/%2e%2e/%2e%2e/errors.py", "static//etc/passwd"):
        answer = portal.people["ann"].get(path)
        assert answer.status in {301, 303, 404}, path
        assert "import" not in answer.text
    assert portal.people["ann"].get("static/lab.css").status == 200


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"csrf=" + b"x" * 300_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"f%d=1" % number for number in range(50)), "application/x-www-form-urlencoded"),
        (b"question=" + b"x" * 100_000, "application/x-www-form-urlencoded"),
        (b"--b\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=b"),
        (b"rubbish", "multipart/form-data"),
        (UNASKED, "multipart/form-data; boundary=b"),
        (b"", "application/x-www-form-urlencoded"),
        (b'{"csrf": 1}', "application/json"),
        (b"<a/>", "text/xml"),
        (b"\xff\xfe=\xff", "application/x-www-form-urlencoded"),
    ],
)  # fmt: skip
def test_a_form_that_is_none_is_refused_and_not_a_fault(portal: PortalHouse, body: bytes, kind: str) -> None:
    """Too large, too many fields, damaged, with files nobody asked for, of another type: a page says so."""
    answer = portal.people["ann"].send("POST", "projects/safer/ask", body=body, headers={"Content-Type": kind})
    assert answer.status in {400, 403}
    assert "<h1" in answer.text
    assert portal.people["ann"].get("").status == 200


def test_a_form_that_does_not_say_how_large_it_is_is_refused(portal: PortalHouse) -> None:
    """A body in chunks without an end in sight is not waited for."""
    client = portal.people["ann"]
    headers = {"Transfer-Encoding": "chunked", "Content-Type": "application/x-www-form-urlencoded"}
    answer = client.send("POST", "projects/safer/ask", body=b"5\r\ncsrf=\r\n0\r\n\r\n", headers=headers)
    assert answer.status == 400
    assert "too large" in answer.text


@pytest.mark.parametrize(
    ("sealed", "manifest", "said"),
    [
        (("", b""), ("", b""), "Two files are needed"),
        (("a.csv", b"name,born\n"), ("a.manifest.json", _claim(b"")), "do not belong together"),
        (("a.age", AGE), ("b.manifest.json", _claim(AGE)), "do not belong together"),
        (("../a.age", AGE), ("../a.manifest.json", _claim(AGE)), "do not belong together"),
        (("a.age", b""), ("a.manifest.json", _claim(b"")), "is empty"),
        (("a.age", b"name,born\nSMITH,1980\n"), ("a.manifest.json", _claim(b"name,born\nSMITH,1980\n")), "not sealed"),
        (("a.age", AGE), ("a.manifest.json", b"{}"), "no manifest"),
        (("a.age", AGE), ("a.manifest.json", b"[" * 9000), "no manifest"),
        (("a.age", AGE), ("a.manifest.json", b" " * 20_000), "no manifest"),
        (("a.age", AGE), ("a.manifest.json", _claim(AGE, agency="trust")), "another agency"),
        (("a.age", AGE[:-1]), ("a.manifest.json", _claim(AGE)), "not the one that its manifest describes"),
    ],
)
def test_a_delivery_that_cannot_be_taken_says_why_and_leaves_nothing(
    portal: PortalHouse, sealed: tuple[str, bytes], manifest: tuple[str, bytes], said: str
) -> None:
    """Wrong type, empty, unsealed, cut off, another agency's, a path in its name: said there; no file stays."""
    before = _inbox(portal)
    answer = _deliver(portal.people["cas"], sealed, manifest)
    assert answer.status == 400
    assert said in answer.text
    assert "SMITH" not in answer.text
    assert _inbox(portal) <= before


def test_a_delivery_that_is_whole_is_taken(portal: PortalHouse) -> None:
    """The control: the same file, whole and with its own manifest, is delivered."""
    answer = _deliver(portal.people["cas"], ("good.age", AGE), ("good.manifest.json", _claim(AGE)))
    assert answer.status == 200
    assert "Delivered" in answer.text
