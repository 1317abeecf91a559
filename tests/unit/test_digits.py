"""Numbers as people read them: no more digits than their noise justifies."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datalab.privacy.answer import Estimate
from datalab.privacy.budget import Budget
from datalab.privacy.digits import estimate_parts, estimate_text, significant


@pytest.mark.parametrize(
    ("number", "text"),
    [(8.77, "8.77"), (12_345.6, "12,300"), (0.041234, "0.0412"), (0.0, "0"), (1e-7, "0.0000001"),
     (3e10, "30,000,000,000"), (-20.0, "-20"), (0.9999, "1"), (999.9, "1,000")],
)  # fmt: skip
def test_numbers_are_written_without_powers_of_ten(number: float, text: str) -> None:
    """Three digits say enough, and nobody has to know what 1.23e+04 means."""
    assert significant(number) == text


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (0.099999999, 0.0712, 0.1311, "0.100  [0.071 to 0.132]"),
        (1_234_567, 1_234_000, 1_235_134, "1,234,567  [1,234,000 to 1,235,134]"),
        (1_234.5678, 1_100.2, 1_400.9, "1,235  [1,100 to 1,401]"),
        (0.5, 0.0, 1.0, "0.50  [0.00 to 1.00]"),
        (1 / 3, 1 / 3, 1 / 3, "0.333333  [0.333333 to 0.333333]"),
        (0.04, 0.01, None, "0.040  [0.010 to no limit]"),
        (None, 0.2, 0.21, "no one figure; within [0.2000 to 0.2100]"),
        (None, 0.3, None, "no one figure; 0.3 or more"),
        (None, None, 7, "no one figure; 7 or less"),
        (None, None, None, "too few to say"),
    ],
)
def test_figures_are_shown_to_the_digits_of_their_noise(
    value: float | None, low: float | None, high: float | None, text: str
) -> None:
    """Two digits of the noise decide; whole digits stay; where there is no figure, the interval still speaks."""
    assert estimate_text(Estimate(value=value, low=low, high=high)) == text


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (-13, -13, 8, "-13  [8 or less]"),
        (13.0, -8.04, 13.0, "13  [-9 or more]"),
        (0, 0, 8, "0  [0 to 8]"),
        (175.1, 30.5, 175.1, "175  [30 to 176]"),
        (3, 0, 8, "3  [0 to 8]"),
        (-13, -34, 8, "-13  [-34 to 8]"),
        (-13, -34, 0, "-13  [-34 to 0]"),
    ],
)
def test_an_amount_that_cannot_be_is_told_with_the_end_that_says_something(
    value: float, low: float, high: float, text: str
) -> None:
    """A count below 0 is noise: the truth is so many or less, and the end that is the figure itself says nothing.

    An end above 0 that is the figure itself may be widened to hold it, where no end is below 0: then both are told.
    """
    assert estimate_text(Estimate(value=value, low=low, high=high), amount=True) == text


@pytest.mark.parametrize(
    ("value", "low", "high", "parts"),
    [
        (-13, -13, 8, ("-13", "8 or less")),
        (0.0999, 0.0712, 0.1311, ("0.100", "0.071 to 0.132")),
        (None, 0.2, 0.21, ("", "0.2000 to 0.2100")),
        (None, None, None, ("", "")),
        (5, None, None, ("5", "")),
    ],
)
def test_a_table_shows_a_figure_and_its_interval_apart(
    value: float | None, low: float | None, high: float | None, parts: tuple[str, str]
) -> None:
    """A column each, by the same rules as in one text; empty where there is nothing to say."""
    assert estimate_parts(Estimate(value=value, low=low, high=high), amount=True) == parts


def test_the_end_of_a_quantile_is_an_end() -> None:
    """A figure that is no amount may be the least that its interval holds."""
    assert estimate_text(Estimate(value=-13, low=-13, high=8)) == "-13  [-13 to 8]"


@given(
    value=st.floats(-1e9, 1e9), below=st.floats(1e-6, 1e6), above=st.floats(1e-6, 1e6)
)  # fmt: skip
def test_what_is_shown_holds_what_is_stored(value: float, below: float, above: float) -> None:
    """Ends are rounded outward: the interval that people see is never narrower than the one that is released."""
    stored = Estimate(value=value, low=value - below, high=value + above)
    _, shown = estimate_text(stored).replace(",", "").rstrip("]").split("[")
    low, high = map(Decimal, shown.split(" to "))

    assert low <= Decimal(repr(stored.low))
    assert high >= Decimal(repr(stored.high))


@pytest.mark.parametrize(
    ("nano", "text"), [(99_999_999, "rho 0.1"), (123_456_789, "rho 0.123457"), (5, "rho 0.000000005"), (0, "rho 0")]
)
def test_a_price_is_said_to_six_digits_and_never_too_low(nano: int, text: str) -> None:
    """What a question costs is rounded up for people; the ledger keeps every billionth."""
    assert Budget(nano).about == text
