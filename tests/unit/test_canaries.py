"""Canaries are as hard to find as what stands in ordinary notes."""

from __future__ import annotations

from random import Random

from anonymise.prose.canaries import Planted, plant
from anonymise.prose.cleaned.cleaning import clean
from anonymise.prose.entities import Entity
from anonymise.prose.lists.names import WORD, Ordinary, bare, name_lists
from datalab.sample.people.names import name_pools

NOTE = "Seen at the clinic on Tuesday. She asks for a later slot and will ring back."
MANY = 3_000


def planted(kind: Entity, note: str = NOTE) -> list[Planted]:
    """Return the canaries of a kind among many that are planted in one note."""
    rng = Random(11)
    return [one for one in (plant(note, rng) for _ in range(MANY)) if one.kind is kind]


def canaries(kind: Entity) -> list[str]:
    """Return how those canaries are written."""
    return [one.text[one.start : one.end] for one in planted(kind)]


def share(hits: list[bool]) -> float:
    """Return the share of the hits that are true."""
    return sum(hits) / len(hits)


def test_most_planted_people_have_names_that_the_sample_county_does_not_know() -> None:
    """A rule that was written beside the generator's names has seen few of those that are planted."""
    pools = name_pools().communities
    known = {
        bare(word)
        for pool in pools
        for names in (*pool.given.values(), *pool.given_old.values(), pool.surnames, pool.female_surnames)
        for name in names
        for word in name.split()
    }

    strange = [not known.issuperset(map(bare, WORD.findall(name))) for name in canaries(Entity.PERSON)]

    assert share(strange) > 0.75


def test_planted_names_are_of_many_forms() -> None:
    """Names that are words, with a hyphen, with either apostrophe, in small letters and in capitals all come about."""
    names, lists = canaries(Entity.PERSON), name_lists()

    words = [all(lists.ordinary(bare(word)) is Ordinary.COMMON for word in name.split()) for name in names]
    assert share(words) > 0.05
    assert share(["-" in name for name in names]) > 0.05
    assert share(["'" in name for name in names]) > 0.01
    assert share(["\u2019" in name for name in names]) > 0.01
    assert share([name.islower() for name in names]) > 0.1
    assert share([name.isupper() for name in names]) > 0.03
    assert len(set(names)) > 0.8 * len(names)


def test_planted_names_stand_as_names_do_in_notes() -> None:
    """After a bullet, before a colon, in a log of calls, in brackets and with an 's: not in sentences alone."""
    around = [(one.text[: one.start], one.text[one.end :]) for one in planted(Entity.PERSON)]

    assert any(before.endswith("\n- ") for before, _ in around)
    assert any(before.endswith("\n") and after.startswith(":") for before, after in around)
    assert any("t/c" in before[-12:] for before, _ in around)
    assert any(after.startswith(("'s", "\u2019s")) for _, after in around)
    assert len({(before[-4:], after[:4]) for before, after in around}) > 20


def test_planted_numbers_have_odd_separators() -> None:
    """Telephone numbers have en dashes, dots and brackets, and days are written in many ways."""
    phones, days, streets = (canaries(kind) for kind in (Entity.PHONE, Entity.DATE, Entity.ADDRESS))

    for separator in "\u2013-.()+":
        assert any(separator in phone for phone in phones), separator
    assert share([day.replace("/", "").isdigit() for day in days]) < 0.6
    assert len({" ".join(street.split()[1:]) for street in streets}) > 60


def test_canaries_are_where_they_are_said_to_be() -> None:
    """What is planted is the text as redaction reads it, in every case that notes have, and stands alone."""
    for note in (NOTE, NOTE.upper(), NOTE.lower(), "", "Word"):
        rng = Random(3)
        for _ in range(400):
            one = plant(note, rng)
            written = one.text[one.start : one.end]
            assert clean(one.text) == one.text
            assert written.strip() == written != ""
            assert not one.text[one.start - 1 : one.start].isalnum()
            assert not one.text[one.end : one.end + 1].isalnum()
            assert note != NOTE.upper() or not any(map(str.islower, written))


def test_the_same_seed_plants_the_same() -> None:
    """Canaries follow from the seed alone."""
    one, other = Random("extract|note|1"), Random("extract|note|1")

    assert [plant(NOTE, one) for _ in range(200)] == [plant(NOTE, other) for _ in range(200)]
