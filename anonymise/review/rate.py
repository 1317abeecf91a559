"""The share of identifiers that redaction misses, as somebody found it in texts drawn at random, with its interval.

A text is drawn, not an identifier: what is missed once is often missed in the whole text. So the share is a ratio of
two sums over texts (Cochran 1977, Sampling Techniques, 3rd ed., section 2.11: its bias is of the order of 1 over the
texts read), and its variance is that of the texts, with the correction for a finite file. The interval is Wilson's
score interval at the number of identifiers that, were each drawn alone, would have this variance (Franco, Little, Louis
and Slud 2019, Journal of Survey Statistics and Methodology 7(3), PMC6690503), never more of them than were found, with
Student's quantile for the number of texts (Korn and Graubard 1998, Survey Methodology 24(2)). Where nothing is missed
the variance shows nothing of how misses keep company: then a text counts once, however many identifiers it holds, and
no interval ends below what that would leave possible.

It holds where misses are spread over texts. Where they lie in few texts with many identifiers each it covers too
seldom until enough texts are read to meet several of those (Cochran 1977, section 2.15): `docs/custodian-review.md`
has figures.

The interval speaks of the draw of texts, and of nothing else: what the reader overlooks, no interval knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from math import sqrt
from typing import Any, Final

from anonymise.treatment.missed import NORMAL

_FEW: Final = (12.7063, 4.3027, 3.1825, 2.7765)
"""Student's quantile .975 of 1 to 4 degrees of freedom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCounts:
    """Sums over the passages of one column that were read."""

    texts: int = 0
    holding: int = 0
    """Texts that hold an identifier."""
    identifiers: int = 0
    missed: int = 0
    wrong: int = 0
    """Masks over what names nobody."""
    identifiers_squared: int = 0
    missed_squared: int = 0
    product: int = 0
    """Of each text its identifiers times its missed ones, summed: with the squares, all that the variance needs."""

    def is_possible(self) -> bool:
        """Say whether texts can give these sums."""
        mixed = self.product**2 <= self.identifiers_squared * self.missed_squared
        squares = self.missed_squared <= self.product <= self.identifiers_squared
        spread = self.holding * self.identifiers_squared >= self.identifiers**2
        ordered = self.missed <= self.missed_squared and self.identifiers <= self.identifiers_squared
        inside = self.holding <= min(self.texts, self.identifiers) and self.missed <= self.identifiers
        whole = self.identifiers_squared <= self.identifiers**2
        return (
            mixed
            and squares
            and spread
            and ordered
            and inside
            and whole
            and (self.holding > 0) == (self.identifiers > 0)
        )


def read_counts(texts: Iterable[tuple[int, int, int]]) -> ReadCounts:
    """Sum up: of each text its identifiers, the missed ones among them, and the masks that are wrong."""
    total = dict.fromkeys((one.name for one in fields(ReadCounts)), 0)
    for identifiers, missed, wrong in texts:
        added = (1, int(identifiers > 0), identifiers, missed, wrong, identifiers**2, missed**2, identifiers * missed)
        for name, more in zip(total, added, strict=True):
            total[name] += more
    return ReadCounts(**total)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRate:
    """What was read of a file of `population` texts, drawn at random."""

    counts: ReadCounts
    population: int

    @property
    def share(self) -> float:
        """The estimate."""
        return self.counts.missed / self.counts.identifiers if self.counts.identifiers else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share of the whole file lies with 95 % confidence; 0 to 1 where no identifier was found."""
        counts = self.counts
        if not counts.identifiers:
            return 0.0, 1.0
        unread = max(0.0, 1 - counts.texts / self.population) if self.population else 0.0
        if not unread:  # everything was read: nothing is left to chance
            return self.share, self.share
        quantile = _student(counts.holding - 1)
        texts = counts.holding / unread
        low, high = _wilson(self.share, self._worth() / unread, quantile)
        return low, max(high, _wilson(0.0, texts, quantile)[1])

    def _worth(self) -> float:
        """Return how many identifiers, each drawn alone, would tell as much as these texts do."""
        counts, share = self.counts, self.share
        squares = counts.missed_squared - 2 * share * counts.product + share**2 * counts.identifiers_squared
        if counts.texts < 2 or not 0 < share < 1 or squares <= 0:  # noqa: PLR2004 - one text has no variance
            return counts.holding
        variance = counts.texts / (counts.texts - 1) * squares / counts.identifiers**2
        return min(share * (1 - share) / variance, counts.identifiers)

    def document(self) -> dict[str, Any]:
        """Render for a report."""
        low, high = self.interval
        return {
            "texts": self.counts.texts,
            "of": self.population,
            "identifiers": self.counts.identifiers,
            "missed": self.counts.missed,
            "wrong": self.counts.wrong,
            "share": round(self.share, 4),
            "low": round(low, 4),
            "high": round(high, 4),
        }


def least_upper(texts: int, population: int) -> float:
    """Return where the interval ends at best: where nothing is missed, and every text holds an identifier."""
    counts = ReadCounts(texts=texts, holding=texts, identifiers=texts, identifiers_squared=texts)
    return ReadRate(counts=counts, population=population).interval[1]


def least_texts(accepted: float, population: int) -> int:
    """Return how many texts are read at least before an interval can end at what is accepted: at most all of them."""
    few, enough = 0, population
    while enough - few > 1:
        middle = (few + enough) // 2
        few, enough = (few, middle) if least_upper(middle, population) <= accepted else (middle, enough)
    return enough


def _wilson(share: float, worth: float, quantile: float) -> tuple[float, float]:
    square = quantile**2 / worth
    middle = (share + square / 2) / (1 + square)
    half = quantile * sqrt(share * (1 - share) / worth + square / (4 * worth)) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)


def _student(freedom: int) -> float:
    """Return Student's quantile .975: by its expansion (Abramowitz and Stegun 1964, 26.7.5), or as listed."""
    if freedom <= len(_FEW):
        return _FEW[max(0, freedom - 1)]
    z, v = NORMAL, freedom
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / v + second / v**2 + third / v**3
