"""A person and a household as they truly are, whatever agencies write down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from datalab.sample.people.names import Sex
from datalab.sample.people.places import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who does not exist, as they truly are."""

    number: int
    """Place in the county, from 0."""
    given: str
    surname: str
    """Empty for people with one name only."""
    birth_surname: str
    known_as: str
    sex: Sex
    born: date
    community: str
    ethnic_group: str
    nhs_number: str
    upn: str | None
    """Set for people who were of school age since UPNs began."""
    phone: str
    email: str
    plate: str | None
    is_parent: bool

    def age_on(self, day: date) -> int:
        """Return completed years on a day."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """People behind one door, adults first."""

    number: int
    home: Address
    former: Address | None
    """Where they lived until `moved_on`, if they moved in the period."""
    moved_on: date | None
    members: tuple[Person, ...]
    is_couple: bool
    """The first two members are partners."""
    former_partner: str | None
    """Full name of somebody's former partner, who lives elsewhere and is in nobody's records."""

    def address_on(self, day: date) -> Address:
        """Return where the household lived on a day."""
        return self.former if self.former and self.moved_on and day < self.moved_on else self.home
