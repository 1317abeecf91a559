"""The figures of a question, and the noisy vectors that each is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import assert_never

from datalab.contract.model import LogicalType, PrivacyUnit
from datalab.privacy.bounds import fixed_point, in_steps, square_step
from datalab.privacy.compile.bins import bins_of, edges_of, levels_of
from datalab.privacy.compile.draft import Draft, Drafts
from datalab.privacy.compile.groups import Groups
from datalab.privacy.compile.lowering import column_of, lowered
from datalab.privacy.compile.quantiles import searches
from datalab.privacy.plan import Figure, FigureKind, Flag, Key, PartKind, Search, Value
from datalab.privacy.tables import separate_shares, table_shares
from datalab.query.columns import resolve
from datalab.query.model import (
    AllOf,
    ColumnRef,
    CountRows,
    CountUnits,
    Deviation,
    Mean,
    Measure,
    OfColumn,
    Predicate,
    Quantile,
    Question,
    Ratio,
    Sum,
    UnitRows,
    Variance,
)
from datalab.query.narrowed import narrowed
from datalab.query.schema import ViewSchema


class Figures:
    """Drafts the vectors of one question, figure by figure."""

    def __init__(self, question: Question, schemas: Mapping[str, ViewSchema], groups: Groups) -> None:
        self._question = question
        self._schemas = schemas
        self._groups = groups
        self._dataset = question.query.dataset
        self.drafts = Drafts(rows_per_unit=question.rows_per_unit, unlisted=groups.unlisted)

    def figures(self) -> tuple[Figure, ...]:
        """Return every figure, in the question's order; `drafts` then holds their vectors."""
        return tuple(map(self._figure, self._question.query.measures))

    def _figure(self, measure: Measure) -> Figure:  # noqa: PLR0911 - a case each
        name = measure.name
        match measure:
            case CountRows():
                return Figure(name=name, kind=FigureKind.ROWS, unit="rows", parts=self._tabled(measure, name))
            case CountUnits():
                return Figure(name=name, kind=FigureKind.UNITS, unit=self._unit, parts=self._tabled(measure, name))
            case Sum():
                unit = column_of(self._schemas, self._column(measure)).unit
                return Figure(name=name, kind=FigureKind.SUM, unit=unit, parts=self._tabled(measure, name))
            case Mean():
                value = self._value(measure)
                return Figure(name=name, kind=FigureKind.MEAN, unit=value.unit, parts=self._mean(measure, value))
            case Variance() | Deviation():
                return self._spread(measure)
            case Quantile():
                return self._quantile(measure)
            case Ratio():
                return self._ratio(measure)
            case UnitRows(level=level):
                edges = edges_of(self._question.rows_per_unit)
                part = self.drafts.add(Draft(kind=PartKind.UNIT_ROWS, rows_per_cell=1, edges=edges), name)
                return Figure(name=name, kind=FigureKind.UNIT_ROWS, unit="rows", parts=(part,), level=level)
            case _:
                assert_never(measure)

    @property
    def _unit(self) -> str:
        return self._schemas[self._dataset].privacy_unit.value

    def _ratio(self, ratio: Ratio) -> Figure:
        top, bottom = self._top(ratio), self._amount(ratio.bottom)
        parts = self.drafts.add(top, f"{ratio.name}/top"), self.drafts.add(bottom, f"{ratio.name}/bottom")
        unit = self._ratio_unit(ratio.top, ratio.bottom)
        return Figure(name=ratio.name, kind=FigureKind.RATIO, unit=unit, parts=parts, per=ratio.per)

    def _top(self, ratio: Ratio) -> Draft:
        """Draft what is above the line: of a share of rows, among the rows that are kept below it.

        A share is the mean of a condition that is 0 or 1 for each row. It is summed as means are, as the distance from
        one half, which no row moves by more than one half.
        """
        terms, bottom = narrowed(ratio, self._dataset), self._amount(ratio.bottom)
        if terms is None:
            return self._amount(ratio.top)
        flag = Flag(
            predicate=lowered(terms[0] if len(terms) == 1 else AllOf(predicates=terms), self._dataset, self._schemas),
            fixed=fixed_point(0, 1, rows_per_cell=self._cap, whole=False),
        )
        return replace(bottom, kind=PartKind.CENTRED_SUM, value=flag, magnitude=flag.fixed.half_range)

    @property
    def _cap(self) -> int:
        """Most rows of a unit that are added up in a cell; those of public data are not bounded."""
        return 1 if is_public(self._question, self._schemas) else self._question.rows_per_cell

    def _ratio_unit(self, top: CountRows | CountUnits | Sum, bottom: CountRows | CountUnits | Sum) -> str:
        over, under = map(self._amount_unit, (top, bottom))
        return "" if over == under else f"{over} per {under}"

    def _amount_unit(self, amount: CountRows | CountUnits | Sum) -> str:
        match amount:
            case CountRows():
                return "rows"
            case CountUnits():
                return self._unit
            case Sum():
                return column_of(self._schemas, self._column(amount)).unit
            case _:
                assert_never(amount)

    def _tabled(self, amount: CountRows | CountUnits | Sum, name: str) -> tuple[str, ...]:
        """Draft an amount for each table; of several, all are added up from the same bounded cells.

        Not so units: one with rows in two cells of a table is one unit of its margin. They are bounded and counted in
        each table by itself, so that a unit moves each cell by at most 1, and at most R cells of a table.
        """
        draft, tables = self._amount(amount), self._groups.tables
        if len(tables) == 1 and tables[0].keys == draft.keys:
            return (self.drafts.add(draft, name),)
        weights = [table.weight for table in tables]
        if isinstance(amount, CountUnits):
            drafts = [replace(draft, keys=table.keys, bounded_at=table.keys) for table in tables]
            shares = separate_shares(weights, [self.drafts.sensitivity(one).l2_squared for one in drafts])
            return self._named(drafts, shares, name)
        drafts = [replace(draft, keys=table.keys) for table in tables]
        keys = self._groups.keys
        shares = table_shares(
            sizes=[len(key.labels) for key in keys],
            members=[frozenset(map(keys.index, table.keys)) for table in tables],
            weights=weights,
            l2_squared=[self.drafts.sensitivity(one).l2_squared for one in drafts],
        )
        return self._named(drafts, shares, name)

    def _named(self, drafts: Sequence[Draft], shares: Sequence[Fraction], name: str) -> tuple[str, ...]:
        return tuple(
            self.drafts.add(one, f"{name}/{place}", share)
            for place, (one, share) in enumerate(zip(drafts, shares, strict=True), start=1)
        )

    def _amount(self, amount: CountRows | CountUnits | Sum) -> Draft:
        keys = self._groups.keys
        draft = Draft(
            kind=PartKind.ROWS,
            keys=keys,
            bounded_at=keys,
            where=self._where(amount.where),
            rows_per_cell=self._question.rows_per_cell,
        )
        match amount:
            case CountRows():
                return draft
            case CountUnits():
                return replace(draft, kind=PartKind.UNITS, rows_per_cell=1)
            case Sum():
                value = self._value(amount)
                magnitude = value.fixed.magnitude
                return replace(draft, kind=PartKind.SUM, column=value.column, value=value, magnitude=magnitude)
            case _:
                assert_never(amount)

    def _mean(self, measure: Mean | Variance | Deviation, value: Value) -> tuple[str, str]:
        rows = replace(self._amount(CountRows(where=measure.where)), column=value.column)
        total = replace(rows, kind=PartKind.CENTRED_SUM, value=value, magnitude=value.fixed.half_range)
        return self.drafts.add(rows, f"{measure.name}/values"), self.drafts.add(total, f"{measure.name}/sum")

    def _spread(self, measure: Variance | Deviation) -> Figure:
        value = self._value(measure)
        rows = replace(self._amount(CountRows(where=measure.where)), column=value.column)
        step = square_step(value.fixed, rows_per_cell=self._cap)
        most = in_steps(value.fixed.half_range**2, step)
        squares = replace(rows, kind=PartKind.CENTRED_SQUARES, value=value, magnitude=most, step=step)
        parts = (*self._mean(measure, value), self.drafts.add(squares, f"{measure.name}/squares"))
        if isinstance(measure, Deviation):
            return Figure(name=measure.name, kind=FigureKind.DEVIATION, unit=value.unit, parts=parts)
        unit = f"{value.unit} squared" if value.unit else ""
        return Figure(name=measure.name, kind=FigureKind.VARIANCE, unit=unit, parts=parts)

    def _quantile(self, measure: Quantile) -> Figure:
        value = self._value(measure, shared=False)
        rows = self._amount(CountRows(where=measure.where))
        finest = bins_of(value.column, value.fixed, measure.bins)
        keys = [finest, *levels_of(finest)]
        fine = replace(rows, keys=(*rows.keys, finest), bounded_at=(*rows.keys, finest), column=value.column)
        found = self._searches(measure, keys)
        each = Fraction(1, len(found) or len(keys))
        if found:
            search = next(one for one in found if one.level == measure.level)
            drafts = {f"{measure.name}/search": replace(fine, search=search, magnitude=search.magnitude)}
        else:
            levels = [replace(fine, keys=(*rows.keys, key)) for key in keys]
            drafts = {f"{measure.name}/bins{place or ''}": level for place, level in enumerate(levels)}
        parts = tuple(self.drafts.add(draft, name, each) for name, draft in drafts.items())
        return Figure(name=measure.name, kind=FigureKind.QUANTILE, unit=value.unit, parts=parts, level=measure.level)

    def _searches(self, measure: Quantile, keys: Sequence[Key]) -> tuple[Search, ...]:
        """Return how this quantile, and the others that could share its bins, are searched for; nothing of bins."""
        if is_public(self._question, self._schemas):
            return ()
        together = [
            one.level
            for one in self._question.query.measures
            if isinstance(one, Quantile)
            and (self._column(one), one.where, one.bins) == (self._column(measure), measure.where, measure.bins)
        ]
        return searches(tuple(dict.fromkeys(together)), keys, self._question.rows_per_cell)

    def _where(self, where: Predicate | None) -> Predicate | None:
        return None if where is None else lowered(where, self._dataset, self._schemas)

    def _column(self, measure: OfColumn) -> ColumnRef:
        return resolve(measure.column, self._dataset)

    def _value(self, measure: OfColumn, *, shared: bool = True) -> Value:
        """Return the column as it is summed; or as it is told in bins, where no sum is shared out."""
        ref = self._column(measure)
        column = column_of(self._schemas, ref)
        bounds = column.bounds
        if bounds is None or isinstance(bounds.lower, date) or isinstance(bounds.upper, date):
            message = "A measured column has number bounds; check() refuses others."
            raise AssertionError(message)
        fixed = fixed_point(
            bounds.lower,
            bounds.upper,
            rows_per_cell=self._cap,
            whole=column.logical_type is LogicalType.INTEGER,
            shared=shared and not is_public(self._question, self._schemas),
            centred=not isinstance(measure, Sum),
        )
        return Value(column=ref, fixed=fixed, unit=column.unit)


def is_public(question: Question, schemas: Mapping[str, ViewSchema]) -> bool:
    """Return whether a question is about public data alone, and so costs nothing."""
    return schemas[question.query.dataset].privacy_unit is PrivacyUnit.PUBLIC
