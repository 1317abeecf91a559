"""Searching for a quantile: how often intervals hold, how far ranks are off, how near figures are beside noisy bins.

What a unit moves is tried in `test_worst_neighbours.py`, what an attacker learns in `test_whole_path.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from drawn import discrete_gaussian
from offences import plan_of, question, ref
from shares import at_least, off

from datalab.engine.noise import OpenDPNoise
from datalab.privacy.bounds import MAX_CELL_CONTRIBUTION
from datalab.privacy.estimate.bins import Shape
from datalab.privacy.estimate.quantile import Place, places
from datalab.privacy.estimate.search import figures, foreseen, found, reach_of, replayed, searched, signed_sums
from datalab.privacy.plan import Cells, Part
from datalab.query.model import Quantile, Question

BINS, SCALE, COPIES = 64, 90.0, 1_000
"""Bins of a cell, scale of a round's noise, searches of each truth."""
Counts = npt.NDArray[np.int64]


def asked(*levels: Fraction, bins: int = BINS, cap: int = 1) -> Question:
    """Return a question of some quantiles of one column."""
    names = ("quantile", "typical", "minutes")
    measures = [
        Quantile(column=ref("minutes"), name=name, level=level, bins=bins)
        for name, level in zip(names, levels, strict=False)
    ]
    return question(*measures, rows_per_unit=cap, rows_per_cell=cap)


def part_of(level: Fraction) -> Part:
    """Return the part of a search; its range has 58 bins."""
    (part,) = plan_of(asked(level)).parts
    assert part.search is not None
    return part


def noised_by(rng: np.random.Generator, scale: float = SCALE) -> Callable[[Sequence[int]], Sequence[int]]:
    """Return what noises a round."""
    return lambda sums: (np.array(sums) + discrete_gaussian(rng, scale, len(sums))).tolist()


