"""The free text of a batch: redacted in the manner that its columns state, with what rows of its unit know.

Values and names live as long as the batch is treated, and are stored nowhere.
"""

from __future__ import annotations

import hmac
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from random import Random

import pyarrow as pa

from anonymise.prose.canaries import count_missed
from anonymise.prose.entities import Entity
from anonymise.prose.recorded.known_values import KnownValue
from anonymise.prose.recorded.row_values import knows_names, linked_values, row_births, row_latest, row_values
from anonymise.prose.redaction import Redacted, Redactor
from anonymise.prose.replacing.people import name_words
from anonymise.prose.replacing.replacer import ColumnsReplacer, Manner, Replacer, Subject
from anonymise.treatment.plan import ROW, TreatmentPlan
from anonymise.treatment.tally import MISSED, PLACEHOLDER, PLANTED, Did
from datalab.contract.model import Column, Contract, PrivacyUnit, Treatment


class Texts:
    """Redacts the free-text columns of one batch, all together: a name found in one is looked for in the others.

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
        rows = batch.num_rows
        refs: list[str | None] = [None] * rows if units is None else units.to_pylist()
        own = row_values(plan.contract, batch)
        linked = linked_values(own, refs)
        columns = [column for column in plan.contract.columns if column.treatment is Treatment.REDACT]
        subjects = _subjects(plan, batch, own, linked, refs, [None] * rows if days is None else days.to_pylist())
        replacers = [Replacer(manner=_manner(column, plan.contract), subjects=subjects) for column in columns]
        done = redactor.redact(
            [cell for column in columns for cell in self._cells(column)],
            [(*values, *others) for values, others in zip(own, linked, strict=True)] * len(columns),
            replacer=ColumnsReplacer(rows=rows, replacers=replacers),
            units=refs * len(columns),
        )
        self._done = {column.name: done[place * rows : (place + 1) * rows] for place, column in enumerate(columns)}

    def redacted(self, column: Column, counts: Counter[str]) -> pa.Array:
        """Return a column after redaction, and count in place what was done."""
        done: list[Redacted] = self._done[column.name]
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


def _manner(column: Column, contract: Contract) -> Manner:
    return Manner(replacement=column.replacement, dates=column.text_dates, subject_first=knows_names(contract))


def _subjects(  # noqa: PLR0917 - a column each
    plan: TreatmentPlan,
    batch: pa.RecordBatch,
    own: Sequence[tuple[KnownValue, ...]],
    linked: Sequence[tuple[KnownValue, ...]],
    units: Sequence[str | None],
    days: Sequence[int | None],
) -> list[Subject]:
    """Return what is known of the person of each row, other rows of theirs included."""
    births: dict[str | None, set[date]] = defaultdict(set)
    for unit, born in zip(units, of_rows := row_births(plan.contract, batch), strict=True):
        births[unit].update(born if unit is not None else ())
    are_theirs = plan.contract.privacy_unit is PrivacyUnit.PERSON
    return [
        Subject(
            names=_names((*values, *others) if are_theirs else values),
            called="" if are_theirs else " ".join(sorted(_names(values))),
            births=frozenset(births[unit]) | frozenset(born),
            latest=latest,
            days=moved,
            secret=_secret(plan, unit),
        )
        for values, others, unit, born, latest, moved in zip(
            own, linked, units, of_rows, row_latest(plan.contract, batch), days, strict=True
        )
    ]


def _names(values: Iterable[KnownValue]) -> frozenset[str]:
    return name_words(value.text for value in values if value.entity is Entity.PERSON)


def _secret(plan: TreatmentPlan, unit: str | None) -> bytes | None:
    """Return what surrogates of a unit are drawn with."""
    if plan.surrogates_key is None or unit is None:
        return None
    return hmac.digest(plan.surrogates_key.secret, unit.encode(), "sha256")
