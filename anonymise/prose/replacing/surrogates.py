"""Surrogates: somebody else's particulars in the place of each finding, so that one that was missed does not stand out.

Hiding in plain sight (Carrell et al. 2013, doi:10.1136/amiajnl-2012-001034; hostile readers found a quarter of what was
left, Carrell et al. 2020, doi:10.1093/jamia/ocaa095). A surrogate is drawn under a secret of the unit from what it
stands for: the same in all texts of a unit, another in every other's, and not to be turned back. It is never what it
stands for, nor any other word of its text. What has no harmless surrogate keeps its placeholder: a religion or
nationality would be a false statement, and a value of unknown kind has no shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from random import Random
from typing import Final

from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import WORD, bare, name_lists
from anonymise.prose.replacing.draw import cased, drawn, pool
from anonymise.prose.replacing.surrogate_names import sex_told, surrogate_people
from anonymise.prose.replacing.surrogate_numbers import surrogate_number
from datalab.sample.people.names import Sex

PLACEHOLDERS: Final = frozenset({"GROUP", "DATE", "DATE OF BIRTH", "AGE", "HIDDEN TEXT", "KNOWN VALUE"})
"""Kinds without surrogates, by their words: dates are a matter of their own, another age would be a false statement, of
a value that the contract drops no word may stay."""
_IN_HOUSE: Final = frozenset({"flat", "apartment", "apt", "unit", "room"})
"""Words before a number that are no name of the house."""
_NUMBER_FOLLOWS: Final = re.compile(r"[\s:.#=(-]{0,4}(?:no\.?|number|ref)?[\s:.#=-]{0,3}\d", re.IGNORECASE)


def surrogates(
    text: str,
    spans: Sequence[Span],
    named: Sequence[Hashable],
    *,
    secret: bytes,
    names: frozenset[str],
    called: str = "",
) -> list[str]:
    """Return a surrogate for each span; empty where there is none.

    Args:
        text: cleaned text.
        spans: what was found in it, in order.
        named: what each names, from `anonymise.prose.replacing.numbered.identities`.
        secret: of the unit that the text is about.
        names: words of names that its row knows.
        called: what tells the row's person from others of the unit; empty where there are none.
    """
    words = {bare(match.group()) for match in WORD.finditer(text)} | names
    folded = _squeezed(text)

    def is_free(made: str) -> bool:
        parts = [bare(match.group()) for match in WORD.finditer(made)]
        return not words.intersection((*parts, *(part for word in parts for part in word.split("-"))))

    def is_new(made: str) -> bool:
        return bool(made) and _squeezed(made) not in folded

    mentions = [
        (span, one)
        for span, one in zip(spans, named, strict=True)
        if span.entity is Entity.PERSON and isinstance(one, int)
    ]
    people = iter(
        surrogate_people(
            text,
            [span for span, _ in mentions],
            [one for _, one in mentions],
            secret,
            is_free,
            called=called,
            sex=_one_sex(names),
        )
        if mentions
        else ()
    )
    return [
        next(people)
        if span.entity is Entity.PERSON
        else text[span.start : span.end]
        if span.entity is Entity.ORGANISATION and _is_label(text, span)
        else _thing(text[span.start : span.end], span.entity, one, secret, is_free, is_new)
        for span, one in zip(spans, named, strict=True)
    ]


def _one_sex(names: frozenset[str]) -> Sex | None:
    """Return the sex that a row's names tell; of `Joan James` the given name's, which is no surname."""
    told = {name: sex for name in names if (sex := sex_told([name])) is not None}
    lists = name_lists()
    for some in (told, {name: sex for name, sex in told.items() if not lists.is_surname(name)}):
        if len(set(some.values())) == 1:
            return next(iter(some.values()))
    return None


def _is_label(text: str, span: Span) -> bool:
    """Whether a finding is the word that says what a number is: `reg`, which NER takes for a name.

    A word that is a name as well (`Swift`, `Case`) is one alone where a number follows, and not as names are written.
    """
    written = text[span.start : span.end]
    words = [word.casefold().strip(".:") for word in written.split()]
    if not {*pool("number_words")}.issuperset(words):
        return False
    lists = name_lists()
    if len(words) > 1 or not (lists.is_surname(words[0]) or lists.is_given(words[0])):
        return True
    return not written.istitle() and _NUMBER_FOLLOWS.match(text, span.end) is not None


def _thing(  # noqa: PLR0917 - a case each
    written: str,
    kind: Entity,
    value: Hashable,
    secret: bytes,
    is_free: Callable[[str], bool],
    is_new: Callable[[str], bool],
) -> str:
    match kind:
        case _ if kind in PLACEHOLDERS:
            return ""
        case Entity.LOCATION:
            return drawn(secret, kind, value, lambda rng: _place(written, rng), is_free)
        case Entity.ORGANISATION:
            head, tail = _parted(written, pool("organisation_types"))
            made = drawn(secret, kind, value, lambda rng: rng.choice(pool("organisations")), is_free)
            other = drawn(secret, "type", value, lambda rng: rng.choice(pool("other_types")), bool)
            return cased(head or written, made) + (tail or f" {cased(written, other)}") if made else ""
        case Entity.ADDRESS:
            return drawn(secret, kind, value, lambda rng: _address(written, rng), is_new)
        case _:
            return drawn(secret, kind, value, lambda rng: surrogate_number(written, kind, rng), is_new)


def _place(written: str, rng: Random) -> str:
    countries = pool("countries")
    is_country = written.casefold() in map(str.casefold, countries)
    return cased(written, rng.choice(countries if is_country else pool("towns")))


def _parted(written: str, types: Sequence[str]) -> tuple[str, str]:
    """Return a name without the words that end it and say what it is, and those words with the blank before them."""
    words = written.split(" ")
    kept = len(words)
    while kept > 1 and words[kept - 1].casefold().strip(".,") in types:
        kept -= 1
    tail = " ".join(words[kept:])
    return " ".join(words[:kept]), f" {tail}" if tail else ""


def _address(written: str, rng: Random) -> str:
    _, tail = _parted(written, pool("street_types"))
    street = cased(written, rng.choice(pool("streets"))) + (tail or cased(written, " Road"))
    if not any(map(str.isdigit, written)):
        return street
    first = written.split(" ", 1)[0]
    flat = f"{first} {rng.randint(1, 40)}, " if first.casefold() in _IN_HOUSE else ""
    return f"{flat}{rng.randint(1, 180)} {street}"


def _squeezed(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()
