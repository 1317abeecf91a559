"""Doubt by a model that leans further than the one that masked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from anonymise.prose.entities import Entity, Span
from anonymise.review.model_doubt import ModelDoubt


class Quiet:
    """Doubts nothing."""

    def score(self, texts: Sequence[str], masks: Sequence[Sequence[Span]]) -> list[float]:
        """Return no doubt for any text."""
        return [0.0 for _ in zip(texts, masks, strict=True)]


class SeesCapitals:
    """Takes every word in capitals for a person, twice, as two models do, and every number for a quantity."""

    def read(self, texts: Sequence[str]) -> Iterator[tuple[int, int, int, str]]:
        """Yield the words."""
        for number, text in enumerate(texts):
            for word in text.split():
                start = text.index(word)
                if word.isupper():
                    yield number, start, start + len(word), "PERSON"
                    yield number, start, start + len(word), "PERSON"
                if word.isdigit():
                    yield number, start, start + len(word), "CARDINAL"


def test_what_a_model_finds_outside_the_masks_is_doubted_once() -> None:
    """A finding that is masked, or names nobody, adds nothing; one that two models share adds one."""
    texts = ["ZED met ANN", "ZED met ann 12", "nobody"]
    masks = [[Span(0, 3, Entity.PERSON, 0.5)], [Span(0, 3, Entity.PERSON, 0.5)], []]

    assert ModelDoubt(SeesCapitals(), Quiet()).score(texts, masks) == [1.0, 0.0, 0.0]
