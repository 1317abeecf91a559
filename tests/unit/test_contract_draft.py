"""Drafts: types and likely roles are found, what only the custodian knows is asked, no value is told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
import yaml

from datalab.contract.drafting.draft import dataset_name, draft_contract
from datalab.contract.drafting.naming import FirstOf, HeaderNamer, Suggestion
from datalab.contract.drafting.value_types import value_type
from datalab.contract.model import LogicalType, MatchKind, Role, Treatment
from datalab.contract.odcs.contract_file import parse_contract
from datalab.errors import ContractError

SAMPLE = {
    "nominal_ref": ["N100", "N101", "N102"],
    "NHS Number": ["943 476 5919", "943 476 5870", ""],
    "surname": ["Ahmed", "O'Brien", "Smith-Jones"],
    "dob": ["23/01/1987", "04/11/2003", "30/06/1999"],
    "Gender": ["F", "M", "F"],
    "home postcode": ["GU21 4XX", "GU22 7AA", ""],
    "offence": ["Burglary", "Robbery", "Burglary"],
    "attended": ["2024-03-01 12:30:00", "2024-03-02 01:15:00", "2024-03-05 23:59:59"],
    "minutes": ["17", "43", "61"],
    "cost": ["12.50", "7.25", "x"] + ["3.75"] * 27,
    "repeat": ["true", "false", "false"],
    "narrative": [
        "He was seen by a neighbour near the shop.",
        "Caller said that her car had gone.",
        "No trace was found.",
    ],
    "widget": ["alpha", "beta", "gamma"],
}


def properties_of(draft: str) -> dict[str, dict[str, Any]]:
    """Return of each column of a draft its entry, the lab's properties among its keys."""
    found = {}
    for entry in yaml.safe_load(draft)["schema"][0]["properties"]:
        own = {item["property"].removeprefix("datalab."): item["value"] for item in entry["customProperties"]}
        found[entry["name"]] = {**entry, **own}
    return found


@pytest.mark.parametrize(
    ("column", "kind", "role", "treatment", "match"),
    [
        ("nominal_ref", "string", "person_key", "pseudonymise", None),
        ("NHS Number", "string", "match_field", "drop", "nhs_number"),
        ("surname", "string", "match_field", "drop", "surname"),
        ("dob", "date", "match_field", "drop", "date_of_birth"),
        ("Gender", "string", "quasi_identifier", "keep", "sex"),
        ("home postcode", "string", "geography", "generalise", "postcode"),
        ("offence", "string", "sensitive", "keep", None),
        ("attended", "timestamp", "event_time", "generalise", None),
        ("minutes", "integer", "measure", "keep", None),
        ("cost", "number", "measure", "keep", None),
        ("repeat", "boolean", "sensitive", "keep", None),
        ("narrative", "string", "free_text", "redact", None),
        ("widget", "string", "quasi_identifier", "drop", None),
    ],
)
def test_types_and_likely_roles_are_found(column: str, kind: str, role: str, treatment: str, match: str | None) -> None:
    """Each column of a typical extract is proposed as what it is; what cannot be told is dropped."""
    entry = properties_of(draft_contract("incidents", SAMPLE))[column]

    assert (entry["logicalType"], entry["role"], entry["treatment"], entry.get("match")) == (
        kind,
        role,
        treatment,
        match,
    )


def test_date_formats_are_found() -> None:
    """Dates come with the strptime format that reads them."""
    drafted = properties_of(draft_contract("incidents", SAMPLE))

    assert drafted["dob"]["logicalTypeOptions"]["format"] == "%d/%m/%Y"
    assert drafted["attended"]["logicalTypeOptions"]["format"] == "%Y-%m-%d %H:%M:%S"


def test_domains_and_bounds_are_asked_and_never_proposed() -> None:
    """Wherever a domain or a bound would stand, the draft holds a question for the custodian."""
    for entry in properties_of(draft_contract("incidents", SAMPLE)).values():
        stated = [label["value"] for label in entry.get("enum", [])]
        stated += [end for key, end in entry.get("logicalTypeOptions", {}).items() if key in ("minimum", "maximum")]
        assert all(text.startswith("TO CONFIRM") for text in stated), entry["name"]


def test_a_draft_is_the_same_whatever_the_values_are() -> None:
    """Two samples of the same types give the same draft, letter for letter: the values themselves never enter it."""
    other = {
        "nominal_ref": ["ZZ9", "ZZ8"],
        "NHS Number": ["401 023 2137"],
        "surname": ["Nowak", "Li"],
        "dob": ["31/12/1950", "15/10/1961"],
        "Gender": ["2", "1", "X"],
        "home postcode": ["LS1 4AP"],
        "offence": ["Arson"],
        "attended": ["2019-11-30 07:07:07"],
        "minutes": ["999", "100000"],
        "cost": ["0.01"] * 20 + ["n/a"],
        "repeat": ["TRUE"],
        "narrative": ["A long account of quite another day in quite another town altogether."],
        "widget": ["omega"],
    }

    assert draft_contract("incidents", SAMPLE) == draft_contract("incidents", other)


def test_a_draft_is_refused_with_a_fault_for_each_thing_to_confirm() -> None:
    """A draft does not load, and every fault is a question to the custodian, with its line."""
    draft = draft_contract("incidents", SAMPLE)

    with pytest.raises(ContractError) as refused:
        parse_contract(draft, "draft")

    faults = refused.value.faults
    asked = draft.count("TO CONFIRM") - draft.split("apiVersion")[0].count("TO CONFIRM")
    assert len(faults) == asked + len(SAMPLE) + 2  # a question each, a confirmation a column, status, confirmed
    assert all(fault.line for fault in faults)
    assert {fault.what for fault in faults} == {
        "Only the custodian can know this.",
        "This column is still to be confirmed.",
        "Only an active contract binds anybody.",
        "The custodian has not confirmed this contract.",
    }


