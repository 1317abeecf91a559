"""The documentation of the vocabulary and the reader know the same words."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest

from datalab.contract.model import MatchKind, PrivacyUnit, Replacement, Role, TextDates, Treatment
from datalab.contract.odcs.column_rules import TREATMENTS
from datalab.contract.odcs.contract_file import parse_contract
from datalab.contract.odcs.structure import MODELS, standard_keys
from datalab.contract.odcs.vocabulary import SHAPES, VOCABULARY, Shape

DOCUMENT = (Path(__file__).parents[2] / "docs" / "contract-vocabulary.md").read_text()
WORDS = {
    "Privacy units": PrivacyUnit,
    "Roles": Role,
    "Treatments": Treatment,
    "Match kinds": MatchKind,
    "What stands in redacted text": Replacement,
    "Dates in redacted text": TextDates,
}


def rows_under(heading: str) -> list[list[str]]:
    """Return the cells of each row of the table below a heading."""
    part = DOCUMENT.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("|")]
    return rows[2:]


def words_under(heading: str) -> list[str]:
    """Return the words in the first cells of the table below a heading."""
    return [word for row in rows_under(heading) for word in re.findall(r"`([^`]+)`", row[0])]


@pytest.mark.parametrize("shape", [*SHAPES, *VOCABULARY], ids=lambda shape: shape.title)
def test_every_key_the_reader_takes_is_documented_and_no_other(shape: Shape) -> None:
    """The table of a mapping lists exactly the keys that the reader takes in it."""
    assert sorted(words_under(shape.title)) == sorted(shape.keys)


@pytest.mark.parametrize(("heading", "words"), WORDS.items())
def test_every_word_of_a_list_is_documented_and_no_other(heading: str, words: type[StrEnum]) -> None:
    """The tables of units, roles, treatments, match kinds and styles list exactly the model's."""
    assert sorted(words_under(heading)) == sorted(words)


def test_the_documented_treatments_are_those_of_the_rules() -> None:
    """The third column of the table of roles is the rule itself."""
    documented = {row[0].strip("`"): set(row[2].split(", ")) for row in rows_under("Roles")}

    assert documented == {str(role): {str(treatment) for treatment in found} for role, found in TREATMENTS.items()}


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape.title in MODELS], ids=lambda shape: shape.title)
def test_every_key_is_one_of_the_standard(shape: Shape) -> None:
    """The lab adds no key of its own to the standard: its words are custom properties."""
    assert set(shape.keys) <= standard_keys(shape)


def test_the_example_loads() -> None:
    """The example in the documentation is a contract."""
    example = DOCUMENT.split("```yaml\n", 1)[1].split("```", 1)[0]

    assert parse_contract(example, "example").dataset == "incidents"
