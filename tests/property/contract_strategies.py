"""Hypothesis strategies for contracts; load them with `runpy.run_path`, since test folders are not packages."""

from __future__ import annotations

import string
from datetime import date

from hypothesis import strategies as st

from datalab.contract.generalisation import (
    OTHER,
    AgeBand,
    DatePart,
    DateShift,
    DateTo,
    Generalisation,
    Microaggregate,
    NumberBand,
    Others,
    PostcodeArea,
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
    Replacement,
    Role,
    TextDates,
    Treatment,
)
from datalab.contract.odcs.column_rules import COARSE_MATCHES, KEEPABLE_MATCHES, MATCHING_ROLES, TREATMENTS
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
def generalisations(draw: st.DrawFn, kind: LogicalType, stated: Bounds | None, *, moves: bool) -> Generalisation | None:
    """A generalisation that fits a type and bounds, or None where there is none."""
    width = draw(st.integers(1, 1000))
    top = width * draw(st.integers(1, 100))
    if kind in DATED:
        by_age = AgeBand(width=width, top=top, reference=draw(days))
        if moves:
            return draw(st.sampled_from([by_age, DateShift()]))
        return draw(st.one_of(st.just(by_age), st.builds(DateTo, part=st.sampled_from(DatePart))))
    if kind in NUMERIC and stated is None:
        return draw(
            st.sampled_from(
                [
                    NumberBand(width=width, top=top),
                    NumberBand(width=width),
                    TopCode(limit=top),
                    TopCode(limit=top, bottom=top - 1),
                    Microaggregate(size=width + 1),
                ]
            )
        )
    listed = st.lists(printable.filter(lambda text: text != OTHER), min_size=2, max_size=5, unique=True)
    others = listed.map(lambda one: Others(kept=tuple(one[1:]), joined=(one[0],)))
    return draw(st.sampled_from([PostcodeDistrict(), PostcodeArea()]) | others) if kind is LogicalType.STRING else None


@st.composite
def columns(draw: st.DrawFn, role: Role, unit: PrivacyUnit, *, moves: bool) -> Column:
    """A sound column of a role, in a dataset of a privacy unit that moves its dates or does not."""
    kind = draw(st.sampled_from(_kinds(role)))
    treatment = draw(st.sampled_from(TREATMENTS[role]))
    stated = (
        draw(bounds(kind)) if kind in (*NUMERIC, *DATED) and (role is Role.MEASURE or draw(st.booleans())) else None
    )
    if moves and kind in DATED and treatment is Treatment.KEEP:
        treatment = Treatment.GENERALISE
    how = draw(generalisations(kind, stated, moves=moves)) if treatment is Treatment.GENERALISE else None
    if how is None and treatment is Treatment.GENERALISE:
        treatment = Treatment.DROP
    match = _match(draw, role, kind, treatment) if unit is PrivacyUnit.PERSON and role in MATCHING_ROLES else None
    if isinstance(how, DateShift):
        match = None
    if match is not None and how is not None and not isinstance(how, COARSE_MATCHES.get(match, ())):
        treatment, how = Treatment.DROP, None
    domained = kind in (LogicalType.STRING, LogicalType.INTEGER) and how is None and draw(st.booleans())
    labels = st.integers().map(str) if kind is LogicalType.INTEGER else printable
    required = draw(st.booleans())
    styles = [one for one in Replacement if one is not Replacement.SURROGATE or unit is not PrivacyUnit.PUBLIC]
    in_text = [TextDates.MASK, TextDates.SHIFT if moves else TextDates.GENERALISE]
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
        quasi_identifier=draw(st.booleans()) if role not in (Role.PERSON_KEY, Role.FREE_TEXT) else False,
        max_missing=1.0 if required else draw(shares),
        max_invalid=draw(shares),
        max_missed=draw(shares) if treatment is Treatment.REDACT else 1.0,
        replacement=draw(st.sampled_from(styles)) if treatment is Treatment.REDACT else Replacement.NUMBERED,
        text_dates=draw(st.sampled_from(in_text)) if treatment is Treatment.REDACT else TextDates.MASK,
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
    moves = unit is not PrivacyUnit.PUBLIC and draw(st.booleans())
    roles = key + draw(st.lists(st.sampled_from([role for role in Role if role not in never]), min_size=1, max_size=5))
    found = {column.name.casefold(): column for column in (draw(columns(role, unit, moves=moves)) for role in roles)}
    if key and not any(column.role is Role.PERSON_KEY for column in found.values()):
        found = {
            "key": Column(name="key", logical_type=LogicalType.STRING, role=Role.PERSON_KEY, treatment=Treatment.DROP)
        }
    risky = any(one.identifying and one.treatment in (Treatment.KEEP, Treatment.GENERALISE) for one in found.values())
    min_k = draw(st.none() | st.integers(2, 100)) if risky and unit is not PrivacyUnit.PUBLIC else None
    return Contract(
        min_k=min_k,
        max_below_k=draw(shares) if min_k else 0.0,
        population=draw(st.none() | st.integers(1, 10**9)) if unit is not PrivacyUnit.PUBLIC else None,
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
