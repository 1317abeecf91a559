"""Errors for what SQL can say and a private answer cannot: what is refused, why, and the nearest that works."""

from __future__ import annotations

from itertools import islice

from sqlglot import exp

from datalab.errors import QueryError
from datalab.query.sql.told import CLAUSES, IN_CONDITION, OF_FIGURES, OTHER, PARTS, PLACES, TITLES, Told

SHOWN = 80
"""Characters shown of the part that is refused."""
LARGE = 500
"""A part of so many nodes is not written out: that would take seconds, to show none of it."""


def part_refusal(node: exp.Expr, where: str) -> QueryError:
    """Return why an expression cannot stand where it does."""
    text = shown(node)
    return refusal(f"{'A value' if text == '?' else text} cannot stand in {where}", *_told(node, where))


def _told(node: exp.Expr, where: str) -> Told:
    figures = not isinstance(node, exp.AggFunc | exp.Window) and node.find(exp.AggFunc) is not None
    if where == "SELECT" and figures and isinstance(node, exp.Binary | exp.Neg):
        return OF_FIGURES
    if where in ("WHERE", "place of a column") and node.find(exp.AggFunc) is not None:
        return IN_CONDITION
    if isinstance(node, exp.Binary) and node.find(exp.Interval) is not None:
        return PARTS[exp.Interval]
    return next((told for kind, told in PARTS.items() if isinstance(node, kind)), PLACES.get(where, OTHER))


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
    text = node.transform(lambda part: exp.Placeholder() if isinstance(part, exp.Literal) else part).sql()
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
