"""What a person, an agency or a project must look like before it is recorded.

These checks look at one description and at contracts, never at a database: the office asks those questions.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import date

from datalab.contract.model import Contract, PrivacyUnit, Role
from datalab.contract.published import published_columns
from datalab.errors import GovernanceError
from datalab.governance.people import Agency, LabRole, Person
from datalab.governance.project import DatasetGrant, Project

SLUG = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""Names of agencies: they become folder names and account names."""
PROJECT_ID = re.compile(r"(?=.{1,30}$)[a-z][a-z0-9]*(_[a-z0-9]+)*")
"""Ids of projects: as agencies' names, and so that the hub can run a server by each (`datalab.governance.server`)."""
USERNAME = re.compile(r"[a-z][a-z0-9._-]{0,62}")
"""User names; no colon, which marks the lab's own services in the audit log."""
DIRECT_IDENTIFIERS = frozenset({Role.PERSON_KEY, Role.MATCH_FIELD})
"""Roles that no project can be granted, whatever the treatment."""
ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")
"""The 12 bytes that begin every DER-encoded Ed25519 public key (RFC 8410, section 4); 32 bytes of key follow."""
PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=\n]+)-----END PUBLIC KEY-----\n?")


def check_person(person: Person) -> None:
    """Check a person's description.

    Raises:
        GovernanceError: if the name is not a user name, no role is given, or the agency does not fit the roles.
    """
    _check_name(person.username, USERNAME, "a user name (lower case letters, digits, '.', '_' and '-')")
    _check_text(person.full_name, "a full name")
    if not person.roles:
        raise GovernanceError(f"{person.username} has no role.", remedy=f"Give one of: {', '.join(LabRole)}.")
    if (LabRole.CUSTODIAN in person.roles) != (person.agency is not None):
        raise GovernanceError(
            f"The agency and the roles of {person.username} do not fit.",
            why="A custodian acts for one agency, and nobody else acts for any.",
            remedy="Name the custodian's agency, or leave it out for the other roles.",
        )


def check_agency(agency: Agency) -> None:
    """Check an agency's description.

    Raises:
        GovernanceError: if the name is no slug, or the key is not an Ed25519 public key in PEM.
    """
    _check_name(agency.name, SLUG, "an agency's name (lower case letters, digits and '_', at most 40)")
    _check_text(agency.title, "a title")
    match = PEM.fullmatch(agency.signing_key)
    try:
        der = base64.b64decode(match[1].replace("\n", ""), validate=True) if match else b""
    except binascii.Error:
        der = b""
    if len(der) != len(ED25519_SPKI) + 32 or not der.startswith(ED25519_SPKI):
        raise GovernanceError(
            f"The signing key of {agency.name} is not an Ed25519 public key in PEM.",
            remedy="Send the public half, which begins with -----BEGIN PUBLIC KEY-----.",
        )


def check_project(project: Project, *, today: date) -> None:
    """Check a project's own description, without its grants.

    Raises:
        GovernanceError: if the id is none, title, purpose or members are missing, or it ends before it starts.
    """
    _check_name(
        project.id, PROJECT_ID, "a project's id (words of lower case letters and digits, joined by '_', at most 30)"
    )
    _check_text(project.title, "a title")
    _check_text(project.purpose, "a purpose")
    if not project.members:
        raise GovernanceError(f"The project {project.id} has no members.", remedy="Name at least one researcher.")
    if project.expires_on <= today:
        raise GovernanceError(
            f"The project {project.id} would have expired on {project.expires_on.isoformat()}.",
            remedy="Give a later date.",
        )


def check_grants(project: Project, contracts: Mapping[str, Contract]) -> None:
    """Check what a project asks to use against the contracts of those datasets.

    Raises:
        GovernanceError: if a dataset is named twice or a column is unknown, is a direct identifier or is dropped, or
            if the project would outlast the retention that a custodian agreed to.
    """
    datasets = [grant.dataset for grant in project.grants]
    if len(set(datasets)) != len(datasets):
        raise GovernanceError(
            f"The project {project.id} names a dataset twice.", remedy="List every dataset once, with all its columns."
        )
    for grant in project.grants:
        _check_grant(grant, contracts[grant.dataset])
        if project.expires_on > contracts[grant.dataset].retention_until:
            raise GovernanceError(
                f"The project {project.id} would outlast the dataset {grant.dataset}.",
                why=f"Its custodian agreed to {contracts[grant.dataset].retention_until.isoformat()}.",
                remedy="End the project by that day, or ask the custodian for a new contract.",
            )


def _check_grant(grant: DatasetGrant, contract: Contract) -> None:
    if not grant.columns or len(set(grant.columns)) != len(grant.columns):
        raise GovernanceError(
            f"The grant of {grant.dataset} lists no column, or one twice.", remedy="List each column once."
        )
    usable = {column.name for column in published_columns(contract)}
    for name in grant.columns:
        column = contract.column(name)
        if column is None:
            raise GovernanceError(
                f"The dataset {grant.dataset} has no column called {name}.",
                remedy=f"Its usable columns: {', '.join(sorted(usable))}.",
            )
        identifies = column.role in DIRECT_IDENTIFIERS and contract.privacy_unit is not PrivacyUnit.PUBLIC
        if identifies or name not in usable:
            raise GovernanceError(
                f"The column {grant.dataset}.{name} cannot be granted.",
                why="It identifies people directly, or does not reach the research zone.",
                remedy="Leave it out: views carry a pseudonym of their own.",
            )


def _check_name(name: str, shape: re.Pattern[str], what: str) -> None:
    if not shape.fullmatch(name):
        raise GovernanceError(f"{name!r} is not {what}.", remedy="Choose another name.")


def _check_text(text: str, what: str) -> None:
    if not text.strip():
        raise GovernanceError(f"This needs {what}.", remedy=f"Give {what}.")
