"""A look before a pattern is tried never loses a value of the row."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from anonymise.prose import known_values
from anonymise.prose.cleaning import clean
from anonymise.prose.entities import Entity
from anonymise.prose.known_values import KnownValue, find_known

LETTERS = st.text(alphabet="abiI\u0131\u0130ßŞşǅéÉk1 2-'.,/(_", max_size=12)
KINDS = st.sampled_from([Entity.PERSON, Entity.PHONE, Entity.KNOWN, Entity.ADDRESS])


def turkish(text: str) -> str:
    """Write a text with the dotless i and the dotted capital I."""
    return text.replace("i", "\u0131").replace("I", "\u0130")


@given(
    value=LETTERS,
    kind=KINDS,
    before=LETTERS,
    changed=st.sampled_from([str, str.upper, str.lower, str.title, turkish]),
)
@example(value="Ibi 1a", kind=Entity.PERSON, before="", changed=turkish)
@example(value="\u0131b", kind=Entity.PERSON, before="", changed=str.upper)
@example(value="bia", kind=Entity.KNOWN, before="", changed=turkish)
def test_nothing_is_lost(value: str, kind: Entity, before: str, changed: Callable[[str], str]) -> None:
    """With and without the look the same is found, whatever the case and the letters."""
    text = clean(f"{before} {changed(value)}")
    known = [KnownValue(value, kind)]
    looked = list(find_known(text, known))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(known_values._Held, "__call__", lambda _held, _value: True)
        tried = list(find_known(text, known))

    assert looked == tried
