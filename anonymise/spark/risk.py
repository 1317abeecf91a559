"""Disclosure risk on Spark: groups and counts alone, so memory does not grow with the rows; the reference says what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from math import exp
from operator import and_
from typing import TypeVar

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from anonymise.risk.classes import Classes
from anonymise.risk.diversity import Diversity
from anonymise.risk.measured import Measured, Wanted
from anonymise.risk.special import MOST_COLUMNS, SpecialUniques, parts, subsets
from datalab.contract.model import UNIT_REF

UNIT = "_unit"
"""Column of combinations that says whose they are."""
_SIZE, _BITS, _COUNT, _WHICH = "_size", "_bits", "_count", "_which"
_WORD = 1 << 64
What = TypeVar("What")


def measure(rows: DataFrame, wanted: Wanted, *, held: DataFrame, unit: str = UNIT_REF) -> Measured:
    """Count a treated table; `anonymise.risk.reference.measure` says what each count is.

    Units are told apart by a 64-bit hash of their reference here, as is enough to see whether a group has one or more.

    Args:
        rows: the treated table.
        wanted: what to count.
        held: its `combinations`, better kept than made anew: they are read several times.
        unit: name of the column that says whose row it is.
    """
    classes = classes_of(held, keys(wanted.quasi_identifiers))
    few = len(wanted.quasi_identifiers) <= MOST_COLUMNS
    return Measured(
        columns=wanted.quasi_identifiers,
        classes=classes,
        diversity=_diversity(rows, wanted, unit),
        special=_special(held, wanted.quasi_identifiers, classes) if few else None,
    )


def keys(columns: Sequence[object]) -> list[str]:
    """Return the names that combinations have for columns: plain ones, for a contract's may hold any character."""
    return [f"_q{place}" for place in range(len(columns))]


def combinations(rows: DataFrame, columns: Sequence[str], *, unit: str = UNIT_REF) -> DataFrame:
    """Return each unit once with each combination that its rows have: `_unit`, and `keys(columns)`."""
    named = [cell(name).alias(key) for name, key in zip(columns, keys(columns), strict=True)]
    return rows.select(F.xxhash64(cell(unit)).alias(UNIT), *named).distinct()


def classes_of(held: DataFrame, names: Sequence[str]) -> Classes:
    """Count the classes of combinations."""
    sizes = held.groupBy(*names).agg(F.count("*").alias(_SIZE))
    # A missing value matches a missing one, which `=` does not say.
    same = reduce(and_, (held[name].eqNullSafe(sizes[name]) for name in names))
    smallest = held.join(sizes, same).groupBy(held[UNIT]).agg(F.min(_SIZE).alias(_SIZE))
    # Of n units there are fewer than the root of 2n sizes: a histogram is a summary however large the table.
    both = sizes.select(F.lit(0).alias(_WHICH), _SIZE).union(smallest.select(F.lit(1), _SIZE))
    histograms: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for which, size, count in both.groupBy(_WHICH, _SIZE).agg(F.count("*")).collect():
        histograms[which][size] = count
    return Classes(by_size=histograms[0], units_by_size=histograms[1])


def cell(name: str) -> Expression:
    """Return a column by its name, whatever characters that holds."""
    return F.col(f"`{name.replace('`', '``')}`")


def _diversity(rows: DataFrame, wanted: Wanted, unit: str) -> tuple[Diversity, ...]:
    """Look at all sensitive columns at once: each row becomes one row a column that has a value there."""
    if not wanted.sensitive:
        return ()
    names = keys(wanted.quasi_identifiers)
    named = [cell(name).alias(key) for name, key in zip(wanted.quasi_identifiers, names, strict=True)]
    values = [
        F.struct(F.lit(place).alias(_WHICH), cell(name).cast("string").alias("_value"))
        for place, name in enumerate(wanted.sensitive)
    ]
    long = rows.select(F.xxhash64(cell(unit)).alias(UNIT), *named, F.inline(F.array(*values)))
    pairs = long.where(F.col("_value").isNotNull()).distinct()
    count = F.col(_COUNT).cast("double")
    held = (
        pairs.groupBy(_WHICH, *names, "_value")
        .agg(F.count("*").alias(_COUNT))
        .groupBy(_WHICH, *names)
        .agg(
            F.count("*").alias("_distinct"), F.sum(_COUNT).alias("_all"), F.sum(count * F.log(count)).alias("_weighed")
        )
    )
    entropy = F.log(F.col("_all")) - F.col("_weighed") / F.col("_all")
    alike = F.when(F.col("_distinct") == 1, F.col("_all")).otherwise(0)
    summary = held.groupBy(_WHICH).agg(F.min("_distinct"), F.min(entropy), F.sum(alike), F.sum("_all"))
    found = {row[0]: row for row in summary.collect()}
    return tuple(
        Diversity(
            column=name,
            distinct=found[place][1] if place in found else 0,
            entropy=exp(found[place][2]) if place in found else 0.0,
            alike=found[place][3] if place in found else 0,
            judged=found[place][4] if place in found else 0,
        )
        for place, name in enumerate(wanted.sensitive)
    )


def _special(held: DataFrame, columns: tuple[str, ...], classes: Classes) -> SpecialUniques:
    """Group by every set of columns at once; a group whose least and greatest unit are one has that unit alone."""
    if classes.k > 1:
        return SpecialUniques(by_size={}, sets={})  # whom all columns do not single out, some do not
    names = keys(columns)
    every = held.cube(*names).agg(
        F.min(UNIT).alias("_least"), F.max(UNIT).alias("_greatest"), F.grouping_id().alias("_left_out")
    )
    lone = every.where((F.col("_least") == F.col("_greatest")) & (F.col("_left_out") != (1 << len(names)) - 1))
    # Spark's number has a bit for each column that is left out, the first column's the highest; ours are the others.
    number = reduce(
        lambda sum_, place: sum_ + F.when(_left_out(place, len(names)), 0).otherwise(1 << place),
        range(len(names)),
        F.lit(0),
    )
    bit = F.expr("shiftleft(1L, _number)")
    singled = (
        lone.select("_least", number.cast("int").alias("_number")).groupBy("_least").agg(F.bit_or(bit).alias(_BITS))
    )
    sizes = range(1, len(names) + 1)
    of_size = {size: sum(1 << n for n, held_ in subsets(columns) if len(held_) == size) for size in sizes}
    by_size = [_has(of_size[size]) & ~_has(sum(of_size[less] for less in range(1, size))) for size in sizes]
    minimal = [(_has(1 << n) & ~_has(sum(1 << part for part in parts(n))), names_) for n, names_ in subsets(columns)]
    row = singled.agg(*map(F.count_if, by_size), *(F.count_if(is_minimal) for is_minimal, _ in minimal)).collect()[0]
    return SpecialUniques(
        by_size=_counted(zip(sizes, row[: len(names)], strict=True)),
        sets=_counted(zip((found for _, found in minimal), row[len(names) :], strict=True)),
    )


def _left_out(place: int, columns: int) -> Expression:
    return F.col("_left_out").bitwiseAND(1 << (columns - 1 - place)) != 0


def _has(bits: int) -> Expression:
    """Say whether a unit has one of the sets that bits stand for; Java's long has a sign."""
    signed = bits - _WORD if bits >= _WORD >> 1 else bits
    return F.col(_BITS).bitwiseAND(F.lit(signed).cast("long")) != 0


def _counted(found: Iterable[tuple[What, int]]) -> dict[What, int]:
    return {what: count for what, count in found if count}
