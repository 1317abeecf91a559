"""Every page of the portal that a person reads, with who opens it: the table of the tests of how pages are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page
from portal_house import PortalHouse

AXE = Path(__file__).parents[2] / ".make" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
PAGES: Mapping[str, tuple[str, str]] = {
    "start of a custodian": ("cas", ""),
    "deliver": ("cas", "deliver"),
    "extracts": ("cas", "extracts"),
    "no extracts": ("sam", "extracts"),
    "deliver without a dataset": ("sam", "deliver"),
    "extract that is published": ("cas", "extracts/incidents-1"),
    "extract in work": ("cas", "extracts/incidents-2"),
    "extract with a report": ("cas", "extracts/incidents-3"),
    "start of a researcher": ("ann", ""),
    "projects": ("ann", "projects"),
    "project": ("ann", "projects/safer"),
    "project without requests": ("rex", "projects/elsewhere"),
    "way into the lab": ("ann", "projects/safer/lab"),
    "ask": ("ann", "projects/safer/ask"),
    "files of a project": ("ann", "projects/safer/files"),
    "files of a project without any": ("rex", "projects/elsewhere/files"),
    "files that wait": ("rev", "files"),
    "file to decide on": ("rev", "files/{upload}"),
    "request that waits": ("ann", "requests/{waiting}"),
    "request with its answer": ("ann", "requests/{released}"),
    "start of a reviewer": ("rev", ""),
    "queue": ("rev", "review"),
    "request to decide on": ("rev", "review/{waiting}"),
    "start of an operator": ("olga", ""),
    "people": ("olga", "people"),
    "no such page": ("ann", "nothing"),
    "a page that is not for this person": ("rev", "people"),
}
"""User name and path by what it is."""
FORMS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "delivery that is refused": ("cas", "deliver", {}),
    "question with a fault": ("ann", "projects/safer/ask", {"question": '{"a": ', "do": "preview"}),
    "decision without a reason": ("rev", "review/{waiting}", {"verdict": "approved", "reason": ""}),
    "decision on a file without a reason": ("rev", "files/{upload}", {"verdict": "approve", "reason": ""}),
    "decision without a verdict": ("rev", "review/{waiting}", {"reason": "So."}),
    "person who cannot be suspended": ("olga", "people/olga/suspend", {}),
    "person who cannot be added": ("olga", "people", {"username": "Not One", "role_reviewer": "yes"}),
    "invitation": ("olga", "people/ben/invite", {}),
}
"""What is posted, by whom and where, for the pages that answer a form."""


def address(portal: PortalHouse, page: str) -> str:
    """Return a page's address."""
    return portal.house.portal + page.format(waiting=portal.waiting, released=portal.released, upload=portal.upload)


def signed_in(portal: PortalHouse, browser: Browser, username: str, **options: Any) -> BrowserContext:
    """Return a browser's context in which a person is signed in already."""
    context = browser.new_context(**options)
    client = portal.people[username]
    for host, kept in client.cookies.items():
        path = "/services/portal/" if host == urlsplit(portal.house.portal).netloc else "/"
        for name, value in kept.items():
            context.add_cookies([{"name": name, "value": value, "domain": host.split(":")[0], "path": path}])
    return context


def submit_form(portal: PortalHouse, page: Page, path: str, fields: Mapping[str, str]) -> None:
    """Post a form from the portal's start page, with its session's token, and wait for the answer."""
    page.goto(portal.house.portal)
    script = """([action, fields]) => {
        const form = document.createElement('form');
        form.method = 'post';
        form.action = action;
        fields.csrf = document.querySelector('[name=csrf]').value;
        for (const name in fields) {
            const input = document.createElement('input');
            input.name = name;
            input.value = fields[name];
            form.append(input);
        }
        document.body.append(form);
        form.submit();
    }"""
    with page.expect_navigation():
        page.evaluate(script, [address(portal, path), dict(fields)])
