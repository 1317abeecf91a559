"""`datalab.generalise`: a generalisation as the custodian writes it, in and out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from datalab.contract.generalisation import (
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
from datalab.contract.odcs.section import Section
from datalab.contract.odcs.vocabulary import GENERALISE, OTHERS

FORMS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "to": (frozenset({"to"}), frozenset()),
    "band": (frozenset({"band"}), frozenset({"top"})),
    "ageBand": (frozenset({"ageBand", "top", "on"}), frozenset()),
    "topCode": (frozenset({"topCode"}), frozenset({"bottomCode"})),
    "postcode": (frozenset({"postcode"}), frozenset()),
    "shift": (frozenset({"shift"}), frozenset()),
    "others": (frozenset({"others"}), frozenset()),
    "microaggregate": (frozenset({"microaggregate"}), frozenset()),
}
"""The key that names each form, with the keys the form needs and those it may have."""
HOW = (
    "Write one of {to: year|quarter|month}, {band: N, top: N}, {ageBand: N, top: N, on: DATE}, "
    "{topCode: N, bottomCode: N}, {postcode: district|area}, {others: [{keep: A}, {join: B}]}, {microaggregate: N}, "
    "{shift: days}."
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


def _form(section: Section, head: str) -> Generalisation | None:  # noqa: PLR0911 - a case each
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
            limit, bottom = section.number("topCode"), section.number("bottomCode")
            return None if limit is None else TopCode(limit=limit, bottom=bottom)
        case "others":
            return _others(section)
        case "microaggregate":
            return _microaggregate(section)
        case "shift":
            if section.text("shift") not in {"days", None}:
                section.spoil("shift", "Dates are moved by whole days.", "Write {shift: days}.")
            return DateShift()
        case _:
            code = section.text("postcode")
            if code not in {"district", "area", None}:
                section.spoil("postcode", "A postcode can become its district or its area.", "Write one of the two.")
            return PostcodeArea() if code == "area" else PostcodeDistrict()


def _microaggregate(section: Section) -> Microaggregate | None:
    size = _positive(section, "microaggregate")
    if size == 1:
        section.spoil("microaggregate", "A group of one hides nobody.", "State a whole number from 2.")
    return Microaggregate(size=size) if size else None


def _others(section: Section) -> Others | None:
    said: dict[str, list[str]] = {"keep": [], "join": []}
    for entry in section.children("others"):
        entry.check_keys(OTHERS)
        if len(entry.fields.entries) != 1:
            entry.add(None, "An entry names one category.", "Write `- keep: CATEGORY` or `- join: CATEGORY`.")
        for key, found in said.items():
            category = entry.text(key)
            if category is not None:
                found.append(category)
    if not (said["keep"] and said["join"]) and "others" not in section.unsound:
        what = "Some categories must be kept and some joined, or the treatment does nothing."
        section.spoil("others", what, "List both, or write treatment keep or drop.")
    return Others(kept=tuple(said["keep"]), joined=tuple(said["join"]))


def _positive(section: Section, key: str) -> int | None:
    value = section.whole(key)
    if value is not None and value < 1:
        section.spoil(key, f"`{key}` must be above 0.", "State a whole number from 1.")
        return None
    return value


def generalise_value(generalisation: Generalisation) -> dict[str, Any]:  # noqa: C901, PLR0911 - a case each
    """Return a generalisation as the mapping that `read_generalise` reads."""
    match generalisation:
        case DateTo(part=part):
            return {"to": part.value}
        case NumberBand(width=width, top=top):
            return {"band": width} if top is None else {"band": width, "top": top}
        case AgeBand(width=width, top=top, reference=reference):
            return {"ageBand": width, "top": top, "on": reference.isoformat()}
        case TopCode(limit=limit, bottom=None):
            return {"topCode": limit}
        case TopCode(limit=limit, bottom=bottom):
            return {"topCode": limit, "bottomCode": bottom}
        case PostcodeDistrict():
            return {"postcode": "district"}
        case PostcodeArea():
            return {"postcode": "area"}
        case Others(kept=kept, joined=joined):
            return {"others": [*({"keep": one} for one in kept), *({"join": one} for one in joined)]}
        case Microaggregate(size=size):
            return {"microaggregate": size}
        case DateShift():
            return {"shift": "days"}
        case _:
            assert_never(generalisation)
