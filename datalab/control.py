"""The control database as transactions over the ports that live in it: governance, the catalogue, jobs, uploads.

Ingest and the operator write it; the release service only reads it. The ledger and the requests are in a database of
their own (`datalab.release.store`), so that taking over one process does not give what the other holds.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from datalab.audit.event import AuditEvent
from datalab.audit.log import AuditReader
from datalab.catalogue import CatalogueWriter
from datalab.errors import IntegrityError
from datalab.governance.register import GovernanceWriter
from datalab.jobs import JobStore
from datalab.uploads import UploadWriter


class ControlTransaction(Protocol):
    """One transaction on the control database."""

    @property
    def catalogue(self) -> CatalogueWriter:
        """Contracts, extracts, versions, views."""

    @property
    def governance(self) -> GovernanceWriter:
        """People, agencies, projects."""

    @property
    def jobs(self) -> JobStore:
        """Durable jobs."""

    @property
    def uploads(self) -> UploadWriter:
        """Files that researchers bring in."""

    @property
    def audit(self) -> AuditReader:
        """This database's audit log."""

    def record(self, *, event: AuditEvent) -> None:
        """Write down what happened outside this database, such as a key destroyed or an extract sent twice."""


class ControlDatabase(Protocol):
    """Opens transactions; each is committed on leaving and rolled back on an error."""

    def begin(self) -> AbstractContextManager[ControlTransaction]:
        """Open a transaction that may write; writers are serialised."""

    def read(self) -> AbstractContextManager[ControlTransaction]:
        """Open a transaction that only reads, from one consistent state."""


def check_registers(control: ControlTransaction) -> int:
    """Check every person, agency, project, dataset version and view against the log, as an audit does.

    Returns:
        How many of them were last changed before the log told digests: of those only the names are compared.

    Raises:
        IntegrityError: if one is not what the log tells; it names all of them.
    """
    found = (*control.governance.differing(), *control.catalogue.differing())
    if found:
        lines = "".join(f"\n  - {name}" for name in found)
        raise IntegrityError(
            f"{len(found)} row(s) of the registers are not what the audit log tells:{lines}\n",
            why="Something else than the lab changed, added or removed them.",
            remedy="The lab refuses to go by them. Stop the lab, keep this database as evidence, and compare it with a "
            "backup.",
        )
    return control.governance.undigested() + control.catalogue.undigested()
