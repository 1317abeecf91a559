"""Generalisations: how a value is made coarser, and which coarse values exist at all.

Both halves live together because they must agree: `label` turns one value into its band, `labels` lists every band
that the contract's stated bounds allow. The list is public knowledge (law 6): it comes from the contract, never
from the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never

MAX_LABELS = 10_000
"""Most bands one column may have: a public key set must stay listable."""
OTHER = "Other"
"""The category that rare ones are joined into."""


class DatePart(StrEnum):
    """How much of a date is kept."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateTo:
    """A date or timestamp becomes its year (`2024`), quarter (`2024-Q1`) or month (`2024-01`)."""

    part: DatePart

    def label(self, value: date) -> str:
        """Return the band of one date."""
        match self.part:
            case DatePart.YEAR:
                return f"{value.year:04d}"
            case DatePart.QUARTER:
                return f"{value.year:04d}-Q{(value.month + 2) // 3}"
            case DatePart.MONTH:
                return f"{value.year:04d}-{value.month:02d}"
            case _:
                assert_never(self.part)

    def labels(self, lower: date, upper: date) -> tuple[str, ...]:
        """List every band from `lower` to `upper`, both included, in order."""
        seen: dict[str, None] = {}
        for year in range(lower.year, upper.year + 1):
            first = lower.month if year == lower.year else 1
            last = upper.month if year == upper.year else 12
            for month in range(first, last + 1):
                seen[self.label(date(year, month, 1))] = None
        return tuple(seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberBand:
    """A number becomes a band of fixed width (`20-29`), everything from `top` on one open band (`90+`).

    Bands start at multiples of `width`; with integers of width 10, 25 becomes `20-29`. Ages are numbers: an age
    band is this with years as its unit.
    """

    width: int
    top: int | None = None

    def label(self, value: float) -> str:
        """Return the band of one number."""
        if self.top is not None and value >= self.top:
            return f"{self.top}+"
        start = int(value // self.width) * self.width
        return f"{start}-{start + self.width - 1}"

    def labels(self, lower: float, upper: float) -> tuple[str, ...]:
        """List every band from `lower` to `upper`, both included, in order."""
        end = min(upper, self.top) if self.top is not None else upper
        start = int(lower // self.width) * self.width
        bands: dict[str, None] = {}
        while start <= end and len(bands) <= MAX_LABELS:
            bands[self.label(max(start, lower))] = None
            start += self.width
        if self.top is not None and upper >= self.top:
            bands[f"{self.top}+"] = None
        return tuple(bands)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeBand:
    """A date of birth becomes an age band on a stated reference date (`10-14`), open from `top` (`90+`)."""

    width: int
    top: int
    reference: date

    def label(self, value: date) -> str:
        """Return the age band of somebody born on `value`."""
        return NumberBand(width=self.width, top=self.top).label(self.age(value))

    def labels(self, lower: date, upper: date) -> tuple[str, ...]:
        """List every band of people born from `lower` to `upper`, youngest first."""
        return NumberBand(width=self.width, top=self.top).labels(self.age(upper), self.age(lower))

    def age(self, born: date) -> int:
        """Return completed years on the reference date; 0 for somebody not yet born."""
        before_birthday = (self.reference.month, self.reference.day) < (born.month, born.day)
        return max(0, self.reference.year - born.year - before_birthday)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopCode:
    """A number above `limit` becomes `limit`, and one below `bottom` becomes `bottom`; it stays a number."""

    limit: float
    bottom: float | None = None

    def label(self, value: float) -> float:
        """Return the value, or the end that it lies beyond."""
        below = min(value, self.limit)
        return below if self.bottom is None else max(below, self.bottom)


@dataclass(frozen=True, slots=True, kw_only=True)
class Microaggregate:
    """A number becomes the mean of a group of at least `size` like numbers of the same extract.

    What one person's number becomes depends on others' rows, so no bound on one person's influence holds for such a
    column: it can be looked at, and questions never read it.
    """

    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """A category that is `kept` stays, and one of `joined` becomes `Other`; what is neither is no category."""

    kept: tuple[str, ...]
    joined: tuple[str, ...]

    def label(self, value: str) -> str | None:
        """Return the category, or the one that it is joined into; None of what is no category."""
        if value in self.joined:
            return OTHER
        return value if value in self.kept else None

    def labels(self) -> tuple[str, ...]:
        """List every category that can come out."""
        return (*self.kept, OTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostcodeDistrict:
    """A UK postcode becomes its outward code (`GU21 4XX` -> `GU21`).

    The inward code of every full UK postcode is its last three characters (BS 7666-2).
    """

    def label(self, value: str) -> str:
        """Return the outward code of one postcode; already outward codes are kept."""
        squeezed = "".join(value.split()).upper()
        return squeezed[:-3] if len(squeezed) > 4 else squeezed  # noqa: PLR2004 - outward codes have 2 to 4 characters


MOST_DAYS = 182
"""Most days by which a date is moved, either way: half a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateShift:
    """A date or timestamp moves by a secret number of whole days, one a privacy unit: -182 to 182, never 0.

    It stays a date; the time of day stays, and so do the intervals between the dates of one unit.
    """

    def bounds(self, lower: date, upper: date) -> tuple[date, date]:
        """Return the range of what dates from `lower` to `upper` can become."""
        most = timedelta(days=MOST_DAYS)
        return max(lower, date.min + most) - most, min(upper, date.max - most) + most


@dataclass(frozen=True, slots=True, kw_only=True)
class PostcodeArea:
    """A UK postcode becomes its area, the letters that it begins with (`GU21 4XX` -> `GU`; BS 7666-2)."""

    def label(self, value: str) -> str:
        """Return the area of one postcode or outward code."""
        squeezed = "".join(value.split()).upper()
        return squeezed[: 1 + squeezed[1:2].isalpha()]


Generalisation = (
    DateTo | NumberBand | AgeBand | TopCode | PostcodeDistrict | PostcodeArea | Others | Microaggregate | DateShift
)
