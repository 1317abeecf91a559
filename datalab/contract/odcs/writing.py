"""A contract as YAML text: what `parse_contract` reads back as an equal contract."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

import yaml

from datalab.contract.model import Column, Contract, Replacement, TextDates
from datalab.contract.odcs.generalise import generalise_value
from datalab.contract.odcs.vocabulary import API_VERSION, KIND

WIDTH = 110  # characters a line


def write_contract(contract: Contract) -> str:
    """Return the YAML of a contract; reading it gives an equal contract."""
    basis = contract.legal_basis
    legal = {
        "article6": basis.article_6,
        "article9": basis.article_9,
        "gateway": basis.gateway,
        "dpia": basis.dpia,
    }
    document: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "id": f"urn:datalab:{contract.agency}:{contract.dataset}",
        "name": contract.title,
        "version": contract.version,
        "status": "active",
        "description": {"purpose": contract.purpose},
        "customProperties": _properties(
            {
                "datalab.agency": contract.agency,
                "datalab.privacyUnit": contract.privacy_unit.value,
                "datalab.maxRowsPerUnit": contract.max_rows_per_unit,
                "datalab.keySpace": contract.key_space if contract.key_space != contract.dataset else None,
                "datalab.minK": contract.min_k,
                "datalab.maxBelowK": contract.max_below_k or None,
                "datalab.population": contract.population,
                "datalab.legalBasis": {key: value for key, value in legal.items() if value is not None},
                "datalab.retentionUntil": contract.retention_until.isoformat(),
                "datalab.confirmed": True,
            }
        ),
        "schema": [
            {
                "name": contract.dataset,
                "logicalType": "object",
                **_stated({"description": contract.description or None}),
                "properties": [_column(column) for column in contract.columns],
            }
        ],
    }
    return yaml_text(document)


class _Dumper(yaml.SafeDumper):
    """Writes text with unusual characters in double quotes: PyYAML folds some line breaks of Unicode elsewhere."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = None if text.replace("\n", "").isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def yaml_text(document: Mapping[str, Any]) -> str:
    """Return a document as YAML, its keys in the order given."""
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)
    return text


def _column(column: Column) -> dict[str, Any]:
    bounds = column.bounds
    options = _stated(
        {
            "format": column.date_format,
            "pattern": column.pattern,
            "minimum": _end(bounds.lower) if bounds else None,
            "maximum": _end(bounds.upper) if bounds else None,
        }
    )
    return {
        "name": column.name,
        "logicalType": column.logical_type.value,
        **_stated(
            {
                "description": column.description or None,
                "required": column.required or None,
                "unique": column.unique or None,
                "enum": [{"value": label} for label in column.domain] if column.domain is not None else None,
                "logicalTypeOptions": options or None,
            }
        ),
        "customProperties": column_properties(column),
    }


def column_properties(column: Column) -> list[dict[str, Any]]:
    """Return the lab's own properties of a column, as the contract's file lists them."""
    bounds = column.bounds
    return _properties(
        {
            "datalab.role": column.role.value,
            "datalab.treatment": column.treatment.value,
            "datalab.unit": bounds.unit if bounds and not isinstance(bounds.lower, date) else None,
            "datalab.generalise": generalise_value(column.generalisation) if column.generalisation else None,
            "datalab.match": column.match.value if column.match else None,
            "datalab.quasiIdentifier": column.quasi_identifier or None,
            "datalab.maxMissing": column.max_missing if column.max_missing != 1 else None,
            "datalab.maxInvalid": column.max_invalid or None,
            "datalab.maxMissed": column.max_missed if column.max_missed != 1 else None,
            "datalab.reviewTexts": column.review_texts or None,
            "datalab.replacement": _unless(column.replacement, Replacement.NUMBERED),
            "datalab.dates": _unless(column.text_dates, TextDates.MASK),
        }
    )


def _unless(word: StrEnum, usual: StrEnum) -> str | None:
    return None if word is usual else word.value


def _properties(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"property": key, "value": value} for key, value in values.items() if value is not None]


def _stated(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _end(value: float | date) -> float | str:
    return value.isoformat() if isinstance(value, date) else value
