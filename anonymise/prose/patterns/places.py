"""Where somebody lives."""

from __future__ import annotations

from typing import Final

from anonymise.identifiers import is_postcode, squeeze
from anonymise.prose.entities import Entity
from anonymise.prose.lists.names import Ordinary, bare, name_lists
from anonymise.prose.lists.words import ROADS_DESCRIBED
from anonymise.prose.patterns.pattern import IS, TextPattern, one_of
from anonymise.prose.patterns.postcodes import AREAS

_STREET: Final = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|close|cl|drive|dr(?!\.?\s(?-i:\p{Lu}))|court|ct|place|pl|crescent|cres|gardens|gdns|terrace|"
    r"ter|way|grove|hill|park|square|sq|row|walk|mews|view|rise|green|parade|house|lodge|mount|croft|wharf|quay|yard|"
    r"vale|fields|meadows?|end|gate|bank|circus|broadway|approach|passage|loop|common|embankment|wynd|brae|"
    r"quadrant)\b"
)
_NOT_A_STREET: Final = (
    r"(?!(?:the|a|an|in|on|at|of|to|from|and|or|for|with|people|men|women|boys|girls|years?|days?|my|his|her|their|our|"
    r"this|that|same|main|another|each|every|side|by|saw|sees|seen|see|told|via|per|under|then|who|was|were|is|are|has|had|but|"
    r"before|after|until|till|weeks?|months?|hours?|hrs|mins?|minutes|am|pm)\s)"
)
_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_NUMBER: Final = rf"(?<!\d[./:-])(?<!/)(?<!\b{_MONTH}\.?,?\s)\b\d{{1,4}}"
"""Of a house: neither part of a date or a time nor the year of a month."""
_SURE_STREETS: Final = (
    "street", "road", "avenue", "lane", "drive", "crescent", "gardens", "terrace", "grove", "mews", "close", "way",
    "place", "rise", "walk", "approach", "rd", "ave",
)  # fmt: skip
"""Words that a street's name ends in, where no number stands before it."""
_SURE_STREET: Final = rf"(?:{'|'.join(_SURE_STREETS)})\b"
_NOT_NEAR: Final = (
    r"(?!(?i:parked|stood|standing|stayed|lives?|living|remained|kept|came|got|sat|stopped|stopping|very|too|so|quite)"
    r"\sclose\s(?i:to|by)\b)"
)
"""`Parked close to the kerb`."""
_ROADS: Final = (
    "street",
    "road",
    "avenue",
    "lane",
    "crescent",
    "gardens",
    "terrace",
    "grove",
    "mews",
    "drive",
    "close",
)
"""Of these, words that stand for little else in a note: not `on the way`, `in place`, `a walk`."""
_ROAD: Final = rf"(?:{'|'.join(_ROADS)})\b(?<!\bclose(?=\s(?:to|by)\b))"
_OF_A_HOUSE: Final = (
    r"(?:house|park|hill|mount|court|lodge|gate|green|view|end|bank|yard|common|fields?|meadows?|mill|farm|quay|wharf|"
    r"square|parade|vale|croft)"
)
"""Words in which an address may end, and after which a street's name goes on: `16 Pump House Way`."""
_GOES_ON: Final = rf"(?:(?<=\b{_OF_A_HOUSE})\s(?:{_ROAD}|way\b))?"
_NOT_NAMED: Final = r"(?!(?:down|up|off|onto|into|towards?|near|along|outside|to|from|behind|via|past|between)\s)"
_AREA: Final = one_of(sorted(AREAS, reverse=True))
_AREA_OF_TWO: Final = one_of(sorted(area for area in AREAS if area[1:]))
_INWARD: Final = r"(?!\d(?:ST|ND|RD|TH)\b)\d[ABD-HJLNP-UW-Z]{2}\b"
"""And no ordinal, as in `block B12-4th`."""
_BUILDING: Final = (
    r"(?:point|tower|heights|buildings?|mansions|villas|apartments|chambers|cottages?|farm|hall|keep|block)\b"
)


