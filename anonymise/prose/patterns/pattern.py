"""One shape of one kind of identifier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from anonymise.prose.entities import Entity


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPattern:
    """One shape of one kind of identifier."""

    entity: Entity
    regex: str
    """In the dialect of the `regex` package."""
    score: float
    any_case: bool = True
    needs: str = ""
    """Characters of which a text must hold one, or the pattern is not tried; `0` stands for any digit."""
    check: Callable[[str], bool] | None = None
    """Turns matches away that are something else."""
