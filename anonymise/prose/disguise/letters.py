"""Letters that look like Latin ones: one letter for one, so that no place in a text moves.

The idea is that of Unicode Technical Standard 39 (confusables); the table is the lab's own and holds what can be taken
for a letter of a name in print. Full-width, mathematical and circled letters are not here: compatibility form (NFKC)
has made them plain before.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

_ROWS: Final = (
    # Cyrillic
    ("\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423", "ABESIJKMHOPCTY"),
    ("\u0425\u04ae\u0500\u050c\u051a\u051c\u0474\u04bb\u04c0\u0430\u0435\u0455\u0456\u0458", "XYDGQWVhlaesij"),
    ("\u043a\u043c\u043d\u043e\u043f\u0440\u0441\u0442\u0443\u0445\u0475\u04af\u0501\u051b", "kmhonpctyxvydq"),
    ("\u051d\u044c\u0433\u0491\u04cf\u0432", "wbrrlb"),
    # Greek
    ("\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7", "ABEZHIKMNOPTYX"),
    ("\u03f9\u037f\u03b1\u03b2\u03b3\u03b5\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c3", "CJabyenikuvopo"),
    ("\u03c4\u03c5\u03c7\u03c9\u03f2\u03f3\u03b4", "tuxwcjd"),
    # Armenian
    ("\u054d\u054f\u0555\u053c\u0548\u0585\u0578\u057d\u0570\u0566\u0581\u0575\u0584\u0565", "USOLNonuhqgjpe"),
    # Cherokee
    ("\u13aa\u13a2\u13df\u13ab\u13a0\u13ac\u13bb\u13d9\u13e6\u13de\u13b7\u13e2\u13a1\u13d2", "ATCJDEHVKLMPRR"),
    ("\u13da\u13d4\u13b3\u13c3\u13c2\u13a5\u13c0\u13f4\u13ce\u13cf\u13a9\u13f0", "SWWZHIGBSBYB"),
    # Small capitals
    ("\u1d00\u0299\u1d04\u1d05\u1d07\ua730\u0262\u029c\u026a\u1d0a\u1d0b\u029f\u1d0d\u0274", "abcdefghijklmn"),
    ("\u1d0f\u1d18\ua7af\u0280\ua731\u1d1b\u1d1c\u1d20\u1d21\u028f\u1d22", "opqrstuvwyz"),
    # Barred, hooked and turned letters
    ("\u0251\u0253\u0257\u0261\u0266\u0268\u0269\u026b\u026f\u0272\u0275\u027e\u0288\u028b", "abdghiilmnortv"),
    ("\u0290\u0131\u0237\u0111\u0127\u0142\u00f8\u0110\u0126\u0141\u00d8\u017f\u0192\u0199", "zijdhloDHLOsfk"),
    ("\u01b4\u014b\u0282\u025b\u025c\u1d8f\u01dd\u0250", "ynseeaea"),
)  # fmt: skip
_RUNS: Final = (
    (0x1F150, "A"), (0x1F170, "A"), (0x1F1E6, "A"),  # letters in filled circles and squares; letters of flags
)  # fmt: skip


@cache
def look_alikes() -> dict[str, str]:
    """Return what each letter that can be taken for a Latin one can be taken for."""
    table = {letter: latin for letters, latins in _ROWS for letter, latin in zip(letters, latins, strict=True)}
    table |= {chr(start + place): chr(ord(first) + place) for start, first in _RUNS for place in range(26)}
    return table


@cache
def plain(character: str) -> str:
    """Return the Latin letter that a character can be taken for, nothing for a mark, itself for any other."""
    if character.isascii():
        return character
    latin = look_alikes().get(character)
    if latin is not None:
        return latin
    if unicodedata.category(character).startswith("M"):
        return ""
    base = unicodedata.normalize("NFD", character)[0]
    return look_alikes().get(base, base)
