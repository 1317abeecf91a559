"""In which columns a row and a possible partner meet, and in which they are compared: the same on every engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from datalab.engine.counter import Names
from datalab.privacy.plan import Link, Source
from datalab.query.model import ColumnRef

UNIT = "unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerColumns:
    """A link to a source, by names of columns."""

    source: Source
    link: Link
    own: str
    """The question's dataset; where the partner is another row of it, that dataset once more is the source."""
    names: Names

    @property
    def keys(self) -> Mapping[str, tuple[str, str]]:
        """Return what has to be equal: under which name in a group, of the row itself, of a possible partner."""
        pairs = [(UNIT, UNIT)] if self.link.by_unit else []
        pairs += [(self.names[on.own][0], self.names[on.other][0]) for on in self.link.on]
        return {f"near_key{place}": pair for place, pair in enumerate(pairs)}

    @property
    def alike(self) -> Mapping[str, tuple[str, str]]:
        """Return in what a possible partner is like the row itself, in the same way; nothing of another dataset.

        A group holds it of one of its rows: where there are more, another row is among them in any case.
        """
        refs: list[ColumnRef] = [self.source.ref(column) for column in self.source.columns] * self.link.another
        return {
            f"near_like{place}": (self.names[replace(ref, dataset=self.own)][0], self.names[ref][0])
            for place, ref in enumerate(refs)
        }
