"""Sheets and remarks: what author and reviewer see before anything is decided."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from desk_lab import DeskLab, build, public_question, question

from datalab.errors import NotFoundError, PermissionDeniedError, QueryError
from datalab.release.checks import Remark, Weight
from datalab.release.request import RequestState
from datalab.release.sheet import Sheet, sheet_of_question, sheet_of_request, visible_finding, visible_requests


@pytest.fixture
def lab(tmp_path: Path) -> DeskLab:
    """A small lab with a budget of rho 1."""
    return build(tmp_path / "lab")


def topics(sheet: Sheet) -> dict[str, Remark]:
    """Return the last remark of each topic."""
    return {remark.topic: remark for remark in sheet.remarks}


def test_author_and_reviewer_see_the_same_but_for_the_answer(lab: DeskLab) -> None:
    """Question, price and remarks are equal; the answer is on the reviewer's sheet alone until it is released."""
    request = lab.desk.submit(question(), project="safer", author="ann")

    author = sheet_of_request(lab.desk, request.id, person="ann")
    reviewer = sheet_of_request(lab.desk, request.id, person="rev")

    assert replace(reviewer, answer=None) == author
    assert reviewer.answer is not None
    assert author.request is not None
    assert author.request.answer is None
    lab.desk.decide(request.id, reviewer="rev", verdict=RequestState.APPROVED, reason="Because.")
    assert sheet_of_request(lab.desk, request.id, person="ann").answer is None
    lab.desk.publish(request.id)
    assert sheet_of_request(lab.desk, request.id, person="ann").answer == reviewer.answer


def test_a_finding_is_seen_or_not_before_anything_is_spent(lab: DeskLab) -> None:
    """The larger the difference, the surer it is seen; asking spends nothing, and strangers may not ask."""
    asked = {"measure": question().query.measures[0].name, "count": None, "project": "safer"}
    chances = [
        visible_finding(lab.desk, question(), difference=size, person="ann", **asked).chance for size in (1, 50, 10_000)
    ]

    assert chances == sorted(chances)
    assert chances[0] < 0.2
    assert chances[-1] > 0.99
    with pytest.raises(PermissionDeniedError):
        visible_finding(lab.desk, question(), difference=1, person="rex", **asked)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"measure": "nothing"}, "Name one of: rows"),
        ({"count": 0}, "at least one row"),
        ({"count": -1}, "at least one row"),
        ({"count": 10**400}, "at most 1,000,000,000,000 rows"),
        ({"difference": math.nan}, "not 0"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_a_finding_that_means_nothing_is_refused(lab: DeskLab, changed: dict[str, Any], told: str) -> None:
    """A figure that is not asked, a group of no size, and no difference say what to write instead."""
    asked = {"measure": "rows", "difference": 5.0, "count": None, "project": "safer", "person": "ann"} | changed

    with pytest.raises(QueryError, match=told):
        visible_finding(lab.desk, question(), **asked)


@pytest.mark.parametrize("size", [0, -1, 10**400], ids=["none", "less than none", "too many"])
def test_a_preview_for_a_group_of_no_size_is_refused(lab: DeskLab, size: int) -> None:
    """No rows, fewer than none, and more than there can be are no size of a group."""
    with pytest.raises(QueryError, match="A group has"):
        sheet_of_question(lab.desk, question(), project="safer", person="ann", group_size=size)


def test_strangers_see_nothing(lab: DeskLab) -> None:
    """Who may not see a request gets no sheet and an empty list."""
    request = lab.desk.submit(question(), project="safer", author="ann")

    for person in ("rex", "cas", "olga", "nobody"):
        with pytest.raises(PermissionDeniedError):
            sheet_of_request(lab.desk, request.id, person=person)
    assert visible_requests(lab.desk, person="rex") == ()
    assert [one.id for one in visible_requests(lab.desk, person="rev")] == [request.id]
    assert [one.answer for one in visible_requests(lab.desk, person="ann")] == [None]
    with pytest.raises(NotFoundError):
        sheet_of_request(lab.desk, "r0", person="rev")


def test_remarks_say_what_to_look_at(lab: DeskLab) -> None:
    """Price, budgets, bounds, cells, error and every literal are there, and what is odd stands out."""
    remarks = topics(sheet_of_question(lab.desk, question(30, rho=Fraction(1, 3)), project="safer", person="ann"))

    assert set(remarks) == {
        "cost",
        "budget dataset/incidents",
        "budget project/safer/incidents",
        "bounds",
        "cells",
        "error rows",
        "condition",
        "choices",
    }
    assert "30" in remarks["condition"].text
    assert "With 12 rows a unit" in remarks["bounds"].text
    assert {topic for topic, remark in remarks.items() if remark.weight is Weight.LOOK} == {
        "bounds",
        "budget dataset/incidents",
        "budget project/safer/incidents",
    }


def test_questions_that_differ_in_a_condition_are_named(lab: DeskLab) -> None:
    """A differencing pair stands out on the second sheet, and on the first once the second is there."""
    first = lab.desk.submit(question(1), project="safer", author="ann")
    second = lab.desk.submit(question(2), project="safer", author="ben")

    for one, other in ((first, second), (second, first)):
        overlap = topics(sheet_of_request(lab.desk, one.id, person="rev"))["overlap"]
        assert other.id in overlap.text
        assert overlap.weight is Weight.LOOK


def test_a_question_about_public_data_costs_nothing(lab: DeskLab) -> None:
    """Its sheet names no account and no limit."""
    remarks = topics(sheet_of_question(lab.desk, public_question(), project="safer", person="ann"))

    assert set(remarks) == {"cost", "cells", "error rows", "choices"}
    assert "Nothing" in remarks["cost"].text


def test_a_stricter_policy_does_not_hide_what_was_asked(lab: DeskLab) -> None:
    """An old request whose question would be refused today can still be read and decided on."""
    request = lab.desk.submit(question(), project="safer", author="ann")
    strict = replace(lab.desk, policy=replace(lab.desk.policy, max_cells=1))

    sheet = sheet_of_request(strict, request.id, person="rev")

    assert (sheet.preview, sheet.remarks) == (None, ())
    assert sheet.answer is not None
