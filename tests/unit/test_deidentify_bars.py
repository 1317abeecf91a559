"""The table of what was asked of de-identification is computed from the run's own figures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks" / "deidentify"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what renders the table of made-up results: recall of people, seconds of the peer."""
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    from bars import KNOWN, ONE_MODEL, OURS, STOCK, bars, bars_table  # noqa: PLC0415 - where the script's path is
    from columns import PEER, Named  # noqa: PLC0415 - as above
    from marked import Corpus, Relation  # noqa: PLC0415 - as above
    from scoring import Figure, Scores  # noqa: PLC0415 - as above
    from speed import Speed  # noqa: PLC0415 - as above

    def figure(value: float, of: int = 100) -> Figure:
        return Figure(value, value, value, of)

    def scores(precision: float, **recall: Figure) -> Scores:
        return Scores(entities=recall, words=figure(1.0), precision=figure(precision), f2=None)

    def render(people: float) -> dict[str, list[str]]:
        web = {STOCK: scores(0.4, person=figure(0.8)), OURS: scores(0.41, person=figure(people))}
        small = {STOCK: scores(0.4, person=figure(0.1)), OURS: scores(0.1, person=figure(0.1))}
        tweets = {OURS: scores(0.3, all=figure(0.5), handle=figure(0.1), person=figure(0.9), place=figure(0.8, 300))}
        county = {OURS: scores(0.8, all=figure(0.9985), phone=figure(1.0), upn=figure(0.9)), KNOWN: scores(0.8)}
        scored = [
            (Corpus(name=name, relation=Relation.UNSEEN, texts=()), found)
            for name, found in (
                ("web text (EWT), all in small letters", small), ("web text (EWT)", web), ("tweets (BTC h)", tweets),
                ("sample county", county),
            )
        ]  # fmt: skip
        timed = {"judgments": [Speed(ONE_MODEL, 2.5, 2.4, 2.6, 1.0), Speed(KNOWN, 1.9, 1.8, 2.0, 1.0)]}
        named = [
            Named(system=name, personal=21, false=(), missed=(), seconds=seconds)
            for name, seconds in ((PEER, 30.0), ("datalab, values alone", 1.0))
        ]
        grouped = [("welsh", figure(1.0)), ("tamil", figure(0.98)), ("none", figure(float("nan"), 0))]
        lines = "\n".join(bars_table(bars(scored, timed, named, grouped))).splitlines()
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
        return {name: rest for name, *rest in cells}

    return render


def test_each_bar_is_met_or_not_by_its_own_figure(table: Any) -> None:
    """Figures at a bar meet it, those below do not, and what the run has no row for is not measured."""
    rows = table(0.95)

    assert rows["bar"] == ["asked", "measured", "met"]
    assert rows["people, web text, unseen"] == [">= 0.95", "0.95", "yes"]
    assert table(0.9499)["people, web text, unseen"][-1] == "no"
    assert rows["tweets, unseen, without handles"] == [">= 0.85", "0.825", "no"]  # 100 and 300 together
    assert rows["precision of words, web text, beside stock's"] == [">= 0.4", "0.41", "yes"]
    assert rows["structured numbers, county, text alone"] == [">= 0.99", "0.95", "no"]
    assert rows["all, county, text alone"] == [">= 0.997", "0.9985", "yes"]
    assert rows["all, county, with the record"] == [">= 0.999", "", "not measured"]
    assert rows["applicants' names, judgments"][-1] == "not measured"
    assert rows["groups of names, highest less lowest recall"] == ["<= 0.01", "0.02", "no"]
    assert rows["times stock, judgments, one model with known values"] == [">= 2.4", "2.5", "yes"]
    assert rows["times stock, judgments, a second model in union"] == [">= 2", "1.9", "no"]
    assert rows["times stock, short notes of the county, one model with known values"][-1] == "not measured"
    assert rows["columns, times presidio-structured, values alone"] == [">= 20", "30", "yes"]
