"""Soundex: names that sound alike in English get one code (National Archives and Records Administration's rules)."""

from __future__ import annotations

from typing import Final

_CODES: Final = {
    letter: code
    for letters, code in (("bfpv", "1"), ("cgjkqsxz", "2"), ("dt", "3"), ("l", "4"), ("mn", "5"), ("r", "6"))
    for letter in letters
}
_LENGTH = 4


def soundex(name: str) -> str | None:
    """Return the four-character code of a name in lower case; None where it has no letter from a to z."""
    letters = [letter for letter in name if "a" <= letter <= "z"]
    if not letters:
        return None
    code = letters[0].upper()
    last = _CODES.get(letters[0], "")
    for letter in letters[1:]:
        digit = _CODES.get(letter, "")
        if digit and digit != last:
            code += digit
        # h and w stand between two like consonants without parting them; a vowel parts them.
        if letter not in "hw":
            last = digit
    return code[:_LENGTH].ljust(_LENGTH, "0")
