"""One mention of somebody: the words of the name, and what a title or a generation says of its bearer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.names.lists`

from anonymise.prose.entities import Span
from anonymise.prose.names.listed import PARTICLES
from anonymise.prose.names.lists import WORD, bare
from datalab.sample.people.names import Sex, name_pools

TITLES: Final[dict[str, Sex | None]] = {
    **dict.fromkeys(("mr", "sir", "lord", "master"), Sex.MALE),
    **dict.fromkeys(("mrs", "ms", "miss", "lady", "dame", "madam"), Sex.FEMALE),
    **dict.fromkeys(
        ("mx", "dr", "prof", "professor", "rev", "reverend", "cllr", "councillor", "judge", "justice", "nurse", "pc",
         "dc", "ps", "ds", "di", "dci", "dsu", "sgt", "sergeant", "insp", "inspector", "constable", "supt",
         "superintendent", "pcso", "wpc", "officer", "detective", "imam", "rabbi", "fr", "s/n", "sn", "rn", "cpn"),
        None,
    ),
}  # fmt: skip
"""Titles and ranks in small letters, and the sex that they tell."""
MARRIED, UNMARRIED = "mrs", "miss"
"""Titles that one woman does not bear in one document."""
_GENERATIONS: Final = {"jr": "junior", "jnr": "junior", "junior": "junior", "sr": "senior", "snr": "senior",
                       "senior": "senior"}  # fmt: skip
_BEFORE = regex.compile(r"(?<!\p{L})(\p{L}{1,14})\.?\s$")
_LOOKED_BEFORE: Final = 24
"""Characters before a mention that are looked at."""
_KIN = regex.compile(
    r"\b(?:mother|father|mum|mam|mummy|dad|daddy|parents?|brother|sister|sibling|partner|wife|husband|uncle|aunt|auntie|"
    r"nan|gran|grandmother|grandfather|grandad|cousin|neighbour|friend|boyfriend|girlfriend|ex|carer|nok|next\sof\skin|"
    r"step(?:mother|father|mum|dad)|att(?:ends|ended|ending)?\.?\swith|accompanied\sby|b/b|brought\s(?:in\s)?by)"
    r"[\s:,(]{1,2}$",
    flags=regex.IGNORECASE,
)
"""Words of which a row's person is not said; `son`, `daughter` and `child` are said of it where a parent speaks."""
_PATIENT = regex.compile(r"\b(?:pt|patient|client|pupil|service\suser|resident)[\s:,(]{1,2}$", flags=regex.IGNORECASE)
_AFTER = regex.compile(r",?\s\(?(jr|jnr|junior|sr|snr|senior)\b", flags=regex.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """How a text names somebody once."""

    words: tuple[str, ...]
    """The name's words in small letters, in their order, without titles; an initial is a letter."""
    title: str = ""
    """In small letters; empty where there is none."""
    is_kin: bool = False
    """The text introduces a relative, or whoever came along: `NOK Joan`, `his mother Joan`, `attended with Joan`."""
    is_patient: bool = False
    """The text introduces whom the record is about: `Pt Smith`, `the pupil Joan`."""
    generation: str = ""
    """`junior` or `senior`, where the text says so."""

    @property
    def sex(self) -> Sex | None:
        """The sex that the title tells."""
        return TITLES.get(self.title)


def read_mention(text: str, span: Span) -> Mention:
    """Take a mention of a person apart; a title just before it and a generation just behind it belong to it."""
    written = [match.group() for match in WORD.finditer(text, span.start, span.end)]
    words = [bare(word) for word in written]
    title = generation = ""
    while words and words[0] in TITLES and (len(words) > 1 or not words[0].isalpha()):
        title = title or words[0]
        words, written = words[1:], written[1:]
    if not title:
        before = _BEFORE.search(text[max(0, span.start - _LOOKED_BEFORE) : span.start])
        title = before.group(1).casefold() if before and before.group(1).casefold() in TITLES else ""
    if any(word[0].isupper() for word in written):  # `Joan Smith yesterday`: what is small is no name
        words = [bare(word) for word in written if word[0].isupper() or bare(word) in PARTICLES]
    if len(words) > 1 and words[-1] in _GENERATIONS:
        generation = _GENERATIONS[words.pop()]
    elif after := _AFTER.match(text, span.end):
        generation = _GENERATIONS[after.group(1).casefold()]
    lead = text[max(0, span.start - _LOOKED_BEFORE) : span.start]
    return Mention(
        words=tuple(words),
        title=title,
        is_kin=_KIN.search(lead) is not None,
        is_patient=_PATIENT.search(lead) is not None,
        generation=generation,
    )


def titles_differ(one: str, other: str) -> bool:
    """Whether two titles are those of two people."""
    sexes = {sex for sex in (TITLES.get(one), TITLES.get(other)) if sex is not None}
    return len(sexes) > 1 or {one, other} == {MARRIED, UNMARRIED}


@cache
def _sexes() -> dict[str, Sex | None]:
    found: dict[str, Sex | None] = {}
    for community in name_pools().communities:
        for pool in (community.given, community.given_old):
            for sex, names in pool.items():
                for name in names:
                    small = name.casefold()
                    found[small] = sex if found.get(small, sex) is sex else None
    return found


def sex_of(word: str) -> Sex | None:
    """Return the sex of those who bear a given name in small letters; None where both do, or nobody known."""
    return _sexes().get(word)
