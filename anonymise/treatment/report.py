"""The de-identification report: per column what was done and how often; names and counts, never a value."""

from __future__ import annotations

from typing import Any

from anonymise.treatment.missed import MissRate
from anonymise.treatment.plan import TreatmentPlan
from anonymise.treatment.tally import MISSED, PLACEHOLDER, PLANTED, Tally
from datalab.contract.model import Column, Treatment

FORMAT = "datalab-deidentification/1"


def deidentification_report(plan: TreatmentPlan, tally: Tally) -> dict[str, Any]:
    """Put the report of one extract's treatment together; everything in it can be written as JSON."""
    return {
        "format": FORMAT,
        "dataset": plan.contract.dataset,
        "contract_version": plan.contract.version,
        "unit_key": plan.key_label,
        "rows_in": tally.rows,
        "rows_without_unit": tally.without_unit,
        "rows_out": tally.rows - tally.without_unit,
        "text_model": plan.spacy_model if plan.redacts else None,
        "match_keys": list(plan.hasher.column_names) if plan.hasher is not None else [],
        "columns": [_column(column, dict(tally.columns.get(column.name, {}))) for column in plan.contract.columns],
    }


def _column(column: Column, counts: dict[str, int]) -> dict[str, Any]:
    placeholders, planted, missed = (_beginning(counts, word) for word in (PLACEHOLDER, PLANTED, MISSED))
    named = (PLACEHOLDER, PLANTED, MISSED)
    done = {name: count for name, count in sorted(counts.items()) if not name.startswith(named) and count}
    rate = MissRate(planted=sum(planted.values()), missed=sum(missed.values()))
    kinds = {kind: (count, missed.get(kind, 0)) for kind, count in planted.items()}
    return {
        "name": column.name,
        "role": column.role.value,
        "treatment": column.treatment.value,
        **(_style(column) if column.treatment is Treatment.REDACT else {}),
        "done": done,
        **({"placeholders": placeholders} if placeholders else {}),
        **({"canaries": rate.document(kinds)} if planted else {}),
    }


def _style(column: Column) -> dict[str, str]:
    return {"replacement": column.replacement.value, "dates": column.text_dates.value}


def _beginning(counts: dict[str, int], word: str) -> dict[str, int]:
    return {name.removeprefix(word): count for name, count in sorted(counts.items()) if name.startswith(word)}
