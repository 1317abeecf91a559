"""Names written in other letters than Latin ones are found in English text, and the Greek of medicine is none."""

from __future__ import annotations

import pytest
from rules_and_names import RulesAndNames

from anonymise.prose.redaction import Redactor

REDACTOR = Redactor(RulesAndNames())


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Seen with محمد أحمد today", "Seen with [PERSON] today"),
        ("Attended with mother فاطمة.", "Attended with mother [PERSON]."),
        ("Her mother, মোহাম্মদ রহমান, rang", "Her mother, [PERSON], rang"),
        ("Told ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ to come back", "Told [PERSON] to come back"),
        ("spoke to प्रिया शर्मा about it", "spoke to [PERSON] about it"),
        ("Met 王小明 at home", "Met [PERSON] at home"),
        ("Met 王 again", "Met [PERSON] again"),
        ("Дмитрий's father Иван Петров-Водкин drinks", "[PERSON]'s father [PERSON] drinks"),
        ("Γιώργος Παπαδόπουλος rang", "[PERSON] rang"),
        ("שרה כהן called", "[PERSON] called"),
        ("given as 김민준 and ジョン・スミス", "given as [PERSON] and [PERSON]"),
        ("რუსუდან came with Արմեն and ሰላም", "[PERSON] came with [PERSON] and [PERSON]"),
        ("محمد أحمد", "[PERSON]"),
        ("she is สมชาย ใจดี, he ಕವಿತಾ", "she is [PERSON], he [PERSON]"),
    ],
)
def test_a_run_of_other_letters_is_a_name(text: str, redacted: str) -> None:
    """Words in Arabic, Indic, Chinese, Cyrillic, Greek and other letters go as one name."""
    assert REDACTOR.redact([text])[0].text == redacted


@pytest.mark.parametrize(
    "text",
    [
        "started on \u03b1-blocker, \u03b2-hCG raised, 5 \u03bcg and 3 \u03a9",
        "TNF-\u03b1, IFN-\u03b3, \u03bb light chains, \u03b11-antitrypsin, \u0394F508 and \u03b1\u03b2 cells",
        "seen at 10 \u00b0C, caf\u00e9, na\u00efve, 5 \u20ac",
        "\u0418\u0432\u0430\u043dtest",
        "p\u0430in in the left leg",  # one look-alike letter makes no name of a word
    ],
)
def test_single_greek_letters_stay(text: str) -> None:
    """Signs of medicine and accents make no name."""
    assert REDACTOR.redact([text])[0].text == text
