"""The head of a contract file, and the rules that its columns must keep together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from datalab.contract.model import IDENTIFIER_KINDS, Contract, LegalBasis, MatchKind, PrivacyUnit, Role, Treatment
from datalab.contract.odcs.column_rules import MATCH, ROLE, check_column
from datalab.contract.odcs.read_column import ReadColumn, read_column
from datalab.contract.odcs.section import Section
from datalab.contract.odcs.text_rules import check_dates, check_text
from datalab.contract.odcs.vocabulary import API_VERSION, CONTRACT_PROPERTIES, KIND, LEGAL_BASIS

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
"""Names of datasets, agencies and key spaces: they become folder names and key labels."""
VERSION = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})", re.ASCII)
MAX_COLUMNS = 2_000
ACTIVE = "active"
"""The one `status` that loads; ODCS also has proposed, draft, deprecated, retired."""
WHOLE_PERSON = frozenset({MatchKind.GIVEN_NAME, MatchKind.SURNAME, MatchKind.DATE_OF_BIRTH})
"""Match fields that together recognise a person where there is no identifier."""
NEEDS = {
    "id": "Give the contract an id, such as urn:datalab:<agency>:<dataset>.",
    "name": "Give the dataset a title that people can read.",
    "version": "Number the contract, such as 1.0.0.",
    "description": "Add `description:` with `purpose:` below it.",
    "schema": "Add `schema:` with one entry that lists the columns.",
    "customProperties": "Add the `datalab.` properties of the contract.",
}
PROPERTY_NEEDS = {
    "datalab.agency": "Name the custodian's organisation, such as surrey_police.",
    "datalab.privacyUnit": "Choose person, household, record or public.",
    "datalab.legalBasis": "State article6, article9 (where it applies), gateway and dpia.",
    "datalab.retentionUntil": "State the last day on which the lab may hold the data, such as 2030-12-31.",
    "datalab.confirmed": "Write true when you have checked everything above.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A contract file, read section by section."""

    root: Section
    properties: Section
    columns: tuple[ReadColumn, ...]
    unit: PrivacyUnit | None
    head: Mapping[str, str | None]
    rows: int | None
    legal_basis: LegalBasis | None
    retention_until: date | None
    min_k: int | None
    max_below_k: float | None
    population: int | None

    def contract(self) -> Contract:
        """Return the contract; call it only where no fault was found."""
        head = {key: value for key, value in self.head.items() if value is not None}
        if self.unit is None or self.legal_basis is None or self.retention_until is None:
            raise AssertionError("A contract without faults has a unit, a legal basis and a retention date.")
        return Contract(
            dataset=head["dataset"],
            version=head["version"],
            title=head["title"],
            description=head["description"],
            agency=head["agency"],
            privacy_unit=self.unit,
            max_rows_per_unit=self.rows,
            key_space=head.get("key_space", head["dataset"]),
            purpose=head["purpose"],
            legal_basis=self.legal_basis,
            retention_until=self.retention_until,
            columns=tuple(column.column() for column in self.columns),
            min_k=self.min_k,
            max_below_k=self.max_below_k or 0.0,
            population=self.population,
        )


def read_whole(root: Section) -> Whole:
    """Read the document and record every fault in it."""
    for key, remedy in NEEDS.items():
        root.need(key, remedy)
    _standard(root)
    root.text("id")
    properties = root.properties(CONTRACT_PROPERTIES)
    for key, remedy in PROPERTY_NEEDS.items():
        properties.need(key, remedy)
    schema = _schema(root)
    description = root.child("description")
    if description is not None:
        description.need("purpose", "Say what the data may be used for.")
    whole = Whole(
        root=root,
        properties=properties,
        columns=_columns(schema),
        unit=properties.choice("datalab.privacyUnit", PrivacyUnit),
        head={
            "dataset": _named(schema, "name") if schema else None,
            "version": _version(root),
            "title": root.text("name"),
            "description": schema.prose("description") if schema else None,
            "agency": _named(properties, "datalab.agency"),
            "key_space": _named(properties, "datalab.keySpace"),
            "purpose": description.text("purpose") if description else None,
        },
        rows=properties.whole("datalab.maxRowsPerUnit"),
        legal_basis=_legal_basis(properties),
        retention_until=properties.day("datalab.retentionUntil"),
        min_k=properties.whole("datalab.minK"),
        max_below_k=properties.number("datalab.maxBelowK"),
        population=properties.whole("datalab.population"),
    )
    _confirmed(properties)
    _rows(whole)
    _names(whole)
    _unit(whole)
    _article_9(whole)
    check_text(whole.columns, whole.unit)
    check_dates(whole.columns, whole.unit)
    _risk(whole)
    return whole


