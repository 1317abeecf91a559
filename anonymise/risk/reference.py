"""What the counts mean, in memory and plainly; Spark gives the same (`tests/property/test_risk_engines_agree.py`)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from math import exp, log

from anonymise.risk.classes import Classes
from anonymise.risk.diversity import Diversity
from anonymise.risk.measured import Measured, Wanted
from anonymise.risk.special import MOST_COLUMNS, SpecialUniques, parts, subsets

Row = Mapping[str, Hashable]
Combination = tuple[Hashable, ...]


def measure(rows: Sequence[Row], wanted: Wanted, *, unit: str) -> Measured:
    """Count a treated table.

    Args:
        rows: each with the unit's column and all wanted ones; None is a missing value.
        wanted: what to count.
        unit: name of the column that says whose row it is.
    """
    columns = wanted.quasi_identifiers
    return Measured(
        columns=columns,
        classes=_classes(rows, columns, unit),
        diversity=tuple(_diversity(rows, columns, name, unit) for name in wanted.sensitive),
        special=_special(rows, columns, unit) if len(columns) <= MOST_COLUMNS else None,
    )


def _members(rows: Sequence[Row], columns: tuple[str, ...], unit: str) -> dict[Combination, set[Hashable]]:
    members: dict[Combination, set[Hashable]] = defaultdict(set)
    for row in rows:
        members[tuple(row[name] for name in columns)].add(row[unit])
    return members


def _classes(rows: Sequence[Row], columns: tuple[str, ...], unit: str) -> Classes:
    smallest: dict[Hashable, int] = {}
    members = _members(rows, columns, unit)
    for units in members.values():
        for one in units:
            smallest[one] = min(len(units), smallest.get(one, len(units)))
    return Classes(by_size=Counter(map(len, members.values())), units_by_size=Counter(smallest.values()))


def _diversity(rows: Sequence[Row], columns: tuple[str, ...], sensitive: str, unit: str) -> Diversity:
    pairs: dict[Combination, set[tuple[Hashable, Hashable]]] = defaultdict(set)
    for row in rows:
        if row[sensitive] is not None:
            pairs[tuple(row[name] for name in columns)].add((row[unit], row[sensitive]))
    counts = [Counter(value for _, value in held).values() for held in pairs.values()]
    entropies = [sum(-count / sum(held) * log(count / sum(held)) for count in held) for held in counts]
    return Diversity(
        column=sensitive,
        distinct=min(map(len, counts), default=0),
        entropy=exp(min(entropies)) if entropies else 0.0,
        alike=sum(sum(held) for held in counts if len(held) == 1),
        judged=sum(map(sum, counts)),
    )


def _special(rows: Sequence[Row], columns: tuple[str, ...], unit: str) -> SpecialUniques:
    singled: dict[Hashable, set[int]] = defaultdict(set)
    for number, names in subsets(columns):
        for units in _members(rows, names, unit).values():
            if len(units) == 1:
                singled[next(iter(units))].add(number)
    by_size: Counter[int] = Counter()
    sets: Counter[tuple[str, ...]] = Counter()
    for numbers in singled.values():
        by_size[min(number.bit_count() for number in numbers)] += 1
        for number, names in subsets(columns):
            if number in numbers and not numbers & set(parts(number)):
                sets[names] += 1
    return SpecialUniques(by_size=by_size, sets=sets)
