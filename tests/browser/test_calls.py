"""Calls between browsers (WebRTC), whole: out of the lab's frame none is made, in Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from browsing import CHROMIUM
from escapes.browser.calls import CALLS
from escapes.browser.house import Shown, shown
from escapes.browser.sinks import sinks
from playwright.sync_api import Browser, Error, Frame
from sandboxes import MODES, why_not

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(all(map(why_not, MODES)) or not CHROMIUM, reason="needs bubblewrap and Chromium"),
]
NAMES = r"name => /^(webkit|moz)?RTC|^WebTransport|^(TCP|UDP)(Server)?Socket/.test(name) && self[name] !== undefined"
OFFER = """async () => {
  window.call = new RTCPeerConnection(); window.got = 0;
  call.createDataChannel('x').onmessage = told => { got += told.data.length };
  await call.setLocalDescription(await call.createOffer());
  while (call.iceGatheringState !== 'complete') await new Promise(r => setTimeout(r, 100));
  return call.localDescription.sdp }"""
ANSWER = """async sdp => {
  window.call = new RTCPeerConnection();
  call.ondatachannel = told => { for (let at = 0; at < 100; at++) told.channel.send('x'.repeat(10000)) };
  await call.setRemoteDescription({type: 'offer', sdp}); await call.setLocalDescription(await call.createAnswer());
  return call.localDescription.sdp }"""


@pytest.fixture(scope="module")
def where() -> Iterator[Shown]:
    """Show the pages."""
    slugs = [one.slug for one in CALLS]
    with sinks(slugs) as whole, sinks(slugs) as broken, shown(CALLS, whole, broken) as where:
        yield where


def _frame(browser: Browser, root: str) -> Frame:
    page = browser.new_page()
    page.goto(root + CALLS[0].slug, wait_until="load")
    return page.frames[-1]


@pytest.mark.parametrize("framed", [True, False])
def test_a_whole_call_carries_nothing_out_of_the_frame(where: Shown, browser: Browser, *, framed: bool) -> None:
    """A page elsewhere that is called from the lab's frame hears nothing; from a bare page a million letters."""
    other = browser.new_page()
    other.goto(where.bare + CALLS[0].slug)
    offer = re.sub(r" [0-9a-f-]+\.local ", " 127.0.0.1 ", other.evaluate(OFFER))
    frame = _frame(browser, where.framed if framed else where.bare)
    try:
        other.evaluate("sdp => call.setRemoteDescription({type: 'answer', sdp})", frame.evaluate(ANSWER, offer))
    except Error:
        assert framed
    other.wait_for_timeout(3000)

    assert other.evaluate("got") == (0 if framed else 1_000_000)


@pytest.mark.parametrize("framed", [True, False])
def test_no_name_of_a_call_is_in_the_window(where: Shown, browser: Browser, *, framed: bool) -> None:
    """The window of the lab's page has nothing that opens a call, and cannot have it back; a bare page's window has."""
    frame = _frame(browser, where.framed if framed else where.bare)
    names = frame.evaluate(f"Object.getOwnPropertyNames(self).filter({NAMES})")
    fixed = frame.evaluate("Object.getOwnPropertyDescriptor(self, 'RTCPeerConnection').configurable === false")

    assert (bool(names), fixed) == (not framed, framed)


def test_a_worker_opens_no_call(where: Shown, browser: Browser) -> None:
    """A worker, which the guard does not stand before, has no name that opens a call between browsers."""
    frame = _frame(browser, where.framed)
    names = frame.evaluate(
        "() => new Promise(done => { const text = `postMessage(Object.getOwnPropertyNames(self).filter("
        "name => /PeerConnection|IceTransport/.test(name)))`; const worker = new Worker(URL.createObjectURL("
        "new Blob([text]))); worker.onmessage = told => done(told.data) })"
    )

    assert names == []
