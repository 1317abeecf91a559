"""Where somebody lives, is taught, is treated or is held."""

from __future__ import annotations

from typing import Final

from anonymise.identifiers import is_postcode, squeeze
from anonymise.prose.entities import Entity
from anonymise.prose.names.lists import Ordinary, bare, name_lists
from anonymise.prose.patterns.pattern import TextPattern

_STREET: Final = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|close|cl|drive|dr(?!\.?\s(?-i:\p{Lu}))|court|ct|place|pl|crescent|cres|gardens|gdns|terrace|"
    r"ter|way|grove|hill|park|square|sq|row|walk|mews|view|rise|green|parade|house|lodge|mount|croft|wharf|quay|yard|"
    r"vale|fields|meadows?|end|gate|bank|circus|broadway|approach|passage|loop|common|embankment)\b"
)
_NOT_A_STREET: Final = (
    r"(?!(?:the|a|an|in|on|at|of|to|from|and|or|for|with|people|men|women|boys|girls|years?|days?|my|his|her|their|our|"
    r"this|that|same|main|another|each|every|side|by|saw|sees|seen|see|told|via|per|under|then|who|was|were|is|are|has|had|but|"
    r"weeks?|months?|hours?|hrs|mins?|minutes|am|pm)\s)"
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
_PLACE: Final = (
    r"(?:School|Academy|College|Nursery|Pre-?school|Playgroup|Sixth Form|Surgery|Practice|Hospital|Infirmary|Hospice|"
    r"Pharmacy|Clinic|Dental Care|(?:Medical|Health|Family|Children's|Day|Walk-in|Community|Youth) Centre|Youth Club|"
    r"Care Home|Nursing Home|Residential Home|Children's Home|Foster(?:ing)? Agency|University|Church|Mosque|Temple|"
    r"Gurdwara|Synagogue|Stores|Supermarket|Newsagents?|News|Post Office|Food Hall|Barn|Garage|Caf[e\u00e9]|Takeaway|"
    r"Leisure Centre|Library|Hotel|Arms|Inn|Infant(?:s)?|Juniors?|Primary|Grammar|Comprehensive)"
)
_PLACES: Final = (
    "school", "academy", "college", "nursery", "playgroup", "sixth", "surgery", "practice", "hospital", "infirmary",
    "hospice", "pharmacy", "clinic", "dental", "centre", "club", "home", "agency", "university", "church", "mosque",
    "temple", "gurdwara", "synagogue", "stores", "market", "news", "post office", "food hall", "barn", "garage", "caf",
    "takeaway", "library", "hotel", "arms", "inn", "infant", "junior", "primary", "grammar", "comprehensive",
)  # fmt: skip
_SMALL_PLACE: Final = (
    r"(?:(?:(?:c\s?of\s?e|rc|catholic|community|church\sof\sengland)\s)?"
    r"(?:high|primary|secondary|infants?|junior|grammar|girls'?|boys'?|nursery|prep|special)\s(?:school|academy)|academy|"
    r"surgery|infirmary|hospital|hospice|(?:gp|medical|group|dental)\spractice|(?:medical|health|family)\scentre|"
    r"(?:care|nursing|children's)\shome|college|university|mosque|gurdwara)\b"
)
"""Places whose name stands before them in small letters too."""
_SMALL_PLACES: Final = (
    "school", "academy", "surgery", "infirmary", "hosp", "practice", "centre", "home", "college", "university",
    "mosque", "gurdwara",
)  # fmt: skip
_AREAS: Final = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY "
    "G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR "
    "NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA "
    "WC WD WF WN WR WS WV YO ZE"
)
"""Letters that postcodes begin with (BS 7666-2)."""
_AREA: Final = f"(?:{'|'.join(sorted(_AREAS.split(), reverse=True))})"
_AREA_OF_TWO: Final = f"(?:{'|'.join(area for area in _AREAS.split() if area[1:])})"
_INWARD: Final = r"(?!\d(?:ST|ND|RD|TH)\b)\d[ABD-HJLNP-UW-Z]{2}\b"
"""And no ordinal, as in `block B12-4th`."""
_BUILDING: Final = (
    r"(?:point|tower|heights|buildings?|mansions|villas|apartments|chambers|cottages?|farm|hall|keep|block)\b"
)


