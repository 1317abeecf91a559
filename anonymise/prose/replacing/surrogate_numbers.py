"""Numbers, codes and addresses of nobody, in the shape of the ones they stand for.

Telephone numbers are those that Ofcom keeps for drama; e-mail and web addresses end in `.example` (RFC 2606); addresses
of machines are those kept for documentation (RFC 5737, RFC 3849); postcodes end in letters that no inward code has
(BS 7666-2). A number with a check digit fails it. Kinds without one (passports, references, accounts) have the shape
alone, and such a number may exist.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from anonymise.identifiers import IdentifierKind, kinds_of, squeeze
from anonymise.prose.entities import Entity
from anonymise.prose.lists.names import Ordinary, name_lists
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
_A_MARK: Final = re.compile(r"(?<![^\W_])[A-Z]{2}\s?\d{2}\s?[A-Z]{3}(?![^\W_])", re.IGNORECASE)
_MARK_BEGUN: Final = re.compile(r"(?<![^\W_])[A-Z]{2}\s?\d{2}\s$", re.IGNORECASE)
_MARK_ENDS: Final = 3
"""Letters that end such a mark."""
_SIGNS: Final = " :;.,#-/()"
_LETTERS: Final = re.compile(r"(?<![^\W_])[^\W\d_]{2,}(?![^\W_])")


def surrogate_number(written: str, kind: Entity, rng: Random) -> str:
    """Draw a surrogate of the kind in the shape of what is written; empty where the kind has none."""
    made = _MADE.get(kind)
    if made is not None:
        return made(written, rng)
    return _shaped(written, rng) if any(map(str.isdigit, written)) else ""


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


def _shaped(written: str, rng: Random) -> str:
    """Return other letters and digits; words that say what a number is stay, which a finding may hold: `Card 4111`."""
    pieces: list[str] = []
    done = 0
    for word in _LETTERS.finditer(written):
        if _says_what(word.group(), written[: word.start()]):
            pieces += (_part(written[done : word.start()], rng), word.group())
            done = word.end()
    pieces.append(_part(written[done:], rng))
    made = "".join(pieces)
    return "" if passes_a_check(made) or any(passes_a_check(part.strip(_SIGNS)) for part in pieces[::2]) else made


def _says_what(word: str, before: str) -> bool:
    """Whether letters between numbers are a word; three at the end of a mark of a vehicle are none."""
    if _MARK_BEGUN.search(before) and len(word) == _MARK_ENDS:
        return False
    small = word.casefold()
    if small in pool("number_words"):
        return True
    lists = name_lists()
    is_name = lists.is_given(small) or lists.is_surname(small)
    return word.islower() and len(word) > _MARK_ENDS and lists.ordinary(small) is Ordinary.COMMON and not is_name


def _part(written: str, rng: Random) -> str:
    made = "".join(_another(character, rng) for character in written)
    for mark in _A_MARK.finditer(written):
        first = cased(written[mark.start()], rng.choice(_FIRST_LETTERS))
        made = made[: mark.start()] + first + made[mark.start() + 1 :]
    return made


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
