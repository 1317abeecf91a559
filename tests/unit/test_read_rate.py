"""The rate of a reading: its estimate, its interval, and that the interval covers what it says."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from anonymise.review.rate import ReadCounts, ReadRate, least_texts, least_upper, read_counts
from anonymise.treatment.missed import MissRate

FILE = 1_000_000
"""Texts of a file that is large beside every sample here."""


def rate(*texts: tuple[int, int], of: int = FILE) -> ReadRate:
    """Return the rate of texts, each told by its identifiers and how many of them were missed."""
    return ReadRate(counts=read_counts((identifiers, missed, 0) for identifiers, missed in texts), population=of)


def test_sums_are_all_that_is_kept_of_texts() -> None:
    """Counts and sums of squares, added up over texts, whoever holds what."""
    counts = read_counts([(3, 1, 0), (0, 0, 2), (2, 2, 1)])

    assert counts == ReadCounts(
        texts=3, holding=2, identifiers=5, missed=3, wrong=3, identifiers_squared=13, missed_squared=5, product=7
    )


def test_the_rate_is_of_identifiers_and_not_of_texts() -> None:
    """One missed of four is a quarter, however the four lie in texts; none found is no share and says nothing."""
    assert rate((3, 1), (1, 0), (0, 0)).share == 0.25
    assert (rate((0, 0)).share, rate((0, 0)).interval) == (0.0, (0.0, 1.0))


@pytest.mark.parametrize(
    ("texts", "low", "high"),
    [
        # Wilson with Student's 49 degrees at 50 texts: 2.0096^2 / (50 + 2.0096^2)
        ([(3, 0)] * 50, 0.0, 0.0747),
        # three missed in three texts: as good as 150 identifiers drawn alone, but never below the line above
        ([(3, 0)] * 47 + [(3, 1)] * 3, 0.0067, 0.0747),
        # three missed in one text: as good as one text in fifty
        ([(3, 0)] * 49 + [(3, 3)], 0.0034, 0.1097),
    ],
)
def test_misses_in_one_text_count_as_one_piece_of_evidence(
    texts: list[tuple[int, int]], low: float, high: float
) -> None:
    """What is missed together widens the interval; and no interval ends below what no miss would leave possible."""
    assert rate(*texts).interval == pytest.approx((low, high), abs=1e-4)


def test_a_file_that_was_read_whole_leaves_nothing_to_chance() -> None:
    """The interval is the share; with half of a file read it is narrower than with a small part."""
    texts = [(2, 0)] * 19 + [(2, 1)]

    assert rate(*texts, of=20).interval == (0.025, 0.025)
    assert rate(*texts, of=40).interval[1] < rate(*texts).interval[1]


@pytest.mark.parametrize("together", [False, True], ids=["each by itself", "whole texts"])
@pytest.mark.parametrize("share", [0.01, 0.05, 0.2])
def test_the_interval_covers_the_files_own_rate(share: float, *, together: bool) -> None:
    """Of 400 readings of 50 texts 92 in 100 do; the control, which takes identifiers for independent, does not."""
    rng = Random(f"{share}|{together}")
    file = []
    for _ in range(20_000):
        identifiers = rng.randint(0, 6)
        if together:
            missed = identifiers * (rng.random() < share)
        else:
            missed = sum(rng.random() < share for _ in range(identifiers))
        file.append((identifiers, missed))
    true = sum(missed for _, missed in file) / sum(identifiers for identifiers, _ in file)

    readings = [rate(*rng.sample(file, 50), of=len(file)) for _ in range(400)]
    intervals = [reading.interval for reading in readings]
    naive = [
        MissRate(planted=reading.counts.identifiers, missed=reading.counts.missed).interval for reading in readings
    ]

    assert sum(low <= true <= high for low, high in intervals) >= 0.92 * len(intervals)
    assert sum(true <= high for _, high in intervals) >= 0.94 * len(intervals)
    if together:
        assert sum(low <= true <= high for low, high in naive) < 0.88 * len(naive)


def test_it_is_known_beforehand_how_many_texts_can_show_what_is_accepted() -> None:
    """One text fewer leaves more possible than is accepted, where nothing is missed; a small file is read whole."""
    texts = least_texts(0.05, FILE)

    assert least_upper(texts, FILE) <= 0.05 < least_upper(texts - 1, FILE)
    assert texts == 76
    assert least_upper(50, FILE) == rate(*[(1, 0)] * 50).interval[1]
    assert least_texts(0.05, 10**15) == 76  # a file that is too large to look at a text at a time
    assert least_texts(0.05, 30) < least_texts(0.001, 30) == 30


@pytest.mark.parametrize(
    "impossible",
    [
        {"missed": 6},
        {"holding": 4},
        {"holding": 1},
        {"identifiers_squared": 12},
        {"identifiers_squared": 26},
        {"missed_squared": 2},
        {"product": 4},
        {"product": 14},
        {"identifiers": 0},
        {"texts": 1},
    ],
    ids=str,
)
def test_sums_that_no_texts_give_are_seen(impossible: dict[str, int]) -> None:
    """Each sum bounds the others; those of real texts pass."""
    real = {
        "texts": 3,
        "holding": 2,
        "identifiers": 5,
        "missed": 3,
        "wrong": 3,
        "identifiers_squared": 13,
        "missed_squared": 5,
        "product": 7,
    }

    assert ReadCounts(**real).is_possible()
    assert not ReadCounts(**{**real, **impossible}).is_possible()


@pytest.mark.parametrize(("texts", "chance"), [(50, 0.605), (200, 0.134)])
def test_what_no_drawn_text_shows_no_interval_covers(texts: int, chance: float) -> None:
    """Where 1 text in 100 holds all that is missed, the interval fails whenever none of them is drawn, as is said."""
    rng = Random(f"{texts}")
    file = [(30, 30) if number % 100 == 0 else (1 + number % 2, 0) for number in range(20_000)]
    true = sum(missed for _, missed in file) / sum(identifiers for identifiers, _ in file)

    drawn = [rng.sample(file, texts) for _ in range(400)]
    covered = [low <= true <= high for low, high in (rate(*one, of=len(file)).interval for one in drawn)]
    blind = [all(missed == 0 for _, missed in one) for one in drawn]

    assert sum(blind) / len(blind) == pytest.approx(chance, abs=0.08)  # .99 to the power of the texts
    assert not any(one and none for one, none in zip(covered, blind, strict=True))
    assert sum(covered) < 0.92 * len(covered)
    assert {50: 0.2, 200: 0.7}[texts] < sum(covered) / len(covered)


@pytest.mark.parametrize(("texts", "share"), [(50, 5.8), (100, 3.0), (200, 1.5), (500, 0.6)])
def test_the_page_says_how_many_texts_of_a_kind_may_be_unmet(texts: int, share: float) -> None:
    """At 95 % a kind of text that was never drawn is no more than 1 - 0.05 to the power of 1 over the texts read."""
    page = (Path(__file__).parents[2] / "docs/custodian-review.md").read_text("utf-8")
    row = next(line for line in page.splitlines() if line.startswith(f"| {texts} |"))

    assert (1 - 0.05 ** (1 / texts)) * 100 == pytest.approx(share, abs=0.05)
    assert row.endswith(f"| {share} % |")
    assert row.split("|")[2].strip() == f"{least_upper(texts, FILE) * 100:.1f} %"
