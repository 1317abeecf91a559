"""Which columns of a table are personal: the lab's namer beside presidio-structured, on a table of this country.

The table has a column of each kind that a register holds, and columns that say nothing about one person but look as if
they did: companies, countries, occupations, products. presidio-structured looks at values alone; the lab at headers
too, so it is measured with them and without (`c1`, `c2`, ...).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pandas as pd
from systems import MODEL, stock_engine

from anonymise.columns import ValueNamer
from anonymise.prose.recognisers import load_recognisers
from datalab.contract.drafting.naming import FirstOf, HeaderNamer
from datalab.contract.model import Role, Treatment
from datalab.sample.people.identifiers import landline, mobile, nhs_number, plate, spaced_phone, uprn
from datalab.sample.people.names import Sex, a_community, given_name, surname

PEER = "presidio-structured"
ROWS = 200
COLUMNS = 30
TOWNS = ("Leeds", "Bradford", "Hull", "York", "Wakefield", "Doncaster", "Rotherham", "Barnsley", "Selby", "Whitby")
COUNTRIES = ("France", "Poland", "India", "Nigeria", "Ireland", "Ghana", "Spain", "Romania", "Pakistan", "Brazil")
JOBS = ("Baker", "Teacher", "Electrician", "Nurse", "Cleaner", "Solicitor", "Chef", "Driver", "Carer", "Roofer")
DIGITS = "0123456789"
STATES = ("open", "closed", "pending")
PRODUCTS = ("boiler", "kettle", "bicycle", "radio")
MATTERS = ("rent", "school place", "missed visit", "complaint")
KINDS = ("Ltd", "plc", "LLP", "Holdings", "Group")
PERSONAL = {
    "GivenName", "Surname", "FullName", "DateOfBirth", "NHSNumber", "NINO", "Mobile", "Telephone", "Email", "Street",
    "Address", "Postcode", "SortCodeAccount", "CardNumber", "VehicleRegistration", "PassportNo", "DrivingLicence",
    "IPAddress", "Username", "UPRN", "Notes",
}  # fmt: skip
"""Columns that a contract must not keep as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a system said of the table's columns."""

    system: str
    personal: int
    """Personal columns found, of those there are."""
    false: tuple[str, ...]
    """Other columns called personal."""
    missed: tuple[str, ...]
    seconds: float
    """CPU."""


def columns(peer: Path | None) -> list[Named]:
    """Name the table's columns by each system; the peer is left out where its folder is not there."""
    table = _table(Random(7))
    namer = FirstOf((HeaderNamer(), ValueNamer(load_recognisers(MODEL))))
    bare = table.rename(columns={name: f"c{place}" for place, name in enumerate(table.columns)})

    def ours(frame: pd.DataFrame) -> list[bool]:
        said = [namer.suggest(str(name), frame[name].tolist()) for name in frame.columns]
        return [one is not None and _personal(one.role, one.treatment) for one in said]

    systems: dict[str, Callable[[], list[bool]]] = {
        "datalab, headers and values": lambda: ours(table),
        "datalab, values alone": lambda: ours(bare),
    }
    if peer is not None and peer.is_dir():
        sys.path.append(str(peer))
        from presidio_structured import PandasAnalysisBuilder  # noqa: PLC0415 - a peer, not of the lab's environment

        builder = PandasAnalysisBuilder(stock_engine())

        def structured() -> list[bool]:
            found = builder.generate_analysis(table).entity_mapping
            return [name in found for name in table.columns]

        systems[PEER] = structured
        stock_engine().analyze("warm", language="en")
    ours(bare.head(5))
    return [_named(name, system, list(table.columns)) for name, system in systems.items()]


def _named(system: str, said: Callable[[], list[bool]], names: list[str]) -> Named:
    began = time.process_time()
    calls = said()
    seconds = time.process_time() - began
    found = {name for name, called in zip(names, calls, strict=True) if called}
    return Named(
        system=system,
        personal=len(found & PERSONAL),
        false=tuple(name for name in names if name in found - PERSONAL),
        missed=tuple(name for name in names if name in PERSONAL - found),
        seconds=seconds,
    )


def _personal(role: Role, treatment: Treatment) -> bool:
    """Whether a suggestion keeps a column from research, or makes it coarser."""
    return treatment is not Treatment.KEEP and role is not Role.ADMINISTRATIVE


def _table(rng: Random) -> pd.DataFrame:
    return pd.DataFrame([_row(number, rng) for number in range(ROWS)]).astype(str)


def _row(number: int, rng: Random) -> dict[str, object]:
    sex = rng.choice((Sex.FEMALE, Sex.MALE))
    community = a_community(rng)
    given = given_name(community, sex, rng.randrange(1940, 2010), rng)
    family = surname(community, sex, rng) or given
    street = f"{_family(rng)} {rng.choice(('Road', 'Street', 'Lane'))}"
    born = f"{rng.randrange(1, 29):02d}/{rng.randrange(1, 13):02d}/{rng.randrange(1940, 2010)}"
    return {
        "GivenName": given, "Surname": family, "FullName": f"{given} {family}", "Sex": sex.value, "DateOfBirth": born,
        "NHSNumber": nhs_number(number), "NINO": f"{_of('ABCEGHJK', 2, rng)}{_of(DIGITS, 6, rng)}{_of('ABCD', 1, rng)}",
        "Mobile": spaced_phone(mobile(rng), rng), "Telephone": spaced_phone(landline(rng), rng),
        "Email": f"{given[0].lower()}{number}@post.example", "Street": street,
        "Address": f"{rng.randrange(1, 180)} {street}", "Town": rng.choice(TOWNS),
        "Postcode": f"LS{rng.randrange(1, 29)} {_of(DIGITS, 1, rng)}{_of('ABDEFGHJ', 2, rng)}",
        "Country": rng.choice(COUNTRIES), "Company": f"{_family(rng)} {rng.choice(KINDS)}",
        "Occupation": rng.choice(JOBS), "SortCodeAccount": f"20-{_of(DIGITS, 2, rng)}-11 {_of(DIGITS, 8, rng)}",
        "CardNumber": _luhn(f"4{_of(DIGITS, 14, rng)}"), "VehicleRegistration": plate(rng),
        "PassportNo": _of(DIGITS, 9, rng), "DrivingLicence": _licence(given, family, rng),
        "IPAddress": f"192.0.2.{rng.randrange(1, 255)}", "Username": f"{given.lower()}{rng.randrange(99)}",
        "UPRN": uprn(number), "Amount": f"{rng.randrange(10, 9000) / 100:.2f}",
        "Visit": f"2024-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}", "Status": rng.choice(STATES),
        "Product": rng.choice(PRODUCTS),
        "Notes": f"Spoke with {given} about the {rng.choice(MATTERS)} and agreed to ring again.",
    }  # fmt: skip


def _family(rng: Random) -> str:
    return surname(a_community(rng), Sex.MALE, rng) or "Mill"


def _of(letters: str, count: int, rng: Random) -> str:
    return "".join(rng.choice(letters) for _ in range(count))


def _licence(given: str, family: str, rng: Random) -> str:
    day = f"{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}"
    return f"{family.upper()[:5]:9<5}{_of(DIGITS, 1, rng)}{day}{_of(DIGITS, 1, rng)}{given[0].upper()}99AA"


def _luhn(stem: str) -> str:
    total = sum(
        int(digit) if place % 2 else sum(divmod(2 * int(digit), 10))
        for place, digit in enumerate(reversed(stem), start=0)
    )
    return f"{stem}{-total % 10}"
