"""What a question means: frozen nodes, with no data and no code in them.

A question is only ever a description. It is written by the builder (`datalab.query.build`) or read from JSON
(`datalab.query.document`), checked against contracts (`datalab.query.check`), and compiled to a plan
(`datalab.privacy.compile`).

Stored questions are read for as long as the lab lives: fields are never reordered, renamed or removed; new ones come
last, with a default.
"""

from __future__ import annotations

from datalab.query.model.column import ColumnRef
from datalab.query.model.expression import (
    Band,
    Calendar,
    Clamp,
    Clock,
    ClockPart,
    DaysBetween,
    Derived,
    Expression,
    Linear,
    Period,
    Recode,
    Term,
)
from datalab.query.model.join import MAX_WINDOW, First, Join, Keep, On, Window
from datalab.query.model.measure import (
    DEFAULT_BINS,
    CountRows,
    CountUnits,
    Deviation,
    Mean,
    Measure,
    OfColumn,
    Quantile,
    Ratio,
    Sum,
    UnitRows,
    Variance,
)
from datalab.query.model.predicate import AllOf, AnyOf, Compare, IsIn, IsMissing, Literal, Not, Operator, Predicate
from datalab.query.model.query import Query, Question, Table

__all__ = [
    "DEFAULT_BINS",
    "MAX_WINDOW",
    "AllOf",
    "AnyOf",
    "Band",
    "Calendar",
    "Clamp",
    "Clock",
    "ClockPart",
    "ColumnRef",
    "Compare",
    "CountRows",
    "CountUnits",
    "DaysBetween",
    "Derived",
    "Deviation",
    "Expression",
    "First",
    "IsIn",
    "IsMissing",
    "Join",
    "Keep",
    "Linear",
    "Literal",
    "Mean",
    "Measure",
    "Not",
    "OfColumn",
    "On",
    "Operator",
    "Period",
    "Predicate",
    "Quantile",
    "Query",
    "Question",
    "Ratio",
    "Recode",
    "Sum",
    "Table",
    "Term",
    "UnitRows",
    "Variance",
    "Window",
]
"""All nodes of a question; each family has a module of its own."""
