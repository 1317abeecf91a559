"""Names with a small word in the middle, weekdays before dates, and houses before their streets go whole."""

from __future__ import annotations

import pytest
from rules_and_names import RulesAndNames

from anonymise.prose.entities import Entity, Span
from anonymise.prose.redaction import Redactor, merge

REDACTOR = Redactor(RulesAndNames())
PLACE, BODY, PERSON = Entity.LOCATION, Entity.ORGANISATION, Entity.PERSON


def merged(text: str, first: Entity, between: str, second: Entity) -> list[str]:
    """Return the findings of a text after two were made of what stands beside a joint."""
    at = text.index(between)
    spans = [Span(0, at, first, 0.5), Span(at + len(between), len(text), second, 0.5)]
    return [text[span.start : span.end] for span in merge(text, spans)]


@pytest.mark.parametrize(
    ("text", "first", "between", "second"),
    [
        ("Torbay and South Devon NHS Foundation Trust", PLACE, " and ", BODY),
        ("Maritime and Coastguard Agency", BODY, " and ", BODY),
        ("Newcastle upon Tyne", PLACE, " upon ", PLACE),
        ("Stoke-on-Trent City Council", PLACE, "-on-", BODY),
        ("University of Sunderland", BODY, " of ", PLACE),
        ("Royal Borough of Kensington", PERSON, " of ", PLACE),
        ("London Borough of Barking and Dagenham", BODY, " and ", PLACE),
        ("NHS Greater Glasgow and Clyde", BODY, " and ", PERSON),
    ],
)
def test_two_sides_of_one_name_are_one(text: str, first: Entity, between: str, second: Entity) -> None:
    """Nothing is left of the word between two findings that are one name."""
    assert merged(text, first, between, second) == [text]


@pytest.mark.parametrize(
    ("text", "first", "between", "second"),
    [
        ("Leeds and Bradford", PLACE, " and ", PLACE),
        ("Barts Hospital and Homerton Hospital", BODY, " and ", BODY),
        ("Joan Okafor and Mary Lee", PERSON, " and ", PERSON),
        ("Joan Okafor and Sefton Council", PERSON, " and ", BODY),
        ("Kwame of Leeds", PERSON, " of ", PLACE),
        ("Serco upon Leeds", BODY, " upon ", PLACE),
        ("Leeds\nand Bradford City Council", PLACE, "\nand ", BODY),
    ],
)
def test_two_names_stay_two(text: str, first: Entity, between: str, second: Entity) -> None:
    """Two places, two bodies and two people beside `and` keep the word between."""
    assert merged(text, first, between, second) == text.split(between)


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Seen on Tuesday 7 March 2023.", "Seen on [DATE]."),
        ("due Friday, 3 February", "due [DATE]"),
        ("Mon 14/03/2022 at 9", "[DATE] at 9"),
        ("on Thursday the 4th of May 2021", "on [DATE]"),
        ("ar 12 Mai 2023.", "ar [DATE]."),
        ("dydd Llun 1af o Ionawr 2024", "dydd Llun [DATE]"),
        ("strat mtg 14/3 re", "strat mtg [DATE] re"),
        ("met 12 maintenance men", "met 12 maintenance men"),
        ("she sat 14/03/2022", "she sat [DATE]"),
        ("seen on Tuesday in March 2023", "seen on Tuesday in March 2023"),
    ],
)
def test_a_weekday_goes_with_its_date(text: str, published: str) -> None:
    """A weekday just before a day goes with it, and Welsh months are months; a weekday alone and a verb stay."""
    assert REDACTOR.redact([text])[0].text == published


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Possession of Ground Floor Flat, 201 Garratt Lane will", "Possession of [ADDRESS], [ADDRESS] will"),
        ("The Old Forge, Main Street", "[ADDRESS], [ADDRESS]"),
        ("Gwalia House, 31 Heol Fawr", "[ADDRESS], [ADDRESS]"),
        ("of The Manse, 4 Kirk Wynd", "of [ADDRESS], [ADDRESS]"),
        ("of 31 Heol Fawr.", "of [ADDRESS]."),
        ("of Ffordd yr Ysgol.", "of [ADDRESS]."),
        ("of 4 Maes y Coed.", "of [ADDRESS]."),
        ("of Flat 2/1, 88 Garrioch Quadrant", "of [ADDRESS], [ADDRESS]"),
        ("the House, 4 members of it and the lane", "the House, 4 members of it and the lane"),
        ("on the ground floor flat out", "on the ground floor flat out"),
        ("He lives in a garden flat, 3 rooms", "He lives in a garden flat, 3 rooms"),
    ],
)
def test_a_house_goes_with_its_street(text: str, published: str) -> None:
    """A floor, a flat, a house by its name and streets of Wales and Scotland go, and such words alone stay."""
    assert REDACTOR.redact([text])[0].text == published
