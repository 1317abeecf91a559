"""People and what they may do.

Who may (permissions, here) and when it may (states, with the thing itself) are separate; both default to no.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LabRole(StrEnum):
    """What somebody is in the lab."""

    CUSTODIAN = "custodian"
    RESEARCHER = "researcher"
    REVIEWER = "reviewer"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a name in the lab."""

    username: str
    full_name: str
    roles: frozenset[LabRole]
    agency: str | None = None
    """The agency a custodian acts for."""
    suspended: bool = False
    """Whether this person may do nothing for the time being; what they did stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """An organisation that pushes extracts."""

    name: str
    """Named like a dataset: lower case letters, digits and underscores."""
    title: str
    signing_key: str
    """Ed25519 public key, PEM: who signs its manifests."""
