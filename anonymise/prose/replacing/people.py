"""Who is who in one document: which mentions name one person.

Two errors are possible, and they are not equally bad. A wrong merge makes the text say of one person what another did,
and nobody who reads it can tell; a wrong split leaves open whether two are one. So in doubt a mention is somebody new.

- Names in full are one person's where surname and given name are the same in the same order, or one has a middle name
  more, or an initial. Two that differ otherwise are two people, also where one is a short form or a spelling of the
  other (`Chris Green`, `Christine Green`; `Muhammad Khan`, `Mohammed Khan`). Titles of two people (`Mr`, `Mrs`; `Mrs`,
  `Miss`) keep apart, and so does `junior` or `senior` beside a name without it.
- Neighbours that a text joins (`Joan Smith and Smith`, `Smith hit J Smith`) are two people, unless written alike.
- A surname with a title, a given name or a surname alone, are the one person in the document who bears it, where there
  is one. Where there are several, the mention is a person by itself: the same words always the same one, which says no
  more than the text did.
- `Dr Patel` and `PC Smith` are whom the document calls so in full, and nobody else of that surname.
- The person whom the row is about is known by the row's names, also in near spellings where the text has them in no
  other form. A surname with a title is that person only where the document names them in full: `Mrs Okafor` in a
  pupil's record is the mother. A name that the text introduces as a relative's or a companion's (`NOK Okafor`, `mum Mrs
  Okafor`) is nobody's who was named otherwise; one introduced as the patient's, client's or pupil's is the row's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from anonymise.prose.lists.names import WORD, NameLists, bare
from anonymise.prose.names.recorded.near import SHORTEST, is_slip
from anonymise.prose.names.recorded.nicknames import other_forms
from anonymise.prose.replacing.mention import TITLES, Mention, titles_differ
from anonymise.prose.replacing.sexes import sex_of
from datalab.sample.people.names import Sex

SUBJECT: Final = 0
"""The person whom the row is about."""
MOST: Final = 100
"""Bearers of a word among whom one is looked for: of more, as in a list of names, somebody new is the rule."""


@dataclass(slots=True)
class _Person:
    words: tuple[str, ...]
    titles: set[str] = field(default_factory=set)
    generation: str = ""
    is_kin: bool = False
    """Introduced as somebody's relative."""

    def may_be(self, mention: Mention) -> bool:
        """Whether titles and generation say nothing against it."""
        if mention.generation and self.generation and mention.generation != self.generation:
            return False
        if mention.has_kin and self.is_kin:
            return False
        if any(titles_differ(mention.title, title) for title in self.titles):
            return False
        return mention.sex is None or self.sex is None or mention.sex is self.sex

    @property
    def sex(self) -> Sex | None:
        sexes = {sex for word in self.words if (sex := sex_of(word)) is not None}
        return sexes.pop() if len(sexes) == 1 else None

    def also(self, mention: Mention) -> None:
        if mention.title:
            self.titles.add(mention.title)
        self.is_kin = self.is_kin or mention.is_kin
        self.generation = self.generation or mention.generation


def name_words(names: Iterable[str]) -> frozenset[str]:
    """Return the words of a row's names as mentions are compared with them."""
    return frozenset(part for name in names for match in WORD.finditer(name) for part in _parts(bare(match.group())))


def who_is_who(
    mentions: Sequence[Mention], subject: frozenset[str], lists: NameLists, *, apart: Sequence[bool] = ()
) -> list[int]:
    """Return for each mention which person it names: `SUBJECT`, or a number from 1 without a meaning.

    Args:
        mentions: of one document, in their order.
        subject: words of the names of the person whom the row is about.
        lists: tell a slip of the keyboard from another name.
        apart: of each two neighbours among the mentions, whether the text makes them two.
    """
    return _Document(mentions, subject, lists, apart).people()


