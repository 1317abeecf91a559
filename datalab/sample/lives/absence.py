"""School absence as it truly was: sessions missed by each pupil in each term."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from datalab.sample.lives.calendar import TERMS, Term, academic_age
from datalab.sample.lives.effects import absence_band
from datalab.sample.people.person import Household, Person

FIRST_YEAR_AGE = 4
LAST_YEAR_AGE = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class TermAbsence:
    """One pupil's term."""

    pupil: Person
    home: Household
    term: Term
    year: int
    """School year: 0 is Reception, 11 is Year 11."""
    possible: int
    """Possible half-day sessions."""
    missed: int
    unauthorised: int

    @property
    def band(self) -> str:
        """Band of the share of sessions missed."""
        return absence_band(self.missed / self.possible)


def absences_of(home: Household, rng: Random) -> list[TermAbsence]:
    """Draw the terms of every pupil of a household."""
    found: list[TermAbsence] = []
    for pupil in home.members:
        if pupil.upn is None:
            continue
        usual = _usual_share(home.home.deprivation, rng)
        for term in TERMS:
            age = academic_age(pupil.born, term.academic_year)
            if not FIRST_YEAR_AGE <= age <= LAST_YEAR_AGE:
                continue
            joined_late = rng.random() < 0.02
            possible = term.sessions - (rng.randrange(10, 70) if joined_late else 2 * rng.randrange(3))
            missed = min(possible, round(possible * usual * rng.uniform(0.7, 1.3)))
            found.append(
                TermAbsence(
                    pupil=pupil,
                    home=home,
                    term=term,
                    year=age - FIRST_YEAR_AGE,
                    possible=possible,
                    missed=missed,
                    unauthorised=round(missed * (rng.uniform(0.3, 0.9) if usual > 0.1 else rng.uniform(0, 0.3))),
                )
            )
    return found


def _usual_share(deprivation: float, rng: Random) -> float:
    """Draw the share of sessions a pupil usually misses; harder wards have more persistent and severe absence."""
    draw = rng.random()
    severe = 0.01 + 0.03 * deprivation
    persistent = severe + 0.10 + 0.16 * deprivation
    if draw < severe:
        return rng.uniform(0.52, 0.85)
    if draw < persistent:
        return rng.uniform(0.11, 0.38)
    if draw < persistent + 0.24:
        return rng.uniform(0.05, 0.10)
    return rng.uniform(0.0, 0.048)
