"""What treatment of one extract needs to know: the contract, the keys that follow from it, and the table it makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from anonymise.keys.keyring import KeyRing, NamedKey
from anonymise.linkage.match_hasher import MatchHasher, match_hasher
from datalab.contract.model import UNIT_REF, Contract, LogicalType, PrivacyUnit, Replacement, Treatment
from datalab.contract.published import published_columns, shifts_dates

ROW: Final = "_row"
"""Column of an extract's rows that numbers them; an int64."""
ARROW_TYPES: Final = {
    LogicalType.STRING: pa.string(),
    LogicalType.INTEGER: pa.int64(),
    LogicalType.NUMBER: pa.float64(),
    LogicalType.DATE: pa.date32(),
    LogicalType.TIMESTAMP: pa.timestamp("us", tz="UTC"),
    LogicalType.BOOLEAN: pa.bool_(),
}
"""Arrow type of each logical type, before and after treatment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentPlan:
    """Everything but the redactor, which is too large to travel; holds keys, so it never enters a Spark plan."""

    contract: Contract
    extract_id: str
    """Makes row numbers of different extracts differ."""
    unit_key: NamedKey | None
    """Key behind `unit_ref`; None for public reference data, which has no units."""
    dates_key: NamedKey | None
    """Key behind the days by which dates are moved; None where none is."""
    surrogates_key: NamedKey | None
    """Key behind surrogates; None where there are none."""
    hasher: MatchHasher | None
    """Hashes match fields; None where the dataset's units are no people."""
    spacy_model: str

    @property
    def schema(self) -> pa.Schema:
        """The treated table: `unit_ref`, the published columns, then the hashes that linkage needs."""
        unit = [pa.field(UNIT_REF, pa.string())] if self.unit_key is not None else []
        published = [
            pa.field(column.name, ARROW_TYPES[column.logical_type]) for column in published_columns(self.contract)
        ]
        return pa.schema([*unit, *published, *(self.hasher.fields if self.hasher is not None else ())])

    @property
    def needed_columns(self) -> tuple[str, ...]:
        """Names of the columns that a batch must hold."""
        return (ROW, *(column.name for column in self.contract.columns))

    @property
    def redacts(self) -> bool:
        """Whether any column needs the redactor."""
        return any(column.treatment is Treatment.REDACT for column in self.contract.columns)

    @property
    def shifts(self) -> bool:
        """Whether any dates are moved."""
        return shifts_dates(self.contract)

    @property
    def key_labels(self) -> tuple[str, ...]:
        """Name and version of every key that decides what a treated row says."""
        hashed = self.hasher.keys if self.hasher is not None else ()
        keys = (self.unit_key, self.dates_key, self.surrogates_key, *(key.secret for key in hashed))
        return tuple(key.label for key in keys if key is not None)

    @property
    def key_label(self) -> str:
        """Name and version of the key behind `unit_ref`, as reports show it; empty where there is none."""
        return self.unit_key.label if self.unit_key is not None else ""


def _has_surrogates(contract: Contract) -> bool:
    return any(
        column.treatment is Treatment.REDACT and column.replacement is Replacement.SURROGATE
        for column in contract.columns
    )


def plan_treatment(contract: Contract, ring: KeyRing, *, extract_id: str, spacy_model: str) -> TreatmentPlan:
    """Fetch the keys that a contract's treatment needs."""
    unit = contract.privacy_unit
    owned = unit is not PrivacyUnit.PUBLIC
    return TreatmentPlan(
        contract=contract,
        extract_id=extract_id,
        unit_key=ring.key(f"unit-ref/{contract.key_space}") if owned else None,
        dates_key=ring.key(f"dates/{contract.key_space}") if owned and shifts_dates(contract) else None,
        surrogates_key=ring.key(f"surrogates/{contract.key_space}") if owned and _has_surrogates(contract) else None,
        hasher=match_hasher(contract, ring) if unit is PrivacyUnit.PERSON else None,
        spacy_model=spacy_model,
    )
