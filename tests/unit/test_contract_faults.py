"""Every kind of fault that a contract can have: found, on its line, with a remedy, all at once."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from datalab.contract.odcs.contract_file import parse_contract
from datalab.errors import ContractError

SOUND = """\
apiVersion: v3.2.0
kind: DataContract
id: urn:datalab:county:visits
name: Visits
version: 1.0.0
status: active
description:
  purpose: Research.
customProperties:
- {property: datalab.agency, value: county}
- {property: datalab.privacyUnit, value: person}
- {property: datalab.maxRowsPerUnit, value: 5}
- property: datalab.legalBasis
  value:
    article6: 6(1)(e)
    article9: 9(2)(j)
    gateway: NHS Act 2006
    dpia: D-1
- {property: datalab.retentionUntil, value: 2030-12-31}
- {property: datalab.confirmed, value: true}
schema:
- name: visits
  logicalType: object
  properties:
  - name: person
    logicalType: string
    logicalTypeOptions: {pattern: '[0-9]+'}
    customProperties:
    - {property: datalab.role, value: person_key}
    - {property: datalab.treatment, value: pseudonymise}
  - name: surname
    logicalType: string
    customProperties:
    - {property: datalab.role, value: match_field}
    - {property: datalab.treatment, value: drop}
    - {property: datalab.match, value: surname}
  - name: born
    logicalType: date
    logicalTypeOptions: {format: '%d/%m/%Y', minimum: 1900-01-01, maximum: 2024-12-31}
    customProperties:
    - {property: datalab.role, value: quasi_identifier}
    - {property: datalab.treatment, value: generalise}
    - {property: datalab.generalise, value: {ageBand: 10, top: 90, on: 2024-01-01}}
  - name: outcome
    logicalType: string
    enum:
    - value: home
    - value: ward
    customProperties:
    - {property: datalab.role, value: sensitive}
    - {property: datalab.treatment, value: keep}
    - {property: datalab.maxMissing, value: 0.1}
  - name: minutes
    logicalType: integer
    logicalTypeOptions: {minimum: 0, maximum: 1440}
    customProperties:
    - {property: datalab.role, value: measure}
    - {property: datalab.treatment, value: keep}
    - {property: datalab.unit, value: minutes}
  - name: notes
    logicalType: string
    customProperties:
    - {property: datalab.role, value: free_text}
    - {property: datalab.treatment, value: redact}
