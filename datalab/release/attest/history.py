"""What the audit log tells of release requests, and which of it is from before requests were attested."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from datalab.audit.event import Action
from datalab.audit.log import Entry
from datalab.errors import IntegrityError
from datalab.release.attest.seal import in_place, is_sealed
from datalab.release.request import TRANSITIONS

OF_REQUESTS = frozenset(
    {Action.REQUEST_SUBMITTED, *(action for following in TRANSITIONS.values() for action in following.values())}
)
"""Events whose subject is a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The events of requests in one log."""

    events: Mapping[str, tuple[Entry, ...]]
    """By request, in order."""
    _upgrade: Entry | None
    """The last entry that says that the lab was brought up to date, of those before the first seal."""

    def is_old(self, entry: Entry) -> bool:
        """Say whether an entry without a seal is from before there were seals.

        It must stand before an upgrade that stands before the first seal: a seal that was taken off shows as that.
        """
        return self._upgrade is not None and entry.number < self._upgrade.number

    @property
    def attested_since(self) -> datetime | None:
        """When the lab was brought up to date with attestations; None where it was founded with them."""
        return None if self._upgrade is None else self._upgrade.event.at


def history_of(entries: Iterable[Entry], *, only: str | None = None) -> History:
    """Read a log, its chain checked already.

    Args:
        entries: all of the release database's log.
        only: the request whose events are wanted; None for all.

    Raises:
        IntegrityError: if a sealed entry does not follow what it was sealed after.
    """
    events: defaultdict[str, list[Entry]] = defaultdict(list)
    upgrade: Entry | None = None
    seen_seal = False
    for entry in entries:
        event = entry.event
        if event.action is Action.LAB_UPGRADED and not seen_seal:
            upgrade = entry
        if event.action not in OF_REQUESTS:
            continue
        if is_sealed(event):
            seen_seal = True
            if not in_place(entry):
                raise IntegrityError(
                    f"The audit log before entry {entry.number} is not the one that was there when it was written.",
                    why="The release service sealed that entry together with the log before it; the log was rewritten.",
                    remedy="Stop the lab, keep this database as evidence, and compare it with a backup.",
                )
        if only in (None, event.subject):
            events[event.subject].append(entry)
    told = {subject: tuple(found) for subject, found in events.items()}
    return History(events=told, _upgrade=upgrade)
