"""Letters keep their ordinary words: roles, departments, illnesses and drugs name nobody, and names beside them go."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rules_and_names import RulesAndNames

from anonymise.prose.entities import Entity
from anonymise.prose.lists.names import name_lists
from anonymise.prose.names.nobody.gate import Gate
from anonymise.prose.recognisers import load_recognisers
from anonymise.prose.redaction import Redactor
from datalab.settings import Settings

GATE = Gate(name_lists())
RULES = Redactor(RulesAndNames())
LETTERS = (Path(__file__).parents[1] / "support/invented_letters.txt").read_text("utf-8").split("\n---\n")
"""Letters, reports and forms of nobody; what points at somebody stands in braces."""
WORD = re.compile(r"[^\W_]+")


def kept(text: str, entity: Entity = Entity.ORGANISATION, *, is_post: bool = False) -> list[str]:
    """Return what is left of a finding of the model that is all of a text."""
    return [text[start:end] for start, end in GATE.names_in(text, text, 0, len(text), entity, is_post=is_post)]


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("Speech and Language Therapy", Entity.ORGANISATION),
        ("the Health Visitor", Entity.ORGANISATION),
        ("Bisoprolol", Entity.PERSON),
        ("Aspirin 150 mg", Entity.ORGANISATION),
        ("Hepatitis B", Entity.ORGANISATION),
        ("Personal Independence Payment", Entity.ORGANISATION),
        ("the Summer Term", Entity.LOCATION),
        ("HOMELESSNESS REVIEW", Entity.ORGANISATION),
    ],
)
def test_words_of_trade_are_nobody(text: str, entity: Entity) -> None:
    """A finding of nothing but roles, departments, illnesses and drugs is passed over."""
    assert kept(text, entity) == []


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("Royal Derby Hospital", Entity.ORGANISATION),
        ("Brookmead Primary School", Entity.ORGANISATION),
        ("Ward", Entity.ORGANISATION),
        ("Nurse", Entity.PERSON),
        ("Page", Entity.PERSON),
        ("Ana", Entity.ORGANISATION),
        ("Grace Ward", Entity.PERSON),
        ("Mother Teresa", Entity.PERSON),
    ],
)
def test_a_name_among_them_stays_whole(text: str, entity: Entity) -> None:
    """With one word that names, or that somebody is called by, the finding stays as it is."""
    assert kept(text, entity) == [text]


def test_a_role_before_a_name_is_no_part_of_it() -> None:
    """Of a person the name is kept, and each line is judged by itself."""
    assert kept("Patient Chidinma Eze", Entity.PERSON) == ["Chidinma Eze"]
    assert kept("Priya Raman\nDiagnosis: Community", Entity.PERSON) == ["Priya Raman"]


def test_posts_keep_what_is_found_in_them() -> None:
    """In a post such words can name a team or a band."""
    assert kept("Family Support", is_post=True) == ["Family Support"]


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Dr Helena Marchetti\nConsultant Cardiologist", "[PERSON]\nConsultant Cardiologist"),
        ("Mrs Olusola Banks\nHeadteacher", "[PERSON]\nHeadteacher"),
        ("Dear Dr Bannerjee\nMany thanks", "Dear [PERSON]\nMany thanks"),
        ("Dear Parents and Carers,", "Dear Parents and Carers,"),
        ("Dear Headteacher,", "Dear Headteacher,"),
        ("X-ray of the chest", "X-ray of the chest"),
        ("seen in the Memory Clinic", "seen in the Memory Clinic"),
        ("seen in the Chest Pain Clinic", "seen in the Chest Pain Clinic"),
        ("at Barnfield Clinic", "at [ORGANISATION]"),
        ("of 3 Station Approach", "of [ADDRESS]"),
    ],
)
def test_rules_stop_at_words_of_trade(text: str, redacted: str) -> None:
    """A name ends with its line; salutations to everybody, X-rays and departments are no names."""
    assert RULES.redact([text])[0].text == redacted


def test_letters_lose_no_more_words_than_they_must() -> None:
    """In invented letters nine tenths of what is marked goes whole, and most words that go are marked."""
    redactor = Redactor(load_recognisers(Settings.__dataclass_fields__["spacy_model"].default))
    marked = whole = right = masked = 0
    for letter in LETTERS:
        text, places, done = "", [], 0
        for match in re.finditer(r"\{([^}]*)\}", letter):
            text += letter[done : match.start()]
            places.append((len(text), len(text) + len(match[1])))
            text, done = text + match[1], match.end()
        text += letter[done:]
        (found,) = redactor.spans([text])
        assert found is not None
        hidden = {at for span in found for at in range(span.start, span.end)}
        secret = {at for start, end in places for at in range(start, end)}
        marked += len(places)
        whole += sum(all(at in hidden for at in range(*place) if text[at].isalnum()) for place in places)
        words = [set(range(*match.span())) for match in WORD.finditer(text)]
        masked += sum(word <= hidden for word in words)
        right += sum(word <= hidden and word <= secret for word in words)

    assert whole / marked > 0.94
    assert right / masked > 0.54
