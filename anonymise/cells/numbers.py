"""Cells that are a number or a code which names somebody, a home, a vehicle or a device."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Final

import regex  # type: ignore[import-untyped]  # the dialect of the patterns

from anonymise.cells.kind import ANY_NUMBER, CHECKED, SHAPED, SURE, CellKind
from anonymise.identifiers import IdentifierKind, kinds_of, squeeze
from anonymise.prose.entities import Entity
from anonymise.prose.lists.names import Ordinary, bare, name_lists
from anonymise.prose.patterns.all import PATTERNS
from anonymise.prose.patterns.pattern import IS, Look
from anonymise.validity import is_card_number, is_cro_number, is_iban, is_imei, is_nhs_number, is_pnc_id, is_uln

COVERED: Final = 0.7
"""Share of a cell that a pattern must cover for the cell to be of its kind: a few words may stand beside it."""
_PHONES: Final = "telephone numbers"
_MARKS: Final = "registration marks of vehicles"
_REFERENCES: Final = "references of cases or crimes"
PHONE: Final = CellKind(_PHONES, SURE)
EMAIL: Final = CellKind("e-mail addresses", SURE)
POSTCODE: Final = CellKind("full postcodes", SURE)
ADDRESS: Final = CellKind("addresses", 0.05)
NHS_NUMBER: Final = CellKind("NHS numbers", CHECKED)
_USER_NAME: Final = CellKind("user names", CHECKED)
_DEVICE_ADDRESS: Final = CellKind("IP addresses", 0.1)

_IDENTIFIERS: Final = {
    IdentifierKind.NHS_NUMBER: NHS_NUMBER,
    IdentifierKind.UPN: CellKind("unique pupil numbers", SURE),
    IdentifierKind.NINO: CellKind("National Insurance numbers", SURE),
    IdentifierKind.DRIVING_LICENCE: CellKind("driving licence numbers", SURE),
    IdentifierKind.POSTCODE: POSTCODE,
}
_AROUND_NHS: Final = re.compile(
    r"(?:NHS(?: ?(?:NO|NUMBER|NUM))?|N)?\W{0,3}(\d{10}|\d{3}[ -]\d{3}[ -]\d{4})(?:[/ -]?[A-Z]|/\d{1,2})?", re.IGNORECASE
)
"""`NHS9434765919`, `9434765919/A`: the number of a second episode, or of the system."""
_CHECKS: Final[tuple[tuple[Callable[[str], bool], CellKind], ...]] = (
    (is_pnc_id, CellKind("PNC identifiers", CHECKED)),
    (is_cro_number, CellKind("CRO numbers", CHECKED)),
    (is_iban, CellKind("bank accounts", SURE)),
    (is_card_number, CellKind("payment cards", CHECKED)),
    (is_uln, CellKind("unique learner numbers", CHECKED)),
    (is_imei, CellKind("numbers of devices", CHECKED)),
)
"""Numbers with a check; of codes of the shape, one in ten to one in twenty-three passes by chance."""
_SHAPES: Final[tuple[tuple[str, CellKind], ...]] = (
    # A birthday stands in front; of ten digits one number in twenty-five has it by chance.
    (r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d[ -]?\d{4}", CellKind("CHI numbers", ANY_NUMBER)),
    (r"7[1-9]\d{8}", CellKind(_PHONES, ANY_NUMBER)),  # a column of numbers loses the zero
    (r"[1-9]\d{8}|\d{3} \d{3} \d{3}", CellKind("passport numbers", ANY_NUMBER)),  # of this country: nine digits
    (r"1\d{10,11}|20000\d{7}", CellKind("property reference numbers", ANY_NUMBER)),
    (r"[A-Z]{2}\d\d ?[A-Z]{3}", CellKind(_MARKS, 0.1)),
    (
        r"[A-Z]\d{1,3} ?[A-Z]{3}|[A-Z]{3} ?\d{1,3}[A-Z]|[A-Z](?:I[A-Z]|[A-Z][IZ]) ?\d{3,4}",
        CellKind(_MARKS, SHAPED),
    ),
    (r"[A-Z]\d{4}[A-Z]{2}", CellKind("prison numbers", CHECKED)),
    (r"@\w{2,30}", _USER_NAME),
    (r"/{2,3}\p{L}{3,18}\.\p{L}{3,18}\.\p{L}{3,18}", CellKind("exact places", SURE)),
    (r"[a-z]{3,18}\.[a-z]{3,18}\.[a-z]{3,18}", CellKind("exact places", ANY_NUMBER)),  # what3words
    (r"\d\d-\d\d-\d\d[ ,/]{1,2}\d{4} ?\d{4}", CellKind("bank accounts", SURE)),
    (r"(?:PC|DC|PS|DS|WPC|PCSO) ?[1-9]\d{2,4}", CellKind("numbers of officers", CHECKED)),
    # Of police forces: 42/12345/23, CR/123456/24, 12345/24, SYP-20240123-0456.
    (r"\d{2}[A-Z]{0,3}/\d{3,7}/\d{2,4}[A-Z]?|[A-Z]{2,5}/\d{3,7}/\d{2,4}", CellKind(_REFERENCES, CHECKED)),
    (r"\d{5,7}/(?:20)?\d\d|[A-Z]{2,6}-(?:20\d\d|20\d{6}|\d\d)-\d{3,8}", CellKind(_REFERENCES, SHAPED)),
)
"""Shapes of whole cells in capitals as they stand; small letters are meant where they are written."""
_COMPILED: Final = tuple((regex.compile(shape), kind) for shape, kind in _SHAPES)
_WANTED: Final = {
    Entity.EMAIL: EMAIL,
    Entity.PHONE: PHONE,
    Entity.DEVICE: CellKind("numbers of devices", CHECKED),
    Entity.COURT_CASE: CellKind("numbers of court cases", SHAPED),
    Entity.PNC_ID: CellKind("PNC identifiers", CHECKED),
    Entity.CRO_NUMBER: CellKind("CRO numbers", CHECKED),
    Entity.COORDINATES: CellKind("exact places", CHECKED),
}
_IN_PROSE: Final = regex.compile(rf"{regex.escape(IS)}|\\b\(\?:\\p|\\bpnc|\\bcro")
"""What patterns hold that want a word before a number; a cell has none."""
_PATTERNS: Final = tuple(
    (
        pattern.wanted,
        pattern.check,
        regex.compile(pattern.regex, flags=regex.IGNORECASE if pattern.any_case else 0),
        _WANTED[pattern.entity],
    )
    for pattern in PATTERNS
    if pattern.entity in _WANTED and not _IN_PROSE.search(pattern.regex)
)
_MAY_BE: Final = re.compile(r"[\d@/]|[a-z]_[a-z]|\w\.\w|\b(?:at|dot)\b")
"""Nothing here is told of a cell without one of these."""
_USER: Final = re.compile(r"([a-z]{4,})[._-]?[a-z]*\d{1,4}|([a-z]{3,})[._]([a-z]{3,})")
_LEAST_NAME: Final = 4
"""Letters of a name that a user name begins with."""


def number_kinds(cell: str) -> Iterator[CellKind]:
    """Yield what a cell can be, by its checks and shape; the same kind perhaps twice."""
    if not _MAY_BE.search(cell):
        return
    yield from _checked(cell)
    yield from (what for compiled, what in _COMPILED if compiled.fullmatch(cell))
    look = Look.at(cell)
    for wanted, check, compiled, what in _PATTERNS:
        may_be = wanted.met_by(look) and _covers(compiled.search(cell), cell, check)
        if may_be and (what is not PHONE or may_be_phone(cell)):
            yield what
    if _is_address_of_device(cell):
        yield _DEVICE_ADDRESS
    if _is_user_name(cell):
        yield _USER_NAME


def _checked(cell: str) -> Iterator[CellKind]:
    """Yield the kinds whose check characters or strict shape a cell passes."""
    yield from (_IDENTIFIERS[kind] for kind in kinds_of(cell) if kind in _IDENTIFIERS)
    if (around := _AROUND_NHS.fullmatch(cell)) is not None and is_nhs_number(squeeze(around[1])):
        yield NHS_NUMBER
    # A slash is part of some numbers, and of others a way to write them.
    for text in {cell.upper().replace(" ", ""), squeeze(cell)}:
        yield from (what for check, what in _CHECKS if check(text))


def may_be_phone(text: str) -> bool:
    """Whether digits begin as a number of this country does that somebody has, or as one from abroad."""
    digits = "".join(filter(str.isdigit, text)).removeprefix("00")
    return text.lstrip("( ")[:1] == "+" or digits.startswith(("44", "01", "02", "03", "07", "08", "1", "2", "7"))


def _covers(match: object, cell: str, check: Callable[[str], bool] | None) -> bool:
    if not isinstance(match, regex.Match):
        return False
    found: str = match.group()
    return len(found) >= COVERED * len(cell) and (check is None or check(found))


def _is_address_of_device(cell: str) -> bool:
    if cell.count(".") != 3 and cell.count(":") < 2:  # noqa: PLR2004 - RFC 791, RFC 4291
        return False
    try:
        ip_address(cell)
    except ValueError:
        return False
    return True


def _is_user_name(cell: str) -> bool:
    """Whether small letters begin with a listed name, and digits or a second name follow: `ngozi42`, `omar.sharif`."""
    match = _USER.fullmatch(cell)
    if match is None:
        return False
    lists = name_lists()
    if match[2]:
        return lists.is_given(bare(match[2])) and lists.ordinary(match[3]) > Ordinary.COMMON
    word = match[1]
    return (
        any(
            lists.is_given(word[:end]) and lists.ordinary(word[:end]) > Ordinary.COMMON
            for end in range(len(word), _LEAST_NAME - 1, -1)
        )
        and lists.ordinary(word) > Ordinary.COMMON
    )
