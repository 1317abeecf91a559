"""A lab's page in its frame and somebody else's account at the hub: in real browsers, what the page can reach of it."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from browsing import CHROMIUM, open_lab_frame, sign_in
from escapes.browser.firefox import FIREFOX, firefox
from firefox_lab import open_lab
from firefox_lab import sign_in as sign_in_firefox
from open_house import PASSWORD, OpenHouse, programs_there
from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not programs_there(), reason="needs bubblewrap and the proxy"),
]
ASK = (
    """(async () => { const seen = {};
const tried = async (name, step) => { try { seen[name] = await step() } catch (error) { seen[name] = 'no' } };
await tried('page', async () => { const answer = await fetch(HUB + '/hub/login'); const text = await answer.text();
  const found = text.match(/name="_xsrf"[^>]*value="([^"]+)"/) || text.match(/value="([^"]+)"[^>]*name="_xsrf"/);
  window.token = found ? found[1] : ''; return found ? 'form' : 'no' });
await tried('sign in', async () => { const body = new URLSearchParams({_xsrf: window.token || '', username: 'ben',
  password: 'WORD', otp: ''}); const answer = await fetch(HUB + '/hub/login', {method: 'POST', body,
  redirect: 'manual'}); return answer.type === 'opaqueredirect' ? 'yes' : 'no' });
await tried('home', async () => (await fetch(HUB + '/hub/home')).ok ? 'yes' : 'no');
await tried('who', async () => (await (await fetch(HUB + '/hub/api/user')).json()).name || 'no');
await tried('own host', async () => (await fetch(location.origin + '/hub/api/')).ok ? 'yes' : 'no');
await tried('portal', async () => (await fetch(location.origin + '/services/portal/health')).ok ? 'yes' : 'no');
await tried('picture', () => new Promise(done => { const one = new Image(); one.onload = () => done('yes');
  one.onerror = () => done('no'); one.src = location.origin + '/hub/static/images/jupyterhub-80.png' }));
await tried('lab', async () => (await fetch('static/lab/package.json')).ok ? 'yes' : 'no');
return JSON.stringify(seen) })()"""
).replace("WORD", PASSWORD)
CLOSED = {"page": "no", "sign in": "no", "who": "no", "own host": "no", "portal": "no", "picture": "no"}


def script(hub: str) -> str:
    """Return the program, which asks a hub at an origin; empty: at the page's own."""
    return f"const HUB = {json.dumps(hub)}; " + ASK


def held(said: dict[str, str]) -> None:
    """Check that a page in the frame reached its own lab and nothing of hub and portal."""
    assert {name: said[name] for name in CLOSED} == CLOSED


@pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")
def test_a_labs_page_signs_in_nowhere(house: OpenHouse, browser: Browser) -> None:
    """In Chromium a program in the lab's frame finds neither hub nor portal, at its own host or at theirs."""
    page = browser.new_context().new_page()
    sign_in(house, page, "ann")
    frame = open_lab_frame(house, page, "ann", "safer")
    base = frame.evaluate("location.href.split('/lab')[0] + '/'")
    for hub in ("", house.settings.address):
        said = json.loads(frame.evaluate(_run(hub, base)))
        held(said)
        assert said["lab"] == "yes"
    page.goto(f"{house.settings.address}/hub/home")
    assert "ann" in page.inner_text("body")
    assert "ben" not in page.inner_text("body")


@pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")
def test_a_page_of_the_hubs_own_host_would(house: OpenHouse, browser: Browser) -> None:
    """The control: the same program in a page of the hub's host signs in as somebody else."""
    page = browser.new_context(bypass_csp=True).new_page()
    page.goto(f"{house.settings.address}/hub/login")  # by somebody whom this host does not know, as at a lab's
    said = json.loads(page.evaluate(_run("", "/")))

    assert (said["page"], said["sign in"], said["own host"]) == ("form", "yes", "yes")
    assert "jupyterhub-hub-login" in {one["name"] for one in page.context.cookies()}


@pytest.mark.skipif(not FIREFOX, reason="needs firefox-esr")
def test_a_labs_page_signs_in_nowhere_in_firefox(house: OpenHouse) -> None:
    """The same in Firefox."""

    async def go() -> list[dict[str, str]]:
        async with firefox() as one:
            tab = await sign_in_firefox(one, house, "ann")
            frame = await open_lab(one, house, tab, "ann")
            base = await one.script(frame, "location.href.split('/lab')[0] + '/'")
            found = [await one.script(frame, _run(hub, base)) for hub in ("", house.settings.address)]
            return [json.loads(text) for text in found]

    with ThreadPoolExecutor(1) as pool:  # Playwright has a loop in this thread
        found = pool.submit(lambda: asyncio.run(go())).result()
    for said in found:
        held(said)
        assert said["lab"] == "yes"


def _run(hub: str, base: str) -> str:
    """Return the program as one expression, with the lab's own address in it."""
    return (
        "(() => { "
        + script(hub)
        .replace("(async", "return (async", 1)
        .replace("'static/lab/package.json'", json.dumps(base + "static/lab/package.json"))
        + " })()"
    )
