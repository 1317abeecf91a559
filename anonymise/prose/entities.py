"""What is looked for in text, and where it was found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Entity(StrEnum):
    """A kind of thing that can name somebody; its value is the placeholder's word."""

    PERSON = "PERSON"
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    URL = "URL"
    HANDLE = "HANDLE"
    IP_ADDRESS = "IP ADDRESS"
    DATE = "DATE"
    DATE_OF_BIRTH = "DATE OF BIRTH"
    AGE = "AGE"
    """Over 89: so few people are, that an age finds them."""
    ADDRESS = "ADDRESS"
    POSTCODE = "POSTCODE"
    LOCATION = "LOCATION"
    ORGANISATION = "ORGANISATION"
    GROUP = "GROUP"
    """Nationality, religious or political group: says little alone, and is special-category data."""
    NHS_NUMBER = "NHS NUMBER"
    CHI = "CHI NUMBER"
    UPN = "UPN"
    ULN = "ULN"
    UPRN = "UPRN"
    NINO = "NINO"
    PASSPORT = "PASSPORT"
    DRIVING_LICENCE = "DRIVING LICENCE"
    VEHICLE = "VEHICLE"
    BANK_ACCOUNT = "BANK ACCOUNT"
    CARD = "CARD NUMBER"
    DEVICE = "DEVICE"
    """Number of a telephone (IMEI) or of a network card (MAC)."""
    COORDINATES = "COORDINATES"
    """Latitude and longitude, a grid reference, three words of what3words."""
    PRISON_NUMBER = "PRISON NUMBER"
    PNC_ID = "PNC ID"
    CRO_NUMBER = "CRO NUMBER"
    COURT_CASE = "COURT CASE"
    REFERENCE = "REFERENCE"
    """Number of a case, crime, officer, patient, client."""
    NUMBER = "NUMBER"
    """A long number of no known kind."""
    HIDDEN = "HIDDEN TEXT"
    """Writing that cannot be read as it stands: base64, letters set apart."""
    KNOWN = "KNOWN VALUE"
    """A value of the same row that the contract keeps from research."""

    @property
    def placeholder(self) -> str:
        """What stands in the text in its place, such as `[PERSON]`."""
        return f"[{self.value}]"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text, from `start` up to and without `end`, in characters."""

    start: int
    end: int
    entity: Entity
    score: float
    """How telling the finding is, 0 to 1: of findings that overlap, the most telling one names the whole."""
