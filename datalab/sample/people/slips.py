"""Slips: how an agency's record of a person differs from the truth.

Rates are stated for each agency, so that a test can hold the sample to them and a study of linkage knows what it meets.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from random import Random

from datalab.sample.people.names import Sex
from datalab.sample.people.person import Household, Person

_NEIGHBOURS = {
    "a": "s", "b": "v", "c": "x", "d": "s", "e": "r", "f": "g", "g": "h", "h": "j", "i": "o", "j": "k", "k": "l",
    "l": "k", "m": "n", "n": "m", "o": "p", "p": "o", "q": "w", "r": "t", "s": "d", "t": "y", "u": "i", "v": "b",
    "w": "e", "x": "c", "y": "u", "z": "x",
}  # fmt: skip
# NFKD does not take these apart; the third is the Turkish dotless i.
_FOREIGN = str.maketrans({"ł": "l", "Ł": "L", "\u0131": "i", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "ss"})

_FAMILY_NAME_FIRST = frozenset({"chinese", "vietnamese"})


class Slip(StrEnum):
    """One way in which a record is wrong, old or empty."""

    GIVEN_TYPO = "given name mistyped"
    SURNAME_TYPO = "surname mistyped"
    NICKNAME = "nickname for given name"
    MAIDEN = "surname at birth"
    NAMES_SWAPPED = "given name and surname swapped"
    DAY_MONTH_SWAPPED = "day and month of birth swapped"
    WRONG_YEAR = "year of birth wrong"
    NO_BIRTH_DATE = "no date of birth"
    WRONG_SEX = "sex wrong"
    POSTCODE_TYPO = "postcode mistyped"
    NO_POSTCODE = "no postcode"
    NO_NUMBER = "no person number"
    NUMBER_TYPO = "person number mistyped"
    RELATIVES_NUMBER = "person number of a relative"
    NO_PHONE = "no phone"
    OLD_ADDRESS = "address never updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipRates:
    """Chance of each slip in one agency's record of a person, 0 to 1."""

    typo: float
    """Of each name."""
    nickname: float
    maiden: float
    """Of people whose surname changed."""
    names_swapped: float
    day_month_swapped: float
    """Of dates whose day could be a month."""
    wrong_year: float
    no_birth_date: float
    wrong_sex: float
    postcode_typo: float
    no_postcode: float
    no_number: float
    number_typo: float
    relatives_number: float
    no_phone: float
    old_address: float
    """Of households that moved."""
    second_key: float
    """Chance that the agency holds the person twice, under two keys."""
    keeps_accents: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A person as one agency has them on file, under one key."""

    person: Person
    home: Household
    key: str
    given: str
    surname: str
    sex: Sex
    born: date | None
    nhs_number: str | None
    upn: str | None
    phone: str | None
    postcode_slip: Slip | None
    keeps_old_address: bool
    slips: frozenset[Slip]

    def postcode_on(self, day: date) -> str | None:
        """Return the postcode on file for a record made on a day."""
        home = self.home
        postcode = (home.former if self.keeps_old_address and home.former else home.address_on(day)).postcode
        match self.postcode_slip:
            case Slip.NO_POSTCODE:
                return None
            case Slip.POSTCODE_TYPO:  # two last letters the wrong way round
                return postcode[:-2] + postcode[-1] + postcode[-2]
            case _:
                return postcode

    def address_on(self, day: date) -> str:
        """Return the address on file for a record made on a day."""
        home = self.home
        return (home.former if self.keeps_old_address and home.former else home.address_on(day)).line


def plain_letters(text: str) -> str:
    """Return a text in the letters of an old system: accents and foreign letters become their plain likeness."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_FOREIGN))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def mistyped(text: str, rng: Random) -> str:
    """Return a text with one slip of the keyboard: a letter left out, doubled, swapped or hit beside."""
    if len(text) < 3:
        return text
    place = rng.randrange(1, len(text) - 1)
    head, letter, tail = text[:place], text[place], text[place + 1 :]
    match rng.randrange(4):
        case 0:
            return head + tail
        case 1:
            return head + letter + letter + tail
        case 2:
            return head + tail[0] + letter + tail[1:]
        case _:
            return head + _NEIGHBOURS.get(letter.lower(), "e") + tail


