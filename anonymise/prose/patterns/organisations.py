"""Where somebody is taught, treated, held, shops or prays, and the place that is named behind it."""

from __future__ import annotations

from typing import Final

from anonymise.prose.entities import Entity
from anonymise.prose.lists.names import Ordinary, bare, name_lists
from anonymise.prose.lists.words import PLACES_DESCRIBED
from anonymise.prose.names.nobody.trade import is_common
from anonymise.prose.names.nobody.words import OF_MEDICINE
from anonymise.prose.patterns.pattern import TextPattern, one_of

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
_NO_START: Final = r"(?!(?:AT|FROM|WITH|FOR|NOT|WHO|IS)\s)"
_NO_PART: Final = (
    r"(?!(?:TO|HE|SHE|THEY|WAS|WERE|HAS|HAD|HAVE|HAVING|NEEDS?|NEEDING|NEEDED|ATTENDS?|ATTENDED|AWAITING|AWAITS|AFTER|"
    r"BEFORE|REFUSED|REFUSES|MISSED|WANTS|REQUIRES?|CALLED|RANG|LEFT|WENT)\s)"
)
"""Words in capitals that no place's name begins with, or has: `TAKEN TO HOSPITAL`, not `STOKE ON TRENT INFIRMARY`."""
_KINDS: Final = frozenset(
    ("primary", "secondary", "high", "junior", "infant", "infants", "special", "nursery", "grammar", "local", "the",
     "day")
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
_SHOP: Final = (
    r"(?:stores|supermarket|superstore|food\shall|newsagents?|news|pharmacy|chemists?|off\slicence|post\soffice)\b"
)
_SHOPS: Final = (
    "stores",
    "market",
    "superstore",
    "food hall",
    "news",
    "pharmacy",
    "chemist",
    "off licence",
    "post office",
)
_NO_TOWN: Final = frozenset(
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march",
     "april", "june", "july", "august", "september", "october", "november", "december", "please", "thanks", "regards",
     "dear", "today", "yesterday", "tomorrow")
)  # fmt: skip
_TOWN_END: Final = one_of(
    ("bank", "bridge", "brook", "cross", "dale", "end", "fen", "field", "fields", "gate", "green", "grove", "hall",
     "heath", "hill", "hurst", "marsh", "mill", "moor", "park", "point", "port", "quay", "row", "side", "square",
     "town", "vale", "valley", "village", "wharf", "wood", "woods", "common", "corner", "bay", "beach", "estate")
)  # fmt: skip
"""Words in which the name of a place of two words ends: `quarry bank`."""
_WORD: Final = r"\p{L}[\p{L}'\u2019-]{2,30}"
_TOWN: Final = rf"{_WORD}(?:\s{_TOWN_END}\b)?"
_UNNAMED: Final = rf"(?!(?:{'|'.join(sorted(PLACES_DESCRIBED))})\s)"
_DEALT: Final = (
    r"\b(?:(?:staff|manager|security|guard|cashier|detective|shopping|works?|working|worked|employed|customers?|job|"
    r"begging|shoplifting|shop\slifting|concealed|selected|detained|banned)\s(?:at|from|outside|in)|"
    r"cctv(?:\s\w{3,12})?\sfrom|(?:taken|stolen|theft)\sfrom|outside)"
)
"""After these a shop is named, without `the`: `cctv requested from corner plus, ashmere`."""
_DEALTS: Final = (
    "staff", "manager", "security", "guard", "cashier", "detective", "shopping", "work", "employed", "customer", "job",
    "begging", "lifting", "concealed", "selected", "detained", "banned", "cctv", "taken", "stolen", "theft", "outside",
)  # fmt: skip


def _is_more_than_a_kind(text: str) -> bool:
    """Whether something is named, and not only what it is: `Kingsfold Primary School`, and not `Primary school`."""
    *words, place = text.split()
    said = [word.casefold() for word in words]
    if (place.casefold() == "clinic" or any(word in OF_MEDICINE for word in said)) and all(map(is_common, said)):
        return False  # a department: `Memory Clinic`, `Breast Clinic`
    return place[0].isupper() or any(bare(word) not in _KINDS for word in words)


def _begins_with_a_name(text: str) -> bool:
    """Whether the first word is no English one: `kingsfold high school`, and not `attends high school`."""
    first, _, rest = text.partition(" ")
    if first.casefold().rstrip(".") in ("st", "saint", "royal", "queen", "king"):
        return _begins_with_a_name(rest)
    return name_lists().ordinary(bare(first)) > Ordinary.COMMON


def _is_own(text: str) -> bool:
    """Whether a school's name of one word is one: `alderwick school`, and neither `Emma's school` nor a slip."""
    first = text.partition(" ")[0]
    lists, word = name_lists(), bare(first)
    return lists.ordinary(word) is Ordinary.NEVER and not lists.is_given(word) and not first.endswith(("'s", "\u2019s"))


def _is_not_described(text: str) -> bool:
    """Whether the first word can begin a place's own name."""
    return bare(text.split(maxsplit=1)[0]) not in PLACES_DESCRIBED


