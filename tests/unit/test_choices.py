"""How much of a message an author's choices could carry."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from pathlib import Path

import pytest
from language import LANGUAGE

from datalab.query.build import Asking, ask, band, col, combine, recode
from datalab.query.characters import MAX_LITERAL
from datalab.query.choices import Choices, choices_of, name_bits
from datalab.query.naming import MAX_CHOSEN_WORDS, MAX_WORDS, VOCABULARY, words_of
from datalab.query.refusals.measured import MAX_MEASURES
from datalab.release.checks import MANY_BITS

CRIMES = ask("crimes")


def choices(asking: Asking) -> Choices:
    """Return the choices of a question."""
    return choices_of(asking.spend(rho=1, rows_per_unit=4, rows_per_cell=1), LANGUAGE)


def test_a_name_carries_no_more_than_the_logarithm_of_all_names() -> None:
    """All names of up to five words, none twice, are counted one by one and are no more than was said."""
    words = "abcdefg"
    names = [name for length in range(1, MAX_WORDS + 1) for name in itertools.permutations(words, length)]
    code = sum(2 ** -name_bits(len(name), len(words)) for name in names)

    assert code == pytest.approx(1)  # each name has a code of its own, and none is left over (Kraft)


def test_no_word_of_a_name_is_a_letter() -> None:
    """Neither the lab's own words nor those of a contract's names spell: `register_a` gives one word."""
    schema = replace(LANGUAGE["crimes"], dataset="register_a", columns=())

    assert words_of([schema]) == {"register"}
    assert min(map(len, VOCABULARY)) > 1
    assert all(word.isalpha() for word in VOCABULARY)


def test_the_page_states_the_bounds_that_hold() -> None:
    """The figures of the privacy page are those of contracts with 40 words of their own."""
    known = len(VOCABULARY) + 40
    page = (Path(__file__).parents[2] / "docs" / "privacy-promise.md").read_text()

    assert f"at most {math.ceil(name_bits(MAX_WORDS, known))} bits a name" in page
    assert f"{math.ceil(MAX_CHOSEN_WORDS * name_bits(1, known))} bits a question" in page
    assert f"{math.ceil(math.log2(math.factorial(MAX_MEASURES)))} bits for {MAX_MEASURES} figures" in page
    assert f"a closed list of {len(VOCABULARY)}, no letters" in page
    assert f"{MANY_BITS} bits" in page
    assert f"{MAX_LITERAL} characters" in page


def test_names_given_anyway_carry_nothing() -> None:
    """A question without chosen names has none to speak with; each chosen word adds at most eight bits here."""
    known = len(VOCABULARY | words_of([LANGUAGE["crimes"]]))
    named = choices(CRIMES.mean("loss", name="share_of_minutes"))

    assert choices(CRIMES.mean("loss").count_rows()).names == 0
    assert named.names == pytest.approx(math.log2(MAX_WORDS) + math.log2(known * (known - 1) * (known - 2)))
    assert math.log2(known) * MAX_CHOSEN_WORDS < 8 * MAX_CHOSEN_WORDS


@pytest.mark.parametrize(
    ("asking", "bits"),
    [
        (CRIMES.count_rows(), 0),
        (CRIMES.count_rows().where(col("kind") == "arson"), 2),
        (CRIMES.count_rows().where(col("charged") == True), 1),  # noqa: E712 - a description
        (CRIMES.count_rows(where=col("kind").is_in(["arson", "theft"])), 4),
        (CRIMES.share(col("minutes") > 250), 3 * math.log2(10)),
        (CRIMES.count_rows().where(col("code") == "Siân"), 5 * 8),
        (CRIMES.quantile("loss", "13/1000"), 7 * math.log2(10)),
        (CRIMES.median("loss", bins=37), 2 * math.log2(10)),
        (CRIMES.sum(combine({"minutes": 1.5, "loss": -2}, constant=3)), 6 * math.log2(10)),
        (CRIMES.count_rows().group_by(band("minutes", 10, 100)), 5 * math.log2(10)),
        (CRIMES.count_rows().group_by(recode("kind", ["arson", "theft"])), 4),
        (CRIMES.count_rows().having("treated", where=col("clinic") == "b"), 1),
        (CRIMES.count_rows().having("treated", where=col("days") < 12), 2 * math.log2(10)),
    ],
)
def test_values_are_counted_by_how_many_there_were(asking: Asking, bits: float) -> None:
    """A category counts by its list, a number and a free text by their length."""
    assert choices(asking).values == pytest.approx(bits)


def test_order_and_price_are_counted() -> None:
    """Figures and groups can be ordered, and a price can have many digits."""
    asking = CRIMES.count_rows().mean("loss").sum("minutes").group_by("kind", "ward")
    question = asking.spend(rho="0.123456", rows_per_unit=4, rows_per_cell=1)

    assert choices(asking).order == pytest.approx(math.log2(6) + math.log2(2))
    assert choices_of(question, LANGUAGE).price > choices(asking).price + 10
    assert choices_of(replace(question, title="Some title"), LANGUAGE) == choices_of(question, LANGUAGE)