"""
ROWS = "- {property: datalab.maxRowsPerUnit, value: 5}"
UNIT = "- {property: datalab.privacyUnit, value: person}"
KEY = "value: person_key}\n    - {property: datalab.treatment, value: pseudonymise}"
GENERALISE = "- {property: datalab.generalise, value: {ageBand: 10, top: 90, on: 2024-01-01}}"
MEASURE = "logicalTypeOptions: {minimum: 0, maximum: 1440}"
BORN = "logicalTypeOptions: {format: '%d/%m/%Y', minimum: 1900-01-01, maximum: 2024-12-31}"
ENUM = "    - value: home\n    - value: ward\n"


@dataclass(frozen=True)
class Case:
    """One fault, made by one change of a sound contract."""

    name: str
    old: str
    new: str
    at: str
    """Text of the line that the fault must name; the first such line after the change (the second with a leading >)."""
    says: str
    """Part of what the fault says."""


CASES = [
    # the document
    Case("not yaml", "kind: DataContract", "kind: [", "name:", "not YAML"),
    Case("duplicate key", "version: 1.0.0", "version: 1.0.0\nkind: DataContract", ">kind:", "stands twice"),
    Case("anchor", "name: Visits", "name: &a Visits", "&a", "Anchors and aliases"),
    Case("tag", "name: Visits", "name: !!str Visits", "!!str", "Tags"),
    Case("second document", "kind: DataContract", "kind: DataContract\n---\na: b", "---", "more than one document"),
    Case("too deep", "name: Visits", "name: " + "[" * 30 + "]" * 30, "[[", "nested too deeply"),
    Case("no such date", "2030-12-31", "2030-02-31", "2030-02-31", "there is none such"),
    # keys
    Case("unknown key", "version: 1.0.0", "versoin: 1.0.0", "versoin", "not a key of a contract"),
    Case("unknown column key", "    enum:", "    enums:", "enums", "not a key of a column"),
    Case("key the lab ignores", "    enum:", "    examples: [home]\n    enum:", "examples", "does not act on it"),
    Case("unknown option", "{minimum: 0,", "{min: 0,", "min: 0", "not a key of a logicalTypeOptions"),
    Case("unknown property", "datalab.unit", "datalab.units", "datalab.units", "not a property"),
    Case("property twice", UNIT, f"{UNIT}\n{UNIT}", ">privacyUnit", "stands twice"),
    Case("property without value", ", value: minutes}", "}", "datalab.unit", "`value` is missing"),
    # the head
    Case("version of standard", "v3.2.0", "v3.1.0", "apiVersion", "`apiVersion: v3.2.0` only"),
    Case("kind", "kind: DataContract", "kind: DataProduct", "kind", "`kind: DataContract` only"),
    Case("no id", "id: urn:datalab:county:visits\n", "", "apiVersion", "`id` is missing"),
    Case("draft status", "status: active", "status: draft", "status", "Only an active contract"),
    Case("version", "version: 1.0.0", "version: '1.0'", "version: '1.0'", "major.minor.patch"),
    Case("version a number", "version: 1.0.0", "version: 1.0", "version", "must be text"),
    Case("no purpose", "  purpose: Research.", "  usage: Research.", "usage", "`purpose` is missing"),
    Case("blank purpose", "purpose: Research.", "purpose: ' '", "purpose", "is blank"),
    Case("bad dataset name", "- name: visits", "- name: A&E visits", "A&E", "not a name"),
    Case("bad agency", "value: county}", "value: The County}", "The County", "not a name"),
    Case("unknown unit", "value: person}", "value: persons}", "persons}", "`persons` is not a"),
    Case("no legal basis", "datalab.legalBasis", "datalab.legalBases", "legalBases", "not a property"),
    Case("no gateway", "    gateway: NHS Act 2006\n", "", "article6", "`gateway` is missing"),
    Case("no article 9", "    article9: 9(2)(j)\n", "", "article6", "outcome is sensitive"),
    Case("no retention", "- {property: datalab.retentionUntil, value: 2030-12-31}\n", "",
         "customProperties:", "is missing"),
    Case("retention no date", "2030-12-31", "next year", "next year", "is not a date"),
    Case("not confirmed", "confirmed, value: true", "confirmed, value: false", "confirmed", "has not confirmed"),
    Case("confirmed in words", "confirmed, value: true", "confirmed, value: 'true'", "confirmed", "true or false"),
    Case("left to confirm", "name: Visits", "name: 'TO CONFIRM: title'", "TO CONFIRM", "Only the custodian"),
    Case("entry to confirm", ROWS, f"{ROWS}\n- {{property: datalab.confirm, value: x}}", "datalab.confirm,", "still"),
    # the privacy unit
    Case("no rows", ROWS + "\n", "", "privacyUnit", "maxRowsPerUnit` is missing"),
    Case("no row", "value: 5}", "value: 0}", "maxRows", "at least one row"),
    Case("rows of a record", "value: person}", "value: record}", "maxRows", "a unit is one row"),
    Case("rows of public data", "value: person}", "value: public}", "maxRows", "no privacy unit"),
    Case("person in public data", "value: person}", "value: public}", "value: person_key", "about no person"),
    Case("match in record data", "value: person}", "value: record}", "datalab.match", "collected for nothing"),
    Case("nobody's rows", KEY, "value: administrative}\n    - {property: datalab.treatment, value: drop}",
         UNIT, "whose"),
    Case("household match", "value: person}", "value: household}", "datalab.match", "Nobody is linked"),
    Case("two keys", "value: sensitive}", "value: person_key}", ">person_key", "at most one person key"),
    # disclosure risk
    Case("k of one", ROWS, f"{ROWS}\n- {{property: datalab.minK, value: 1}}", "minK", "One unit alone"),
    Case("share without k", ROWS, f"{ROWS}\n- {{property: datalab.maxBelowK, value: 0.1}}",
         "maxBelowK", "without `datalab.minK`"),
    Case("empty population", ROWS, f"{ROWS}\n- {{property: datalab.population, value: 0}}",
         "population", "somebody in it"),
    Case("text to compare", "value: free_text}",
         "value: free_text}\n    - {property: datalab.quasiIdentifier, value: true}",
         "quasiIdentifier", "no values to compare"),
    Case("codes upside down", "value: keep}\n    - {property: datalab.unit",
         "value: generalise}\n    - {property: datalab.generalise, value: {topCode: 60, bottomCode: 60}}\n"
         "    - {property: datalab.unit", "topCode", "not below"),
    Case("group of one", "value: keep}\n    - {property: datalab.unit",
         "value: generalise}\n    - {property: datalab.generalise, value: {microaggregate: 1}}\n"
         "    - {property: datalab.unit", "microaggregate", "hides nobody"),
    # columns
    Case("no schema", "schema:\n- name: visits", "schema: []\nx:\n- name: visits", "schema: []", "one dataset"),
    Case("no columns", "  properties:\n", "  properties: []\n  tags:\n", "properties: []", "number of columns"),
    Case("no name", "  - name: notes\n    logicalType", "  - logicalType", "- logicalType", "`name` is missing"),
    Case("name twice", "- name: notes", "- name: MINUTES", "MINUTES", "stands twice"),
    Case("name reserved", "- name: notes", "- name: Unit_Ref", "Unit_Ref", "uses itself"),
    Case("name with blanks", "- name: notes", "- name: ' notes'", "' notes'", "blanks at its ends"),
    Case("no type", "  - name: notes\n    logicalType: string", "  - name: notes", "notes", "`logicalType` is missing"),
    Case("unknown type", "logicalType: integer", "logicalType: int", "logicalType: int", "`int` is not a logicalType"),
    Case("no role", "- {property: datalab.role, value: free_text}", "",
         ">>>>>>customProperties:", "`datalab.role` is missing"),
    Case("unknown role", "free_text", "freetext", "freetext", "`freetext` is not a datalab.role"),
    Case("no treatment", "- {property: datalab.treatment, value: redact}", "",
         ">>>>>>customProperties:", "treatment` is missing"),
    Case("unknown treatment", "redact", "mask", "value: mask", "is not a datalab.treatment"),
    Case("person key kept", "value: pseudonymise", "value: keep", "value: keep", "role person_key cannot"),
    Case("match field kept", "value: drop", "value: keep", "value: keep", "role match_field cannot"),
    Case("free text kept", "value: redact", "value: keep", ">>value: keep", "role free_text cannot"),
    Case("sensitive hashed", "value: keep}", "value: pseudonymise}", ">value: pseudonymise", "role sensitive cannot"),
    Case("free text a number", "  - name: notes\n    logicalType: string", "  - name: notes\n    logicalType: integer",
         "free_text", "must be a string"),
    Case("person key a date", "  - name: person\n    logicalType: string", "  - name: person\n    logicalType: date",
         "person_key", "cannot be a date"),
    # matching
    Case("match field of no kind", "    - {property: datalab.match, value: surname}\n", "",
         "match_field", "not say what"),
    Case("match on a sensitive", "datalab.maxMissing, value: 0.1", "datalab.match, value: sex",
         "value: sex", "recognise"),
    Case("surname kept", "value: match_field}\n    - {property: datalab.treatment, value: drop",
         "value: quasi_identifier}\n    - {property: datalab.treatment, value: keep", "value: keep", "as it is"),
    Case("surname listed", "value: drop}\n    - {property: datalab.match",
         "value: generalise}\n    - {property: datalab.generalise, value: {others: [{keep: Okafor}, {join: Nowak}]}}\n"
         "    - {property: datalab.match", "others:", "A surname is no less one"),
    Case("birth date text", "match, value: surname", "match, value: date_of_birth",
         "date_of_birth", "cannot be a string"),
    # numbers and dates
    Case("measure without bounds", MEASURE, "description: x", "value: measure", "no bounds"),
    Case("measure in words", "logicalType: integer", "logicalType: string", "value: measure", "must be a number"),
    Case("bounds of text", "logicalType: integer", "logicalType: string", "maximum: 1440", "has no `minimum`"),
    Case("bounds upside down", MEASURE, "logicalTypeOptions: {minimum: 9, maximum: 1}", "minimum: 9", "upside down"),
    Case("dates upside down", "minimum: 1900-01-01", "minimum: 2030-01-01", "minimum: 2030", "upside down"),
    Case("one bound", MEASURE, "logicalTypeOptions: {minimum: 9}", "minimum: 9", "both ends"),
    Case("bound a date", MEASURE, "logicalTypeOptions: {minimum: 2020-01-01, maximum: 9}",
         "maximum: 9", "whole number"),
    Case("bound a fraction", MEASURE, "logicalTypeOptions: {minimum: 0.5, maximum: 9}", "0.5", "whole number"),
    Case("bound a number", "minimum: 1900-01-01", "minimum: 1900", "minimum: 1900", "must be a date"),
    Case("bound a moment", "minimum: 1900-01-01", "minimum: 1900-01-01 12:00:00", "12:00:00", "not a date"),
    Case("bound too large", "maximum: 1440", "maximum: 99999999999999999999", "maximum: 999", "beyond 2^53"),
    Case("bound infinite", "logicalType: integer\n    logicalTypeOptions: {minimum: 0, maximum: 1440}",
         "logicalType: number\n    logicalTypeOptions: {minimum: 0, maximum: .inf}", ".inf", "finite"),
    Case("no unit", "    - {property: datalab.unit, value: minutes}\n", "", MEASURE, "no unit"),
    Case("unit of nothing", "datalab.maxMissing, value: 0.1", "datalab.unit, value: GBP", "GBP", "without bounds"),
    Case("unit of dates", GENERALISE, f"{GENERALISE}\n    - {{property: datalab.unit, value: year}}",
         "value: year", "day"),
    Case("bad format", "%d/%m/%Y", "dd/mm/yyyy", "dd/mm/yyyy", "not a date format"),
    Case("format of text", "{pattern: '[0-9]+'}", "{format: '%Y'}", "'%Y'", "has no format"),
    Case("share above one", "value: 0.1}", "value: 10}", "value: 10}", "share of rows"),
    Case("missed, and not redacted", "datalab.maxMissing, value: 0.1", "datalab.maxMissed, value: 0.1", "maxMissed",
         "not redacted"),
    Case("a style, and not redacted", "datalab.maxMissing, value: 0.1", "datalab.replacement, value: numbered",
         "replacement", "not redacted"),
    Case("dates, and not redacted", "datalab.maxMissing, value: 0.1", "datalab.dates, value: mask", "datalab.dates",
         "not redacted"),
    Case("read, and not redacted", "datalab.maxMissing, value: 0.1", "datalab.reviewTexts, value: 50", "reviewTexts",
         "not redacted"),
    Case("nobody reads none", "datalab.maxMissing, value: 0.1", "datalab.reviewTexts, value: 0", "reviewTexts",
         "Nobody reads 0 texts."),
    Case("nobody reads all", "datalab.maxMissing, value: 0.1", "datalab.reviewTexts, value: 5001", "reviewTexts",
         "Nobody reads 5,001 texts."),
    Case("required yet missing", "    enum:", "    required: true\n    enum:", "maxMissing", "may be missing"),
    # generalisation
    Case("generalise not said how", f"    {GENERALISE}\n", "", "value: generalise", "nothing says how"),
    Case("how without generalise", "value: generalise}", "value: drop}", "datalab.generalise", "treatment is drop"),
    Case("no way", "{ageBand: 10, top: 90, on: 2024-01-01}", "{}", "datalab.generalise", "must name one way"),
    Case("two ways", "{ageBand: 10,", "{ageBand: 10, to: year,", "to: year", "must name one way"),
    Case("unknown way", "{ageBand: 10,", "{ageband: 10,", "ageband", "not a key of a datalab.generalise"),
    Case("half a way", "{ageBand: 10, top: 90, on: 2024-01-01}", "{ageBand: 10, on: 2024-01-01}", "ageBand", "`top`"),
    Case("stray part", "{ageBand: 10, top: 90, on: 2024-01-01}", "{to: year, top: 90}", "to: year", "does not go with"),
    Case("unknown part", "{ageBand: 10, top: 90, on: 2024-01-01}", "{to: week}", "week", "`week` is not a to"),
    Case("wide as nothing", "ageBand: 10", "ageBand: 0", "ageBand: 0", "above 0"),
    Case("top in a band", "top: 90", "top: 85", "top: 85", "inside a band"),
    Case("a birth moved", GENERALISE, "- {property: datalab.generalise, value: {shift: days}}\n"
         "    - {property: datalab.match, value: date_of_birth}", "shift: days", "date of birth"),
    Case("moved by something else", "{ageBand: 10, top: 90, on: 2024-01-01}", "{shift: weeks}", "shift: weeks",
         "whole days"),
    Case("does not fit", "{ageBand: 10, top: 90, on: 2024-01-01}", "{band: 10}", "band: 10", "does not fit"),
    Case("top code outside", "value: keep}\n    - {property: datalab.unit",
         "value: generalise}\n    - {property: datalab.generalise, value: {topCode: 2000}}\n"
         "    - {property: datalab.unit",
         "topCode", "outside the stated bounds"),
    Case("too many bands", "maximum: 1440}\n    customProperties:\n    - {property: datalab.role, value: measure}\n"
         "    - {property: datalab.treatment, value: keep}",
         "maximum: 1000000}\n    customProperties:\n    - {property: datalab.role, value: measure}\n"
         "    - {property: datalab.treatment, value: generalise}\n"
         "    - {property: datalab.generalise, value: {band: 10}}", "band: 10}", "more than 10,000 bands"),
    # domain and pattern
    Case("domain empty", "    enum:\n" + ENUM, "    enum: []\n", "enum: []", "is empty"),
    Case("domain twice", "value: ward", "value: home", "enum:", "has duplicates: 'home'"),
    Case("domain not entries", "- value: ward", "- ward", "- ward", "not a mapping"),
    Case("domain of yes", "value: ward", "value: yes", "value: yes", "must be text"),
    Case("label with blanks", "value: ward", "value: 'ward '", "enum:", "blanks at its ends"),
    Case("label of the lab", "value: ward", "value: (missing)", "enum:", "uses itself"),
    Case("domain too long", ENUM, "".join(f"    - value: l{n}\n" for n in range(10_001)), "enum:", "10,001 labels"),
    Case("domain of numbers", MEASURE, f"{MEASURE}\n    enum:\n    - value: 0.5", "0.5", "must be text"),
    Case("domain of dates", BORN, f"{BORN}\n    enum:\n    - value: '10-19'\n    - value: old",
         "enum:", "can never give 'old'"),
    Case("bad pattern", "'[0-9]+'", "'[0-9'", "'[0-9'", "not a regular expression"),
    Case("pattern of Python", "'[0-9]+'", "'(?P<n>[0-9])'", "(?P", "only Python knows"),
    Case("pattern of numbers", MEASURE, "logicalTypeOptions: {minimum: 0, maximum: 1440, pattern: a}",
         "pattern: a", "no pattern"),
    Case("column to confirm", "datalab.maxMissing, value: 0.1", "datalab.confirm, value: x",
         "datalab.confirm,", "still to"),
    # the standard's own judgement
    Case("tags no list", "version: 1.0.0", "version: 1.0.0\ntags: {a: b}", "tags", "The standard does not allow"),
]  # fmt: skip


def line_of(text: str, at: str) -> int:
    """Return the number of the line that holds a text; each leading `>` skips one such line."""
    wanted = at.lstrip(">")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if wanted in line]
    return lines[len(at) - len(wanted)]


def test_the_contract_that_the_cases_change_is_sound() -> None:
    """The table's starting point loads."""
    assert parse_contract(SOUND, "sound").dataset == "visits"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_is_found_on_its_line_with_a_remedy(case: Case) -> None:
    """One change makes a contract that is refused, on the changed line, saying what is wrong and what to write."""
    assert case.old in SOUND
    text = SOUND.replace(case.old, case.new, 1)

    with pytest.raises(ContractError) as refused:
        parse_contract(text, "case.yaml")

    found = refused.value.faults
    assert any(fault.line == line_of(text, case.at) and case.says in fault.what for fault in found), list(
        map(str, found)
    )
    assert all(fault.what and fault.remedy and fault.line for fault in found)


