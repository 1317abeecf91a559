"""The county of Wexmoor: 24 wards, streets, postcodes and a metre grid. All of it is fiction.

No postcode area is called WX, and the grid is the county's own (its corner is 0, 0). A *segment* is a stretch of
street with a postcode of its own: the neighbourhood in which burglars come back.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from datalab.sample.people.identifiers import uprn

COUNTY = "Wexmoor"
WARDS = (
    "Abbots Fen", "Alderwick", "Ashmere", "Bellhaven", "Brackenholme", "Castle Gate", "Colnebrook", "Copperfield",
    "Dunmoor", "Eastbank", "Fallowdene", "Gallows Hill", "Harbour Side", "Hatherleigh Park", "Kingsfold", "Larkrise",
    "Marlpit", "Northgate", "Oxcroft", "Priory", "Quarry Bank", "Saltmarsh", "Thornhythe", "Westerby",
)  # fmt: skip
"""Every ward of the county, in order: the public domain of `ward` in all four datasets."""
SEGMENTS = 32
"""Street segments in a block of households."""
DISTRICTS_PER_WARD = 2
SPACING = 12.0
"""Metres between two houses of a segment."""
LENGTH = 1_000
"""Metres that a segment never passes, so that it stays in its ward."""
WARD_SIDE = 5_000
"""Metres along a ward's side; wards lie six in a row."""
WARDS_PER_ROW = 6
GRID = (30_000, 20_000)
"""Width and height of the county in metres: the stated bounds of eastings and northings."""

_INWARD = "ABDEFGHJLNPQRSTUWXYZ"  # Royal Mail leaves C I K M O V out of the inward code
_STREETS = (
    "Church", "Mill", "Station", "Victoria", "Albert", "Park", "Chapel", "Alma", "Inkerman", "Balmoral", "Windsor",
    "Queens", "Kings", "George", "Orchard", "Meadow", "Willow", "Larch", "Rowan", "Hawthorn", "Sycamore", "Beech",
    "Mafeking", "Ladysmith", "Nelson", "Trafalgar", "Wellington", "Cobden", "Gladstone", "Attlee", "Bevan",
    "St Mary's", "St Aidan's", "Friar", "Priory", "Tanner", "Cooper", "Wharf", "Lock", "Quay", "Sandpiper", "Curlew",
    "Heron", "Kestrel", "Byron", "Shelley", "Wordsworth", "Austen", "Bronte", "Constable", "Turner", "Elgar", "Purcell",
    "Keir Hardie", "Mandela", "Coronation", "Jubilee", "Festival", "Old Tannery",
    "Pump House", "Long Furrow", "Cowslip", "Foxglove",
)  # fmt: skip
_KINDS = (
    "Road",
    "Street",
    "Lane",
    "Close",
    "Avenue",
    "Drive",
    "Terrace",
    "Grove",
    "Crescent",
    "Way",
    "Gardens",
    "Court",
)
_BLOCKS_OF_FLATS = ("Attlee House", "Kestrel Point", "Gladstone Court", "Wharf Heights", "Larch Tower", "Elgar House")
_DEPRIVED = (5, 9, 11, 16, 17, 20)


class Point(NamedTuple):
    """Metres from the county's corner."""

    easting: int
    northing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of street whose houses share a postcode."""

    street: str
    ward: str
    postcode: str
    corner: Point
    step: tuple[float, float]
    """Metres east and north from one house to the next."""
    flats: str | None
    deprivation: float
    """How hard life is here: 0 (easy) to 1 (hard); raises absence, and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a household lives or lived."""

    house: str
    street: str
    ward: str
    postcode: str
    uprn: str
    point: Point
    deprivation: float

    @property
    def line(self) -> str:
        """House and street, as on an envelope."""
        return f"{self.house} {self.street}" if self.house[0].isdigit() else f"{self.house}, {self.street}"


def postcode_districts() -> tuple[str, ...]:
    """List every outward code of the county."""
    return tuple(f"WX{number}" for number in range(1, len(WARDS) * DISTRICTS_PER_WARD + 1))


def segment(number: int, rng: Random) -> Segment:
    """Return the county's segment of that number; 192,000 numbers give different postcodes."""
    ward = number % len(WARDS)
    unit, half = divmod(number // len(WARDS), DISTRICTS_PER_WARD)
    code = unit * 1_237 % 4_000  # 1,237 shares no factor with 4,000: a walk through all inward codes
    inward = f"{code // 400}{_INWARD[code % 400 // 20]}{_INWARD[code % 20]}"
    row, column = divmod(ward, WARDS_PER_ROW)
    corner = Point(
        column * WARD_SIDE + rng.randrange(200, WARD_SIDE - LENGTH),
        row * WARD_SIDE + rng.randrange(200, WARD_SIDE - LENGTH),
    )
    along_easting = rng.random() < 0.5
    return Segment(
        street=f"{rng.choice(_STREETS)} {rng.choice(_KINDS)}",
        ward=WARDS[ward],
        postcode=f"WX{DISTRICTS_PER_WARD * ward + half + 1} {inward}",
        corner=corner,
        step=(SPACING, 0.0) if along_easting else (0.0, SPACING),
        flats=rng.choice(_BLOCKS_OF_FLATS) if rng.random() < 0.15 else None,
        deprivation=0.75 + 0.25 * rng.random() if ward in _DEPRIVED else 0.4 * rng.random(),
    )


def address(place: Segment, *, door: int, household: int) -> Address:
    """Return the address behind one door of a segment.

    Args:
        place: the segment.
        door: place along the segment, from 0.
        household: number of the property in the county.
    """
    house = f"Flat {door + 1}, {place.flats}" if place.flats else str(door + 1) + ("A" if household % 41 == 0 else "")
    return Address(
        house=house,
        street=place.street,
        ward=place.ward,
        postcode=place.postcode,
        uprn=uprn(household),
        point=Point(
            round(place.corner.easting + door * place.step[0]), round(place.corner.northing + door * place.step[1])
        ),
        deprivation=place.deprivation,
    )
