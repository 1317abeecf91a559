"""The rules that one column must keep, each a function that records what breaks it and the remedy.

A rule speaks only where it could read what it needs: a value that is there but unreadable has its fault already.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from datalab.contract.generalisation import (
    AgeBand,
    DateShift,
    DateTo,
    Microaggregate,
    NumberBand,
    Others,
    PostcodeArea,
    PostcodeDistrict,
    TopCode,
)
from datalab.contract.model import RESERVED_COLUMNS, LogicalType, MatchKind, Role, Treatment
from datalab.contract.odcs.generalise_rules import (
    DATED,
    GENERALISATION_RULES,
    GENERALISE,
    NUMERIC,
    TREATMENT,
    check_bands,
    check_labels,
)
from datalab.contract.odcs.read_column import DAY, ReadColumn

MAX_NAME = 128  # characters; longer headers are sentences
MAX_PATTERN = 500  # characters
MOST_READ = 5_000  # texts
ROLE, MATCH = "datalab.role", "datalab.match"

_D, _P, _G, _R, _K = Treatment.DROP, Treatment.PSEUDONYMISE, Treatment.GENERALISE, Treatment.REDACT, Treatment.KEEP
TREATMENTS: Mapping[Role, tuple[Treatment, ...]] = {
    Role.PERSON_KEY: (_P, _D),
    Role.MATCH_FIELD: (_D, _G),
    Role.QUASI_IDENTIFIER: (_D, _G, _K),
    Role.SENSITIVE: (_D, _G, _K),
    Role.FREE_TEXT: (_R, _D),
    Role.MEASURE: (_D, _G, _K),
    Role.EVENT_TIME: (_D, _G, _K),
    Role.GEOGRAPHY: (_D, _G, _K),
    Role.ADMINISTRATIVE: (_D, _G, _K),
}
"""What may become of a column, by what it is."""
MATCHING_ROLES = frozenset({Role.PERSON_KEY, Role.MATCH_FIELD, Role.QUASI_IDENTIFIER, Role.GEOGRAPHY})
"""Roles of columns that may help to recognise a person."""
KEEPABLE_MATCHES = frozenset({MatchKind.SEX})
"""Match kinds whose exact values may reach research; all others single people out alone or nearly so."""
COARSE_MATCHES: Mapping[MatchKind, tuple[type, ...]] = {
    MatchKind.DATE_OF_BIRTH: (AgeBand, DateTo, DateShift),
    MatchKind.POSTCODE: (PostcodeDistrict, PostcodeArea),
    MatchKind.HOUSE_NUMBER: (NumberBand,),
    MatchKind.SEX: (Others,),
}
"""What makes which match kind coarse enough to reach research; a top code or a list leaves most values as they are."""
PYTHON_ONLY = re.compile(r"\(\?P|\(\?\(|\\Z")
"""Constructs that Python's regular expressions have and Java's (on Spark) do not, or mean otherwise."""


def _name(column: ReadColumn) -> None:
    name = column.name
    if name is None:
        return
    if name != name.strip() or not name.isprintable() or "`" in name or len(name) > MAX_NAME:
        what = "A column name holds blanks at its ends, control characters or backticks, or is too long."
        column.fault("name", what, f"Use at most {MAX_NAME} printable characters.")
    if name.casefold() in RESERVED_COLUMNS:
        column.fault("name", f"`{name}` is a name that the lab uses itself.", "Rename the column in the extract.")


def _treatment(column: ReadColumn) -> None:
    role, treatment = column.role, column.treatment
    if role is None or treatment is None or treatment in TREATMENTS[role]:
        return
    column.fault(
        TREATMENT,
        f"A column with role {role} cannot have the treatment {treatment}.",
        f"Choose {' or '.join(TREATMENTS[role])}, or another role."
        + (" A match field that research needs too is a quasi_identifier with datalab.match."
           if role is Role.MATCH_FIELD else ""),
    )  # fmt: skip


def _measure(column: ReadColumn) -> None:
    if column.role is not Role.MEASURE or column.logical_type is None:
        return
    if column.logical_type not in NUMERIC:
        column.fault(ROLE, "A measure must be a number.", "Make it integer or number, or choose another role.")
    elif column.lower is None and column.upper is None and column.readable("logicalTypeOptions", "minimum", "maximum"):
        what = "A measure has no bounds, so nobody can say how much one person changes its sum."
        column.fault(
            ROLE, what, "State minimum, maximum and datalab.unit from what the form allows, not from the data."
        )


def _bounds(column: ReadColumn) -> None:
    lower, upper = column.lower, column.upper
    ends = [key for key in ("minimum", "maximum") if not column.absent(key)]
    if len(ends) == 1:
        column.fault(ends[0], f"Bounds need both ends; only `{ends[0]}` is stated.", "State minimum and maximum.")
    if lower is not None and upper is not None and lower > upper:  # type: ignore[operator] # both ends are of the column's one type
        column.fault("minimum", "The bounds are upside down.", "Write the smaller value as minimum.")
    _unit(column, stated=bool(ends))


def _unit(column: ReadColumn, *, stated: bool) -> None:
    unit = "datalab.unit"
    if not stated:
        if not column.absent(unit):
            column.fault(unit, "A unit stands here without bounds.", "Add minimum and maximum, or remove it.")
    elif column.logical_type in NUMERIC and column.absent(unit):
        column.fault("minimum", "Bounds have no unit.", "Add `datalab.unit`, such as minutes, GBP, years.")
    elif column.logical_type in DATED and column.unit not in (None, DAY):
        column.fault(unit, "The unit of dates is the day.", "Remove the unit.")


def _domain(column: ReadColumn) -> None:
    domain = column.domain
    if domain is None or column.logical_type is None:
        return
    if not domain and column.readable("enum"):
        column.fault("enum", "The domain is empty.", "List every category, or remove `enum`.")
    check_labels(column, "enum", domain)
    if len(set(domain)) < len(domain):
        twice = [label for label, times in Counter(domain).items() if times > 1]
        column.fault("enum", f"The domain has duplicates: {', '.join(map(repr, twice[:5]))}.", "List each label once.")
    becomes_text = column.generalisation is not None and not isinstance(
        column.generalisation, TopCode | DateShift | Microaggregate
    )
    if not becomes_text and column.logical_type not in (LogicalType.STRING, LogicalType.INTEGER):
        what = f"A {column.logical_type} column has no `enum`."
        column.fault("enum", what, "State bounds instead, or correct `logicalType`.")
    if isinstance(column.generalisation, Microaggregate):
        column.fault("enum", "Means of groups are not known beforehand, so they cannot be listed.", "Remove `enum`.")
    check_bands(column, domain)


def _match(column: ReadColumn) -> None:
    if column.role is Role.MATCH_FIELD and column.absent(MATCH):
        column.fault(ROLE, "A match field does not say what it holds.", f"Add `{MATCH}`: {', '.join(MatchKind)}.")
    if column.match is None:
        return
    if column.role is not None and column.role not in MATCHING_ROLES:
        what = f"A column with role {column.role} cannot help to recognise a person."
        column.fault(MATCH, what, f"Remove `{MATCH}`, or choose a role of: {', '.join(sorted(MATCHING_ROLES))}.")
    if column.treatment is Treatment.KEEP and column.match not in KEEPABLE_MATCHES:
        what = f"A {column.match} would reach research as it is."
        column.fault(TREATMENT, what, "Drop or generalise it; match keys are made before.")
    if column.generalisation is not None and not isinstance(
        column.generalisation, COARSE_MATCHES.get(column.match, ())
    ):
        what = f"A {column.match} is no less one when it is generalised so."
        column.fault(GENERALISE, what, "Drop it; match keys are made before.")
    kind = column.logical_type
    is_date = kind in DATED
    fits = is_date if column.match is MatchKind.DATE_OF_BIRTH else kind in (LogicalType.STRING, LogicalType.INTEGER)
    if kind is not None and not fits:
        wanted = "date" if column.match is MatchKind.DATE_OF_BIRTH else "string"
        column.fault(MATCH, f"A {column.match} cannot be a {kind}.", f"Make `logicalType` {wanted}.")


def _pattern(column: ReadColumn) -> None:
    if column.pattern is None:
        return
    if column.logical_type not in (LogicalType.STRING, None):
        column.fault("pattern", f"A {column.logical_type} column has no pattern.", "Remove it.")
    if len(column.pattern) > MAX_PATTERN or PYTHON_ONLY.search(column.pattern):
        what = f"The pattern has more than {MAX_PATTERN} characters, or constructs that only Python knows."
        column.fault("pattern", what, "Use a plain regular expression: no `(?P`, no `(?(`, no `\\Z`.")
        return
    try:
        re.compile(column.pattern)
    except (re.error, OverflowError, RecursionError):
        column.fault("pattern", "The pattern is not a regular expression.", "Correct it; it must match whole values.")


def _format(column: ReadColumn) -> None:
    if column.date_format is None:
        return
    if column.logical_type not in DATED and column.logical_type is not None:
        column.fault("format", f"A {column.logical_type} column has no format.", "Remove it.")
    elif not _is_format(column.date_format):
        what = "This is not a date format that gives a year."
        column.fault("format", what, "Write it with strptime's letters, such as %d/%m/%Y or %Y-%m-%d %H:%M:%S.")


def _is_format(text: str) -> bool:
    """Tell whether a date survives being written and read with the format, by its year at least."""
    then = datetime(1987, 3, 24, 13, 14, 15)  # noqa: DTZ001 - any moment does; no zone is meant
    try:
        return datetime.strptime(then.strftime(text), text).year == then.year  # noqa: DTZ007 - as above
    except (ValueError, OverflowError, re.error):
        return False


def _shares(column: ReadColumn) -> None:
    shares = {"maxMissing": column.max_missing, "maxInvalid": column.max_invalid, "maxMissed": column.max_missed}
    for name, share in shares.items():
        key = f"datalab.{name}"
        if share is not None and not 0 <= share <= 1:
            column.fault(key, f"`{key}` is a share of rows.", "State it between 0 and 1; 0.05 is five in a hundred.")
    if column.review_texts is not None and not 1 <= column.review_texts <= MOST_READ:
        what = f"Nobody reads {column.review_texts:,} texts."
        column.fault("datalab.reviewTexts", what, f"State how many the custodian reads, 1 to {MOST_READ:,}.")
    for name, stated in (("maxMissed", column.max_missed), ("reviewTexts", column.review_texts)):
        if stated is not None and column.treatment not in (Treatment.REDACT, None):
            what = f"`datalab.{name}` is about redacted text, and this column is not redacted."
            column.fault(f"datalab.{name}", what, "Remove it, or make the treatment redact.")
    if column.required and column.max_missing is not None and 0 < column.max_missing < 1:
        what = "The column is required, and yet some values may be missing."
        column.fault("datalab.maxMissing", what, "Remove `required`, or remove `datalab.maxMissing`.")


def _quasi_identifier(column: ReadColumn) -> None:
    if column.quasi_identifier and column.role in (Role.PERSON_KEY, Role.FREE_TEXT):
        key = "datalab.quasiIdentifier"
        column.fault(key, f"A column with role {column.role} has no values to compare.", f"Remove `{key}`.")


def _key_types(column: ReadColumn) -> None:
    kind = column.logical_type
    if column.role is Role.PERSON_KEY and kind not in (LogicalType.STRING, LogicalType.INTEGER, None):
        column.fault(ROLE, f"A person key cannot be a {kind}.", "Make `logicalType` string.")


RULES: tuple[Callable[[ReadColumn], None], ...] = (
    _name,
    _treatment,
    *GENERALISATION_RULES,
    _measure,
    _bounds,
    _domain,
    _match,
    _pattern,
    _format,
    _shares,
    _quasi_identifier,
    _key_types,
)
"""Every rule of a column."""


def check_column(column: ReadColumn) -> None:
    """Record everything that breaks a rule in one column."""
    for rule in RULES:
        rule(column)
