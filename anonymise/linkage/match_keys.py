"""Match keys: keyed hashes of several identity fields together, by which one person is known in two agencies.

Each key is HMAC-SHA256 under a subkey of its own, over `version|name|fields`, the fields parted by the unit separator;
a null in any field gives null, and no key is one low-entropy field: those fall to a frequency count even where the
secret holds (Culnane, Rubinstein, Teague 2017, arXiv 1712.00871; subsets of attributes as linkage keys: Culnane et al.
2018, arXiv 1802.07975).

The keys are tried in this order, strict to loose: an identifier cross-checked by date of birth or given name, then
exact names and date of birth, then what survives one kind of mistake each: given name and surname swapped, a nickname
with its initial, a misspelling by sound, day and month swapped, a name changed by marriage, a house moved, a number
mistyped.

None is what relatives share: surname, date of birth and address are twins', names and address without a year of birth
are a father's and a son's. In the sample county such keys made nine wrong links in ten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from anonymise.linkage.normalise import NORMALISER
from anonymise.linkage.soundex import soundex
from datalab.contract.model import MatchKind


class Form(StrEnum):
    """What of a normalised field goes into a key."""

    FULL = "full"
    INITIAL = "initial"
    """First letter."""
    FIRST = "first"
    """First word: a given name without the middle ones."""
    SOUND = "sound"
    """Soundex code of the first word: survives most misspellings."""
    DIGITS = "digits"
    """A date as its year and its two other numbers in rising order: day and month swapped are one."""
    ANAGRAM = "anagram"
    """Its characters in rising order: two of them swapped make no difference."""
    HEAD = "head"
    """First half: whole, whatever slipped in the second."""
    TAIL = "tail"
    """Second half."""
    DISTRICT = "district"
    """Outward part of a UK postcode; another country's stands whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One field of a match key."""

    kind: MatchKind
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchKey:
    """One way to recognise a person: fields that must all be there and all be equal."""

    name: str
    """Never reused for other parts: hashes under it live as long as the spine."""
    parts: tuple[Part, ...]
    any_order: bool = False
    """The parts are one set: given name and surname in each other's place give the same key."""

    @property
    def kinds(self) -> frozenset[MatchKind]:
        """Return what a contract must hold for this key to apply."""
        return frozenset(part.kind for part in self.parts)


def take(form: Form, text: str) -> str | None:
    """Return a form of a normalised text; None where it has none (a name without Latin letters has no sound)."""
    return _TAKEN[form](text)


def _sorted_digits(text: str) -> str:
    year, month, day = text.split("-")
    return "-".join((year, *sorted((month, day))))


def _district(text: str) -> str:
    return text[:-3] if len(text) > 4 and text[-3].isdigit() else text  # noqa: PLR2004 - UK inward codes


