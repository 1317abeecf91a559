"""A hostile page: what it tries as it loads and when it is clicked, and by what it is known to have got through."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>{slug}</title>{head}</head><body>
<button id="go" style="position:fixed;inset:0;width:100%;height:100%;opacity:.3;z-index:9">go</button>{body}
<script>
const SINK = {sink}, PORT = {port}, NAME = {slug_text};
document.getElementById('go').onclick = async () => {{ {click} }};
</script></body></html>"""
SERVICE_WORKER = "fetch('{sink}/from-service-worker', {{mode: 'no-cors'}})"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAttempt:
    """One attempt; `@SINK@` in its texts is the origin of a listener of its own, which must stay empty.

    `@HUB@` is the origin of a hub that sends a browser wherever it is asked to, which the lab's hub does not.
    """

    name: str
    head: str = ""
    body: str = ""
    click: str = ""
    by_file: bool = False
    """Whether it gets through by a file that is saved, and not by reaching the listener."""
    chromium_only: bool = False
    """Whether Firefox does not have what it uses, or does not act on it."""
    alone: bool = False
    """Whether Chromium acts on it only in a tab that is in front."""
    decisive: bool = False
    """Whether it is tried in Firefox by default, and not only among the long-running tests."""

    @property
    def slug(self) -> str:
        """Name of its page."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")

    def html(self, port: int, hub: str) -> str:
        """Return the page, for a listener at a port and the origin of a hub."""
        sink = f"http://sink.localhost:{port}"
        text = PAGE.format(
            head=self.head,
            body=self.body,
            click=self.click,
            slug=self.slug,
            slug_text=json.dumps(self.slug),
            sink=json.dumps(sink),
            port=port,
        )
        return text.replace("@SINK@", sink).replace("@PORT@", str(port)).replace("@HUB@", hub)