class _Document:
    def __init__(
        self, mentions: Sequence[Mention], subject: frozenset[str], lists: NameLists, apart: Sequence[bool]
    ) -> None:
        self._mentions = mentions
        self._subject = subject
        self._lists = lists
        self._people = [_Person(words=tuple(sorted(subject)))]
        self._found: dict[Mention, int] = {}
        self._bearers: dict[str, list[int]] = defaultdict(list)  # of each word, who bears it
        self._by_form: dict[Hashable, int] = {}  # people known by one written form only
        self._titles: dict[str, set[str]] = defaultdict(set)  # of each surname, the titles it stands with
        self._apart: dict[Mention, set[Mention]] = defaultdict(set)
        for mention in mentions:
            if mention.title and mention.words:
                self._titles[mention.words[-1]].add(mention.title)
        for (one, other), are_two in zip(pairwise(mentions), apart, strict=False):
            if are_two and one.words != other.words:
                self._apart[one].add(other)
                self._apart[other].add(one)

    def people(self) -> list[int]:
        found = self._found
        distinct = list(dict.fromkeys(self._mentions))
        full = [mention for mention in distinct if len(mention.words) > 1]
        own = self._own_forms(full)
        # Longer names first, initials last: what is short is compared with all that it may stand for.
        for mention in sorted(
            full, key=lambda one: (_initials(one.words), not self._is_exact(one.words), -len(one.words))
        ):
            found[mention] = self._full(mention, own)
        named = SUBJECT in found.values()
        titled = [mention for mention in distinct if mention not in found and mention.title]
        for mention in titled:
            found[mention] = SUBJECT if self._is_said(mention) else self._titled(mention, named=named)
        for mention in distinct:
            if mention not in found:
                found[mention] = SUBJECT if self._is_said(mention) else self._single(mention)
        return [found[mention] for mention in self._mentions]

    def _own_forms(self, full: Sequence[Mention]) -> frozenset[tuple[tuple[str, ...], str]]:
        """Return names in full and generations that are the row's person's, where the text has no two that compete."""
        own = {(one.words, one.generation) for one in full if not one.is_kin and self._is_subject(one.words)}
        said = [form for form in own if not _initials(form[0])]
        exact = [form for form in said if self._is_exact(form[0])]
        near = [form for form in said if not self._is_exact(form[0])]
        # A slip is no other name; a short form or a spelling that is a name itself may be somebody else's.
        other = [form for form in near if self._is_given(form[0])]
        rivals = set(other) if exact or len(other) > 1 else set()
        for words, generation in exact:
            if any(set(words) == set(one) and words != one for one, _ in exact):
                rivals.add((words, generation))  # `Ali Hassan and Hassan Ali`
            if generation and any(words == one and generation != theirs for one, theirs in exact):
                rivals.add((words, generation))  # `John Smith met John Smith junior`
        return frozenset(own - rivals)

    def _is_exact(self, words: Sequence[str]) -> bool:
        return all(part in self._subject for word in words for part in _parts(word))

    def _is_given(self, words: Sequence[str]) -> bool:
        """Whether a word that is not the row's is a given name."""
        strange = (word for word in words if not self._is_exact([word]))
        return any(self._lists.is_given(word) or other_forms(word) for word in strange)

    def _full(self, mention: Mention, own: AbstractSet[tuple[tuple[str, ...], str]]) -> int:
        last, first = mention.words[-1], mention.words[0]
        is_own = not mention.is_kin and (mention.words, mention.generation) in own
        if is_own and not _initials(mention.words) and self._is_subjects(mention):
            self._people[SUBJECT].also(mention)
            return SUBJECT
        around = dict.fromkeys((*self._bearers[last][:MOST], *self._bearers[first][:MOST]))
        bearers = [
            place
            for place in around
            if _may_be_one(mention.words, self._people[place].words)
            and self._people[place].generation == mention.generation
            and self._people[place].is_kin is mention.is_kin
        ]
        return self._one_of(mention, [SUBJECT, *bearers] if is_own else bearers)

    def _titled(self, mention: Mention, *, named: bool) -> int:
        if not mention.words:
            return self._by_itself(mention)
        surname = mention.words[-1]
        bearers = [
            place
            for place in self._bearers[surname][:MOST]
            if len(self._people[place].words) > 1 and self._people[place].words[-1] == surname
        ]
        if self._knows(surname) and not mention.is_kin:
            if not named:
                return self._by_itself(mention)
            bearers.append(SUBJECT)
        if mention.sex is None:  # `Dr Patel`, `PC Smith`: only who is called so in full
            bearers = [place for place in bearers if mention.title in self._people[place].titles]
        others = self._titles[surname] - {mention.title}
        if any(titles_differ(mention.title, other) for other in others):
            # Two people of one surname: somebody is one of them only where their sex says which.
            bearers = [place for place in bearers if not _torn(self._titles[surname], self._people[place].sex)]
        return self._one_of(mention, bearers)

    def _is_said(self, mention: Mention) -> bool:
        """Whether the text says that a mention is of the row's person: `Pt Ms Smith`."""
        if not (mention.is_patient and mention.words and self._knows(mention.words[-1])):
            return False
        return self._is_subjects(mention)

    def _single(self, mention: Mention) -> int:
        word = "".join(mention.words)
        bearers = list(dict.fromkeys(self._bearers[word][:MOST]))
        if not mention.is_kin and (self._knows(word) or self._is_subject_in_one_word(word)):
            bearers.append(SUBJECT)
        if not bearers:
            bearers = list(dict.fromkeys(place for form in other_forms(word) for place in self._bearers[form]))
        return self._one_of(mention, bearers)

    def _one_of(self, mention: Mention, bearers: Sequence[int]) -> int:
        """Return the one bearer who may be meant; somebody new where there is none or more than one."""
        known_so = self._by_form.get((mention.form, False)) if mention.title else None
        if known_so is not None and self._people[known_so].is_kin:
            bearers = [known_so]  # `her mum Mrs Okafor ... Mrs Okafor said`
        elif mention.is_kin and mention.title:
            bearers = [place for place in bearers if self._people[place].is_kin]
        possible = [place for place in bearers if self._people[place].may_be(mention)]
        if mention.is_vague:
            return self._by_itself(mention, in_doubt=True)
        if len(possible) == 1 and not self._is_apart(possible[0], mention):
            self._people[possible[0]].also(mention)
            return possible[0]
        return self._by_itself(mention, in_doubt=bool(possible))

    def _is_subjects(self, mention: Mention) -> bool:
        return self._people[SUBJECT].may_be(mention) and not self._is_apart(SUBJECT, mention)

    def _is_apart(self, place: int, mention: Mention) -> bool:
        """Whether the text makes a mention and a person two."""
        return any(self._found.get(other) == place for other in self._apart.get(mention, ()))

    def _by_itself(self, mention: Mention, *, in_doubt: bool = False) -> int:
        """Return who is known by this written form alone; in doubt nobody of whom the form was said for sure."""
        form = (mention.form, in_doubt)
        if form not in self._by_form:
            person = _Person(words=mention.words or ("",))
            person.also(mention)
            self._by_form[form] = len(self._people)
            for word in () if in_doubt else {*mention.words, "".join(mention.words)}:
                self._bearers[word].append(len(self._people))
            self._people.append(person)
        return self._by_form[form]

    def _is_subject(self, words: tuple[str, ...]) -> bool:
        exact = {part for word in words for part in _parts(word)} & self._subject
        said = [word for word in words if len(word) > 1]
        return bool(said) and all(
            self._knows(word, beside=exact)
            if len(word) > 1
            else any(known.startswith(word) for known in self._subject - exact)
            for word in words
        )

    def _knows(self, word: str, *, beside: AbstractSet[str] = frozenset()) -> bool:
        """Whether a word is a name of the row's person, a short form of one, or a slip.

        A slip that is a name itself may be a sister's: `Maria` for `Marie`. Of a surname that stands beside the
        person's own given name it counts: `Joan Smyth`. What stands beside it as it is written is no other word's form.
        """
        if not self._subject:
            return False
        parts = _parts(word)
        others = self._subject - beside
        if (parts and all(part in self._subject for part in parts)) or other_forms(word) & others:
            return True
        if len(word) < SHORTEST:
            return False
        another = self._lists.is_given(word) or (self._lists.is_surname(word) and not beside)
        return not another and any(len(known) >= SHORTEST and is_slip(word, known) for known in others)

    def _is_subject_in_one_word(self, word: str) -> bool:
        return any(
            word == first + second for first in self._subject if word.startswith(first) for second in self._subject
        )


def _parts(word: str) -> list[str]:
    return [part for part in word.split("-") if part]


def _initials(words: Sequence[str]) -> int:
    return sum(len(word) == 1 for word in words)


def _torn(titles: Iterable[str], sex: Sex | None) -> bool:
    """Whether titles that stand with a surname, and may be those of somebody of a sex, are of two people."""
    own = [title for title in titles if sex is None or TITLES.get(title) in (None, sex)]
    return any(titles_differ(one, other) for one in own for other in own)


def _may_be_one(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names in full can be one person's."""
    if len(other) < 2:  # noqa: PLR2004 - the other is a word alone
        return False
    if one[-1] != other[-1] or not _same_given(one[0], other[0]):
        return False
    return all(_same_given(left, right) for left, right in zip(one[1:-1], other[1:-1], strict=False))


def _same_given(one: str, other: str) -> bool:
    return one[0] == other[0] if 1 in (len(one), len(other)) else one == other
