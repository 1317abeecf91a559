"""Each kind of identifier by its pattern: what is found, and what only looks like it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from identifier_examples import FOUND, LEFT_IN_SMALL_LETTERS, NEVER

from anonymise.prose.entities import Entity
from anonymise.prose.patterns.pattern import Wanted
from anonymise.prose.recognisers import Recognisers
from anonymise.prose.redaction import merge

RULES = Recognisers(None)
"""Without a model: the patterns alone."""
PROSE = (
    "Blood pressure 120/80, 3 of 5 days, 95% attendance in 2019/20, costs of £1250000.",
    "He may have been seen 10 times in March 2019 and at 14:30 or 1430hrs.",
    "the social worker will call the school nurse; a pc said he met the driver at 9",
    "Seen on ward 4, bed 12, at A&E; see section 47 and part 3 of the plan.",
)


def redacted(text: str) -> str:
    """Mask what the patterns find."""
    for span in reversed(merge(text, RULES.patterns_in(text))):
        text = f"{text[: span.start]}{span.entity.placeholder}{text[span.end :]}"
    return text


def cases() -> list[tuple[Entity, str]]:
    """Every example with its kind."""
    return [(entity, text) for entity, texts in FOUND.items() for text in texts]


@pytest.mark.parametrize(("entity", "text"), cases())
def test_an_identifier_is_found_as_what_it_is(entity: Entity, text: str) -> None:
    """The identifier goes as a whole, under its kind, and nothing else does."""
    wanted = re.sub(r"\{[^{}]*\}", entity.placeholder, text)

    assert redacted(re.sub(r"[{}]", "", text)) == wanted


@pytest.mark.parametrize("change", [str.lower, str.upper])
def test_case_hides_little(change: Callable[[str], str]) -> None:
    """In small letters and in capitals nothing of an identifier is left but what is known to be."""
    left = []
    for _, text in cases():
        secrets = re.findall(r"\{([^{}]*)\}", text)
        assert secrets
        shown = redacted(change(re.sub(r"[{}]", "", text)))
        left += [change(secret) for secret in secrets if change(secret) in shown]

    assert set(left) <= {change(text) for text in LEFT_IN_SMALL_LETTERS}


def test_no_example_is_lost_by_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a text must hold for a pattern to be tried stands in every example, however it is written."""
    written = [re.sub(r"[{}]", "", text) for _, text in cases()]
    ways: tuple[Callable[[str], str], ...] = (str, str.lower, str.upper, turkish, in_lines)
    texts = [way(text) for text in written for way in ways]
    looked = [RULES.patterns_in(text) for text in texts]
    monkeypatch.setattr(Wanted, "met_by", lambda _wanted, _look: True)

    lost = [text for text, found in zip(texts, looked, strict=True) if found != RULES.patterns_in(text)]

    assert lost == []


def turkish(text: str) -> str:
    """Write a text with the dotless i and the dotted capital I."""
    return text.replace("i", "\u0131").replace("I", "\u0130")


def in_lines(text: str) -> str:
    """Write a text with another blank between its words."""
    return text.replace(" ", "\n")


@pytest.mark.parametrize(("entity", "text"), [(entity, text) for entity, texts in NEVER.items() for text in texts])
def test_what_only_looks_like_it_is_not(entity: Entity, text: str) -> None:
    """A failed check, a missing word or an ordinary phrase is not of the kind."""
    assert entity not in {span.entity for span in RULES.patterns_in(text)}


@pytest.mark.parametrize("text", PROSE)
def test_prose_is_left(text: str) -> None:
    """What names nobody is not touched by any pattern."""
    assert redacted(text) == text


def test_every_kind_has_its_examples() -> None:
    """A kind that patterns look for stands in the table; addresses stand with the prose of redaction."""
    elsewhere = {Entity.NUMBER, Entity.ADDRESS}

    assert {rule.entity for rule in RULES._rules} == {*FOUND, *elsewhere}


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Application nos. 245/94, 345/06 and 6789/07", 3),
        ("applications nos. 245/94, 345/06, 12/07; 1313/07 & 14/98 were joined", 5),
        ("Application nos. 36022/97 and 12/05", 2),
    ],
)
def test_every_application_of_a_list_is_found(text: str, masked: int) -> None:
    """Numbers of a list of applications to a court go, not every second one."""
    shown = redacted(text)

    assert shown.count("[COURT CASE]") == masked
    assert not any(map(str.isdigit, shown))


def test_a_list_of_readings_is_no_list_of_applications() -> None:
    """Blood pressures behind the word application, but no number of one, are left."""
    text = "On application of the cuff 120/80 mmHg, 130/85 mmHg and 125/82 mmHg"

    assert redacted(text) == text
