"""Figures of disclosure risk, by hand-made tables and by populations that are known whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import comb, log
from random import Random

import pytest
from scipy.integrate import quad
from treated_dataset import contract

from anonymise.risk.attack import attack_risk, expected_match
from anonymise.risk.classes import Classes
from anonymise.risk.measured import Measured, Wanted
from anonymise.risk.population import Estimator, population_uniques
from anonymise.risk.reference import measure
from anonymise.risk.report import risk_report
from anonymise.risk.special import SpecialUniques
from datalab.contract.model import PrivacyUnit

WANTED = Wanted(quasi_identifiers=("age", "sex"), sensitive=("offence",))
ROWS = (
    ("a", "20-29", "F", "theft"),
    ("a", "20-29", "F", "theft"),  # the same person's second row is no second person
    ("b", "20-29", "F", "theft"),
    ("c", "20-29", None, "fraud"),  # a missing value matches a missing one
    ("d", "20-29", None, None),
    ("e", "30-39", "M", "fraud"),
    ("e", "20-29", "F", "fraud"),  # a person in two combinations
    ("f", "30-39", "F", None),
)


def measured() -> Measured:
    """The little table, measured."""
    rows = [dict(zip(("unit", "age", "sex", "offence"), row, strict=True)) for row in ROWS]
    return measure(rows, WANTED, unit="unit")


def sample_classes(drawn: list[int]) -> Classes:
    """Return the classes of people who have one combination each."""
    by_size = Counter(Counter(drawn).values())
    return Classes(by_size=by_size, units_by_size={size: size * count for size, count in by_size.items()})


def test_a_person_counts_once_in_each_combination_and_is_as_exposed_as_in_the_smallest() -> None:
    """Three share one combination, two another; of two combinations of one person the smaller tells."""
    classes = measured().classes

    assert dict(classes.by_size) == {3: 1, 2: 1, 1: 2}
    assert dict(classes.units_by_size) == {3: 2, 2: 2, 1: 2}
    assert (classes.k, classes.units, classes.combinations, classes.memberships) == (1, 6, 4, 7)
    assert [classes.below(size) for size in (1, 2, 3, 5)] == [0, 2, 4, 6]


def test_diversity_counts_a_person_once_a_value_and_leaves_missing_values_out() -> None:
    """The class of three has two values, 2 to 1; two classes have one; the one with none is left out."""
    (found,) = measured().diversity

    assert (found.distinct, found.alike, found.judged) == (1, 2, 5)
    assert found.entropy == pytest.approx(1)


def test_special_uniques_are_minimal() -> None:
    """Man alone singles e out, and thirty with woman singles f out, since neither thirty nor woman does."""
    special = measured().special

    assert special is not None
    assert dict(special.sets) == {("sex",): 1, ("age", "sex"): 1}
    assert dict(special.by_size) == {1: 1, 2: 1}


def test_risks_of_prosecutor_journalist_and_marketer() -> None:
    """1/k and its mean without a population; smaller chances where somebody may not be in the extract."""
    classes = sample_classes([1, 1, 2, 2, 2, 3])

    known, unknown = attack_risk(classes, 6), attack_risk(classes, 60)

    assert known.prosecutor_highest == known.journalist_highest == 1
    assert known.prosecutor_average == known.marketer == pytest.approx(3 / 6)
    assert unknown.prosecutor_highest == 1
    assert unknown.journalist_highest == pytest.approx(0.1 / 0.9 * log(10))  # Benedetti and Franconi, of a unique
    assert unknown.marketer is not None
    assert unknown.marketer < 0.2
    assert attack_risk(classes, None).marketer is None


@pytest.mark.parametrize("fraction", [0.001, 0.05, 0.3, 0.5, 0.51, 0.9])
@pytest.mark.parametrize("size", [1, 2, 3, 10, 40, 59, 60, 200])
def test_the_expected_match_is_the_integral(size: int, fraction: float) -> None:
    """Recursion, quadrature and the leading term agree with adaptive integration."""
    exact = quad(lambda u: fraction * u ** (size - 1) / (fraction + (1 - fraction) * u), 0, 1, epsabs=1e-13, limit=500)[
        0
    ]

    assert expected_match(size, fraction) == pytest.approx(exact, rel=2e-3 if size >= 60 else 1e-7)


def test_no_more_people_are_unique_than_there_are() -> None:
    """Of people who are unique twice each is counted once; where all are unique, nothing is known and all may be."""
    twice = Classes(by_size={1: 6, 2: 1}, units_by_size={1: 3, 2: 1})
    all_unique = Classes(by_size={1: 6}, units_by_size={1: 3})

    for population in (4, 8, 400):
        assert population_uniques(twice, population).in_extract <= 3
    found = population_uniques(all_unique, 300)
    assert (found.estimator, found.in_extract, found.in_population) == (Estimator.NONE, 3, 300)


def pitman_population(size: int, alpha: float, theta: float, rng: Random) -> list[int]:
    """Seat people one by one, as Pitman's model has it: at a new table, or beside somebody who sits already."""
    seats: list[int] = []
    beside, tables, counts = 0, 0, Counter[int]()
    for seated in range(size):
        fresh = rng.random() * (theta + seated) < theta + alpha * tables
        while not fresh:
            beside = rng.choice(seats)
            # Beside somebody with the chance of the table's number less alpha.
            if rng.random() >= alpha / counts[beside]:
                break
        if fresh:
            beside = tables
            tables += 1
        counts[beside] += 1
        seats.append(beside)
    return seats