_TAKEN: Final[Mapping[Form, Callable[[str], str | None]]] = {
    Form.FULL: lambda text: text.replace(" ", ""),
    Form.INITIAL: lambda text: text[0],
    Form.FIRST: lambda text: text.split(maxsplit=1)[0],
    Form.SOUND: lambda text: soundex(text.split(maxsplit=1)[0]),
    Form.DIGITS: _sorted_digits,
    Form.ANAGRAM: lambda text: "".join(sorted(text)),
    Form.HEAD: lambda text: text[: (len(text) + 1) // 2],
    Form.TAIL: lambda text: text[len(text) // 2 :],
    Form.DISTRICT: _district,
}

SEPARATOR: Final = "\x1f"
"""Unit separator: no normalised field can hold it, so two different lists of fields never give one message."""


def message(key: MatchKey, values: Sequence[str | None]) -> str | None:
    """Return what is hashed for a key: version, name and fields; None where a field is missing.

    Args:
        key: the match key.
        values: one form a part, in the order of the key's parts, as `take` gives it.
    """
    present = [value for value in values if value is not None]
    if len(present) < len(key.parts):
        return None
    if key.any_order:
        present.sort()
    return f"{NORMALISER}|{key.name}|{SEPARATOR.join(present)}"


CHECKED_KINDS: Final = frozenset({MatchKind.NHS_NUMBER, MatchKind.UPN})
"""Identifiers whose check character tells a slip of the pen from a person's number.

Only these speak against a link. A mistyped number without a check is a different number that looks as good: taken as
proof of two people, it would part the records of one (on febrl4, a tenth of them).
"""

_GIVEN = Part(kind=MatchKind.GIVEN_NAME, form=Form.FIRST)
_INITIAL = Part(kind=MatchKind.GIVEN_NAME, form=Form.INITIAL)
_GIVEN_SOUND = Part(kind=MatchKind.GIVEN_NAME, form=Form.SOUND)
_SURNAME = Part(kind=MatchKind.SURNAME, form=Form.FULL)
_SURNAME_INITIAL = Part(kind=MatchKind.SURNAME, form=Form.INITIAL)
_SURNAME_SOUND = Part(kind=MatchKind.SURNAME, form=Form.SOUND)
_BORN = Part(kind=MatchKind.DATE_OF_BIRTH, form=Form.FULL)
_BORN_DIGITS = Part(kind=MatchKind.DATE_OF_BIRTH, form=Form.DIGITS)
_POSTCODE = Part(kind=MatchKind.POSTCODE, form=Form.FULL)
_DISTRICT = Part(kind=MatchKind.POSTCODE, form=Form.DISTRICT)
_HOUSE = Part(kind=MatchKind.HOUSE_NUMBER, form=Form.FULL)
_STREET = Part(kind=MatchKind.ADDRESS_LINE, form=Form.FULL)
_PHONE = Part(kind=MatchKind.PHONE, form=Form.FULL)
_EMAIL = Part(kind=MatchKind.EMAIL, form=Form.FULL)

_UNCHECKED: Final = (MatchKind.NINO, MatchKind.NATIONAL_ID)
_IDENTIFIERS: Final = (MatchKind.NHS_NUMBER, MatchKind.UPN, *_UNCHECKED)


def _with_identifier(
    suffix: str, *parts: Part, kinds: tuple[MatchKind, ...] = _IDENTIFIERS, form: Form = Form.FULL
) -> tuple[MatchKey, ...]:
    """Declare one key for each kind of identifier."""
    return tuple(MatchKey(name=f"{kind.value}_{suffix}", parts=(Part(kind=kind, form=form), *parts)) for kind in kinds)


MATCH_KEYS: Final[tuple[MatchKey, ...]] = (
    *_with_identifier("dob", _BORN),
    *_with_identifier("given", _GIVEN),
    MatchKey(name="names_dob_postcode", parts=(_GIVEN, _SURNAME, _BORN, _POSTCODE)),
    MatchKey(name="names_dob", parts=(_GIVEN, _SURNAME, _BORN)),
    MatchKey(name="names_swapped_dob", parts=(_GIVEN, _SURNAME, _BORN), any_order=True),
    MatchKey(name="initial_surname_dob_district", parts=(_INITIAL, _SURNAME, _BORN, _DISTRICT)),
    MatchKey(name="given_initial_dob_district", parts=(_GIVEN, _SURNAME_INITIAL, _BORN, _DISTRICT)),
    MatchKey(name="sounds_dob", parts=(_GIVEN_SOUND, _SURNAME_SOUND, _BORN)),
    MatchKey(name="names_dob_digits_district", parts=(_GIVEN, _SURNAME, _BORN_DIGITS, _DISTRICT)),
    MatchKey(name="given_dob_postcode", parts=(_GIVEN, _BORN, _POSTCODE)),
    MatchKey(name="initial_dob_phone", parts=(_INITIAL, _BORN, _PHONE)),
    MatchKey(name="initial_dob_email", parts=(_INITIAL, _BORN, _EMAIL)),
    MatchKey(name="initial_dob_postcode", parts=(_INITIAL, _BORN, _POSTCODE)),
    MatchKey(name="initial_dob_street", parts=(_INITIAL, _BORN, _STREET)),
    *_with_identifier("anagram_dob", _BORN, kinds=_UNCHECKED, form=Form.ANAGRAM),
    *_with_identifier("head_initial_dob", _SURNAME_INITIAL, _BORN, kinds=_UNCHECKED, form=Form.HEAD),
    *_with_identifier("tail_initial_dob", _SURNAME_INITIAL, _BORN, kinds=_UNCHECKED, form=Form.TAIL),
    *_with_identifier("head_names", _GIVEN, _SURNAME, kinds=_UNCHECKED, form=Form.HEAD),
    *_with_identifier("tail_names", _GIVEN, _SURNAME, kinds=_UNCHECKED, form=Form.TAIL),
    # Families share these, and the commonest valid number in the wrong place is a relative's (every such link in the
    # sample county was wrong): last, and only for numbers that have no check to say that they were mistyped.
    *_with_identifier("surname", _SURNAME, kinds=_UNCHECKED),
    *_with_identifier("postcode", _POSTCODE, kinds=_UNCHECKED),
    *_with_identifier("house", _HOUSE, kinds=_UNCHECKED),
)
"""Every match key, in the order in which they are tried."""
