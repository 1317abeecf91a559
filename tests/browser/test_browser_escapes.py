"""Hostile pages in real browsers: shown in the portal's frame behind the lab's door they reach nothing, bare they do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import CHROMIUM, chromium
from escapes.browser import PAGES
from escapes.browser.chromium import try_in_chromium
from escapes.browser.house import shown
from escapes.browser.page import PageAttempt
from escapes.browser.sinks import sinks
from sandboxes import MODES, why_not

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM or all(map(why_not, MODES)), reason="needs Chromium and bubblewrap"),
]
NAMES = [one.name for one in PAGES]


@pytest.fixture(scope="module")
def tried() -> Iterator[tuple[set[str], set[str]]]:
    """Which attempts got through in the portal's frame, and which bare."""
    slugs = [one.slug for one in PAGES]
    with sinks(slugs) as whole, sinks(slugs) as broken, shown(PAGES, whole, broken) as where, chromium() as browser:
        yield (
            try_in_chromium(browser, PAGES, where.framed, whole),
            try_in_chromium(browser, PAGES, where.bare, broken),
        )


@pytest.mark.parametrize("attempt", PAGES, ids=NAMES)
def test_chromium_carries_nothing_away(attempt: PageAttempt, tried: tuple[set[str], set[str]]) -> None:
    """A hostile page in the lab's frame reaches no listener and saves no file."""
    assert attempt.slug not in tried[0]


@pytest.mark.parametrize("attempt", PAGES, ids=NAMES)
def test_chromium_would_carry_it_away_without_the_walls(attempt: PageAttempt, tried: tuple[set[str], set[str]]) -> None:
    """The same page without the door's policy and outside of the frame gets through."""
    assert attempt.slug in tried[1]
