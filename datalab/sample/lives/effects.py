"""The planted effects and their true parameters, so that a study has something to recover.

They are written down in `truth/effects.json` together with what the random numbers made of them.
"""

from __future__ import annotations

from enum import StrEnum

ABSENCE_BANDS = ("under 5%", "5% to under 10%", "10% to under 50%", "50% or more")
"""Share of possible sessions missed in a term; DfE calls 10 % persistent and 50 % severe absence."""
ANTISOCIAL_PER_TERM = 0.03
"""Antisocial-behaviour incidents a term of a pupil aged 10 or more in the lowest absence band."""
ANTISOCIAL_RATE_RATIO = dict(zip(ABSENCE_BANDS, (1.0, 1.5, 3.0, 5.0), strict=True))
"""Times that rate, by the absence recorded in the same term."""
RESPONSIBLE_AGE = 10
"""Age of criminal responsibility in England and Wales."""

DOMESTIC_PER_YEAR = {"F": 0.020, "M": 0.008}
"""First domestic incidents a year of an adult, as victim."""
DOMESTIC_REPEAT = 0.45
"""Chance that a domestic incident is followed by another."""
DOMESTIC_REPEAT_DAYS = 35.0
AE_RATE_RATIO = 3.0
"""A&E attendances of adults with a recorded domestic incident, times those of others of their age."""
AE_SOON_AFTER = 0.35
"""Share of a victim's attendances that fall in the days after an incident."""
AE_SOON_DAYS = 1.5

BURGLARIES_PER_YEAR = 0.025
"""First burglaries a year of a household."""
NEAR_REPEAT = 0.40
"""Burglaries that one burglary sets off nearby, on average (never more than one)."""
NEAR_REPEAT_DAYS = 5.0
NEAR_REPEAT_DOORS = 4
"""Farthest door, counted along the street, that a near repeat hits."""

CONTACTS_PER_YEAR = 0.06
"""Social-care contacts a year of a child."""
CONTACT_RATE_RATIO_DOMESTIC = 6.0
"""Times that, for children of a household with a recorded domestic incident."""
CONTACT_RATE_RATIO_SEVERE_ABSENCE = 2.0
"""Times that, for pupils who missed half of a term or more."""


class Effect(StrEnum):
    """The effects a study can look for."""

    ABSENCE = "absence_and_antisocial_behaviour"
    ATTENDANCE = "domestic_incidents_and_ae_attendance"
    BURGLARY = "near_repeat_burglary"
    CONTACT = "domestic_incidents_and_social_care_contact"


def absence_band(share: float) -> str:
    """Return the band of a share of sessions missed, 0 to 1."""
    for edge, label in zip((0.05, 0.10, 0.50), ABSENCE_BANDS, strict=False):
        if share < edge:
            return label
    return ABSENCE_BANDS[-1]


def attendances_per_year(age: int) -> float:
    """Return A&E attendances a year of somebody of an age, without a domestic incident."""
    for below, rate in ((5, 0.42), (16, 0.22), (65, 0.18), (80, 0.26)):
        if age < below:
            return rate
    return 0.50


def stated_effects() -> dict[Effect, dict[str, object]]:
    """Describe every planted effect: what it says, its parameters, and how to recompute it."""
    return {
        Effect.ABSENCE: {
            "says": "Pupils who miss more school are more often suspects of antisocial behaviour in the same term.",
            "unit": "pupil-term, pupils aged 10 or more",
            "base_rate_per_term": ANTISOCIAL_PER_TERM,
            "rate_ratio_by_absence_band": ANTISOCIAL_RATE_RATIO,
        },
        Effect.ATTENDANCE: {
            "says": "Adult victims of a recorded domestic incident attend A&E more often, often within days of it.",
            "unit": "person aged 16 or more, whole period",
            "rate_ratio": AE_RATE_RATIO,
            "share_soon_after": AE_SOON_AFTER,
            "mean_days_after": AE_SOON_DAYS,
        },
        Effect.BURGLARY: {
            "says": "A burglary is often followed by another a few doors away within days.",
            "unit": "burglary",
            "offspring_per_burglary": NEAR_REPEAT,
            "mean_days_after": NEAR_REPEAT_DAYS,
            "farthest_doors": NEAR_REPEAT_DOORS,
        },
        Effect.CONTACT: {
            "says": "Social care hears more often of children in households with a recorded domestic incident.",
            "unit": "child under 18, whole period",
            "rate_ratio": CONTACT_RATE_RATIO_DOMESTIC,
            "rate_ratio_severe_absence": CONTACT_RATE_RATIO_SEVERE_ABSENCE,
        },
    }
