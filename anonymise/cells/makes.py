"""Makes of vehicles: many are called after their founders, and a column of them names nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

MOST: Final = 0.8
"""Share of the distinct values that must be makes: a few of them are common surnames too."""
FEWEST: Final = 3
MAKES: Final = frozenset(
    ("abarth", "ac", "aixam", "alfa romeo", "alpine", "aprilia", "ariel", "aston martin", "audi", "austin",
     "austin healey", "austin morris", "bedford", "bentley", "benelli", "bmw", "bsa", "bugatti", "buick", "byd",
     "cadillac", "can-am", "caterham", "chevrolet", "chrysler", "citroen", "cupra", "dacia", "daewoo", "daf",
     "daihatsu", "daimler", "datsun", "dennis", "dodge", "ds", "ducati", "erf", "ferrari", "fiat", "foden", "ford",
     "fordson", "genesis", "gilera", "gwm", "harley davidson", "harley-davidson", "hillman", "honda", "humber",
     "hummer", "hyundai", "ifor williams", "infiniti", "isuzu", "iveco", "jaguar", "jcb", "jeep", "jensen",
     "john deere", "kawasaki", "kia", "ktm", "lada", "lambretta", "lamborghini", "lancia", "land rover", "ldv",
     "lexmoto", "lexus", "leyland", "leyland daf", "lotus", "man", "maserati", "massey ferguson", "maybach", "mazda",
     "mclaren", "mercedes", "mercedes-benz", "mercedes benz", "mg", "mini", "mitsubishi", "morgan", "morris",
     "moto guzzi", "new holland", "nissan", "norton", "opel", "perodua", "peugeot", "piaggio", "polestar", "porsche",
     "proton", "range rover", "reliant", "renault", "riley", "rolls royce", "rolls-royce", "rover", "royal enfield",
     "saab", "scania", "seat", "seddon atkinson", "singer", "skoda", "smart", "ssangyong", "standard", "sinnis",
     "subaru", "sunbeam", "suzuki", "talbot", "tesla", "toyota", "triumph", "tvr", "vanden plas", "vauxhall", "vespa",
     "volkswagen", "volvo", "vw", "westfield", "wolseley", "yamaha")
)  # fmt: skip
"""As vehicles registered in Great Britain have them (DVLA, vehicle licensing statistics); written down by hand."""


def are_makes(values: Sequence[str]) -> bool:
    """Whether most distinct values are makes of vehicles, in any case.

    Args:
        values: distinct values.
    """
    found = sum(value.casefold() in MAKES for value in values)
    return found >= max(FEWEST, MOST * len(values))