_HOUSES: Final = (
    "House", "Cottage", "Lodge", "Farm", "Forge", "Rectory", "Manse", "Vicarage", "Barn", "Bungalow", "Villa", "Hall",
    "Mill", "Farmhouse", "Grange", "Croft", "Stables", "Schoolhouse",
)  # fmt: skip
_HOUSE: Final = rf"(?:{'|'.join(sorted(_HOUSES, key=len, reverse=True))})"
_HOUSES_BEFORE: Final = tuple(f"{house.casefold()}," for house in _HOUSES)


def _is_named(text: str) -> bool:
    """Whether the word after a house's number is more than a word: `14 Acacia Dr`, and not `4 Monday Dr`."""
    first = bare(text.split()[1])
    return not first.endswith("day") and name_lists().ordinary(first) > Ordinary.COMMON


def _is_more_than_described(text: str) -> bool:
    """Whether a road has a name: `long furrow road`, not `narrow country lane`."""
    return any(bare(word) not in ROADS_DESCRIBED for word in text.split()[:-1])


def _is_no_word(text: str) -> bool:
    """Whether the first word is neither English nor somebody's: `trafalgar lane`, not `john's road`."""
    first = text.partition(" ")[0]
    word = bare(first)
    is_name = word not in ROADS_DESCRIBED and name_lists().ordinary(word) > Ordinary.COMMON
    return is_name and not first.endswith(("'s", "\u2019s"))


def _is_postcode(text: str) -> bool:
    return is_postcode(squeeze(text))


