"""The release desk: a question's way out, and every way that is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from desk_lab import (
    AREAS,
    DeskLab,
    FailingEngine,
    build,
    public_question,
    publish_version,
    publish_view,
    question,
    with_observer,
)

from datalab.audit.event import Action
from datalab.audit.log import verify
from datalab.errors import (
    BudgetError,
    DatalabError,
    GovernanceError,
    IntegrityError,
    NotFoundError,
    PermissionDeniedError,
    QueryError,
    StateError,
)
from datalab.governance.project import DatasetGrant
from datalab.privacy.ledger import ChargeState
from datalab.query.model import AllOf, ColumnRef, Compare, Operator, Query
from datalab.release.bundle.document import verify_bundle
from datalab.release.request import ReleaseRequest, RequestState
from datalab.release.step import Step

TENTH = 10**8
"""Cost of the test's question in nano-rho."""


@pytest.fixture
def lab(tmp_path: Path) -> DeskLab:
    """A small lab with a budget of rho 1."""
    return build(tmp_path / "lab")


def submit(lab: DeskLab, number: int = 0, *, author: str = "ann") -> ReleaseRequest:
    """Submit question `number`."""
    return lab.desk.submit(question(number), project="safer", author=author)


def decide(lab: DeskLab, request: ReleaseRequest, verdict: RequestState = RequestState.APPROVED) -> ReleaseRequest:
    """Decide as the reviewer."""
    return lab.desk.decide(request.id, reviewer="rev", verdict=verdict, reason="Because.")


def test_the_whole_way_out(lab: DeskLab) -> None:
    """A question is paid, answered, approved and released, each step in its order, each change on the audit log."""
    steps: list[Step] = []
    watched = with_observer(lab, steps.append)

    request = submit(watched)
    approved = decide(watched, request)
    released = watched.desk.publish(request.id)

    assert steps == list(Step)
    assert (request.state, approved.state, released.state) == (
        RequestState.ANSWERED,
        RequestState.APPROVED,
        RequestState.RELEASED,
    )
    assert lab.spent() == lab.spent("dataset/incidents") == TENTH
    assert lab.bundles() == [released.bundle]
    with lab.release.read() as tx:
        entries = list(tx.audit.entries())
        assert verify(entries).size == len(entries)
        assert {charge.state for charge in tx.ledger.charges()} == {ChargeState.COMMITTED}
    assert [entry.event.action for entry in entries if entry.event.subject == request.id] == [
        Action.BUDGET_RESERVED,
        Action.REQUEST_SUBMITTED,
        Action.REQUEST_ANSWERED,
        Action.BUDGET_COMMITTED,
        Action.REQUEST_APPROVED,
        Action.REQUEST_RELEASED,
    ]


def test_budget_is_reserved_before_data_is_touched(lab: DeskLab) -> None:
    """When the engine is first asked, the reservation is in the database already."""
    seen: list[tuple[int, int]] = []
    watched = with_observer(
        lab,
        lambda step: seen.append((lab.spent(), lab.engine.touches)) if step in (Step.PRICED, Step.RESERVED) else None,
    )

    submit(watched)

    assert seen == [(0, 0), (TENTH, 0)]
    assert lab.engine.touches == 1


@pytest.mark.parametrize(
    ("project", "author", "error"),
    [
        ("safer", "rex", PermissionDeniedError),
        ("safer", "rev", PermissionDeniedError),
        ("safer", "olga", PermissionDeniedError),
        ("safer", "cas", PermissionDeniedError),
        ("safer", "nobody", PermissionDeniedError),
        ("other", "ann", NotFoundError),
    ],
)
def test_who_may_not_ask_is_refused_before_anything_is_spent(
    lab: DeskLab, project: str, author: str, error: type[DatalabError]
) -> None:
    """Neither preview nor submit lets a stranger in, and both leave budget and data alone."""
    with pytest.raises(error):
        lab.desk.preview(question(), project=project, person=author)
    with pytest.raises(error):
        lab.desk.submit(question(), project=project, author=author)

    assert (lab.spent(), lab.engine.touches) == (0, 0)


def test_what_is_not_granted_or_cannot_be_asked_costs_nothing(lab: DeskLab) -> None:
    """A dataset outside the application, an unknown column and an expired project are refused without a charge."""
    ungranted = replace(question(), query=replace(question().query, dataset="hospital"))
    unknown = replace(question(), query=replace(question().query, group_by=(ColumnRef(name="surname"),)))
    late = replace(lab, desk=replace(lab.desk, clock=lambda: datetime(2028, 1, 1, tzinfo=UTC)))

    for asked in (ungranted, unknown):
        with pytest.raises(QueryError):
            lab.desk.submit(asked, project="safer", author="ann")
    with pytest.raises(StateError, match="expired"):
        submit(late)

    assert (lab.spent(), lab.engine.touches) == (0, 0)


