"""What a text is written with: refused where a reader could not see it, marked where it may look like another.

A text that an author writes into a question is read by a reviewer and can leave the lab. Unicode has hundreds of
characters that show nothing, reorder their neighbours or look like others, and some were made to carry hidden bytes
(tag characters, variation selectors). After Unicode TR36 and UTS 39 (security), UAX 15 (normal forms), UAX 31 section
2.3 and DerivedCoreProperties.txt (default-ignorable characters), with the tables of this Python's `unicodedata`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from unicodedata import category, combining, is_normalized, name, normalize

MAX_LITERAL = 100
"""Longest text that a column may be compared with where its contract lists no values, in characters."""
MAX_TITLE = 200
"""Longest title, in characters."""
MAX_REASON = 2_000
"""Longest reason of a decision, in characters."""
MAX_MARKS = 2
"""Most marks that may stand on one letter: no word of a living language that is in normal form C needs more."""
SHOWN = 3
"""Most characters that one refusal or mark shows."""
_UNSEEN = {
    "Cc": "a control character",
    "Cf": "a character that only formats",
    "Cs": "half of a character",
    "Co": "a character for private use",
    "Cn": "no assigned character",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
}
_IGNORABLE = (
    (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2800, 0x2800), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xE0100, 0xE01EF),
)  # fmt: skip
"""Letters, marks and symbols that show nothing: fillers, joiners, variation selectors, and the Braille blank."""


def unreadable(text: str, most: int) -> Iterator[str]:
    """Yield what is wrong with a text that others have to read, each with the character and its place.

    Args:
        text: what an author wrote.
        most: its longest length, in characters.
    """
    if len(text) > most:
        yield f"it is {len(text):,} characters long and {most:,} are allowed; shorten it"
    hidden = [f"{code_point(char)} at character {at}, {why}" for at, char in _placed(text) if (why := _hidden(char))]
    if hidden:
        more = f" and {len(hidden) - SHOWN} more" if len(hidden) > SHOWN else ""
        yield f"it holds what nobody sees: {'; '.join(hidden[:SHOWN])}{more}; take it out"
        return  # what follows would speak of the same characters
    if text != text.strip(" ") or "  " in text:
        yield "it begins or ends with a space, or has two in a row; take them out"
    if not is_normalized("NFC", text):
        pairs = itertools.zip_longest(text, normalize("NFC", text))
        changed = next(at for at, (one, other) in enumerate(pairs, start=1) if one != other)
        yield (
            f"from character {changed} on it is not in Unicode's normal form C, in which a letter and its mark are one "
            "character; write it so"
        )
    elif crowded := _crowded(text):
        yield (
            f"at character {crowded}, a mark stands on no letter or more than {MAX_MARKS} stand on one; take them out"
        )


def _placed(text: str) -> Iterator[tuple[int, str]]:
    return enumerate(text, start=1)


def _hidden(char: str) -> str:
    kind = category(char)
    if kind in _UNSEEN:
        return _UNSEEN[kind]
    if kind == "Zs" and char != " ":
        return "a space that is not the plain one"
    return "a character that shows nothing" if any(low <= ord(char) <= high for low, high in _IGNORABLE) else ""


def _crowded(text: str) -> int:
    """Return the place of the first mark that stands on no letter or on too many marks; 0 where there is none."""
    run, letter = 0, False
    for at, char in _placed(text):
        if category(char).startswith("M"):
            run += 1
            if not letter or run > MAX_MARKS:
                return at
        else:
            run, letter = 0, char != " "
    return 0


def code_point(char: str) -> str:
    """Return how Unicode calls a character: `U+200B ZERO WIDTH SPACE`."""
    return f"U+{ord(char):04X} {name(char, '')}".rstrip()


def lookalikes(text: str) -> str:
    """Return what of a text may look like another, in words; empty where all of it is plain Latin.

    Scripts are told by the first word of each letter's name, which is enough to tell Latin from what imitates it (UTS
    39, section 5.1, mixed scripts, and 5.3, mixed numbers); accents on plain letters are no reason for a mark.
    """
    strange = list(dict.fromkeys(char for char in text if not _is_plain(char)))
    if not strange:
        return ""
    scripts = list(dict.fromkeys(_script(char) for char in text if category(char)[0] in "LN" and _script(char)))
    mixed = f"mixes {' and '.join(scripts)}: " if len(scripts) > 1 else "is not written in plain Latin letters: "
    more = f" and {len(strange) - SHOWN} more" if len(strange) > SHOWN else ""
    return f"{mixed}{', '.join(map(code_point, strange[:SHOWN]))}{more}"


def _is_plain(char: str) -> bool:
    base = normalize("NFD", char)
    return base[0].isascii() and all(combining(mark) for mark in base[1:])


def _script(char: str) -> str:
    if char.isascii() and char.isdigit():
        return ""
    return name(char, "unnamed").split(" ")[0].split("-")[0].capitalize()
