"""An agency's register of the people of one block, and the records it makes about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from datalab.sample.lives.calendar import Period
from datalab.sample.narratives.marks import Text
from datalab.sample.people.person import Household, Person
from datalab.sample.people.slips import SlipRates, View, view_of

Cell = str | int | float | bool | object | None
Row = dict[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row of an extract, and what is true about it."""

    dataset: str
    period: Period
    entry: str
    """The row's own unique number, a column of the extract."""
    row: Row
    text_column: str = ""
    text: Text | None = None


class Register:
    """Views of people under the agency's keys, made when first needed; at most `most_rows` records a person."""

    def __init__(self, *, rates: SlipRates, most_rows: int, key: Callable[[int], str], rng: Random) -> None:
        self._rates = rates
        self._most_rows = most_rows
        self._key = key
        self._rng = rng
        self._rows: dict[int, int] = {}
        self.views: dict[int, tuple[View, ...]] = {}

    def admits(self, person: Person) -> bool:
        """Count one more record of a person; False where they have as many as the contract allows."""
        rows = self._rows.get(person.number, 0)
        self._rows[person.number] = rows + 1
        return rows < self._most_rows

    def view(self, person: Person, home: Household) -> View:
        """Return a person as on file; some are on file twice, and a record lands on either key."""
        known = self.views.get(person.number)
        if known is None:
            keys = 2 if self._rng.random() < self._rates.second_key else 1
            known = tuple(
                view_of(person, home, key=self._key(2 * person.number + n), rates=self._rates, rng=self._rng)
                for n in range(keys)
            )
            self.views[person.number] = known
        return known[0] if len(known) == 1 else self._rng.choice(known)
