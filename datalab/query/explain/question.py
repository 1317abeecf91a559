"""Whole questions in English, one sentence a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from datalab.contract.model import PrivacyUnit
from datalab.query.derive import derived_schemas
from datalab.query.explain.bounded import bounded_sentences
from datalab.query.explain.derived import derived_sentence
from datalab.query.explain.joined import first_sentence, join_sentences
from datalab.query.explain.measured import measure_sentence
from datalab.query.explain.words import Words, counted, listed
from datalab.query.model import CountUnits, Query, Question, Table
from datalab.query.schema import ViewSchema


def explain(question: Question, schemas: Mapping[str, ViewSchema], *, epsilon: float, delta: Fraction) -> str:
    """Return the question in English, one sentence a line.

    Args:
        question: one that `check` lets through.
        schemas: every dataset that it names.
        epsilon: its cost at `delta`, as the noise library converts it.
        delta: at which epsilon is stated.
    """
    words = Words(dataset=question.query.dataset, schemas=derived_schemas(question.query, schemas))
    return "\n".join(_lines(question, words, epsilon, delta))


def _lines(question: Question, words: Words, epsilon: float, delta: Fraction) -> Iterator[str]:
    query = question.query
    yield f"From {query.dataset}{words.where(query.where, ', the rows where ') or ', every row'}."
    if query.first is not None:
        yield first_sentence(query.first, query.dataset, words)
    for derived in query.derive:
        yield derived_sentence(derived, words)
    for join in query.joins:
        yield from join_sentences(join, words)
    for measure in query.measures:
        yield measure_sentence(measure, words)
    yield from _answers(question, words)
    yield from _promises(question, words, epsilon, delta)


def _answers(question: Question, words: Words) -> Iterator[str]:
    query = question.query
    if query.tables:
        cells = sum(words.cells(table.by) for table in query.tables)
        tables = "; ".join(_table(table, words) for table in query.tables)
        yield (
            f"{len(query.tables)} tables together, {tables}: {cells} cells, listed from the contract whether or not "
            "anything is in them."
        )
        yield from _joint(query, words)
    elif query.discover is not None:
        names = listed(words.name(ref) for ref in query.group_by)
        yield (
            f"One answer for each combination of {names}. The values of {words.name(query.discover)} are listed by no "
            f"contract: those that enough {words.many} have are found out, up to the most cells that an answer "
            "may have, and of the others nothing is told, not even "
            "that they exist. "
            f"While values are found out, each {words.one} counts in at most {counted(question.rows_per_unit, 'value')}"
            ", drawn at random where they have more."
        )
    elif query.group_by:
        names = listed(words.name(ref) for ref in query.group_by)
        yield (
            f"One answer for each combination of {names}: {words.cells(query.group_by)} cells, listed from the "
            "contract whether or not anything is in them."
        )
    else:
        yield "One answer for all of it."
    if query.top is not None:
        one = query.top == 1
        yield (
            f"Of these, only the {'one' if one else query.top} whose {query.measures[0].name} came out largest, after "
            f"the noise, {'is' if one else 'are'} answered."
        )
    if query.nonnegative:
        yield _held(query, words)


def _held(query: Query, words: Words) -> str:
    """Return what holding figures at 0 or above does; those of several tables agree, but for units."""
    apart = [isinstance(measure, CountUnits) for measure in query.measures]
    if len(query.tables) > 1 and not all(apart):
        those = f", but those of different {words.many}," if any(apart) else ""
        agree = f"the figures{those} are made to agree with each other"
        return f"After the noise, {agree} and none of them is left below 0."
    several = query.group_by or query.tables
    taken = ": what that adds to some cells is taken off others, down to 0" if several else ""
    return f"After the noise, none of the figures is left below 0{taken}."


def _joint(query: Query, words: Words) -> Iterator[str]:
    """Yield what several tables have of being asked together: figures that add up are told by every table."""
    public = words.schemas[words.dataset].privacy_unit is PrivacyUnit.PUBLIC
    added = [measure.name for measure in query.measures if not isinstance(measure, CountUnits)]
    if added and not public:
        yield (
            f"{listed(added)}: each table also tells of the others, so each has less noise than its share of the price "
            "alone would leave."
        )
    if len(added) < len(query.measures):
        yield (
            f"Different {words.many} are counted in each table by itself: who is in two cells of a table counts once "
            "in its margin, so the margins need not be what the cells add up to, and each table has the noise that its "
            "share of the price alone leaves."
        )


def _table(table: Table, words: Words) -> str:
    by = f"by {listed(words.name(ref) for ref in table.by)}" if table.by else "in all"
    return f"{by} (weight {table.weight})" if table.weight != 1 else by


def _promises(question: Question, words: Words, epsilon: float, delta: Fraction) -> Iterator[str]:
    one, many = words.one, words.many
    if words.schemas[words.dataset].privacy_unit is PrivacyUnit.PUBLIC:
        yield "This is public reference data: the answer is exact and costs nothing."
        return
    yield from bounded_sentences(question, words)
    yield (
        f"What is hidden: whether any one {one} is in the data at all, with every row about them. What is shown: facts "
        f"about groups of {many}."
    )
    yield (
        f"Price: at most rho {float(question.rho):.9g} of the privacy budget (zero-concentrated differential privacy), "
        f"shared between the noisy figures; that is epsilon {epsilon:g} at delta {float(delta):g}."
    )
    if question.query.discover is not None:
        yield "Finding out values costs a part of delta besides: the chance that a value of one alone is told."
