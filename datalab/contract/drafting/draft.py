"""A first contract for a custodian to finish, drafted on their own machine from a sample.

What a draft may take from the data is the type of a column and what it is likely to be. Domains and bounds become
public when a contract is registered, so they are never read off the data (law 6): where one is needed the draft asks
for it with `TO CONFIRM`, and with that text anywhere in it a contract does not load.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from datalab.contract.drafting.naming import ColumnNamer, FirstOf, HeaderNamer, Suggestion, header_words
from datalab.contract.drafting.value_types import ValueType, value_type
from datalab.contract.model import LogicalType, MatchKind, Role, Treatment
from datalab.contract.odcs.generalise_rules import DATED, NUMERIC
from datalab.contract.odcs.vocabulary import API_VERSION, KIND, TO_CONFIRM
from datalab.contract.odcs.writing import yaml_text

HEADING = """\
# Draft of a data contract. It does not load until you, the custodian, have settled it:
#   1. Replace every text that starts with "TO CONFIRM".
#   2. Check the role and treatment of every column; delete its datalab.confirm entry when it is right.
#   3. State domains and bounds from what your forms and code lists allow, never by looking at the data:
#      they become public.
#   4. Write status: active and datalab.confirmed: true.
# `datalab contract check FILE` says what is left. The words are explained in docs/contract-vocabulary.md.
"""
PUBLISHED = frozenset({Treatment.KEEP, Treatment.GENERALISE})
"""Treatments after which values reach research."""
AGE_BAND = {"band": 10, "top": 90}
"""Ten-year bands, open from 90: the usual ones of UK health statistics."""
DATED_HEADER = re.compile(r"\b(date|time|month|day|period|timestamp|when)\b")
"""Words of a header that make eight digits a date."""


def draft_contract(name: str, columns: Mapping[str, Sequence[str]], namer: ColumnNamer | None = None) -> str:
    """Draft a contract.

    Args:
        name: of the dataset; turned into lower case letters, digits and underscores.
        columns: of each column some values as text; blanks are missing values.
        namer: says what columns probably are; asked after the headers, by default nobody.

    Returns:
        YAML that `parse_contract` refuses with one fault for each thing the custodian has to settle. It depends on
        the values only through types, date formats and suggestions.
    """
    namers = FirstOf((HeaderNamer(),) if namer is None else (HeaderNamer(), namer))
    samples = {column: [text.strip() for text in values if text.strip()] for column, values in columns.items()}
    said = {column: namers.suggest(column, sample) for column, sample in samples.items()}
    _settle_key(said)
    entries = [_column(column, sample, said[column]) for column, sample in samples.items()]
    dataset = dataset_name(name)
    return HEADING + yaml_text(_document(dataset, entries))


def dataset_name(name: str) -> str:
    """Return a name in the form that datasets have: lower case letters, digits and underscores."""
    joined = "_".join(re.findall(r"[a-z0-9]+", name.casefold()))[:63].rstrip("_")
    return joined if joined[:1].isalpha() else f"dataset_{joined}"[:63].rstrip("_")


def _ask(what: str) -> str:
    return f"{TO_CONFIRM}: {what}"


def _document(dataset: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
    legal = {
        "article6": _ask("lawful basis, such as 6(1)(e) public task"),
        "article9": _ask("condition for special-category or offence data; delete this line where there is none"),
        "gateway": _ask("statutory power or duty relied on"),
        "dpia": _ask("reference of the data protection impact assessment"),
    }
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "id": f"urn:datalab:{dataset}",
        "name": _ask("title that people can read"),
        "version": "1.0.0",
        "status": "draft",
        "description": {"purpose": _ask("what the data may be used for")},
        "customProperties": _properties(
            {
                "datalab.agency": _ask("your organisation, such as surrey_police"),
                "datalab.privacyUnit": _ask("person, household, record or public"),
                "datalab.maxRowsPerUnit": _ask("most rows that one unit can have; delete this entry for public data"),
                "datalab.legalBasis": legal,
                "datalab.retentionUntil": _ask("last day on which the lab may hold the data"),
                "datalab.confirmed": False,
            }
        ),
        "schema": [{"name": dataset, "logicalType": "object", "properties": entries}],
    }


def _settle_key(said: dict[str, Suggestion | None]) -> None:
    """Leave one person key: the first that says of what it is the key, rather than `id`."""
    keys = [column for column, what in said.items() if what is not None and what.role is Role.PERSON_KEY]
    chosen = min(keys, key=lambda column: header_words(column) == "id", default=None)
    for column in keys:
        if column != chosen:
            reason = "it looks like a second key, and a dataset has one person key"
            said[column] = Suggestion(role=Role.QUASI_IDENTIFIER, treatment=Treatment.DROP, reason=reason)


def _column(column: str, sample: Sequence[str], said: Suggestion | None) -> dict[str, Any]:
    expected = said.match is MatchKind.DATE_OF_BIRTH if said else bool(DATED_HEADER.search(header_words(column)))
    found = value_type(sample, date_expected=expected)
    suggestion = _fitting(said, found) if said else _by_type(found)
    kind = _kind(suggestion, found)
    enum = _enum(kind, suggestion)
    options = {"format": _format(found)} if kind in DATED else {}
    properties: dict[str, Any] = {
        "datalab.role": suggestion.role.value,
        "datalab.treatment": suggestion.treatment.value,
    }
    if suggestion.treatment in PUBLISHED and enum is None and kind in DATED | NUMERIC:
        options |= {
            "minimum": _ask("smallest value that can be, from the form or the period, not from the data"),
            "maximum": _ask("largest value that can be"),
        }
        properties["datalab.unit"] = _ask("unit, such as minutes, GBP, years") if kind in NUMERIC else None
    properties["datalab.generalise"] = _generalise(kind) if suggestion.treatment is Treatment.GENERALISE else None
    properties["datalab.match"] = suggestion.match.value if suggestion.match else None
    if not found.pure and kind is found.logical_type:
        properties["datalab.maxInvalid"] = _ask("share of values that may be no such value, such as suppression marks")
    properties["datalab.confirm"] = f"Proposed because {suggestion.reason}. Right? Then delete this entry."
    return {
        "name": column,
        "logicalType": kind.value,
        **({"enum": [{"value": enum}]} if enum else {}),
        **({"logicalTypeOptions": stated} if (stated := _stated(options)) else {}),
        "customProperties": _properties(_stated(properties)),
    }


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _properties(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"property": key, "value": value} for key, value in values.items()]


def _enum(kind: LogicalType, suggestion: Suggestion) -> str | None:
    """Return the question that stands where the domain of a column will; None where it has none."""
    if suggestion.treatment not in PUBLISHED or suggestion.role is Role.MEASURE:
        return None
    match kind:
        case LogicalType.INTEGER if suggestion.treatment is Treatment.KEEP:
            return _ask("each code of your code list")
        case LogicalType.STRING if suggestion.match is MatchKind.SEX:
            return _ask("each code of your code list (the NHS Data Dictionary has 1, 2, 9 and X)")
        case LogicalType.STRING if suggestion.match is MatchKind.POSTCODE:
            return _ask("each postcode district (outward code) of your area")
        case LogicalType.STRING:
            return _ask("each category of your code list")
        case _:
            return None


def _by_type(found: ValueType) -> Suggestion:
    """Say what a column is whose header says nothing; what cannot be told is dropped."""
    keep, drop = Treatment.KEEP, Treatment.DROP
    match found.logical_type:
        case LogicalType.INTEGER | LogicalType.NUMBER:
            return Suggestion(role=Role.MEASURE, treatment=keep, reason="it holds numbers")
        case LogicalType.DATE | LogicalType.TIMESTAMP:
            return Suggestion(role=Role.EVENT_TIME, treatment=Treatment.GENERALISE, reason="it holds dates")
        case LogicalType.BOOLEAN:
            return Suggestion(role=Role.SENSITIVE, treatment=keep, reason="it holds yes or no")
        case LogicalType.STRING if found.prose:
            return Suggestion(role=Role.FREE_TEXT, treatment=Treatment.REDACT, reason="it holds sentences")
        case _:
            reason = "nothing says what it is, so it is dropped until you say"
            return Suggestion(role=Role.QUASI_IDENTIFIER, treatment=drop, reason=reason)


def _fitting(said: Suggestion, found: ValueType) -> Suggestion:
    """Drop what a header promises to be generalisable and is of a type that is not."""
    kind = found.logical_type
    if said.role is Role.FREE_TEXT and kind is not LogicalType.STRING:
        return _by_type(found)
    if said.treatment is not Treatment.GENERALISE or said.match is MatchKind.POSTCODE or kind in NUMERIC | DATED:
        return said
    return Suggestion(role=said.role, treatment=Treatment.DROP, match=said.match, reason=said.reason)


def _kind(suggestion: Suggestion, found: ValueType) -> LogicalType:
    """Return the type to write: some roles and match fields allow few."""
    textual = (LogicalType.STRING, LogicalType.INTEGER)
    if suggestion.match is MatchKind.DATE_OF_BIRTH:
        return found.logical_type if found.logical_type in DATED else LogicalType.DATE
    if suggestion.match is MatchKind.POSTCODE:
        return LogicalType.STRING
    limited = suggestion.match is not None or suggestion.role is Role.PERSON_KEY
    return LogicalType.STRING if limited and found.logical_type not in textual else found.logical_type


def _format(found: ValueType) -> str | None:
    match found.formats:
        case ():
            return None if found.logical_type in DATED else _ask("strptime format of the dates, such as %d/%m/%Y")
        case (form,):
            return None if form == "%Y-%m-%d" else form
        case several:
            return _ask(f"one of {' or '.join(several)}: the sample fits each")


def _generalise(kind: LogicalType) -> dict[str, Any]:
    if kind in DATED:
        return {"to": "month"}
    return dict(AGE_BAND) if kind in NUMERIC else {"postcode": "district"}
