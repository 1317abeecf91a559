"""Prose is searched as a reader sees it."""

from __future__ import annotations

import pytest

from anonymise.prose.cleaned.cleaning import clean


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("John Smith", "John Smith"),
        ("Jo\u200bhn S\u200dm\u2060ith\ufeff", "John Smith"),  # zero-width
        ("Sm\u00adith", "Smith"),  # soft hyphen
        ("\u202eJohn\u202c \u2066Smith\u2069", "John Smith"),  # direction
        ("\uff2a\uff2f\uff28\uff2e", "JOHN"),  # full width
        ("\U0001d409\U0001d428\U0001d421\U0001d427", "John"),  # mathematical
        ("John\u00a0\u2003Smith", "John Smith"),  # odd blanks
        ("John\x00Smith\x07", "John Smith "),  # controls
        ("J\ufe0fohn\U000e0041", "John"),  # variation selectors, tags
        ("<p>John <b>Smith</b></p>", " John Smith "),
        ('<a href="mailto:j@x.uk">him</a>', " him "),
        ("<!-- J Smith -->seen", " seen"),
        ("&#74;ohn &amp; Ng&ocirc; &#x41;", "John & Ngô A"),
        ("a &zz; b & c", "a &zz; b & c"),
        ("J&amp;#111;hn", "John"),  # escaped twice
        ("&lt;b&gt;John&lt;/b&gt;", " John "),
        ("3 < 4 and 5 > 2", "3 < 4 and 5 > 2"),
        ("line one\nline\ttwo", "line one\nline two"),
        ("محمد علي", "محمد علي"),
        ("", ""),
    ],
)
def test_what_hides_characters_is_undone(written: str, seen: str) -> None:
    """Invisible characters and markup go, other forms of letters become plain."""
    assert clean(written) == seen


def test_cleaning_twice_changes_nothing() -> None:
    """A cleaned text is clean: a doubly escaped name does not come out of a second pass."""
    once = clean("J\u200bohn <b>x</b> \uff21")

    assert clean(once) == once
