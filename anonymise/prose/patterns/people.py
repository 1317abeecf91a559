"""Names that their neighbourhood gives away: a title, a rank, a relation, a salutation."""

from __future__ import annotations

from typing import Final

from anonymise.prose.entities import Entity
from anonymise.prose.lists.names import Ordinary, bare, name_lists
from anonymise.prose.lists.words import NAMES_THAT_ARE_WORDS
from anonymise.prose.names.nobody.words import NOBODY, OF_MEDICINE, OF_WORK
from anonymise.prose.patterns.pattern import TextPattern, one_of

_NAME: Final = (
    r"(?:(?:(?:in\s)?['\u2018\u2019]t\s|"
    r"[Oo]'|[Dd]'|Mc|Mac|al-|Al-|St\.? |\u00d3\s|N[\u00cdi]\s|Nic\s|[Aa]p\s)?\p{Lu}[\p{L}'\u2019\-]{1,30}|"
    r"\p{Lu}\.)"
)
_ROLES_BELOW: Final = one_of(
    sorted(
        word for word in (OF_WORK | OF_MEDICINE | NOBODY) - NAMES_THAT_ARE_WORDS if word.isalpha() and word.isascii()
    )
)
_BLANK: Final = rf"(?:[^\S\n]|\n(?!(?i:{_ROLES_BELOW})\b))"
"""Between two names; the role below a signature is none."""
_PARTICLE: Final = r"(?:de|dela|del|dos|van|von|der|bin|ibn|al|el|la|du|da|op|den|zu|ter)"
NAMES: Final = rf"{_NAME}(?:{_BLANK}(?:{_PARTICLE}{_BLANK}){{0,2}}{_NAME}){{0,3}}"
_TITLE: Final = (
    r"\b(?:Mr|MR|Mrs|MRS|Ms|MS|Miss|MISS|Mx|Dr|DR|Prof|Professor|Rev|Reverend|Father|Fr|Sir|Dame|Lord|Lady|Cllr|"
    r"Councillor|Judge|Justice|Nurse|Sister|Imam|Rabbi|S/N|SN|RN|CPN|S/W)\.?"
)
RANK: Final = (
    r"\b(?:PC|DC|PS|DS|DI|DCI|DSU|SGT|Sgt|Sergeant|Insp|Inspector|Constable|CI|Supt|Superintendent|PCSO|WPC|SC|TDC|"
    r"Officer|officer|Detective|[Cc]ollar(?:\s(?:no|number))?)\.?"
)
_RELATIVE: Final = (
    r"\b(?:[Mm]other|[Ff]ather|[Mm]um|[Dd]ad|[Ss]on|[Dd]aughter|[Bb]rother|[Ss]ister|[Pp]artner|[Ww]ife|[Hh]usband|"
    r"[Uu]ncle|[Aa]unt(?:ie)?|[Gg]ran(?:dmother|dfather|dad)?|[Nn]an|[Cc]ousin|[Nn]eighbour|[Ff]riend|[Bb]oyfriend|"
    r"[Gg]irlfriend|NOK|[Nn]ext of kin|[Aa]pplicant|[Cc]laimant|[Aa]ppellant|[Dd]efendant|[Cc]omplainant|[Ww]itness|"
    r"[Vv]isitor|[Ss]olicitor|[Tt]eacher|[Cc]arer|[Ss]ibling|[Ss]tep(?:father|mother|dad|mum|son))"
)
_RELATIVES: Final = (
    "mother", "father", "mum", "dad", "son", "daughter", "brother", "sister", "partner", "wife", "husband", "uncle",
    "aunt", "gran", "nan", "cousin", "neighbour", "friend", "nok", "next of kin", "applicant", "claimant", "appellant",
    "defendant", "complainant", "witness", "visitor", "solicitor", "teacher", "carer", "sibling", "step",
)  # fmt: skip
_ROLES: Final = (
    "nephew", "niece", "fianc", "twin", "social worker", "support worker", "key worker", "keyworker", "midwife",
    "health visitor", "landlord", "landlady", "headteacher", "head teacher", "tutor", "coach", "probation officer",
    "foster mother", "foster father", "foster carer", "child", "baby", "pupil", "patient", "client", "tenant",
    "resident", "suspect", "victim", "offender", "detainee", "prisoner", "informant", "caller", "driver", "passenger",
    "manager", "chair", "consultant", "registrar", "paramedic", "ex", "mam", "nanny", "grandad", "grandma",
    "stepdad", "stepmum",
    "stepfather", "stepmother", "parent", "colleague", "alias", "aka", "known as", "called", "named",
    "nee", "n\u00e9e", "formerly",
)  # fmt: skip
"""Words after which a name stands often, and something else as well: the name must be in a list, and be no word."""
_ANY_ROLE: Final = rf"\b{one_of((*(word for word in _RELATIVES if word != 'step'), *_ROLES))}(?:ee?)?"
_SMALL_RANK: Final = (
    r"\b(?:pc|dc|ps|ds|di|dci|dsu|sgt|insp|pcso|wpc|tdc|spc|supt|constable|sergeant|inspector|superintendent|detective|"
    r"officer|cllr|councillor|prof|professor|rev|reverend|father|fr|nurse|sister|imam|rabbi|judge|justice|sir|dame|"
    r"lord|lady|doctor|s/n|cpn|dr)\b\.?"
)
_SMALL_RANKS: Final = (
    "pc", "dc", "ps", "ds", "di", "sgt", "sergeant", "insp", "constable", "superintendent", "supt", "detective",
    "officer", "cllr", "councillor", "prof", "rev", "fr", "father", "nurse", "sister", "imam", "rabbi", "judge",
    "justice", "sir", "dame", "lord", "lady", "doctor", "dr", "s/n", "cpn",
)  # fmt: skip
_SMALL_TITLES: Final = (
    "mr", "ms", "miss", "mx", "dr", "prof", "rev", "father", "fr", "sir", "dame", "lord", "lady", "cllr", "councillor",
    "judge", "justice", "nurse", "sister", "imam", "rabbi", "s/n", "sn", "rn", "cpn", "s/w",
)  # fmt: skip
_SAID: Final = frozenset(
    ("said", "will", "was", "may", "can", "saw", "met", "went", "came", "took", "has", "had", "did", "does", "is",
     "are", "were", "then", "and", "the", "who", "made", "gave", "told", "asked", "stated", "attended", "arrived",
     "rang", "spoke", "called", "found", "left", "drove", "noted", "reports", "reported", "now", "not", "also", "here",
     "there", "ill", "home", "house", "car", "school", "work", "support", "care", "team", "service", "services")
)  # fmt: skip
"""What follows a role and is a surname somewhere: `pc 4412 said`."""
_NOT_A_NAME: Final = (
    r"(?!(?:The|This|That|He|She|They|It|We|But|And|In|On|At|A|I|No|Sir|Madam|All|Team|Colleagues?|Parents?|Carers?|"
    r"Headteacher|Patients?|Residents?|Tenants?|Customers?|Students?|Pupils?|Governors?|Editor|Doctor|Neighbours?|"
    r"Friends?|Applicants?|Clients?|Members?|Occupiers?)\b)"
)
_NO_DUTY: Final = r"(?!(?:Safety|SAFETY|Training|TRAINING)\b)"
"""What `Officer` is followed by on forms."""


