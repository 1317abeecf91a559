"""Hypothesis strategies for contracts; load them with `runpy.run_path`, since test folders are not packages."""

from __future__ import annotations

import string
from datetime import date

from hypothesis import strategies as st

from datalab.contract.generalisation import (
    AgeBand,
    DatePart,
    DateTo,
    Generalisation,
    NumberBand,
    PostcodeDistrict,
    TopCode,
)
from datalab.contract.model import (
    RESERVED_COLUMNS,
    Bounds,
    Column,
    Contract,
    LegalBasis,
    LogicalType,
    MatchKind,
    PrivacyUnit,
    Role,
    Treatment,
)
from datalab.contract.odcs.column_rules import KEEPABLE_MATCHES, MATCHING_ROLES, TREATMENTS
from datalab.contract.odcs.vocabulary import TO_CONFIRM
from datalab.contract.published import MISSING

any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
prose = any_text.map(lambda text: text.replace(TO_CONFIRM, "said"))
said = prose.map(lambda text: text if text.strip() else f"x{text}")
slugs = st.text(string.ascii_lowercase + string.digits + "_", max_size=20).map(lambda text: f"d{text}")
words = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="`"), min_size=1, max_size=8)
printable = st.lists(words, min_size=1, max_size=3).map(" ".join).filter(lambda text: text not in {MISSING, TO_CONFIRM})
names = printable.filter(lambda text: text.casefold() not in RESERVED_COLUMNS)
shares = st.floats(0, 1)
days = st.dates(date(1890, 1, 1), date(2040, 12, 31))
patterns = st.sampled_from(["[0-9]+", "[A-Z]{2}", "a|b", "'\"#: "])
formats = st.sampled_from(["%d/%m/%Y", "%Y-%m-%dT%H:%M:%S", "%Y%m%d"])
NUMERIC = (LogicalType.INTEGER, LogicalType.NUMBER)
DATED = (LogicalType.DATE, LogicalType.TIMESTAMP)


@st.composite
def bounds(draw: st.DrawFn, kind: LogicalType) -> Bounds:
    """Bounds that a column of a type can have."""
    if kind in DATED:
        lower, upper = sorted((draw(days), draw(days)))
        return Bounds(lower=lower, upper=upper, unit="day")
    numbers = st.integers(-(2**53), 2**53) if kind is LogicalType.INTEGER else st.floats(-(2.0**53), 2.0**53)
    low, high = sorted((draw(numbers), draw(numbers)))
    return Bounds(lower=low, upper=high, unit=draw(said))


@st.composite
def generalisations(draw: st.DrawFn, kind: LogicalType, stated: Bounds | None) -> Generalisation | None:
    """A generalisation that fits a type and bounds, or None where there is none."""
    width = draw(st.integers(1, 1000))
    top = width * draw(st.integers(1, 100))
    if kind in DATED:
        by_age = AgeBand(width=width, top=top, reference=draw(days))
        return draw(st.one_of(st.just(by_age), st.builds(DateTo, part=st.sampled_from(DatePart))))
    if kind in NUMERIC and stated is None:
        return draw(st.sampled_from([NumberBand(width=width, top=top), NumberBand(width=width), TopCode(limit=top)]))
    return PostcodeDistrict() if kind is LogicalType.STRING else None


