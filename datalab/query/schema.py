"""What a question may be asked of: one dataset as one project may see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from datalab.contract.model import Contract, PrivacyUnit
from datalab.contract.published import PublishedColumn, published_columns


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewSchema:
    """The columns of one dataset that a project may ask about, and whose presence is hidden in it."""

    dataset: str
    privacy_unit: PrivacyUnit
    max_rows_per_unit: int | None
    """Most rows the custodian expects of one unit; None only for public data."""
    columns: tuple[PublishedColumn, ...]

    def column(self, name: str) -> PublishedColumn | None:
        """Return the column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)


def view_schema(contract: Contract, columns: Iterable[str]) -> ViewSchema:
    """Return the schema of a project's view: the contract's published columns that the project was granted.

    Args:
        contract: what the custodian promises of the dataset.
        columns: names of the granted columns; a name that the contract does not publish is left out.
    """
    granted = frozenset(columns)
    return ViewSchema(
        dataset=contract.dataset,
        privacy_unit=contract.privacy_unit,
        max_rows_per_unit=contract.max_rows_per_unit,
        columns=tuple(column for column in published_columns(contract) if column.name in granted),
    )


def public_datasets(schemas: Mapping[str, ViewSchema]) -> frozenset[str]:
    """Return the names of those that are public reference data, which have no unit to be joined on."""
    return frozenset(name for name, schema in schemas.items() if schema.privacy_unit is PrivacyUnit.PUBLIC)
