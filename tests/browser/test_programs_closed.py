"""Programs of the sandbox's own in a lab's page, in real browsers: none runs there, each does in the bare page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import CHROMIUM, chromium
from escapes.browser.firefox import FIREFOX
from escapes.browser.held import held_in_chromium, held_in_firefox
from escapes.browser.house import Shown, shown
from escapes.browser.scripted import RAN, SCRIPTED
from escapes.browser.sinks import sinks
from escapes.browser.windows import NODES, TAKEN
from sandboxes import MODES, why_not

pytestmark = [pytest.mark.browser, pytest.mark.skipif(all(map(why_not, MODES)), reason="needs bubblewrap")]


@pytest.fixture(scope="module")
def where() -> Iterator[Shown]:
    """Show the pages in a lab whose operator opened nothing."""
    every = (*SCRIPTED, *NODES)
    slugs = [one.slug for one in every]
    with sinks(slugs) as whole, sinks(slugs) as broken, shown(every, whole, broken, programs=False) as where:
        yield where


@pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")
def test_no_program_of_a_page_runs_in_chromium(where: Shown) -> None:
    """A page's elements, attributes, addresses, modules and frames run nothing; so it finds no window either."""
    with chromium() as browser:
        framed, bare = held_in_chromium(browser, SCRIPTED, where.framed, where.bare, asked=RAN)
        windows, bare_windows = held_in_chromium(browser, NODES, where.framed, where.bare, asked=TAKEN)

    assert (framed, bare) == (set(), {one.slug for one in SCRIPTED})
    assert (windows, bare_windows) == (set(), {one.slug for one in NODES})


@pytest.mark.skipif(not FIREFOX, reason="needs firefox-esr")
def test_no_program_of_a_page_runs_in_firefox(where: Shown) -> None:
    """The same in the other browser."""
    framed, bare = held_in_firefox(SCRIPTED, where.framed, where.bare, asked=RAN)

    assert (framed, bare) == (set(), {one.slug for one in SCRIPTED})
