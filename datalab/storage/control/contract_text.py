"""Contracts as they were registered: YAML text, parsed again when it is read, once a text.

A contract says who is protected, which columns leave a key behind, and within which bounds: who could change it on disk
would have data released as if nobody had to be protected. So its text is compared with the digest that the audit log
holds from when its custodian registered it, whenever it is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from datalab.audit.log import Entry, holds
from datalab.contract.model import Contract
from datalab.errors import IntegrityError
from datalab.storage.control.catalogue_rows import version_number

VERSION, DIGEST = "version", "source_sha256"
"""What the event of a registration tells of the text."""


@lru_cache(maxsize=256)
def stored_contract(source: str, name: str) -> Contract:
    """Return the contract that a text states; raises ContractError where it is none."""
    from datalab.contract.odcs.contract_file import parse_contract  # noqa: PLC0415 - slow to import, and few commands read a contract

    return parse_contract(source, name)


def digest_of(source: str) -> str:
    """Return the SHA-256 of a contract's text, in hexadecimal."""
    return hashlib.sha256(source.encode()).hexdigest()


def registration(version: str, digest: str) -> dict[str, str]:
    """Return what the event of a registration tells of the text."""
    return {VERSION: version, DIGEST: digest}


def check_text(
    source: str, stored: str, *, dataset: str, version: str, told: Iterable[Entry], newest: bool = False
) -> None:
    """Check a contract's text against the digest beside it and against the log.

    Args:
        source: the text.
        stored: the digest that stands beside it in the database.
        dataset: whose contract it is.
        version: of the contract.
        told: the log's registrations of this dataset. Those from before digests were told hold none. Each has to have
            its own hash; whether it stands in an unbroken chain is seen when the whole log is verified.
        newest: whether it is gone by as the newest, so that the log may tell of no higher version.

    Raises:
        IntegrityError: if the text is not the one that was registered, no registration of it is told, or one of a
            higher version is.
    """
    digest, told = digest_of(source), tuple(told)
    own = [entry for entry in told if entry.event.details.get(VERSION) == version]
    latest = max((version_number(str(entry.event.details.get(VERSION, ""))) for entry in told), default=())
    gone = newest and latest > version_number(version)
    fits = all(holds(one) and one.event.details.get(DIGEST, digest) == digest for one in own)
    if own and stored == digest and fits and not gone:
        return
    raise IntegrityError(
        f"The contract of {dataset}, version {version}, is not the one that was registered.",
        why="It does not fit what the audit log tells: something else than the lab changed or added it, or took a "
        "newer one away.",
        remedy="Nothing was released, and nothing is lost. Stop the lab, keep this database as evidence, and compare "
        "it with a backup and with the custodian's own copy of the contract.",
    )