def test_all_faults_come_at_once_in_the_order_of_the_lines() -> None:
    """Faults of several kinds in one file are all reported, each with line, place and remedy."""
    text = SOUND.replace("v3.2.0", "v9").replace("value: redact", "value: keep").replace("maximum: 1440", "maximum: -1")

    with pytest.raises(ContractError) as refused:
        parse_contract(text, "three.yaml")

    assert [fault.line for fault in refused.value.faults] == [
        1,
        line_of(text, "maximum: -1"),
        line_of(text, ">>value: keep"),
    ]
    assert "schema[0].properties[4] (minutes)" in str(refused.value)
    assert "three.yaml: 3 fault(s)" in str(refused.value)


@pytest.mark.parametrize(
    ("wrong", "right"), [("versoin", "version"), ("datalab.rol", "datalab.role"), ("free_txt", "free_text")]
)
def test_a_misspelt_word_is_answered_with_the_nearest(wrong: str, right: str) -> None:
    """The remedy names the known word that is nearest to what was written."""
    with pytest.raises(ContractError) as refused:
        parse_contract(SOUND.replace(right, wrong, 1), "x")

    assert f"Did you mean `{right}`?" in str(refused.value)


def test_a_k_needs_quasi_identifiers_that_reach_research() -> None:
    """A contract that asks for k and drops every quasi-identifier is told so."""
    asks = SOUND.replace(ROWS, f"{ROWS}\n- {{property: datalab.minK, value: 5}}")
    parse_contract(asks, "sound")
    dropped = asks.replace(f"value: generalise}}\n    {GENERALISE}", "value: drop}")

    with pytest.raises(ContractError) as caught:
        parse_contract(dropped, "dropped")

    assert [fault.what for fault in caught.value.faults] == [
        "No column that reaches research is a quasi-identifier, so there are no combinations to count."
    ]


