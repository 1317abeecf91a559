"""The free text of a batch: redacted in the manner that its column states, with what its rows know."""

from __future__ import annotations

import hmac
from collections import Counter
from random import Random

import pyarrow as pa

from anonymise.prose.canaries import count_missed
from anonymise.prose.entities import Entity
from anonymise.prose.redaction import Redactor
from anonymise.prose.replacing.people import name_words
from anonymise.prose.replacing.replacer import Manner, Replacer, Subject
from anonymise.prose.row_values import knows_names, row_births, row_values
from anonymise.treatment.plan import ROW, TreatmentPlan
from anonymise.treatment.tally import MISSED, PLACEHOLDER, PLANTED, Did
from datalab.contract.model import Column


class Texts:
    """Redacts the free-text columns of one batch.

    Args:
        batch: typed rows that have a unit.
        plan: the contract and its keys.
        redactor: finds what names somebody.
        units: of each row, its `unit_ref`; None where there are no units.
        days: of each row, by how many days its dates are moved; None where none is.
    """

    def __init__(
        self,
        batch: pa.RecordBatch,
        plan: TreatmentPlan,
        redactor: Redactor,
        *,
        units: pa.Array | None,
        days: pa.Array | None,
    ) -> None:
        self._batch = batch
        self._plan = plan
        self._redactor = redactor
        self._known = row_values(plan.contract, batch)
        self._subject_first = knows_names(plan.contract)
        self._subjects = [
            Subject(
                names=name_words(value.text for value in known if value.entity is Entity.PERSON),
                births=frozenset(births),
                days=moved,
                secret=_secret(plan, unit),
            )
            for known, births, moved, unit in zip(
                self._known,
                row_births(plan.contract, batch),
                [None] * batch.num_rows if days is None else days.to_pylist(),
                [None] * batch.num_rows if units is None else units.to_pylist(),
                strict=True,
            )
        ]

    def redacted(self, column: Column, counts: Counter[str]) -> pa.Array:
        """Return a column after redaction, and count in place what was done."""
        manner = Manner(replacement=column.replacement, dates=column.text_dates, subject_first=self._subject_first)
        done = self._redactor.redact(
            self._cells(column), self._known, replacer=Replacer(manner=manner, subjects=self._subjects)
        )
        for redacted in done:
            if redacted.unreadable:
                counts[Did.UNREADABLE] += 1
            elif redacted.text is not None:
                counts[Did.SEARCHED] += 1
                counts[Did.CHANGED] += bool(redacted.counts)
            counts.update({f"{PLACEHOLDER}{entity.value}": count for entity, count in redacted.counts.items()})
        counts.update(self._canaries(column))
        return pa.array([redacted.text for redacted in done], pa.string())

    def _cells(self, column: Column) -> list[str | None]:
        cells: list[str | None] = self._batch.column(column.name).cast(pa.string()).to_pylist()
        return cells

    def _canaries(self, column: Column) -> Counter[str]:
        """Count the canaries that redaction misses among the texts; the same batch always gets the same ones."""
        texts = [text for text in self._cells(column) if text is not None]
        first = self._batch.column(ROW)[0].as_py() if self._batch.num_rows else 0
        found = count_missed(self._redactor, texts, Random(f"{self._plan.extract_id}|{column.name}|{first}"))
        return Counter(
            {f"{PLANTED}{kind.value}": count for kind, count in found.planted.items()}
            | {f"{MISSED}{kind.value}": count for kind, count in found.missed.items() if count}
        )


def _secret(plan: TreatmentPlan, unit: str | None) -> bytes | None:
    """Return what surrogates of a unit are drawn with."""
    if plan.surrogates_key is None or unit is None:
        return None
    return hmac.digest(plan.surrogates_key.secret, unit.encode(), "sha256")
