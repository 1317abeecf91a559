"""Derived columns in SQL: its own functions where they mean the same, and the lab's where SQL has none.

DATE_TRUNC('month', c)   academic_year(c)   EXTRACT(HOUR FROM c)   DAYNAME(c)
band(c, 10, 20)   recode(c, ('a', 'b'), ('c'))   clamp(c, 0, 10)   2 * a + b - 3   days_between(a, b)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

from sqlglot import exp

from datalab.query.model import (
    Band,
    Calendar,
    Clamp,
    Clock,
    ClockPart,
    ColumnRef,
    DaysBetween,
    Expression,
    Linear,
    Period,
    Recode,
    Term,
)
from datalab.query.sql.refusal import part_refusal, refusal
from datalab.query.sql.value import literal, number, value

Find = Callable[[exp.Expr], ColumnRef]
"""Finds a contract's column; raises QueryError."""
_TRUNCATED: Mapping[str, Period] = {
    "DAY": Period.DAY,
    "WEEK": Period.WEEK,
    "MONTH": Period.MONTH,
    "QUARTER": Period.QUARTER,
    "YEAR": Period.YEAR,
}
_YEARS: Mapping[str, Period] = {"academic_year": Period.ACADEMIC_YEAR, "financial_year": Period.FINANCIAL_YEAR}
_PARTS: Mapping[str, ClockPart] = {"weekday": ClockPart.WEEKDAY, "month_of_year": ClockPart.MONTH_OF_YEAR}
_OF_DATES = "weekday(column), month_of_year(column), or DATE_TRUNC('year', column)"
_EXTRACTED: Mapping[str, str] = {
    **{unit: f"DATE_TRUNC('{period.value}', column)" for unit, period in _TRUNCATED.items()},
    "MONTH": "month_of_year(column), or DATE_TRUNC('month', column) of each year",
    **dict.fromkeys(("DOW", "ISODOW", "DAYOFWEEK", "WEEKDAY"), "weekday(column)"),
}
"""The nearest to a part that EXTRACT takes out of a date."""
_OWN = frozenset({*_YEARS, *_PARTS, "band", "recode", "clamp", "days_between"})
_TRUNCATIONS = (exp.DateTrunc, exp.TimestampTrunc)
_CLOCKS = (exp.Extract, exp.Hour, exp.Dayname, exp.Monthname)
_SUMS = (exp.Add, exp.Sub, exp.Mul)


def is_expression(node: exp.Expr) -> bool:
    """Return whether an expression works a column out of others, in a way that is read or refused as such."""
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower() in _OWN
    return isinstance(node, (*_TRUNCATIONS, *_CLOCKS, *_SUMS)) and node.find(exp.AggFunc) is None


def read_expression(node: exp.Expr, find: Find) -> Expression:
    """Return what an expression works out.

    Raises:
        QueryError: if it is not in the subset; it says what is.
    """
    match node:
        case exp.DateTrunc() | exp.TimestampTrunc():
            unit = str(node.args["unit"].this).upper()
            if unit not in _TRUNCATED or node.args.get("zone"):
                raise refusal(
                    "This DATE_TRUNC is not read",
                    f"periods are {', '.join(_TRUNCATED)}, in UTC",
                    "Write DATE_TRUNC('month', column), academic_year(column), or EXTRACT(HOUR FROM column).",
                )
            return Calendar(column=find(node.this), period=_TRUNCATED[unit])
        case exp.Extract() | exp.Hour() | exp.Dayname() | exp.Monthname():
            return _clock(node, find)
        case exp.Add() | exp.Sub() | exp.Mul():
            return _linear(node, find)
        case exp.Anonymous():
            return _own(str(node.this).lower(), node.expressions, node, find)
        case _:
            raise part_refusal(node, "place of a column")


def _clock(node: exp.Extract | exp.Hour | exp.Dayname | exp.Monthname, find: Find) -> Clock:
    match node:
        case exp.Hour():
            return Clock(column=find(node.this), part=ClockPart.HOUR)
        case exp.Dayname() if not node.args.get("abbreviated"):
            return Clock(column=find(node.this), part=ClockPart.WEEKDAY)
        case exp.Monthname() if not node.args.get("abbreviated"):
            return Clock(column=find(node.this), part=ClockPart.MONTH_OF_YEAR)
        case exp.Extract() if str(node.this.this).upper() == "HOUR":
            return Clock(column=find(node.expression), part=ClockPart.HOUR)
        case _:
            part = str(node.this.this).upper() if isinstance(node, exp.Extract) else ""
            raise refusal(
                "Of EXTRACT, only the hour is read",
                "other parts of a date are texts here",
                f"Write {_EXTRACTED.get(part, _OF_DATES)}.",
            )


