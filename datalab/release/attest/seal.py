"""Seals: the release key's signature on each event of a request, and on the whole log before it.

The log's chain needs no key, so whoever can write the database can change a request, change its event, and link the
log anew. The release key is not in the database: such a writer cannot make a seal. A seal signs the event with every
detail, and the head of the log as it was before, so that an earlier entry cannot be changed either, sealed or not,
until the last seal is gone; that is what a head kept outside the lab shows.

Ed25519 over the event's canonical JSON under a kind of its own (DSSE, see `datalab.release.bundle.signing`): no seal
passes for a bundle's signature, nor the other way round. It is checked with the public key alone.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC

from datalab.audit.event import AuditEvent
from datalab.audit.log import Entry, Head
from datalab.errors import IntegrityError
from datalab.release.bundle.signing import ReleaseKey, check_signature

KIND = "datalab-request-event/1"
"""Version of what is sealed; also the kind that is signed."""
SEAL = "seal"
"""Detail of an event: the signature, 128 hex digits; absent in logs from before there were seals."""
AFTER = "after"
"""Detail of a sealed event: the head of the log that it follows, as `datalab.audit.log.Head` renders it."""


def sealed(event: AuditEvent, *, after: Head, key: ReleaseKey) -> AuditEvent:
    """Return the event with its seal; it must be appended to the log right after `after`."""
    placed = replace(event, details={**event.details, AFTER: str(after)})
    return replace(placed, details={**placed.details, SEAL: key.sign(_payload(placed), kind=KIND).hex()})


def is_sealed(event: AuditEvent) -> bool:
    """Say whether an event bears a seal; whether it holds is not known from here."""
    return SEAL in event.details


def in_place(entry: Entry) -> bool:
    """Say whether a sealed entry follows the head that it says it follows."""
    return entry.event.details.get(AFTER) == str(Head(size=entry.number - 1, digest=entry.previous))


def seal_holds(event: AuditEvent, public_pem: bytes) -> bool:
    """Say whether the release key sealed exactly this event.

    Raises:
        SettingsError: if the public key is none.
    """
    try:
        seal = bytes.fromhex(str(event.details[SEAL]))
        check_signature(_payload(event), seal, kind=KIND, public_pem=public_pem)
    except (IntegrityError, ValueError):
        return False
    return True


def _payload(event: AuditEvent) -> bytes:
    document = {
        "action": event.action.value,
        "actor": event.actor,
        "subject": event.subject,
        "at": event.at.astimezone(UTC).isoformat(),
        "details": {name: value for name, value in event.details.items() if name != SEAL},
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
