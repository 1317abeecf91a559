"""Marks: where identifiers stand in a text, and of what kind they are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MarkType(StrEnum):
    """Kinds of identifier that a text of the sample can hold."""

    PERSON = "person"
    """A name of any living soul: subject, relative, officer, nurse, in full or in part."""
    COLLAR_NUMBER = "collar_number"
    PHONE = "phone"
    EMAIL = "email"
    PLATE = "vehicle_registration"
    ADDRESS = "address"
    """House and street, or street alone."""
    POSTCODE = "postcode"
    DATE = "date"
    BIRTH_DATE = "date_of_birth"
    NHS_NUMBER = "nhs_number"
    UPN = "upn"
    REFERENCE = "reference"
    """A number of the agency's own: incident, hospital or case reference."""
    ORGANISATION = "organisation"
    """A school or practice small enough to point at somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One identifier in a text."""

    start: int
    """First character, from 0, in Unicode code points."""
    end: int
    """One past the last character."""
    type: MarkType
    who: str
    """Whose it is: `subject`, `relative`, `officer`, `professional`, `other` or `place`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text and its marks, in order of place."""

    text: str
    marks: tuple[Mark, ...]