def _own(name: str, arguments: list[exp.Expr], node: exp.Expr, find: Find) -> Expression:
    if not arguments:
        raise part_refusal(node, "place of a column")
    column, rest = arguments[0], arguments[1:]
    match name:
        case "band" if rest:
            return Band(column=find(column), edges=tuple(map(number, rest)))
        case "recode" if rest:
            return Recode(column=find(column), groups=tuple(map(_group, rest)))
        case "clamp" if len(rest) == 2:  # noqa: PLR2004 - a lower and an upper end
            return Clamp(column=find(column), lower=number(rest[0]), upper=number(rest[1]))
        case "days_between" if len(rest) == 1:
            return DaysBetween(earlier=find(column), later=find(rest[0]))
        case _ if name in _YEARS and not rest:
            return Calendar(column=find(column), period=_YEARS[name])
        case _ if name in _PARTS and not rest:
            return Clock(column=find(column), part=_PARTS[name])
        case _:
            raise refusal(
                f"{name} does not have these arguments",
                "each function takes its own",
                "Write band(column, edge, ...), recode(column, ('a', 'b'), ...), clamp(column, low, high) or "
                "days_between(earlier, later).",
            )


def _group(node: exp.Expr) -> tuple[str, ...]:
    listed = node.expressions if isinstance(node, exp.Tuple) else [node.this if isinstance(node, exp.Paren) else node]
    values = tuple(map(literal, listed))
    if not all(isinstance(one, str) for one in values):
        raise refusal("A group of recode is no list of texts", "categories are texts", "Write ('a', 'b').")
    return tuple(map(str, values))


def _linear(node: exp.Expr, find: Find) -> Linear:
    terms: list[Term] = []
    constants: list[int | float] = []
    waiting: list[tuple[exp.Expr, int]] = [(node, 1)]
    while waiting:
        part, sign = waiting.pop()
        match part:
            case exp.Paren():
                waiting.append((part.this, sign))
            case exp.Add():
                waiting += [(part.expression, sign), (part.this, sign)]
            case exp.Sub():
                waiting += [(part.expression, -sign), (part.this, sign)]
            case exp.Mul():
                terms.append(_term(part, sign, find))
            case exp.Literal() | exp.Neg(this=exp.Literal()):
                constants.append(sign * number(part))
            case _:
                terms.append(Term(column=find(part), weight=sign))
    if len(constants) > 1 or not terms:
        raise refusal("This sum is not read", "it adds up columns and at most one number", "Write 2 * a + b + 3.")
    constant = constants[0] if constants else 0
    return Linear(terms=tuple(terms), constant=constant)


def _term(node: exp.Mul, sign: int, find: Find) -> Term:
    for weight, column in ((node.this, node.expression), (node.expression, node.this)):
        if isinstance(weight, exp.Literal | exp.Neg):
            return Term(column=find(column), weight=sign * number(weight))
    raise refusal("Two columns cannot be multiplied", "a weighted sum has a number and a column", "Write 2 * column.")


def write_expression(expression: Expression, column: Callable[[ColumnRef], exp.Expr]) -> exp.Expr:  # noqa: PLR0911 - a case each
    """Return an expression as SQL that reads back as itself."""
    match expression:
        case Calendar(column=ref, period=period) if period in _YEARS.values():
            return _call(period.value, column(ref))
        case Calendar(column=ref, period=period):
            return _call("DATE_TRUNC", exp.Literal.string(period.value), column(ref))
        case Clock(column=ref, part=ClockPart.HOUR):
            return exp.Extract(this=exp.Var(this="HOUR"), expression=column(ref))
        case Clock(column=ref, part=part):
            return _call(part.value, column(ref))
        case Band(column=ref, edges=edges):
            return _call("band", column(ref), *map(value, edges))
        case Recode(column=ref, groups=groups):
            listed = (exp.Tuple(expressions=list(map(value, group))) for group in groups)
            return _call("recode", column(ref), *listed)
        case Clamp(column=ref, lower=lower, upper=upper):
            return _call("clamp", column(ref), value(lower), value(upper))
        case Linear():
            return _sum(expression, column)
        case DaysBetween(earlier=earlier, later=later):
            return _call("days_between", column(earlier), column(later))
        case _:
            assert_never(expression)


def _sum(linear: Linear, column: Callable[[ColumnRef], exp.Expr]) -> exp.Expr:
    parts: list[exp.Expr] = [value(linear.constant)] if linear.constant else []
    parts += [exp.Mul(this=value(term.weight), expression=column(term.column)) for term in linear.terms]
    whole = parts[0]
    for part in parts[1:]:
        whole = exp.Add(this=whole, expression=part)
    return whole


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))
