"""A change of one column's treatment, as a report suggests it and a custodian applies it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import yaml

from datalab.contract.generalisation import Generalisation
from datalab.contract.model import Column, Contract, Treatment
from datalab.contract.odcs.contract_file import parse_contract
from datalab.contract.odcs.generalise import generalise_value
from datalab.contract.odcs.writing import column_properties, write_contract, yaml_text
from datalab.errors import StateError

ASKS_FOR_K: Final = ("datalab.minK", "datalab.maxBelowK")
"""Properties of a contract that go with its last quasi-identifier: without one there is nothing to count."""
_LAB: Final = ("datalab.treatment", "datalab.generalise")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a column's treatment becomes."""

    column: str
    treatment: Treatment
    generalisation: Generalisation | None = None
    domain: tuple[str, ...] | None = None
    """The public list after it; None where bounds, or the generalisation, give it."""

    def applied(self, column: Column) -> Column:
        """Return the column after it."""
        return replace(column, treatment=self.treatment, generalisation=self.generalisation, domain=self.domain)

    def document(self, column: Column) -> dict[str, Any]:
        """Render for a report: for a program, and the contract's own lines for people."""
        after = self.applied(column)
        lines: dict[str, Any] = {"name": after.name}
        if self.domain is not None:
            lines["enum"] = [{"value": one} for one in self.domain]
        lines["customProperties"] = [one for one in column_properties(after) if one["property"] in _LAB]
        return {
            "column": self.column,
            "treatment": self.treatment.value,
            "generalise": None if self.generalisation is None else generalise_value(self.generalisation),
            "enum": None if self.domain is None else list(self.domain),
            "lines": yaml_text(lines),
            "remove_enum": column.domain is not None and self.domain is None,
        }


def changed_contract(contract: Contract, changes: Sequence[Mapping[str, Any]]) -> Contract:
    """Return a contract with changes of a report applied, as its next minor version.

    Where they leave no quasi-identifier, the contract asks for no k any more.

    Args:
        contract: what the report's extract was judged by.
        changes: as `Change.document` renders them.

    Raises:
        ContractError: if they do not fit the contract.
        StateError: if the contract has no such column.
    """
    document = yaml.safe_load(write_contract(contract))
    major, minor, _ = contract.version.split(".")
    document["version"] = f"{major}.{int(minor) + 1}.0"
    columns = {column["name"]: column for column in document["schema"][0]["properties"]}
    for change in changes:
        column = columns.get(change["column"])
        if column is None:
            raise StateError(
                f"The contract has no column {change['column']}.",
                why="The report is of another contract.",
                remedy="Give the contract that the report's extract was sent under.",
            )
        column.pop("enum", None)
        if change["enum"] is not None:
            column["enum"] = [{"value": value} for value in change["enum"]]
        stated = {one["property"]: one["value"] for one in column["customProperties"]} | {
            "datalab.treatment": change["treatment"],
            "datalab.generalise": change["generalise"],
        }
        column["customProperties"] = [
            {"property": name, "value": value} for name, value in stated.items() if value is not None
        ]
    dropped = {change["column"] for change in changes if change["treatment"] == Treatment.DROP.value}
    if all(column.name in dropped for column in contract.quasi_identifiers):
        document["customProperties"] = [
            one for one in document["customProperties"] if one["property"] not in ASKS_FOR_K
        ]
    return parse_contract(yaml_text(document), "the changed contract")