@st.composite
def columns(draw: st.DrawFn, role: Role, unit: PrivacyUnit) -> Column:
    """A sound column of a role, in a dataset of a privacy unit."""
    kind = draw(st.sampled_from(_kinds(role)))
    treatment = draw(st.sampled_from(TREATMENTS[role]))
    stated = (
        draw(bounds(kind)) if kind in (*NUMERIC, *DATED) and (role is Role.MEASURE or draw(st.booleans())) else None
    )
    how = draw(generalisations(kind, stated)) if treatment is Treatment.GENERALISE else None
    if how is None and treatment is Treatment.GENERALISE:
        treatment = Treatment.DROP
    match = _match(draw, role, kind, treatment) if unit is PrivacyUnit.PERSON and role in MATCHING_ROLES else None
    domained = kind in (LogicalType.STRING, LogicalType.INTEGER) and how is None and draw(st.booleans())
    labels = st.integers().map(str) if kind is LogicalType.INTEGER else printable
    required = draw(st.booleans())
    return Column(
        name=draw(names),
        logical_type=kind,
        role=role,
        treatment=treatment,
        description=draw(prose),
        date_format=draw(st.none() | formats) if kind in DATED else None,
        required=required,
        unique=draw(st.booleans()),
        pattern=draw(st.none() | patterns) if kind is LogicalType.STRING else None,
        domain=tuple(draw(st.lists(labels, min_size=1, max_size=5, unique=True))) if domained else None,
        bounds=stated,
        generalisation=how,
        match=match,
        max_missing=1.0 if required else draw(shares),
        max_invalid=draw(shares),
        max_missed=draw(shares) if treatment is Treatment.REDACT else 1.0,
        review_texts=draw(st.integers(0, 5_000)) if treatment is Treatment.REDACT else 0,
    )


def _kinds(role: Role) -> tuple[LogicalType, ...]:
    match role:
        case Role.FREE_TEXT:
            return (LogicalType.STRING,)
        case Role.PERSON_KEY | Role.MATCH_FIELD:
            return (LogicalType.STRING, LogicalType.INTEGER)
        case Role.MEASURE:
            return NUMERIC
        case _:
            return tuple(LogicalType)


def _match(draw: st.DrawFn, role: Role, kind: LogicalType, treatment: Treatment) -> MatchKind | None:
    if kind in DATED:
        fitting = [MatchKind.DATE_OF_BIRTH]
    else:
        fitting = [match for match in MatchKind if match is not MatchKind.DATE_OF_BIRTH]
    allowed = [match for match in fitting if treatment is not Treatment.KEEP or match in KEEPABLE_MATCHES]
    if role is Role.MATCH_FIELD:
        return draw(st.sampled_from(allowed))
    if kind not in (LogicalType.STRING, LogicalType.INTEGER, *DATED) or not allowed:
        return None
    return draw(st.none() | st.sampled_from(allowed))


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    """A contract that can be read."""
    unit = draw(st.sampled_from(PrivacyUnit))
    dataset = draw(slugs)
    key = [] if unit is PrivacyUnit.PUBLIC else [Role.PERSON_KEY]
    never = {Role.PERSON_KEY} if unit is PrivacyUnit.PERSON else {Role.PERSON_KEY, Role.MATCH_FIELD}
    roles = key + draw(st.lists(st.sampled_from([role for role in Role if role not in never]), min_size=1, max_size=5))
    found = {column.name.casefold(): column for column in (draw(columns(role, unit)) for role in roles)}
    if key and not any(column.role is Role.PERSON_KEY for column in found.values()):
        found = {
            "key": Column(name="key", logical_type=LogicalType.STRING, role=Role.PERSON_KEY, treatment=Treatment.DROP)
        }
    return Contract(
        dataset=dataset,
        version=".".join(str(draw(st.integers(0, 999))) for _ in range(3)),
        title=draw(said),
        description=draw(prose),
        agency=draw(slugs),
        privacy_unit=unit,
        max_rows_per_unit={PrivacyUnit.PUBLIC: None, PrivacyUnit.RECORD: 1}.get(unit, draw(st.integers(1, 10**6))),
        key_space=draw(st.just(dataset) | slugs),
        purpose=draw(said),
        legal_basis=LegalBasis(article_6=draw(said), article_9=draw(said), gateway=draw(said), dpia=draw(said)),
        retention_until=draw(days),
        columns=tuple(found.values()),
    )


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.text(max_size=20)
    | st.sampled_from(
        [*string.ascii_letters, *map(str, (*Role, *Treatment, *LogicalType)), TO_CONFIRM, "datalab.role", "value"]
    )
)
documents = st.recursive(
    scalars,
    lambda below: (
        st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=10) | st.integers(), below, max_size=4)
    ),
    max_leaves=12,
)
"""Anything that YAML can say."""
