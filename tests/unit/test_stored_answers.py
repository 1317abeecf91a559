"""Answers stored by earlier versions are read for as long as the lab lives."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from datalab.errors import IntegrityError
from datalab.privacy.answer import Answer, AnswerCell, AnswerMeasure, Estimate, answer_from_document, answer_to_document
from datalab.privacy.budget import Budget

FORMAT_1 = """
{"format": 1, "keys": ["ward", "ae_attendances.kind"],
 "measures": [{"name": "rows", "kind": "rows", "unit": "rows"}, {"name": "loss", "kind": "mean", "unit": "GBP"}],
 "cells": [{"keys": ["north", "(missing)"], "estimates": [[12, 3, 21], [null, 0.0, 99.95]]}],
 "cost": "1/10", "epsilon": 2.142, "delta": "1/1000000", "confidence": 0.95, "covers": "Each interval ...",
 "mechanism": "rows: discrete Gaussian, L2 sensitivity squared 8, scale 14.142135623730951",
 "software": "opendp 0.16.0", "policy": "2026-11", "computed_with": {"engine": "duckdb 2.0.0"}}
"""
"""As version 0.1.0 of the lab wrote it, with what its desk adds."""


def test_an_answer_of_format_1_is_read() -> None:
    """Every field of an answer of before is there; what came later has its default."""
    assert answer_from_document(json.loads(FORMAT_1)) == Answer(
        keys=("ward", "ae_attendances.kind"),
        measures=(
            AnswerMeasure(name="rows", kind="rows", unit="rows"),
            AnswerMeasure(name="loss", kind="mean", unit="GBP"),
        ),
        cells=(
            AnswerCell(
                keys=("north", "(missing)"),
                estimates=(Estimate(value=12, low=3, high=21), Estimate(value=None, low=0.0, high=99.95)),
            ),
        ),
        cost=Budget.ceil(Fraction(1, 10)),
        epsilon=2.142,
        delta=Fraction(1, 10**6),
        confidence=0.95,
        covers="Each interval ...",
        mechanism="rows: discrete Gaussian, L2 sensitivity squared 8, scale 14.142135623730951",
        software="opendp 0.16.0",
        threshold=0,
    )


def test_what_came_later_is_kept() -> None:
    """Ends without a limit, levels, thresholds and the approximate part of a cost survive JSON, exactly."""
    answer = Answer(
        keys=("code",),
        measures=(
            AnswerMeasure(name="typical_rows", kind="unit_rows", unit="rows", covers="noise", level="19/20", per=3),
        ),
        cells=(AnswerCell(keys=("(all)",), estimates=(Estimate(value=40, low=36, high=None),)),),
        cost=Budget(10**8, 10**9 + 1),
        epsilon=1.0,
        delta=Fraction(1, 10**6),
        confidence=0.95,
        covers="",
        mechanism="",
        software="opendp 0.16.0",
        threshold=31,
    )
    document = json.loads(json.dumps(answer_to_document(answer), allow_nan=False))

    assert document["format"] == 2
    assert answer_from_document(document) == answer


@pytest.mark.parametrize("number", [0, 3, None, "1"])
def test_another_format_is_refused(number: object) -> None:
    """A document of no known format is not guessed at."""
    with pytest.raises(IntegrityError):
        answer_from_document(json.loads(FORMAT_1) | {"format": number})
