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
from anonymise.prose.lists.names import WORD, Ordinary, bare, name_lists
from anonymise.prose.replacing.draw import cased, drawn
from anonymise.prose.replacing.mention import TITLES, Mention, Part, read_mentions
from anonymise.prose.replacing.people import SUBJECT
from anonymise.prose.replacing.sexes import sex_of
from datalab.sample.people.names import Sex, a_community, common_first, for_sex

_FULL: Final = 2
"""Words of a name in full."""


@dataclass(frozen=True, slots=True)
class _Bearer:
    """Somebody of a text, by all that it calls them."""

    value: str
    """The same in every document of the unit that names them in full."""
    words: tuple[str, ...]
    """The longest name, as a text has it."""
    sex: Sex | None


def surrogate_people(
    text: str,
    spans: Sequence[Span],
    people: Sequence[int],
    secret: bytes,
    is_free: Callable[[str], bool],
    *,
    called: str = "",
    sex: Sex | None = None,
) -> list[str]:
    """Return a surrogate for each mention of a person; empty where none fits.

    Args:
        text: cleaned text.
        spans: the mentions.
        people: whom each names, from `anonymise.prose.replacing.people.who_is_who`.
        secret: of the unit.
        is_free: whether a word stands nowhere in the text and is no name of the row.
        called: what tells the person whom the row is about from others of the unit; empty where there are none.
        sex: of the person whom the row is about, where their names tell it.
    """
    mentions = read_mentions(text, spans)
    by_person: dict[int, list[Mention]] = defaultdict(list)
    for person, mention in zip(people, mentions, strict=True):
        by_person[person].append(mention)
    names: dict[int, tuple[str, ...]] = {}
    used: set[str] = set()
    bearers = {person: _bearer(person, own, called, sex) for person, own in by_person.items()}
    # In an order that does not hang on the text, so that who shares a draw gets the same name in every text.
    for person, bearer in sorted(bearers.items(), key=lambda one: (one[0] != SUBJECT, one[1].value, one[0])):
        names[person] = _name(bearer, secret, lambda word: is_free(word) and word.casefold() not in used)  # noqa: B023 - called before it changes
        used |= {word.casefold() for word in names[person]}
    return [
        _written(mention.written, mention, names[person], bearers[person].words)
        for mention, person in zip(mentions, people, strict=True)
    ]


def a_name(rng: Random, sex: Sex | None = None) -> str:
    """Draw a given name and a surname, with a blank between."""
    community = a_community(rng)
    of_sex = sex or rng.choice(tuple(Sex))
    surnames = community.female_surnames if of_sex is Sex.FEMALE else community.surnames
    given = common_first(community.given[of_sex] + community.given_old[of_sex], rng)
    return f"{given.partition(' ')[0]} {for_sex(common_first(surnames, rng), of_sex, community).replace(' ', '-')}"


def sex_told(words: Sequence[str]) -> Sex | None:
    """Return the sex that a name in small letters tells, the given name first; None where nothing tells."""
    told = [sex for word in words for part in (word, *word.split("-")) if (sex := sex_of(part)) is not None]
    return told[0] if told else None


def _bearer(person: int, mentions: Sequence[Mention], called: str, subject_sex: Sex | None) -> _Bearer:
    words = max((mention.words for mention in mentions), key=lambda words: (len(words), sum(map(len, words))))
    titles = {mention.sex for mention in mentions} - {None}
    sex = titles.pop() if len(titles) == 1 else sex_told(words)
    if person == SUBJECT:
        return _Bearer(called or "subject", words, subject_sex or sex)
    # Without middle names and in one order: `Smith Joan` and `Joan Mary Smith` are looked for by one name.
    generation = next((mention.generation for mention in mentions if mention.generation), "")
    ends = sorted({*words[:1], *words[-1:]})
    return _Bearer(" ".join((*ends, generation)).strip(), words, sex)


def _name(bearer: _Bearer, secret: bytes, is_free: Callable[[str], bool]) -> tuple[str, ...]:
    made = drawn(
        secret,
        "person",
        bearer.value,
        lambda rng: a_name(rng, bearer.sex),
        lambda made: _fits(made, bearer.sex) and all(map(is_free, made.split())),
    )
    return tuple(made.split(" "))


def _fits(made: str, sex: Sex | None) -> bool:
    """Whether a made-up name is of a sex, and none that texts use as a word: it would change from text to text."""
    given, surname = (bare(word) for word in made.split(" "))
    ordinary = name_lists().ordinary
    if Ordinary.COMMON in (ordinary(given), ordinary(surname)):
        return False
    return sex is None or sex_of(given.partition("-")[0]) is sex


def _written(written: str, mention: Mention, name: tuple[str, ...], longest: tuple[str, ...]) -> str:
    """Return a name in the place of a mention, with what of it the mention has."""
    if len(name) < _FULL:
        return ""
    given, surname = name
    if mention.part is not Part.ALL:
        return _like(written, given if mention.part is Part.GIVEN else surname)
    found = [match.group() for match in WORD.finditer(written)]
    titles = [word for word in found[:1] if bare(word) in TITLES and bare(word) not in mention.words]
    title = ""
    if titles:
        start = written.index(titles[0])
        end = start + len(titles[0])
        title = written[start : end + (written[end : end + 1] == ".")]
    shown = [word for word in found[len(titles) :] if bare(word) in mention.words] or found[len(titles) :] or [written]
    if len(mention.words) >= _FULL:
        turned = bare(shown[0]) == mention.words[-1] and mention.words[0] != mention.words[-1]
        first, last = (surname, given) if turned else (given, surname)
        comma = "," if turned and "," in written else ""
        parts = [_like(shown[0], first) + comma, _like(shown[-1], last)]
    elif "".join(longest) == "".join(mention.words) and len(longest) >= _FULL:
        parts = [_like(shown[0], given + surname)]
    else:
        is_surname = bool(mention.title) or (len(longest) >= _FULL and mention.words == longest[-1:])
        parts = [_like(shown[0], surname if is_surname else given)]
    sign = written[: next((at for at, one in enumerate(written) if one.isalnum()), 0)]
    return " ".join((title, *parts)) if title else sign + " ".join(parts)


def _like(word: str, made: str) -> str:
    """Return a name in the case of a word; an initial for an initial."""
    plain = bare(word)
    if len(plain) == 1:
        return cased(word, made[0].upper()) if word.islower() else made[0].upper()
    return cased(word.removesuffix("'s").removesuffix("\u2019s"), made)
