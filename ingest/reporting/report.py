"""The report of an extract: what was asked of it and what was done, in names and counts; what its custodian gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from datalab.catalogue import Extract
from datalab.contract.model import Contract

FORMAT = "datalab-extract-report/1"
_JUDGING = ("receive", "check", "quality")
"""Steps with checks, in order."""


class Verdict(StrEnum):
    """How an extract stands after a step."""

    GOOD = "good"
    REFUSED = "refused"
    """It cannot be read as what its manifest and contract say."""
    QUARANTINED = "quarantined"
    """It was read, and breaks what its contract promises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one step has to say about an extract."""

    verdict: Verdict = Verdict.GOOD
    reason: str = ""
    """For people: what is wrong and what to do; empty where nothing is."""
    details: Mapping[str, Any] | None = None

    def document(self) -> dict[str, Any]:
        """Render as a step's result."""
        return {"verdict": self.verdict.value, "reason": self.reason, **(self.details or {})}


def verdict_of(results: Mapping[str, Any]) -> Verdict:
    """Return the verdict that steps have reached so far: the first that is not good."""
    verdicts = (Verdict(result["verdict"]) for result in results.values() if "verdict" in result)
    return next((verdict for verdict in verdicts if verdict is not Verdict.GOOD), Verdict.GOOD)


def extract_report(extract: Extract, contract: Contract, results: Mapping[str, Any]) -> dict[str, Any]:
    """Put an extract's report together.

    Args:
        extract: the extract.
        contract: what it was judged by.
        results: what each step returned, by its name, in order.
    """
    steps = {name: dict(result) for name, result in results.items()}
    reasons = [result["reason"] for result in steps.values() if result.get("reason")]
    return {
        "format": FORMAT,
        "extract": extract.id,
        "agency": extract.agency,
        "dataset": extract.dataset,
        "contract_version": extract.contract_version,
        "kind": extract.kind.value,
        "period": [extract.period_from.isoformat(), extract.period_to.isoformat()],
        "rows_stated": extract.rows,
        "verdict": verdict_of(results).value,
        "reasons": reasons,
        "columns": [
            {
                "name": column.name,
                "role": column.role.value,
                "treatment": column.treatment.value,
                "type": column.logical_type.value,
            }
            for column in contract.columns
        ],
        "faults": steps.get("check", {}).get("faults", []),
        "checks": [check for name in _JUDGING for check in steps.get(name, {}).get("checks", [])],
        "review": steps.get("receive", {}).get("review", {}),
        "de_identification": steps.get("de-identify", {}).get("treatment", {}),
        "disclosure_risk": steps.get("quality", {}).get("risk", {}),
        "linkage": steps.get("link", {}).get("linkage", {}),
        "version": steps.get("publish", {}).get("version"),
    }