PLACES: Final[tuple[TextPattern, ...]] = (
    TextPattern(  # after the word also one of an area that there is not: a slip of the keyboard
        entity=Entity.POSTCODE,
        regex=rf"\b(?:post\s?code|pcode){IS}\K[A-Z]{{1,2}}\d[A-Z\d]?[\s.-]{{0,2}}\d[A-Z]{{2}}\b", score=0.82,
        needs="0", near=("post", "pcode"),
    ),
    TextPattern(  # `GU21-4XX`, `GU 21 4XX`, which Presidio's recogniser does not know
        entity=Entity.POSTCODE,
        regex=rf"\b(?:{_AREA}\d[A-Z\d]?[.-]{_INWARD}|(?-i:{_AREA_OF_TWO}[\s.-]\d[A-Z\d]?[\s.-]{{0,2}}{_INWARD}))",
        score=0.78, shapes=("0AA",), check=_is_postcode,
    ),
    TextPattern(
        entity=Entity.ADDRESS, regex=r"\b(?:P\.?\s?O\.?|post\soffice)\s?box(?:\sno\.?)?\s\d{1,6}\b", score=0.85,
        needs="0", near=("box",),
    ),
    TextPattern(
        entity=Entity.ADDRESS,
        regex=r"(?:\b(?:flat|apt|apartment|unit|room)\s\w{1,4},?\s)?"
        rf"{_NUMBER}[a-z]?(?:[-/](?!(?:19|20)\d\d\b)\d{{1,4}}[a-z]?)?,?\s"
        rf"(?:{_NOT_A_STREET}[\p{{L}}'\u2019.-]{{2,30}}\s){{1,4}}?{_STREET}{_GOES_ON}",
        score=0.85,
        needs="0",
    ),
    TextPattern(  # `14 Acacia Dr Woking`, and not `bed 4 Monday Dr Patel`
        entity=Entity.ADDRESS,
        regex=rf"{_NUMBER}[a-z]?,?\s(?:{_NOT_A_STREET}(?-i:\p{{Lu}})[\p{{L}}'\u2019-]{{2,30}}\s){{1,2}}dr(?=\.?\s)",
        score=0.85,
        needs="0",
        near=(" dr",),
        check=_is_named,
    ),
    TextPattern(
        entity=Entity.ADDRESS,
        regex=r"\b(?:(?:(?:lower\s|upper\s)?(?:ground|first|second|third|top)\sfloor|basement|garden)\sflat"
        r"(?=,\s\d{1,4}[a-z]?,?\s(?-i:\p{Lu}))|"
        r"(?:flats?|apartments?|apt)\s\d{1,4}(?:[/-]\d{1,3})?[a-z]?\b)"
        rf"(?:,\s(?:[\p{{L}}'\u2019-]{{2,30}}\s){{1,3}}?(?:{_STREET}|{_BUILDING})){{0,3}}",
        score=0.86,
        needs="0",
        near=("flat", "apartment", "apt"),
    ),
    TextPattern(  # a house by its name, before its street: `The Old Forge, Main Street`, `The Manse, 4 Kirk Wynd`
        entity=Entity.ADDRESS,
        regex=rf"\b(?:The\s)?(?:\p{{Lu}}[\p{{L}}'\u2019-]{{1,30}}\s){{0,2}}{_HOUSE}"
        rf"(?=,\s(?:\d{{1,4}}[a-z]?,?\s\p{{Lu}}|"
        rf"(?:\p{{Lu}}[\p{{L}}'\u2019-]{{1,30}}\s){{1,2}}(?i:{_SURE_STREET})))",
        score=0.7, any_case=False, near=_HOUSES_BEFORE,
    ),
    TextPattern(  # streets of Wales
        entity=Entity.ADDRESS,
        regex=rf"(?:{_NUMBER}[a-z]?,?\s)?\b(?:Heol|Ffordd|Stryd|L[\u00f4o]n|Rhodfa|Tyle|Rhiw)"
        r"(?:\s(?:yr?|[Nn]ewydd|\p{Lu}[\p{L}'\u2019-]{1,30})){1,3}",
        score=0.7, any_case=False, near=("heol", "ffordd", "stryd", "l\u00f4n", "lon ", "rhodfa", "tyle", "rhiw"),
    ),
    TextPattern(
        entity=Entity.ADDRESS,
        regex=rf"{_NUMBER}[a-z]?,?\s(?:Maes|Clos|Cae|Bryn|Parc|Cwrt|Teras|Pen|Llys)"
        r"(?:\s(?:yr?|\p{Lu}[\p{L}'\u2019-]{1,30})){1,3}",
        score=0.7, any_case=False, needs="0",
        near=("maes", "clos", "cae", "bryn", "parc", "cwrt", "teras", "pen", "llys"),
    ),
    TextPattern(
        entity=Entity.ADDRESS,
        regex=rf"\b{_NOT_NEAR}(?:\b{_NOT_A_STREET}\p{{Lu}}[\p{{L}}'\u2019-]{{1,30}}\s){{1,3}}(?i:{_SURE_STREET})",
        score=0.7,
        any_case=False,
        near=_SURE_STREETS,
    ),
    TextPattern(
        entity=Entity.ADDRESS,
        regex=rf"\b(?:on|at|in|of|near|along|outside|towards|to)\s\K(?:{_NOT_A_STREET}[\p{{L}}'\u2019-]{{3,30}}\s){{1,2}}"
        rf"{_SURE_STREET}",
        score=0.6,
        near=_SURE_STREETS,
    ),
    TextPattern(  # the same after other words and with longer names, where the last word says more surely what it is
        entity=Entity.ADDRESS,
        regex=r"\b(?:on|at|in|of|near|nr|along|outside|towards?|to|around|round|from|off|behind|opp(?:osite)?|into|onto|"
        r"down|up|through|via|past|between|address|entered|location|loc|corner\sof|junction\sof|jct|j/w|locus)\b[:.,]?\s"
        rf"\K(?:{_NOT_A_STREET}{_NOT_NAMED}[\p{{L}}'\u2019-]{{3,30}}\s){{1,3}}?{_ROAD}",
        score=0.58, near=_ROADS, check=_is_more_than_described,
    ),
    TextPattern(  # `common assault, trafalgar lane`: a street whose name is no word
        entity=Entity.ADDRESS,
        regex=rf"\b{_NOT_NAMED}\p{{L}}[\p{{L}}'\u2019-]{{3,30}}\s(?:(?!drive|close){_ROAD}|court\b)",
        score=0.56, near=(*_ROADS[:-2], "court"), check=_is_no_word,
    ),
    TextPattern(
        entity=Entity.ADDRESS, regex=rf"\b(?:st|saint)\.?\s\p{{L}}[\p{{L}}'\u2019-]{{2,30}}\s{_ROAD}", score=0.7,
        near=("st ", "st. ", "saint "),
    ),
)  # fmt: skip
