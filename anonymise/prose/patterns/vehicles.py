"""Registration marks of vehicles (DVLA, INF104), in every format since 1903.

Marks of 2001 and later, and earlier ones in capitals, are told by their shape; in small letters an earlier one needs
three digits and no blank (`m25 the` is a road and an article). Marks without an age and personal ones are any letters
and digits: they count where a word or a make says that a vehicle comes.
"""

from __future__ import annotations

from typing import Final

from anonymise.prose.entities import Entity
from anonymise.prose.patterns.pattern import IS, TextPattern

_SAID: Final = r"\b(?:reg(?:istration|\.)?|registered|vrm|vrn|vrms?|index|(?:number\s)?plates?|trade\splates?)"
_KIND: Final = (
    r"\b(?:car|van|lorry|truck|moped|motorbike|motorcycle|scooter|vehicle|veh|taxi|minibus|tractor|trailer|caravan|"
    r"audi|bmw|citro[e\u00eb]n|dacia|fiat|ford|honda|hyundai|jaguar|jeep|kia|land ?rover|range rover|lexus|mazda|"
    r"mercedes(?:[ -]benz)?|merc|mini|mitsubishi|nissan|peugeot|porsche|renault|seat|skoda|subaru|suzuki|tesla|toyota|"
    r"vauxhall|volkswagen|vw|volvo|yamaha|kawasaki|vespa|transit)"
)
_KINDS: Final = (
    "car", "van", "lorry", "truck", "moped", "motorbike", "motorcycle", "scooter", "veh", "taxi", "minibus", "tractor",
    "trailer", "audi", "bmw", "citro", "dacia", "fiat", "ford", "honda", "hyundai", "jaguar", "jeep", "kia", "rover",
    "lexus", "mazda", "merc", "mini", "mitsubishi", "nissan", "peugeot", "porsche", "renault", "seat", "skoda",
    "subaru", "suzuki", "tesla", "toyota", "vauxhall", "volkswagen", "vw", "volvo", "yamaha", "kawasaki",
    "vespa", "transit",
)  # fmt: skip
_MARK: Final = r"(?=[A-Z]{0,3}\s?\d)(?!\d{4}\b)[A-Z0-9]{1,4}\s?[A-Z0-9]{1,4}\b"
_OLD: Final = r"(?:[A-Z]{1,3}\s?\d{1,4}|\d{1,4}\s?[A-Z]{1,3})\b"
"""A mark without an age, a personal one, one of Northern Ireland, a trade plate."""
_NOT_MARKS: Final = frozenset(
    ("PIN", "SIM", "DIN", "BIN", "ZIP", "FIG", "MIN", "TIN", "VIP", "KIT", "TIP", "FIT", "HIT", "RIP", "DIG", "VIA",
     "AIM", "AIR", "OIL", "AID", "MIX", "SIX", "BIG", "LIT", "HIV", "UTI", "MRI", "API", "WIZ", "CIN", "NI", "CID")
)  # fmt: skip


def _is_irish(text: str) -> bool:
    return "".join(filter(str.isalpha, text)) not in _NOT_MARKS


_OLD_SHAPES: Final = (
    *(f"A{digits}{between}AAA" for digits in ("0", "00", "000") for between in ("", " ", "-")),
    *(f"AAA{between}{digits}A" for digits in ("0", "00", "000") for between in ("", " ", "-")),
    "AA 00 AAA", "0A0", "0 A0", "0A 0", "0 A 0",
)  # fmt: skip

VEHICLES: Final[tuple[TextPattern, ...]] = (
    TextPattern(entity=Entity.VEHICLE, regex=r"\b[A-Z]{2}\d{2}[\s-]?[A-Z]{3}\b", score=0.8,
                shapes=("AA00AAA", "AA00 AAA", "AA00-AAA")),
    TextPattern(
        entity=Entity.VEHICLE,
        regex=r"\b(?:[A-Z]\d{1,3}[\s-]?[A-Z]{3}|[A-Z]{3}[\s-]?\d{1,3}[A-Z]|[A-Z]{2}\s\d{2}\s[A-Z]{3}|\d{3}\s?[DX]\s?\d{3})\b",
        score=0.6, any_case=False, shapes=_OLD_SHAPES,
    ),
    TextPattern(entity=Entity.VEHICLE, regex=r"\b(?:[a-z]\d{3}[a-z]{3}|[a-z]{3}\d{3}[a-z])\b", score=0.6,
                shapes=("A000AAA", "AAA000A")),
    TextPattern(  # Northern Ireland: an I or a Z among two or three letters.
        entity=Entity.VEHICLE, regex=r"\b(?:[A-Z](?:I[A-Z]|[A-Z][IZ])\s?\d{3,4}|(?:[A-Z][IZ]|I[A-Z])\s?[1-9]\d{3})\b",
        score=0.6, any_case=False, shapes=("AA000", "AA 000"), check=_is_irish,
    ),
    TextPattern(
        entity=Entity.VEHICLE,
        regex=rf"{_SAID}\b{IS}\K(?:[A-Z]{{2}}\s\d\d\s[A-Z]{{3}}\b|{_OLD}|{_MARK})", score=0.7, needs="0",
        near=("reg", "vrm", "vrn", "index", "plate"),
    ),
    TextPattern(
        entity=Entity.VEHICLE,
        regex=rf"(?<!\w)(?-i:{_OLD})(?<={_KIND}(?:\s[a-z\u00e9]{{2,12}}){{0,2}}[,:]?\s\(?(?:reg\s)?(?-i:{_OLD}))",
        score=0.65, needs="0", near=_KINDS,
    ),
)  # fmt: skip
