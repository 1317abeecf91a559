"""One column of a contract file, read field by field; what could not be read is named, not guessed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from datalab.contract.generalisation import Generalisation
from datalab.contract.model import Bounds, Column, LogicalType, MatchKind, Replacement, Role, TextDates, Treatment
from datalab.contract.odcs.generalise import read_generalise
from datalab.contract.odcs.section import Section
from datalab.contract.odcs.vocabulary import COLUMN_PROPERTIES, PREFIX

MAX_STATED = 2**53
"""Largest number a contract may state: beyond it not every whole number has a double of its own."""
DAY = "day"
"""Unit of date bounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadColumn:
    """What a file says about one column, before the rules were applied."""

    section: Section
    options: Section | None
    properties: Section
    name: str | None
    logical_type: LogicalType | None
    role: Role | None
    treatment: Treatment | None
    description: str
    date_format: str | None
    required: bool
    unique: bool
    pattern: str | None
    domain: tuple[str, ...] | None
    lower: float | date | None
    upper: float | date | None
    unit: str | None
    generalisation: Generalisation | None
    match: MatchKind | None
    quasi_identifier: bool
    max_missing: float | None
    max_invalid: float | None
    max_missed: float | None
    replacement: Replacement | None
    text_dates: TextDates | None
    review_texts: int | None

    def absent(self, key: str) -> bool:
        """Tell whether the file says nothing at a key (rather than something that cannot be read)."""
        return all(key not in section.fields.entries for section in self._sections)

    def readable(self, *keys: str) -> bool:
        """Tell whether none of the keys holds something that could not be read."""
        return not any(key in section.unsound for key in keys for section in self._sections)

    def fault(self, key: str, what: str, remedy: str) -> None:
        """Record a fault at a key of the column, of its options or of its properties."""
        for section in self._sections:
            if key in section.fields.entries:
                section.add(key, what, remedy)
                return
        self.section.add(None, what, remedy)

    @property
    def identifying(self) -> bool:
        """Whether it is a quasi-identifier: by role, by property, or because people are recognised by it."""
        return self.quasi_identifier or self.role is Role.QUASI_IDENTIFIER or self.match is not None

    @property
    def bounds(self) -> Bounds | None:
        """The stated range, where both ends could be read."""
        if self.lower is None or self.upper is None:
            return None
        return Bounds(lower=self.lower, upper=self.upper, unit=self.unit or DAY)

    @property
    def _sections(self) -> tuple[Section, ...]:
        return (self.section, self.properties, *((self.options,) if self.options else ()))

    def column(self) -> Column:
        """Return the column; call it only where no fault was found."""
        if self.name is None or self.logical_type is None or self.role is None or self.treatment is None:
            raise AssertionError("A column without faults has a name, a type, a role and a treatment.")
        return Column(
            name=self.name,
            logical_type=self.logical_type,
            role=self.role,
            treatment=self.treatment,
            description=self.description,
            date_format=self.date_format,
            required=self.required,
            unique=self.unique,
            pattern=self.pattern,
            domain=self.domain,
            bounds=self.bounds,
            generalisation=self.generalisation,
            match=self.match,
            quasi_identifier=self.quasi_identifier,
            max_missing=1.0 if self.max_missing is None else self.max_missing,
            max_invalid=0.0 if self.max_invalid is None else self.max_invalid,
            max_missed=1.0 if self.max_missed is None else self.max_missed,
            replacement=self.replacement or Replacement.NUMBERED,
            text_dates=self.text_dates or TextDates.MASK,
            review_texts=self.review_texts or 0,
        )


def read_column(section: Section) -> ReadColumn:
    """Read one entry of `properties`; faults go to the section's list."""
    section.need("name", "Name the column as the extract's header does.")
    name = section.text("name")
    section.place = f"{section.place} ({name or '?'})"
    section.need("logicalType", f"Choose one of: {', '.join(LogicalType)}.")
    kind = section.choice("logicalType", LogicalType)
    properties = section.properties(COLUMN_PROPERTIES)
    properties.need(f"{PREFIX}role", f"Choose one of: {', '.join(Role)}.")
    properties.need(f"{PREFIX}treatment", f"Choose one of: {', '.join(Treatment)}.")
    if "datalab.confirm" in properties.fields.entries:
        what = "This column is still to be confirmed."
        properties.add("datalab.confirm", what, "Check what is proposed, then delete this entry.")
    options = section.child("logicalTypeOptions")
    lower, upper = (_bound(options, key, kind) for key in ("minimum", "maximum"))
    generalise = properties.child(f"{PREFIX}generalise")
    generalisation = read_generalise(generalise) if generalise else None
    if generalise and generalisation is None:
        properties.unsound.add(f"{PREFIX}generalise")
    return ReadColumn(
        section=section,
        options=options,
        properties=properties,
        name=name,
        logical_type=kind,
        role=properties.choice(f"{PREFIX}role", Role),
        treatment=properties.choice(f"{PREFIX}treatment", Treatment),
        description=section.prose("description"),
        date_format=options.text("format") if options else None,
        required=section.flag("required"),
        unique=section.flag("unique"),
        pattern=options.text("pattern") if options else None,
        domain=_domain(section, kind),
        lower=lower,
        upper=upper,
        unit=properties.text(f"{PREFIX}unit"),
        generalisation=generalisation,
        match=properties.choice(f"{PREFIX}match", MatchKind),
        quasi_identifier=properties.flag(f"{PREFIX}quasiIdentifier"),
        max_missing=properties.number(f"{PREFIX}maxMissing"),
        max_invalid=properties.number(f"{PREFIX}maxInvalid"),
        max_missed=properties.number(f"{PREFIX}maxMissed"),
        replacement=properties.choice(f"{PREFIX}replacement", Replacement),
        text_dates=properties.choice(f"{PREFIX}dates", TextDates),
        review_texts=properties.whole(f"{PREFIX}reviewTexts"),
    )


def _bound(options: Section | None, key: str, kind: LogicalType | None) -> float | date | None:
    """Read one end of the range, as the column's type asks for."""
    if options is None or key not in options.fields.entries:
        return None
    match kind:
        case LogicalType.DATE | LogicalType.TIMESTAMP:
            return options.day(key)
        case LogicalType.INTEGER:
            number: float | None = options.whole(key)
        case LogicalType.NUMBER:
            number = options.number(key)
        case None:
            options.unsound.add(key)
            return None
        case _:
            options.spoil(key, f"A {kind} column has no `{key}`.", "Remove it, or correct `logicalType`.")
            return None
    if number is not None and abs(number) > MAX_STATED:
        options.spoil(key, f"`{key}` is beyond 2^53.", "State a range that values can really take.")
        return None
    return number


def _domain(section: Section, kind: LogicalType | None) -> tuple[str, ...] | None:
    """Read the labels of `enum`; numbers are labels of integer columns only, everything else is text in quotes."""
    if "enum" not in section.fields.entries:
        return None
    labels: list[str] = []
    for entry in section.children("enum"):
        entry.need("value", "Write `- value: ...`.")
        whole = entry.whole("value") if kind is LogicalType.INTEGER and _is_whole(entry) else None
        label = str(whole) if whole is not None else entry.text("value")
        if label is None:
            section.unsound.add("enum")
        else:
            labels.append(label)
    return tuple(labels)


def _is_whole(entry: Section) -> bool:
    leaf = entry.fields.entries.get("value")
    return type(getattr(leaf, "value", None)) is int
