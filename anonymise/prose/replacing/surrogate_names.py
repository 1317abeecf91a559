"""Names of nobody for names of somebody, of the same sex where a list tells it, from the pools of the sample county.

The community of a name is not kept: that it would tell is reason enough. Title, order, initials and case are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from anonymise.prose.entities import Span
from anonymise.prose.names.lists import WORD, bare
from anonymise.prose.replacing.draw import cased, drawn
from anonymise.prose.replacing.mention import TITLES, Mention, read_mention, sex_of
from anonymise.prose.replacing.people import SUBJECT
from datalab.sample.people.names import Sex, a_community, common_first, for_sex

_FULL: Final = 2
"""Words of a name in full."""


@dataclass(frozen=True, slots=True)
class _Bearer:
    """Somebody of a text, by all that it calls them."""

    value: str
    """The same in every document of the unit that names them in full."""
    words: tuple[str, ...]
    """The longest name."""
    sex: Sex | None


def surrogate_people(
    text: str, spans: Sequence[Span], people: Sequence[int], secret: bytes, is_free: Callable[[str], bool]
) -> list[str]:
    """Return a surrogate for each mention of a person; empty where none fits.

    Args:
        text: cleaned text.
        spans: the mentions.
        people: whom each names, from `anonymise.prose.replacing.people.who_is_who`.
        secret: of the unit.
        is_free: whether a word stands nowhere in the text and is no name of the row.
    """
    mentions = [read_mention(text, span) for span in spans]
    by_person: dict[int, list[Mention]] = defaultdict(list)
    for person, mention in zip(people, mentions, strict=True):
        by_person[person].append(mention)
    names: dict[int, tuple[str, ...]] = {}
    used: set[str] = set()
    for person, own in by_person.items():
        names[person] = _name(_bearer(person, own), secret, lambda word: is_free(word) and word.casefold() not in used)  # noqa: B023 - called before it changes
        used |= {word.casefold() for word in names[person]}
    longest = {person: _bearer(person, own).words for person, own in by_person.items()}
    return [
        _written(text[span.start : span.end], mention, names[person], longest[person])
        for span, mention, person in zip(spans, mentions, people, strict=True)
    ]


def a_name(rng: Random, sex: Sex | None = None) -> str:
    """Draw a given name and a surname, with a blank between."""
    community = a_community(rng)
    of_sex = sex or rng.choice(tuple(Sex))
    surnames = community.female_surnames if of_sex is Sex.FEMALE else community.surnames
    given = common_first(community.given[of_sex] + community.given_old[of_sex], rng)
    return f"{given.partition(' ')[0]} {for_sex(common_first(surnames, rng), of_sex, community).replace(' ', '-')}"


def _bearer(person: int, mentions: Sequence[Mention]) -> _Bearer:
    words = max((mention.words for mention in mentions), key=lambda words: (len(words), sum(map(len, words))))
    told = {mention.sex for mention in mentions} | {sex_of(words[0]) if words else None}
    sexes = {sex for sex in told if sex is not None}
    value = "subject" if person == SUBJECT else " ".join(sorted(words))
    return _Bearer(value, words, sexes.pop() if len(sexes) == 1 else None)


def _name(bearer: _Bearer, secret: bytes, is_free: Callable[[str], bool]) -> tuple[str, ...]:
    made = drawn(
        secret,
        "person",
        bearer.value,
        lambda rng: a_name(rng, bearer.sex),
        lambda made: all(map(is_free, made.split())),
    )
    return tuple(made.split(" "))


def _written(written: str, mention: Mention, name: tuple[str, ...], longest: tuple[str, ...]) -> str:
    """Return a name in the place of a mention, with what of it the mention has."""
    if len(name) < _FULL:
        return ""
    given, surname = name
    found = [match.group() for match in WORD.finditer(written)]
    titles = [word for word in found[:1] if bare(word) in TITLES and bare(word) not in mention.words]
    title = ""
    if titles:
        end = written.index(titles[0]) + len(titles[0])
        title = written[: end + (written[end : end + 1] == ".")]
    shown = [word for word in found[len(titles) :] if bare(word) in mention.words] or found[len(titles) :] or [written]
    if len(mention.words) >= _FULL:
        turned = len(longest) >= _FULL and mention.words[0] == longest[-1] and mention.words != longest
        first, last = (surname, given) if turned else (given, surname)
        parts = [_like(shown[0], first), _like(shown[-1], last)]
    elif "".join(longest) == "".join(mention.words) and len(longest) >= _FULL:
        parts = [_like(shown[0], given + surname)]
    else:
        is_surname = bool(mention.title) or (len(longest) >= _FULL and mention.words == longest[-1:])
        parts = [_like(shown[0], surname if is_surname else given)]
    return " ".join((title, *parts) if title else parts)


def _like(word: str, made: str) -> str:
    """Return a name in the case of a word; an initial for an initial."""
    plain = bare(word)
    if len(plain) == 1:
        return cased(word, made[0].upper()) if word.islower() else made[0].upper()
    return cased(word.removesuffix("'s").removesuffix("\u2019s"), made)
