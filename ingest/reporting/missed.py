"""What redaction misses, judged by the contract: among planted identifiers, and among those a custodian found."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from anonymise.treatment.missed import MissRate
from anonymise.treatment.tally import MISSED, PLANTED
from datalab.contract.model import Column, Contract, Treatment
from ingest.reporting.checks import Check, CheckKind, CheckResult
from ingest.sealed.marks import Marks


def missed_results(contract: Contract, tally: Mapping[str, Mapping[str, int]]) -> tuple[CheckResult, ...]:
    """Judge what redaction misses among planted identifiers, where the contract says how much is accepted.

    Args:
        contract: the dataset's.
        tally: of each column how often each thing was done. A column without texts had nothing planted, and passes.
    """
    results = []
    for column in _judged(contract):
        done = tally.get(column.name, {})
        planted, missed = (
            sum(count for name, count in done.items() if name.startswith(word)) for word in (PLANTED, MISSED)
        )
        upper = MissRate(planted=planted, missed=missed).interval[1] if planted else 0.0
        results.append(_result(CheckKind.MASKED, column, (planted, missed), upper))
    return tuple(results)


def read_results(contract: Contract, marks: Marks | None, *, text_model: str) -> tuple[CheckResult, ...]:
    """Judge what a custodian's own reading found, and whether they read as much as the contract says.

    Args:
        contract: the dataset's.
        marks: what came with the extract. A column in whose texts they found no identifier missed none, and passes.
        text_model: what the lab masks by: texts that were read as another model masks them do not count as read.
    """
    results = []
    for column in contract.columns:
        found = marks.column(column.name) if marks is not None else None
        if column.treatment is Treatment.REDACT and column.review_texts:
            asked = min(column.review_texts, found.texts) if found is not None else column.review_texts
            alike = marks is not None and marks.text_model == text_model
            unread = max(0, asked - found.random.texts) if found is not None and alike else asked
            check = Check(kind=CheckKind.READ, column=column.name, limit=Fraction(0), text_model=text_model)
            results.append(check.judge(checked=asked, failed=unread))
    for column in _judged(contract):
        found = marks.column(column.name) if marks is not None else None
        if found is not None:
            counts = (found.random.identifiers, found.random.missed)
            upper = found.rate.interval[1] if found.random.identifiers else 0.0
            results.append(_result(CheckKind.MASKED_AS_READ, column, counts, upper))
    return tuple(results)


def _judged(contract: Contract) -> list[Column]:
    return [column for column in contract.columns if column.treatment is Treatment.REDACT and column.max_missed < 1]


def _result(kind: CheckKind, column: Column, counts: tuple[int, int], upper: float) -> CheckResult:
    check = Check(kind=kind, column=column.name, limit=Fraction(str(column.max_missed)))
    checked, failed = counts
    return CheckResult(check=check, checked=checked, failed=failed, passed=upper <= column.max_missed, upper=upper)
