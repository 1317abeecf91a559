"""Conditions in one form, and taken apart: nothing of what they mean is lost, and nothing else is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from language import CONDITIONS, LANGUAGE, checked_questions
from offences import POLICY, ref

from datalab.engine.condition import holds
from datalab.query.canonical import canonical_question
from datalab.query.check import check
from datalab.query.columns import resolve
from datalab.query.document import canonical_json
from datalab.query.model import (
    AllOf,
    AnyOf,
    Compare,
    CountRows,
    IsIn,
    Keep,
    Not,
    Operator,
    Predicate,
    Query,
    Question,
    Ratio,
    UnitRows,
)
from datalab.release.clause import Clause, clauses_of, shown
from datalab.release.literals import literals_of

_QUIET = settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
ROWS = st.fixed_dictionaries(
    {
        ref("kind"): st.sampled_from(["arson", "theft", "it's new"]),
        ref("ward"): st.sampled_from(["north", None]),
        ref("charged"): st.sampled_from([True, False, None]),
        ref("minutes"): st.none() | st.integers(-20, 500),
        ref("loss"): st.none() | st.sampled_from([0.0, 3.75, 71.0]),
        ref("on"): st.sampled_from([date(2024, 5, 16), date(2024, 5, 17), date(2024, 5, 18)]),
    }
)


def asked(where: Predicate) -> Question:
    """Return a question with that condition."""
    return Question(
        query=Query(dataset="crimes", measures=(), where=where), rho=Fraction(1), rows_per_unit=1, rows_per_cell=1
    )


def canonical(where: Predicate) -> Predicate:
    """Return a condition in its one form."""
    form = canonical_question(asked(where), LANGUAGE).query.where
    assert form is not None
    return form


@st.composite
def rewritten(draw: st.DrawFn, where: Predicate) -> Predicate:
    """Write a condition in another way that means the same: another order, more brackets, NOT NOT, twice the same."""
    match where:
        case AllOf(predicates=terms) | AnyOf(predicates=terms):
            inner = [draw(rewritten(term)) for term in draw(st.permutations(terms))]
            kind = type(where)
            if len(inner) > 2 and draw(st.booleans()):
                inner = [kind(predicates=tuple(inner[:2])), *inner[2:]]
            return kind(predicates=(*inner, inner[0]) if draw(st.booleans()) else tuple(inner))
        case Not(predicate=inner_term):
            return Not(predicate=draw(rewritten(inner_term)))
        case IsIn(values=values):
            listed = draw(st.permutations([*values, values[0]]))
            return IsIn(column=where.column, values=tuple(listed))
        case Compare(operator=Operator.EQ, value=value) if draw(st.booleans()):
            return IsIn(column=where.column, values=(value,))
        case Compare(value=int() as value) if not isinstance(value, bool) and draw(st.booleans()):
            return Compare(column=ref(where.column.name, "crimes"), operator=where.operator, value=float(value))
        case _:
            return Not(predicate=Not(predicate=where)) if draw(st.booleans()) else where


@_QUIET
@given(where=CONDITIONS, row=ROWS)
def test_one_form_means_the_same(where: Predicate, row: dict[object, object]) -> None:
    """A row meets a condition exactly if it meets its one form, which is its own one form."""
    form = canonical(where)

    assert holds(form, row) == holds(where, row)  # type: ignore[arg-type]  # columns are the keys
    assert canonical(form) == form


@_QUIET
@given(data=st.data(), where=CONDITIONS)
def test_order_and_brackets_of_conditions_say_nothing(data: st.DataObject, where: Predicate) -> None:
    """However a condition is ordered, bracketed and spelt, the same question is asked and published."""
    other = data.draw(rewritten(where))

    assert canonical(other) == canonical(where)
    assert canonical_json(canonical_question(asked(other), LANGUAGE)) == canonical_json(
        canonical_question(asked(where), LANGUAGE)
    )


def test_times_are_spelt_one_way() -> None:
    """A moment that is written with another offset or separator, and a date written as a week, are the same."""
    moments = ["2024-05-17T12:00:00", "2024-05-17x12:00+00:00", "20240517T1300+01:00", "2024-05-17 12:00:00.000Z"]
    days = ["2024-05-17", "20240517", "2024-W20-5"]

    for column, spelt in (("at", moments), ("on", days)):
        forms = {canonical(Compare(column=ref(column), operator=Operator.GT, value=text)) for text in spelt}
        assert forms == {Compare(column=ref(column), operator=Operator.GT, value=spelt[0])}


@_QUIET
@given(question=checked_questions())
def test_one_form_can_be_asked_if_the_question_can(question: Question) -> None:
    """Putting conditions in one form changes nothing else, and what could be answered still can."""
    form = canonical_question(question, LANGUAGE)

    check(form, LANGUAGE, POLICY)
    assert [one.name for one in form.query.measures] == [one.name for one in question.query.measures]
    assert (form.query.group_by, form.query.derive, form.rho) == (
        question.query.group_by,
        question.query.derive,
        question.rho,
    )


def rebuilt(clauses: Iterable[Clause], depth: int = 0) -> Predicate:
    """Put a condition together from its clauses alone."""
    listed = list(clauses)
    first = listed[0]
    if len(first.path) == depth:
        return Not(predicate=first.test) if first.denied else first.test
    step = first.path[depth]
    parts = [[one for one in listed if one.path[depth].place == place] for place in range(1, step.of + 1)]
    terms = tuple(rebuilt(part, depth + 1) for part in parts)
    return AnyOf(predicates=terms) if step.any else AllOf(predicates=terms)


@_QUIET
@given(where=CONDITIONS, row=ROWS)
def test_the_clauses_say_all_of_a_condition(where: Predicate, row: dict[object, object]) -> None:
    """A condition can be put together again from what its clauses say: what each denies, and how they are joined."""
    assert holds(rebuilt(clauses_of(where, "crimes")), row) == holds(where, row)  # type: ignore[arg-type]  # as above


def conditions_of(query: Query) -> list[tuple[Predicate, str, str, str]]:
    """Return every condition of a query: what it is, of which dataset, its topic, and what the sheet says before it."""
    counted = "Rows count where"
    partners = {
        Keep.PAIRS: "Rows of {} are joined where",
        Keep.ANY: "Rows count that have a partner in {} for which",
        Keep.NONE: "Rows count that have no partner in {} for which",
    }
    found = [
        (query.where, query.dataset, "condition", counted),
        *(
            (join.where, join.dataset, f"join {join.dataset}", partners[join.keep].format(join.dataset))
            for join in query.joins
        ),
    ]
    for measure in query.measures:
        topic = f"figure {measure.name}"
        if isinstance(measure, Ratio):
            found.append((measure.top.where, query.dataset, topic, "Above the line, rows count where"))
            found.append((measure.bottom.where, query.dataset, topic, "Below the line, rows count where"))
        elif not isinstance(measure, UnitRows):
            found.append((measure.where, query.dataset, topic, counted))
    return [(where, *rest) for where, *rest in found if where is not None]  # type: ignore[misc]  # three texts


def check_said(query: Query) -> None:
    """Check that each value of a condition stands in a remark of its own place, with what is done with it there."""
    remarks = [f"{topic}: {text}" for topic, text in literals_of(query)]

    for where, dataset, topic, opening in conditions_of(query):
        # A clause's words can be the end of another's: so a remark is looked for by all that it begins with.
        for clause in clauses_of(where, dataset):
            denied = "it is NOT so that " if clause.denied else ""
            path = ", ".join(
                f"alternative {step.place} of {step.of} (OR)" if step.any else f"part {step.place} of {step.of} (AND)"
                for step in clause.path
            )
            begins = f"{topic}: {opening} {f'[{path}] ' if path else ''}{denied}{resolve(clause.test.column, dataset)} "
            (said,) = [remark for remark in remarks if remark.startswith(begins)]
            values = clause.test.values if isinstance(clause.test, IsIn) else ()
            values = (clause.test.value,) if isinstance(clause.test, Compare) else values
            assert all(shown(value) in said for value in values)


@_QUIET
@given(question=checked_questions())
def test_every_literal_is_on_the_sheet_with_what_it_does(question: Question) -> None:
    """Each value of a condition stands in a remark that says whether it is denied and what it is joined to."""
    check_said(question.query)


def test_a_condition_that_is_denied_elsewhere_is_said_in_both_places() -> None:
    """Where rows without a value are counted by whether they have it, the sheet says each in its own place."""
    arson = Compare(column=ref("kind"), operator=Operator.EQ, value="arson")

    check_said(Query(dataset="crimes", where=Not(predicate=arson), measures=(CountRows(where=arson),)))


def test_a_denied_alternative_is_said_so() -> None:
    """NOT before OR denies each of its terms and needs all of them, and the sheet says it in those words."""
    where = Not(
        predicate=AnyOf(
            predicates=(
                Compare(column=ref("kind"), operator=Operator.EQ, value="arson"),
                Compare(column=ref("minutes"), operator=Operator.NE, value=5),
            )
        )
    )

    assert [clause.text for clause in clauses_of(where, "crimes")] == [
        "[part 1 of 2 (AND)] it is NOT so that crimes.kind is equal to 'arson'",
        "[part 2 of 2 (AND)] it is NOT so that crimes.minutes has a value that is not equal to 5",
    ]
