"""What the benchmark asks beside its peers can be asked, and the raw rows' truth is by the same cells."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from datalab.engine.embedded.engine import EmbeddedEngine
from datalab.engine.noise import OpenDPNoise
from datalab.governance.policy import Policy
from datalab.privacy.answer import answer_question
from datalab.privacy.compile import compile_question

ROWS, MONTHS = 2_000, 3
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
NOT_LISTED = frozenset({"unknown_keys", "median"})
"""Values found out are few of so few rows; a median's bins take their time."""


@pytest.mark.slow
def test_each_question_is_answered_by_the_cells_that_the_truth_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No cell is called otherwise in SQL than in the lab: an error would be the whole of a figure, not its noise."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    events, questions = import_module("events"), import_module("questions")
    made = events.Made(folder=tmp_path, rows=ROWS, months=MONTHS)
    events.generate(made)
    names = tuple(name for name in questions.QUESTIONS if name not in NOT_LISTED)
    truths, bounds = questions.truths(made, names), questions.Bounds()
    engine = EmbeddedEngine(scratch=tmp_path)
    for name in names:
        plan = compile_question(bounds.spend(name, 0), made.schemas(), Policy())
        tables = {source.dataset: made.tables(laid=False)[source.dataset] for source in plan.sources}
        answer = answer_question(plan, tables, engine=engine, noise=OpenDPNoise(), delta=bounds.delta)
        asked = set(questions.figures(answer))

        assert asked, name
        assert asked >= set(truths[name]) or len(asked) == questions.MOST, name
        assert asked & set(truths[name]), name
