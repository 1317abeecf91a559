"""Names that their neighbourhood gives away: a title, a rank, a relation, a salutation."""

from __future__ import annotations

from typing import Final

from anonymise.prose.entities import Entity
from anonymise.prose.names.lists import Ordinary, bare, name_lists
from anonymise.prose.patterns.pattern import TextPattern

_NAME: Final = (
    r"(?:(?:[Oo]'|[Dd]'|Mc|Mac|al-|Al-|St\.? |\u00d3\s|N[\u00cdi]\s|Nic\s|Ap\s)?\p{Lu}[\p{L}'\u2019\-]{1,30}|\p{Lu}\.)"
)
_NAMES: Final = rf"{_NAME}(?:\s(?:(?:de|dela|del|dos|van|von|der|bin|ibn|al|el|la|du|da)\s){{0,2}}{_NAME}){{0,3}}"
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
_NOT_A_NAME: Final = r"(?!(?:The|This|That|He|She|They|It|We|But|And|In|On|At|A|I|No|Sir|Madam|All|Team|Colleagues?)\b)"


def _may_be_surname(text: str) -> bool:
    """Whether a word after a title is one: `miss school` is a verb."""
    lists, word = name_lists(), bare(text.rsplit(maxsplit=1)[-1])
    return lists.is_surname(word) or lists.ordinary(word) > Ordinary.COMMON


PEOPLE: Final[tuple[TextPattern, ...]] = (
    TextPattern(entity=Entity.PERSON, regex=rf"{_TITLE}\s{_NOT_A_NAME}{_NAMES}", score=0.9, any_case=False),
    TextPattern(
        entity=Entity.PERSON, regex=rf"{RANK}\s(?:#?\d{{1,6}}[A-Z]?\s)?\K{_NOT_A_NAME}{_NAMES}", score=0.9,
        any_case=False,
    ),
    TextPattern(
        entity=Entity.REFERENCE, regex=rf"{RANK}\s{_NAMES}\s\(?\K\d{{2,6}}\b", score=0.85, any_case=False,
        needs="0",
    ),
    TextPattern(entity=Entity.PERSON, regex=r"\b(?:mr|mrs)\.?\s\p{L}[\p{L}'\u2019-]{1,30}", score=0.8),
    TextPattern(
        entity=Entity.PERSON, regex=r"\b(?:ms|miss|mx|dr|cllr|prof)\.?\s\p{L}[\p{L}'\u2019-]{1,30}", score=0.8,
        check=_may_be_surname,
    ),
    TextPattern(entity=Entity.PERSON, regex=rf"\bDear\s\K{_NOT_A_NAME}{_NAMES}", score=0.7, any_case=False),
    TextPattern(
        entity=Entity.PERSON, regex=rf"\b(?:[Nn]ame|NAME|[Ss]igned)(?:\s(?:is|was|of))?\s?:?\s\K{_NOT_A_NAME}{_NAMES}",
        score=0.7, any_case=False,
    ),
    TextPattern(
        entity=Entity.PERSON, regex=rf"{_RELATIVE},?\s\(?\K{_NOT_A_NAME}{_NAME}(?:\s{_NAME})?", score=0.7,
        any_case=False,
    ),
)  # fmt: skip
