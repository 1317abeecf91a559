"""The words a contract may use: which keys stand where, and which `datalab` properties there are.

`docs/contract-vocabulary.md` explains each; a test holds the two equal. The list is an allow-list on purpose: a key
of the standard that the lab would not act on (`quality`, `examples`, `slaProperties`) is refused rather than ignored,
so that no promise stands in a contract that nobody keeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

API_VERSION = "v3.2.0"
"""Version of the Open Data Contract Standard that the lab reads and writes."""
KIND = "DataContract"
TO_CONFIRM = "TO CONFIRM"
"""Text that a draft writes where only the custodian can know; a contract that still holds it does not load."""
PREFIX = "datalab."
"""Prefix of the lab's own properties under `customProperties`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The keys that one kind of mapping may hold."""

    title: str
    """What the mapping is, as messages and the documentation call it."""
    keys: Mapping[str, Shape | None] = field(default_factory=dict)
    """Each key with the shape of the mapping (or of each mapping in the list) below it; None where there is none."""


PROPERTY = Shape(title="customProperties entry", keys={"property": None, "value": None, "description": None})
ENUM = Shape(title="enum entry", keys={"value": None, "label": None, "description": None})
OPTIONS = Shape(title="logicalTypeOptions", keys={"pattern": None, "minimum": None, "maximum": None, "format": None})
COLUMN = Shape(
    title="column",
    keys={
        "name": None,
        "logicalType": None,
        "description": None,
        "required": None,
        "unique": None,
        "enum": ENUM,
        "logicalTypeOptions": OPTIONS,
        "customProperties": PROPERTY,
        "businessName": None,
        "physicalType": None,
        "classification": None,
        "tags": None,
    },
)
SCHEMA = Shape(
    title="schema",
    keys={
        "name": None,
        "logicalType": None,
        "description": None,
        "properties": COLUMN,
        "physicalName": None,
        "physicalType": None,
        "businessName": None,
        "dataGranularityDescription": None,
        "tags": None,
    },
)
DESCRIPTION = Shape(title="description", keys={"purpose": None, "usage": None, "limitations": None})
MEMBER = Shape(
    title="team member",
    keys={"username": None, "name": None, "role": None, "description": None, "dateIn": None, "dateOut": None},
)
TEAM = Shape(title="team", keys={"name": None, "description": None, "members": MEMBER})
SUPPORT = Shape(
    title="support channel", keys={"channel": None, "url": None, "description": None, "tool": None, "scope": None}
)
CONTRACT = Shape(
    title="contract",
    keys={
        "apiVersion": None,
        "kind": None,
        "id": None,
        "name": None,
        "version": None,
        "status": None,
        "description": DESCRIPTION,
        "schema": SCHEMA,
        "customProperties": PROPERTY,
        "contractCreatedTs": None,
        "domain": None,
        "dataProduct": None,
        "tenant": None,
        "team": TEAM,
        "support": SUPPORT,
        "tags": None,
    },
)
SHAPES = (CONTRACT, DESCRIPTION, SCHEMA, COLUMN, OPTIONS, ENUM, PROPERTY, TEAM, MEMBER, SUPPORT)
"""Every shape, for the test that keeps the documentation current."""

LEGAL_BASIS = Shape(
    title="datalab.legalBasis", keys={"article6": None, "article9": None, "gateway": None, "dpia": None}
)
OTHERS = Shape(title="datalab.generalise others", keys={"keep": None, "join": None})
GENERALISE = Shape(
    title="datalab.generalise",
    keys={
        "to": None,
        "band": None,
        "ageBand": None,
        "topCode": None,
        "bottomCode": None,
        "postcode": None,
        "others": OTHERS,
        "microaggregate": None,
        "shift": None,
        "top": None,
        "on": None,
    },
)
CONTRACT_PROPERTIES = Shape(
    title="contract properties",
    keys={
        "datalab.agency": None,
        "datalab.privacyUnit": None,
        "datalab.maxRowsPerUnit": None,
        "datalab.keySpace": None,
        "datalab.minK": None,
        "datalab.maxBelowK": None,
        "datalab.population": None,
        "datalab.legalBasis": LEGAL_BASIS,
        "datalab.retentionUntil": None,
        "datalab.confirmed": None,
        "datalab.confirm": None,
    },
)
COLUMN_PROPERTIES = Shape(
    title="column properties",
    keys={
        "datalab.role": None,
        "datalab.treatment": None,
        "datalab.unit": None,
        "datalab.generalise": GENERALISE,
        "datalab.match": None,
        "datalab.quasiIdentifier": None,
        "datalab.maxMissing": None,
        "datalab.maxInvalid": None,
        "datalab.maxMissed": None,
        "datalab.replacement": None,
        "datalab.dates": None,
        "datalab.reviewTexts": None,
        "datalab.confirm": None,
    },
)
VOCABULARY = (CONTRACT_PROPERTIES, LEGAL_BASIS, COLUMN_PROPERTIES, GENERALISE, OTHERS)
"""The lab's own part, for the same test."""
