"""Prose in, placeholders out: ordinary text, odd text, and text that cannot be searched."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from treated_dataset import MODEL

from anonymise.prose.entities import Entity, Span
from anonymise.prose.recognisers import Recognisers, load_recognisers
from anonymise.prose.recorded.known_values import KnownValue
from anonymise.prose.redaction import UNREADABLE, Redactor, merge
from anonymise.prose.replacing.replacer import Manner, Replacer
from datalab.contract.model import Replacement
from datalab.errors import SettingsError


@pytest.fixture(scope="module")
def recognisers() -> Recognisers:
    """The recognisers with the model of the lock file."""
    return load_recognisers(MODEL)


@pytest.fixture(scope="module")
def redactor(recognisers: Recognisers) -> Redactor:
    """A redactor as ingest uses it."""
    return Redactor(recognisers)


class GivesUp:
    """A finder that cannot search a text to its end."""

    def find(self, texts: Sequence[str]) -> list[tuple[Span, ...] | None]:
        """Give up on each text."""
        return [None for _ in texts]


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        (
            "PC 4412 Hughes spoke to Mrs Okafor of 14 Acacia Avenue, GU21 4XX.",
            "PC [REFERENCE] [PERSON] spoke to [PERSON] of [ADDRESS], [POSTCODE].",
        ),
        ("Rang 07700 900123 and +44 (0)20 7946 0018.", "Rang [PHONE] and [PHONE]."),
        ("Write to j.o'neil-smith@surrey.police.uk", "Write to [EMAIL]"),
        ("see https://x.example/p?id=1 or www.facebook.com/j.smith", "see [URL] or [URL]"),
        ("mr okafor, 12 station road", "[PERSON], [ADDRESS]"),
        ("born 14/03/1987, seen on 3rd of May 2021", "born [DATE OF BIRTH], seen on [DATE]"),
        ("Sort code 20-30-40 account 12345678", "Sort code [BANK ACCOUNT] account [BANK ACCOUNT]"),
        ("crime ref 45/12345/24, CAD 1234", "crime ref [REFERENCE], CAD [REFERENCE]"),
        ("drives AB12 CDE, before that A123 BCD", "drives [VEHICLE], before that [VEHICLE]"),
        ("passport 123456789", "passport [PASSPORT]"),
        ("10.0.0.12 connected", "[IP ADDRESS] connected"),
        ("SPOKE TO JOHN SMITH AT HIS HOME", "SPOKE TO [PERSON] AT HIS HOME"),
        ("found on hawthorn drive", "found on [ADDRESS]"),
        ("attends Harbour Side Academy now", "attends [ORGANISATION] now"),
        ("seen with margaret wood. precious powell left", "seen with [PERSON]. [PERSON] left"),
        ("told margaret read it", "told [PERSON] read it"),
        ("rang (07700 900123), (01483) 571571", "rang ([PHONE]), [PHONE]"),
        ("q=Joan+Smith%2C+14+Acacia+Avenue", "q=[PERSON]%2C+[ADDRESS]"),
        ("David Ward left", "[PERSON] left"),  # a surname that is a word of hospitals too
    ],
)
def test_identifiers_become_placeholders(redactor: Redactor, text: str, redacted: str) -> None:
    """What names somebody goes, and what is left can still be read."""
    assert redactor.redact([text])[0].text == redacted


@pytest.mark.parametrize(
    "text",
    [
        "Patient arrived by ambulance in 2019 after 3 days of fever. Blood pressure 120/80.",
        "Absent for 12 sessions in 2019/20, mostly on weekdays.",
        "Seen weekly at A&E; two people in the street called the police.",
        "Costs were £1250000 over the 1990s; seen at 1430hrs.",
        "PMH COPD, obs wnl, discussed at MARAC.",
        "Regards, the team",
    ],
)
def test_what_names_nobody_stays(redactor: Redactor, text: str) -> None:
    """Measurements, school years and public services are left."""
    assert redactor.redact([text])[0].text == text


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("rang 07700\u200b900\u200d123", "900"),
        ("\u202eMrs Okafor\u202c came", "Okafor"),
        ("<p>Mrs <b>Okafor</b></p>", "Okafor"),
        ("Mrs &#79;kafor", "kafor"),
        ("\uff2d\uff52\uff53 \uff2f\uff4b\uff41\uff46\uff4f\uff52", "Okafor"),
        ("اتصل بالرقم 07700 900123", "900123"),
        ("Mrs\u00a0Okafor\u2028of GU21\u20034XX", "4XX"),
    ],
)
def test_hidden_identifiers_are_found(redactor: Redactor, text: str, secret: str) -> None:
    """Zero-width, direction, markup, width and script do not hide an identifier."""
    redacted = redactor.redact([text])[0].text

    assert redacted is not None
    assert secret not in redacted
    assert "[" in redacted


def test_missing_and_empty_texts_stay_as_they_are(redactor: Redactor) -> None:
    """None stays None; nothing stays nothing; neither counts."""
    none, empty, blank = redactor.redact([None, "", "   "])

    assert (none.text, empty.text, blank.text) == (None, "", "   ")
    assert not any(one.counts or one.unreadable for one in (none, empty, blank))


@pytest.mark.parametrize("text", ["Mrs Okafor " * 1_000_000, "\ufdfa" * 20_000], ids=["10 MB", "grows when cleaned"])
def test_a_text_too_long_to_search_is_replaced(redactor: Redactor, text: str) -> None:
    """A cell over the limit, before or after cleaning, never goes through."""
    done = redactor.redact([text])[0]

    assert (done.text, done.unreadable) == (UNREADABLE, True)


def test_a_text_that_cannot_be_searched_to_its_end_is_replaced() -> None:
    """A finder that gives up lets nothing through."""
    done = Redactor(GivesUp()).redact(["Mrs Okafor", None])

    assert [one.text for one in done] == [UNREADABLE, None]


def test_a_pattern_that_runs_out_of_time_gives_up(recognisers: Recognisers, monkeypatch: pytest.MonkeyPatch) -> None:
    """A time-out in a pattern is not a text without findings."""
    monkeypatch.setattr("anonymise.prose.recognisers.SECONDS", 1e-9)

    assert recognisers.find(["07700 900123 " * 5_000]) == [None]


def test_names_are_found_beyond_the_first_piece(redactor: Redactor) -> None:
    """A long text is searched in pieces, and positions are those of the whole."""
    filler = "the weather was dry and the road was quiet that day. " * 200
    done = redactor.redact([f"{filler}Mrs Okafor met John Smith. {filler}"])[0]

    assert done.text is not None
    assert done.text.count(filler.strip()) == 2
    assert "Okafor" not in done.text
    assert "Smith" not in done.text


def test_counts_say_what_was_put_in(redactor: Redactor) -> None:
    """One count a placeholder, by kind."""
    done = redactor.redact(["Mrs Okafor and Mr Patel, 07700 900123"])[0]

    assert dict(done.counts) == {Entity.PERSON: 2, Entity.PHONE: 1}


def test_known_values_belong_to_their_own_row(redactor: Redactor) -> None:
    """A row's value is masked in its text, and not in another's."""
    name = [KnownValue("by the wet grass", Entity.KNOWN)]
    done = redactor.redact(["sat by the Wet grass again"] * 2, [name, []])

    assert [one.text for one in done] == ["sat [KNOWN VALUE] again", "sat by the Wet grass again"]


def test_spans_that_overlap_become_one() -> None:
    """Nothing that any recogniser found is left at the seams, and the most telling finding gives the name."""
    text = "abcdefghij klm nop"
    spans = [
        Span(0, 5, Entity.NUMBER, 0.4),
        Span(3, 8, Entity.PHONE, 0.8),
        Span(11, 14, Entity.PERSON, 0.5),
        Span(15, 18, Entity.PERSON, 0.5),
    ]

    merged = merge(text, spans)

    assert merged == [Span(0, 8, Entity.PHONE, 0.8), Span(11, 18, Entity.PERSON, 0.5)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "Present:\nJoan Smith\nPeter Jones\nMary Hill\n\nPeter said Mary left.",
            "Present:\n[PERSON 1]\n[PERSON 2]\n[PERSON 3]\n\n[PERSON 2] said [PERSON 3] left.",
        ),
        ("Seen by\nDr Patel\nNurse Hill\ntoday", "Seen by\n[PERSON 1]\n[PERSON 2]\ntoday"),
        ("Rang\n07700 900123\n07700 900456", "Rang\n[PHONE 1]\n[PHONE 2]"),
        ("Joan\nPeter\nMary\nall came", "[PERSON 1]\n[PERSON 2]\n[PERSON 3]\nall came"),
        ("letter to Kwame\nBoateng about it", "letter to [PERSON 1] about it"),
        ("told Mrs\nOkafor that", "told [PERSON 1] that"),
        ("told Mrs Joan\nOkafor that", "told [PERSON 1] that"),
        ("met Mr Patel\nHughes rang", "met [PERSON 1]\n[PERSON 2] rang"),
    ],
)
def test_names_by_the_line_are_as_many_people(redactor: Redactor, text: str, shown: str) -> None:
    """Nobody is taken for who stands on the next line, and no line is lost; a name that goes on there is one."""
    replacer = Replacer(manner=Manner(replacement=Replacement.NUMBERED))

    assert redactor.redact([text], replacer=replacer)[0].text == shown


def test_a_missing_model_is_a_setting_to_correct() -> None:
    """Without its model the lab says so instead of redacting less."""
    with pytest.raises(SettingsError, match="spacy_model"):
        load_recognisers("no_such_model")


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("tel: 07700 900123", "tel: [PHONE]"),
        ("Saturdays", "Saturdays"),
        ("Application nos. 245/94, 345/06 and 6789/07", "Application nos. [COURT CASE], [COURT CASE] and [COURT CASE]"),
        ("Sept 2021", "Sept 2021"),
    ],
)
def test_a_label_is_nobody(redactor: Redactor, text: str, published: str) -> None:
    """Words that say what a number is, and days of the week, are left."""
    assert redactor.redact([text])[0].text == published
