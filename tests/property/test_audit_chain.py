"""The audit chain: whatever is done to a log after it was written is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from datalab.audit.event import Action, AuditEvent
from datalab.audit.log import GENESIS, Entry, Head, chain, verify
from datalab.errors import IntegrityError, UserError

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
EVENTS = st.builds(
    AuditEvent,
    action=st.sampled_from(Action),
    actor=TEXTS,
    subject=TEXTS,
    at=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=1))])),
    details=st.dictionaries(TEXTS, TEXTS | st.integers(), max_size=3),
)
LOGS = st.lists(EVENTS, min_size=1, max_size=8)
DIGESTS = st.integers(0, 16**64 - 1).map(lambda number: f"{number:064x}")


def written(events: list[AuditEvent]) -> list[Entry]:
    """Return the log that these events make."""
    head, entries = Head(size=0, digest=GENESIS), []
    for event in events:
        entries.append(chain(head, event))
        head = Head(size=entries[-1].number, digest=entries[-1].digest)
    return entries


def end(entries: list[Entry]) -> Head:
    """Return the head of a log that is not empty."""
    return Head(size=entries[-1].number, digest=entries[-1].digest)


@given(LOGS)
def test_a_log_as_it_was_written_holds(events: list[AuditEvent]) -> None:
    """Nothing is found where nothing was done, and every head ever published is on the chain."""
    entries = written(events)
    for size in range(1, len(entries) + 1):
        assert verify(entries, expected=end(entries[:size])) == end(entries)


@given(LOGS, st.data())
def test_an_entry_that_was_changed_is_found(events: list[AuditEvent], data: st.DataObject) -> None:
    """Any field of any entry, changed to anything else, breaks the chain."""
    entries = written(events)
    place = data.draw(st.integers(0, len(entries) - 1))
    old = entries[place]
    new = data.draw(
        st.one_of(
            st.integers().map(lambda number: replace(old, number=number)),
            DIGESTS.map(lambda digest: replace(old, previous=digest)),
            DIGESTS.map(lambda digest: replace(old, digest=digest)),
            st.sampled_from(Action).map(lambda action: replace(old, event=replace(old.event, action=action))),
            TEXTS.map(lambda text: replace(old, event=replace(old.event, actor=text))),
            TEXTS.map(lambda text: replace(old, event=replace(old.event, subject=text))),
            st.datetimes(timezones=st.just(UTC)).map(lambda at: replace(old, event=replace(old.event, at=at))),
            EVENTS.map(lambda event: replace(old, event=replace(old.event, details=event.details))),
        )
    )
    assume(new != old)
    entries[place] = new
    with pytest.raises(IntegrityError):
        verify(entries)


@given(LOGS, st.data())
def test_an_entry_that_was_removed_is_found(events: list[AuditEvent], data: st.DataObject) -> None:
    """A gap breaks the chain; a missing end is found by the head that was kept."""
    entries = written(events)
    kept = end(entries)
    del entries[data.draw(st.integers(0, len(entries) - 1))]
    with pytest.raises(IntegrityError):
        verify(entries, expected=kept)


@given(LOGS, st.data())
def test_entries_that_were_moved_are_found(events: list[AuditEvent], data: st.DataObject) -> None:
    """No other order of the same entries holds."""
    entries = written(events)
    moved = data.draw(st.permutations(entries))
    assume(moved != entries)
    with pytest.raises(IntegrityError):
        verify(moved)


@given(LOGS, EVENTS, st.data())
def test_an_entry_that_was_slipped_in_is_found(
    events: list[AuditEvent], extra: AuditEvent, data: st.DataObject
) -> None:
    """An entry with a right hash of its own, before the end, does not fit what follows."""
    entries = written(events)
    place = data.draw(st.integers(0, len(entries) - 1))
    before = end(entries[:place]) if place else Head(size=0, digest=GENESIS)
    with pytest.raises(IntegrityError):
        verify([*entries[:place], chain(before, extra), *entries[place:]])


@given(LOGS, EVENTS, st.data())
def test_a_history_that_was_rewritten_whole_is_found_by_a_kept_head(
    events: list[AuditEvent], other: AuditEvent, data: st.DataObject
) -> None:
    """Who recomputes every hash has a chain that holds, and not the head that somebody outside kept."""
    kept = end(written(events))
    place = data.draw(st.integers(0, len(events) - 1))
    assume(
        (other.action, other.actor, other.subject) != (events[place].action, events[place].actor, events[place].subject)
    )
    forged = written([*events[:place], other, *events[place + 1 :]])
    verify(forged)
    with pytest.raises(IntegrityError, match="kept"):
        verify(forged, expected=kept)


@given(st.integers(0, 10**17), DIGESTS)
def test_a_head_is_read_as_it_was_printed(size: int, digest: str) -> None:
    """What people keep can be given back."""
    head = Head(size=size, digest=digest)
    assert Head.parse(str(head)) == head


@pytest.mark.parametrize("text", ["", "1", ":", "1:" + "g" * 64, "-1:" + "a" * 64, "1:" + "a" * 63, " 1:" + "a" * 64])
def test_what_is_no_head_is_refused(text: str) -> None:
    """A typing error must not pass for a head that does not match."""
    with pytest.raises(UserError, match="head"):
        Head.parse(text)
