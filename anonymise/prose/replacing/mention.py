"""One mention of somebody: the words of the name, and what a title or a generation says of its bearer."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.disguise.passages import Passage, undisguised
from anonymise.prose.entities import Span
from anonymise.prose.lists.names import WORD, bare, name_lists
from anonymise.prose.names.listed.listed import PARTICLES
from anonymise.prose.replacing.sexes import sex_of
from datalab.sample.people.names import Sex

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
_RELATIVE: Final = (
    r"(?:mother|father|mum|mam|mummy|dad|daddy|parents?|brother|sister|sibling|partner|wife|husband|uncle|aunt|auntie|"
    r"nan|gran|grandmother|grandfather|grandad|cousin|neighbour|friend|boyfriend|girlfriend|ex|carer|"
    r"step(?:mother|father|mum|dad))"
)
_KIN = regex.compile(
    rf"\b(?:{_RELATIVE}|nok|next\sof\skin|att(?:ends|ended|ending)?\.?\swith|accompanied\sby|b/b|brought\s(?:in\s)?by)"
    r"[\s:,(]{1,2}$",
    flags=regex.IGNORECASE,
)
"""Words of which a row's person is not said; `son`, `daughter` and `child` are said of it where a parent speaks."""
_HAS_KIN = regex.compile(
    rf"(?:['\u2019]s|,?\s(?:and|with)\s(?:her|his|their))?\s(?:{_RELATIVE}|son|daughter)\b", flags=regex.IGNORECASE
)
_PATIENT = regex.compile(r"\b(?:pt|patient|client|pupil|service\suser|resident)[\s:,(]{1,2}$", flags=regex.IGNORECASE)
_AFTER = regex.compile(r",?\s\(?(jr|jnr|junior|sr|snr|senior)\b", flags=regex.IGNORECASE)
_JOINED = regex.compile(
    r"(?:['\u2019]s)?,?\s(?:and|&|with|vs?\.?|versus|against|hit|met|saw|told|hurt|bit|rang|"
    r"(?!\p{L}*(?:named|called)\b)\p{Ll}{2,12}ed(?:\s(?:by|with|at|to))?)\s"
)
"""What stands between two people, and never between two names of one."""
_LONGEST_JOINT: Final = 24
_FULL: Final = 2
"""Words of a name in full."""


class Part(StrEnum):
    """What of a name in full a mention is."""

    ALL = "all"
    GIVEN = "given"
    SURNAME = "surname"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """How a text names somebody once."""

    words: tuple[str, ...]
    """The name's words in small letters, in their order, without titles; an initial is a letter.

    Figures or signs that were taken for a name are one word.
    """
    title: str = ""
    """In small letters; empty where there is none."""
    is_kin: bool = False
    """The text introduces a relative, or whoever came along: `NOK Joan`, `his mother Joan`, `attended with Joan`."""
    is_patient: bool = False
    """The text introduces whom the record is about: `Pt Smith`, `the pupil Joan`."""
    has_kin: bool = False
    """The text goes on with a relative of theirs: `Joan's mother`, `Joan and her mother`."""
    generation: str = ""
    """`junior` or `senior`, where the text says so."""
    is_vague: bool = False
    """Perhaps half of a name that stands with a comma: nobody else's for sure."""
    part: Part = Part.ALL
    """What of the words stands there: the halves of `Smith, Joan` are two mentions of one name."""
    written: str = field(default="", compare=False)
    """As it stands in the text, without a disguise."""

    @property
    def form(self) -> tuple[object, ...]:
        """What of it is the name as it is written, without what is said around it."""
        return (self.words, self.title, self.generation, self.is_vague)

    @property
    def sex(self) -> Sex | None:
        """The sex that the title tells."""
        return TITLES.get(self.title)


def read_mentions(text: str, spans: Sequence[Span]) -> list[Mention]:
    """Take every mention of a person in a text apart, read without its disguise.

    The halves of a name with the surname first that were found by themselves (`Smith` and `Joan` of `Smith, Joan`) are
    read together.

    Args:
        text: cleaned text.
        spans: of people, in order.
    """
    passages = undisguised(text)
    mentions = [read_mention(*_plain(text, span, passages)) for span in spans]
    for place, (one, other) in enumerate(pairwise(spans)):
        if text[one.end : other.start] == ", ":
            mentions[place], mentions[place + 1] = _halves(mentions[place], mentions[place + 1])
    return mentions


