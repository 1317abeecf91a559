"""How two tables meet, as ON or WHERE says it: by the unit, by equal columns, and by days between two dates.

t.unit_id = s.unit_id   t.ward = s.ward   s.b - t.a BETWEEN 0 AND 30   s.b BETWEEN t.a AND t.a + INTERVAL '30' DAY
s.b >= t.a AND s.b <= t.a + INTERVAL '30' DAY   s.b > t.a AND s.b < t.a + INTERVAL '30' DAY   t.a < s.b
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from datalab.contract.model import UNIT_ID
from datalab.query.model import MAX_WINDOW, ColumnRef, On, Window
from datalab.query.sql.names import Names, conjuncts, unbracketed
from datalab.query.sql.refusal import refusal
from datalab.query.sql.value import is_whole, whole

ANOTHER = "another_row"
"""Condition that a partner is another row of the same dataset."""


@dataclass(slots=True)
class Spare:
    """Conditions of WHERE on several tables: of inner joins, those that say how two tables meet mean what ON does."""

    terms: list[exp.Expr]
    taken: list[exp.Expr] = field(default_factory=list)

    @classmethod
    def of(cls, where: exp.Expr | None) -> Spare:
        """Return those of a WHERE, which may be missing."""
        terms = [] if where is None else conjuncts(where.this)
        return cls([term for term in terms if len({one.table for one in term.find_all(exp.Column)}) > 1])

    def take(self, meets: Callable[[exp.Expr], bool]) -> None:
        """Let a join take what says how its tables meet."""
        self.taken += [term for term in self.left(self.terms) if meets(term)]

    def left(self, terms: list[exp.Expr]) -> list[exp.Expr]:
        """Return the conditions that no join took."""
        return without(terms, self.taken)


def without(terms: list[exp.Expr], taken: list[exp.Expr]) -> list[exp.Expr]:
    """Return the conditions but those that were taken, each of which stands where it stood."""
    return [term for term in terms if not any(term is one for one in taken)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """One end of a window: a comparison of two tables' dates, of which at least one may be shifted by days."""

    own: ColumnRef
    other: ColumnRef
    days: int
    """From the own date to the other one."""
    least: bool
    """Whether at least so many lie between them; else at most."""
    open: bool
    """Whether the number itself is left out."""


_FLIPPED: Mapping[type[exp.Expr], type[exp.Expr]] = {exp.GTE: exp.LTE, exp.LTE: exp.GTE, exp.GT: exp.LT, exp.LT: exp.GT}


