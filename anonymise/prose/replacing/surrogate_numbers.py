"""Numbers, codes and addresses of nobody, in the shape of the ones they stand for.

Telephone numbers are those that Ofcom keeps for drama; e-mail and web addresses end in `.example` (RFC 2606); addresses
of machines are those kept for documentation (RFC 5737, RFC 3849); postcodes end in letters that no inward code has
(BS 7666-2). A number with a check digit fails it. Kinds without one (passports, references, accounts) have the shape
alone, and such a number may exist.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from anonymise.identifiers import IdentifierKind, kinds_of, squeeze
from anonymise.prose.entities import Entity
from anonymise.prose.replacing.draw import cased, pool
from anonymise.prose.replacing.surrogate_names import a_name

DRAMA: Final = (("7700", "900"), ("1632", "960"), ("20", "79460"))
"""Ofcom, Telephone numbers for drama use: mobile, no area, London; three digits follow each."""
NEVER_INWARD: Final = "CIKMOV"
CHECKED: Final = frozenset({*IdentifierKind} - {IdentifierKind.UPRN, IdentifierKind.POSTCODE})
_NETWORKS: Final = ("192.0.2", "198.51.100", "203.0.113")
_CARD: Final = range(13, 20)
_FIRST_LETTERS: Final = "TU"
"""No registration mark since 2001 begins with them (DVLA, INF104)."""
_MARK: Final = 7
"""Letters and digits of such a mark."""


def surrogate_number(written: str, kind: Entity, rng: Random) -> str:
    """Draw a surrogate of the kind in the shape of what is written; empty where the kind has none."""
    made = _MADE.get(kind)
    if made is not None:
        return made(written, rng)
    return _shaped(written, kind, rng) if any(map(str.isdigit, written)) else ""


def _email(written: str, rng: Random) -> str:
    given, surname = a_name(rng).split(" ")
    return cased(written, f"{given}.{surname}{rng.randint(1, 99)}@{rng.choice(pool('mail_words'))}.example".lower())


def _url(_: str, rng: Random) -> str:
    return f"https://www.{rng.choice(pool('organisations')).lower()}.example/"


def _handle(_: str, rng: Random) -> str:
    return f"@{a_name(rng).split(' ')[0].lower()}_{rng.randint(1000, 9999)}_x"


def _ip_address(written: str, rng: Random) -> str:
    if ":" in written:
        return f"2001:db8::{rng.randint(1, 0xFFFF):x}"
    return f"{rng.choice(_NETWORKS)}.{rng.randint(1, 254)}"


def _phone(written: str, rng: Random) -> str:
    area, head = rng.choice(DRAMA[:1] if "7" in written[:8] else DRAMA[1:])
    national = f"{area}{head}{rng.randrange(1000):03d}"
    digits = sum(map(str.isdigit, written))
    for prefix in ("0", "44", "440", "0044", "00440"):
        starts = "".join(filter(str.isdigit, written)).startswith(prefix)
        if len(prefix) + len(national) == digits and starts:
            return _laid(written, prefix + national)
    return f"0{area} {head}{national[-3:]}"


def _laid(written: str, digits: str) -> str:
    """Return digits in the places of the digits of a text."""
    own = iter(digits)
    return "".join(next(own) if character.isdigit() else character for character in written)


def _postcode(written: str, rng: Random) -> str:
    outward = f"{rng.choice(pool('postcode_areas'))}{rng.randint(1, 29)}"
    inward = f"{rng.randint(1, 9)}{rng.choice(NEVER_INWARD)}{rng.choice(NEVER_INWARD)}"
    return cased(written, f"{outward} {inward}" if " " in written.strip() else outward + inward)


def _shaped(written: str, kind: Entity, rng: Random) -> str:
    made = "".join(_another(character, rng) for character in written)
    if kind is Entity.VEHICLE and len(squeeze(written)) == _MARK and written[:2].isalpha() and written[2:4].isdigit():
        made = cased(written[:2], rng.choice(_FIRST_LETTERS)) + made[1:]
    return "" if passes_a_check(made) else made


def _another(character: str, rng: Random) -> str:
    if character.isdigit():
        return rng.choice(string.digits)
    if not character.isalpha():
        return character
    letter = rng.choice(string.ascii_uppercase)
    return letter.lower() if character.islower() else letter


def passes_a_check(text: str) -> bool:
    """Whether a number can be somebody's by a check digit or a rule of issue that the lab knows."""
    squeezed = squeeze(text)
    return bool(CHECKED.intersection(kinds_of(text))) or _is_card(squeezed) or _is_iban(squeezed)


def _is_card(text: str) -> bool:
    """Luhn, ISO/IEC 7812-1."""
    if not text.isdigit() or len(text) not in _CARD:
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(text)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _is_iban(text: str) -> bool:
    """ISO 13616, modulus 97."""
    if not (text[:2].isalpha() and text[2:4].isdigit() and text.isalnum() and text.isascii()):
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1


_MADE: Final[Mapping[Entity, Callable[[str, Random], str]]] = {
    Entity.PHONE: _phone,
    Entity.POSTCODE: _postcode,
    Entity.EMAIL: _email,
    Entity.URL: _url,
    Entity.HANDLE: _handle,
    Entity.IP_ADDRESS: _ip_address,
}
