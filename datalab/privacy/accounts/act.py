"""Budget acts: what a custodian decides about the privacy budget of a dataset, as the one text that is signed.

A budget is given only by such an act, signed with the agency's own key: who can write the lab's databases, or sit down
at its keyboard, cannot give what the custodian did not (`datalab.release.signed_act` checks the signature). An act's
serial makes it good for one time. The text has one form for each act (canonical JSON: sorted keys, no spaces, UTF-8;
amounts as exact decimal texts), and reading refuses any other, so that nothing depends on how two JSON readers treat a
repeated key or a number.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from datalab.errors import GovernanceError
from datalab.privacy.accounts.account import allocation_account, dataset_account, member_account
from datalab.privacy.budget import Budget

FORMAT = "datalab-budget-act/1"
"""Version of the act; also the kind that is signed, so that no other signature passes for one of these."""
MAX_ACT_BYTES = 4 * 1024
"""Longest file of an act that is read."""
MAX_GIVEN = Budget(10**18, 10**18)
"""Most that one act gives, a billion rho and a delta of one: what an account in the database holds."""
SERIAL_BYTES = 16
"""Random bytes in a serial: two acts never share one by chance."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{0,62}")
_SERIAL = re.compile(r"[0-9a-f]{32}")
_RHO = re.compile(r"[0-9]{1,10}(\.[0-9]{1,9})?")
_DELTA = re.compile(r"0|[1-9](\.[0-9]{1,17})?e[+-][0-9]{1,2}")
_SIGNATURE = re.compile(r"[0-9a-f]{128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetAct:
    """One decision of a custodian: this much is added to that account."""

    agency: str
    """Whose custodian decides: the dataset's own agency."""
    dataset: str
    project: str | None = None
    """The project that gets a share; None where the dataset itself gets budget."""
    member: str | None = None
    """User name of the member of the project whose own limit this is, if it is one."""
    amount: Budget
    serial: str
    """32 random hex digits: the act is good for one time."""
    issued_at: datetime

    @property
    def account(self) -> str:
        """Name of the account that the amount is added to."""
        if self.project is None:
            return dataset_account(self.dataset)
        if self.member is None:
            return allocation_account(self.project, self.dataset)
        return member_account(self.project, self.member, self.dataset)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAct:
    """An act with what its agency's key made of it; whether it holds is not known from here."""

    act: BudgetAct
    signature: str
    """Ed25519, 128 hex digits."""

    @property
    def digest(self) -> str:
        """Hex SHA-256 of the act's text: the name by which the audit log refers to it."""
        return hashlib.sha256(canonical(self.act).encode()).hexdigest()


def new_serial() -> str:
    """Return a serial that no act has."""
    return secrets.token_hex(SERIAL_BYTES)


def canonical(act: BudgetAct) -> str:
    """Render an act as the one text that is signed, stored and compared."""
    return _render(
        {
            "format": FORMAT,
            "agency": act.agency,
            "dataset": act.dataset,
            "project": act.project,
            "member": act.member,
            "rho": act.amount.rho_text,
            "delta": act.amount.delta_text,
            "serial": act.serial,
            "issued_at": act.issued_at.astimezone(UTC).isoformat(timespec="seconds"),
        }
    )


def parse_act(text: str) -> BudgetAct:
    """Read an act's text.

    Raises:
        GovernanceError: if it is not, to the letter, what `canonical` writes.
    """
    try:
        act = _act(json.loads(text))
    except (KeyError, TypeError, ValueError, RecursionError):
        raise _refusal("A field is missing, or not written as the lab's own tool writes it.") from None
    if canonical(act) != text:
        raise _refusal("It holds a field that the format does not have, or a value in another form.")
    return act


def write_signed_act(signed: SignedAct) -> str:
    """Render a signed act as the content of its file."""
    return _render({"act": json.loads(canonical(signed.act)), "signature": signed.signature}) + "\n"


def read_signed_act(content: str) -> SignedAct:
    """Read the file of a signed act, without any word on who signed it.

    Raises:
        GovernanceError: if it is not, to the letter, what `write_signed_act` writes.
    """
    try:
        document: dict[str, Any] = json.loads(content[: MAX_ACT_BYTES + 1])
        claim = _render(document["act"])
        signed = SignedAct(act=parse_act(claim), signature=_text(document, "signature", _SIGNATURE))
    except (KeyError, TypeError, ValueError, RecursionError):
        raise _refusal("It is cut off, edited, unsigned, or a file of another kind.") from None
    if write_signed_act(signed) != content:
        raise _refusal("It was written by something else than the lab's own tool.")
    return signed


def _act(document: dict[str, Any]) -> BudgetAct:
    if document["format"] != FORMAT:
        raise ValueError(FORMAT)
    act = BudgetAct(
        agency=_text(document, "agency", _NAME),
        dataset=_text(document, "dataset", _NAME),
        project=None if document["project"] is None else _text(document, "project", _NAME),
        member=None if document["member"] is None else _text(document, "member", _USERNAME),
        amount=Budget.read(_text(document, "rho", _RHO), _text(document, "delta", _DELTA)),
        serial=_text(document, "serial", _SERIAL),
        issued_at=datetime.fromisoformat(document["issued_at"]),
    )
    whole = act.member is None or act.project is not None
    if act.issued_at.tzinfo is None or not whole or not MAX_GIVEN.covers(act.amount):
        raise ValueError(FORMAT)
    return act


def _text(document: dict[str, Any], name: str, form: re.Pattern[str]) -> str:
    value = document[name]
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ValueError(name)
    return value


def _render(document: object) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _refusal(why: str) -> GovernanceError:
    return GovernanceError(
        "The budget act cannot be read.", why=why, remedy="Sign it again with `datalab budget sign` of this version."
    )