ANSWERS = {
    "your organisation": "county_police",
    "person, household": "person",
    "most rows that one unit": "50",
    "last day": "2030-12-31",
    "share of values": "0.1",
}
"""What a custodian writes for the questions whose answers have a form."""


def confirm(draft: str) -> str:
    """Settle a draft as a custodian would: answer, delete the reminders, sign."""
    document = yaml.safe_load(draft)
    document = _answered(document)
    document["status"] = "active"
    for entry in document["customProperties"]:
        if entry["property"] == "datalab.confirmed":
            entry["value"] = True
    for column in document["schema"][0]["properties"]:
        column["customProperties"] = [p for p in column["customProperties"] if p["property"] != "datalab.confirm"]
        dated = column["logicalType"] in ("date", "timestamp")
        options = column.get("logicalTypeOptions", {})
        if "minimum" in options:
            options |= {"minimum": "2000-01-01", "maximum": "2030-12-31"} if dated else {"minimum": 0, "maximum": 100}
    text: str = yaml.safe_dump(document, sort_keys=False)
    return text


def _answered(node: Any) -> Any:
    match node:
        case dict():
            return {key: _answered(value) for key, value in node.items()}
        case list():
            return [_answered(value) for value in node]
        case str() if node.startswith("TO CONFIRM"):
            answer = next((answer for asked, answer in ANSWERS.items() if asked in node), "AB1")
            return yaml.safe_load(answer)
        case _:
            return node


def test_a_confirmed_draft_loads() -> None:
    """Once the custodian has answered every question and deleted the reminders, the contract loads."""
    contract = parse_contract(confirm(draft_contract("incidents", SAMPLE)), "confirmed")

    assert contract.person_key is not None
    assert contract.person_key.name == "nominal_ref"
    assert len(contract.columns) == len(SAMPLE)


def test_a_namer_is_asked_where_the_header_says_nothing() -> None:
    """A cleverer namer decides on columns that headers do not explain, and its reason stands in the draft."""

    class Finds:
        def suggest(self, column: str, sample: Sequence[str]) -> Suggestion | None:
            assert column
            assert "" not in sample
            return Suggestion(
                role=Role.MATCH_FIELD, treatment=Treatment.DROP, match=MatchKind.SURNAME, reason="it knows"
            )

    drafted = properties_of(draft_contract("incidents", SAMPLE, Finds()))

    assert drafted["widget"]["match"] == "surname"
    assert "it knows" in drafted["widget"]["confirm"]
    assert drafted["nominal_ref"]["role"] == "person_key"


def test_a_second_key_is_not_proposed() -> None:
    """Of several keys the one that says whose it is stays, and the others are dropped."""
    drafted = properties_of(draft_contract("x", {"id": ["1"], "person_id": ["a"], "case_id": ["b"]}))

    assert [drafted[name]["role"] for name in drafted] == ["quasi_identifier", "person_key", "quasi_identifier"]


@pytest.mark.parametrize(
    ("values", "kind", "formats"),
    [
        (["1", "-2", "30"], LogicalType.INTEGER, ()),
        (["01", "02"], LogicalType.STRING, ()),
        (["07700 900123"], LogicalType.STRING, ()),
        (["1.5", "2", ".5", "1e-3"], LogicalType.NUMBER, ()),
        (["E01022480"], LogicalType.STRING, ()),
        (["True", "false"], LogicalType.BOOLEAN, ()),
        (["2024-02-30"], LogicalType.STRING, ()),
        (["2022-10"], LogicalType.DATE, ("%Y-%m",)),
        (["01/02/2020"], LogicalType.DATE, ("%d/%m/%Y", "%m/%d/%Y")),
        (["2025-08-06T00:10:06.4964"], LogicalType.TIMESTAMP, ("%Y-%m-%dT%H:%M:%S.%f",)),
        (["19151111"], LogicalType.INTEGER, ()),
        ([], LogicalType.STRING, ()),
    ],
)
def test_types_of_values(values: list[str], kind: LogicalType, formats: tuple[str, ...]) -> None:
    """Values are typed as a careful person would: codes stay text, and a format is named only where it reads them."""
    found = value_type(values)

    assert (found.logical_type, found.formats) == (kind, formats)


def test_eight_digits_are_a_date_only_where_expected() -> None:
    """A compact date is found in a column of dates of birth."""
    assert value_type(["19151111"], date_expected=True).formats == ("%Y%m%d",)


def test_an_ambiguous_format_is_asked() -> None:
    """Where day and month could be swapped the custodian is asked which it is."""
    entry = properties_of(draft_contract("x", {"when": ["01/02/2020"]}))["when"]

    assert re.match(r"TO CONFIRM: one of %d/%m/%Y or %m/%d/%Y", entry["logicalTypeOptions"]["format"])


@pytest.mark.parametrize(
    ("name", "expected"), [("2022-10-Surrey street", "dataset_2022_10_surrey_street"), ("A&E", "a_e"), ("!", "dataset")]
)
def test_names_of_datasets(name: str, expected: str) -> None:
    """A file's name becomes a dataset's name."""
    assert dataset_name(name) == expected


def test_the_first_namer_that_knows_decides() -> None:
    """Of several namers the first with a suggestion is followed."""
    assert FirstOf(()).suggest("dob", ()) is None
    found = FirstOf((HeaderNamer(),)).suggest("Date of Birth", ())
    assert found is not None
    assert found.match is MatchKind.DATE_OF_BIRTH
