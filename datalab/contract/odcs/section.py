"""One mapping of a contract file: typed getters that record a fault and go on, so that all faults come at once."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from datalab.contract.odcs.tree import Fields, Items, Leaf, Tree
from datalab.contract.odcs.vocabulary import TO_CONFIRM, Shape
from datalab.errors import Fault

Choice = TypeVar("Choice", bound=StrEnum)
Wanted = TypeVar("Wanted")
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MAX_QUOTED = 60  # characters of a contract's own text that a message repeats


class Section:
    """A mapping with its place in the document.

    Args:
        fields: the mapping.
        place: path inside the document.
        faults: where faults are recorded, shared by all sections of a document.
    """

    def __init__(self, fields: Fields, place: str, faults: list[Fault]) -> None:
        self.fields = fields
        self.place = place
        self.faults = faults
        self.unsound: set[str] = set()
        """Keys whose value is there but could not be read, so that no rule calls them absent."""

    def line(self, key: str | None = None) -> int:
        """Return the line of a key, or of the section where it has no such key."""
        return self.fields.lines.get(key or "", self.fields.line)

    def add(self, key: str | None, what: str, remedy: str) -> None:
        """Record a fault at a key."""
        self.faults.append(Fault(what=what, remedy=remedy, line=self.line(key), where=self.place))

    def spoil(self, key: str, what: str, remedy: str) -> None:
        """Record that the value of a key cannot be read."""
        self.unsound.add(key)
        self.add(key, what, remedy)

    def need(self, key: str, remedy: str) -> None:
        """Record a fault if a key is absent."""
        if key not in self.fields.entries:
            self.add(None, f"`{key}` is missing.", remedy)

    def text(self, key: str) -> str | None:
        """Return text that is not blank."""
        value = self._leaf(key, str, "text", "Put it in quotes if it looks like a number, a date, yes or no.")
        if value is not None and not value.strip():
            self.spoil(key, f"`{key}` is blank.", "Say it in words.")
            return None
        return value

    def prose(self, key: str) -> str:
        """Return text, or the empty string."""
        return self._leaf(key, str, "text", "Put it in quotes.") or ""

    def flag(self, key: str) -> bool:
        """Return true or false; false where the key is absent."""
        return self._leaf(key, bool, "true or false", "Write true or false.") or False

    def whole(self, key: str) -> int | None:
        """Return a whole number."""
        return self._leaf(key, int, "a whole number", "Write digits, without quotes.")

    def number(self, key: str) -> float | None:
        """Return a finite number."""
        value = self._leaf(key, (int, float), "a number", "Write digits, without quotes.")
        if value is not None and (value != value or abs(value) == float("inf")):  # noqa: PLR0124 - NaN is not itself
            self.spoil(key, f"`{key}` is not a finite number.", "State a number.")
            return None
        return value

    def day(self, key: str) -> date | None:
        """Return a date, written `2024-12-31`, in quotes or not."""
        value = self._leaf(key, (date, str), "a date", "Write it as 2024-12-31.")
        if value is None:
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if isinstance(value, str) and ISO_DAY.fullmatch(value):
            with suppress(ValueError):
                return date.fromisoformat(value)
        self.spoil(key, f"`{key}` is not a date.", "Write it as 2024-12-31.")
        return None

    def choice(self, key: str, choices: type[Choice]) -> Choice | None:
        """Return one of the words that an enum lists."""
        value = self._leaf(key, str, "a word", f"Choose one of: {', '.join(choices)}.")
        if value is None or value in {str(choice) for choice in choices}:
            return None if value is None else choices(value)
        self.spoil(
            key, f"`{value[:MAX_QUOTED]}` is not a {key}.", suggestion(value, [str(choice) for choice in choices])
        )
        return None

    def child(self, key: str) -> Section | None:
        """Return the mapping below a key."""
        node = self.fields.entries.get(key)
        if isinstance(node, Fields):
            return Section(node, f"{self.place}.{key}".lstrip("."), self.faults)
        if node is not None and not self._to_confirm(key, node):
            self.spoil(key, f"`{key}` must hold `name: value` lines.", "Indent them below it.")
        return None

    def children(self, key: str) -> tuple[Section, ...]:
        """Return the mappings in the list below a key."""
        node = self.fields.entries.get(key)
        if not isinstance(node, Items):
            if node is not None and not self._to_confirm(key, node):
                self.spoil(key, f"`{key}` must be a list.", "Start each entry with `- `.")
            return ()
        found: list[Section] = []
        for index, item in enumerate(node.items):
            place = f"{self.place}.{key}[{index}]".lstrip(".")
            if isinstance(item, Fields):
                found.append(Section(item, place, self.faults))
            else:
                self.unsound.add(key)
                what = f"An entry of `{key}` is not a mapping."
                remedy = "Write it as `- value: ...`." if key == "enum" else "Write `- name: value`."
                self.faults.append(Fault(what=what, remedy=remedy, line=item.line, where=place))
        return tuple(found)

    def properties(self, known: Shape) -> Section:
        """Return the `customProperties` of this section as one section of their own, keyed by property."""
        entries: dict[str, Tree] = {}
        lines: dict[str, int] = {}
        for entry in self.children("customProperties"):
            entry.need("property", f"Name it, such as `{next(iter(known.keys))}`.")
            entry.need("value", "State its value.")
            name = entry.text("property")
            if name is None or "value" not in entry.fields.entries:
                continue
            if name not in known.keys:
                what = f"`{name[:MAX_QUOTED]}` is not a property that the lab knows here."
                entry.add("property", what, suggestion(name, list(known.keys)))
            elif name in entries:
                entry.add("property", f"`{name}` stands twice.", f"It stands first on line {lines[name]}; keep one.")
            else:
                entries[name], lines[name] = entry.fields.entries["value"], entry.line("value")
        line = self.line("customProperties")
        return Section(Fields(entries=entries, lines=lines, line=line), self.place, self.faults)

    def check_keys(self, shape: Shape, standard: frozenset[str] = frozenset()) -> None:
        """Record every key that does not belong here; `standard` names those that ODCS has and the lab refuses."""
        for key in self.fields.entries:
            if key in shape.keys:
                continue
            if key in standard:
                what = f"The standard has `{key}`, but the lab does not act on it, so it may not stand here."
                self.add(key, what, f"Remove it. Keys of a {shape.title} here: {', '.join(shape.keys)}.")
            else:
                self.add(
                    key, f"`{key[:MAX_QUOTED]}` is not a key of a {shape.title}.", suggestion(key, list(shape.keys))
                )

    def _leaf(self, key: str, kind: type[Wanted] | tuple[type[Wanted], ...], name: str, remedy: str) -> Wanted | None:
        node = self.fields.entries.get(key)
        if node is None or self._to_confirm(key, node):
            return None
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if (
            not isinstance(node, Leaf)
            or not isinstance(node.value, kinds)
            or (isinstance(node.value, bool) and bool not in kinds)
        ):
            self.spoil(key, f"`{key}` must be {name}.", remedy)
            return None
        return node.value

    def _to_confirm(self, key: str, node: Tree) -> bool:
        """Tell whether a draft's placeholder stands there; that is a fault of its own, recorded once for all."""
        waiting = isinstance(node, Leaf) and isinstance(node.value, str) and node.value.startswith(TO_CONFIRM)
        if waiting:
            self.unsound.add(key)
        return waiting


def suggestion(word: str, known: list[str]) -> str:
    """Return a remedy that names the nearest known word, or all of them."""
    by_fold = {name.casefold(): name for name in known}
    near = get_close_matches(word.casefold(), list(by_fold), n=1)
    return f"Did you mean `{by_fold[near[0]]}`?" if near else f"Known here: {', '.join(known)}."
