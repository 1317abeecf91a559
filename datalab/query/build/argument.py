"""Arguments of the builder: read as the same places of a submitted question are, and refused with a call that works."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import islice
from numbers import Integral
from typing import Any, TypeVar

from datalab.errors import QueryError
from datalab.query.exact import exactly
from datalab.query.model import Literal
from datalab.query.written import value as written

ReadT = TypeVar("ReadT")
KindT = TypeVar("KindT")


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call. What every method reads is as a question document may hold it, so it is read back.

    Each raises QueryError that says what is wrong, what was given, and what works.
    """

    name: str
    """As a person finds it in the call: `clamp(lower)`."""
    works: str
    """A call, or a part of one, that works."""

    def text(self, given: object) -> str:
        """Return a text that reads as it is."""
        return self._read(written.text, plain(given), given)

    def count(self, given: object) -> int:
        """Return a whole number above 0."""
        return self._read(written.count, plain(given), given)

    def number(self, given: object) -> int | float:
        """Return a number to calculate with."""
        return self._read(written.number, plain(given), given)

    def days(self, given: object) -> int:
        """Return a whole number of days, below 0 too."""
        most = written.MAX_DAYS
        return self._read(lambda value, place: written.whole(value, place, least=-most, most=most), plain(given), given)

    def literal(self, given: object) -> Literal:
        """Return what a column can be compared with."""
        return self._read(written.literal, plain(given), given)

    def level(self, given: object) -> Fraction:
        """Return the level of a quantile."""
        between = "a level is a number above 0 and below 1"
        try:
            stated = exactly(given)
        except ValueError:
            raise self.refused(between, given) from None
        if not 0 < stated < 1:
            raise self.refused(between, given)
        return self._read(written.level, str(stated), given)

    def items(self, given: object) -> list[object]:
        """Return what a list, a tuple or the like holds; of a set in a fixed order, since its own is none.

        A text is refused though Python takes it for a list of letters, and so is a mapping.
        """
        if isinstance(given, str | bytes | bytearray | Mapping) or not isinstance(given, Iterable):
            raise self.refused("a list is needed here", given)
        found = list(islice(given, written.MAX_ITEMS + 1))
        if len(found) > written.MAX_ITEMS:
            raise self.refused(f"the list is longer than {written.MAX_ITEMS:,}", given)
        orderly = isinstance(given, set | frozenset) and all(isinstance(one, str | int | float | date) for one in found)
        return sorted(found, key=_order) if orderly else found

    def kind(self, kind: type[KindT], given: object, what: str) -> KindT:
        """Return something that another call of the builder made."""
        if not isinstance(given, kind):
            raise self.refused(f"{what} is needed here", given)
        return given

    def refused(self, what: str, given: object) -> QueryError:
        """Return an error that says what is wrong with the argument."""
        return QueryError(f"{self.name}: {what}.", why=f"It was given {_kind(given)}.", remedy=f"Write {self.works}.")

    def _read(self, reader: Callable[[object, str], ReadT], value: object, given: object) -> ReadT:
        try:
            return reader(value, self.name)
        except QueryError as refused:
            raise self.refused(refused.what.removeprefix(f"{self.name}: ").rstrip("."), given) from None


def _order(one: object) -> tuple[str, Any]:
    return type(one).__name__, one.isoformat() if isinstance(one, date) else one


def plain(given: object) -> object:
    """Return numbers and texts of other libraries, such as NumPy's, as Python's own; everything else as it is."""
    match given:
        case bool():
            return given
        case str():
            return str.__str__(given)
        case float():
            return float(given)
        case Integral():
            return int(given)
        case _ if type(given).__module__ == "numpy" and type(given).__name__ in ("bool", "bool_"):
            return bool(given)
        case _:
            return given


def _kind(given: object) -> str:
    """Return what something is, without showing it: it can be of any length, or raise where it is shown."""
    match given:
        case None:
            return "nothing (None)"
        case bool():
            return "true or false"
        case str():
            return "a text"
        case Integral():
            return "a whole number"
        case float():
            return "a float that is no number" if given != given else "a float"  # noqa: PLR0124 - NaN differs from itself
        case _:
            return f"a value of the type {type(given).__name__}"