def _is_town(text: str) -> bool:
    """Whether what stands behind a comma is a place: a word of no dictionary, or two of which names are made."""
    words = [bare(word) for word in text.split()]
    lists = name_lists()
    if words[0] in PLACES_DESCRIBED or words[0] in _NO_TOWN:
        return False
    if len(words) > 1:
        return True
    return lists.ordinary(words[0]) > Ordinary.COMMON and not lists.is_given(words[0])


def _is_written_town(text: str) -> bool:
    """Whether words with capitals behind a place and a comma are one: neither a day nor a title."""
    words = [bare(word) for word in text.split()]
    return not any(word in _NO_TOWN or word in PLACES_DESCRIBED for word in words)


def _is_shop(text: str) -> bool:
    """Whether what is dealt with at a comma has a name: `dunmoor stores, ashmere`, and not `motor vehicle, ashmere`."""
    shop, _, town = text.partition(",")
    return _is_town(town.strip()) and not any(bare(word) in PLACES_DESCRIBED for word in shop.split())


ORGANISATIONS: Final[tuple[TextPattern, ...]] = (
    TextPattern(
        entity=Entity.ORGANISATION,
        regex=rf"\b{_NO_START}(?:\b{_NO_PART}\p{{Lu}}[\p{{L}}'\u2019-]{{0,30}}(?:(?<=\b\p{{L}}{{1,4}})\.)?\s(?:(?:of|the|and|&)\s){{0,2}}){{1,6}}"
        rf"(?i:{_PLACE})\b",
        score=0.6,
        any_case=False,
        near=_PLACES,
        check=_is_more_than_a_kind,
    ),
    TextPattern(  # `Harbour Pharmacy, Abbots Fen`; a name of people, which scores higher, stays one
        entity=Entity.LOCATION,
        regex=rf"(?i:\b{_PLACE}),\s\K(?!(?:Mr|Mrs|Ms|Miss|Dr|PC|DC|PS|DS|DI|Pt|IP|NO|NOT|AND|BUT|HE|SHE|WHO|WITH|AT)\b)"
        r"\p{Lu}[\p{L}'\u2019-]{2,30}"
        r"(?:\s\p{Lu}[\p{L}'\u2019-]{2,30}|"
        r"(?=\s?(?:[.,;:)\n]|$)|\s(?:by|and|with|on|at|in|to|since|state|after|without)\b))",
        score=0.4, any_case=False, near=_PLACES, check=_is_written_town,
    ),
    TextPattern(
        entity=Entity.LOCATION, regex=rf"\b(?:{_PLACE}|{_SHOP}),\s\K{_TOWN}", score=0.4, near=(*_PLACES, *_SHOPS),
        check=_is_town,
    ),
    TextPattern(
        entity=Entity.ORGANISATION,
        regex=rf"\b(?:(?:st\.?|saint|royal|queen|king)\s)?[\p{{L}}'\u2019-]{{3,30}}\s{_SMALL_PLACE}",
        score=0.55,
        near=_SMALL_PLACES,
        check=_begins_with_a_name,
    ),
    TextPattern(  # `abbots fen health centre`
        entity=Entity.ORGANISATION, regex=rf"\b{_WORD}\s{_TOWN_END}\s(?:{_SMALL_PLACE}|school\b)", score=0.55,
        near=_SMALL_PLACES, check=_is_not_described,
    ),
    TextPattern(
        entity=Entity.ORGANISATION,
        regex=rf"\b(?:sir|dame|lord|lady|st|saint|king|queen|bishop|archbishop|cardinal)\s(?:{_UNNAMED}{_WORD}\s){{1,2}}"
        r"(?:school|academy|college)\b",
        score=0.74, near=("school", "academy", "college"),
    ),
    TextPattern(
        entity=Entity.ORGANISATION,
        regex=r"\b(?:our\slady|holy|sacred|all\ssaints|corpus\schristi|christ)\b"
        r"(?:\s(?!(?:at|in|to|from|for|with|on|by)\b)[\p{L}'\u2019]{2,20}){0,4}?\s"
        r"(?:school|academy|college|church)\b",
        score=0.6, near=("our lady", "holy", "sacred", "all saints", "christ"),
    ),
    TextPattern(
        entity=Entity.ORGANISATION, regex=r"\b\p{L}[\p{L}'\u2019-]{4,30}\sschool\b", score=0.55, near=(" school",),
        check=_is_own,
    ),
    TextPattern(
        entity=Entity.ORGANISATION, regex=rf"\b\p{{L}}[\p{{L}}'\u2019-]{{3,30}}\s{_SHOP}", score=0.55, near=_SHOPS,
        check=_begins_with_a_name,
    ),
    TextPattern(
        entity=Entity.ORGANISATION,
        regex=rf"{_DEALT}\s\K{_UNNAMED}{_WORD}(?:\s[\p{{L}}'\u2019&-]{{1,30}}){{0,2}},\s{_TOWN}",
        score=0.5, near=_DEALTS, check=_is_shop,
    ),
    TextPattern(
        entity=Entity.ORGANISATION, regex=r"\bhm(?:p|yoi|prison)\s"
        r"\K(?:[\p{L}'\u2019-]{3,30}\s(?:hill|park|moor|vale|scrubs)\b|[\p{L}'\u2019-]{4,30})",
        score=0.6, near=("hmp", "hmyoi"),
    ),
)  # fmt: skip
