"""What is wrong with a name: it leaves the lab, so it says nothing but what the contracts say."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from datalab.query.model import Derived, Measure
from datalab.query.naming import (
    MAX_CHOSEN_WORDS,
    MAX_NAME,
    MAX_WORDS,
    VOCABULARY,
    chosen_names,
    is_short,
    own_words,
    repeated_words,
    says_another,
    strange_words,
    value_words,
    words_of,
)
from datalab.query.refusals.scope import Scope

ENDS = ("", "_low", "_high")
"""A figure is published in three columns: under its name, and with each of these after it."""

FREE = ("total", "number", "amount", "share", "rate", *sorted(VOCABULARY))
"""Names to propose where one is taken."""


def name_refusals(named: Measure | Derived, default: str, what: str, scope: Scope) -> Iterator[str]:
    """Yield why a name cannot leave, and the one that can.

    Args:
        named: a figure or derived column, under the name that its author states.
        default: what it is called where nothing is stated, which always passes.
        what: what is named, such as `A figure`.
        scope: for the words of its contracts, and of the values that it asks for.
    """
    name = named.name
    if not name:
        yield f"{what} has no name. Give each a name, such as {default}."
        return
    if name == default:
        return
    words = {*default.split("_"), *value_words(scope.query, scope.schemas, named)}
    words |= words_of(scope.contracts[dataset] for dataset in dict.fromkeys(scope.datasets))
    another: list[str] = []
    if not isinstance(named, Derived):
        words |= own_words(named)
        another = [word for word in name.split("_") if word not in words and says_another(word, named)]
    because = f"{another[0]!r} says another figure than it is. Leave it out." if another else _fault(name, words)
    if because:
        yield (
            f"{what} is named {name!r}, and names leave with the answer: {because[:-1]}, or call it {default}. "
            f"Leave AS and the name out, and it is called {default}."
        )


def _fault(name: str, words: Collection[str]) -> str:
    strange, repeated = strange_words(name, words), repeated_words(name)
    if strange:
        near = get_close_matches(strange[0], sorted({*words, *VOCABULARY}), n=3, cutoff=0.5)
        remedy = f"Words like it that work: {', '.join(near or sorted(words)[:3])}."
        return (
            f"{strange[0]!r} is no word of a dataset or column that it could be about, nor of a listed value that the "
            f"question asks for, nor one such as rows, cnt, mean, avg, share, first, month. {remedy}"
        )
    if repeated:
        return f"{repeated[0]!r} stands in it twice. Say each word once."
    if not is_short(name):
        return f"it has more than {MAX_WORDS} words or {MAX_NAME} characters. Shorten it."
    return ""


def names_refusals(scope: Scope) -> Iterator[str]:
    """Yield why the names of a question cannot leave together: too many words, or one heading over two columns."""
    query = scope.query
    chosen = sum(len(name.split("_")) for name in chosen_names(query))
    if chosen > MAX_CHOSEN_WORDS:
        yield (
            f"The names of the question have {chosen} words, and names leave with the answer; {MAX_CHOSEN_WORDS} are "
            "allowed. Leave names out where those that are given anyway will do."
        )
    headings = {ref.name: f"the group {ref.name}" for ref in query.group_by if ref.dataset in (None, query.dataset)}
    for name in dict.fromkeys(measure.name for measure in query.measures):
        taken = [headings[f"{name}{end}"] for end in ENDS if f"{name}{end}" in headings]
        if taken:
            yield (
                f"A figure is named {name!r}, and a column of it would have the same heading as {taken[0]}. "
                f"Give it another name, such as {next(word for word in FREE if word not in headings)}."
            )
        headings |= {f"{name}{end}": f"the figure {name}" for end in ENDS}
