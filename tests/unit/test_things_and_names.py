"""What the model takes for a name: things, roles and medicines are let go, names of ordinary words stay."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from anonymise.prose.entities import Entity
from anonymise.prose.lists.names import name_lists
from anonymise.prose.names.nobody.gate import Gate

GATE = Gate(name_lists())
PERSON, PLACE, BODY = Entity.PERSON, Entity.LOCATION, Entity.ORGANISATION


def left(text: str, kind: Entity) -> list[str]:
    """Return what stays masked of a finding that is a whole text."""
    return [text[start:end] for start, end in GATE.names_in(text, text, 0, len(text), kind)]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (BODY, "the Child Protection Plan"),
        (BODY, "Penalty Notice"),
        (BODY, "a Tree Preservation Order"),
        (BODY, "The Health Visitor"),
        (BODY, "the Hospital Social Worker"),
        (BODY, "the Court of Protection"),
        (BODY, "Council Tax"),
        (BODY, "Department of Neurology"),
        (BODY, "Tribunal"),
        (BODY, "Ramipril"),
        (BODY, "Cellulitis"),
        (BODY, "DHP"),
        (BODY, "Lent"),
        (BODY, "the police"),
        (PLACE, "the Utility Room"),
        (PLACE, "Traffic Warden"),
        (PLACE, "Trimethoprim"),
        (PLACE, "Weekends"),
        (PERSON, "Area Coroner"),
        (PERSON, "Charge Nurse"),
        (PERSON, "Generalised Anxiety Disorder"),
        (PERSON, "Consultant Rheumatologist"),
        (PERSON, "Atorvastatin"),
        (PERSON, "Midwife"),
        (PERSON, "Flu"),
        (PERSON, "DNACPR"),
        (PERSON, "Fri"),
    ],
)
def test_a_thing_a_role_and_a_medicine_are_let_go(kind: Entity, text: str) -> None:
    """Nothing stays masked of a finding of ordinary words that says a thing, a role, a condition or a medicine."""
    assert left(text, kind) == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (PERSON, "Grace"),
        (PERSON, "Hope"),
        (PERSON, "Will"),
        (PERSON, "Young"),
        (PERSON, "Mark Wood"),
        (PERSON, "Grace Nurse"),
        (PERSON, "Rose Carer"),
        (PERSON, "Verity"),
        (PERSON, "Christmas"),
        (PERSON, "Uncle Snow"),
        (PERSON, "PS Ward"),
        (PERSON, "Dr Nurse"),
        (PERSON, "Best, George"),
        (PERSON, "Ranvir"),
        (PERSON, "Petraitis"),
        (PERSON, "Faustine"),
        (PERSON, "Noemia"),
        (PERSON, "A.A."),
        (BODY, "Sunrise Nursery"),
        (BODY, "Rainbow Day Nursery"),
        (BODY, "The Kite Project"),
        (BODY, "Sexual Assault Centre"),
        (BODY, "Kingfisher"),
        (BODY, "Cherry Ward"),
        (BODY, "Grace"),
        (BODY, "Mason"),
        (BODY, "Hat Works Chambers"),
        (BODY, "NORTH MIDLANDS NHS TRUST Applicant"),
        (BODY, "Helsinki Protocol"),
        (BODY, "Department of Justice"),
        (BODY, "the Ministry of Foreign Affairs"),
        (BODY, "Drawing 0412"),
        (PLACE, "Old Forge"),
        (PLACE, "the Old Forge"),
        (PLACE, "High Street"),
        (PLACE, "Moss Side"),
        (PLACE, "Reading"),
        (PLACE, "Ward"),
        (PLACE, "Fri 23"),
    ],
)
def test_names_of_ordinary_words_stay(kind: Entity, text: str) -> None:
    """The whole of a finding stays masked where one of its words can be a name, or where it names a body or a place."""
    assert left(text, kind) == [text]


@pytest.mark.parametrize(
    ("kind", "text", "named"),
    [
        (BODY, "the Builth Surgery", ["Builth Surgery"]),
        (PERSON, "Dear Patience", ["Patience"]),
        (PERSON, "Dear, Anna", ["Anna"]),
        (PERSON, "the Duchess of Kent", ["the Duchess of Kent"]),
        (BODY, "the Duchess of Kent", ["the Duchess of Kent"]),
        (PERSON, "Abena\nSocial Worker", ["Abena"]),
        (PERSON, "Kwame\nBoateng", ["Kwame\nBoateng"]),
        (BODY, "Barts Health NHS Trust\nMaternity Unit", ["Barts Health NHS Trust"]),
    ],
)
def test_what_belongs_to_no_name_is_cut_off(kind: Entity, text: str, named: list[str]) -> None:
    """An article, a salutation and a line of its own that says a role or a thing stay in the text."""
    assert left(text, kind) == named


def test_a_finding_of_signs_alone_is_none() -> None:
    """Figures and signs that the model takes for a name are left to patterns."""
    assert left("12/03", BODY) == []


def test_no_list_names_a_word_twice() -> None:
    """Each word of the gate's lists stands once in its list, so that whoever takes one out takes it out."""
    file = resources.files("anonymise.prose.names.nobody").joinpath("words.toml")
    lists = tomllib.loads(file.read_text("utf-8"))

    assert {name: len(text.split()) for name, text in lists.items()} == {
        name: len(set(text.split())) for name, text in lists.items()
    }
