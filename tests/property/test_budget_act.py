"""Budget acts: one text for each act, and no other text is one."""

from __future__ import annotations

import json
import string
from datetime import UTC, datetime, timedelta, timezone

import pytest
from desk_lab import PEM, PRIVATE_PEM
from hypothesis import given
from hypothesis import strategies as st

from datalab.errors import GovernanceError, IntegrityError
from datalab.privacy.accounts.act import (
    BudgetAct,
    SignedAct,
    canonical,
    new_serial,
    parse_act,
    read_signed_act,
    write_signed_act,
)
from datalab.privacy.budget import Budget
from datalab.release.signed_act import check_act, sign_act

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,62}", fullmatch=True)
AMOUNTS = st.builds(Budget, st.integers(0, 10**18), st.integers(0, 10**18))
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(microsecond=0, tzinfo=UTC))  # noqa: DTZ001 - the zone is added
ACTS = st.builds(
    lambda parties, member, **rest: BudgetAct(**parties, member=member if parties["project"] else None, **rest),
    parties=st.fixed_dictionaries({"agency": NAMES, "dataset": NAMES, "project": st.none() | NAMES}),
    member=st.none() | st.from_regex(r"[a-z][a-z0-9._-]{0,62}", fullmatch=True),
    amount=AMOUNTS,
    serial=st.binary(min_size=16, max_size=16).map(bytes.hex),
    issued_at=TIMES,
)
SIGNED = sign_act(
    BudgetAct(
        agency="police",
        dataset="incidents",
        project="safer",
        member="ann",
        amount=Budget(10**9, 10**11),
        serial="ab" * 16,
        issued_at=datetime(2026, 11, 24, tzinfo=UTC),
    ),
    PRIVATE_PEM,
)


@given(act=ACTS)
def test_an_act_is_read_as_it_was_written(act: BudgetAct) -> None:
    """Every field comes back, and the file of the signed act too."""
    signed = SignedAct(act=act, signature="0f" * 64)

    assert parse_act(canonical(act)) == act
    assert read_signed_act(write_signed_act(signed)) == signed


@given(act=ACTS)
def test_the_time_zone_makes_no_other_act(act: BudgetAct) -> None:
    """The same moment is the same text."""
    elsewhere = act.issued_at.astimezone(timezone(timedelta(hours=-5)))
    assert canonical(BudgetAct(**{f: getattr(act, f) for f in act.__slots__} | {"issued_at": elsewhere})) == canonical(
        act
    )


@given(place=st.integers(0, 1000), letter=st.sampled_from(string.printable))
def test_no_changed_file_is_good(place: int, letter: str) -> None:
    """Wherever one character of a signed act's file is replaced, it is not read, or its signature does not hold."""
    content = write_signed_act(SIGNED)
    check_act(read_signed_act(content), signing_key=PEM)
    place %= len(content)
    if content[place] == letter:
        return
    with pytest.raises((GovernanceError, IntegrityError)):
        check_act(read_signed_act(content[:place] + letter + content[place + 1 :]), signing_key=PEM)


def changed(**fields: object) -> str:
    """Return the act's text with other fields, in canonical form."""
    document = json.loads(canonical(SIGNED.act)) | fields
    return json.dumps({k: v for k, v in document.items() if v != "drop"}, sort_keys=True, separators=(",", ":"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "[" * 100_000,
        changed(format="datalab-budget-act/2"),
        changed(format="drop"),
        changed(extra=1),
        changed(rho="01"),
        changed(rho="1.0"),
        changed(rho="-1"),
        changed(rho=1),
        changed(rho="1/2"),
        changed(rho="1e3"),
        changed(rho="1000000001"),
        changed(delta="1"),
        changed(delta="10e-7"),
        changed(delta="1e-19"),
        changed(delta="2e+0"),
        changed(delta=None),
        changed(dataset="../x"),
        changed(dataset="in cidents"),
        changed(member="Ann"),
        changed(member="ann/incidents"),
        changed(project=None),
        changed(serial="ab"),
        changed(issued_at="2026-11-24T00:00:00"),
        changed(issued_at="2026-11-24"),
        changed(issued_at="drop"),
        canonical(SIGNED.act).replace(":", ": "),
        canonical(SIGNED.act).replace('"rho":"1"', '"rho":"1","rho":"1"'),
    ],
)
def test_what_is_no_act_is_refused(text: str) -> None:
    """Unknown formats and fields, other forms of numbers, names and times, and doubled keys are no acts."""
    with pytest.raises(GovernanceError):
        parse_act(text)


def test_serials_do_not_repeat() -> None:
    """Each act has a serial of its own."""
    assert len({new_serial() for _ in range(1000)}) == 1000
