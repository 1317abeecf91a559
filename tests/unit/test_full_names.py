"""A full name of the row is found in any case where its parts are words, and its initials beside what people do."""

from __future__ import annotations

import re

import pytest
from marked_texts import FindsMarked
from treated_dataset import MODEL, batch, contract, row

from anonymise.keys.keyring import KeyRing
from anonymise.prose.entities import Entity
from anonymise.prose.recorded.known_values import KnownValue, find_known
from anonymise.prose.redaction import Redactor
from anonymise.treatment.plan import plan_treatment
from anonymise.treatment.treat import treat
from datalab.contract.model import PrivacyUnit


def masked(text: str, *names: str) -> str:
    """Return a text with each letter of a person of the row as a star."""
    shown = list(text)
    for span in find_known(text, [KnownValue(name, Entity.PERSON) for name in names]):
        shown[span.start : span.end] = "*" * (span.end - span.start)
    return "".join(shown)


def starred(text: str) -> str:
    """Return a text with stars for what stands in braces."""
    return re.sub(r"\{(.*?)\}", lambda match: "*" * len(match.group(1)), text)


@pytest.mark.parametrize(
    ("given", "surname", "text"),
    [
        ("Hope", "Young", "told {hope young} to ring back"),
        ("Will", "Power", "{will power} attended today"),
        ("Joy", "Day", "{joy day} attended today"),
        ("Art", "Little", "{art little} attended today"),
        ("May", "Young", "{may young} attended"),
        ("Grace", "Hope", "spoke to {grace hope} re rent"),
        ("Hope", "Young", "seen: {young, hope} (14)"),
        ("Hope", "Young", "{YOUNG hope} was upset"),
        ("Hope", "Young", "{hope m young} and {hope m. young} rang"),
        ("Hope", "Young", "file {hope_young}.doc, {hope-young} and {hope.young}"),
        ("Hope Marie", "Young", "told {hope young} to ring"),
        ("Hope Young", "", "{young, hope} rang"),
        ("Hope", "Young-Park", "saw {hope young} at home"),
        ("Hope", "Young", "{hope young's} mother rang"),
        ("May", "Long", "told {long may} to ring; {long may} attended; {Long may} call"),
    ],
)
def test_a_full_name_of_words_is_found_in_any_case(given: str, surname: str, text: str) -> None:
    """Given name and surname of two columns side by side are enough, in either order."""
    plain = re.sub("[{}]", "", text)

    assert masked(plain, given, surname) == starred(text)


@pytest.mark.parametrize(
    ("given", "surname", "text"),
    [
        ("Hope", "Young", "we hope she is well and young at heart"),
        ("Hope", "Young", "that is all we can hope. young people came"),
        ("May", "Young", "the young may attend on their own"),
        ("Will", "Power", "he will lose power at noon"),
        ("Mark", "Hill", "a mark on the hill"),
        ("Art", "Little", "she did a little art"),
        ("Joy", "Day", "it was a day of joy"),
        ("Grace", "Hope", "there is hope that the grace period ends"),
        ("Will", "Price", "the price will rise"),
        ("May", "Long", "how long may it last"),
        ("Rose", "Small", "a small rose bush"),
        ("Bill", "Street", "the bill came in the street"),
    ],
)
def test_words_of_a_full_name_apart_stay(given: str, surname: str, text: str) -> None:
    """Words that are the row's names elsewhere stay where they stand apart in small letters."""
    assert masked(text, given, surname) == text


def test_a_surname_before_the_given_name_in_the_record_is_found() -> None:
    """Which of the row's values is the surname is known, wherever its column stands."""
    known = [KnownValue("Young", Entity.PERSON, is_surname=True), KnownValue("Hope", Entity.PERSON)]

    assert [(span.start, span.end) for span in find_known("seen hope young at noon", known)] == [(5, 15)]


def test_full_names_go_from_treated_text() -> None:
    """What two columns of a row say together does not stand in its text; given names of a household are none."""
    told = "told hope young to ring. mum will mark it"
    rows = batch(
        row(0, given="Hope", surname="Young", notes=told),
        row(0, _row=1, given="Will", surname="Young"),
        row(0, _row=2, given="Mark", surname="Young"),
    )
    plan = plan_treatment(contract(PrivacyUnit.HOUSEHOLD), KeyRing.throwaway(), extract_id="x1", spacy_model=MODEL)

    notes = treat(rows, plan, Redactor(FindsMarked([]))).batch.column("notes").to_pylist()

    assert notes[0] == "told [PERSON 1] to ring. mum will mark it"