def truths(bins: int, rows: int) -> dict[str, Counts]:
    """Return rows by bin, of shapes that a search finds hard: no row near the quantile, all in one bin, at an end."""
    place = np.arange(bins)
    return {
        "even": np.full(bins, rows // bins),
        "one": np.where(place == bins // 3, rows, 0),
        "ends": np.where((place == 0) | (place == bins - 1), rows // 2, 0),
        "gap": np.where((place == 20) | (place == 21), [rows // 2, rows // 2 + 1][0], 0) + (place == 50),
        "low end": np.where(place == 0, rows, 0),
        "high end": np.where(place == bins - 1, rows, 0),
        "skewed": np.round(rows * 0.5 ** (place + 1.0)).astype(np.int64),
        "steps": np.where(place % 16 == 5, rows // 4, 0),
    }


def bin_of_quantile(part: Part, counts: Counts) -> int:
    """Return the bin that the true quantile lies in."""
    return int(np.argmax(signed_sums(part, counts.tolist())[0, 1:] >= 0))


@pytest.mark.parametrize(
    ("rows", "level"), [(rows, Fraction(1, 2)) for rows in (1, 40, 400, 40_000)] + [(400, Fraction(2, 5))]
)
@pytest.mark.parametrize("shape", truths(BINS, 100))
def test_intervals_and_ranks_hold_whatever_the_truth(
    shape: str, rows: int, level: Fraction, measured: Callable[..., None]
) -> None:
    """The interval holds the true bin, and the rank of the figure's bin is as near as stated, in 95 of 100 or more."""
    part = part_of(level)
    counts, rng = truths(part.bins, rows)[shape], np.random.default_rng([rows, level.numerator])
    drawn = searched(part, counts.tolist() * COPIES, SCALE, noised_by(rng))
    where, course = found(part, drawn, SCALE, confidence=0.95), replayed(part, drawn, SCALE)
    true, exact = bin_of_quantile(part, counts), signed_sums(part, counts.tolist())[0]
    assert part.search is not None
    reach = reach_of(SCALE, part.search.rounds)

    held = np.mean([one.first <= true <= one.last for one in where])
    near = np.mean((exact[course.low] <= reach) & (exact[course.high] >= -reach))
    assert np.all(course.high - course.low == 1)
    assert all(np.isnan(one.at) or one.first <= one.at < one.last + 1 for one in where)
    assert at_least("quantile that is searched for", float(held), COPIES, measured)
    assert at_least("rank of a quantile that is searched for", float(near), COPIES, measured)


GROUPS = 8_000


def told_of_none(scale: float, level: Fraction = Fraction(1, 2)) -> float:
    """Return the share of groups without any row that are told a figure."""
    part = part_of(level)
    drawn = searched(part, [0] * part.bins * GROUPS, scale, noised_by(np.random.default_rng(9), scale))
    return float(np.mean([not np.isnan(one.at) for one in found(part, drawn, scale, confidence=0.95)]))


@pytest.mark.parametrize(("scale", "level"), [(0.5, "1/2"), (2.0, "1/2"), (SCALE, "1/2"), (3 * SCALE, "2/5")])
def test_a_group_without_rows_has_no_figure(scale: float, level: str, measured: Callable[..., None]) -> None:
    """Of groups without any row, 99 of 100 or more are told no figure, whatever the noise."""
    told = told_of_none(scale, Fraction(level))

    measured(f"median of a group without rows, noise of scale {scale:g}", f"{told:.4f}", "at most 0.01 told")
    assert told <= 0.01 + off(0.01, GROUPS)


def test_a_rule_that_noise_passes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a rule that five of 100 groups of noise pass, the test above finds them told."""
    monkeypatch.setattr(figures, "EMPTY", 0.05)

    assert told_of_none(SCALE) > 0.02


@pytest.mark.parametrize(
    ("shape", "rows", "least"), [("even", 120, 0.6), ("one", 60, 0.85), ("low end", 60, 0.85), ("skewed", 60, 0.75)]
)
def test_a_group_of_some_rows_has_a_figure(shape: str, rows: int, least: float) -> None:
    """Groups that the largest sum told from noise in most answers still have a figure, in an interval that holds."""
    part, scale = part_of(Fraction(1, 2)), 30.0
    counts = truths(part.bins, rows)[shape]
    drawn = searched(part, counts.tolist() * COPIES, scale, noised_by(np.random.default_rng(4), scale))

    stated = [one for one in found(part, drawn, scale, confidence=0.95) if not np.isnan(one.at)]
    true = bin_of_quantile(part, counts)

    assert len(stated) >= least * COPIES
    assert all((one.first, one.last) != (0, part.bins - 1) for one in stated)
    assert np.mean([one.first <= true <= one.last for one in stated]) >= 0.95 - off(0.95, len(stated))


def test_a_reach_that_is_too_small_is_noticed(monkeypatch: pytest.MonkeyPatch, measured: Callable[..., None]) -> None:
    """With a third less reach, the test above finds a truth that intervals hold too rarely."""
    monkeypatch.setattr(figures, "reach_of", lambda *of: 2 * reach_of(*of) // 3)
    part = part_of(Fraction(1, 2))
    counts = truths(part.bins, 400)["ends"]
    drawn = searched(part, counts.tolist() * COPIES, SCALE, noised_by(np.random.default_rng(1)))
    true = bin_of_quantile(part, counts)

    held = float(np.mean([one.first <= true <= one.last for one in found(part, drawn, SCALE, confidence=0.95)]))
    measured("quantile that is searched for, two thirds of its reach", f"{held:.3f}", "at least 0.95", control=True)
    assert held < 0.93


def shapes(bins: int) -> dict[str, npt.NDArray[np.float64]]:
    """Return shares of the rows by bin, as registers have them."""
    place = (np.arange(bins) + 0.5) / bins
    return {
        "even": np.ones(bins),
        "skewed": np.exp(-(np.log(place / 0.125) ** 2) / 2) / place,
        "normal": np.exp(-(((place - 0.37) / 0.08) ** 2) / 2),
    }


@pytest.mark.parametrize("rows", [600, 2_000, 6_000, 60_000])
@pytest.mark.parametrize("shape", shapes(BINS))
def test_a_search_is_nearer_than_noisy_bins_of_the_same_cost(
    shape: str, rows: int, measured: Callable[..., None]
) -> None:
    """At equal budget errors of medians are 0.6 of theirs or less; intervals no wider, and as wide as foreseen."""
    part, rng, one = part_of(Fraction(1, 2)), np.random.default_rng(3), SCALE / 3
    shares = shapes(part.bins)[shape]
    counts = np.array([rng.multinomial(rows, np.roll(shares / shares.sum(), turn % 7)) for turn in range(300)])
    sums = signed_sums(part, counts.ravel().tolist())
    bins = np.argmax(sums[:, 1:] >= 0, axis=1)
    cell = np.arange(len(counts))
    true = bins - sums[cell, bins] / np.maximum(sums[cell, bins + 1] - sums[cell, bins], 1)

    drawn = searched(part, counts.ravel().tolist(), SCALE, noised_by(rng))
    mine = found(part, drawn, SCALE, confidence=0.95)
    wide = [(one.last + 1 - one.first) for one in foreseen(part, counts.ravel().tolist(), SCALE, confidence=0.95)]
    theirs = _of_bins(counts, one, rng)

    error, width = _error(mine, true), np.mean([place.last + 1 - place.first for place in mine])
    other_error, other_width = _error(theirs, true), np.mean([place.last + 1 - place.first for place in theirs])
    measured(
        f"median, {shape}, {rows:,} rows: error and width, to those of noisy bins",
        f"{error / other_error:.2f}, {width / other_width:.2f}",
        "0.60, 1.05",
    )
    assert error <= 0.6 * other_error
    assert width <= 1.05 * other_width
    assert abs(width - np.mean(wide)) <= 1 + 0.25 * width


def _of_bins(counts: Counts, scale: float, rng: np.random.Generator) -> list[Place]:
    """Return medians of noisy bins at two levels, each at half of the budget that noise of this scale takes."""
    coarse = -(-counts.shape[1] // 8)
    each = scale * np.sqrt(2)
    padded = np.pad(counts, ((0, 0), (0, 8 * coarse - counts.shape[1])))
    levels = [counts, padded.reshape(len(counts), coarse, 8).sum(axis=2)]
    noisy = [
        (level + discrete_gaussian(rng, each, level.size).reshape(level.shape)).ravel().tolist() for level in levels
    ]
    return places(
        Shape(levels=((1, counts.shape[1]), (8, coarse)), scales=(each, each), level=0.5), noisy, confidence=0.95
    )


def _error(where: Sequence[Place], true: npt.NDArray[np.float64]) -> float:
    """Return the mean distance; where no figure is stated, from the middle of the interval."""
    told = [(one.first + one.last + 1) / 2 if np.isnan(one.at) else one.at for one in where]
    return float(np.mean(np.abs(np.array(told) - true)))


def test_opendp_draws_every_round_with_its_scale() -> None:
    """Through OpenDP, first sums are the exact ones at the middle edge, off by noise of the scale that is priced."""
    plan, noise = plan_of(replace(asked(Fraction(1, 2)), query=replace(asked(Fraction(1, 2)).query))), OpenDPNoise()
    many = plan_of(
        question(*plan.question.query.measures, by=[ref("kind"), ref("ward"), ref("grade"), ref("age_band")])
    )
    (part,) = many.parts
    assert part.search is not None
    counts = np.ones(part.bins, dtype=np.int64) * 50
    drawn = noise.draw(many, Cells(vectors={part.name: tuple(counts.tolist()) * (part.size // part.bins)}))
    scale = noise.price(many).scale(part.name)
    course = replayed(part, drawn.vectors[part.name], scale)
    exact = signed_sums(part, counts.tolist())[0]
    noises = (course.sums - exact[course.edges]) / scale

    assert len(drawn.vectors[part.name]) == part.drawn == part.size // part.bins * part.search.rounds
    assert np.all(course.edges[:, 0] == part.bins // 2)
    assert abs(noises.mean()) < 4 / np.sqrt(noises.size)
    assert noises.std() == pytest.approx(1, abs=4 / np.sqrt(2 * noises.size))
    assert abs(np.corrcoef(noises[:, :-1].ravel(), noises[:, 1:].ravel())[0, 1]) < 4 / np.sqrt(noises.size)


@pytest.mark.parametrize("vector", [(), (2**80,) * 100, (-5,) * 200, (2**62,) * 58, (0,) * 58])
def test_nothing_that_an_engine_returns_stops_a_search(vector: tuple[int, ...]) -> None:
    """Too short, too long, negative or far too large: as many sums come out, and figures can be made of them."""
    plan, noise = plan_of(asked(Fraction(1, 2))), OpenDPNoise()
    (part,) = plan.parts
    drawn = noise.draw(plan, Cells(vectors={part.name: vector})).vectors[part.name]

    assert len(drawn) == part.drawn
    assert len(found(part, drawn, noise.price(plan).scale(part.name), confidence=0.95)) == 1


@pytest.mark.parametrize(
    ("levels", "bins", "cap", "searches"),
    [
        ((Fraction(1, 2),), 64, 3, True),
        ((Fraction(2, 5),), 256, 1, True),
        ((Fraction(9, 10),), 64, 1, False),
        ((Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)), 64, 1, False),
        ((Fraction(1, 2),), 4, 1, False),
        ((Fraction(MAX_CELL_CONTRIBUTION // 2, MAX_CELL_CONTRIBUTION + 1),), 64, 1, False),
    ],
)
def test_what_tells_more_is_chosen_beforehand(
    levels: tuple[Fraction, ...], bins: int, cap: int, *, searches: bool
) -> None:
    """A median is searched for; far quantiles, several together, few bins and levels too fine for it are not."""
    parts = plan_of(asked(*levels, bins=bins, cap=cap)).parts

    assert {part.search is not None for part in parts} == {searches}
    assert sum(part.share.rho for part in parts) <= plan_of(asked(*levels, bins=bins, cap=cap)).question.rho


def test_levels_of_many_digits_find_the_quantile_of_very_many_rows() -> None:
    """At a level of 249999999/500000001, 300 million rows in one bin are not cut to what fits in 64 bits a bin."""
    part = part_of(Fraction(249_999_999, 500_000_001))
    assert part.search is not None
    counts = np.zeros(part.bins, dtype=np.int64)
    counts[10], counts[50:52] = 3 * 10**8, 14 * 10**7
    drawn = searched(part, counts.tolist(), 1.0, lambda sums: sums)

    (place,) = found(part, drawn, 1.0, confidence=0.95)

    assert (place.first, int(place.at), place.last) == (10, 10, 10)
    assert signed_sums(part, [10**30] * part.bins).max() == 2**62


def test_a_cell_is_searched_so_often_as_one_that_stands_there_so_often() -> None:
    """Searching each of two cells three times gives what six cells give, with the same noise."""
    part, rng = part_of(Fraction(1, 2)), np.random.default_rng
    one, two = truths(part.bins, 400)["even"].tolist(), truths(part.bins, 60)["one"].tolist()

    times = searched(part, one + two, SCALE, noised_by(rng(5)), times=3)
    assert times == searched(part, one * 3 + two * 3, SCALE, noised_by(rng(5)))


def test_a_figure_lies_in_its_own_interval() -> None:
    """Also where few rows at the upper end let sums outside the bracket leave no doubt, figure and interval agree."""
    part, scale = part_of(Fraction(1, 2)), 30.0
    counts = truths(part.bins, 60)["high end"]
    drawn = searched(part, counts.tolist() * COPIES, scale, noised_by(np.random.default_rng(4), scale))
    stated = [one for one in found(part, drawn, scale, confidence=0.95) if not np.isnan(one.at)]

    assert len(stated) > COPIES / 10
    assert all(one.first <= one.at < one.last + 1 for one in stated)