def test_a_dataset_without_a_view_cannot_be_asked(tmp_path: Path) -> None:
    """Before its view is published, a granted dataset gives a refusal that says what to wait for."""
    lab = build(tmp_path / "lab")
    with lab.control.begin() as tx:
        lab.office(tx.governance, tx.catalogue.contract, "olga").create_project(
            replace(tx.governance.project("safer"), id="fresh")
        )

    with pytest.raises(StateError, match="no view"):
        lab.desk.submit(question(), project="fresh", author="ann")


def test_preview_touches_neither_data_nor_budget(lab: DeskLab) -> None:
    """The expected error comes from the question alone."""
    shown = lab.desk.preview(question(), project="safer", person="ann")

    assert (shown.cells, shown.cost.nano_rho) == (len(AREAS), TENTH)
    assert (lab.spent(), lab.engine.touches) == (0, 0)
    assert lab.desk.preview(question(), project="safer", person="ann") == shown


def test_the_same_question_gives_the_same_request_at_no_cost(lab: DeskLab) -> None:
    """While it waits, is approved or is released, asking again gives that very request, whoever of the project asks."""
    first = submit(lab)
    assert submit(lab, author="ben") == first
    decide(lab, first)
    assert submit(lab).id == first.id
    lab.desk.publish(first.id)
    again = lab.desk.submit(question(title="under another title"), project="safer", author="ben")

    assert (again.id, again.state) == (first.id, RequestState.RELEASED)
    assert (lab.spent(), lab.engine.touches) == (TENTH, 1)
    assert len(lab.bundles()) == 1


@pytest.mark.parametrize("verdict", [RequestState.RETURNED, RequestState.REJECTED, RequestState.WITHDRAWN])
def test_a_refused_answer_comes_back_from_store_and_is_reviewed_again(lab: DeskLab, verdict: RequestState) -> None:
    """After a no, asking again costs nothing, draws nothing, and waits for a reviewer."""
    first = submit(lab)
    if verdict is RequestState.WITHDRAWN:
        lab.desk.withdraw(first.id, author="ann")
    else:
        decide(lab, first, verdict)

    again = submit(lab, author="ben")

    assert (again.state, again.reused_from, again.answer) == (RequestState.ANSWERED, first.id, first.answer)
    assert again.id != first.id
    assert (lab.spent(), lab.engine.touches) == (TENTH, 1)
    decide(lab, again)
    lab.desk.publish(again.id)
    bundle = verify_bundle(lab.desk.outbox.path(lab.bundles()[0]), lab.desk.key.public_pem)
    assert bundle.provenance["reused_from"] == first.id


def test_a_new_version_of_the_data_is_a_new_question(lab: DeskLab) -> None:
    """The stored answer is of the version it was asked of; fresh data costs fresh budget."""
    first = submit(lab)
    with lab.control.begin() as tx:
        publish_version(tx, "incidents", 2)
        publish_view(tx, "incidents", 2)

    second = submit(lab)

    assert (first.versions, second.versions) == ({"incidents": 1}, {"incidents": 2})
    assert lab.spent() == 2 * TENTH


def test_what_does_not_fit_the_budget_is_refused_and_costs_nothing(lab: DeskLab) -> None:
    """The question after the last affordable one is refused, before data is touched, and a smaller one still fits."""
    for number in range(10):
        submit(lab, number)

    with pytest.raises(BudgetError) as refused:
        submit(lab, 10)
    assert "unlisted" not in str(refused.value)  # it asks for none

    assert (lab.spent(), lab.engine.touches) == (10**9, 10)


def test_a_dataset_without_budget_cannot_be_asked(tmp_path: Path) -> None:
    """A project with columns and without a custodian's allocation can ask nothing."""
    lab = build(tmp_path / "lab", grant=None)

    with pytest.raises(NotFoundError):
        submit(lab)

    assert lab.engine.touches == 0
    with lab.release.read() as tx:
        assert tx.requests.requests() == ()


def test_public_reference_data_costs_nothing_and_is_still_reviewed(lab: DeskLab) -> None:
    """Its answer is exact and free, and waits for a reviewer as any other."""
    request = lab.desk.submit(public_question(), project="safer", author="ann")

    assert request.state is RequestState.ANSWERED
    assert request.answer is not None
    assert [cell["estimates"][0][0] for cell in request.answer["cells"]] == [1000, 1001]
    with lab.release.read() as tx:
        assert tx.ledger.charges() == ()
    with pytest.raises(StateError):
        lab.desk.publish(request.id)
    decide(lab, request)
    assert lab.desk.publish(request.id).state is RequestState.RELEASED


