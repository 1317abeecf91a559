"""Where hostile pages are shown: in the portal's frame behind a real lab door, and, for controls, without either."""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from sandboxes import MODES, SMALL, house, running, why_not

from datalab.web.policy import FIXED, content_policy
from escapes.browser.page import SERVICE_WORKER, PageAttempt
from escapes.browser.sinks import Sinks
from infra.enclave.door.page.guard import guard_before
from infra.enclave.door.policy import NONCE
from infra.enclave.specification import Meter

TEMPLATE = Path(__file__).parents[4] / "datalab" / "web" / "templates" / "lab.html"
LONGEST_NAME = 80


@dataclasses.dataclass(frozen=True)
class Shown:
    """Where the pages are found by a browser; each below its slug."""

    framed: str
    """In the portal's frame, behind the lab door."""
    bare: str
    """The same page without either."""
    unguarded: str = ""
    """In the portal's frame, behind the same lab door, whose guard before each page is taken away again."""
    one_policy: str = ""
    """In the portal's frame, behind the same lab door, whose second policy is taken away again."""


def frame_of(address: str) -> str:
    """Return the portal's own frame element, for an address."""
    found = re.search(r"<iframe[^>]*>", TEMPLATE.read_text())
    assert found
    return found[0].replace("{{ address }}", address).replace("{{ project }}", "p") + "</iframe>"


@contextlib.contextmanager
def serving_pages(pages: dict[str, str], workers: dict[str, str], *, policy: str = "") -> Iterator[int]:
    """Serve pages at a port of 127.0.0.1, with a policy, or with none; and a sign-in that leads wherever one asks."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/hub/login":
                self.send_response(302)
                self.send_header("Location", parse_qs(parts.query)["next"][0])
                self.end_headers()
                return
            is_worker = parts.path.endswith("/worker.js")
            body = workers.get(parts.query) if is_worker else pages.get(parts.path.rpartition("/")[2])
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Type", "text/javascript" if is_worker else "text/html")
            self.send_header("Content-Length", str(len((body or "").encode())))
            if policy:
                for name, value in {**FIXED, "Content-Security-Policy": policy}.items():
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write((body or "").encode())

        def log_message(self, *_: object) -> None:
            pass

    with _served(Handler) as port:
        yield port


@contextlib.contextmanager
def shown(attempts: tuple[PageAttempt, ...], whole: Sinks, broken: Sinks, *, programs: bool = True) -> Iterator[Shown]:
    """Show every page, framed with addresses of the listeners `whole`, and bare with those of `broken`.

    A lab's pages run no programs but the host's. What the guard and the other walls hold without that one is tried
    where an operator lets programs of outputs run, unless `programs` says that they are closed, as they usually are.
    """
    mode = next(one for one in MODES if not why_not(one))
    with house(mode) as given, contextlib.ExitStack() as stack:
        hub = f"http://lab.localhost:{stack.enter_context(serving_pages({}, {}))}"
        texts = {
            "pages": {
                f"{before}{one.slug}": one.html(listeners.ports[one.slug], hub)
                for one in attempts
                for before, listeners in (("", whole), ("unguarded-", broken), ("one-policy-", broken))
            },
            "workers": {one.slug: _worker(whole, one) for one in attempts},
        }
        file = given.place("pages", mode=0o755) / "pages.json"
        file.write_text(json.dumps(texts))
        file.chmod(0o644)
        shells: dict[str, str] = {}
        # The portal's frame names the lab's address, and the lab's door the portal's: the portal is opened first.
        lab = given.serving(read_only=((str(file), "/opt/pages.json"),))
        relays = (
            stack.enter_context(passing_on(lab.port, guard=guard_before(lab.prefix, said=NONCE))),
            stack.enter_context(passing_on(lab.port, first_policy=True)),
        )
        origins = [f"http://alice.lab.localhost:{one}" for one in (lab.port, *relays)]
        policy = content_policy(frame=f"{' '.join(origins)} {hub}/hub/")
        port = stack.enter_context(serving_pages(shells, {}, policy=policy))
        specification = dataclasses.replace(
            lab,
            shell_origin=f"http://portal.lab.localhost:{port}",
            limits=dataclasses.replace(SMALL, memory=SMALL.memory),
            meter=Meter(),
            output_programs=programs,
        )
        stack.enter_context(running(given, specification))
        for one in attempts:
            names = (one.slug, f"unguarded-{one.slug}", f"one-policy-{one.slug}")
            for origin, name in zip(origins, names, strict=True):
                shells[name] = "<!doctype html><meta charset=utf-8>" + frame_of(
                    f"{origin}{specification.prefix}lab/tree/{name}"
                ).replace("<iframe", '<iframe width="800" height="500"')
        bare = stack.enter_context(
            serving_pages(
                {one.slug: one.html(broken.ports[one.slug], hub) for one in attempts},
                {one.slug: _worker(broken, one) for one in attempts},
            )
        )
        shell = f"http://portal.lab.localhost:{port}/shell/"
        yield Shown(
            shell, f"http://bare.localhost:{bare}/lab/tree/", f"{shell}unguarded-", one_policy=f"{shell}one-policy-"
        )


@contextlib.contextmanager
def passing_on(door: int, *, guard: bytes = b"", first_policy: bool = False) -> Iterator[int]:
    """Pass on what a browser asks a door at a port, and give it the answer without a guard, or with one policy."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = http.client.HTTPConnection("127.0.0.1", door, timeout=30)
            asked.request("GET", self.path, headers=dict(self.headers))
            answer = asked.getresponse()
            body = answer.read()
            if guard:
                body = body.replace(guard, b"")
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                    self.send_header(name, value.split(", script-src-elem ")[0] if first_policy else value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            asked.close()

        def log_message(self, *_: object) -> None:
            pass

    with _served(Handler) as port:
        yield port


@contextlib.contextmanager
def _served(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """Answer at a port of 127.0.0.1 for the length of a block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _worker(sinks: Sinks, attempt: PageAttempt) -> str:
    return SERVICE_WORKER.format(sink=f"http://sink.localhost:{sinks.ports[attempt.slug]}")
