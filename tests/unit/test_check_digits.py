"""Check characters of numbers: published examples hold, and a slip in one character breaks them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anonymise.validity import is_card_number, is_cro_number, is_iban, is_imei, is_nhs_number, is_pnc_id, is_uln

HOLD: tuple[tuple[Callable[[str], bool], str], ...] = (
    (is_uln, "9276308686"),  # HESA's example
    (is_pnc_id, "2003/0011985X"),
    (is_pnc_id, "03/11985X"),  # short: leading noughts are left out
    (is_cro_number, "123456/12U"),
    (is_cro_number, "SF39/083404K"),
    (is_card_number, "4111111111111111"),
    (is_card_number, "378282246310005"),
    (is_imei, "490154203237518"),  # 3GPP's example
    (is_iban, "GB29NWBK60161331926819"),  # ISO 13616's register
    (is_iban, "DE89370400440532013000"),
)


@pytest.mark.parametrize(("check", "number"), HOLD)
def test_a_valid_number_holds(check: Callable[[str], bool], number: str) -> None:
    """A published or computed example passes."""
    assert check(number)


@pytest.mark.parametrize(("check", "number"), HOLD)
def test_one_wrong_digit_breaks_it(check: Callable[[str], bool], number: str) -> None:
    """No other digit at any one place passes."""
    changed = [
        f"{number[:place]}{digit}{number[place + 1 :]}"
        for place, old in enumerate(number)
        if old.isdigit()
        for digit in "0123456789"
        if digit != old
    ]

    passing = [text for text in changed if check(text)]

    assert passing == []


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (is_uln, "0276308686"),
        (is_uln, "927630868"),
        (is_pnc_id, "2003-0011985X"),
        (is_pnc_id, ""),
        (is_cro_number, "123456/12"),
        (is_card_number, "1111111111111117"),  # no industry of cards
        (is_card_number, "\u0661" * 16),
        (is_imei, "49015420323751"),
        (is_iban, "GB29"),
        (is_iban, "gb29nwbk60161331926819"),
    ],
)
def test_another_shape_does_not_hold(check: Callable[[str], bool], text: str) -> None:
    """Length, letters and signs are part of a number."""
    assert not check(text)


def test_no_number_is_a_learner_and_a_patient() -> None:
    """The check of learners is the one of patients with another remainder."""
    both = [
        number for number in map(str, range(4_000_000_000, 4_000_004_000)) if is_uln(number) and is_nhs_number(number)
    ]

    assert both == []
