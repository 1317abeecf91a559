"""A look at a text before a pattern is tried never loses a finding."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anonymise.prose.patterns.pattern import Wanted
from anonymise.prose.recognisers import Recognisers

PIECES = st.sampled_from(
    """chi|uln|UPRN|nino|ni no|passport|licence|dl|mosaic id|client no.|pnc|CRO|prison no|claim no|cop|crime ref|
    CAD|log|of|pc|DC|reg|plate|car|ford|van|sort code|a/c|card ending|imei|mac|insta|snap name|u/|#|at|dot|
    com|gmail|@|://|www.|dob|born|date of birth|aged|years old|birthday|in her|nineties|ninety|hundred|
    grid ref|lat|long|w3w|///|mother|son|sister|cllr|mr|Dear|name|school|surgery|hmp|st|street|Acacia|Avenue|
    Okafor|joan|GU21 4XX|AB12 CDE|A1234AB|1|12|123|1234|14/03/87|2003/0011985X|0/00|12-34-56|12345678|
    9276308686|123456789012|AB123456C|00:1A:2B:3C:4D:5E|51.236|-0.570|°|N|W|10.0.0.12|2001:db8::1|T20217001|
    [2021]|EWCA|4111 1111 1111 1111|March|may|third|Christmas Day|J o h n|Sm9obiBTbWl0aA==|O77|
    \u0661\u0662\u0663\u0664|\u017fort code|\u212aia|pa\u017f\u017fport 123456789|\u0131nsta|RES\u0130DENT|:|
    =|(|)""".replace("\n    ", "").split("|")
)
JOINED = st.lists(st.tuples(PIECES, st.sampled_from(["", " ", "\n", "-", ".", "/", ": ", ", "])), max_size=8).map(
    lambda pairs: "".join(piece + between for piece, between in pairs)
)


@cache
def rules() -> Recognisers:
    """The patterns, without a model."""
    return Recognisers(None)


@settings(max_examples=60, deadline=None)  # a busy machine is no failure
@given(text=JOINED, changed=st.sampled_from([str, str.upper, str.lower, str.title]))
@example(text="pa\u017f\u017fport 123456789", changed=str)
@example(text="RES\u0130DENT okafor", changed=str)
@example(text="\u0661\u0662/\u0661\u0662/\u0661\u0669\u0668\u0667", changed=str)
def test_nothing_is_lost_by_a_look(text: str, changed: Callable[[str], str]) -> None:
    """With the look and without it every pattern finds the same."""
    looked = rules().patterns_in(changed(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Wanted, "met_by", lambda _wanted, _look: True)
        tried = rules().patterns_in(changed(text))

    assert looked == tried
