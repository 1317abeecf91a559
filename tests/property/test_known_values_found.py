"""A row's values are found as a pattern of each would find them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anonymise.prose.cleaned.cleaning import clean
from anonymise.prose.cleaned.signs import DASHES, POINTS, SLASHES, with_typed_apostrophes
from anonymise.prose.entities import Entity
from anonymise.prose.lists.words import NAMES_THAT_ARE_WORDS
from anonymise.prose.recorded.known_values import SURE, KnownValue, find_known

LETTERS = st.text(alphabet="abiI\u0131\u0130ßŞşǅéÉk1 2-'.,/(_", max_size=12)
KINDS = st.sampled_from([Entity.PERSON, Entity.PHONE, Entity.KNOWN, Entity.ADDRESS])
WORDS = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
APOSTROPHE = re.compile(r"(?<=\w)['\u2019](?=\w)")
SIGNS = rf"\s.,/()_{DASHES}{SLASHES}{POINTS}"
FIVE, THREE = 5, 3


def turkish(text: str) -> str:
    """Write a text with the dotless i and the dotted capital I."""
    return text.replace("i", "\u0131").replace("I", "\u0130")


def spelt(word: str) -> str:
    """Return a pattern of a word with any apostrophe, or none, where it has one."""
    return "['\u2018\u2019\u02bc`]?".join(map(re.escape, APOSTROPHE.split(word)))


def alone(words: Sequence[str], between: str) -> re.Pattern[str]:
    """Return a pattern of words that no other letters touch."""
    return re.compile(rf"(?<![^\W_]){between.join(words)}(?![^\W_])", re.IGNORECASE)


def humps(words: Sequence[str]) -> regex.Pattern[str]:
    """Return a pattern of words that are run together with others."""
    joined = "[-_.]?".join(re.escape(word[0].upper() + word[1:].lower()) for word in words)
    return regex.compile(
        rf"(?:(?<=\p{{Ll}}|\d){joined}(?!\p{{Ll}}|\p{{M}})|(?<!\p{{L}}|\p{{M}}){joined}(?=\p{{Lu}}|\d))"
    )


def patterns(value: KnownValue) -> Iterator[re.Pattern[str] | regex.Pattern[str]]:
    """Return what a value is looked for by, written the slow way."""
    written = with_typed_apostrophes(clean(value.text)).strip()
    if value.entity is Entity.PERSON:
        words = WORDS.findall(written)
        for several in ([words] if len(words) > 1 else []) + [[word] for word in words if len(word) >= THREE]:
            if len(several) == 1 and several[0].casefold() in NAMES_THAT_ARE_WORDS:
                forms = "|".join(map(re.escape, (several[0].capitalize(), several[0].upper())))
                yield re.compile(rf"(?<![^\W_])(?:{forms})(?![^\W_])")
            else:
                yield alone([spelt(word) for word in several], rf"[{SIGNS}\-]{{0,3}}")
            yield humps(several)
        return
    characters = [re.escape(character) for character in written if character.isalnum()]
    if len(characters) < THREE:
        return
    if len(characters) >= FIVE and any(character.isdigit() for character in written):
        yield alone(characters, rf"[{SIGNS}:\-]{{0,3}}")
    else:
        words = [word for word in re.split(rf"[\s{DASHES}-]+", written) if word]
        yield alone([spelt(word) for word in words], rf"[{SIGNS}\-]{{0,3}}")


def anywhere(pattern: re.Pattern[str] | regex.Pattern[str]) -> regex.Pattern[str]:
    """Return a pattern whose matches may overlap."""
    in_any_case = isinstance(pattern, re.Pattern) and pattern.flags & re.IGNORECASE
    return regex.compile(f"(?=({pattern.pattern}))", flags=regex.IGNORECASE if in_any_case else 0)


def places(text: str, found: Iterator[tuple[int, int]]) -> set[int]:
    """Return places of letters and digits."""
    return {at for start, end in found for at in range(start, end) if text[at].isalnum()}


@settings(max_examples=400)
@given(
    value=LETTERS,
    kind=KINDS,
    around=st.tuples(LETTERS, LETTERS),
    changed=st.sampled_from([str, str.upper, str.lower, str.title, str.swapcase, turkish]),
    parting=st.sampled_from(["", " ", "-", ". ", " / ", "', "]),
)
@example(value="1__ \u01c5", kind=Entity.PHONE, around=("", ""), changed=str, parting=". ")
@example(value="1-_ 11", kind=Entity.PHONE, around=("", ""), changed=str, parting=" / ")
@example(value="111'ß", kind=Entity.PHONE, around=("", ""), changed=str, parting="")
@example(value="Ia\u0130", kind=Entity.PERSON, around=("1", ""), changed=str.title, parting="")
@example(value="1' \u01c5", kind=Entity.PHONE, around=("", ""), changed=str, parting="")
@example(value="1' \u01c5", kind=Entity.PHONE, around=("", ""), changed=str, parting=" / ")
@example(value="Ibi 1a", kind=Entity.PERSON, around=("", ""), changed=turkish, parting=" ")
@example(value="\u0131b", kind=Entity.PERSON, around=("", ""), changed=str.upper, parting=" ")
@example(value="bia", kind=Entity.KNOWN, around=("", ""), changed=turkish, parting=" ")
@example(value="Ab'ba Bik", kind=Entity.PERSON, around=("ai", "1"), changed=str, parting=" ")
def test_nothing_is_lost(
    value: str, kind: Entity, around: tuple[str, str], changed: Callable[[str], str], parting: str
) -> None:
    """What a pattern finds in any case, run together or with other signs between is found without one."""
    text = with_typed_apostrophes(clean(f"{around[0]}{changed(value).replace(' ', parting)}{around[1]} {value}"))
    known = KnownValue(value, kind)
    slow = ((match.start(), match.end()) for pattern in patterns(known) for match in pattern.finditer(text))

    assert places(text, slow) <= places(text, ((span.start, span.end) for span in find_known(text, [known])))


@given(value=st.text(alphabet="abkI1 2-", max_size=8), kind=KINDS, text=st.text(alphabet="abkKI1 2-'.,_", max_size=24))
def test_nothing_more_is_found(value: str, kind: Entity, text: str) -> None:
    """Of plain letters no more is found than a pattern finds that begins at any place."""
    shown, known = with_typed_apostrophes(clean(text)), KnownValue(value, kind)
    slow = (match.span(1) for pattern in patterns(known) for match in anywhere(pattern).finditer(shown))
    found = ((span.start, span.end) for span in find_known(shown, [known]) if span.score == SURE)

    assert places(shown, found) <= places(shown, slow)
