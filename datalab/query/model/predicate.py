"""Conditions on rows: frozen nodes, two-valued."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from datalab.query.model.column import ColumnRef

Literal = str | int | float | bool


class Operator(StrEnum):
    """How a column is compared with a literal. A missing value compares false, whatever the operator."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """`column operator literal`."""

    column: ColumnRef
    operator: Operator
    value: Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class IsIn:
    """The column holds one of these values."""

    column: ColumnRef
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IsMissing:
    """The column has no value."""

    column: ColumnRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The predicate is false (two-valued: the negation of a comparison with a missing value is true)."""

    predicate: Predicate


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every predicate is true."""

    predicates: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """At least one predicate is true."""

    predicates: tuple[Predicate, ...]


Predicate = Compare | IsIn | IsMissing | Not | AllOf | AnyOf