def test_means_of_groups_are_not_listed() -> None:
    """A list beside microaggregation would be of means that nobody knows beforehand, and hold every extract."""
    listed = SOUND.replace(
        f"    {MEASURE}\n    customProperties:\n"
        "    - {property: datalab.role, value: measure}\n    - {property: datalab.treatment, value: keep}",
        f"    {MEASURE}\n    enum: [{{value: 5}}, {{value: 10}}]\n    customProperties:\n"
        "    - {property: datalab.role, value: measure}\n    - {property: datalab.treatment, value: generalise}\n"
        "    - {property: datalab.generalise, value: {microaggregate: 5}}",
    )
    parse_contract(listed.replace("    enum: [{value: 5}, {value: 10}]\n", ""), "sound")

    with pytest.raises(ContractError, match="Means of groups are not known beforehand"):
        parse_contract(listed, "wrong")


MATCHED = {
    "nhs_number": ("integer", "{topCode: 9999999999}"),
    "national_id": ("integer", "{band: 10}"),
    "phone": ("integer", "{microaggregate: 2}"),
    "surname": ("string", "{postcode: district}"),
    "postcode": ("string", "{others: [{keep: GU21 4XX}, {join: GU21 4XY}]}"),
}


@pytest.mark.parametrize("kind", MATCHED)
def test_what_singles_people_out_is_coarse_or_dropped(kind: str) -> None:
    """A number, a name or an address that a generalisation may leave as it is does not reach research."""
    logical_type, how = MATCHED[kind]
    text = SOUND.replace(
        "  - name: surname\n    logicalType: string", f"  - name: surname\n    logicalType: {logical_type}"
    )
    text = text.replace(
        "value: drop}\n    - {property: datalab.match, value: surname}",
        f"value: generalise}}\n    - {{property: datalab.generalise, value: {how}}}\n"
        f"    - {{property: datalab.match, value: {kind}}}",
    )

    with pytest.raises(ContractError) as caught:
        parse_contract(text, "wrong")

    assert [fault.what for fault in caught.value.faults] == [f"A {kind} is no less one when it is generalised so."]


