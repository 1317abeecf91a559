"""Normalising identity fields: two spellings of one thing become one text, and what says nothing becomes None.

Hashes compare equal or not at all, so everything that agencies write differently is evened out before hashing. The
rules are versioned: a changed rule is a new `NORMALISER`, under which nothing equals what was hashed before.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from anonymise.validity import is_nhs_number, is_nino, is_upn
from datalab.contract.model import MatchKind

NORMALISER: Final = "n1"
"""Version of the rules in this file; part of every match key's message and of its key's name."""

_LETTERS = str.maketrans(
    # Letters that NFKD does not take apart; the last is the dotless i.
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"}
    # Apostrophes, as typed and as word processors and transliterations write them, join: O'Neill is oneill.
    | dict.fromkeys("'`\u00b4\u2018\u2019\u02bc\u02bb", "")
)
_TITLES = frozenset(
    (
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "rev",
        "sir",
        "dame",
        "lord",
        "lady",
        "master",
        "jr",
        "sr",
        "ii",
        "iii",
    )
)
_NO_NAME = frozenset(
    ("unknown", "unk", "none", "nk", "nfa", "anon", "anonymous", "withheld", "refused", "baby", "infant")
)
"""What forms hold where somebody knew no name. `na` is not among them: it is a surname."""
_NO_DATE = frozenset({date(1900, 1, 1), date(1901, 1, 1), date(1899, 12, 30), date(1970, 1, 1), date(9999, 12, 31)})
"""What systems store where nobody knew the date: the epochs of spreadsheets, databases and Unix."""
_SEXES = {
    **dict.fromkeys(("m", "male", "man", "boy", "1"), "m"),
    **dict.fromkeys(("f", "female", "woman", "girl", "2"), "f"),
}
"""Words, and the codes of the NHS Data Dictionary's PERSON STATED GENDER CODE; its 9 and X say nothing."""
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}")
_NO_POSTCODE = "ZZ99"
"""Outward code of ONS's pseudo postcodes: no fixed abode, abroad, unknown."""
_STREETS = {
    "street": "st", "road": "rd", "avenue": "ave", "lane": "ln", "close": "cl", "drive": "dr", "court": "ct",
    "place": "pl", "crescent": "cres", "gardens": "gdns", "terrace": "ter", "square": "sq", "saint": "st",
}  # fmt: skip
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_NOT_WORDS = re.compile(r"[\W_]+")
_OLDEST, _LATEST = 1880, 2100


def normalise(kind: MatchKind, value: object, date_format: str | None = None) -> str | None:
    """Return the one text that stands for a value, or None where it says nothing or cannot be true.

    Args:
        kind: what the value is.
        value: as the extract holds it: text, a whole number or a date.
        date_format: `strptime` format of dates that come as text; None means ISO 8601.
    """
    if value is None:
        return None
    if kind is MatchKind.DATE_OF_BIRTH:
        return _date(value, date_format)
    text = str(value).strip()
    return _NORMALISERS[kind](text) if text else None


def plain_letters(text: str) -> str:
    """Return a text in lower case without accents, as far as its letters are Latin."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _alphanumeric(text: str) -> str:
    return "".join(letter for letter in plain_letters(text) if letter.isalnum()).upper()


def _nhs_number(text: str) -> str | None:
    number = _alphanumeric(text)
    return number if is_nhs_number(number) else None


def _upn(text: str) -> str | None:
    number = _alphanumeric(text)
    return number if is_upn(number) else None


def _nino(text: str) -> str | None:
    # The suffix is often left out and identifies nobody.
    number = _alphanumeric(text)
    return number[:8] if is_nino(number) else None


def _national_id(text: str) -> str | None:
    number = _alphanumeric(text)
    return number if len(number) >= 5 and len(set(number)) > 1 else None  # noqa: PLR2004 - no scheme is shorter


def _sex(text: str) -> str | None:
    return _SEXES.get(text.casefold())


def _name(text: str) -> str | None:
    # Hyphens and full stops part: Smith-Jones is two words.
    words = _NOT_LETTERS.sub(" ", plain_letters(text)).split()
    while len(words) > 1 and words[0] in _TITLES:
        words.pop(0)
    while len(words) > 1 and words[-1] in _TITLES:
        words.pop()
    return None if not words or _NO_NAME.intersection(words) else " ".join(words)


def _date(value: object, date_format: str | None) -> str | None:
    day = _read_date(value, date_format)
    if day is None or day in _NO_DATE or not _OLDEST <= day.year < _LATEST:
        return None
    return day.isoformat()


def _read_date(value: object, date_format: str | None) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    try:
        if date_format is not None:
            return datetime.strptime(text, date_format).date()  # noqa: DTZ007 - a birthday has no time zone
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None


def _postcode(text: str) -> str | None:
    code = _alphanumeric(text)
    if code.startswith(_NO_POSTCODE) or len(set(code)) == 1:
        return None
    # Codes of other countries stand as they are.
    return code if _POSTCODE.fullmatch(code) or 4 <= len(code) <= 8 else None  # noqa: PLR2004 - postal codes


def _address(text: str) -> str | None:
    words = _NOT_WORDS.sub(" ", plain_letters(text)).split()
    return " ".join(_STREETS.get(word, word) for word in words) or None


def _phone(text: str) -> str | None:
    digits = re.sub(r"^(?:00|\+)\s*44\s*(?:\(0\))?", "0", text)
    digits = re.sub(r"\D", "", digits)
    if digits.startswith("44") and len(digits) == 12:  # noqa: PLR2004 - country code and a national number
        digits = f"0{digits[2:]}"
    return digits if 9 <= len(digits) <= 15 and len(set(digits[1:])) > 1 else None  # noqa: PLR2004 - ITU E.164


def _email(text: str) -> str | None:
    address = text.casefold()
    local, _, domain = address.rpartition("@")
    return address if local and "." in domain and " " not in address else None


_NORMALISERS: Final[dict[MatchKind, Callable[[str], str | None]]] = {
    MatchKind.NHS_NUMBER: _nhs_number,
    MatchKind.UPN: _upn,
    MatchKind.NINO: _nino,
    MatchKind.NATIONAL_ID: _national_id,
    MatchKind.GIVEN_NAME: _name,
    MatchKind.SURNAME: _name,
    MatchKind.SEX: _sex,
    MatchKind.POSTCODE: _postcode,
    MatchKind.HOUSE_NUMBER: lambda text: _alphanumeric(text) or None,
    MatchKind.ADDRESS_LINE: _address,
    MatchKind.PHONE: _phone,
    MatchKind.EMAIL: _email,
}
"""How each kind that comes as text is normalised; dates have a format and are read apart."""
