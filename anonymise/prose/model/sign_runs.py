"""Long runs of signs, blanked for the model: it finds no name in them, and spaCy's tokeniser takes their square.

The tokeniser takes one sign after another from the end of a run without blanks and searches what is left for the next;
the model then reads each as a word: 198,000 quotation marks took 142 seconds. Patterns still read the text as it is.
"""

from __future__ import annotations

from typing import Final

import regex  # type: ignore[import-untyped]  # letters, marks and figures of every alphabet

LONGEST: Final = 64
"""Signs of the longest run that is left as it is: lines under a heading, rows of dots in a form."""
_SIGN: Final = r"(?:[^\p{L}\p{M}\p{N}\p{Co}]|(?<=['\u2019])[sS](?=['\u2019]))"
"""No letter, mark or figure; the tokeniser takes the `s` between two apostrophes for an ending."""
_RUN: Final = regex.compile(rf"{_SIGN}{{{LONGEST + 1},}}+")
_SHOWN: Final = regex.compile(r"\S")


def without_long_runs(text: str) -> str:
    """Return a text of the same length with blanks for each run of more than `LONGEST` signs."""
    # To its ends: a name that a sign sticks to (`Woking$$$`) is read better without it.
    return str(_RUN.sub(lambda match: _SHOWN.sub(" ", match.group()), text))
