"""What a dataset promises: the data contract as frozen values.

The words are those of the Open Data Contract Standard where it has them; the rest is the `datalab` vocabulary
(`docs/contract-vocabulary.md`). A `Contract` that exists is complete and confirmed: reading, checking and refusing
is the business of `datalab.contract.odcs.contract_file`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from datalab.contract.generalisation import Generalisation

UNIT_REF = "unit_ref"
"""Column of a dataset version that says whose row it is: a keyed hash under the dataset's key space."""
UNIT_ID = "unit_id"
"""Column of a project view that says whose row it is: a keyed hash under the project's own key."""
RESERVED_COLUMNS = frozenset({UNIT_REF, UNIT_ID})
"""Names that a contract cannot give to a column of its own."""


class Role(StrEnum):
    """What a column is, for privacy."""

    PERSON_KEY = "person_key"
    """The agency's own identifier of the privacy unit (a nominal id, a pupil id); at most one a dataset."""
    MATCH_FIELD = "match_field"
    """Used to recognise the same person in another agency's data, and for nothing else."""
    QUASI_IDENTIFIER = "quasi_identifier"
    """Says little alone, and much together with others (year of birth, ethnic group)."""
    SENSITIVE = "sensitive"
    """What nobody should learn about a person (an offence, a diagnosis)."""
    FREE_TEXT = "free_text"
    """Prose: may hold anything; never asked about, only read after redaction."""
    MEASURE = "measure"
    """A number to count up; needs bounds."""
    EVENT_TIME = "event_time"
    """When it happened."""
    GEOGRAPHY = "geography"
    """Where it happened, or where somebody lives, as an area."""
    ADMINISTRATIVE = "administrative"
    """About the record, not the person (a batch number, a form version)."""


class Treatment(StrEnum):
    """What happens to a column on its way to research."""

    DROP = "drop"
    PSEUDONYMISE = "pseudonymise"
    GENERALISE = "generalise"
    REDACT = "redact"
    KEEP = "keep"


class Replacement(StrEnum):
    """What stands in redacted text for what was found."""

    PLACEHOLDER = "placeholder"
    """The kind alone: `[PERSON]`."""
    NUMBERED = "numbered"
    """The kind and a number, the same for the same one in a text: `[PERSON 2]`."""
    SURROGATE = "surrogate"
    """Somebody else's: a made-up name, place, number of the same kind and shape."""


class TextDates(StrEnum):
    """What stands in redacted text for a date."""

    MASK = "mask"
    """Its placeholder."""
    SHIFT = "shift"
    """Another date in the same style, moved by the secret number of days of the row's unit."""
    GENERALISE = "generalise"
    """Its month and year."""


class LogicalType(StrEnum):
    """Type of a column's values, as ODCS names them."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    TIMESTAMP = "timestamp"
    BOOLEAN = "boolean"


class PrivacyUnit(StrEnum):
    """Whose presence the lab hides."""

    PERSON = "person"
    HOUSEHOLD = "household"
    RECORD = "record"
    PUBLIC = "public"
    """Public reference data: nobody's presence is hidden, questions cost nothing."""


class MatchKind(StrEnum):
    """What a match field holds, and so how it is normalised before it is hashed."""

    NHS_NUMBER = "nhs_number"
    UPN = "upn"
    NINO = "nino"
    NATIONAL_ID = "national_id"
    """A person number with no check digit that the lab knows."""
    GIVEN_NAME = "given_name"
    SURNAME = "surname"
    DATE_OF_BIRTH = "date_of_birth"
    SEX = "sex"
    POSTCODE = "postcode"
    HOUSE_NUMBER = "house_number"
    ADDRESS_LINE = "address_line"
    PHONE = "phone"
    EMAIL = "email"