def test_a_failing_engine_says_nothing_and_stays_paid(lab: DeskLab) -> None:
    """The request fails without a word of the engine's, its reservation stays spent, and asking again pays again."""
    failing = replace(lab.desk, engine=FailingEngine("NHS 943 476 5919"))

    request = failing.submit(question(), project="safer", author="ann")

    assert (request.state, request.answer, lab.spent()) == (RequestState.FAILED, None, TENTH)
    with lab.release.read() as tx:
        assert {charge.state for charge in tx.ledger.charges()} == {ChargeState.RESERVED}
        assert "943 476" not in str(list(tx.audit.entries()))
    assert submit(lab).state is RequestState.ANSWERED
    assert lab.spent() == 2 * TENTH


def test_a_decision_needs_a_reason_and_one_of_three_verdicts(lab: DeskLab) -> None:
    """Silence is no reason, and released is no verdict."""
    request = submit(lab)

    with pytest.raises(GovernanceError):
        lab.desk.decide(request.id, reviewer="rev", verdict=RequestState.APPROVED, reason=" \n")
    with pytest.raises(GovernanceError):
        lab.desk.decide(request.id, reviewer="rev", verdict=RequestState.RELEASED, reason="Because.")
    assert lab.desk.request(request.id) == request


def test_a_reason_can_be_read_as_it_is(lab: DeskLab) -> None:
    """What shows nothing is refused in a reason too, and the request still waits."""
    request = submit(lab)

    with pytest.raises(GovernanceError, match="U\\+200B ZERO WIDTH SPACE"):
        lab.desk.decide(request.id, reviewer="rev", verdict=RequestState.RETURNED, reason="Say\u200b more.")
    assert lab.desk.request(request.id) == request
    lab.desk.decide(request.id, reviewer="rev", verdict=RequestState.RETURNED, reason="Say more.\n\nThen ask again.")


def test_conditions_in_another_order_are_the_same_question(lab: DeskLab) -> None:
    """A question whose conditions are written otherwise is the earlier request, and is published in one form."""
    area = Compare(column=ColumnRef(name="area"), operator=Operator.EQ, value=AREAS[0])
    first, second = (
        lab.desk.submit(
            replace(asked, query=replace(asked.query, where=AllOf(predicates=terms(asked.query.where, area)))),
            project="safer",
            author="ann",
        )
        for asked in (question(5),)
        for terms in (lambda one, other: (one, other), lambda one, other: (other, one, other))
    )

    assert second == first
    assert lab.spent() == TENTH
    decide(lab, first)
    released = lab.desk.publish(first.id)
    bundle = verify_bundle(lab.desk.outbox.path(released.bundle or ""), lab.desk.key.public_pem)
    assert bundle.question.query == first.question.query


@pytest.mark.parametrize("reviewer", ["ann", "ben", "bob", "rex", "olga", "cas", "nobody"])
def test_only_an_independent_reviewer_decides(lab: DeskLab, reviewer: str) -> None:
    """Author, colleagues, even a colleague who reviews elsewhere, and everybody else are refused."""
    request = submit(lab, author="bob" if reviewer == "bob" else "ann")

    with pytest.raises(PermissionDeniedError):
        lab.desk.decide(request.id, reviewer=reviewer, verdict=RequestState.APPROVED, reason="Fine.")
    assert lab.desk.request(request.id).state is RequestState.ANSWERED


def test_a_second_reviewer_comes_too_late(lab: DeskLab) -> None:
    """A decision stands: it cannot be decided again, withdrawn, or undone by publishing twice."""
    request = decide(lab, submit(lab))

    with pytest.raises(StateError):
        decide(lab, request, RequestState.REJECTED)
    with pytest.raises(StateError):
        lab.desk.withdraw(request.id, author="ann")
    released = lab.desk.publish(request.id)
    assert lab.desk.publish(request.id) == released
    assert len(lab.bundles()) == 1


@pytest.mark.parametrize("verdict", [None, RequestState.RETURNED, RequestState.REJECTED])
def test_nothing_unapproved_reaches_the_outbox(lab: DeskLab, verdict: RequestState | None) -> None:
    """Whatever else was decided, publishing is refused and the outbox holds no file at all, aside or not."""
    request = submit(lab)
    if verdict is not None:
        decide(lab, request, verdict)

    with pytest.raises(StateError):
        lab.desk.publish(request.id)
    assert lab.desk.resume() == ()
    assert [path for path in lab.desk.outbox.folder.rglob("*") if path.is_file()] == []


