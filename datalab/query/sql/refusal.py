"""What SQL can say and a private answer cannot: why, and the nearest that works."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from datalab.errors import QueryError

SHOWN = 80
"""Characters shown of the part that is refused."""

CLAUSES: Mapping[str, tuple[str, str]] = {
    "having": (
        "HAVING would choose groups by their exact figures",
        "Leave it out and choose among the released figures, or write ORDER BY figure DESC LIMIT 5.",
    ),
    "order": (
        "an answer has the contract's order, and sorting by figures is done on what was released",
        "Leave ORDER BY out, or write ORDER BY figure DESC LIMIT 5.",
    ),
    "limit": (
        "an answer has every group that the contract lists",
        "Leave LIMIT out, filter with WHERE, or write ORDER BY figure DESC LIMIT 5.",
    ),
    "offset": ("an answer has every group that the contract lists", "Leave OFFSET out."),
    "distinct": (
        "SELECT DISTINCT lists values of the data",
        "Group by a column with a public domain, or COUNT(DISTINCT unit_id).",
    ),
    "with_": (
        "named subqueries are not in the subset",
        "Filter a joined table in place: JOIN (SELECT * FROM t WHERE ...) AS t USING (unit_id).",
    ),
    "windows": ("windows compute a figure for each row", "Use GROUP BY."),
    "into": ("a question writes nothing", "Leave INTO out."),
    "hint": ("the lab plans its own work", "Leave the hint out; weights are those of GROUPING SETS."),
}
"""By the name of the clause in sqlglot's SELECT."""

PARTS: Mapping[type[exp.Expr], tuple[str, str]] = {
    exp.Star: ("rows cannot be listed, only added up", "Write COUNT(*), COUNT(DISTINCT unit_id), SUM or AVG."),
    exp.Case: (
        "a row's value is worked out by the functions of the subset alone",
        "Write band(column, 10, 20), recode(column, ('a', 'b'), ('c')), or COUNT(*) FILTER (WHERE ...).",
    ),
    exp.Like: ("texts are compared whole", "Write column IN ('...', '...') with values of the contract."),
    exp.ILike: ("texts are compared whole", "Write column IN ('...', '...') with values of the contract."),
    exp.RegexpLike: ("texts are compared whole", "Write column IN ('...', '...') with values of the contract."),
    exp.Window: ("windows compute a figure for each row", "Use GROUP BY."),
    exp.Subquery: ("values from another query would be exact figures", "Join the dataset on unit_id."),
    exp.Exists: ("it keeps rows by their partners, and so stands alone", "Join it to other conditions by AND."),
    exp.Null: ("a comparison with NULL is never true", "Write column IS NULL."),
    exp.Min: (
        "the least value of the data is somebody's value",
        "Write PERCENTILE_CONT(0.01) WITHIN GROUP (ORDER BY column).",
    ),
    exp.Max: (
        "the greatest value of the data is somebody's value",
        "Write PERCENTILE_CONT(0.99) WITHIN GROUP (ORDER BY column).",
    ),
    exp.Variance: ("the variance of a sample is not offered", "Write VAR_POP(column)."),
    exp.Stddev: ("the standard deviation of a sample is not offered", "Write STDDEV_POP(column)."),
    exp.StddevSamp: ("the standard deviation of a sample is not offered", "Write STDDEV_POP(column)."),
    exp.Quantile: (
        "quantiles are written as the standard does",
        "Write PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY column).",
    ),
    exp.ApproxQuantile: (
        "quantiles are written as the standard does",
        "Write PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY column).",
    ),
    exp.WithinGroup: (
        "this is not offered of ordered values",
        "Write PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY column).",
    ),
    exp.Year: ("periods are cut from dates", "Write DATE_TRUNC('year', column)."),
    exp.Month: ("periods are cut from dates", "Write DATE_TRUNC('month', column), or month_of_year(column)."),
    exp.Quarter: ("periods are cut from dates", "Write DATE_TRUNC('quarter', column)."),
    exp.Week: ("periods are cut from dates", "Write DATE_TRUNC('week', column)."),
    exp.Day: ("periods are cut from dates", "Write DATE_TRUNC('day', column)."),
    exp.DateDiff: ("days are counted by the lab's own function", "Write days_between(earlier, later)."),
    exp.Least: ("a range has two ends", "Write clamp(column, low, high)."),
    exp.Greatest: ("a range has two ends", "Write clamp(column, low, high)."),
    exp.Div: (
        "a row's value is not divided",
        "Write a weighted sum, as 0.5 * column; or divide one count or sum by another.",
    ),
    exp.Binary: (
        "a row's value is worked out by the functions of the subset alone",
        "Compare a column with a value, or write a weighted sum such as 2 * a + b.",
    ),
    exp.Placeholder: ("a question is complete as it stands", "Write the value itself."),
    exp.Parameter: ("a question is complete as it stands", "Write the value itself."),
    exp.AggFunc: (
        "this aggregate is not offered",
        "Use COUNT(*), COUNT(DISTINCT unit_id), SUM, AVG, VAR_POP, STDDEV_POP, MEDIAN or PERCENTILE_CONT.",
    ),
    exp.Func: (
        "this function of a row's values is not in the subset",
        "Compare a column with a value, or use band, recode, clamp, DATE_TRUNC, EXTRACT(HOUR ...) or days_between.",
    ),
}
"""By kind of expression; the first that fits."""
_OTHER = ("this is not in the subset of SQL that the lab reads", "See docs/questions-in-sql.md for what is.")


def part_refusal(node: exp.Expr, where: str) -> QueryError:
    """Return why an expression cannot stand where it does."""
    why, remedy = next((told for kind, told in PARTS.items() if isinstance(node, kind)), _OTHER)
    return refusal(f"{shown(node)} cannot stand in {where}", why, remedy)


def clause_refusal(name: str) -> QueryError:
    """Return why a clause cannot be answered."""
    return refusal(f"{name.strip('_').replace('_', ' ').upper()} cannot be answered", *CLAUSES.get(name, _OTHER))


def refusal(what: str, why: str, remedy: str) -> QueryError:
    """Return an error that says what is refused, why, and the nearest that works."""
    return QueryError(f"{what}.", why=f"{why[0].upper()}{why[1:]}.", remedy=remedy)


def shown(node: exp.Expr) -> str:
    """Return a part of the author's SQL with every value left out: errors hold none, whoever typed it."""
    text = node.transform(lambda part: exp.Placeholder() if isinstance(part, exp.Literal) else part).sql()
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
