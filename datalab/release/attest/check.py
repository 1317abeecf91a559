"""Whether release requests and the ledger are what the audit log attests of them.

The chain shows when the log was changed; nothing in it shows that a request was. A forged answer would be approved and
signed as if the lab had drawn it. So each request is compared with its own events: before anything is done with it
that signs or computes, and all of them whenever the log is verified.

An account that was set back would be spent twice. So the ledger is compared with the log wherever a request is, and
before anything new is granted or reserved.

What must hold of one request stands in `datalab.release.attest.faults`, what of the ledger in
`datalab.privacy.reconcile`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from datalab.audit.log import Entry, Head, verify_log
from datalab.errors import IntegrityError
from datalab.privacy.ledger import Charge
from datalab.privacy.reconcile import reconcile
from datalab.release.attest.faults import faults_of
from datalab.release.attest.history import history_of
from datalab.release.attest.seal import is_sealed
from datalab.release.request import ReleaseRequest
from datalab.release.store import ReleaseTransaction

NOTHING = "Nothing was granted, reserved or computed now, and nothing is lost."
UNTOUCHED = "Nothing was computed, decided or signed now, and nothing is lost: the request stays as it is."
EVIDENCE = "Stop the lab, keep this database as evidence, and compare it with a backup."


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """What came of comparing every request."""

    requests: int
    """How many there are; each is what the log tells."""
    old: int
    """Of these, how many have events from before requests were attested: of those only the names are compared."""
    since: datetime | None
    """When the lab was brought up to date with attestations; None where it was founded with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A log that was read once (`datalab.audit.log.AuditReader`)."""

    told: tuple[Entry, ...]
    end: Head

    def entries(self, after: int = 0) -> tuple[Entry, ...]:
        return self.told[after:]

    def head(self) -> Head:
        return self.end


def check_ledger(tx: ReleaseTransaction) -> None:
    """Check the log and every account, act and charge against it, before anything is granted or reserved.

    Args:
        tx: on the release database.

    Raises:
        IntegrityError: if the log does not hold, or the ledger is not what it tells.
    """
    _checked(tx, NOTHING)


def _checked(tx: ReleaseTransaction, kept: str) -> _Read:
    """Return the log, once it and the ledger hold; says else what was kept from harm."""
    log = _Read(told=tuple(tx.audit.entries()), end=tx.audit.head())
    try:
        verify_log(log)
        reconcile(tx.ledger, log.entries())
    except IntegrityError as error:
        raise IntegrityError(error.what, why=error.why, remedy=f"{kept} {error.remedy}") from None
    return log


def check_request(tx: ReleaseTransaction, request: ReleaseRequest, public_pem: bytes) -> None:
    """Check one request, the whole log that tells of it, and the ledger, before it is computed, decided or signed.

    Args:
        tx: on the release database.
        request: as it is stored.
        public_pem: the public half of the release key.

    Raises:
        IntegrityError: if the log does not hold, or if the ledger or the request is not what it tells.
    """
    log = _checked(tx, UNTOUCHED)
    try:
        history = history_of(log.entries(), only=request.id)
    except IntegrityError as error:
        raise IntegrityError(error.what, why=error.why, remedy=f"{UNTOUCHED} {error.remedy}") from None
    faults = tuple(faults_of(request, history, _charged(tx.ledger.charges()), public_pem))
    if faults:
        raise IntegrityError(
            f"Request {request.id} is not what the audit log tells: {_listed(faults)}.",
            why="Something else than the lab changed the request, or its events.",
            remedy=f"{UNTOUCHED} Tell the operator, who runs `datalab audit verify`. {EVIDENCE}",
        )


def check_requests(tx: ReleaseTransaction, public_pem: bytes) -> Attested:
    """Check every request against a log that was verified.

    Args:
        tx: on the release database.
        public_pem: the public half of the release key, from a place that you trust.

    Returns:
        How many there are.

    Raises:
        IntegrityError: if one is not what the log tells; it names every such request and what differs.
    """
    history = history_of(tx.audit.entries())
    charges = _charged(tx.ledger.charges())
    requests = tx.requests.requests()
    found = {one.id: tuple(faults_of(one, history, charges, public_pem)) for one in requests}
    found |= dict.fromkeys(sorted(history.events.keys() - found.keys()), ("it is gone",))
    wrong = {name: faults for name, faults in found.items() if faults}
    if wrong:
        lines = "".join(f"\n  - {name}: {_listed(faults)}" for name, faults in wrong.items())
        raise IntegrityError(
            f"{len(wrong)} release request(s) are not what the audit log tells:{lines}\n",
            why="Something else than the lab changed them, or their events.",
            remedy=f"The lab refuses to decide on them or to publish them. {EVIDENCE}",
        )
    old = sum(any(not is_sealed(entry.event) for entry in told) for told in history.events.values())
    return Attested(requests=len(requests), old=old, since=history.attested_since if old else None)


def _charged(charges: Iterable[Charge]) -> Mapping[str, tuple[Charge, ...]]:
    found: dict[str, tuple[Charge, ...]] = {}
    for one in charges:
        found[one.key] = (*found.get(one.key, ()), one)
    return found


def _listed(faults: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(faults))
