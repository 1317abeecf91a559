"""Mechanisms as text: read back exactly, whatever they are, and nothing else is read."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datalab.errors import InternalError
from datalab.privacy.accounts.mechanism import (
    EXACT,
    KINDS,
    DiscreteGaussian,
    GaussianSearch,
    GaussianThreshold,
    Mechanism,
    read_line,
    read_mechanism,
    write_line,
    write_mechanism,
)

WHOLE = st.integers(1, 2**70)
SCALE = st.floats(min_value=0, allow_nan=False, allow_infinity=False, exclude_min=True)
MECHANISMS = st.one_of(
    st.builds(DiscreteGaussian, l2_squared=WHOLE, scale=SCALE),
    st.builds(GaussianThreshold, l0=WHOLE, l2_squared=WHOLE, linf=WHOLE, scale=SCALE, threshold=WHOLE),
    st.builds(GaussianSearch, rounds=st.integers(1, 2**70), l2_squared=WHOLE, scale=SCALE),
)
NAMES = st.text(st.characters(exclude_characters=";:\r\n", codec="utf-8"), min_size=1, max_size=20)


def test_every_kind_is_drawn() -> None:
    """A mechanism that is added is among those that the statements below are tried on."""
    assert {DiscreteGaussian, GaussianThreshold, GaussianSearch} == set(KINDS)


@given(mechanism=MECHANISMS)
def test_a_mechanism_is_read_as_it_was_written(mechanism: Mechanism) -> None:
    """Kind and every number come back, floats to the last bit."""
    assert read_mechanism(write_mechanism(mechanism)) == mechanism


@given(parts=st.lists(st.tuples(NAMES, MECHANISMS), max_size=4).map(tuple))
def test_a_line_is_read_as_it_was_written(parts: tuple[tuple[str, Mechanism], ...]) -> None:
    """Every part of an answer comes back under its name, in order; none for public data."""
    assert read_line(write_line(parts)) == parts


@given(
    line=st.lists(st.tuples(NAMES, MECHANISMS), min_size=1, max_size=2).map(tuple).map(write_line),
    place=st.integers(0, 400),
    letter=st.sampled_from(string.printable),
)
def test_a_changed_line_is_refused_or_reads_as_what_it_says(line: str, place: int, letter: str) -> None:
    """Nothing is skipped or guessed: whatever is read writes to the very text that was read."""
    changed = line[: place % len(line)] + letter + line[place % len(line) :]
    try:
        read = read_line(changed)
    except ValueError:
        return
    assert write_line(read) == changed


OLD = "rows: discrete Gaussian, L2 sensitivity squared 8, scale 28.284271247461902"


def test_lines_of_earlier_versions_are_read() -> None:
    """What stands in ledgers since the first version keeps its meaning."""
    gaussian = DiscreteGaussian(l2_squared=8, scale=28.284271247461902)

    assert read_line(OLD) == (("rows", gaussian),)
    assert read_line(f"{OLD}; mean sum: {OLD.removeprefix('rows: ')}") == (("rows", gaussian), ("mean sum", gaussian))
    assert read_line(EXACT) == ()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "gaussian",
        "counted",
        OLD.removeprefix("rows: "),
        f"{OLD};",
        f"{OLD}; ",
        f"{OLD}\n",
        OLD.replace("28.284271247461902", "28.2842712474619020"),
        OLD.replace("28.284271247461902", "nan"),
        OLD.replace("28.284271247461902", "inf"),
        OLD.replace("28.284271247461902", "-1.0"),
        OLD.replace("28.284271247461902", "0.0"),
        OLD.replace("discrete Gaussian", "search of 0 rounds, each discrete Gaussian"),
        OLD.replace("squared 8", "squared 08"),
        OLD.replace("squared 8", "squared -8"),
        OLD.replace("squared 8", "squared 0"),
        OLD.replace("discrete Gaussian", "search of 9 rounds, each discrete Gaussian").replace(
            "squared 8", "squared 0"
        ),
        OLD.replace("squared 8", "squared \N{ARABIC-INDIC DIGIT EIGHT}"),
        OLD.replace("discrete Gaussian", "Gaussian"),
    ],
)
def test_what_is_no_mechanism_is_refused(line: str) -> None:
    """An unknown or mangled mechanism is refused, so that its charge is listed rather than taken for free."""
    with pytest.raises(ValueError, match="is no"):
        read_line(line)


@pytest.mark.parametrize("name", ["", "a: b", "a;b", "a\nb"])
def test_a_name_that_could_be_misread_is_never_written(name: str) -> None:
    """A part's name cannot pass for a mechanism."""
    with pytest.raises(InternalError):
        write_line(((name, DiscreteGaussian(l2_squared=1, scale=1.0)),))
