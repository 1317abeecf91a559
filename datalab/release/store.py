"""The release database as transactions over the ports that live in it: the ledger and the requests.

Only the release service writes it. Charging a budget, storing an answer and moving a request share one transaction.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from datalab.audit.event import AuditEvent
from datalab.audit.log import AuditReader
from datalab.privacy.ledger import Ledger
from datalab.release.request import RequestStore


class ReleaseTransaction(Protocol):
    """One transaction on the release database."""

    @property
    def ledger(self) -> Ledger:
        """Budgets and charges."""

    @property
    def requests(self) -> RequestStore:
        """Release requests."""

    @property
    def audit(self) -> AuditReader:
        """This database's audit log."""

    def record(self, *, event: AuditEvent) -> None:
        """Write down what happened outside this database."""


class ReleaseDatabase(Protocol):
    """Opens transactions; each is committed on leaving and rolled back on an error."""

    def begin(self) -> AbstractContextManager[ReleaseTransaction]:
        """Open a transaction that may write; writers are serialised."""

    def read(self) -> AbstractContextManager[ReleaseTransaction]:
        """Open a transaction that only reads, from one consistent state."""
