"""Whatever a text holds, giving it the case of print moves no character."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from anonymise.prose.lists.names import name_lists
from anonymise.prose.names.casing import readable

ODD = st.text(alphabet="\u00df\u0130\u0131\u0149\u01f0\u1e9e\u0390\u1fb6\ufb01aB' -", max_size=30)


@given(text=st.one_of(ODD, ODD.map(str.lower), ODD.map(str.upper), st.text(max_size=60)))
def test_no_character_moves(text: str) -> None:
    """Letters that become two in another case keep theirs, or a finding would mask its neighbour."""
    shown = readable(text, name_lists())

    assert len(shown) == len(text)
    assert [one.isalpha() for one in shown] == [one.isalpha() for one in text]
