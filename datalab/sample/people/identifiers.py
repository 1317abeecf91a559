"""Numbers that look right and belong to nobody: check digits are valid, ranges are never issued.

Every number is a function of a person's place in the county, so numbers never clash and nothing is remembered between
blocks.
"""

from __future__ import annotations

from random import Random

NHS_WEIGHTS = (10, 9, 8, 7, 6, 5, 4, 3, 2)
"""Weights of the nine leading digits of an NHS number (NHS Data Dictionary, `NHS NUMBER`, modulus 11)."""
NHS_TEST_PREFIX = 999
"""NHS numbers that start 999 are kept for tests; big counties go on with 998, 997, which are not issued either."""
PEOPLE_PER_PREFIX = 500_000
"""People served by one three-digit prefix: each has two neighbouring stems, of which at least one has a check digit."""
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""Check letters of a unique pupil number (DfE, `Unique pupil numbers`): remainder of modulus 23, without I, O, S."""
UPN_AUTHORITY = "999"
"""Local authority code that no authority has."""
PLATE_LETTERS = "ABCDEFGHJKLMNOPRSTUVWXYZ"
"""Letters of a registration mark: DVLA leaves out I and Q."""


def nhs_check_digit(stem: str) -> int | None:
    """Return the check digit of nine digits, or None where no NHS number starts with them."""
    total = sum(weight * int(digit) for weight, digit in zip(NHS_WEIGHTS, stem, strict=True))
    check = (11 - total % 11) % 11
    return None if check == 10 else check


def is_nhs_number(number: str) -> bool:
    """Say whether ten digits are an NHS number with a valid check digit."""
    return len(number) == 10 and number.isdigit() and nhs_check_digit(number[:9]) == int(number[9])


def nhs_number(person: int) -> str:
    """Return the valid test NHS number of the person with this place in the county (from 0)."""
    prefix, place = divmod(person, PEOPLE_PER_PREFIX)
    # 314,159 shares no factor with 500,000: the numbers of neighbours look unrelated and never meet.
    slot = place * 314_159 % PEOPLE_PER_PREFIX
    for stem in (f"{NHS_TEST_PREFIX - prefix}{2 * slot:06d}", f"{NHS_TEST_PREFIX - prefix}{2 * slot + 1:06d}"):
        check = nhs_check_digit(stem)
        if check is not None:
            return f"{stem}{check}"
    raise AssertionError("two stems that differ by one in the last digit cannot both lack a check digit")


def upn_check_letter(digits: str) -> str:
    """Return the check letter of a UPN's twelve digits: weights 2 to 13, modulus 23."""
    return UPN_LETTERS[sum(weight * int(digit) for weight, digit in enumerate(digits, start=2)) % 23]


def is_upn(number: str) -> bool:
    """Say whether a text is a permanent UPN with a valid check letter."""
    return len(number) == 13 and number[1:].isdigit() and upn_check_letter(number[1:]) == number[0]


def upn(*, block: int, place: int, allocated: int) -> str:
    """Return a pupil's UPN: check letter, authority, first school, year of allocation, serial.

    Args:
        block: the neighbourhood, which stands for the first school.
        place: the person's place in the block, 0 to 999.
        allocated: year of allocation.
    """
    digits = f"{UPN_AUTHORITY}{2000 + block:04d}{allocated % 100:02d}{place:03d}"
    return upn_check_letter(digits) + digits


def uprn(household: int) -> str:
    """Return a twelve-digit unique property reference number from above the range in use."""
    return str(980_000_000_000 + household)


def mobile(rng: Random) -> str:
    """Return a mobile number that Ofcom keeps for drama: 07700 900000 to 900999 (so neighbours may share one)."""
    return f"07700900{rng.randrange(1000):03d}"


def landline(rng: Random) -> str:
    """Return a landline number that Ofcom keeps for drama: 01632 960000 to 960999."""
    return f"01632960{rng.randrange(1000):03d}"


def spaced_phone(number: str, rng: Random) -> str:
    """Return a phone number as somebody might write it."""
    tail = number[5:]
    return rng.choice(
        (number, f"{number[:5]} {tail}", f"+44 {number[1:5]} {tail}", f"{number[:5]} {tail[:3]} {tail[3:]}")
    )


def plate(rng: Random) -> str:
    """Return a registration mark in the current format whose first letter (T, U) no DVLA region uses."""
    letters = "".join(rng.choice(PLATE_LETTERS) for _ in range(4))
    age = rng.choice((rng.randrange(5, 24), rng.randrange(55, 74)))
    return f"{rng.choice('TU')}{letters[0]}{age:02d} {letters[1:]}"


def shuffled(number: int, size: int) -> int:
    """Return a place in 0 to size - 1 that no other number below `size` gets, `size` being a power of ten.

    Agencies' own keys look unrelated this way, and need no memory: the step shares no factor with powers of ten.
    """
    return (number * 7_368_787 + 1_234_567) % size
