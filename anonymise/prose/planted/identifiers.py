"""Numbers, days and homes that canaries are: none is anybody's, and each is written in one of the ways people write.

Numbers are the test numbers of the sample county (ranges that are never issued); what is new is how they are parted.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from datalab.sample.people.identifiers import landline, mobile, nhs_number, plate

_SEPARATORS: Final = (" ", " ", "-", ".", "\u2013", " - ", "")
"""What stands between groups of digits; en dashes come of word processors."""
_ROADS: Final = (
    "Larch", "Mill", "Queen", "Abbey", "Ferndale", "Ropewalk", "Tenter", "Cobblers", "Nightingale", "Salthouse",
    "Wellington", "Gasworks", "Priory", "Lower Marsh", "Old Vicarage", "St Oswald's", "Heol Fawr", "Braemar",
    "Coronation", "Jubilee", "Orchard", "Thirlmere", "Windermere", "Hawthorn", "Rowan Tree", "Paxton", "Attlee",
)  # fmt: skip
_KINDS: Final = (
    "Road", "Rd", "Lane", "Street", "St", "Close", "Cl", "Avenue", "Ave", "Drive", "Way", "Gardens", "Terrace", "Rise",
    "Walk", "Court", "Mews", "Green", "Bank", "Fold", "Croft", "Crescent", "Cres", "Grove", "Place", "Hill", "View",
)  # fmt: skip
_HOUSES: Final = ("Rose Cottage", "The Old Bakery", "Bryn Awel", "Hillcrest", "Lodge Farm", "The Hollies")
_MAILS: Final = ("post.example", "mail.example", "example.org")
_FIRST_BORN, _DAYS_BORN = date(1930, 1, 1), 31_000
"""Up to the year 2014."""


def phone(rng: Random) -> str:
    """Return a telephone number: of a mobile or of a house, from here or as dialled from abroad."""
    number, between = mobile(rng) if rng.random() < 0.7 else landline(rng), rng.choice(_SEPARATORS)  # noqa: PLR2004
    code, tail = number[:5], number[5:]
    rest = rng.choice((tail, f"{tail[:3]}{between}{tail[3:]}"))
    begin = rng.choice((code, code, code, f"({code})", f"+44 {code[1:]}", f"+44 (0){code[1:]}", f"0044 {code[1:]}"))
    return f"{begin}{between or rng.choice(('', ' '))}{rest}"


def nhs(rng: Random) -> str:
    """Return an NHS number with or without separators."""
    number, between = nhs_number(rng.randrange(10_000)), rng.choice(_SEPARATORS)
    return between.join((number[:3], number[3:6], number[6:]))


def mark(rng: Random) -> str:
    """Return a vehicle's registration mark, parted by a blank, a dash or nothing."""
    return plate(rng).replace(" ", rng.choice((" ", "", "", "-")))


def birthday(rng: Random) -> str:
    """Return a day of birth in one of the ways that days are written."""
    day = _FIRST_BORN + timedelta(days=rng.randrange(_DAYS_BORN))
    between = rng.choice(("/", "/", "/", ".", "-", "\u2013", " "))
    short = f"{day.year % 100:02d}" if between in "/." and rng.random() < 0.3 else str(day.year)  # noqa: PLR2004
    nth = {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10 if day.day not in range(11, 14) else 0, "th")
    return rng.choice((
        f"{day:%d}{between}{day:%m}{between}{day.year}", f"{day.day}{between}{day.month}{between}{short}",
        f"{day:%d}/{day:%m}/{day.year}", f"{day.day}{nth} {day:%B} {day.year}", f"{day.day} {day:%b} {day.year}",
        f"{day:%B} {day.day}{nth}, {day.year}", f"{day.day}{nth} of {day:%B} {day.year}", day.isoformat(),
    ))  # fmt: skip


def home(rng: Random) -> str:
    """Return where somebody lives: a number and a street, a flat, or one house in ten by its name."""
    street, number = f"{rng.choice(_ROADS)} {rng.choice(_KINDS)}", rng.randint(1, 180)
    if rng.random() < 0.1:  # noqa: PLR2004 - as the docstring says
        return f"{rng.choice(_HOUSES)}, {street}"
    flat = rng.randint(1, 40)
    return rng.choice((
        f"{number} {street}", f"{number} {street}", f"{number}{rng.choice('abc')} {street}", f"{number}, {street}",
        f"Flat {flat}, {number} {street}", f"Flat {flat} {number} {street}", f"{flat}/{number} {street}",
    ))  # fmt: skip


def mail(rng: Random) -> str:
    """Return an e-mail address of nobody."""
    local = f"{rng.choice(('post', 'info', 'k', 'jm', 'the'))}{rng.choice(('.', '_', ''))}{rng.choice(_ROADS)}"
    tail = rng.choice(
        (f"@{rng.choice(_MAILS)}", f" @{rng.choice(_MAILS)}", rng.choice((" at example dot org", "[at]example.org")))
    )
    return f"{local.replace(' ', '').replace(chr(39), '').lower()}{rng.randrange(100)}{tail}"
