"""Law 8: every method of a storage port that changes something takes the audit event of that change."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator
from typing import Any, Protocol

import pytest

from datalab.audit.event import AuditEvent
from datalab.audit.log import AuditReader
from datalab.catalogue import CatalogueReader, CatalogueWriter
from datalab.control import ControlTransaction
from datalab.governance.register import GovernanceReader
from datalab.jobs import JobStore
from datalab.privacy.ledger import Ledger
from datalab.release.request import RequestStore
from datalab.release.store import ReleaseTransaction
from datalab.signin.account import SignInReader, SignInTransaction
from datalab.storage.databases import SqlControlTransaction, SqlReleaseTransaction, SqlSignInTransaction
from datalab.uploads import UploadReader

READERS: dict[type, frozenset[str]] = {
    Ledger: frozenset({"account", "accounts", "acts", "charges", "opened"}),
    RequestStore: frozenset({"request", "requests", "answered", "asked", "open_with"}),
    JobStore: frozenset({"job", "jobs"}),
}
"""Methods that only read, of ports that have no reading half of their own."""
READING_PORTS = (CatalogueReader, GovernanceReader, SignInReader, UploadReader, AuditReader)
"""Ports of which every method only reads."""
HEARTBEATS = {(JobStore, "renew")}
"""Moves a lease's deadline several times a minute; as events, these would bury what happened. No others belong here."""


def ports(transaction: type) -> Iterator[type]:
    """Yield a transaction and every port that it offers."""
    yield transaction
    for member in vars(transaction).values():
        if isinstance(member, property):
            yield typing.get_type_hints(member.fget)["return"]


def unaudited(port: type) -> list[str]:
    """Name the methods of a port that neither only read nor take an event."""
    return [name for name, method in methods(port) if not reads(port, name) and not takes_event(method)]


def methods(port: type) -> Iterator[tuple[str, Any]]:
    """Yield a port's public methods, inherited ones included."""
    for name, member in inspect.getmembers(port, inspect.isfunction):
        if not name.startswith("_"):
            yield name, member


def reads(port: type, name: str) -> bool:
    """Say whether a method is on a list of those that only read."""
    return (
        name in READERS.get(port, ())
        or (port, name) in HEARTBEATS
        or any(name in vars(reading) for reading in READING_PORTS if issubclass_nominally(port, reading))
    )


def issubclass_nominally(port: type, base: type) -> bool:
    """Say whether a port names another among its bases: structure alone would let anything pass for a reader."""
    return base in port.__mro__


def takes_event(method: Any) -> bool:
    """Say whether a method cannot be called without an audit event."""
    event = inspect.signature(method).parameters.get("event")
    return (
        event is not None
        and event.default is inspect.Parameter.empty
        and typing.get_type_hints(method).get("event") is AuditEvent
    )


ALL_PORTS = sorted(
    {*ports(ControlTransaction), *ports(ReleaseTransaction), *ports(SignInTransaction)}, key=lambda port: port.__name__
)


@pytest.mark.parametrize("port", ALL_PORTS, ids=lambda port: port.__name__)
def test_whatever_changes_something_takes_its_audit_event(port: type) -> None:
    """No method of a storage port can change a thing and leave no trace."""
    assert unaudited(port) == []


def test_every_port_is_found() -> None:
    """The reflection sees the ports that there are, so that the test above is not empty."""
    assert {port.__name__ for port in ALL_PORTS} == {
        "AuditReader",
        "CatalogueWriter",
        "ControlTransaction",
        "GovernanceWriter",
        "JobStore",
        "Ledger",
        "ReleaseTransaction",
        "RequestStore",
        "SignInTransaction",
        "SignInWriter",
        "UploadWriter",
    }


@pytest.mark.parametrize("port", list(READERS), ids=lambda port: port.__name__)
def test_the_lists_of_readers_name_methods_that_exist(port: type) -> None:
    """A stale name on a list of readers could one day excuse a writer."""
    assert READERS[port] <= {name for name, _ in methods(port)}


PORTS = {
    SqlControlTransaction: ControlTransaction,
    SqlReleaseTransaction: ReleaseTransaction,
    SqlSignInTransaction: SignInTransaction,
}
"""The port of each adapter."""


@pytest.mark.parametrize("adapter", PORTS, ids=lambda one: one.__name__)
def test_adapters_offer_nothing_that_their_port_does_not(adapter: type) -> None:
    """A method that exists in SQL alone would escape the tests above."""
    offered = ports(PORTS[adapter])
    known = {name for port in offered for name, _ in methods(port)} | {"append", "hold"}
    for store in typing.get_type_hints(adapter).values():
        assert {name for name, _ in methods(store)} <= known


class _Forgetful(CatalogueWriter, Protocol):
    def forget(self, dataset: str) -> None:
        """Change something without a trace."""

    def forget_quietly(self, dataset: str, *, event: AuditEvent | None = None) -> None:
        """Change something with a trace that can be left out."""


def test_a_method_that_takes_no_event_is_found() -> None:
    """The check has teeth: both ways to leave the event out are named."""
    assert unaudited(_Forgetful) == ["forget", "forget_quietly"]
