"""Clicks with a key held or another button, in real browsers: behind the guard they carry nothing away."""

from __future__ import annotations

from typing import Any

import pytest
from browsing import CHROMIUM, chromium
from escapes.browser.firefox import FIREFOX
from escapes.browser.gestures import IN_CHROMIUM, IN_FIREFOX, Gesture, gesture_in_chromium, gesture_in_firefox
from escapes.browser.house import shown
from escapes.browser.sinks import sinks
from sandboxes import MODES, why_not

pytestmark = [pytest.mark.browser, pytest.mark.skipif(all(map(why_not, MODES)), reason="needs bubblewrap")]
CHROMIUMS = [pytest.param(one, id=one.name) for one in IN_CHROMIUM]
FIREFOXES = [pytest.param(one, id=one.name) for one in IN_FIREFOX]
Through = tuple[set[str], set[str]]


def _chosen(request: pytest.FixtureRequest, fixture: str) -> tuple[Gesture, ...]:
    own = (one for one in request.session.items if one.path == request.path)
    items: list[Any] = [one for one in own if fixture in getattr(one, "fixturenames", ())]
    return tuple({one.callspec.params["gesture"].slug: one.callspec.params["gesture"] for one in items}.values())


@pytest.fixture(scope="module")
def in_chromium(request: pytest.FixtureRequest) -> Through:
    """Which gestures got through in Chromium: behind the guard, and with the guard taken away."""
    if not CHROMIUM:
        pytest.skip("needs Chromium")
    chosen = _chosen(request, "in_chromium")
    slugs = [one.slug for one in chosen]
    with (
        sinks(slugs) as whole,
        sinks(slugs) as broken,
        shown(chosen, whole, broken) as where,
        chromium() as browser,
    ):
        return (
            gesture_in_chromium(browser, chosen, where.framed, whole),
            gesture_in_chromium(browser, chosen, where.unguarded, broken),
        )


@pytest.fixture(scope="module")
def in_firefox(request: pytest.FixtureRequest) -> Through:
    """The same in Firefox."""
    if not FIREFOX:
        pytest.skip("needs firefox-esr")
    chosen = _chosen(request, "in_firefox")
    slugs = [one.slug for one in chosen]
    with sinks(slugs) as whole, sinks(slugs) as broken, shown(chosen, whole, broken) as where:
        return gesture_in_firefox(chosen, where.framed, where.unguarded, whole, broken)


@pytest.mark.parametrize("gesture", CHROMIUMS)
def test_a_gesture_in_chromium_carries_nothing_away(gesture: Gesture, in_chromium: Through) -> None:
    """A person's click with a key held neither fetches an address nor saves a file."""
    assert gesture.slug not in in_chromium[0]


@pytest.mark.parametrize("gesture", CHROMIUMS)
def test_a_gesture_in_chromium_would_without_the_guard(gesture: Gesture, in_chromium: Through) -> None:
    """The same click in the same frame under the same policy gets through where the guard is taken away."""
    assert gesture.slug in in_chromium[1]


@pytest.mark.parametrize("gesture", FIREFOXES)
def test_a_gesture_in_firefox_carries_nothing_away(gesture: Gesture, in_firefox: Through) -> None:
    """Nor does it open a tab at an address, in the other browser."""
    assert gesture.slug not in in_firefox[0]


@pytest.mark.parametrize("gesture", FIREFOXES)
def test_a_gesture_in_firefox_would_without_the_guard(gesture: Gesture, in_firefox: Through) -> None:
    """The same click gets through in the other browser where the guard is taken away."""
    assert gesture.slug in in_firefox[1]
