"""The chapters of `docs/questions.md`: examples that run on every engine."""

from chapters import afterwards, averaged, counted, derived, distributed, joined, public, tabled, unlisted
from chapters.example import Chapter, Example

CHAPTERS: tuple[Chapter, ...] = tuple(
    module.CHAPTER for module in (counted, averaged, distributed, derived, unlisted, joined, tabled, afterwards, public)
)

__all__ = ["CHAPTERS", "Chapter", "Example"]