class Meeting:
    """How two tables meet, condition by condition."""

    def __init__(self, name: str, names: Names, before: set[str]) -> None:
        self._name = name
        self._names = names
        self._before = before
        self.by_unit = False
        self.pairs: list[On] = []
        self.window: Window | None = None
        self.another = False

    def meets(self, term: exp.Expr) -> bool:
        """Take a condition that says how the tables meet, and return whether it is one."""
        match term:
            case exp.Anonymous() if str(term.this).lower() == ANOTHER and not term.expressions:
                self.another = True
                return True
            case exp.EQ():
                return self._equal(unbracketed(term.this), unbracketed(term.expression))
            case exp.Between() if not term.args.get("symmetric"):
                return self._between(unbracketed(term.this), term.args["low"], term.args["high"])
            case _:
                return False

    def meets_in_where(self, term: exp.Expr) -> bool:
        """Take a condition of WHERE; there a difference of two columns can be one of numbers, which are any."""
        ends = (term.args["low"], term.args["high"]) if isinstance(term, exp.Between) else ()
        if (
            isinstance(term, exp.Between)
            and isinstance(unbracketed(term.this), exp.Sub)
            and not all(map(is_whole, ends))
        ):
            return False
        return self.meets(term)

    def bounded(self, terms: list[exp.Expr]) -> list[exp.Expr]:
        """Take the comparisons that say how many days lie between two dates, one or two of them, and return them.

        With one alone a window reaches as far as it can on the other side.

        Args:
            terms: conditions that are all to be met; where more than two are such ends, none is taken.
        """
        ends = [(term, end) for term in terms if (end := self._end(term)) is not None]
        if self.window is not None or not ends:
            return []
        lows, highs = ([end for _, end in ends if end.least is least] for least in (True, False))
        if len(lows) > 1 or len(highs) > 1 or len({(end.own, end.other) for _, end in ends}) > 1:
            return []
        low, high = (*lows, None)[0], (*highs, None)[0]
        self.window = Window(
            own=ends[0][1].own,
            other=ends[0][1].other,
            at_least=-MAX_WINDOW if low is None else low.days,
            at_most=MAX_WINDOW if high is None else high.days,
            above=low is not None and low.open,
            below=high is not None and high.open,
        )
        return [term for term, _ in ends]

    def _end(self, term: exp.Expr) -> _End | None:
        """Return a comparison of the two tables' dates as the end of a window, or None where it is none."""
        if type(term) not in _FLIPPED:
            return None
        left, right, kind = term.this, term.expression, type(term)
        if self._other(_date(left)) is None:
            left, right, kind = right, left, _FLIPPED[kind]
        own, theirs = _date(right), self._other(_date(left))
        if theirs is None or not self._known(own) or UNIT_ID in (own.name, theirs.name):
            return None
        return _End(
            own=self._names.stated(own),
            other=theirs,
            days=_shifted(right)[1] - _shifted(left)[1],
            least=kind in (exp.GTE, exp.GT),
            open=kind in (exp.GT, exp.LT),
        )

    def _other(self, node: exp.Expr) -> ColumnRef | None:
        named = isinstance(node, exp.Column) and isinstance(node.this, exp.Identifier) and node.table == self._name
        return ColumnRef(name=node.name) if named else None

    def _equal(self, left: exp.Expr, right: exp.Expr) -> bool:
        for own, other in ((left, right), (right, left)):
            theirs = self._other(other)
            if theirs is None or self._other(own) is not None or own.find(exp.Column) is None:
                continue
            if isinstance(own, exp.Column) and own.table and own.table not in self._before:
                continue
            if isinstance(own, exp.Column) and UNIT_ID in (own.name, theirs.name):
                if own.name != theirs.name or not own.table:
                    continue
                self.by_unit = True
            else:
                self.pairs.append(On(own=self._names.column(own), other=theirs))
            return True
        return False

    def _between(self, what: exp.Expr, low: exp.Expr, high: exp.Expr) -> bool:  # noqa: PLR0911 - a case each
        if self.window is not None:
            return False
        if isinstance(what, exp.Sub):  # other - own BETWEEN n AND m, or own - other
            left, right = unbracketed(what.this), unbracketed(what.expression)
            if (theirs := self._other(left)) is not None and self._known(right):
                self.window = self._days(right, theirs, whole(low), whole(high))
                return True
            if (theirs := self._other(right)) is not None and self._known(left):
                self.window = self._days(left, theirs, -whole(high), -whole(low))
                return True
            return False
        (start, least), (end, most) = _shifted(low), _shifted(high)
        if start != end:
            return False
        if (theirs := self._other(what)) is not None and self._known(start):  # other BETWEEN own AND own + 30 days
            self.window = self._days(start, theirs, least, most)
            return True
        if (theirs := self._other(start)) is not None and self._known(what):  # own BETWEEN other AND other + 30 days
            self.window = self._days(what, theirs, -most, -least)
            return True
        return False

    def _known(self, node: exp.Expr) -> bool:
        """Return whether a column is of the rows that the table is joined to."""
        return isinstance(node, exp.Column) and (not node.table or node.table in self._before)

    def _days(self, own: exp.Expr, other: ColumnRef, least: int, most: int) -> Window:
        return Window(own=self._names.stated(own), other=other, at_least=least, at_most=most)


def _date(node: exp.Expr) -> exp.Expr:
    """Return a date without the days by which it is shifted."""
    node = unbracketed(node)
    shifted = isinstance(node, exp.Add | exp.Sub) and isinstance(node.expression, exp.Interval)
    return unbracketed(node.this) if shifted else node


def _shifted(node: exp.Expr) -> tuple[exp.Expr, int]:
    """Return a date and how many days it is shifted by; raises QueryError if that is not said in days."""
    node = unbracketed(node)
    if isinstance(node, exp.Add | exp.Sub) and isinstance(node.expression, exp.Interval):
        interval = node.expression
        unit = str(interval.args["unit"].this).upper() if interval.args.get("unit") else ""
        if unit not in ("DAY", "DAYS") or not isinstance(interval.this, exp.Literal):
            raise refusal("This interval is not read", "windows are in days", "Write INTERVAL '30' DAY.")
        if not str(interval.this.this).isdecimal():
            raise refusal("This interval is not read", "windows are in whole days", "Write INTERVAL '30' DAY.")
        days = whole(exp.Literal.number(interval.this.this))
        return unbracketed(node.this), days if isinstance(node, exp.Add) else -days
    return node, 0
