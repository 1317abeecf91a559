"""Whether the bundles in the outbox are those that the audit log says were published."""

from __future__ import annotations

from datalab.audit.event import Action
from datalab.errors import DatalabError, IntegrityError
from datalab.release.attest.statement import BUNDLE
from datalab.release.bundle.outbox import Outbox
from datalab.release.bundle.publication import bundle_name, check_out
from datalab.release.request import RequestState
from datalab.release.store import ReleaseTransaction


def check_published(tx: ReleaseTransaction, outbox: Outbox, public_pem: bytes) -> tuple[int, int]:
    """Check the bundle of every released request: signed by the lab, of that request, and the file that was published.

    Args:
        tx: on the release database; its requests were checked against its log.
        outbox: where bundles lie.
        public_pem: the public half of the release key, from a place that you trust.

    Returns:
        How many bundles hold, and how many are no longer in the outbox: whoever may read it may have taken them.

    Raises:
        IntegrityError: if one is not what was published; it names every such bundle.
    """
    told = {
        entry.event.subject: entry.event.details.get(BUNDLE)
        for entry in tx.audit.entries()
        if entry.event.action is Action.REQUEST_RELEASED
    }
    wrong: list[str] = []
    held = taken = 0
    for request in tx.requests.requests(state=RequestState.RELEASED):
        name = bundle_name(request)
        if not outbox.holds(name):
            taken += 1
            continue
        try:
            digest = check_out(request, outbox.path(name), public_pem)
        except DatalabError:
            digest = ""
        if digest == told[request.id] or (digest and told[request.id] is None):  # None: published before it was told
            held += 1
        else:
            wrong.append(name)
    if wrong:
        raise IntegrityError(
            f"{len(wrong)} bundle(s) in the outbox are not what was published: {', '.join(wrong)}.",
            why="Something else than the lab changed or replaced them.",
            remedy="Take them out of the outbox, keep them as evidence, and tell whoever may have read them.",
        )
    return held, taken
