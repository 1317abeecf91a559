"""Numbers of officers that stand beside a name, and numbers that only stand there."""

from __future__ import annotations

import time

import pytest
from rules_and_names import RulesAndNames

from anonymise.prose.entities import Entity, Span
from anonymise.prose.names.officers import find_numbers
from anonymise.prose.redaction import Redactor

REDACTOR = Redactor(RulesAndNames())


def redacted(text: str) -> str | None:
    """Redact one text by rules and lists."""
    return REDACTOR.redact([text])[0].text


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("OIC Zofia Nowak 9803. IP states", "OIC [PERSON] [REFERENCE]. IP states"),
        ("Agnieszka Nowak 5236 attended", "[PERSON] [REFERENCE] attended"),
        ("agnieszka nowak 5236 attended", "[PERSON] [REFERENCE] attended"),
        ("AGNIESZKA NOWAK 5236 ATTENDED", "[PERSON] [REFERENCE] ATTENDED"),
        ("for info of npt zofia (3391)", "for info of npt [PERSON] ([REFERENCE])"),
        ("att by PC Nowak, Zofia 5485.", "att by PC [PERSON], [PERSON] [REFERENCE]."),
        ("PC Zofia Nowak 1984 attended", "PC [PERSON] [REFERENCE] attended"),  # behind a rank no year
        ("ps 2512 zofia updated", "ps [REFERENCE] [PERSON] updated"),
        ("psco 4134 zofia in attendance", "psco [REFERENCE] [PERSON] in attendance"),
        ("CP 9234 Zofia attended", "CP [REFERENCE] [PERSON] attended"),
        ("from police (PC 1849 Zofia),", "from police (PC [REFERENCE] [PERSON]),"),
        ("from police (CP 1849 Zofia),", "from police (CP [REFERENCE] [PERSON]),"),
        ("EHXIBITED AS 9655/1.", "EHXIBITED AS [REFERENCE]."),
        ("for info of npt zofia 1960.", "for info of npt [PERSON] [REFERENCE]."),
        ("Zofia Nowak 1973 attended", "[PERSON] [REFERENCE] attended"),
        ("Inspector 77 Nowak", "Inspector [REFERENCE] [PERSON]"),
        ("BWV exhibited as 1839/1.", "BWV exhibited as [REFERENCE]."),
        ("BWV exhibtied as 1839/1.", "BWV exhibtied as [REFERENCE]."),
        ("knife exhibited as ZN/1", "knife exhibited as [REFERENCE]"),
        ("phone seized as ZN1839/2.", "phone seized as [REFERENCE]."),
        # Numbers of something else.
        ("gave Zofia 500 mg at noon", "gave [PERSON] 500 mg at noon"),
        ("gave Zofia 250ml", "gave [PERSON] 250ml"),
        ("Zofia 1430 hrs", "[PERSON] 1430 hrs"),
        ("seen by Zofia 14:30", "seen by [PERSON] 14:30"),
        ("seen by Zofia 0930", "seen by [PERSON] 0930"),
        ("Zofia 120/80, sats 97", "[PERSON] 120/80, sats 97"),
        ("Zofia 1973 was her year of birth", "[PERSON] 1973 was her year of birth"),
        ("Zofia 2019 review", "[PERSON] 2019 review"),
        ("told Zofia 300 people came", "told [PERSON] 300 people came"),
        ("told Zofia 3 times", "told [PERSON] 3 times"),
        ("told Zofia 999 was busy", "told [PERSON] 999 was busy"),
        ("paid Zofia 1200 pounds", "paid [PERSON] 1200 pounds"),
        ("Zofia 100% sure", "[PERSON] 100% sure"),
        ("Zofia 150-day plan", "[PERSON] 150-day plan"),
        ("Zofia 1,200 steps", "[PERSON] 1,200 steps"),
        ("in ward 12 Zofia sat up", "in ward 12 [PERSON] sat up"),
        ("room 4512 Zofia sat up", "room 4512 [PERSON] sat up"),
        ("expressed as 120/80", "expressed as 120/80"),
        ("expressed as 2019/20", "expressed as 2019/20"),
        ("described as 10/10 pain", "described as 10/10 pain"),
    ],
)
def test_a_number_beside_a_name_is_an_officers_unless_it_counts(text: str, published: str) -> None:
    """What stands for an officer goes with the name; times, doses, years and counts stay."""
    assert redacted(text) == published


@pytest.mark.parametrize(
    "text", ["zofia " * 30_000, "1839 " * 30_000, "zofia 1839 " * 15_000, "ps 1839 " * 20_000, "zofia" + " " * 150_000]
)
def test_long_runs_of_names_and_numbers_take_no_longer_each(text: str) -> None:
    """Time grows with the text and no faster."""
    names = [Span(at, at + 5, Entity.PERSON, 0.5) for at in range(0, len(text) - 5, 6)]
    began = time.process_time()

    list(find_numbers(text, names))

    assert time.process_time() - began < 5
