"""What is wrong with a name: it leaves the lab, so it says nothing but what the contracts say."""

from __future__ import annotations

from collections.abc import Iterator

from datalab.query.naming import MAX_NAME, MAX_WORDS, fits, strange_words, words_of
from datalab.query.refusals.scope import Scope


def name_refusals(name: str, default: str, what: str, scope: Scope) -> Iterator[str]:
    """Yield why a name cannot leave, and the one that can.

    Args:
        name: as its author states it.
        default: what it is called where nothing is stated, which always passes.
        what: what is named, such as `A figure`.
        scope: for the words of its contracts.
    """
    if not name:
        yield f"{what} has no name. Give each a name, such as {default}."
        return
    words = words_of(scope.contracts[dataset] for dataset in dict.fromkeys(scope.datasets))
    if name == default or fits(name, words):
        return
    strange = strange_words(name, words)
    because = (
        f"{strange[0]!r} is a word of no dataset or column that it names"
        if strange
        else f"it has more than {MAX_WORDS} words or {MAX_NAME} characters"
    )
    yield (
        f"{what} is named {name!r}, and names leave with the answer: {because}. Call it {default}, or put it together "
        "from words of the contracts' names and such as rows, units, mean, share, first, month."
    )