def _standard(root: Section) -> None:
    for key, wanted in (("apiVersion", API_VERSION), ("kind", KIND)):
        root.need(key, f"Write `{key}: {wanted}`.")
        if root.text(key) not in (None, wanted):
            root.add(key, f"The lab reads contracts of `{key}: {wanted}` only.", f"Write `{key}: {wanted}`.")
    if root.text("status") not in (None, ACTIVE):
        root.add("status", "Only an active contract binds anybody.", f"Write `status: {ACTIVE}` when it is agreed.")


def _schema(root: Section) -> Section | None:
    entries = root.children("schema")
    if len(entries) > 1 or (not entries and root.fields.entries.get("schema") and "schema" not in root.unsound):
        root.add("schema", "A contract describes one dataset.", "Keep exactly one entry under `schema`.")
    if not entries:
        return None
    schema = entries[0]
    schema.need("name", "Name the dataset: lower case letters, digits and underscores.")
    schema.need("properties", "List the columns.")
    if schema.text("logicalType") not in (None, "object"):
        schema.add("logicalType", "A dataset is an object.", "Write `logicalType: object`.")
    return schema


def _columns(schema: Section | None) -> tuple[ReadColumn, ...]:
    if schema is None:
        return ()
    entries = schema.children("properties")
    if len(entries) > MAX_COLUMNS or (not entries and {"properties"} & schema.fields.entries.keys() - schema.unsound):
        schema.add("properties", "The number of columns is not one that can be.", f"List 1 to {MAX_COLUMNS:,} columns.")
        return ()
    columns = tuple(read_column(entry) for entry in entries)
    for column in columns:
        check_column(column)
    return columns


def _named(section: Section, key: str) -> str | None:
    name = section.text(key)
    if name is not None and not NAME.fullmatch(name):
        section.spoil(key, f"`{key}` is not a name that can be a folder or a key label.", _NAME_REMEDY)
        return None
    return name


_NAME_REMEDY = "Start with a lower case letter; use lower case letters, digits and underscores, at most 63."


def _version(root: Section) -> str | None:
    version = root.text("version")
    if version is not None and not VERSION.fullmatch(version):
        root.spoil("version", "`version` must be major.minor.patch.", "Write it as 1.0.0.")
        return None
    return version


def _legal_basis(properties: Section) -> LegalBasis | None:
    section = properties.child("datalab.legalBasis")
    if section is None:
        return None
    section.check_keys(LEGAL_BASIS)
    for key, remedy in (
        ("article6", "State the lawful basis, such as `6(1)(e) public task`."),
        ("gateway", "State the statutory power or duty relied on."),
        ("dpia", "State the reference of the data protection impact assessment."),
    ):
        section.need(key, remedy)
    article_6, gateway, dpia = section.text("article6"), section.text("gateway"), section.text("dpia")
    article_9 = section.text("article9")
    if article_6 is None or gateway is None or dpia is None:
        return None
    return LegalBasis(article_6=article_6, article_9=article_9, gateway=gateway, dpia=dpia)


def _confirmed(properties: Section) -> None:
    key = "datalab.confirmed"
    if key in properties.fields.entries and not properties.flag(key) and key not in properties.unsound:
        properties.add(key, "The custodian has not confirmed this contract.", "Check all of it, then write true.")
    if "datalab.confirm" in properties.fields.entries:
        what = "Something in this contract is still to be confirmed."
        properties.add("datalab.confirm", what, "Settle what it asks, then delete this entry.")


def _rows(whole: Whole) -> None:
    key, properties = "datalab.maxRowsPerUnit", whole.properties
    stated = key in properties.fields.entries
    if whole.unit is PrivacyUnit.PUBLIC and stated:
        properties.add(key, "Public reference data has no privacy unit.", f"Remove `{key}`.")
    elif whole.unit not in (None, PrivacyUnit.PUBLIC) and not stated:
        what = f"`{key}` is missing."
        properties.add("datalab.privacyUnit", what, f"State the most rows that one {whole.unit} can have.")
    elif whole.rows is not None and whole.rows < 1:
        properties.add(key, "A unit has at least one row.", "State a whole number from 1.")
    elif whole.unit is PrivacyUnit.RECORD and whole.rows not in (None, 1):
        properties.add(key, "Where the record is the unit, a unit is one row.", "Write 1, or choose another unit.")


