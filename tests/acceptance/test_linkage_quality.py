"""How well people are recognised, with the truth as the judge."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from linkage_judge import febrl, only, score_county, score_pair

from anonymise.keys.keyring import KeyRing
from datalab.contract.model import MatchKind
from datalab.sample.county import make_county

RING = KeyRing.throwaway()
AGENCIES = ("police_incidents", "school_attendance", "ae_attendances", "social_care_contacts")
PEOPLE = 8_000


@pytest.mark.data
@pytest.mark.parametrize(
    ("hidden", "recall"),
    [((), 0.98), ((MatchKind.NATIONAL_ID,), 0.74)],
    ids=["with the identifier", "without it"],
)
def test_febrl_registers_link(
    test_data: Path,
    record_property: Callable[[str, object], None],
    hidden: tuple[MatchKind, ...],
    recall: float,
) -> None:
    """No wrong link in a thousand; the identifier is worth a fifth of the people, and no single key comes near.

    febrl puts other given names in the place of people's own, one time in six of those it changes. Keys that would find
    those people link twins and fathers with sons, so they are left out and this recall is what is left.
    """
    first, second, truth = febrl(test_data, RING, *hidden)

    score = score_pair(first, second, truth)
    floors = {key: score_pair(only(first, key), only(second, key), truth) for key in ("national_id_dob", "names_dob")}

    record_property("precision", score.precision)
    record_property("recall", score.recall)
    assert score.precision >= 0.999
    assert score.recall >= recall
    assert all(score.recall > floor.recall + 0.1 for floor in floors.values())


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample county with its slips."""
    folder = tmp_path_factory.mktemp("county")
    make_county(folder, people=PEOPLE, seed=11)
    return folder


@pytest.mark.parametrize("order", [AGENCIES, AGENCIES[::-1]], ids=["police first", "social care first"])
def test_the_sample_agencies_link(
    county: Path, record_property: Callable[[str, object], None], order: tuple[str, ...]
) -> None:
    """In whatever order the four agencies come: no wrong link in a thousand, more than nine in ten found."""
    scores = score_county(county, order, RING)

    right, wrong, possible = (
        sum(getattr(score, field) for score in scores.values()) for field in ("right", "wrong", "possible")
    )
    record_property("precision", right / (right + wrong))
    record_property("recall", right / possible)
    assert possible > 500
    assert wrong / (right + wrong) <= 0.001
    assert right / possible >= 0.93
