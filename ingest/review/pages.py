"""The pages of a reading: the list, one text, the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from anonymise.prose.entities import Entity
from anonymise.review.found import Marks, Place
from ingest.review.room import Room

LOOKS: Final[Mapping[Entity, str]] = {
    **dict.fromkeys((Entity.PERSON, Entity.GROUP, Entity.HANDLE), "person"),
    **dict.fromkeys((Entity.ADDRESS, Entity.POSTCODE, Entity.LOCATION, Entity.ORGANISATION), "place"),
    **dict.fromkeys((Entity.PHONE, Entity.EMAIL, Entity.URL, Entity.IP_ADDRESS), "contact"),
    Entity.DATE: "date",
}
"""How a mask is coloured: by what sort of thing it is; everything else is a number or a code."""
CODE: Final = "code"
LEGEND: Final = (
    ("person", "people and groups"),
    ("place", "places and organisations"),
    ("contact", "contact"),
    ("date", "dates"),
    (CODE, "numbers, codes and the row's own values"),
)
_WORDS: Final[Mapping[Entity, str]] = {
    Entity.NHS_NUMBER: "NHS number",
    Entity.UPN: "UPN",
    Entity.NINO: "NI number",
    Entity.URL: "URL",
    Entity.IP_ADDRESS: "IP address",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a browser asks of a page."""

    room: Room
    path: Mapping[str, str]
    form: FormData

    @property
    def number(self) -> int:
        """The text that the address names; 0 where it names none."""
        said = self.path.get("number", "")
        return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else 0  # noqa: PLR2004 - digits


Step = Callable[[Asked], Response]


def listing(asked: Asked) -> Response:
    """Show the list of texts, how far they are read, and what was found."""
    reading = asked.room.reading
    rows = [
        (number, item, reading.marks_of(item) is not None, len(getattr(reading.marks_of(item), "missed", ())))
        for number, item in enumerate(reading.items, start=1)
    ]
    return asked.room.show(
        "review_list.html",
        rows=rows,
        following=reading.next_number(),
        columns=[
            (one.name, one.rate.document(), one.doubtful, reading.contract.column(one.name))
            for one in reading.columns()
        ],
    )


def text(asked: Asked) -> Response:
    """Show one text, each word that is not masked with a box to tick."""
    room, number = asked.room, asked.number
    item = room.reading.item(number)
    room.note_shown(number)
    return room.show(
        "review_text.html",
        number=number,
        item=item,
        marks=room.reading.marks_of(item) or Marks(),
        looks=LOOKS,
        code=CODE,
        legend=LEGEND,
        kinds=[(entity.value, kind_words(entity)) for entity in Entity if entity is not Entity.KNOWN],
        words=kind_words,
    )


def save(asked: Asked) -> Response:
    """Keep what was marked in a text, and lead on to the next that was not read."""
    room, number = asked.room, asked.number
    item = room.reading.item(number)
    said = asked.form.get("kind", "")
    marks = Marks(
        missed=_places(asked.form, "missed"),
        wrong=_places(asked.form, "wrong"),
        kind=Entity(said) if isinstance(said, str) and said in set(Entity) else None,
        seconds=room.seconds_shown(number),
    )
    room.reading.save(item, marks)
    following = room.reading.next_number(number)
    return RedirectResponse(room.path("" if following is None else f"texts/{following}"), status_code=303)


def finish(asked: Asked) -> Response:
    """Sign what was found, and show it; the command ends after that."""
    path = asked.room.reading.finish()
    return asked.room.show("review_done.html", file=path.name, columns=asked.room.reading.columns())


def kind_words(entity: Entity) -> str:
    """Return a kind as people read it."""
    return _WORDS.get(entity, entity.value.capitalize())


def _places(form: FormData, name: str) -> frozenset[Place]:
    """Return the places that boxes of a form name; what names none is left out."""
    places = set()
    for value in form.getlist(name):
        start, _, end = value.partition("-") if isinstance(value, str) else ("", "", "")
        if start.isascii() and start.isdigit() and end.isascii() and end.isdigit():
            places.add((int(start[:9]), int(end[:9])))
    return frozenset(places)