@pytest.mark.parametrize(
    ("others", "says"),
    [
        ("[{keep: home}, {join: ward}]", ""),
        ("[{keep: home}]", "Some categories must be kept and some joined"),
        ("[{keep: home, join: ward}]", "An entry names one category"),
        ("[{keep: home}, {join: home}]", "A category stands twice"),
        ("[{keep: Other}, {join: home}]", "A category stands twice, or Other is kept"),
        ("[{keep: (missing)}, {join: home}]", "which the lab uses itself"),
        ("[{keep: 'home '}, {join: ward}]", "blanks at its ends"),
        (f"[{', '.join(f'{{keep: c{number}}}' for number in range(10_000))}, {{join: x}}]", "10,001 labels"),
    ],
)
def test_categories_are_kept_or_joined(others: str, says: str) -> None:
    """Each is listed once, some are kept and some joined, `Other` never kept; what is kept is a public label."""
    text = SOUND.replace("    enum:\n" + ENUM, "").replace(
        "value: keep}\n    - {property: datalab.maxMissing",
        f"value: generalise}}\n    - {{property: datalab.generalise, value: {{others: {others}}}}}\n"
        "    - {property: datalab.maxMissing",
    )
    if not says:
        parse_contract(text, "sound")
        return
    with pytest.raises(ContractError, match=says):
        parse_contract(text, "wrong")
