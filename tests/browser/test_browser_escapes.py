"""Hostile pages in real browsers: shown in the portal's frame behind the lab's door they reach nothing, bare they do.

The decisive ones are tried always, in both browsers; the others among the long-running tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from browsing import CHROMIUM, chromium
from escapes.browser import PAGES
from escapes.browser.chromium import try_in_chromium
from escapes.browser.firefox import FIREFOX, try_in_firefox
from escapes.browser.house import shown
from escapes.browser.page import PageAttempt
from escapes.browser.sinks import sinks
from sandboxes import MODES, why_not

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(all(map(why_not, MODES)), reason="needs bubblewrap"),
]
EVERY = [pytest.param(one, id=one.name, marks=() if one.decisive else pytest.mark.slow) for one in PAGES]
FEW = ("location is set", "a beacon")
IN_FIREFOX = [
    pytest.param(one, id=one.name, marks=() if one.name in FEW else pytest.mark.slow)
    for one in PAGES
    if one.decisive and not one.chromium_only
]
Through = tuple[set[str], set[str]]


def _try(request: pytest.FixtureRequest, fixture: str, work: Callable[..., Through]) -> Through:
    """Try those attempts that were selected for this run."""
    own = (one for one in request.session.items if one.path == request.path)
    items: list[Any] = [one for one in own if fixture in getattr(one, "fixturenames", ())]
    chosen = tuple({one.callspec.params["attempt"].slug: one.callspec.params["attempt"] for one in items}.values())
    slugs = [one.slug for one in chosen]
    with sinks(slugs) as whole, sinks(slugs) as broken, shown(chosen, whole, broken) as where:
        return work(chosen, where.framed, where.bare, whole, broken)


@pytest.fixture(scope="module")
def in_chromium(request: pytest.FixtureRequest) -> Through:
    """Which attempts got through in Chromium: in the portal's frame, and bare."""
    if not CHROMIUM:
        pytest.skip("needs Chromium")

    def work(chosen: tuple[PageAttempt, ...], framed: str, bare: str, *listeners: Any) -> Through:
        with chromium() as browser:
            return (
                try_in_chromium(browser, chosen, framed, listeners[0]),
                try_in_chromium(browser, chosen, bare, listeners[1]),
            )

    return _try(request, "in_chromium", work)


@pytest.fixture(scope="module")
def in_firefox(request: pytest.FixtureRequest) -> Through:
    """The same in Firefox."""
    if not FIREFOX:
        pytest.skip("needs firefox-esr")
    return _try(request, "in_firefox", try_in_firefox)


@pytest.mark.parametrize("attempt", EVERY)
def test_chromium_carries_nothing_away(attempt: PageAttempt, in_chromium: Through) -> None:
    """A hostile page in the lab's frame reaches no listener and saves no file."""
    assert attempt.slug not in in_chromium[0]


@pytest.mark.parametrize("attempt", EVERY)
def test_chromium_would_carry_it_away_without_the_walls(attempt: PageAttempt, in_chromium: Through) -> None:
    """The same page without the door's policy and outside of the frame gets through."""
    assert attempt.slug in in_chromium[1]


@pytest.mark.parametrize("attempt", IN_FIREFOX)
def test_firefox_carries_nothing_away(attempt: PageAttempt, in_firefox: Through) -> None:
    """A hostile page in the lab's frame reaches no listener and saves no file, in the other browser too."""
    assert attempt.slug not in in_firefox[0]


@pytest.mark.parametrize("attempt", IN_FIREFOX)
def test_firefox_would_carry_it_away_without_the_walls(attempt: PageAttempt, in_firefox: Through) -> None:
    """The same page without the door's policy and outside of the frame gets through, in the other browser too."""
    assert attempt.slug in in_firefox[1]
