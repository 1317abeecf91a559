"""Digits are read from words as they are said."""

from __future__ import annotations

import pytest

from anonymise.prose.cleaned.spoken import spoken_digits


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("oh seven seven double oh, nine hundred, one two three", "07700900123"),
        ("NOUGHT TREBLE SEVEN zero", "07770"),
        ("seventy-three twenty forty two", "732042"),
        ("twenty oh one", "2001"),
        ("fifteen thirty", "1530"),
        ("07 double 7 one", "07771"),
        ("two thousand", "2000"),
        ("07700 900123", ""),
    ],
)
def test_words_are_digits(said: str, digits: str) -> None:
    """Repeats, tens, teens and hundreds count as they are meant; figures alone are no words."""
    assert spoken_digits(said) == digits
