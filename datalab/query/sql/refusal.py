"""Errors for what SQL can say and a private answer cannot: what is refused, why, and the nearest that works."""

from __future__ import annotations

from itertools import islice

from sqlglot import exp
from sqlglot.errors import ErrorLevel

from datalab.errors import QueryError
from datalab.query.sql.told import CLAUSES, IN_CONDITION, OTHER, PLACES, TITLES, WINDOW, Told
from datalab.query.sql.told_parts import CONDITION, FUNCTIONS, OF_FIGURES, PARTS

SHOWN = 80
"""Characters shown of the part that is refused."""
LARGE = 500
"""A part of so many nodes is not written out: that would take seconds, to show none of it."""


def part_refusal(node: exp.Expr, where: str) -> QueryError:
    """Return why an expression cannot stand where it does."""
    text = shown(node)
    return refusal(f"{'A value' if text == '?' else text} cannot stand in {where}", *_told(node, where))


def _told(node: exp.Expr, where: str) -> Told:
    """Return the first reason that fits: what the part is beside others, then its own kind, then where it stands."""
    figures = not isinstance(node, exp.AggFunc) and node.find(exp.AggFunc) is not None
    calculated = isinstance(node, exp.Binary | exp.Neg | exp.Func) and not isinstance(node, exp.Case | exp.If)
    today = node.find(exp.CurrentDate, exp.CurrentTimestamp) is not None
    reasons = (
        (isinstance(node, exp.Window), WINDOW),
        (isinstance(node, exp.WithinGroup) and isinstance(node.this, exp.Mode), PARTS[exp.Mode]),
        (isinstance(node, exp.Nullif), PARTS[exp.Nullif]),
        (where == "SELECT" and figures and calculated, OF_FIGURES),
        (where in ("SELECT", "place of a column") and _is_condition(node), CONDITION),
        (where in ("WHERE", "place of a column") and node.find(exp.AggFunc) is not None, IN_CONDITION),
        (isinstance(node, exp.Binary) and node.find(exp.Interval) is not None, PARTS[exp.Interval]),
        (isinstance(node, exp.Binary) and today, PARTS[exp.CurrentDate]),
        *(
            (isinstance(node, exp.Anonymous) and str(node.this).lower() == name, told)
            for name, told in FUNCTIONS.items()
        ),
        *((isinstance(node, kind), told) for kind, told in PARTS.items()),
    )
    return next((told for fits, told in reasons if fits), PLACES.get(where, OTHER))


def _is_condition(node: exp.Expr) -> bool:
    return isinstance(node, exp.Predicate | exp.Connector | exp.Not) and not isinstance(node, exp.SubqueryPredicate)


def clause_refusal(name: str) -> QueryError:
    """Return why a clause cannot be answered."""
    title = TITLES.get(name, name.strip("_").replace("_", " ").upper())
    return refusal(f"{title} cannot be answered", *CLAUSES.get(name, OTHER))


def refusal(what: str, why: str, remedy: str) -> QueryError:
    """Return an error that says what is refused, why, and the nearest that works."""
    return QueryError(f"{what}.", why=f"{why[0].upper()}{why[1:]}.", remedy=remedy)


def shown(node: exp.Expr) -> str:
    """Return a part of the author's SQL with every value left out: whoever reads the error wants to see the shape."""
    if len(list(islice(node.walk(), LARGE))) == LARGE:
        return "A part of so many words"
    text = node.transform(lambda part: exp.Placeholder() if isinstance(part, exp.Literal) else part)
    text = text.sql(unsupported_level=ErrorLevel.IGNORE)  # else the parser logs what it cannot write
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