def _may_be_surname(text: str) -> bool:
    """Whether a word after a title is one: `miss school` is a verb."""
    lists, word = name_lists(), bare(text.rsplit(maxsplit=1)[-1])
    return lists.is_surname(word) or lists.ordinary(word) > Ordinary.COMMON


def _is_named(text: str) -> bool:
    """Whether a word after a role is a name by the lists, and no English word."""
    lists, word = name_lists(), bare(text.split(maxsplit=1)[0])
    return (lists.is_given(word) or lists.is_surname(word)) and lists.ordinary(word) > Ordinary.COMMON


def _is_initialled(text: str) -> bool:
    """Whether a word after initials is a name by the lists, and no English word."""
    return _is_named(text.rpartition(".")[2])


def _is_numbered(text: str) -> bool:
    """Whether a word after the number of an officer is the name."""
    lists, word = name_lists(), bare(text)
    return word not in _SAID and (lists.is_surname(word) or lists.ordinary(word) > Ordinary.COMMON)


PEOPLE: Final[tuple[TextPattern, ...]] = (
    TextPattern(
        entity=Entity.PERSON, regex=rf"{_TITLE}\s{_NOT_A_NAME}{NAMES}", score=0.9, any_case=False,
        near=_SMALL_TITLES,
    ),
    TextPattern(
        entity=Entity.PERSON, regex=rf"{RANK}\s(?:#?\d{{1,6}}[A-Z]?\s)?\K{_NOT_A_NAME}{_NO_DUTY}{NAMES}", score=0.9,
        any_case=False,
    ),
    TextPattern(
        entity=Entity.REFERENCE, regex=rf"{RANK}\s{NAMES}\s\(?\K\d{{2,6}}\b", score=0.85, any_case=False,
        needs="0",
    ),
    TextPattern(
        entity=Entity.PERSON, regex=r"\b(?:mr|mrs)\.?\s\p{L}[\p{L}'\u2019-]{1,30}", score=0.8, near=("mr",)
    ),
    TextPattern(
        entity=Entity.PERSON, regex=r"\b(?:ms|miss|mx|dr|cllr|prof)\.?\s\p{L}[\p{L}'\u2019-]{1,30}", score=0.8,
        near=("ms", "miss", "mx", "dr", "cllr", "prof"), check=_may_be_surname,
    ),
    TextPattern(
        entity=Entity.PERSON, regex=rf"\bDear\s\K{_NOT_A_NAME}{NAMES}", score=0.7, any_case=False, near=("dear",)
    ),
    TextPattern(
        entity=Entity.PERSON, regex=rf"\b(?:[Nn]ame|NAME|[Ss]igned)(?:\s(?:is|was|of))?\s?:?\s\K{_NOT_A_NAME}{NAMES}",
        score=0.7, any_case=False, near=("name", "signed"),
    ),
    TextPattern(
        entity=Entity.PERSON, regex=rf"{_RELATIVE},?\s\(?\K{_NOT_A_NAME}{_NAME}(?:\s{_NAME})?", score=0.7,
        any_case=False, near=_RELATIVES,
    ),
    TextPattern(  # A field of JSON (RFC 8259): all of its value.
        entity=Entity.PERSON,
        regex=r"""["'](?:(?:first|last|full|given|family|middle|maiden|patient|pupil|client|child|carer)[\s_-]?)?"""
        r"""(?:name|forename|surname|nickname)s?["']\s?:\s?["']\K\p{L}[^"\n{}\[\]]{1,80}?(?=["']\s?[,}\]])""",
        score=0.9, near=("name",),
    ),
    TextPattern(  # `aka "Tiny"`: with a capital, and no `known as "high risk"`
        entity=Entity.PERSON,
        regex=r"\b(?:aka|a\.k\.a\.?|known\sas|nick-?named?|goes\sby|street\sname|alias)(?:\s(?:is|of))?:?\s"
        r"[\"'\u2018\u201c]\K(?-i:\p{Lu})[\p{L}'\u2019-]{1,20}(?:\s[\p{L}'\u2019-]{1,20}){0,2}"
        r"(?=[\"'\u2019\u201d])",
        score=0.7, near=("aka", "a.k.a", "known as", "nick", "goes by", "street name", "alias"),
    ),
    TextPattern(  # of Scotland and Ireland: `Mac an T\u00e0illeir`, `Nic an tSaoir`
        entity=Entity.PERSON,
        regex=r"(?<![\p{L}'\u2019-])(?:Mac|Mhic|Nic)\s(?:an|na|a')\s[th]?-?\p{Lu}[\p{L}\p{M}'\u2019-]{1,30}",
        score=0.7, any_case=False, near=("mac ", "mhic ", "nic "),
    ),
    # In any case, where a list knows the name.
    TextPattern(
        entity=Entity.PERSON,
        regex=rf"{_ANY_ROLE}[,:]?\s\(?\K\p{{L}}[\p{{L}}'\u2019-]{{2,30}}",
        score=0.65, near=(*_RELATIVES, *_ROLES), check=_is_named,
    ),
    TextPattern(  # `A.B.Okafor`, `j. okafor`; and not `at 3 p.m.Patel came`, of which lists find the name.
        entity=Entity.PERSON,
        regex=r"(?<![\w.@/])(?!(?:e\.\s?g|i\.\s?e|[ap]\.\s?m)\.|(?-i:v\.\s\p{Lu}))"
        r"[A-Z]\.\s?(?:(?!(?-i:v)\.\s)[A-Z]\.\s?){0,2}(?<![\w.]\w\.\s)[A-Z][\p{L}'\u2019-]{2,30}",
        score=0.6, shapes=("A.A", "A. A"), check=_is_initialled,
    ),
    TextPattern(
        entity=Entity.PERSON, regex=rf"{_SMALL_RANK}\s\K\p{{L}}[\p{{L}}'\u2019-]{{2,30}}\b", score=0.72,
        near=_SMALL_RANKS, check=_is_named,
    ),
    TextPattern(
        entity=Entity.PERSON,
        regex=rf"(?<!\w)\d{{1,6}}[a-z]?\s(?<={_SMALL_RANK}\s#?\d{{1,6}}[a-z]?\s)\K\p{{L}}[\p{{L}}'\u2019-]{{2,30}}\b",
        score=0.75, needs="0", near=_SMALL_RANKS, check=_is_numbered,
    ),
)  # fmt: skip
