"""Calls between browsers (WebRTC) in Firefox: which pages in the lab's frame come to hold one."""

from __future__ import annotations

import pytest
from escapes.browser.calls import CALLS
from escapes.browser.firefox import FIREFOX
from escapes.browser.held import held_in_firefox
from escapes.browser.house import shown
from escapes.browser.sinks import sinks
from sandboxes import MODES, why_not

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(all(map(why_not, MODES)) or not FIREFOX, reason="needs bubblewrap and firefox-esr"),
]
NOT_IN_FIREFOX = ("a call to a candidate by an old name", "a call by a constructor that was put back")
"""Its page has no other name for a call."""


def test_a_page_in_firefox_holds_no_call() -> None:
    """No page in the lab's frame comes to hold an open call; each bare page does."""
    tried = tuple(one for one in CALLS if one.name not in NOT_IN_FIREFOX)
    slugs = [one.slug for one in tried]
    with sinks(slugs) as whole, sinks(slugs) as broken, shown(tried, whole, broken) as where:
        framed, bare = held_in_firefox(tried, where.framed, where.bare)

    assert framed == set()
    assert {one.slug for one in tried} - bare == set()
