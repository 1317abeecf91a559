"""The treasury: who gives budget, to what, and how much."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from desk_lab import PEOPLE, DeskLab, build

from datalab.errors import GovernanceError, NotFoundError, PermissionDeniedError
from datalab.release.treasury import Treasury

HALF = Fraction(1, 2)


@pytest.fixture
def lab(tmp_path: Path) -> DeskLab:
    """A small lab without any budget."""
    return build(tmp_path / "lab", grant=None)


@pytest.mark.parametrize("actor", [person.username for person in PEOPLE if person.username != "cas"] + ["nobody"])
def test_only_the_datasets_own_custodian_gives(lab: DeskLab, actor: str) -> None:
    """Everybody else is refused, the operator too, and no account is opened."""
    with pytest.raises(PermissionDeniedError):
        lab.treasury.grant("incidents", HALF, actor=actor)
    lab.treasury.grant("incidents", HALF, actor="cas")
    with pytest.raises(PermissionDeniedError):
        lab.treasury.allocate("safer", "incidents", HALF, actor=actor)

    with lab.release.read() as tx:
        assert [account.name for account in tx.ledger.accounts()] == ["dataset/incidents"]


def test_grants_add_up_rounded_against_the_spender(lab: DeskLab) -> None:
    """Two thirds of a rho are granted as 0.666666666, and a second grant is added."""
    lab.treasury.grant("incidents", Fraction(2, 3), actor="cas")
    account = lab.treasury.grant("incidents", HALF, actor="cas")

    assert account.granted.nano_rho == 666_666_666 + 500_000_000


@pytest.mark.parametrize(
    ("deed", "error"),
    [
        (lambda t: t.grant("unknown", HALF, actor="cas"), NotFoundError),
        (lambda t: t.grant("areas", HALF, actor="cas"), GovernanceError),
        (lambda t: t.grant("incidents", Fraction(0), actor="cas"), GovernanceError),
        (lambda t: t.grant("incidents", -HALF, actor="cas"), GovernanceError),
        (lambda t: t.grant("incidents", Fraction(1, 10**10), actor="cas"), GovernanceError),
        (lambda t: t.allocate("safer", "incidents", HALF, actor="cas"), NotFoundError),
        (lambda t: t.allocate("unknown", "incidents", HALF, actor="cas"), NotFoundError),
    ],
)
def test_what_makes_no_sense_is_refused(
    lab: DeskLab, deed: Callable[[Treasury], object], error: type[Exception]
) -> None:
    """Unknown names, public data, nothing and less than nothing, and a share of what was never granted."""
    with pytest.raises(error):
        deed(lab.treasury)


def test_a_share_is_at_most_the_whole_and_needs_the_dataset_granted(lab: DeskLab) -> None:
    """A project cannot hold more of a dataset than there is, nor any of one outside its application."""
    lab.treasury.grant("incidents", HALF, actor="cas")
    with lab.control.begin() as tx:
        lab.office(tx.governance, tx.catalogue.contract, "olga").change_grants(
            "safer", tx.governance.project("safer").grants[1:]
        )
    with pytest.raises(GovernanceError, match="may not use"):
        lab.treasury.allocate("safer", "incidents", HALF, actor="cas")


def test_a_second_share_counts_with_the_first(lab: DeskLab) -> None:
    """Shares of one project add up, and together stay within the whole."""
    lab.treasury.grant("incidents", HALF, actor="cas")
    lab.treasury.allocate("safer", "incidents", Fraction(1, 3), actor="cas")

    with pytest.raises(GovernanceError, match="more than the whole"):
        lab.treasury.allocate("safer", "incidents", Fraction(1, 3), actor="cas")
