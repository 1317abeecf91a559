"""Prose of the sample: grammar, cast and marks."""

from __future__ import annotations

import re
from random import Random

import pytest

from datalab.sample.narratives.cast import Cast
from datalab.sample.narratives.grammar import Grammar, _alternative, read_grammar, tell
from datalab.sample.narratives.marks import MarkType
from datalab.sample.people.names import Sex

TOLD_BY = {
    "police": {
        "antisocial", "burglary", "damage", "domestic", "drugs", "missing", "shoplifting", "theft", "vehicle",
        "violence",
    },
    "hospital": {
        "note", "abdominal_pain", "alcohol_or_drugs", "breathing_difficulty", "chest_pain", "fall", "fever",
        "head_injury", "limb_injury", "mental_health", "wound",
    },
    "social_care": {"note"},
}  # fmt: skip
"""Rules that the agencies start from."""


def _grammar(**rules: list[str]) -> Grammar:
    return Grammar(
        rules={name: tuple(_alternative(way, frozenset(rules)) for way in ways) for name, ways in rules.items()}
    )


def _cast() -> Cast:
    cast = Cast()
    cast.person("ip", "Siân", "O'Neill", who="subject", sex=Sex.FEMALE)
    cast.fact("home", "3 Mill Lane", MarkType.ADDRESS, "subject")
    return cast


def test_marks_stand_where_the_identifiers_stand() -> None:
    """Identifiers are marked at their places; pronouns and plain words are not."""
    told = tell(_grammar(start=["Saw {ip.full} at {home}. {ip.they} left."]), "start", _cast(), Random(4))
    assert [(told.text[m.start : m.end].casefold(), m.type) for m in told.marks] == [
        ("siân o'neill", MarkType.PERSON),
        ("3 mill lane", MarkType.ADDRESS),
    ]


def test_marks_hold_in_every_style() -> None:
    """Upper case, lower case and sloppy typing never move a mark, even where upper case would lengthen the text."""
    cast = Cast()
    cast.fact("home", "3 Weißstraße", MarkType.ADDRESS, "subject")
    grammar = _grammar(start=["left straße early, {home} again {home}"])
    styles = set()
    for seed in range(200):
        told = tell(grammar, "start", cast, Random(seed))
        styles.add((told.text.isupper(), told.text.islower(), told.text))
        assert [told.text[m.start : m.end].casefold() for m in told.marks] == ["3 weissstrasse"] * 2
    assert len(styles) > 5


def test_a_way_without_its_cast_is_never_told() -> None:
    """Alternatives that need somebody who is not there are passed over; where none is left, nothing is said."""
    grammar = _grammar(start=["{child} was there.", "{home}"], only=["{child}"])
    for seed in range(50):
        assert tell(grammar, "start", _cast(), Random(seed)).text.casefold() == "3 mill lane"
    assert tell(grammar, "only", _cast(), Random(1)).text == ""


@pytest.mark.parametrize("name", TOLD_BY)
def test_every_rule_can_be_reached(name: str) -> None:
    """No rule is written for nobody: each is where an agency starts, or stands in another."""
    grammar = read_grammar(name)
    used = {
        part.name for ways in grammar.rules.values() for way in ways for part in way.parts if not isinstance(part, str)
    }
    assert set(grammar.rules) <= TOLD_BY[name] | used
    assert TOLD_BY[name] <= set(grammar.rules)


@pytest.mark.parametrize("name", TOLD_BY)
def test_no_hole_is_misspelt(name: str) -> None:
    """Every brace of a rule file was understood as a hole."""
    for ways in read_grammar(name).rules.values():
        for way in ways:
            assert not [part for part in way.parts if isinstance(part, str) and re.search(r"[{}]", part)]
