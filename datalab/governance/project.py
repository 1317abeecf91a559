"""Projects: who may ask what of which data, for what purpose and until when (the Five Safes application)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetGrant:
    """The columns of one dataset that a project may use."""

    dataset: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """One approved piece of research."""

    id: str
    """Words of lower case letters and digits, joined by single underscores; at most 30 characters."""
    title: str
    purpose: str
    members: frozenset[str]
    """User names of its researchers."""
    grants: tuple[DatasetGrant, ...]
    expires_on: date

    def grant(self, dataset: str) -> DatasetGrant | None:
        """Return what the project may use of a dataset, or None."""
        return next((grant for grant in self.grants if grant.dataset == dataset), None)
