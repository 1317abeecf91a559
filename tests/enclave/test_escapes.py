"""Every way out of a sandbox that we thought of, tried inside one; and again with its wall taken away."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest
from escapes import ATTEMPTS
from escapes.attempt import OURS, Attempt, Outcome
from escapes.machine import holds
from escapes.trial import trial
from sandboxes import MODES, why_not

pytestmark = pytest.mark.enclave
NAMES = [f"{one.group}: {one.name}" for one in ATTEMPTS]


@pytest.fixture(scope="module", params=MODES)
def tried(request: pytest.FixtureRequest) -> Iterator[dict[str, Outcome]]:
    """What became of every attempt in a whole sandbox, once for each mode."""
    if reason := why_not(request.param):
        pytest.skip(reason)
    with trial(request.param) as one:
        yield one.run(ATTEMPTS)


@pytest.fixture(scope="module")
def opened() -> Iterator[dict[str, Outcome]]:
    """What became of every attempt with its wall taken away, in the strongest mode that this machine has."""
    mode = "root" if not why_not("root") else "rootless"
    if reason := why_not(mode):
        pytest.skip(reason)
    batches: dict[tuple[str, ...], list[Attempt]] = defaultdict(list)
    for attempt in ATTEMPTS:
        if _why_no_control(attempt, mode) == "":
            batches[attempt.without].append(attempt)
    outcomes: dict[str, Outcome] = {}
    with trial(mode) as one:
        for without, attempts in batches.items():
            outcomes |= one.run(attempts, without)
    return outcomes


def _why_no_control(attempt: Attempt, mode: str) -> str:
    if attempt.root_only and mode != "root":
        return "Only a real root could do this, and the tests are not root."
    return "" if holds(attempt.needs) else "This machine's kernel cannot do this at all."


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=NAMES)
def test_the_walls_refuse(attempt: Attempt, tried: dict[str, Outcome]) -> None:
    """An attempt inside a sandbox fails, and by the walls rather than by a mistake in the attempt."""
    outcome = tried[attempt.name]
    if attempt.open_where and holds(attempt.open_where):
        pytest.skip("Known open on this machine: its root lacks the privilege that would close it.")

    assert not outcome.through, outcome.detail
    assert not outcome.detail.startswith(OURS), outcome.detail


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=NAMES)
def test_without_its_wall_the_attempt_gets_through(attempt: Attempt, opened: dict[str, Outcome]) -> None:
    """The same attempt succeeds where its wall is taken away, so its failure says something of the wall."""
    if attempt.name not in opened:
        pytest.skip(_why_no_control(attempt, "root" if not why_not("root") else "rootless"))

    assert opened[attempt.name].through, opened[attempt.name].detail


def test_every_attempt_has_a_name_of_its_own() -> None:
    """Two attempts never share a name, for the results are kept by it."""
    assert [name for name, count in Counter(one.name for one in ATTEMPTS).items() if count > 1] == []
