"""Text that hides what it says, by malice or by accident: it is read, or the cell is refused, and nothing gets by."""

# ruff: noqa: RUF001 - letters that look like others are what this is about
from __future__ import annotations

import base64
import gzip
import zlib

import pytest
from rules_and_names import RulesAndNames

from anonymise.prose.entities import Entity
from anonymise.prose.recorded.known_values import KnownValue
from anonymise.prose.redaction import UNREADABLE, Redactor

REDACTOR = Redactor(RulesAndNames())
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0\x08\x06\0\0\0\\r\xa8f" + bytes(range(256))
NOTE = b"Mrs Okafor of 14 Acacia Avenue, GU21 4XX rang. " * 4


@pytest.mark.parametrize(
    "cell",
    [
        PNG.decode("latin-1"),
        PNG.decode("utf-8", "replace"),
        PNG.decode("utf-8", "surrogateescape"),
        gzip.compress(NOTE).decode("latin-1"),
        zlib.compress(NOTE).decode("latin-1"),
        "%PDF-1.7 /Author (Mrs Okafor)",
        "{\\rtf1\\ansi Ok\\'61for}",
        "PK\x03\x04 word/document.xml",
        "\x01\x02\x03\x04 Mrs Okafor",
    ],
    ids=["PNG", "PNG as UTF-8", "PNG with escapes", "gzip", "zlib", "PDF", "RTF", "docx", "controls"],
)
def test_a_file_in_a_text_column_is_refused(cell: str) -> None:
    """A binary cell is replaced as a whole, and counted."""
    done = REDACTOR.redact([cell])[0]

    assert (done.text, done.unreadable) == (UNREADABLE, True)


@pytest.mark.parametrize(
    ("note", "published"),
    [
        ("Mrs Okafor\x0crang about the bins\x07", "[PERSON] rang about the bins "),
        ("\uf0b7 fever\n\uf0b7 cough\n\uf0b7 rash\n\uf0b7 Mrs Okafor", " fever\n cough\n rash\n [PERSON]"),
    ],
    ids=["a page break and a bell", "bullets of Word"],
)
def test_a_few_odd_characters_are_no_file(note: str, published: str) -> None:
    """A note pasted from another program is read."""
    assert REDACTOR.redact([note])[0].text == published


@pytest.mark.parametrize(
    ("written", "published"),
    [
        # Read in the wrong encoding.
        ("JosÃ© GarcÃ\xada came", "[PERSON] came"),
        ("Mrs NÃ³ra Ã“ BriainÂ\xa0came", "[PERSON] came"),
        ("the cafÃ© was shut â€“ again", "the café was shut – again"),
        ("M\0r\0s\0 \0O\0k\0a\0f\0o\0r\0", "[PERSON]"),
        ("\0M\0r\0s\0 \0O\0k\0a\0f\0o\0r", "[PERSON]"),
        # Letters that look like others.
        ("Мrs Оkаfоr came", "[PERSON] came"),
        ("Mrs Οkαfοr came", "[PERSON] came"),
        ("Mrs O\u0336k\u0336a\u0336f\u0336o\u0336r\u0336 came", "[PERSON] came"),
        ("Mrs \U0001d4de\U0001d4f4\U0001d4ea\U0001d4ef\U0001d4f8\U0001d4fb came", "[PERSON] came"),
        ("🅹🅾🅷🅽 🆂🅼🅸🆃🅷 came", "[PERSON] came"),
        ("Jöĥñ Šmíťĥ came", "[PERSON] came"),
        # Characters that do not show, and order.
        ("J\u200bo\u200dh\u2060n Sm\u00adith came", "[PERSON] came"),
        ("\u202ehtimS nhoJ\u202c came", "[PERSON] came"),
        ("\u2067John\u2069 \u200fSmith\u200e came", "[PERSON] came"),
        # Markup.
        ("Jo<b>hn</b> Sm<span class='x'>ith</span> came", "[PERSON] came"),
        ("Jo<!-- -->hn Sm<wbr>ith came", "[PERSON] came"),
        ("<td>John</td><td>Smith</td> came", " [PERSON] came"),
        ("<b>John</b><i>Smith</i> came", " [PERSON] came"),
        ("&#74;ohn &#x53mith &amp;amp;amp;#83;mith", "[PERSON]"),
        ("\uff1cb\uff1eJo\uff1c/b\uff1ehn Smith", " [PERSON]"),
        # Letters set apart.
        ("J o h n  S m i t h came", "[HIDDEN TEXT] came"),
        ("s.m.i.t.h rang", "[HIDDEN TEXT] rang"),
        ("0 7 7 0 0 9 0 0 1 2 3", "[PHONE]"),
        # Encodings.
        ("J%6Fhn%20Sm%69th came", "[PERSON] came"),
        ("J=6Fhn Smi=\nth came", "[PERSON] came"),
        ("\\u004aohn Smith came", "[PERSON] came"),
        ("07%3700 900123", "[PHONE]"),
        (base64.b64encode(b"John Smith").decode() + " came", "[HIDDEN TEXT] came"),
    ],
)
def test_a_name_in_disguise_goes(written: str, published: str) -> None:
    """The identifier goes as a whole; what stands around it stays."""
    assert REDACTOR.redact([written])[0].text == published


@pytest.mark.parametrize(
    "text",
    [
        "Как дела, все хорошо",
        "الحالة جيدة اليوم ولا توجد مشاكل",
        "το παιδί δεν ήταν εκεί",
        "10% of 50 = 5 and a < b > c",
        "née, naïve, façade, crème brûlée",
    ],
)
def test_what_hides_nothing_keeps_its_letters(text: str) -> None:
    """Other alphabets, accents and signs are published as they were written."""
    assert REDACTOR.redact([text])[0].text == text


def test_right_to_left_text_is_searched_too() -> None:
    """A number in Arabic prose goes, in either kind of figures, and the prose stays."""
    done = [one.text for one in REDACTOR.redact(["اتصل بالرقم 07700 900123 اليوم", "اتصل ٠٧٧٠٠ ٩٠٠١٢٣ اليوم"])]

    assert done == ["اتصل بالرقم [PHONE] اليوم", "اتصل [NUMBER] اليوم"]


def test_more_layers_than_anybody_makes_are_refused() -> None:
    """A cell that is still not plain after every layer was undone is replaced as a whole."""
    layered = "&#74;ohn Smith"
    for _ in range(12):
        layered = layered.replace("#", "&#35;", 1)

    assert REDACTOR.redact([layered])[0].text == UNREADABLE


def test_a_value_of_the_row_is_found_in_disguise() -> None:
    """What the row knows is searched without its disguise as well."""
    known = [KnownValue("Qwrtz", Entity.PERSON), KnownValue("by the wet grass", Entity.KNOWN)]

    done = REDACTOR.redact(["then Qwrtz by%20the%20wet gr\u0430ss", "Qw<i>rtz</i> left"], [known, known])

    assert [one.text for one in done] == ["then [PERSON] [KNOWN VALUE]", "[PERSON] left"]
