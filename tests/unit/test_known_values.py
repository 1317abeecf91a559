"""Values of the row are found in its text however they are written there."""

from __future__ import annotations

import pytest
from marked_texts import FindsMarked

from anonymise.prose.entities import Entity
from anonymise.prose.recorded.known_values import KnownValue, find_known
from anonymise.prose.redaction import Redactor
from anonymise.prose.replacing.people import name_words
from anonymise.prose.replacing.replacer import Manner, Replacer, Subject
from datalab.contract.model import Replacement

PERSON, PHONE, NUMBER, KNOWN = Entity.PERSON, Entity.PHONE, Entity.REFERENCE, Entity.KNOWN


@pytest.mark.parametrize(
    ("value", "kind", "text", "found"),
    [
        ("Okafor", PERSON, "met OKAFOR and okafor's son", ["OKAFOR", "okafor"]),
        (
            "Smith-Jones",
            PERSON,
            "Smith Jones, smith-jones; Jones",
            ["Smith Jones", "Smith", "Jones", "smith-jones", "smith", "jones"],
        ),
        ("O'Neill", PERSON, "Mr O'Neill called", ["O'Neill"]),
        ("Ann", PERSON, "Annual leave for Ann", ["Ann"]),
        ("Will", PERSON, "Will said he will come", ["Will"]),
        ("May", PERSON, "MAY may come", ["MAY"]),
        ("Bo", PERSON, "Bo met Bowen; BO, bo", ["Bo"]),
        ("Mei Ng", PERSON, "Ng rang. MEI NG; mei ng; NG tube", ["MEI NG", "MEI", "NG", "mei ng", "mei", "ng", "Ng"]),
        ("Do", PERSON, "Do not ring", []),  # a word
        ("De", PERSON, "De Montfort", []),
        ("Ed", PERSON, "seen in ED with Ed", ["Ed"]),
        ("O'Neill", PERSON, "Mr O\u2019Neill and O'Neill\u2019s son", ["O\u2019Neill", "O'Neill"]),
        ("O\u2019Neill", PERSON, "O'Neill", ["O'Neill"]),
        ("Wiśniewska", PERSON, "WISNIEWSKA rang", ["WISNIEWSKA"]),
        ("Siân", PERSON, "told sian", ["sian"]),
        ("Szymanska", PERSON, "Szymańska-Brown", ["Szymańska"]),
        ("Weiß", PERSON, "WEISS rang", ["WEISS"]),
        ("Zoë", PERSON, "ZOË was there", ["ZOË"]),
        ("07700900123", PHONE, "ring 07700 900 123 or 07700-900123", ["07700 900 123", "07700-900123"]),
        ("07700 900123", PHONE, "107700900123", []),
        ("943 476 5919", NUMBER, "nhs 9434765919.", ["9434765919"]),
        ("N12", NUMBER, "nominal N12, N123", ["N12"]),
        ("Joan", PERSON, "metJoanOkonkwoToday, JoanOkonkwo, joan_okonkwo, JoanneOkonkwo", ["Joan", "joan"]),
        ("Joan Okonkwo", PERSON, "metJoanOkonkwoToday", ["JoanOkonkwo", "Joan", "Okonkwo"]),
        ("Joan Okonkwo", PERSON, "see joan_okonkwo.doc", ["joan_okonkwo", "joan", "okonkwo"]),
        ("Ann", PERSON, "MANNERS, Annual, toAnnual, heAnn2", ["Ann"]),
        ("Will", PERSON, "goodWill, will_go, Will_go", ["Will"]),
        ("12 High Street", Entity.ADDRESS, "at 12, high street", ["12, high street"]),
        ("Kingston Hospital", KNOWN, "taken to kingston hospital", ["kingston hospital"]),
        (
            "St Mary's House",
            KNOWN,
            "at St Mary\u2019s House, ST MARYS HOUSE",
            ["St Mary\u2019s House", "ST MARYS HOUSE"],
        ),
        ("King\u2019s Cross-on-Sea", Entity.ADDRESS, "in king's cross on sea", ["king's cross on sea"]),
        ("O'Neill", PERSON, "oneill, O\u2018Neill", ["oneill", "O\u2018Neill"]),
        ("12", KNOWN, "room 12", []),
        ("  ", PERSON, "two  blanks", []),
        ("(.*)", KNOWN, "all (.*) text", []),
        ("a+b.c", KNOWN, "not aab2c but a+b.c", ["a+b.c"]),
    ],
)
def test_a_known_value_is_found(value: str, kind: Entity, text: str, found: list[str]) -> None:
    """Case, blanks and separators do not hide a value; longer words do not hold it."""
    spans = list(find_known(text, [KnownValue(value, kind)]))

    assert {text[span.start : span.end] for span in spans} == set(found)


@pytest.mark.parametrize("text", ["Minh Do rang", "DO, MINH", "minh do rang", "Do Minh", "Minh. Do not ring"])
def test_a_name_of_two_letters_is_found_beside_another(text: str) -> None:
    """Of a name that is a word too, what stands beside the person's other name is a name."""
    known = [KnownValue("Minh", PERSON), KnownValue("Do", PERSON)]
    found = {text[span.start : span.end].casefold() for span in find_known(text, known)}

    assert found == ({"minh"} if "not" in text or text.islower() else {"minh", "do"})


def test_names_run_together_are_one_person() -> None:
    """Halves of a name that touch are one finding, which is the row's person's."""
    known = [KnownValue("Joan", PERSON), KnownValue("Okonkwo", PERSON)]
    replacer = Replacer(
        manner=Manner(replacement=Replacement.NUMBERED, subject_first=True),
        subjects=[Subject(names=name_words(["Joan", "Okonkwo"]))],
    )

    for text in ("metJoanOkonkwoToday", "see joan_okonkwo.doc"):
        done = Redactor(FindsMarked([])).redact([text], [known], replacer=replacer)[0].text
        assert done is not None
        assert done.replace("met", "see ").removeprefix("see [PERSON 1]") in ("Today", ".doc")
