"""The stored audit logs: written with each change or not at all, and tampering in the database is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Connection

from datalab.audit.event import Action, AuditEvent
from datalab.audit.log import Head, verify_log
from datalab.control import ControlDatabase
from datalab.errors import IntegrityError
from datalab.governance.people import LabRole, Person
from datalab.storage.engine import open_engine, write_transaction

NOON = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)


def event_about(subject: str) -> AuditEvent:
    """Return an event with details of both kinds, and letters that are not ASCII."""
    details = {"count": 3, "remark": "Zoë \u0000 \u2028 said so"}
    return AuditEvent(action=Action.LAB_CREATED, actor="tester", subject=subject, at=NOON, details=details)


def fill(database: ControlDatabase, entries: int = 5) -> Head:
    """Write some entries, one a transaction, and return the head."""
    for number in range(entries):
        with database.begin() as transaction:
            transaction.record(event=event_about(f"thing {number}"))
    with database.read() as transaction:
        return transaction.audit.head()


def test_entries_come_back_as_they_were_written(control_database: ControlDatabase) -> None:
    """Every field survives storage to the microsecond and the last letter; the chain holds."""
    head = fill(control_database)
    with control_database.read() as transaction:
        entries = list(transaction.audit.entries())
        assert verify_log(transaction.audit, expected=head) == head
        assert [entry.number for entry in transaction.audit.entries(after=3)] == [4, 5]
    assert [entry.event for entry in entries] == [event_about(f"thing {number}") for number in range(5)]
    assert head.size == 5


def test_local_times_are_stored_as_utc(control_database: ControlDatabase) -> None:
    """An event with another zone is the same moment, and hashes as it will be read."""
    local = NOON.astimezone(timezone(timedelta(hours=-3)))
    with control_database.begin() as transaction:
        transaction.record(event=AuditEvent(action=Action.LAB_CREATED, actor="a", subject="s", at=local))
    with control_database.read() as transaction:
        verify_log(transaction.audit)
        assert next(iter(transaction.audit.entries())).event.at == NOON


def test_a_change_that_fails_leaves_neither_row_nor_entry(control_database: ControlDatabase) -> None:
    """What is rolled back is rolled back whole."""
    person = Person(username="ann", full_name="Ann", roles=frozenset({LabRole.OPERATOR}))

    def add_and_fail() -> None:
        with control_database.begin() as transaction:
            event = replace(event_about("ann"), action=Action.PERSON_ADDED)
            transaction.governance.add_person(person, event=event)
            assert transaction.audit.head().size == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        add_and_fail()
    with control_database.read() as transaction:
        assert transaction.audit.head().size == 0
        assert transaction.governance.people() == ()


TAMPERING: dict[str, str] = {
    "action": "UPDATE audit_entry SET action = 'person.added' WHERE number = 3",
    "unknown action": "UPDATE audit_entry SET action = 'person.erased' WHERE number = 3",
    "actor": "UPDATE audit_entry SET actor = 'mallory' WHERE number = 3",
    "subject": "UPDATE audit_entry SET subject = 'thing 7' WHERE number = 3",
    "time": "UPDATE audit_entry SET at = '2026-11-23 12:00:00.123457' WHERE number = 3",
    "details": "UPDATE audit_entry SET details = '{\"count\":4}' WHERE number = 3",
    "details that are no JSON": "UPDATE audit_entry SET details = 'x' WHERE number = 3",
    "details of another kind": "UPDATE audit_entry SET details = '[]' WHERE number = 3",
    "format": "UPDATE audit_entry SET format = 2 WHERE number = 3",
    "own hash": "UPDATE audit_entry SET digest = replace(digest, substr(digest, 1, 1), 'x') WHERE number = 3",
    "hash before": "UPDATE audit_entry SET previous = replace(previous, substr(previous, 1, 1), 'x') WHERE number = 3",
    "number": "UPDATE audit_entry SET number = 6 WHERE number = 3",
    "removed": "DELETE FROM audit_entry WHERE number = 3",
    "first removed": "DELETE FROM audit_entry WHERE number = 1",
    "last removed": "DELETE FROM audit_entry WHERE number = 5",
    "all removed": "DELETE FROM audit_entry",
    "head moved back": "UPDATE audit_head SET size = 4, digest = (SELECT digest FROM audit_entry WHERE number = 4)",
}


@pytest.mark.parametrize("statement", TAMPERING.values(), ids=TAMPERING.keys())
def test_tampering_in_the_database_is_found(
    control_url: str, control_database: ControlDatabase, statement: str
) -> None:
    """Whoever can write to the database past the lab leaves a chain that does not hold."""
    fill(control_database)
    _past_the_lab(control_url, lambda connection: connection.exec_driver_sql(statement))
    with control_database.read() as transaction, pytest.raises(IntegrityError):
        verify_log(transaction.audit)


def test_an_end_cut_off_with_its_head_is_found_by_a_kept_head_only(
    control_url: str, control_database: ControlDatabase
) -> None:
    """Who also moves the head back has a shorter log that holds: that is why somebody outside keeps heads."""
    kept = fill(control_database)

    def cut(connection: Connection) -> None:
        connection.exec_driver_sql("DELETE FROM audit_entry WHERE number = 5")
        connection.exec_driver_sql(TAMPERING["head moved back"])

    _past_the_lab(control_url, cut)
    with control_database.read() as transaction:
        assert verify_log(transaction.audit).size == 4
        with pytest.raises(IntegrityError, match="kept"):
            verify_log(transaction.audit, expected=kept)


def _past_the_lab(address: str, change: Callable[[Connection], object]) -> None:
    with write_transaction(open_engine(address)) as connection:
        change(connection)