def told_apart(text: str, spans: Sequence[Span]) -> list[bool]:
    """Return of each two neighbours whether the text makes them two: `Joan Smith met Smith`, `Liz and Beth Hall`."""
    return [
        other.start - one.end <= _LONGEST_JOINT and _JOINED.fullmatch(text, one.end, other.start) is not None
        for one, other in pairwise(spans)
    ]


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
    if len(words) > 1 and words[-1] in _GENERATIONS:
        generation = _GENERATIONS[words.pop()]
        written.pop()
    elif after := _AFTER.match(text, span.end):
        generation = _GENERATIONS[after.group(1).casefold()]
    if any(word[0].isupper() for word in written):  # `Joan Smith yesterday`: what is small is no name
        written = [word for word in written if word[0].isupper() or bare(word) in PARTICLES]
        words = [bare(word) for word in written]
    if not words and not title:  # figures or signs that a finder took for a name: each is somebody of its own
        words = [text[span.start : span.end].strip().casefold()]
    surname = _surname_first(text[span.start : span.end], written)
    lead = text[max(0, span.start - _LOOKED_BEFORE) : span.start]
    return Mention(
        words=(*words[surname:], *words[:surname]),
        title=title,
        is_kin=_KIN.search(lead) is not None,
        has_kin=_HAS_KIN.match(text, span.end) is not None,
        is_patient=_PATIENT.search(lead) is not None,
        generation=generation,
        written=text[span.start : span.end],
    )


def _surname_first(written: str, words: Sequence[str]) -> int:
    """Return how many words at the head are the surname: before a comma, or alone in capitals (`SMITH Joan`)."""
    if len(words) < _FULL:
        return 0
    head, comma, _ = written.partition(",")
    if comma:
        inside = sum(match.group() in words for match in WORD.finditer(head))
        return inside if 0 < inside < len(words) else 0
    loud = [len(word) > 1 and word.isupper() for word in words]
    return loud.index(False) if loud[0] and not all(loud) and not any(loud[loud.index(False) :]) else 0


def _halves(surname: Mention, given: Mention) -> tuple[Mention, Mention]:
    """Return two mentions with a comma between as halves of a name, where they can be; in doubt the first is vague."""
    if len(surname.words) != 1 or len(given.words) != 1 or surname.title or given.title:
        return surname, given
    last, first = surname.words[0], given.words[0]
    lists = name_lists()
    if sex_of(last) is not None or not lists.is_surname(last):
        return surname, given
    if sex_of(first) is None:
        is_sure = lists.is_given(first) and not lists.is_surname(first) and not lists.is_given(last)
        if not is_sure:
            return replace(surname, is_vague=True), given
    words = (first, last)
    own = replace(surname, words=words, part=Part.SURNAME, generation=given.generation)
    return own, replace(own, part=Part.GIVEN, written=given.written)


def _plain(text: str, span: Span, passages: Sequence[Passage]) -> tuple[str, Span]:
    """Return a text in which a mention stands without its disguise, and where.

    Passages and their places are in order, and a long text may hold thousands of either, so both are looked up.
    """
    at = bisect_right(passages, span.start, key=lambda passage: passage.starts[0]) - 1
    if at < 0 or span.end > passages[at].ends[-1]:
        return text, span
    passage = passages[at]
    first, end = bisect_left(passage.starts, span.start), bisect_right(passage.ends, span.end)
    if first >= end or passage.text[first:end] == text[span.start : span.end]:
        return text, span
    return passage.text, Span(first, end, span.entity, span.score)


def titles_differ(one: str, other: str) -> bool:
    """Whether two titles are those of two people."""
    sexes = {sex for sex in (TITLES.get(one), TITLES.get(other)) if sex is not None}
    return len(sexes) > 1 or {one, other} == {MARRIED, UNMARRIED}
