"""Numbers as they are read aloud: `oh seven seven double oh, nine hundred, one two three` is 07700 900 123."""

from __future__ import annotations

from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

_DIGITS: Final = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0", "naught": "0", "one": "1", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_TEENS: Final = {
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16",
    "seventeen": "17", "eighteen": "18", "nineteen": "19",
}  # fmt: skip
_TENS: Final = {
    "twenty": "2", "thirty": "3", "forty": "4", "fourty": "4", "fifty": "5", "sixty": "6", "seventy": "7",
    "eighty": "8", "ninety": "9",
}  # fmt: skip
_TIMES: Final = {"double": 2, "triple": 3, "treble": 3}
_NOUGHTS: Final = {"hundred": "00", "thousand": "000"}
_DIGIT: Final = "|".join(_DIGITS)
_UNIT: Final = "|".join(word for word, digit in _DIGITS.items() if digit != "0")
_PART: Final = (
    rf"(?:(?:{'|'.join(_TIMES)})[ \u00a0-](?:{_DIGIT}|\d)|(?:{_DIGIT})(?:[ \u00a0](?:{'|'.join(_NOUGHTS)}))?|"
    rf"(?:{'|'.join(_TEENS)})|(?:{'|'.join(_TENS)})(?:[ \u00a0-](?:{_UNIT}))?|\d{{1,6}})(?![\w'\u2019])"
)
_BETWEEN: Final = "[ \u00a0,.-]{1,3}"
SPOKEN: Final = rf"(?<![\w'\u2019]){_PART}(?:{_BETWEEN}{_PART}){{2,24}}+"
"""A run of words for digits, in small letters; figures may stand among them."""
_WORD = regex.compile(r"[a-z]+|\d")


def spoken_digits(text: str) -> str:
    """Return the digits that a run of words for them says, in any case; nothing where it is figures alone."""
    said, times, tens, is_worded = "", 1, "", False
    for word in _WORD.findall(text.casefold()):
        digit = word if word.isdecimal() else _DIGITS.get(word, "")
        if tens:  # `seventy three` is 73, `seventy` alone 70
            said, tens, is_unit = said + tens, "", digit not in ("", "0") and not word.isdecimal()
            said += digit if is_unit else f"0{digit * times}"
        else:
            said += digit * times
        times = _TIMES.get(word, 1)
        tens = _TENS.get(word, "")
        said += _TEENS.get(word, "") + _NOUGHTS.get(word, "")
        is_worded = is_worded or word.isalpha()
    said = f"{said}{tens}0" if tens else said
    return said if is_worded else ""
