"""JupyterLab in a sandbox behind its doors: a browser's sign-in, a kernel, a notice, and what stays closed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest
from jupyter_lab import PREFIX, Browser, browse, jupyter_specification
from sandboxes import House, Running, free_port, running
from stub_hub import stub_hub

pytestmark = pytest.mark.enclave


@pytest.fixture(scope="module")
def jupyter(any_house: House) -> Iterator[tuple[Running, list[str]]]:
    """JupyterLab in a sandbox, and what its hub was asked."""
    calls: list[str] = []
    port = free_port()
    with stub_hub(port, calls), running(any_house, jupyter_specification(any_house, port), serving=False) as one:
        one.wait_until_serving(120)
        yield one, calls


def test_a_researcher_signs_in_and_runs_a_cell(jupyter: tuple[Running, list[str]]) -> None:
    """By the hub's sign-in a browser reaches JupyterLab, starts a kernel, and sees what a cell prints."""
    lab, calls = jupyter

    async def work(browser: Browser) -> tuple[str, str]:
        _, _, page = await browser.get(f"{PREFIX}lab")
        kernel = await browser.kernel()
        return page, await browser.execute(
            kernel, "import notebooks, datalab, os; print(6 * 7, sorted(os.listdir('/home')))"
        )

    page, printed = browse(lab, work)

    assert '"terminalsAvailable": false' in page
    assert "@jupyterlab/docmanager-extension:download" in page
    assert printed == "42 ['researcher']\n"
    assert {"GET /hub/api/user", "POST /hub/api/oauth2/token", "POST /hub/api/users/alice/activity"} <= set(calls)


def test_nobody_enters_without_the_hub(jupyter: tuple[Running, list[str]]) -> None:
    """A request without a signed-in browser's cookies is refused, and a token in a header does not pass."""
    lab, _ = jupyter

    assert lab.request("GET", "api/contents")[0] == 403
    assert lab.request("GET", "api/contents", headers={"Authorization": "token of-the-server"})[0] == 403


def test_the_researcher_reads_why_a_kernel_ended(jupyter: tuple[Running, list[str]]) -> None:
    """After a cell used all memory its kernel starts again, and the next cell says what happened and what to do."""
    lab, _ = jupyter

    async def work(browser: Browser) -> str:
        kernel = await browser.kernel()
        first = await browser.execute(kernel, "x = [b'x' * (1 << 20) for _ in range(900)]")
        assert "restarting" in first
        await asyncio.sleep(4)
        return await browser.execute(kernel, "print('again')")

    printed = browse(lab, work)

    assert printed.startswith("again")
    assert "used all of its 700 MiB of memory" in printed


def test_what_jupyterlab_would_offer_is_closed(jupyter: tuple[Running, list[str]]) -> None:
    """Even signed in, downloads, exports and terminals are closed."""
    lab, _ = jupyter

    async def work(browser: Browser) -> list[int]:
        paths = ("files/a.txt", "nbconvert/html/a.ipynb", "api/terminals", "api/contents/a.csv", "lab/api/news")
        return [(await browser.get(PREFIX + path))[0] for path in paths]

    assert browse(lab, work) == [403] * 5


def test_an_editor_makes_saves_and_renames(jupyter: tuple[Running, list[str]]) -> None:
    """A notebook and a text file are made, saved, kept as a checkpoint, copied and renamed; an upload is refused."""
    lab, _ = jupyter
    text = {"type": "file", "format": "text", "content": "x = 1\n"}
    notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}

    async def work(browser: Browser) -> list[int]:
        cookies = {one.key: one.value for one in browser.session.cookie_jar}
        steps: list[tuple[str, str, dict[str, object] | None]] = [
            ("POST", "", {"type": "notebook"}),
            ("PUT", "Untitled.ipynb", {"type": "notebook", "format": "json", "content": notebook}),
            ("POST", "Untitled.ipynb/checkpoints", None),
            ("POST", "Untitled.ipynb/checkpoints/checkpoint", None),
            ("PATCH", "Untitled.ipynb", {"path": "first.ipynb"}),
            ("POST", "", {"type": "directory"}),
            ("POST", "", {"type": "file", "ext": ".py"}),
            ("PUT", "untitled.py", text),
            ("PUT", "Makefile", text),
            ("POST", "", {"copy_from": "untitled.py"}),
            ("GET", "untitled.py?type=file&format=text&content=1", None),
            ("PUT", "tool.txt", {"type": "file", "format": "base64", "content": "f0VMRg=="}),
        ]
        return [await step(browser, cookies["_xsrf"], *one) for one in steps]

    async def step(browser: Browser, key: str, method: str, path: str, model: dict[str, object] | None) -> int:
        address = f"{browser.root}{PREFIX}api/contents/{path}"
        async with browser.session.request(method, address, json=model, headers={"X-XSRFToken": key}) as answer:
            return answer.status

    assert browse(lab, work) == [201, 200, 201, 204, 200, 201, 201, 200, 201, 201, 200, 403]


def test_the_upload_button_is_hidden(jupyter: tuple[Running, list[str]]) -> None:
    """JupyterLab shows no button for what the door refuses."""
    lab, _ = jupyter

    async def work(browser: Browser) -> str:
        return (await browser.get(f"{PREFIX}lab/api/settings/@jupyterlab/filebrowser-extension:widget"))[2]

    shown = json.loads(browse(lab, work))["schema"]["properties"]["toolbar"]["default"]

    assert shown == [{"name": "uploader", "disabled": True}]