def mistyped_number(number: str, rng: Random) -> str:
    """Return a number with two neighbouring digits swapped, or one changed where they are the same."""
    place = rng.randrange(3, len(number) - 1)
    first, second = number[place], number[place + 1]
    if first == second:
        return number[:place] + str((int(first) + 1) % 10) + number[place + 1 :]
    return number[:place] + second + first + number[place + 2 :]


def view_of(person: Person, home: Household, *, key: str, rates: SlipRates, rng: Random) -> View:
    """Return a person as an agency records them, with slips drawn at the agency's rates."""
    slips: set[Slip] = set()

    def slipped(slip: Slip, rate: float) -> bool:
        if rng.random() >= rate:
            return False
        slips.add(slip)
        return True

    given, surname = _names(person, rates, rng, slipped)
    phone = None if slipped(Slip.NO_PHONE, rates.no_phone) else person.phone
    postcode_slip = None
    if slipped(Slip.NO_POSTCODE, rates.no_postcode):
        postcode_slip = Slip.NO_POSTCODE
    elif slipped(Slip.POSTCODE_TYPO, rates.postcode_typo):
        postcode_slip = Slip.POSTCODE_TYPO
    number, pupil_number = _numbers(person, home, rates, rng, slipped)
    wrong_sex = slipped(Slip.WRONG_SEX, rates.wrong_sex)
    return View(
        person=person,
        home=home,
        key=key,
        given=given,
        surname=surname,
        sex=(Sex.MALE if person.sex is Sex.FEMALE else Sex.FEMALE) if wrong_sex else person.sex,
        born=_born(person, rates, slipped),
        nhs_number=number,
        upn=pupil_number,
        phone=phone,
        postcode_slip=postcode_slip,
        keeps_old_address=home.former is not None and slipped(Slip.OLD_ADDRESS, rates.old_address),
        slips=frozenset(slips),
    )


Slipped = Callable[[Slip, float], bool]
"""Draws whether a slip happens, and notes it."""


def _names(person: Person, rates: SlipRates, rng: Random, slipped: Slipped) -> tuple[str, str]:
    given, surname = person.given, person.surname
    if person.known_as != given and slipped(Slip.NICKNAME, rates.nickname):
        given = person.known_as
    elif slipped(Slip.GIVEN_TYPO, rates.typo):
        given = mistyped(given, rng)
    if person.birth_surname not in ("", surname) and slipped(Slip.MAIDEN, rates.maiden):
        surname = person.birth_surname
    elif surname and slipped(Slip.SURNAME_TYPO, rates.typo):
        surname = mistyped(surname, rng)
    # Forms ask for "first" and "last" name: families who write the family name first are swapped more often.
    swap = rates.names_swapped * (8 if person.community in _FAMILY_NAME_FIRST else 1)
    if surname and slipped(Slip.NAMES_SWAPPED, swap):
        given, surname = surname, given
    if not rates.keeps_accents:
        given, surname = plain_letters(given), plain_letters(surname)
    return given, surname


def _born(person: Person, rates: SlipRates, slipped: Slipped) -> date | None:
    born = person.born
    if slipped(Slip.NO_BIRTH_DATE, rates.no_birth_date):
        return None
    if born.day <= 12 and born.day != born.month and slipped(Slip.DAY_MONTH_SWAPPED, rates.day_month_swapped):
        return born.replace(month=born.day, day=born.month)
    if slipped(Slip.WRONG_YEAR, rates.wrong_year):
        return born.replace(year=born.year - 1, day=min(born.day, 28))
    return born


def _numbers(
    person: Person, home: Household, rates: SlipRates, rng: Random, slipped: Slipped
) -> tuple[str | None, str | None]:
    number, pupil_number = person.nhs_number, person.upn
    if slipped(Slip.NO_NUMBER, rates.no_number):
        return None, pupil_number if rng.random() < 0.5 else None
    if slipped(Slip.NUMBER_TYPO, rates.number_typo):
        return mistyped_number(number, rng), mistyped_number(pupil_number, rng) if pupil_number else None
    if len(home.members) > 1 and slipped(Slip.RELATIVES_NUMBER, rates.relatives_number):
        relative = next(member for member in home.members if member is not person)
        return relative.nhs_number, pupil_number
    return number, pupil_number
