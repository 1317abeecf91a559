"""Two JupyterLabs with the same hostile workspace: one in a sandbox behind its door, and one bare."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jupyter_lab import PREFIX, Browser, browse, jupyter_specification
from sandboxes import MODES, House, free_port, house, running, why_not
from stub_hub import stub_hub

from datalab.web.policy import content_policy
from escapes.browser.house import frame_of, serving_pages
from escapes.browser.sinks import Sinks
from escapes.notebook.attempt import RUN, TRUSTED, NotebookAttempt, filled
from escapes.notebook.programs import SECRET

LINK = "link.txt"
SIGN = """
import sys
import nbformat
from nbformat.sign import NotebookNotary
with NotebookNotary() as notary:
    notary.sign(nbformat.read(sys.argv[1], as_version=4))
"""
"""What forges trust: key and list of trusted notebooks lie in the home folder, where every kernel can write."""
BARE = (
    "--no-browser",
    "--allow-root",
    "--IdentityProvider.token=",
    "--ServerApp.password=",
    "--ServerApp.disable_check_xsrf=True",
    "--ServerApp.terminals_enabled=False",
    "--LabApp.news_url=",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)
"""It asks nobody, and nothing outside of this machine."""


@dataclass(frozen=True)
class Lab:
    """A JupyterLab that runs."""

    root: str
    """Where a browser finds its pages: followed by a page's number where they are framed, or by its path."""
    framed: bool
    cookies: list[Any]
    """Of a browser that is signed in."""
    answers: dict[str, str]
    """What the server said to each attempt that asks it, by slug."""

    def address(self, page: str) -> str:
        """Return where a browser finds a page."""
        return self.root + (page.replace("/", "-") if self.framed else page)


def _notebook(cells: list[dict[str, Any]]) -> str:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells})


def _cell(number: int, kind: str, source: str, outputs: list[Any] | None = None) -> dict[str, Any]:
    code = {"execution_count": 1, "outputs": outputs or []} if kind == "code" else {}
    return {"cell_type": kind, "id": f"c{number}", "metadata": {}, "source": source, **code}


def write_workspace(home: Path, attempts: Sequence[NotebookAttempt], sinks: Sinks, *, inside: str, held: Path) -> None:
    """Put every attempt's files into a home folder, and the two notebooks that collect outputs and cells.

    Args:
        home: the folder.
        attempts: whose.
        sinks: listeners, by slug.
        inside: the folder's path as the lab's server sees it.
        held: a file outside of the folder.
    """
    outputs: list[Any] = []
    texts: list[str] = []
    cells: list[str] = []
    for one in attempts:
        port = sinks.ports[one.slug]
        for name, text in one.files.items():
            file = home / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(filled(text, port).replace("@HOME@", inside))
        outputs += [{"output_type": "display_data", "metadata": {}, "data": filled(data, port)} for data in one.outputs]
        texts += [filled(one.markdown, port)] if one.markdown else []
        cells += [filled(one.cell, port)] if one.cell else []
    seen = _cell(0, "code", "", [*outputs, {"output_type": "stream", "name": "stdout", "text": "shown"}])
    (home / TRUSTED).write_text(_notebook([seen, *(_cell(at + 1, "markdown", text) for at, text in enumerate(texts))]))
    (home / RUN).write_text(_notebook([_cell(0, "code", "\n".join(["print('sh' + 'own', flush=True)", *cells]))]))
    (home / LINK).symlink_to(held)
    sign = [sys.executable, "-c", SIGN, str(home / TRUSTED)]
    subprocess.run(sign, check=True, env={"HOME": str(home), "PATH": os.environ["PATH"]}, cwd=home)


