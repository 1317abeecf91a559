"""What is counted of a treated table, on any engine: summaries, and no row."""

from __future__ import annotations

from dataclasses import dataclass

from anonymise.risk.classes import Classes
from anonymise.risk.diversity import Diversity
from anonymise.risk.special import SpecialUniques
from datalab.contract.model import Contract, PrivacyUnit, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Counts that every figure of the report follows from."""

    columns: tuple[str, ...]
    """The quasi-identifiers."""
    classes: Classes
    diversity: tuple[Diversity, ...]
    special: SpecialUniques | None
    """None where there are too many quasi-identifiers to try every set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a contract asks to be counted."""

    quasi_identifiers: tuple[str, ...]
    sensitive: tuple[str, ...]

    @classmethod
    def of(cls, contract: Contract) -> Wanted | None:
        """Return it, or None where nobody could be found: public data, or no quasi-identifier in the treated table."""
        names = tuple(column.name for column in contract.quasi_identifiers)
        if contract.privacy_unit is PrivacyUnit.PUBLIC or not names:
            return None
        sensitive = tuple(
            column.name
            for column in contract.columns
            if column.role is Role.SENSITIVE and column.published and not column.identifying
        )
        return cls(quasi_identifiers=names, sensitive=sensitive)
