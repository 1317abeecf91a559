"""The databases themselves refuse what the lab never writes: the last line behind a fault in the code."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from datalab.storage.engine import open_engine, write_transaction

ACCOUNT = "INSERT INTO account (name, granted, spent, granted_delta, spent_delta) VALUES ('a', 100, 100, 5, 5)"
ACT = "INSERT INTO budget_act (serial, account, document, signature) VALUES ('{serial}', '{account}', '{{}}', '{sign}')"
CHARGE = (
    "INSERT INTO charge (key, account, amount, state, mechanism, software, at, amount_delta)"
    " VALUES ('r', 'a', {rho}, 'reserved', 'm', 's', '2026-11-23 00:00:00', {delta})"
)
REQUEST = (
    "INSERT INTO release_request (id, project, author, question, fingerprint, versions, state, submitted_at, answer,"
    " decision, reviewer, reason, decided_at, bundle) VALUES ('{id}', 'p', 'zoe', '{{}}', 'f', '{{}}', '{state}',"
    " '2026-11-23 00:00:00', {answer}, {decision}, {reviewer}, {reason}, {decided}, {bundle})"
)
NOBODY = {"decision": "NULL", "reviewer": "NULL", "reason": "NULL", "decided": "NULL"}
ANN = {"decision": "'approved'", "reviewer": "'ann'", "reason": "'good'", "decided": "'2026-11-23 00:00:00'"}


def request(state: str, *, id: str = "r", answer: str = "'{}'", bundle: str = "NULL", **decision: str) -> str:  # noqa: A002 - the column's name
    """Return the statement that adds a request."""
    return REQUEST.format(id=id, state=state, answer=answer, bundle=bundle, **(NOBODY | decision))


def act(*, account: str = "a", signature: str = "0" * 128) -> str:
    """Return the statement that stores an act."""
    return ACT.format(serial="0" * 32, account=account, sign=signature)


REFUSED = {
    "overspending": (ACCOUNT, "UPDATE account SET spent = spent + 1"),
    "a negative spending": (ACCOUNT, "UPDATE account SET spent = -1"),
    "taking back a grant that is spent": (ACCOUNT, "UPDATE account SET granted = granted - 1"),
    "more than an account holds": (ACCOUNT, "UPDATE account SET granted = 1000000000000000001"),
    "overspending the approximate part": (ACCOUNT, "UPDATE account SET spent_delta = spent_delta + 1"),
    "a negative spending of it": (ACCOUNT, "UPDATE account SET spent_delta = -1"),
    "taking back a grant of it that is spent": (ACCOUNT, "UPDATE account SET granted_delta = granted_delta - 1"),
    "a delta above one": (ACCOUNT, "UPDATE account SET granted_delta = 1000000000000000001"),
    "a negative charge": (ACCOUNT, CHARGE.format(rho=-1, delta=0)),
    "a negative delta": (ACCOUNT, CHARGE.format(rho=1, delta=-1)),
    "a charge without delta": (ACCOUNT, CHARGE.format(rho=1, delta="NULL")),
    "an act that nobody signed": (ACCOUNT, act(signature="")),
    "an act used twice": (ACCOUNT, act(), act()),
    "an act for no account": (ACCOUNT, act(account="b")),
    "a second head": ("INSERT INTO audit_head (id, size, digest) VALUES (2, 0, 'x')",),
    "a request decided by its author": (request("approved", **(ANN | {"reviewer": "'zoe'"})),),
    "an approved request without an answer": (request("approved", answer="NULL", **ANN),),
    "an approved request that nobody decided": (request("approved"),),
    "a decision in part": (request("approved", **(ANN | {"reason": "NULL"})),),
    "a rejected request with an approval": (request("rejected", **ANN),),
    "a released request without a bundle": (request("released", **ANN),),
    "a bundle before release": (request("approved", bundle="'b'", **ANN),),
    "an unknown state": (request("leaked"),),
    "a question asked twice at once": (
        request("submitted", answer="NULL"),
        request("submitted", answer="NULL", id="r2"),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_release_database_refuses(release_url: str, name: str) -> None:
    """The last of these statements does not pass, whoever sends it; those before it do."""
    *before, last = REFUSED[name]
    with write_transaction(open_engine(release_url)) as connection:
        for statement in before:
            connection.exec_driver_sql(statement)
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.exec_driver_sql(last)


def test_sound_rows_pass(release_url: str) -> None:
    """The statements above are refused for what they say, not for how they are written."""
    with write_transaction(open_engine(release_url)) as connection:
        connection.exec_driver_sql(ACCOUNT)
        connection.exec_driver_sql(act())
        connection.exec_driver_sql(CHARGE.format(rho=1, delta=1))
        connection.exec_driver_sql(request("submitted", answer="NULL"))
        connection.exec_driver_sql(request("approved", id="r2", **ANN))
        connection.exec_driver_sql(request("released", id="r3", bundle="'b'", **ANN))
        connection.exec_driver_sql(request("withdrawn", id="r4"))