IDENTIFIER_KINDS = frozenset({MatchKind.NHS_NUMBER, MatchKind.UPN, MatchKind.NINO, MatchKind.NATIONAL_ID})
"""Match kinds of which a person has one: two people with different valid ones are two people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The range that the custodian states for a column, before looking at any extract."""

    lower: float | date
    upper: float | date
    unit: str
    """Unit of measurement: `minutes`, `GBP`, `half-day sessions`; `day` for dates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of an extract: what it holds, and what becomes of it."""

    name: str
    logical_type: LogicalType
    role: Role
    treatment: Treatment
    description: str = ""
    date_format: str | None = None
    """`strptime` format of dates and timestamps in text files; None means ISO 8601."""
    required: bool = False
    """No value may be missing."""
    unique: bool = False
    """No value may stand twice in one extract."""
    pattern: str | None = None
    """Regular expression that every value must match in full."""
    domain: tuple[str, ...] | None = None
    """Public list of categories. For a generalised column: of its generalised values."""
    bounds: Bounds | None = None
    generalisation: Generalisation | None = None
    """Set if and only if the treatment is `generalise`."""
    match: MatchKind | None = None
    """Set where the column helps to recognise a person across agencies."""
    quasi_identifier: bool = False
    """Stated of a column of another role: who knows somebody may know this of them too."""
    max_missing: float = 1.0
    """Largest share of missing values that the quality gate lets through, 0 to 1."""
    max_invalid: float = 0.0
    """Largest share of values of the wrong type, outside domain or pattern, 0 to 1; they are blanked and counted."""
    max_missed: float = 1.0
    """Redacted text: largest share of identifiers that redaction may miss, 0 to 1, else the extract is held: of those
    planted, and of those that the custodian found by reading."""
    review_texts: int = 0
    """Redacted text: how many texts of an extract, drawn at random, its custodian reads before it is taken."""
    replacement: Replacement = Replacement.NUMBERED
    """Redacted text: what stands for what was found."""
    text_dates: TextDates = TextDates.MASK
    """Redacted text: what stands for a date."""

    @property
    def identifying(self) -> bool:
        """Whether somebody who knows a person may know this of them, and look for the row that has it.

        What tells the lab in another agency's data who somebody is tells others too, whether or not it is declared.
        """
        return self.quasi_identifier or self.role is Role.QUASI_IDENTIFIER or self.match is not None

    @property
    def published(self) -> bool:
        """Whether it reaches research, as it is or coarser."""
        return self.treatment in (Treatment.GENERALISE, Treatment.KEEP, Treatment.REDACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasis:
    """Why the sharing is lawful, in the terms of the UK GDPR and the Data Protection Act 2018."""

    article_6: str
    article_9: str | None
    """Condition for special-category data; None where the dataset holds none."""
    gateway: str
    """The statutory power or duty relied on, such as `Digital Economy Act 2017 s.64`."""
    dpia: str
    """Reference of the data protection impact assessment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What an agency promises about one dataset, and what the lab promises to do with it."""

    dataset: str
    """Name in the lab: lower case letters, digits and underscores."""
    version: str
    """Version of the contract, `major.minor.patch`."""
    title: str
    description: str
    agency: str
    """The custodian's organisation, named like a dataset."""
    privacy_unit: PrivacyUnit
    max_rows_per_unit: int | None
    """Most rows that the custodian expects of one privacy unit; None only for public data."""
    key_space: str
    """Datasets of one key space share one agency's person keys; by default the dataset's own name."""
    purpose: str
    legal_basis: LegalBasis
    retention_until: date
    columns: tuple[Column, ...]
    min_k: int | None = None
    """Fewest units that share each combination of quasi-identifiers, else the extract is held; None never holds."""
    max_below_k: float = 0.0
    """Largest share of units, 0 to 1, that may stand in a combination of fewer."""
    population: int | None = None
    """How many units there are that the extract's could be mistaken for; None where nobody stated it."""

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def person_key(self) -> Column | None:
        """The column that identifies the privacy unit inside the agency, if the dataset has one."""
        return next((column for column in self.columns if column.role is Role.PERSON_KEY), None)

    @property
    def quasi_identifiers(self) -> tuple[Column, ...]:
        """Columns that reach research and that somebody who knows a person may know of them."""
        return tuple(column for column in self.columns if column.identifying and column.published)

    @property
    def match_columns(self) -> tuple[Column, ...]:
        """Columns that help to recognise a person across agencies."""
        return tuple(column for column in self.columns if column.match is not None)
