"""Runs of signs that no prose has cost a model no more than a few words, and hide nothing beside them."""

# ruff: noqa: RUF001 - odd signs are what this is about
from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from treated_dataset import MODEL

from anonymise.prose.model.sign_runs import without_long_runs
from anonymise.prose.recognisers import Recognisers, load_recognisers
from anonymise.prose.redaction import LONGEST, Redactor

SIGNS = ("\"'", "‹", "&#", "'s", "’S", "$", "=", "_", "-\n", "<", "\U0001f642", "!? ")


class Sees:
    """A reader that finds nothing and counts what it is shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def read(self, texts: Sequence[str]) -> Iterator[tuple[int, int, int, str]]:
        """Read nothing."""
        self.shown += texts
        return iter(())


@pytest.mark.parametrize("signs", SIGNS)
def test_a_model_is_shown_no_run(signs: str) -> None:
    """Of the longest cell of signs a model is given nothing, whatever its length."""
    reader = Sees()
    Recognisers(reader).find([signs * (LONGEST // len(signs))])

    assert sum(not sign.isspace() for piece in reader.shown for sign in piece) <= 1


@pytest.mark.parametrize("signs", SIGNS)
def test_letters_stay(signs: str) -> None:
    """A text keeps its length, every letter and figure, and where each stands."""
    run = f"{signs * 100}{signs[0]}"
    text = f"Joan Barker{run}Imran 07700{run}"
    shown = without_long_runs(text)

    assert len(shown) == len(text)
    assert shown.split() == ["Joan", "Barker", "Imran", "07700"]
    assert shown.index("Imran") == text.index("Imran")


@pytest.mark.parametrize(
    "text", ["Name: ......................... Joan", "-" * 60, "Joan's, O'Brien's 's's", "a.b,c!" * 9]
)
def test_what_prose_has_is_left(text: str) -> None:
    """Lines of a form, short runs and signs among letters are shown as they are."""
    assert without_long_runs(text) == text


@pytest.mark.parametrize("signs", SIGNS)
@pytest.mark.parametrize("gap", ["", " "])
def test_names_beside_a_run_are_masked(signs: str, gap: str) -> None:
    """On each side of a run what names somebody goes, with a blank between and without."""
    run = f"{signs * (1_000 // len(signs))}{signs[0]}"
    text = f"Yesterday Joan Barker rang from Woking{gap}{run}{gap}Imran Hussain rang 07700 900123"
    (done,) = Redactor(load_recognisers(MODEL)).redact([text])

    assert done.text is not None
    for secret in ("Joan", "Barker", "Woking", "Imran", "Hussain", "07700"):
        assert secret not in done.text
