"""A custodian delivers an extract: the command for their own machine, or an upload of what it sealed.

The lab takes sealed extracts only. What a browser sends here is ciphertext already, and the portal could not read it.
"""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.responses import Response

from datalab.custody import own_datasets
from datalab.delivery import MAX_MANIFEST, MAX_SEALED, Inbox
from datalab.errors import ExtractError
from datalab.governance.people import LabRole
from datalab.web.page import MAX_FORM, Page, Visit

CUSTODIANS = frozenset({LabRole.CUSTODIAN})
MAX_DELIVERY = MAX_SEALED + MAX_MANIFEST + MAX_FORM
"""Bytes of the form with both files."""
LAB_KEY = "landing.pub"
"""File of the lab's public key: among the lab's public keys, and on the custodian's machine."""


def seal_command(dataset: str) -> str:
    """Return the command that seals an extract; what is in capitals, the custodian puts in."""
    return (
        f"datalab extract seal EXTRACT.csv --contract {dataset}.yaml \\\n"
        f"  --signing-key SIGNING.key --lab-key {LAB_KEY} --from FROM --to TO"
    )


def register_command(username: str) -> str:
    """Return the command that registers a contract for a custodian."""
    return f"datalab contract register CONTRACT.yaml --as {username}"


def deliver(visit: Visit) -> Response:
    """Show how an extract is delivered."""
    return _show(visit, fault=None)


def delivered(visit: Visit) -> Response:
    """Take a sealed extract and its manifest into the inbox; what is wrong is said beside the form."""
    sealed, manifest = visit.form.get("sealed"), visit.form.get("manifest")
    if not (
        isinstance(sealed, UploadFile) and isinstance(manifest, UploadFile) and sealed.filename and manifest.filename
    ):
        return _show(
            visit, fault=ExtractError("Two files are needed.", remedy="Choose the .age file and its manifest.")
        )
    inbox = Inbox(folder=visit.portal.settings.landing / "inbox")
    try:
        name = inbox.take(
            sealed.filename,
            sealed.file,
            manifest.filename,
            manifest.file,
            custodian=visit.person,
        )
    except ExtractError as error:
        return _show(visit, fault=error)
    return visit.show("delivered.html", name=name)


def _show(visit: Visit, *, fault: ExtractError | None) -> Response:
    with visit.portal.control.read() as tx:
        datasets = own_datasets(tx, visit.person)
    return visit.show(
        "deliver.html",
        commands=[(one, seal_command(one.dataset)) for one in datasets],
        register=register_command(visit.person.username),
        key_file=LAB_KEY,
        lab_key=_lab_key(visit),
        fault=fault,
        status=400 if fault else 200,
    )


def _lab_key(visit: Visit) -> str:
    """Return the public key that agencies encrypt to; empty where this process cannot read it."""
    try:
        return (visit.portal.settings.public_keys / LAB_KEY).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


PAGES = (
    Page(path="deliver", method="GET", roles=CUSTODIANS, step=deliver),
    Page(path="deliver", method="POST", roles=CUSTODIANS, step=delivered, files=2, max_form=MAX_DELIVERY),
)