@pytest.mark.parametrize(
    ("fraction", "estimator", "within"),
    [(0.05, Estimator.PITMAN, 1.4), (0.3, Estimator.ZAYATZ, 2.0), (1.0, Estimator.WHOLE, 1.0)],
)
def test_uniques_of_a_known_population_are_estimated(fraction: float, estimator: Estimator, within: float) -> None:
    """The number in the population is right within a factor, by the estimator that the sampling fraction asks for."""
    rng = Random(7)
    everybody = pitman_population(20_000, 0.4, 300, rng)
    true = sum(count == 1 for count in Counter(everybody).values())

    found = population_uniques(sample_classes(rng.sample(everybody, round(20_000 * fraction))), 20_000)

    assert found.estimator is estimator
    assert true / within <= found.in_population <= true * within
    assert found.in_extract <= found.in_population


def test_columns_that_people_are_recognised_by_are_counted_though_nobody_declared_them() -> None:
    """A date of birth as age band and a postcode as district are known of a person; a dropped name is not seen."""
    wanted = Wanted.of(contract())

    assert wanted is not None
    assert wanted.quasi_identifiers == ("born", "postcode")


def test_where_combinations_are_equally_common_uniques_are_overstated_and_not_missed() -> None:
    """A population that is not Pitman's at all is told to have more uniques than it has, by less than twenty times."""
    rng = Random(11)
    everybody = [rng.randrange(5_000) for _ in range(20_000)]
    true = sum(count == 1 for count in Counter(everybody).values())

    found = population_uniques(sample_classes(rng.sample(everybody, 1_000)), 20_000)

    assert found.estimator is Estimator.PITMAN
    assert true <= found.in_population <= 20 * true


def test_zayatz_weighs_each_size_by_its_chance_to_give_a_unique() -> None:
    """The estimate is Bayes' rule with hypergeometric chances, worked out here by counting draws."""
    classes = sample_classes([1, 2, 3, 3, 4, 4, 5, 5, 5, 5])
    population, drawn = 20, 10

    found = population_uniques(classes, population)

    chance = {
        size: comb(size, 1) * comb(population - size, drawn - 1) / comb(population, drawn) for size in classes.by_size
    }
    weight = {size: count * chance[size] for size, count in classes.by_size.items()}
    assert found.estimator is Estimator.ZAYATZ
    assert found.in_extract == pytest.approx(2 * weight[1] / sum(weight.values()))
    assert found.in_population == pytest.approx(found.in_extract * population / drawn)


def test_what_is_counted_follows_from_the_contract() -> None:
    """A sensitive column has its diversity told, unless it is known of people; of public data nothing is counted."""
    stated = contract()
    known = tuple(replace(one, quasi_identifier=True) if one.name == "kind" else one for one in stated.columns)

    wanted, widened = Wanted.of(stated), Wanted.of(replace(stated, columns=known))

    assert wanted is not None
    assert widened is not None
    assert (wanted.sensitive, widened.sensitive) == (("kind",), ())
    assert widened.quasi_identifiers == ("born", "postcode", "kind")
    assert Wanted.of(contract(PrivacyUnit.PUBLIC)) is None


def test_a_report_shows_few_sets_the_smallest_first_and_a_population_that_cannot_be() -> None:
    """Sets of few columns come before those that single out more people; a population below the extract's is told."""
    sets = {("b",): 1, ("a",): 2, ("a", "b"): 9, ("a", "c"): 8, ("b", "c"): 7, ("c", "d"): 1}
    measured = Measured(
        columns=("a", "b", "c", "d"),
        classes=Classes(by_size={1: 3}, units_by_size={1: 3}),
        diversity=(),
        special=SpecialUniques(by_size={1: 3, 2: 25}, sets=sets),
    )

    report = risk_report(replace(contract(), population=2), measured)

    assert [one["columns"] for one in report["special"]["sets"]] == [["a"], ["b"], ["a", "b"], ["a", "c"], ["b", "c"]]
    assert report["population"] == {"stated": 2, "too_small": True}
