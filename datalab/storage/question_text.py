"""Questions as JSON text."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

from datalab.query import model
from datalab.query.model import Question


def question_to_text(question: Question) -> str:
    """Render a question."""
    return json.dumps(_down(question), sort_keys=True)


def question_from_text(text: str) -> Question:
    """Read a question."""
    question = _up(json.loads(text))
    assert isinstance(question, Question)  # noqa: S101
    return question


def _down(value: Any) -> Any:
    if is_dataclass(value):
        return {"_": type(value).__name__} | {f.name: _down(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Fraction):
        return {"_": "Fraction", "v": str(value)}
    if isinstance(value, Enum):
        return {"_": type(value).__name__, "v": value.value}
    if isinstance(value, tuple):
        return [_down(one) for one in value]
    return value


def _up(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_up(one) for one in value)
    if isinstance(value, dict):
        rest = {k: _up(v) for k, v in value.items() if k != "_"}
        kind = Fraction if value["_"] == "Fraction" else getattr(model, value["_"])
        return kind(rest["v"]) if set(rest) == {"v"} else kind(**rest)
    return value
