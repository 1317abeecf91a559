"""Initials of the record's names: `E.T. rang`, `spoke to ET`, `E. Young`, `H Young`, `Hope Y.`.

Any two letters are the initials of many people, and of many things: two in capitals count where they are those of the
row's own names and the words beside them speak of a person (`ET rang`, `told ET`), and never where they are an
abbreviation of every note (`ED`, `DC`, `UK`). With dots between they need nothing beside them but to be no abbreviation
that is written so. One letter counts beside another name of the same record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import permutations
from typing import Final

import regex  # type: ignore[import-untyped]  # as in `anonymise.prose.lists.names`

from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import NameLists, Ordinary, bare
from anonymise.prose.lists.words import AFTER_A_PERSON, NAMES_THAT_ARE_WORDS, RANKS, STAFF
from anonymise.prose.names.nobody.words import NOBODY

INITIALS: Final = 0.9
"""Score: below a name of the record with a slip."""
MOST_NAMES: Final = 12
"""Most words of names whose initials are paired: those of the row first, then of rows that are linked to it."""
_ABBREVIATIONS: Final = NOBODY | RANKS | STAFF | frozenset(
    ("am", "pm", "uk", "us", "eu", "un", "tv", "hr", "pa", "sw", "ss", "la", "ot", "ct", "iv", "im", "sc", "mr", "ms",
     "dr", "st", "rd", "tb", "ni", "nb", "re", "hq", "co", "ad", "bc", "gb", "ip", "ap", "oap", "cp", "ec", "md", "ba",
     "ie", "eg", "po", "rs", "ta", "sa", "ok", "va", "vs", "usa", "nsw", "pcr", "ecg", "hmp", "hgv", "bbc", "itv",
     "mp", "mps", "cc", "op", "pe", "dr", "rta", "rtc", "acc", "cpa", "cpc", "eta", "est", "ect", "tia", "mi", "cva",
     "gcse", "btec", "pe", "ict", "dt", "rs", "sat", "ehc", "dol", "dols", "cic", "csa", "csc", "cse", "cce", "edt",
     "sgo", "ico", "epo", "pip", "esa", "jsa", "uc", "hb", "rsl", "td", "vp", "ceo", "hmo", "asap", "bmi", "cbt", "lft")
)  # fmt: skip
"""In capitals hardly ever somebody's initials."""
_WRITTEN_WITH_DOTS: Final = frozenset(
    (
        "am",
        "pm",
        "uk",
        "us",
        "usa",
        "eu",
        "un",
        "ie",
        "eg",
        "ad",
        "bc",
        "nb",
        "gp",
        "id",
        "tv",
        "pc",
        "dob",
        "nhs",
        "ni",
    )
)
"""Abbreviations that have dots in some hands."""
_DOTTED = regex.compile(r"(?<![\p{L}\p{N}.&/-])(?:\p{Lu}\.\s?){1,2}\p{Lu}(?:\.|(?![\p{L}\p{N}]))(?![\p{L}\p{N}/-])")
_PLAIN = regex.compile(r"(?<![\p{L}\p{N}.&/'\u2019-])\p{Lu}{2,3}(?![\p{L}\p{N}&/-]|\.\p{L})")
_MORE: Final = (
    r"rang|phoned|called|texted|emailed|arrived|came|went|wanted|felt|feels|seemed|appeared|cried|shouted|slept|ate|"
    r"spoke|talked|engaged|explained|mentioned|became|started|stopped|ran|walked|returned|attend(?:s|ed)|"
    r"(?:is|was|has\sbeen|remains?|looked)\s(?:not\s|very\s|quite\s|so\s|also\s|again\s)?"
    r"(?:seen|upset|tearful|angry|calm|happy|sad|low|anxious|"
    r"asked|told|excluded|late|crying|asleep|unwell|pregnant|homeless|drunk|at\s(?:home|school|work|court))"
)
_KNOWN: Final = "|".join(one.replace("_", " ") for one in AFTER_A_PERSON)
_ACTS = regex.compile(
    rf"(?:['\u2019]s|\s(?:and|&)\s\p{{L}}+)?\s(?:{_KNOWN}|{_MORE})\b",
    flags=regex.IGNORECASE,
)
_KIN = regex.compile(
    r"['\u2019]s\s(?:mum|mother|dad|father|parents?|family|sister|brother|son|daughter|partner|wife|husband|carer|"
    r"friend|school|home|house|room|behaviour|mood|birthday)\b",
    flags=regex.IGNORECASE,
)
_MEETS = regex.compile(
    r"(?<!\p{L})(?:spoke(?:n)?\s(?:to|with)|talked\s(?:to|with)|speak\sto|told|asked|"
    r"met(?:\swith)?|saw|visited|phoned|rang|texted|emailed|"
    r"seen\s(?:by|with)|(?:call|text|letter|email|message)s?\s(?:from|to)|contact\swith|visit\sto|collected|"
    r"worried\sabout|concerns?\s(?:about|for|re)|(?:mother|mum|father|dad|parents?)\sof|seen)\s$",
    flags=regex.IGNORECASE,
)
_BEFORE: Final = 24
"""Characters before initials in which somebody is told or met."""
_INITIAL_FIRST = regex.compile(
    r"(?<![\p{L}\p{N}.&/'\u2019-])(\p{Lu})(?:\.\s?|\s)(\p{L}[\p{L}\p{M}'\u2019-]+)(?![\p{L}\p{N}])"
)
_INITIAL_LAST = regex.compile(
    r"(?<![\p{L}\p{N}'\u2019-])(\p{L}[\p{L}\p{M}]+),?\s(\p{Lu})(?![\p{L}\p{N}&/'\u2019-]|\.\p{L})(\.?)"
)
_WORDS_OF_ONE_LETTER: Final = frozenset("AI")
_LETTERED: Final = regex.compile(
    r"\b(?:vitamin|vit|plan|type|hepatitis|hep|group|flat|unit|block|section|appendix|grade|class|option|part)\s$",
    flags=regex.IGNORECASE,
)


