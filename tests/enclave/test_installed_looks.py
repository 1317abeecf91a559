"""JupyterLab's own code at the lab door: from the host's installation, never from the sandbox, and not counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandboxes import House, Running, running

from infra.enclave.door.files import installed
from infra.enclave.specification import Meter

pytestmark = pytest.mark.enclave
WINDOW = 24_576
"""Bytes that the sandbox below may show: less than almost any file of JupyterLab's."""


@pytest.fixture(scope="module")
def small(any_house: House) -> Iterator[Running]:
    """A hostile server in the place of JupyterLab, which answers every path with its own words, and a small window."""
    meter = Meter(window_bytes=WINDOW, file=str(any_house.place("meters") / "looks"))
    with running(any_house, any_house.serving(meter=meter, shell_origin="http://portal.example")) as one:
        yield one


def test_a_cold_load_is_answered_by_the_host_and_not_counted(small: Running) -> None:
    """The largest files of JupyterLab come from the host's disk, far past the window, and the lab still answers."""
    files = sorted(installed.installed_files().items(), key=lambda one: -one[1].stat().st_size)[:12]
    answers = {path: small.request("GET", f"{path}?v=1") for path, _ in files}

    assert sum(len(body) for _, _, body in answers.values()) > 100 * WINDOW
    assert all(answers[path][0] == 200 and answers[path][2] == file.read_bytes() for path, file in files)
    assert small.request("GET", "api/me")[0] == 200


def test_each_is_sent_as_what_it_is_under_the_doors_policy(small: Running) -> None:
    """Kind, policy and how long a browser keeps it are the door's, and a browser that has it gets no second copy."""
    known = installed.installed_files()
    code = next(path for path in known if path.startswith("static/lab/main."))
    _, headers, _ = small.request("GET", code)
    again = small.request("GET", code, headers={"If-None-Match": headers["etag"]})

    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors http://portal.example" in headers["content-security-policy"]
    assert "immutable" in headers["cache-control"]
    assert small.request("HEAD", code)[2] == b""
    assert (again[0], again[2]) == (304, b"")
    assert small.request("GET", "static/lab/package.json")[1]["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["static/lab/of-the-sandbox.js", "static/lab/index.html", "static/lab", "lab/api/themes/a/index.css"]
)
def test_what_the_host_has_not_comes_from_the_sandbox(small: Running, path: str) -> None:
    """A path that is no file of the host's is asked of the sandbox, whose answer is counted: the control."""
    status, _, body = small.request("GET", path)

    assert status in (200, 403)
    assert status == 403 or json.loads(body)["method"] == "GET"


@pytest.mark.parametrize(
    "path",
    [
        "static/lab/../../../../../etc/passwd",
        "static/lab/%2e%2e/%2e%2e/pyvenv.cfg",
        "static/lab/..%2f..%2fpyvenv.cfg",
        "static/lab//etc/passwd",
    ],
)
def test_no_path_leads_out_of_the_installation(small: Running, path: str) -> None:
    """A path with dots or two slashes is refused before it is looked for."""
    assert small.request("GET", path)[0] in (400, 403)


def test_links_and_pages_are_not_among_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A symbolic link in the installation, to a file or to a folder, is not followed; of the others each is found."""
    static = tmp_path / "lab" / "static"
    (static / "inner").mkdir(parents=True)
    (tmp_path / "secret.js").write_text("secret")
    for name in ("a.js", "inner/b.css", "page.html", "odd.bin"):
        (static / name).write_text("x")
    (static / "link.js").symlink_to(tmp_path / "secret.js")
    (static / "out").symlink_to(tmp_path)
    monkeypatch.setattr(installed, "SHARE", tmp_path)
    found = installed.installed_files.__wrapped__()

    assert {path for path in found if path.startswith("static/lab/")} == {"static/lab/a.js", "static/lab/inner/b.css"}
