"""What a contract lets through: its promises as checks, each with the share that may fail, and what came of them.

No engine here: `ingest.spark.quality` has Great Expectations count, and `Check.judge` decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from anonymise.risk.classes import Classes
from anonymise.treatment.tally import Did, Tally
from datalab.contract.generalisation import Microaggregate
from datalab.contract.model import UNIT_REF, Contract, PrivacyUnit, Treatment
from datalab.contract.published import published_columns


class CheckKind(StrEnum):
    """What is asked of every row."""

    PRESENT = "present"
    """The cell holds a value."""
    VALID = "valid"
    """The cell is of its type and inside pattern, domain and bounds; asked of cells that hold a value."""
    UNIQUE = "unique"
    """No other row has the value."""
    LISTED = "listed"
    """The treated value is one of those that the contract makes public."""
    COARSE = "coarse"
    """The value has the coarser form that its treatment asks for; counted by the treatment itself."""
    DECLARED = "declared"
    """The column holds no identifiers that its contract does not declare; asked of distinct values."""
    MASKED = "masked"
    """Planted identifiers are masked; judged by the upper end of the interval of the share that is missed."""
    SHARED = "shared"
    """Enough units share each combination of quasi-identifiers; asked of units."""
    READ = "read"
    """The custodian has read as many texts, drawn at random, as the contract says."""
    MASKED_AS_READ = "masked_as_read"
    """Identifiers that the custodian found by reading are masked; judged as `masked` is."""
    OWNED = "owned"
    """The row says whose it is; of all rows of an extract one at least does."""
    FEW_ROWS = "few_rows"
    """The unit has no more rows than the contract says."""


class Severity(StrEnum):
    """What a check that fails does."""

    ERROR = "error"
    """The extract is held."""
    WARNING = "warning"
    """The report says so, and the extract goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One promise of a contract."""

    kind: CheckKind
    column: str
    limit: Fraction
    """Largest share of rows that may fail."""
    severity: Severity = Severity.ERROR
    values: tuple[str, ...] = ()
    """For `listed`: the public values."""
    most: int = 0
    """For `few_rows`: rows of one unit."""
    fewest: int = 0
    """For `shared`: units of one combination."""
    looks_like: str = ""
    """For `declared`: what the values look like, in words; empty where they look like nothing."""

    text_model: str = ""
    """For `read`: what the lab masks by."""

    def judge(self, *, checked: int, failed: int) -> CheckResult:
        """Decide by exact shares: a float's last digit must not hold an extract."""
        return CheckResult(check=self, checked=checked, failed=failed, passed=failed <= self.limit * checked)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What came of one check; counts only."""

    check: Check
    checked: int
    failed: int
    passed: bool
    upper: float = 0.0
    """For `masked` and `masked_as_read`: the share that may be missed, with 95 % confidence."""

    @property
    def holds_extract(self) -> bool:
        """Whether this alone keeps the extract from being published."""
        return not self.passed and self.check.severity is Severity.ERROR

    def __str__(self) -> str:  # noqa: PLR0911 - a case each
        column, counts = self.check.column, f"{self.failed:,} of {self.checked:,}"
        match self.check.kind:
            case CheckKind.DECLARED:
                return (
                    f"{column} is kept as it is, and {counts} of its distinct values look like "
                    f"{self.check.looks_like}: declare them (drop, pseudonymise or generalise the column), or list its "
                    "values"
                )
            case CheckKind.MASKED:
                return (
                    f"redaction of {column} misses {counts} planted identifiers, and may miss up to {self.upper:.1%}, "
                    f"above the {float(self.check.limit):.1%} that its contract accepts: drop the column, accept more, "
                    "or send more texts, since few leave much possible"
                )
            case CheckKind.MASKED_AS_READ:
                return (
                    f"redaction of {column} misses {counts} identifiers in the texts that its custodian read, and may "
                    f"miss up to {self.upper:.1%}, above the {float(self.check.limit):.1%} that its contract accepts: "
                    "drop the column, accept more, or read more texts, since few leave much possible"
                )
            case CheckKind.READ:
                return (
                    f"of the {self.checked:,} texts of {column} that its contract asks its custodian to read, "
                    f"{self.checked - self.failed:,} were read as this lab masks them (with "
                    f"{self.check.text_model}): read them with `datalab extract review`, and seal the extract again "
                    "with `--review`"
                )
            case CheckKind.SHARED:
                return (
                    f"{counts} units share their combination of {column} with fewer than {self.check.fewest} units, "
                    f"themselves counted, where the contract allows {float(self.check.limit):.1%}: treat a column more "
                    "coarsely, as the report suggests (`datalab extract suggestion` prints the contract's change), or "
                    "ask for a smaller datalab.minK"
                )
            case CheckKind.OWNED:
                remedy = (
                    "declare the agency's own number of the person as person_key, by which alone rows are told apart"
                    if column == UNIT_REF
                    else f"fill {column}"
                )
                return f"none of the {self.checked:,} rows says whose it is: {remedy}"
            case CheckKind.FEW_ROWS:
                return (
                    f"{counts} units have more rows than the {self.check.most:,} of its contract, by which the size of "
                    "microaggregated groups goes: state a larger datalab.maxRowsPerUnit, or treat the column otherwise"
                )
            case _:
                return f"{column} is not {self.check.kind.value} in {counts} rows"

    def document(self) -> dict[str, Any]:
        """Render for a report."""
        return {
            "check": self.check.kind.value,
            "column": self.check.column,
            "checked": self.checked,
            "failed": self.failed,
            "allowed_share": float(self.check.limit),
            "severity": self.check.severity.value,
            "passed": self.passed,
        }


def received_checks(contract: Contract) -> tuple[Check, ...]:
    """List what is asked of an extract as it came, after typing and before treatment."""
    checks = []
    for column in contract.columns:
        missing = Fraction(0) if column.required else _share(column.max_missing)
        checks.append(Check(kind=CheckKind.PRESENT, column=column.name, limit=missing))
        checks.append(Check(kind=CheckKind.VALID, column=column.name, limit=_share(column.max_invalid)))
        if column.unique:
            checks.append(Check(kind=CheckKind.UNIQUE, column=column.name, limit=Fraction(0)))
    return tuple(checks)


def treated_checks(contract: Contract) -> tuple[Check, ...]:
    """List what is asked of the de-identified rows."""
    checks = []
    for published in published_columns(contract):
        column = contract.column(published.name)
        if published.values is not None and column is not None:
            limit = _share(column.max_invalid)
            checks.append(Check(kind=CheckKind.LISTED, column=published.name, limit=limit, values=published.values))
    return tuple(checks)


def fit_results(contract: Contract, tally: Mapping[str, Mapping[str, int]]) -> tuple[CheckResult, ...]:
    """Judge what treatment could not make coarser, and blanked.

    Args:
        contract: the dataset's.
        tally: of each column how often each thing was done.
    """
    results = []
    for column in contract.columns:
        if column.treatment is Treatment.GENERALISE:
            done = tally.get(column.name, {})
            unfit = done.get(Did.UNFIT, 0)
            check = Check(kind=CheckKind.COARSE, column=column.name, limit=_share(column.max_invalid))
            results.append(check.judge(checked=done.get(Did.GENERALISED, 0) + unfit, failed=unfit))
    return tuple(results)


def owned_results(contract: Contract, tally: Tally) -> tuple[CheckResult, ...]:
    """Judge whether anything is left: rows of nobody are left out, and if all were, an empty version would be made."""
    if contract.privacy_unit is PrivacyUnit.PUBLIC:
        return ()
    key = contract.person_key
    most = Fraction(tally.rows - 1, tally.rows) if tally.rows else Fraction(0)
    check = Check(kind=CheckKind.OWNED, column=key.name if key is not None else UNIT_REF, limit=most)
    return (check.judge(checked=tally.rows, failed=tally.without_unit),)


def shared_results(contract: Contract, classes: Classes) -> tuple[CheckResult, ...]:
    """Judge how many units stand in combinations of too few, where the contract says how many are too few.

    Args:
        contract: the dataset's.
        classes: of the treated extract.
    """
    if contract.min_k is None:
        return ()
    named = ", ".join(column.name for column in contract.quasi_identifiers)
    check = Check(kind=CheckKind.SHARED, column=named, limit=_share(contract.max_below_k), fewest=contract.min_k)
    return (check.judge(checked=classes.units, failed=classes.below(contract.min_k)),)


def unit_checks(contract: Contract) -> tuple[Check, ...]:
    """List what is asked of the rows of each unit.

    A warning: questions bound contributions whatever the data hold. But groups of microaggregation have as many rows as
    so many units can have: where a unit has more, a group may be its own.
    """
    if contract.max_rows_per_unit is None:
        return ()
    grouped = any(isinstance(column.generalisation, Microaggregate) for column in contract.columns)
    return (
        Check(
            kind=CheckKind.FEW_ROWS,
            column=UNIT_REF,
            limit=Fraction(0),
            severity=Severity.ERROR if grouped else Severity.WARNING,
            most=contract.max_rows_per_unit,
        ),
    )


def held(results: Sequence[CheckResult]) -> bool:
    """Say whether an extract with these results is quarantined."""
    return any(result.holds_extract for result in results)


def _share(stated: float) -> Fraction:
    return Fraction(str(stated))
