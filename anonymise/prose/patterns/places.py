"""Where somebody lives, is taught or is treated."""

from __future__ import annotations

from typing import Final

from anonymise.prose.entities import Entity
from anonymise.prose.names.lists import Ordinary, bare, name_lists
from anonymise.prose.patterns.pattern import TextPattern

_STREET: Final = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|close|cl|drive|dr|court|ct|place|pl|crescent|cres|gardens|gdns|terrace|"
    r"ter|way|grove|hill|park|square|sq|row|walk|mews|view|rise|green|parade|house|lodge|mount|croft|wharf|quay|yard|"
    r"vale|fields|meadows?|end|gate|bank|circus|broadway|approach|passage|loop|common|embankment)\b"
)
_NOT_A_STREET: Final = (
    r"(?!(?:the|a|an|in|on|at|of|to|from|and|or|for|with|people|men|women|boys|girls|years?|days?|my|his|her|their|our|"
    r"this|that|same|main|another|each|every|side)\s)"
)
_SURE_STREET: Final = (
    r"(?:street|road|avenue|lane|drive|crescent|gardens|terrace|grove|mews|close|way|place|rise|walk|approach|rd|ave)\b"
)
"""Words that a street's name ends in, where no number stands before it."""
_PLACE: Final = (
    r"(?:School|Academy|College|Nursery|Surgery|Practice|Hospital|Infirmary|Hospice|Pharmacy|Clinic|Medical Centre|"
    r"Health Centre|Care Home|Children's Home|University|Church|Mosque|Temple|Gurdwara|Synagogue|Stores|Supermarket|"
    r"Newsagents?|News|Post Office|Food Hall|Barn|Garage|Caf[e\u00e9]|Takeaway|Leisure Centre|Library|Hotel|Arms|Inn)"
)
_SMALL_PLACE: Final = (
    r"(?:(?:high|primary|secondary|infant|junior|grammar|girls'?|boys'?)\s(?:school|academy)|academy|surgery|infirmary|"
    r"medical\scentre|health\scentre|care\shome|children's\shome)\b"
)
"""Places whose name stands before them in small letters too."""
_BUILDING: Final = (
    r"(?:point|tower|heights|buildings?|mansions|villas|apartments|chambers|cottages?|farm|hall|keep|block)\b"
)


def _begins_with_a_name(text: str) -> bool:
    """Whether the first word is no English one: `kingsfold high school`, and not `attends high school`."""
    return name_lists().ordinary(bare(text.split(maxsplit=1)[0])) > Ordinary.COMMON


PLACES: Final[tuple[TextPattern, ...]] = (
    TextPattern(
        entity=Entity.ADDRESS,
        regex=r"(?:\b(?:flat|apt|apartment|unit|room)\s\w{1,4},?\s)?\b\d{1,4}[a-z]?(?:[-/]\d{1,4}[a-z]?)?,?\s"
        rf"(?:{_NOT_A_STREET}[\p{{L}}'\u2019.-]{{2,30}}\s){{1,4}}?{_STREET}",
        score=0.85,
        needs="0",
    ),
    TextPattern(
        entity=Entity.ADDRESS,
        regex=r"\b(?:flat|apartment|apt)\s\d{1,4}[a-z]?\b"
        rf"(?:,\s(?:[\p{{L}}'\u2019-]{{2,30}}\s){{1,3}}?(?:{_STREET}|{_BUILDING})){{0,3}}",
        score=0.86,
        needs="0",
    ),
    TextPattern(
        entity=Entity.ADDRESS,
        regex=rf"(?:\b{_NOT_A_STREET}\p{{Lu}}[\p{{L}}'\u2019-]{{1,30}}\s){{1,3}}(?i:{_SURE_STREET})",
        score=0.7,
        any_case=False,
    ),
    TextPattern(
        entity=Entity.ADDRESS,
        regex=rf"\b(?:on|at|in|of|near|along|outside|towards|to)\s\K(?:{_NOT_A_STREET}[\p{{L}}'\u2019-]{{3,30}}\s){{1,2}}"
        rf"{_SURE_STREET}",
        score=0.6,
    ),
    TextPattern(
        entity=Entity.ORGANISATION,
        regex=rf"(?:\b\p{{Lu}}[\p{{L}}'\u2019.-]{{0,30}}\s(?:(?:of|the|and|&)\s){{0,2}}){{1,6}}(?i:{_PLACE})\b",
        score=0.6,
        any_case=False,
    ),
    TextPattern(
        entity=Entity.ORGANISATION, regex=rf"\b[\p{{L}}'\u2019-]{{3,30}}\s{_SMALL_PLACE}", score=0.55,
        check=_begins_with_a_name,
    ),
)  # fmt: skip