def find_initials(text: str, values: Sequence[Sequence[str]], lists: NameLists) -> Iterator[Span]:
    """Yield where initials of the record's names stand for one of its people.

    Args:
        text: cleaned text.
        values: the words of each name of the row's people, the row's own first.
        lists: tell abbreviations from words.
    """
    names = list(dict.fromkeys(bare(word) for words in values for word in words))[:MOST_NAMES]
    if len(names) < 2:  # noqa: PLR2004 - initials are of two names
        return
    heads = [name[0].upper() for name in names]
    wanted = {"".join(pair) for pair in permutations(heads, 2)}
    wanted |= {"".join(heads[at : at + 3]) for at in range(len(heads) - 2)}
    for match in _DOTTED.finditer(text):
        letters = "".join(filter(str.isalpha, match.group()))
        if letters in wanted and letters.casefold() not in _WRITTEN_WITH_DOTS:
            yield Span(match.start(), match.end(), Entity.PERSON, INITIALS)
    for match in _PLAIN.finditer(text):
        letters = match.group()
        if letters in wanted and not _is_abbreviation(letters, lists) and _is_spoken_of(text, match.span()):
            yield Span(match.start(), match.end(), Entity.PERSON, INITIALS)
    yield from _beside_a_name(text, names)


def _is_abbreviation(letters: str, lists: NameLists) -> bool:
    small = letters.casefold()
    return small in _ABBREVIATIONS or lists.ordinary(small) is Ordinary.COMMON


def _is_spoken_of(text: str, place: tuple[int, int]) -> bool:
    start, end = place
    if _ACTS.match(text, end) is not None or _KIN.match(text, end) is not None:
        return True
    return _MEETS.search(text, max(0, start - _BEFORE), start) is not None


def _beside_a_name(text: str, names: Collection[str]) -> Iterator[Span]:
    """Yield an initial with another name: `E. Young`, `H Young`, `Young, H`, `Hope Y.`."""
    for match in _INITIAL_FIRST.finditer(text, overlapped=True):
        initial, written = match.groups()
        is_word = initial in _WORDS_OF_ONE_LETTER and text[match.end(1)] != "."
        is_sure = written[0].isupper() or (bare(written) not in NAMES_THAT_ARE_WORDS) or not is_word
        is_sure = is_sure and not (is_word and written.isupper())
        is_lettered = _LETTERED.search(text, max(0, match.start() - 12), match.start()) is not None
        if is_sure and not is_lettered and _are_of_two(initial, written, names):
            yield Span(match.start(), match.end(), Entity.PERSON, INITIALS)
    for match in _INITIAL_LAST.finditer(text, overlapped=True):
        written, initial, dot = match.groups()
        is_sure = written[0].isupper() or bare(written) not in NAMES_THAT_ARE_WORDS
        is_word = initial in _WORDS_OF_ONE_LETTER and not dot
        if is_sure and not is_word and _are_of_two(initial, written, names):
            yield Span(match.start(), match.end(2), Entity.PERSON, INITIALS)


def _are_of_two(initial: str, written: str, names: Collection[str]) -> bool:
    word = bare(written)
    return word in names and any(name[0].upper() == initial and name != word for name in names)
