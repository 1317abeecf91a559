"""The treasury: who gives budget, by which act, to what, and how much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from desk_lab import PEM, PEOPLE, PRIVATE_PEM, DeskLab, build

from datalab.errors import GovernanceError, IntegrityError, NotFoundError, PermissionDeniedError, StateError
from datalab.governance.people import Agency
from datalab.privacy.accounts.act import FORMAT, SignedAct, canonical
from datalab.privacy.budget import Budget
from datalab.release.bundle.signing import signature_by
from datalab.release.signed_act import check_acts, draft_act, sign_act

HALF = Fraction(1, 2)
OTHER_KEY = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def lab(tmp_path: Path) -> DeskLab:
    """A small lab without any budget."""
    return build(tmp_path / "lab", grant=None)


@pytest.mark.parametrize("actor", [person.username for person in PEOPLE if person.username != "cas"] + ["nobody"])
def test_only_the_datasets_own_custodian_gives(lab: DeskLab, actor: str) -> None:
    """Everybody else is refused, the operator too and whatever was signed, and no account is opened."""
    with pytest.raises(PermissionDeniedError):
        lab.give("incidents", HALF, actor=actor)
    lab.give("incidents", HALF)
    with pytest.raises(PermissionDeniedError):
        lab.give("incidents", HALF, project="safer", actor=actor)

    with lab.release.read() as tx:
        assert [account.name for account in tx.ledger.accounts()] == ["dataset/incidents"]


def test_grants_add_up_rounded_against_the_spender(lab: DeskLab) -> None:
    """Two thirds of a rho are granted as 0.666666666, a third of a delta likewise, and a second grant is added."""
    lab.give("incidents", Fraction(2, 3), delta=Fraction(1, 3 * 10**6))
    account = lab.give("incidents", HALF, delta=Fraction(1, 10**6))

    assert account.granted == Budget(666_666_666 + 500_000_000, 333_333_333_333 + 10**12)


@pytest.mark.parametrize(
    ("deed", "error"),
    [
        (lambda lab: lab.give("unknown", HALF), NotFoundError),
        (lambda lab: lab.give("areas", HALF), GovernanceError),
        (lambda lab: lab.give("incidents", Fraction(0)), GovernanceError),
        (lambda lab: lab.give("incidents", Fraction(1, 10**10)), GovernanceError),
        (lambda lab: lab.give("incidents", Fraction(10**9 + 1)), GovernanceError),
        (lambda lab: lab.give("incidents", HALF, delta=Fraction(11, 10)), GovernanceError),
        (lambda lab: lab.give("incidents", HALF, project="safer"), NotFoundError),
        (lambda lab: lab.give("incidents", HALF, project="unknown"), NotFoundError),
        (lambda lab: lab.give("incidents", HALF, project="no project"), GovernanceError),
    ],
)
def test_what_makes_no_sense_is_refused(
    lab: DeskLab, deed: Callable[[DeskLab], object], error: type[Exception]
) -> None:
    """Unknown names, public data, nothing, more than an act can give, and a share of what was never granted."""
    with pytest.raises(error):
        deed(lab)


def forged(lab: DeskLab, *, key: bytes = PRIVATE_PEM, kind: str = FORMAT, agency: str = "police") -> SignedAct:
    """Return an act for the dataset that is signed otherwise than it should be."""
    act = draft_act(agency=agency, dataset="incidents", amount=Budget(10**9), now=lab.treasury.clock())
    return SignedAct(act=act, signature=signature_by(key, canonical(act).encode(), kind=kind).hex())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda lab: forged(lab, key=OTHER_KEY),
        lambda lab: forged(lab, kind="datalab-extract/1"),
        lambda lab: forged(lab, agency="school"),
        lambda lab: replace(forged(lab), signature="00" * 64),
        lambda lab: replace(forged(lab), signature=forged(lab).signature),
        lambda lab: replace(forged(lab), act=replace(forged(lab).act, amount=Budget(2 * 10**9))),
    ],
    ids=["another key", "another kind", "another agency", "no signature", "another act's", "changed"],
)
def test_an_act_that_the_agency_did_not_sign_gives_nothing(lab: DeskLab, spoil: Callable[[DeskLab], SignedAct]) -> None:
    """Another key, another kind of document, another agency or a change after signing: refused, and no trace of it."""
    with lab.control.begin() as tx:
        school = Agency(name="school", title="School", signing_key=PEM)
        lab.office(tx.governance, tx.catalogue.contract, "olga").register_agency(school)
    with pytest.raises(IntegrityError):
        lab.treasury.grant(spoil(lab), actor="cas")
    with lab.release.read() as tx:
        assert (tx.ledger.accounts(), tx.ledger.acts(), tx.audit.head().size) == ((), (), 0)
    lab.treasury.grant(forged(lab), actor="cas")  # the control: the same way, signed as it should be


def test_an_act_is_good_for_one_time(lab: DeskLab) -> None:
    """A replayed act is refused, whoever sends it; an act of the same words with another serial is another act."""
    act = lab.treasury.draft("incidents", Budget(10))
    signed = sign_act(act, PRIVATE_PEM)
    lab.treasury.grant(signed, actor="cas")
    with pytest.raises(StateError, match="used already"):
        lab.treasury.grant(signed, actor="cas")
    with pytest.raises(StateError, match="used already"):
        lab.treasury.grant(sign_act(replace(act, amount=Budget(11)), PRIVATE_PEM), actor="cas")
    lab.give("incidents", Fraction(10, 10**9))

    with lab.release.read() as tx:
        assert tx.ledger.account("dataset/incidents").granted == Budget(20)
        assert len(tx.ledger.acts()) == tx.audit.head().size == 2


def test_acts_on_record_are_checked_against_the_register(lab: DeskLab) -> None:
    """An act whose signature is put in its place afterwards, with account and log in agreement, is still found."""
    lab.give("incidents", HALF)
    with lab.release.read() as tx, lab.control.read() as control:
        acts = tx.ledger.acts()
        assert check_acts(acts, control) == 1
        with pytest.raises(IntegrityError):
            check_acts([forged(lab, key=OTHER_KEY)], control)
        with pytest.raises(IntegrityError):
            check_acts([*acts, replace(acts[0], signature=forged(lab).signature)], control)


def test_a_share_needs_the_dataset_granted_to_the_project(lab: DeskLab) -> None:
    """A project cannot hold any budget of a dataset outside its application."""
    lab.give("incidents", HALF)
    with lab.control.begin() as tx:
        lab.office(tx.governance, tx.catalogue.contract, "olga").change_grants(
            "safer", tx.governance.project("safer").grants[1:]
        )
    with pytest.raises(GovernanceError, match="may not use"):
        lab.give("incidents", HALF, project="safer")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((Fraction(1, 3), Fraction(0)), (Fraction(1, 3), Fraction(0))),
        ((Fraction(1, 3), Fraction(1, 10**7)), (Fraction(1, 9), Fraction(10, 10**7))),
    ],
    ids=["rho", "delta"],
)
def test_shares_together_are_at_most_the_whole(
    lab: DeskLab, first: tuple[Fraction, Fraction], second: tuple[Fraction, Fraction]
) -> None:
    """Shares of a project add up in both parts within the dataset's, and a member's within the project's."""
    lab.give("incidents", HALF, delta=Fraction(1, 10**6))
    lab.give("incidents", first[0], delta=first[1], project="safer")
    with pytest.raises(GovernanceError, match="more than the whole"):
        lab.give("incidents", second[0], delta=second[1], project="safer")

    lab.give("incidents", first[0], delta=first[1], project="safer", member="ann")
    with pytest.raises(GovernanceError, match="limit of ann"):
        lab.give("incidents", Fraction(1, 10**9), project="safer", member="ann")
    lab.give("incidents", first[0], project="safer", member="ben")  # each has a limit of their own


