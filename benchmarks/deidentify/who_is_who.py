"""How often numbered placeholders merge two people or split one, on the sample county's narratives.

    python benchmarks/deidentify/who_is_who.py

The county's truth says of each mention whether it is the row's subject, a relative, an officer, a professional or
somebody else. Mentions are taken as the truth marks them, so that what is measured is numbering and not finding.
The rules were written with the county at hand: a check, and no promise.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from random import Random

import pyarrow as pa

from anonymise.prose.entities import Entity, Span
from anonymise.prose.recorded.row_values import row_values
from anonymise.prose.replacing.numbered import identities
from anonymise.prose.replacing.people import SUBJECT, name_words
from datalab.contract.odcs.contract_file import parse_contract
from datalab.sample.agencies.register import Record
from datalab.sample.block import make_block
from datalab.sample.county import contract_texts
from datalab.sample.narratives.marks import MarkType

SEED, PEOPLE = 11, 6_000
SEVERAL = frozenset({"police_incidents"})
"""Datasets whose texts have several subjects, whom the truth does not tell apart."""


def main() -> None:
    """Print the counts."""
    counts: Counter[str] = Counter()
    contracts = {one.dataset: one for one in (parse_contract(text, name) for name, text in contract_texts().items())}
    records = [record for record in make_block(seed=SEED, number=0, people=PEOPLE).records if record.text is not None]
    Random(SEED).shuffle(records)
    for record in records:
        contract = contracts[record.dataset]
        cells = {column.name: pa.array([_cell(record, column.name)], pa.string()) for column in contract.columns}
        known = row_values(contract, pa.RecordBatch.from_pydict(cells))[0]
        counts.update(_counted(record, name_words(one.text for one in known if one.entity is Entity.PERSON)))
    print(f"{len(records):,} texts, {counts['mentions']:,} mentions, rows with names: {counts['named rows']:,}")
    for what, of in (
        ("mentions of the subject that are PERSON 1", "mentions of the subject"),
        ("mentions of others that are PERSON 1", "mentions of others"),
        ("pairs of the subject's mentions with two numbers", "pairs of the subject's mentions"),
        ("pairs of two people with one number", "pairs of two people"),
    ):
        print(f"{what}: {counts[what]:,} of {counts[of]:,} ({counts[what] / max(1, counts[of]):.2%})")


def _cell(record: Record, name: str) -> str | None:
    value = record.row.get(name)
    return None if value is None else str(value)


def _counted(record: Record, subject: frozenset[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    told = record.text
    if told is None:
        return counts
    marks = [mark for mark in told.marks if mark.type is MarkType.PERSON]
    spans = [Span(mark.start, mark.end, Entity.PERSON, 1.0) for mark in marks]
    named = identities(told.text, spans, subject)
    of_one = record.dataset not in SEVERAL
    counts["mentions"] += len(marks)
    counts["named rows"] += bool(subject)
    for mark, one in zip(marks, named, strict=True):
        whose = "the subject" if mark.who == "subject" else "others"
        if subject and of_one:
            counts[f"mentions of {whose}"] += 1
            counts[f"mentions of {whose} that are PERSON 1"] += one == SUBJECT
    for (first, one), (second, other) in combinations(zip(marks, named, strict=True), 2):
        if first.who == second.who == "subject" and of_one:
            counts["pairs of the subject's mentions"] += 1
            counts["pairs of the subject's mentions with two numbers"] += one != other
        elif first.who != second.who:
            counts["pairs of two people"] += 1
            counts["pairs of two people with one number"] += one == other
    return counts


if __name__ == "__main__":
    main()
