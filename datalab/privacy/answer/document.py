"""Answers as JSON values: how they are stored, signed and read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from datalab.errors import IntegrityError
from datalab.privacy.answer.answer import Answer, AnswerCell, AnswerMeasure
from datalab.privacy.budget import Budget
from datalab.privacy.estimate.estimate import Estimate

FORMAT = 2
"""Version of the answer document. Each only adds fields to the one before; all of them are read."""


def answer_to_document(answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON values."""
    document = asdict(answer)
    return {
        "format": FORMAT,
        **document,
        "cost": str(answer.cost.rho),
        "cost_delta": str(answer.cost.delta),
        "delta": str(answer.delta),
        "keys": list(answer.keys),
        "measures": [asdict(measure) for measure in answer.measures],
        "cells": [
            {
                "keys": list(cell.keys),
                "estimates": [[estimate.value, estimate.low, estimate.high] for estimate in cell.estimates],
            }
            for cell in answer.cells
        ],
    }


def answer_from_document(document: Mapping[str, Any]) -> Answer:
    """Read an answer that this or an earlier version of `answer_to_document` wrote.

    Raises:
        IntegrityError: if the document is of another format.
    """
    if document.get("format") not in range(1, FORMAT + 1):
        raise IntegrityError(
            "This stored answer is not of a format that this version reads.",
            remedy="Read it with the version of the lab that wrote it.",
        )
    return Answer(
        keys=tuple(document["keys"]),
        measures=tuple(AnswerMeasure(**measure) for measure in document["measures"]),
        cells=tuple(
            AnswerCell(
                keys=tuple(cell["keys"]),
                estimates=tuple(Estimate(value=v, low=low, high=high) for v, low, high in cell["estimates"]),
            )
            for cell in document["cells"]
        ),
        cost=Budget.ceil(Fraction(document["cost"]), Fraction(document.get("cost_delta", 0))),
        epsilon=document["epsilon"],
        delta=Fraction(document["delta"]),
        confidence=document["confidence"],
        covers=document["covers"],
        mechanism=document["mechanism"],
        software=document["software"],
        threshold=document.get("threshold", 0),
    )
