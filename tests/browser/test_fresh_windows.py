"""Windows without the guard, in real browsers: a page in the lab's frame comes to have none, and holds no call."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import CHROMIUM, chromium
from escapes.browser.addresses import ADDRESSES, BY_LOCATION
from escapes.browser.firefox import FIREFOX
from escapes.browser.held import held_in_chromium, held_in_firefox
from escapes.browser.house import Shown, shown
from escapes.browser.page import PageAttempt
from escapes.browser.sinks import sinks
from escapes.browser.windows import TAKEN, WINDOWS
from sandboxes import MODES, why_not

pytestmark = [pytest.mark.browser, pytest.mark.skipif(all(map(why_not, MODES)), reason="needs bubblewrap")]
in_chromium = pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")
in_firefox = pytest.mark.skipif(not FIREFOX, reason="needs firefox-esr")


@pytest.fixture(scope="module")
def where() -> Iterator[Shown]:
    """Show the pages."""
    every = (*ADDRESSES, *WINDOWS)
    slugs = [one.slug for one in every]
    with sinks(slugs) as whole, sinks(slugs) as broken, shown(every, whole, broken) as where:
        yield where


def _slugs(attempts: tuple[PageAttempt, ...]) -> set[str]:
    return {one.slug for one in attempts}


@in_chromium
def test_no_page_of_a_scripts_address_holds_a_call_in_chromium(where: Shown) -> None:
    """An address `javascript:` writes no page, however it is gone to.

    The controls are the same page without the second policy, where the location holds a call, and the bare page.
    """
    with chromium() as browser:
        framed, one_policy, bare = held_in_chromium(browser, ADDRESSES, where.framed, where.one_policy, where.bare)

    assert (framed, one_policy, bare) == (set(), _slugs(BY_LOCATION), _slugs(ADDRESSES))


@in_firefox
def test_no_page_of_a_scripts_address_holds_a_call_in_firefox(where: Shown) -> None:
    """The same in the other browser."""
    framed, one_policy, bare = held_in_firefox(ADDRESSES, where.framed, where.one_policy, where.bare)

    assert (framed, one_policy, bare) == (set(), _slugs(BY_LOCATION), _slugs(ADDRESSES))


@in_chromium
def test_no_window_without_the_guard_is_had_in_chromium(where: Shown) -> None:
    """A page has the window of no frame, not even until its program ends; the bare page has each."""
    with chromium() as browser:
        framed, bare = held_in_chromium(browser, WINDOWS, where.framed, where.bare, asked=TAKEN)

    assert (framed, bare) == (set(), _slugs(WINDOWS))


@in_firefox
def test_no_window_without_the_guard_is_had_in_firefox(where: Shown) -> None:
    """The same in the other browser."""
    framed, bare = held_in_firefox(WINDOWS, where.framed, where.bare, asked=TAKEN)

    assert (framed, bare) == (set(), _slugs(WINDOWS))
