"""`datalab.generalise`: a generalisation as the custodian writes it, in and out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from datalab.contract.generalisation import (
    AgeBand,
    DatePart,
    DateShift,
    DateTo,
    Generalisation,
    NumberBand,
    PostcodeDistrict,
    TopCode,
)
from datalab.contract.odcs.section import Section
from datalab.contract.odcs.vocabulary import GENERALISE

FORMS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "to": (frozenset({"to"}), frozenset()),
    "band": (frozenset({"band"}), frozenset({"top"})),
    "ageBand": (frozenset({"ageBand", "top", "on"}), frozenset()),
    "topCode": (frozenset({"topCode"}), frozenset()),
    "postcode": (frozenset({"postcode"}), frozenset()),
    "shift": (frozenset({"shift"}), frozenset()),
}
"""The key that names each form, with the keys the form needs and those it may have."""
HOW = (
    "Write one of {to: year|quarter|month}, {band: N, top: N}, {ageBand: N, top: N, on: DATE}, {topCode: N}, "
    "{postcode: district}, {shift: days}."
)


def read_generalise(section: Section) -> Generalisation | None:
    """Read the mapping below `datalab.generalise`; None where it holds a fault."""
    before = len(section.faults)
    section.check_keys(GENERALISE)
    heads = [key for key in FORMS if key in section.fields.entries]
    if len(heads) != 1:
        section.add(None, "`datalab.generalise` must name one way to generalise.", HOW)
        return None
    needed, possible = FORMS[heads[0]]
    for key in sorted(needed):
        section.need(key, HOW)
    for key in sorted((set(section.fields.entries) & set(GENERALISE.keys)) - needed - possible):
        section.add(key, f"`{key}` does not go with `{heads[0]}`.", HOW)
    found = _form(section, heads[0])
    return found if len(section.faults) == before else None


def _form(section: Section, head: str) -> Generalisation | None:
    top = _positive(section, "top")
    match head:
        case "to":
            part = section.choice("to", DatePart)
            return DateTo(part=part) if part else None
        case "band":
            width = _positive(section, "band")
            return NumberBand(width=width, top=top) if width else None
        case "ageBand":
            width, on = _positive(section, "ageBand"), section.day("on")
            return AgeBand(width=width, top=top, reference=on) if width and top and on else None
        case "topCode":
            limit = section.number("topCode")
            return None if limit is None else TopCode(limit=limit)
        case "shift":
            if section.text("shift") not in {"days", None}:
                section.spoil("shift", "Dates are moved by whole days.", "Write {shift: days}.")
            return DateShift()
        case _:
            if section.text("postcode") not in {"district", None}:
                section.spoil("postcode", "A postcode can only become its district.", "Write {postcode: district}.")
            return PostcodeDistrict()


def _positive(section: Section, key: str) -> int | None:
    value = section.whole(key)
    if value is not None and value < 1:
        section.spoil(key, f"`{key}` must be above 0.", "State a whole number from 1.")
        return None
    return value


def generalise_value(generalisation: Generalisation) -> dict[str, str | int | float]:
    """Return a generalisation as the mapping that `read_generalise` reads."""
    match generalisation:
        case DateTo(part=part):
            return {"to": part.value}
        case NumberBand(width=width, top=top):
            return {"band": width} if top is None else {"band": width, "top": top}
        case AgeBand(width=width, top=top, reference=reference):
            return {"ageBand": width, "top": top, "on": reference.isoformat()}
        case TopCode(limit=limit):
            return {"topCode": limit}
        case PostcodeDistrict():
            return {"postcode": "district"}
        case DateShift():
            return {"shift": "days"}
        case _:
            assert_never(generalisation)
