"""A text as it is read and marked: nothing is lost, and what is marked is counted as people count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymise.prose.entities import Entity, Span
from anonymise.review.doubt import ListedDoubt
from anonymise.review.found import Marks, find
from anonymise.review.passages import LONGEST_PASSAGE, passage_bounds, passage_count, pieces

TEXT = "Seen with Joan Oyelaran, Max and J. Smith (Ann) at 12 Larch Road"
JOAN = Span(10, 14, Entity.PERSON, 0.5)
ROAD = Span(54, 64, Entity.ADDRESS, 0.8)


def places(*words: str) -> frozenset[tuple[int, int]]:
    """Return where words stand in the text."""
    return frozenset((TEXT.index(word), TEXT.index(word) + len(word)) for word in words)


@given(text=st.text(st.sampled_from("ab \n.é\U0001f600"), max_size=60), cuts=st.lists(st.integers(0, 60), max_size=6))
def test_pieces_put_together_are_the_passage(text: str, cuts: list[int]) -> None:
    """Every character is shown once, in order, whatever is masked; words and masks are told apart."""
    ends = sorted({min(cut, len(text)) for cut in cuts})
    masks = [Span(a, b, Entity.PERSON, 1.0) for a, b in zip(ends[::2], ends[1::2], strict=False)]

    shown = list(pieces(text, masks))

    assert "".join(piece.text for piece in shown) == text
    assert all(text[piece.start : piece.end] == piece.text for piece in shown)
    assert [(piece.start, piece.end) for piece in shown if piece.mask] == [(mask.start, mask.end) for mask in masks]


@given(text=st.text(st.sampled_from("ab \n"), min_size=1, max_size=400), count=st.integers(1, 9))
def test_passages_put_together_are_the_text(text: str, count: int) -> None:
    """A long text is cut into as many passages as were drawn from, none of which is lost."""
    bounds = [passage_bounds(text, number, count) for number in range(count)]

    assert "".join(text[first:last] for first, last in bounds) == text


def test_a_page_is_read_at_a_time() -> None:
    """A short text is one passage, a longer one as many as pages; words are not torn where there is a blank."""
    assert [passage_count(length) for length in (0, 1, LONGEST_PASSAGE, LONGEST_PASSAGE + 1)] == [1, 1, 1, 2]
    assert passage_bounds("aaaa bbbb", 0, 2) == (0, 4)


@pytest.mark.parametrize(
    ("marked", "wrong", "identifiers", "missed"),
    [
        ((), (), 2, 0),
        (("Oyelaran,",), (), 2, 1),  # the rest of a masked name: missed in part, and one identifier with it
        (("Max",), (), 3, 1),
        (("Oyelaran,", "Max"), (), 3, 2),  # a comma ends a name
        (("J.", "Smith"), (), 3, 1),  # an initial does not
        (("Smith", "(Ann)"), (), 4, 2),  # a bracket begins another
        ((), ("Joan",), 1, 0),  # a mask over nobody is no identifier
        (("Oyelaran,",), ("Joan",), 2, 1),
    ],
)
def test_what_stands_together_is_one_identifier(
    marked: tuple[str, ...], wrong: tuple[str, ...], identifiers: int, missed: int
) -> None:
    """Words side by side are one, and what is left of a masked identifier makes that one missed."""
    found = find(list(pieces(TEXT, [JOAN, ROAD])), Marks(missed=places(*marked), wrong=places(*wrong)))

    assert (found.identifiers.total(), found.missed.total(), found.wrong) == (identifiers, missed, len(wrong))


def test_a_kind_is_what_was_said_or_what_the_mask_beside_it_is() -> None:
    """Nobody has to say; then a mask it touches says it, and otherwise nothing does."""
    shown = list(pieces(TEXT, [JOAN, ROAD]))

    assert find(shown, Marks(missed=places("Oyelaran,"))).missed == {"PERSON": 1}
    assert find(shown, Marks(missed=places("Max"))).missed == {"NOT SAID": 1}
    assert find(shown, Marks(missed=places("Max"), kind=Entity.HANDLE)).missed == {"HANDLE": 1}


def test_marks_at_places_of_nothing_count_for_nothing() -> None:
    """A blank, half a word and a place beyond the end are not marked."""
    found = find(list(pieces(TEXT, [JOAN])), Marks(missed=frozenset({(4, 5), (0, 2), (900, 910)}), wrong=places("Max")))

    assert (found.missed.total(), found.wrong) == (0, 0)


def test_doubt_puts_a_name_that_was_left_before_a_text_without_one() -> None:
    """A listed name, a capital inside a sentence, a long number each raise doubt; masked, they raise none."""
    doubt = ListedDoubt()
    plain = "the door was open and nobody came"
    left = "the door was open and Ngozi came"
    number = "the door was open and 4471820 came"
    masked = [Span(left.index("Ngozi"), left.index("Ngozi") + 5, Entity.PERSON, 0.9)]

    scores = doubt.score([plain, left, number, left], [[], [], [], masked])

    assert scores[1] > scores[2] > scores[0] == scores[3] == 0