def _names(whole: Whole) -> None:
    seen: dict[str, ReadColumn] = {}
    for column in whole.columns:
        if column.name is None:
            continue
        folded = column.name.casefold()
        if folded in seen:
            first = seen[folded].section.line("name")
            what = f"The column stands twice, first on line {first}; case does not tell names apart."
            column.fault("name", what, "Keep one, or rename one in the extract.")
        seen.setdefault(folded, column)


def _unit(whole: Whole) -> None:
    """Check that the columns fit whose presence is hidden."""
    keys = [column for column in whole.columns if column.role is Role.PERSON_KEY]
    matches = [column for column in whole.columns if column.match is not None or column.role is Role.MATCH_FIELD]
    for column in keys[1:]:
        column.fault(ROLE, "A dataset has at most one person key.", "Make the others match fields, or drop them.")
    readable = all(column.role is not None and column.readable(MATCH) for column in whole.columns)
    unsure = not (whole.columns and readable)
    match whole.unit:
        case PrivacyUnit.PERSON:
            kinds = {column.match for column in matches}
            if not (keys or unsure or kinds & IDENTIFIER_KINDS or kinds >= WHOLE_PERSON):
                what = "The unit is the person, and no column says whose row it is."
                remedy = "Declare the agency's own number of the person as person_key."
                whole.properties.add("datalab.privacyUnit", what, remedy)
        case PrivacyUnit.HOUSEHOLD if not keys and not unsure:
            what = "The unit is the household, and no column says whose row it is."
            whole.properties.add("datalab.privacyUnit", what, "Declare the household's number as person_key.")
        case PrivacyUnit.PUBLIC:
            for column in keys:
                column.fault(ROLE, "Public reference data is about no person.", "Correct the role or the privacy unit.")
        case _:
            pass
    if whole.unit not in (None, PrivacyUnit.PERSON):
        for column in matches:
            what = f"Nobody is linked where the unit is {whole.unit}, so match fields would be collected for nothing."
            column.fault(ROLE if column.absent(MATCH) else MATCH, what, "Make it a quasi_identifier and drop it.")


def _article_9(whole: Whole) -> None:
    """A sensitive column about people is special-category data until the contract says under which condition."""
    basis = whole.legal_basis
    sensitive = next((column for column in whole.columns if column.role is Role.SENSITIVE), None)
    if basis is None or basis.article_9 is not None or sensitive is None or whole.unit in (None, PrivacyUnit.PUBLIC):
        return
    legal = whole.properties.child("datalab.legalBasis")
    if legal is None or "article9" in legal.fields.entries:
        return
    what = f"The column {sensitive.name} is sensitive, and the legal basis names no condition for such data."
    remedy = "State article9 (for offences: the condition of DPA 2018 Schedule 1), or correct the role."
    legal.add(None, what, remedy)


def _risk(whole: Whole) -> None:
    """Check what is asked of combinations of quasi-identifiers."""
    properties, k, share = whole.properties, "datalab.minK", "datalab.maxBelowK"
    declared = any(one.identifying and one.treatment in (Treatment.KEEP, Treatment.GENERALISE) for one in whole.columns)
    stated = [key for key in (k, share, "datalab.population") if key in properties.fields.entries]
    if whole.unit is PrivacyUnit.PUBLIC:
        for key in stated:
            properties.add(key, "Public reference data is about nobody who could be found.", f"Remove `{key}`.")
    elif k in stated and not declared:
        what = "No column that reaches research is a quasi-identifier, so there are no combinations to count."
        properties.add(k, what, "Declare what others may know of a person: `datalab.quasiIdentifier`, value true.")
    if whole.min_k is not None and whole.min_k < 2:  # noqa: PLR2004 - two are the fewest that hide one
        properties.add(k, "One unit alone hides nobody.", "State a whole number from 2.")
    if share in stated and k not in stated:
        properties.add(share, f"`{share}` stands here without `{k}`.", f"Add `{k}`, or remove it.")
    if whole.max_below_k is not None and not 0 <= whole.max_below_k <= 1:
        properties.add(share, f"`{share}` is a share of units.", "State it between 0 and 1.")
    if whole.population is not None and whole.population < 1:
        properties.add("datalab.population", "A population has somebody in it.", "State how many units there are.")