def _begins_with_a_name(text: str) -> bool:
    """Whether the first word is no English one: `kingsfold high school`, and not `attends high school`."""
    first, _, rest = text.partition(" ")
    if first.casefold().rstrip(".") in ("st", "saint", "royal", "queen", "king"):
        return _begins_with_a_name(rest)
    return name_lists().ordinary(bare(first)) > Ordinary.COMMON


def _is_named(text: str) -> bool:
    """Whether the word after a house's number is more than a word: `14 Acacia Dr`, and not `4 Monday Dr`."""
    first = bare(text.split()[1])
    return not first.endswith("day") and name_lists().ordinary(first) > Ordinary.COMMON


def _is_postcode(text: str) -> bool:
    return is_postcode(squeeze(text))


PLACES: Final[tuple[TextPattern, ...]] = (
    TextPattern(  # `GU21-4XX`, `GU 21 4XX`, which Presidio's recogniser does not know
        entity=Entity.POSTCODE,
        regex=rf"\b(?:{_AREA}\d[A-Z\d]?[.-]{_INWARD}|(?-i:{_AREA_OF_TWO}[\s.-]\d[A-Z\d]?[\s.-]{{0,2}}{_INWARD}))",
        score=0.78, shapes=("0AA",), check=_is_postcode,
    ),
    TextPattern(
        entity=Entity.ADDRESS,
        regex=r"(?:\b(?:flat|apt|apartment|unit|room)\s\w{1,4},?\s)?"
        rf"{_NUMBER}[a-z]?(?:[-/](?!(?:19|20)\d\d\b)\d{{1,4}}[a-z]?)?,?\s"
        rf"(?:{_NOT_A_STREET}[\p{{L}}'\u2019.-]{{2,30}}\s){{1,4}}?{_STREET}",
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
        regex=r"\b(?:flat|apartment|apt)\s\d{1,4}[a-z]?\b"
        rf"(?:,\s(?:[\p{{L}}'\u2019-]{{2,30}}\s){{1,3}}?(?:{_STREET}|{_BUILDING})){{0,3}}",
        score=0.86,
        needs="0",
        near=("flat", "apartment", "apt"),
    ),
    TextPattern(
        entity=Entity.ADDRESS,
        regex=rf"(?:\b{_NOT_A_STREET}\p{{Lu}}[\p{{L}}'\u2019-]{{1,30}}\s){{1,3}}(?i:{_SURE_STREET})",
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
    TextPattern(
        entity=Entity.ORGANISATION,
        regex=rf"(?:\b\p{{Lu}}[\p{{L}}'\u2019.-]{{0,30}}\s(?:(?:of|the|and|&)\s){{0,2}}){{1,6}}(?i:{_PLACE})\b",
        score=0.6,
        any_case=False,
        near=_PLACES,
    ),
    TextPattern(
        entity=Entity.ORGANISATION,
        regex=rf"\b(?:(?:st\.?|saint|royal|queen|king)\s)?[\p{{L}}'\u2019-]{{3,30}}\s{_SMALL_PLACE}",
        score=0.55,
        near=_SMALL_PLACES,
        check=_begins_with_a_name,
    ),
    TextPattern(
        entity=Entity.ORGANISATION, regex=r"\bhm(?:p|yoi|prison)\s"
        r"\K(?:[\p{L}'\u2019-]{3,30}\s(?:hill|park|moor|vale|scrubs)\b|[\p{L}'\u2019-]{4,30})",
        score=0.6, near=("hmp", "hmyoi"),
    ),
)  # fmt: skip