@contextlib.contextmanager
def sandboxed(attempts: Sequence[NotebookAttempt], sinks: Sinks, *, programs: bool = False) -> Iterator[Lab]:
    """Run JupyterLab in a sandbox on the workspace, behind door and frame, and set off what needs no page.

    Args:
        attempts: whose.
        sinks: listeners, by slug.
        programs: those of outputs run in the browser.
    """
    mode = next(one for one in MODES if not why_not(one))
    with house(mode) as given, contextlib.ExitStack() as stack:
        home = given.workspace()
        held = _held(given)
        write_workspace(home, attempts, sinks, inside="/home/researcher", held=held)
        for path in home.rglob("*"):
            if os.geteuid() == 0:
                os.chown(path, given.uid, given.uid, follow_symlinks=False)
        shells: dict[str, str] = {}
        port = free_port()
        policy = content_policy(frame=f"http://alice.lab.localhost:{port}")
        portal = stack.enter_context(serving_pages(shells, {}, policy=policy))
        hub = free_port()
        stack.enter_context(stub_hub(hub, []))
        described = jupyter_specification(given, hub, port=port, shell_origin=f"http://portal.lab.localhost:{portal}")
        described = replace(described, output_programs=programs)
        lab = stack.enter_context(running(given, described, serving=False))
        lab.wait_until_serving(120)
        for page in {one.opens for one in attempts if one.opens}:
            address = f"http://alice.lab.localhost:{port}{PREFIX}{page}"
            shells[page.replace("/", "-")] = "<!doctype html><meta charset=utf-8>" + frame_of(address).replace(
                "<iframe", '<iframe width="1200" height="2400"'
            )

        async def work(browser: Browser) -> tuple[list[Any], dict[str, str]]:
            answers = {}
            for one in attempts:
                if one.asked:
                    status, _, text = await browser.get(PREFIX + one.asked)
                    answers[one.slug] = f"{status} {text}"
                if one.kernel:
                    await _start(browser, one.kernel)
            return [dict(one.items(), name=one.key, value=one.value) for one in browser.session.cookie_jar], answers

        with ThreadPoolExecutor(1) as pool:  # Playwright has a loop in this thread
            cookies, answers = pool.submit(browse, lab, work).result()
        yield Lab(
            f"http://portal.lab.localhost:{portal}/shell/",
            framed=True,
            cookies=[
                {
                    "name": one["name"],
                    "value": one["value"],
                    "domain": "alice.lab.localhost",
                    "path": one.get("path") or PREFIX,
                }
                for one in cookies
            ],
            answers=answers,
        )


async def _start(browser: Browser, kernel: str) -> None:
    """Start a kernel; that there is none of this name is a refusal too."""
    headers = {"X-XSRFToken": next(one.value for one in browser.session.cookie_jar if one.key == "_xsrf")}
    url = f"{browser.root}{PREFIX}api/kernels"
    async with browser.session.post(url, json={"name": kernel}, headers=headers) as answer:
        await answer.read()


def _held(given: House) -> Path:
    """Return a file of the lab's, outside of the workspace."""
    held = given.place("held", mode=0o755) / "held.txt"
    held.write_text(SECRET)
    held.chmod(0o644)
    return held


@contextlib.contextmanager
def bare(attempts: Sequence[NotebookAttempt], sinks: Sinks) -> Iterator[Lab]:
    """Run JupyterLab on the workspace without sandbox, door, frame and the lab's settings; the same is set off."""
    with house("root" if os.geteuid() == 0 else "rootless") as given:
        home = given.place("home")
        write_workspace(home, attempts, sinks, inside=str(home), held=_held(given))
        port = free_port()
        environment = {"HOME": str(home), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "LANG": "C.UTF-8"}
        command = [
            sys.executable,
            "-m",
            "jupyterlab",
            *BARE,
            f"--ServerApp.port={port}",
            f"--ServerApp.root_dir={home}",
        ]
        with (
            (given.folder / "log").open("w") as log,
            subprocess.Popen(
                command, env=environment, cwd=home, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            ) as one,
        ):
            try:
                root = f"http://127.0.0.1:{port}/"
                _wait(root, one, given.folder / "log")
                answers = {}
                for attempt in attempts:
                    if attempt.asked:
                        answers[attempt.slug] = "200 " + _ask(root + attempt.asked)
                    if attempt.kernel:
                        _ask(root + "api/kernels", json.dumps({"name": attempt.kernel}).encode())
                yield Lab(root, framed=False, cookies=[], answers=answers)
            finally:
                one.terminate()
                try:
                    one.wait(20)
                except subprocess.TimeoutExpired:
                    one.kill()


def _ask(url: str, body: bytes | None = None) -> str:
    asked = urllib.request.Request(url, data=body)  # noqa: S310 - of this machine
    with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
        return str(answer.read().decode("utf-8", "replace"))


def _wait(root: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()[-2000:]
        with contextlib.suppress(OSError):
            _ask(root + "api")
            return
        time.sleep(0.2)
    raise AssertionError(log.read_text()[-2000:])