def test_a_foreign_file_in_the_outbox_is_not_taken_for_the_bundle(lab: DeskLab) -> None:
    """Where the bundle's name is taken by anything else, publishing stops and the request stays approved."""
    other = decide(lab, submit(lab, 1))
    lab.desk.publish(other.id)
    request = decide(lab, submit(lab))
    place = lab.desk.outbox.path(f"{request.id}.zip")

    for content in (b"planted", lab.desk.outbox.path(f"{other.id}.zip").read_bytes()):
        place.write_bytes(content)
        with pytest.raises(IntegrityError):
            lab.desk.publish(request.id)
        assert lab.desk.request(request.id).state is RequestState.APPROVED
    place.unlink()
    assert lab.desk.publish(request.id).state is RequestState.RELEASED


def test_a_bundle_is_the_same_however_often_it_is_built(lab: DeskLab) -> None:
    """Built again after its file was lost in a crash, a bundle has the same bytes."""
    request = decide(lab, submit(lab))

    assert lab.desk._bundle(request) == lab.desk._bundle(request)


def test_a_question_is_answered_on_the_version_it_was_paid_for(lab: DeskLab) -> None:
    """A killed request is resumed on its own version, although a newer one was published meanwhile."""

    class KilledError(BaseException):
        pass

    def kill(step: Step) -> None:
        if step is Step.RESERVED:
            raise KilledError

    with pytest.raises(KilledError):
        submit(with_observer(lab, kill))
    with lab.control.begin() as tx:
        publish_version(tx, "incidents", 2)
        publish_view(tx, "incidents", 2)

    (resumed,) = lab.desk.resume()

    assert (resumed.state, resumed.versions) == (RequestState.ANSWERED, {"incidents": 1})
    assert lab.spent() == TENTH


def test_a_request_withdrawn_while_it_is_computed_stays_withdrawn(lab: DeskLab) -> None:
    """The answer that comes too late is dropped, and the reservation stays spent."""

    def withdraw(step: Step) -> None:
        if step is Step.NOISED:
            with lab.release.read() as tx:
                (open_one,) = tx.requests.requests(state=RequestState.SUBMITTED)
            lab.desk.withdraw(open_one.id, author="ann")

    request = submit(with_observer(lab, withdraw))

    assert (request.state, request.answer, lab.spent()) == (RequestState.WITHDRAWN, None, TENTH)


def test_a_price_above_the_reservation_is_never_paid_by_it(lab: DeskLab) -> None:
    """If the noise library asks for more after an upgrade, a resumed request fails instead of underpaying."""

    class KilledError(BaseException):
        pass

    class DearerNoise(type(lab.desk.noise)):  # type: ignore[misc]
        def price(self, plan: object) -> object:
            price = super().price(plan)
            dearer = tuple(replace(part, cost=part.cost + part.cost) for part in price.parts)
            return replace(price, parts=dearer)

    def kill(step: Step) -> None:
        if step is Step.CELLS:
            raise KilledError

    with pytest.raises(KilledError):
        submit(with_observer(lab, kill))
    touched = lab.engine.touches

    (resumed,) = replace(lab.desk, noise=DearerNoise()).resume()

    assert (resumed.state, lab.spent(), lab.engine.touches) == (RequestState.FAILED, TENTH, touched)


def test_two_projects_pay_for_themselves(lab: DeskLab) -> None:
    """The same question of another project is another question: its answer is not shared, its cost not saved."""
    with lab.control.begin() as tx:
        office = lab.office(tx.governance, tx.catalogue.contract, "olga")
        office.create_project(replace(tx.governance.project("safer"), id="fresh", members=frozenset({"ann"})))
        view = tx.catalogue.view("safer", "incidents")
        first = next(iter(tx.audit.entries())).event
        event = replace(first, action=Action.VIEW_PUBLISHED, subject="fresh/incidents")
        tx.catalogue.add_view(replace(view, project="fresh", path="fresh/incidents/v0001"), event=event)
    lab.give("incidents", Fraction(1), project="fresh")

    ours, theirs = submit(lab), lab.desk.submit(question(), project="fresh", author="ann")

    assert ours.id != theirs.id
    assert ours.answer != theirs.answer
    assert lab.spent("dataset/incidents") == 2 * TENTH
    assert lab.spent("project/fresh/incidents") == TENTH


def test_a_question_about_nothing_is_a_refusal_and_not_a_crash(lab: DeskLab) -> None:
    """An empty query is refused with its reason."""
    with pytest.raises(QueryError):
        lab.desk.submit(
            replace(question(), query=Query(dataset="incidents", measures=())), project="safer", author="ann"
        )


def test_a_column_must_be_both_granted_and_in_the_view(lab: DeskLab) -> None:
    """A column that was taken from the project is refused at once, though its view still holds it."""
    with lab.control.begin() as tx:
        lab.office(tx.governance, tx.catalogue.contract, "olga").change_grants(
            "safer", (DatasetGrant(dataset="incidents", columns=("area",)),)
        )

    with pytest.raises(QueryError, match="minutes"):
        submit(lab)
    assert (lab.spent(), lab.engine.touches) == (0, 0)
