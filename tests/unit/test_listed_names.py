"""Names by lists: found wherever they stand, and told from words."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from anonymise.prose.entities import Entity, Span
from anonymise.prose.lists.names import FOLDER, Ordinary, name_lists
from anonymise.prose.names.again.repeated import find_repeated
from anonymise.prose.names.casing import readable
from anonymise.prose.names.listed.listed import find_listed
from anonymise.prose.names.recorded.near import find_near, is_slip
from anonymise.prose.names.recorded.nicknames import other_forms

LISTS = name_lists()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rang agnieszka nowak back", ["agnieszka nowak"]),
        ("AGNIESZKA NOWAK rang", ["AGNIESZKA NOWAK"]),
        ("Grace Nowak rang", ["Grace Nowak"]),  # a word beside a surname that is none
        ("Grace period ends", []),
        ("she will mark the field", []),
        ("He said Mark will grow", []),  # two words
        ("Maricel dela Cruz called", ["Maricel dela Cruz"]),
        ("lexi-rose brown has left", ["lexi-rose brown"]),
        ("well-being of the street", []),
        ("mum jack short came", ["jack short"]),  # words, after a word that introduces
        ("the jack short of a plug", []),
        ("Vote #RobertNowak and #siobhanmurphy, #GreenField", ["#RobertNowak", "#siobhanmurphy"]),
        ("told Zofia, Kowalski", ["Zofia"]),  # names part at a comma
        ("joan.smith, joan_smith.doc, Joan+Smith", ["joan.smith", "joan_smith", "Joan+Smith"]),
        ("told Joan.She left, rose.field", ["Joan"]),
        ("", []),
    ],
)
def test_names_of_lists_are_found(text: str, found: list[str]) -> None:
    """A given name is found with what belongs to it, in any case; words are left."""
    assert [text[span.start : span.end] for span in find_listed(text, LISTS)] == found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("He is Muslim", Entity.GROUP),
        ("a Christian family", Entity.GROUP),
        ("met Christian again", Entity.PERSON),
        ("Muslim Okafor rang", Entity.PERSON),
    ],
)
def test_a_faith_is_a_group_and_no_person(text: str, kind: Entity) -> None:
    """A surrogate name in its place would say that somebody is somebody."""
    assert [span.entity for span in find_listed(text, LISTS)] == [kind]


@pytest.mark.parametrize(
    ("text", "first", "again"),
    [
        (
            "Kwame Boateng left. BOATENG said boateng's car",
            "Kwame Boateng",
            ["Kwame", "Boateng", "BOATENG", "boateng's"],
        ),
        ("Field Officer Hughes. In the field", "Field Officer Hughes", ["Hughes"]),  # `field` is a word
        ("Agnieszka Field left. Field said, in a field", "Agnieszka Field", ["Agnieszka", "Field", "Field"]),
        ("Client agreed. Client left", "Client", []),  # no name of any list: a model's slip does not spread
    ],
)
def test_a_name_that_was_found_is_found_again(text: str, first: str, again: list[str]) -> None:
    """Parts of a found name are found wherever they stand, words only where they are written as a name."""
    span = Span(0, len(first), Entity.PERSON, 0.5)

    assert [text[one.start : one.end] for one in find_repeated(text, [span], LISTS)] == again


@pytest.mark.parametrize(
    ("names", "text", "found"),
    [
        (["Margaret"], "Maggie and magaret came, peggy too", ["Maggie", "magaret", "peggy"]),
        (["Harry"], "they marry in a hurry", []),  # one slip away, and English
        (["Edward"], "the ED was full, Ed left, ed was tired", ["Ed"]),
        (["Jo", "Okonkwo"], "jookonkwo and okonkwojo rang", ["jookonkwo", "okonkwojo"]),
        (["Will"], "bill was paid, Bill left", ["Bill"]),
        (["Nowak"], "Nowak is found by the row's own value", []),
        ([], "Margaret", []),
    ],
)
def test_names_of_the_record_are_found_in_short_and_with_slips(names: list[str], text: str, found: list[str]) -> None:
    """Short forms, one slip of the keyboard and names run together are found; English words are not."""
    assert [text[span.start : span.end] for span in find_near(text, names, LISTS)] == found


@pytest.mark.parametrize(
    ("word", "name", "slips"),
    [
        ("jonh", "john", 1),
        ("smth", "smith", 1),
        ("smithh", "smith", 1),
        ("smyth", "smith", 1),
        ("smythe", "smith", 2),
        ("smith", "smith", 0),
        ("", "a", 1),
        ("ba", "ab", 1),
        ("bca", "abc", 2),
    ],
)
def test_one_slip_of_the_keyboard(word: str, name: str, slips: int) -> None:
    """One letter left out, put in, changed or exchanged with its neighbour is a slip, whichever word is right."""
    assert is_slip(word, name) == (slips == 1)
    assert is_slip(name, word) == (slips == 1)


def test_short_forms_lead_both_ways() -> None:
    """A long name leads to its short forms, and a short one to what it may stand for."""
    assert {"maggie", "peg"} <= other_forms("Margaret")
    assert "margaret" in other_forms("peg")
    assert other_forms("Xyzzy") == frozenset()


def test_words_are_told_from_names() -> None:
    """The lists say of a word whether everybody uses it, dictionaries hold it, or neither."""
    assert [LISTS.ordinary(word) for word in ("will", "john", "okonkwo")] == [
        Ordinary.COMMON, Ordinary.RARE, Ordinary.NEVER,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("SPOKE TO KWAME BOATENG AT HOME", "Spoke to Kwame Boateng at home"),
        ("spoke to kwame boateng, didn't he", "Spoke to Kwame Boateng, didn't he"),
        ("Spoke to BOATENG at home", "Spoke to Boateng at home"),
        ("Spoke to Kwame", "Spoke to Kwame"),
        ("İ ŞŞŞŞ İSTANBUL", None),  # letters that change their length in another case keep it
        ("", ""),
    ],
)
def test_texts_are_read_as_print(text: str, shown: str | None) -> None:
    """Texts in one case get the capitals of print, and no character moves."""
    assert len(readable(text, LISTS)) == len(text)
    assert shown is None or readable(text, LISTS) == shown


@pytest.mark.parametrize(
    "text",
    [
        "rang eilidh about it",
        "harpreet kaur left",
        "RUKHSANA BEGUM RANG",
        "gwilym agreed",
        "told oluwaseun",
        "myfanwy came",
        "spoke to nasreen akhter",
        "thusha sivanesan rang",
        "farzana butt dog bite",
    ],
)
def test_names_of_british_communities_are_found(text: str) -> None:
    """Names that American and generated lists lack are found in any case."""
    assert any(span.entity is Entity.PERSON for span in find_listed(text, LISTS))


@pytest.mark.parametrize("text", ["al " * 30_000, "zofia de la " * 10_000, "jose garcia " * 10_000])
def test_long_runs_of_particles_take_no_longer_each(text: str) -> None:
    """Time grows with the text and no faster."""
    began = time.process_time()

    list(find_listed(text, LISTS))

    assert time.process_time() - began < 5


def test_each_list_of_names_says_where_it_comes_from() -> None:
    """NOTICE names the lists that were written by hand; they hold nothing that the lists of others hold."""
    notice = Path(__file__).parents[2].joinpath("NOTICE").read_text("utf-8")
    for ours, theirs in (("given_in_britain", "given"), ("surnames_in_britain", "surnames")):
        own, other = (set(FOLDER.joinpath(f"{name}.txt").read_text("utf-8").split()) for name in (ours, theirs))
        assert f"{ours}.txt" in notice
        assert not own & other