@pytest.mark.parametrize("member", ["rex", "cas", "nobody"])
def test_only_members_have_a_limit(lab: DeskLab, member: str) -> None:
    """Somebody outside the project can have no limit in it."""
    lab.give("incidents", HALF)
    lab.give("incidents", HALF, project="safer")
    with pytest.raises(GovernanceError, match="not a member"):
        lab.give("incidents", HALF, project="safer", member=member)


def test_a_members_limit_needs_the_projects_share(lab: DeskLab) -> None:
    """There is nothing to limit where the project holds nothing."""
    lab.give("incidents", HALF)
    with pytest.raises(NotFoundError):
        lab.give("incidents", HALF, project="safer", member="ann")


def test_each_use_is_for_its_own_kind_of_act(lab: DeskLab) -> None:
    """An act for a dataset is no allocation, and a share is no grant: the log would tell it otherwise than it is."""
    lab.give("incidents", HALF)
    share = sign_act(lab.treasury.draft("incidents", Budget(10), project="safer"), PRIVATE_PEM)
    with pytest.raises(GovernanceError, match="gives a share"):
        lab.treasury.grant(share, actor="cas")
    whole = sign_act(lab.treasury.draft("incidents", Budget(10)), PRIVATE_PEM)
    with pytest.raises(GovernanceError, match="gives no share"):
        lab.treasury.allocate(whole, actor="cas")
