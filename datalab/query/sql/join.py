"""Joins in SQL: on the privacy unit, on columns, within days; in pairs, or only to keep rows.

JOIN s USING (unit_id)
JOIN s ON t.unit_id = s.unit_id AND t.ward = s.ward AND s.b - t.a BETWEEN 0 AND 30
JOIN wards ON t.ward = wards.ward                                              (public reference data)
JOIN s USING (unit_id) WHERE s.b BETWEEN t.a AND t.a + INTERVAL '30' DAY        (WHERE means what ON does)
SEMI JOIN t AS again ON t.unit_id = again.unit_id AND another_row() AND again.b - t.b BETWEEN 0 AND 30
SEMI JOIN s ...   ANTI JOIN s ...   WHERE [NOT] EXISTS (SELECT 1 FROM s WHERE s.unit_id = t.unit_id AND ...)
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlglot import exp

from datalab.contract.model import UNIT_ID
from datalab.query.model import AllOf, First, Join, Keep, Predicate
from datalab.query.sql.condition import Conditions
from datalab.query.sql.meeting import ANOTHER, Meeting, Spare, without
from datalab.query.sql.names import Names, conjuncts, only, unbracketed
from datalab.query.sql.refusal import part_refusal, refusal

_KEEPS = {"": Keep.PAIRS, "INNER": Keep.PAIRS, "SEMI": Keep.ANY, "ANTI": Keep.NONE}


@dataclass(frozen=True, slots=True)
class Partner:
    """A table of a join before its conditions are read."""

    name: str
    """As the text calls it."""
    dataset: str
    keep: Keep
    where: Predicate | None
    first: First | None
    node: exp.Join


def read_partner(join: exp.Join, names: Names) -> Partner:
    """Return the table of a join, and know it by its name; raises QueryError if it is not in the subset."""
    side = (join.side or "").upper()
    kind = (join.kind or "").upper()
    if any(join.args.get(name) for name in ("method", "global_", "hint")) or kind not in _KEEPS:
        raise _not_inner()
    if side not in ("", "LEFT") or (side == "LEFT" and kind not in ("SEMI", "ANTI")):
        raise _not_inner()
    where = first = None
    if isinstance(join.this, exp.Subquery):
        dataset, where, first = _filtered(join.this)
        names.name(join.this.alias, dataset)
        name = join.this.alias
    else:
        dataset = names.table(join.this)
        name = join.this.alias or join.this.name
    return Partner(name, dataset, _KEEPS[kind], where, first, join)


def _not_inner() -> Exception:
    return refusal(
        "Only inner joins can be answered",
        "rows without a partner are left out on both sides",
        f"Write JOIN dataset USING ({UNIT_ID}), SEMI JOIN or ANTI JOIN.",
    )


def _filtered(node: exp.Subquery) -> tuple[str, Predicate | None, First | None]:
    inner = node.this
    listed = [type(one) for one in inner.expressions] if isinstance(inner, exp.Select) else []
    if listed != [exp.Star] or not node.alias or inner.args.get("from_") is None:
        raise part_refusal(node, "FROM")
    only(node, {"this", "alias"})
    only(node.args["alias"], {"this"})
    only(inner, {"expressions", "from_", "where", "qualify"})
    names = Names()
    dataset = names.table(inner.args["from_"].this)
    where, qualify = inner.args.get("where"), inner.args.get("qualify")
    condition = None if where is None else Conditions(names.stated).read(where.this)
    return dataset, condition, None if qualify is None else read_first(qualify, names)


def read_first(qualify: exp.Expr, names: Names) -> First:
    """Return which row of each unit QUALIFY keeps; raises QueryError if it keeps others."""
    match qualify.this:
        case exp.EQ(
            this=exp.Window(this=exp.RowNumber(), args={"order": exp.Order(expressions=[ordered])}) as window,
            expression=exp.Literal(this="1"),
        ) if [one.name for one in window.args.get("partition_by") or ()] == [UNIT_ID]:
            only(window, {"this", "partition_by", "order", "over"})
            only(ordered, {"this", "desc", "nulls_first"})
            return First(column=names.stated(ordered.this), last=bool(ordered.args.get("desc")))
        case _:
            raise refusal(
                "This QUALIFY cannot be answered",
                "it keeps each unit's first or last row, and no others",
                f"Write QUALIFY ROW_NUMBER() OVER (PARTITION BY {UNIT_ID} ORDER BY column) = 1.",
            )


def read_join(partner: Partner, names: Names, before: Collection[str], spare: Spare) -> Join:
    """Return a join with its conditions.

    Args:
        partner: the joined table.
        names: of the SELECT.
        before: what the tables are called that it is joined to.
        spare: of WHERE; what says how the tables of an inner join meet is taken from it.

    Raises:
        QueryError: if it is joined by anything but the unit, equal columns and days between two dates.
    """
    names.datasets[partner.name] = partner.dataset  # of the question's own dataset, the name is known here alone
    node = partner.node
    using, on = [name.name for name in node.args.get("using") or ()], node.args.get("on")
    reader = Meeting(partner.name, names, set(before))
    terms = [] if on is None else conjuncts(on)
    left = [term for term in terms if not reader.meets(term)]
    left = without(left, reader.bounded(left))
    if partner.keep is Keep.PAIRS:
        spare.take(reader.meets_in_where)
        spare.taken += reader.bounded(spare.left(spare.terms))
    if using and (using != [UNIT_ID] or on is not None):
        raise _no_meeting(partner.dataset, names.first)
    if not using and not reader.by_unit and not reader.pairs:
        raise _no_meeting(partner.dataset, names.first)
    if left:
        raise refusal(
            "A condition on the join is not read",
            "tables meet by the unit, by equal columns, and by days between two dates",
            "Write ON a.x = b.x AND b.date - a.date BETWEEN 0 AND 30; filter with WHERE, or in a subquery.",
        )
    _check_another(partner.dataset, reader, names)
    if partner.dataset == names.first:
        del names.datasets[partner.name]
    return Join(
        dataset=partner.dataset,
        where=partner.where,
        keep=partner.keep,
        on=tuple(reader.pairs),
        within=reader.window,
        first=partner.first,
    )


def _no_meeting(dataset: str, first: str) -> Exception:
    return refusal(
        f"{dataset} is not joined to {first} on the privacy unit",
        "datasets meet in the people they are about, and public ones in equal columns",
        f"Write JOIN {dataset} USING ({UNIT_ID}), or ON {first}.column = {dataset}.column for public data.",
    )


def _check_another(dataset: str, reader: Meeting, names: Names) -> None:
    """Refuse a join of a dataset to itself that does not say that it means another row, and others that do."""
    if dataset == names.first and not reader.another:
        raise refusal(
            f"{dataset} is joined to itself, and each row would be its own partner",
            "what is asked is which rows have another row of the same unit",
            f"Write SEMI JOIN or ANTI JOIN {dataset} AS again ON {dataset}.{UNIT_ID} = again.{UNIT_ID} AND "
            f"{ANOTHER}().",
        )
    if dataset != names.first and reader.another:
        raise refusal(
            f"{ANOTHER}() stands in a join to {dataset}",
            "rows of another dataset are other rows anyhow",
            "Leave it out, or join the question's own dataset.",
        )


def read_exists(node: exp.Expr, names: Names) -> Join | None:
    """Return the join that EXISTS or NOT EXISTS stands for, or None where the condition is neither.

    Raises:
        QueryError: if the query inside is not in the subset.
    """
    keep = Keep.NONE if isinstance(node, exp.Not) else Keep.ANY
    exists = unbracketed(node.this) if isinstance(node, exp.Not) else node
    if not isinstance(exists, exp.Exists):
        return None
    inner = exists.this
    if not isinstance(inner, exp.Select) or inner.args.get("from_") is None or inner.args.get("where") is None:
        raise _not_exists()
    only(inner, {"expressions", "from_", "where"})
    if not all(isinstance(one, exp.Literal | exp.Star) for one in inner.expressions):
        raise _not_exists()
    before = list(names.datasets)
    dataset = names.table(inner.args["from_"].this)
    name = list(names.datasets)[-1]
    reader = Meeting(name, names, set(before))
    alone = Names(datasets={name: dataset})
    left = [term for term in conjuncts(inner.args["where"].this) if not reader.meets(term)]
    left = without(left, reader.bounded(left))
    if not reader.by_unit and not reader.pairs:
        raise _not_exists()
    _check_another(dataset, reader, names)
    terms = tuple(Conditions(alone.stated).read(term) for term in left)
    del names.datasets[name]  # known inside the brackets alone
    where = None if not terms else terms[0] if len(terms) == 1 else AllOf(predicates=terms)
    return Join(dataset=dataset, where=where, keep=keep, on=tuple(reader.pairs), within=reader.window)


def _not_exists() -> Exception:
    return refusal(
        "This EXISTS cannot be answered",
        "it asks for a partner of the same unit",
        "Write EXISTS (SELECT 1 FROM s WHERE s.unit_id = t.unit_id AND ...).",
    )
