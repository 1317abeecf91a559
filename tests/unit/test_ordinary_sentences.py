"""Sentences of officers, social workers and nurses that name nobody: rules and lists leave them as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from rules_and_names import RulesAndNames

from anonymise.prose.recognisers import Recognisers
from anonymise.prose.redaction import Redactor

REDACTOR = Redactor(RulesAndNames())


@pytest.mark.parametrize(
    "text",
    [
        "Parked close to the kerb outside the bank.",
        "Stood close by the till.",
        "Primary school aged children present.",
        "High school starts in September.",
        "Officer Safety training noted as due.",
        "TAKEN TO HOSPITAL BY AMBULANCE.",
        "SHE WAS AT SCHOOL.",
        "Mum will cope, dad may cook.",
        "Missed in May (2) and August (3).",
    ],
)
def test_what_names_nobody_is_left(text: str) -> None:
    """No word is masked of a sentence without an identifier."""
    assert REDACTOR.redact([text])[0].text == text


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Lives at Parkers Close to the north", "Lives at [ADDRESS] to the north"),
        ("Parked in Abbots Close to wait", "Parked in [ADDRESS] to wait"),
        ("Kingsfold Primary School rang", "[ORGANISATION] rang"),
        ("The Hall School rang, then High School", "[ORGANISATION] rang, then [ORGANISATION]"),
        ("CARE AT HOME FOR ABBOTS FEN HOSPITAL", "[ORGANISATION]"),
        ("TAKEN TO ST MARY'S HOSPITAL", "TAKEN TO [ORGANISATION]"),
        ("WILL REVIEW IN THE MORNING. KINGSFOLD SURGERY AWARE", "WILL REVIEW IN THE MORNING. [ORGANISATION] AWARE"),
        ("Officer Saftey attended", "Officer [PERSON] attended"),
        ('He is known as "Tiny" to all', 'He is known as "[PERSON]" to all'),
        ("aka \u201cBig Al\u201d of the estate", "aka \u201c[PERSON]\u201d of the estate"),
        ('known as "high risk" since', 'known as "high risk" since'),
    ],
)
def test_what_names_somebody_beside_goes(text: str, published: str) -> None:
    """A street, a school, a hospital, an officer and a nickname in the same places are masked, and nothing else."""
    assert REDACTOR.redact([text])[0].text == published


class FirstWord:
    """A model that takes the first word of every text for an organisation."""

    def read(self, texts: Sequence[str]) -> Iterator[tuple[int, int, int, str]]:
        """Yield it."""
        for number, text in enumerate(texts):
            yield number, 0, len(text.split()[0]), "ORG"


@pytest.mark.parametrize("word", ["Grandmother", "Neighbour", "victim", "Carer", "Nursery", "Informant", "P/W"])
def test_who_is_meant_by_a_role_alone_is_nobody(word: str) -> None:
    """What a model takes for a name is left where it is a role or shorthand alone, and goes beside a name."""
    redactor = Redactor(Recognisers(FirstWord()))

    alone, beside = (one.text for one in redactor.redact([f"{word} heard a bang.", f"{word}-Hughes heard a bang."]))

    assert alone == f"{word} heard a bang."
    assert beside in ("[ORGANISATION] heard a bang.", "[PERSON] heard a bang.")
