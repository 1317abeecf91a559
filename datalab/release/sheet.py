"""Sheets: what one person may see of one request.

Author and reviewer see the same question, cost and remarks. The answer is on the sheet only for whom it is meant:
a reviewer before the decision, everybody of the project after the release.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from datalab.errors import PermissionDeniedError, UserError
from datalab.governance.office import acting_person
from datalab.privacy.accounts.account import Account, allocation_account, member_account
from datalab.privacy.accuracy import (
    EXAMPLE_COUNTS,
    Preview,
    Seen,
    bounding_bias,
    half_width_of,
    preview,
    reached_text,
    seen_in,
)
from datalab.privacy.answer import Answer
from datalab.privacy.budget import Budget
from datalab.privacy.certainty import risk
from datalab.privacy.plan import Plan
from datalab.privacy.wish import Assured, Priced, Wish, aim_of, assured, kept_for, least_budget, prices_of
from datalab.query.explain import explain
from datalab.query.model import Question
from datalab.release.bundle.publication import stored_answer
from datalab.release.case import Case
from datalab.release.checks import Remark, attestation_of, remarks_of
from datalab.release.desk import Desk
from datalab.release.permission import check_may_see, check_may_see_answer
from datalab.release.record import paying
from datalab.release.request import ReleaseRequest, RequestState


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A question before it is submitted, or a request, as one person may see it."""

    explanation: str
    preview: Preview | None
    """None where the stored question can no longer be compiled."""
    remarks: tuple[Remark, ...]
    request: ReleaseRequest | None = None
    """None before submission; without its answer where this person may not see it."""
    answer: Answer | None = None


def sheet_of_question(
    desk: Desk, question: Question, *, project: str, person: str, group_size: int | None = None
) -> Sheet:
    """Return the sheet of a question that was not submitted; raises as `Desk.preview`.

    Args:
        desk: the lab's.
        question: what is asked.
        project: for whom.
        person: who asks.
        group_size: for which the error is shown where it depends on it; by default for several examples.
    """
    case = desk.case(question, project=project, person=person)
    sizes = EXAMPLE_COUNTS if group_size is None else (group_size,)
    shown, remarks = _look(desk, case, author=person, without="", group_sizes=sizes)
    asked = explain(case.question, case.schemas, epsilon=shown.epsilon, delta=shown.delta)
    return Sheet(explanation=asked, preview=shown, remarks=remarks)


def priced_question(desk: Desk, question: Question, wish: Wish, *, project: str, person: str) -> Question:
    """Return the question with the least budget that makes one figure as exact as wished; touches no data.

    Raises:
        QueryError: as `datalab.privacy.wish.least_budget`.
        PermissionDeniedError, NotFoundError, StateError: as `Desk.preview`.
    """
    case = desk.case(question, project=project, person=person)
    most = desk.policy.max_rho_per_question
    return least_budget(
        question,
        wish,
        compiled=lambda asked: desk.compiled(replace(case, question=asked)),
        noise=desk.noise,
        most=most,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedSize:
    """What a wish costs in a cell of one size, and what that is in words."""

    priced: Priced
    cost: Budget | None = None
    """None where the most for one question is not enough; so is epsilon."""
    epsilon: float | None = None
    risk: str = ""
    """In words; where the most is not enough, how exact the figure is then."""
    assured: Assured | None = None
    """What it costs for whatever data, where that is more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceSheet:
    """What a wish costs, as a person may see it before anything is submitted."""

    wish: Wish
    sizes: tuple[PricedSize, ...]
    """One where the author states the size of cell or figure, or none is needed."""
    sheet: Sheet | None
    """The question's, at its price; None where several sizes are priced."""


def sheet_of_price(desk: Desk, question: Question, wish: Wish, *, project: str, person: str) -> PriceSheet:
    """Return what a wish costs; touches no data, spends nothing, and raises as `priced_question`."""
    if wish.several:
        sizes = priced_sizes(desk, question, wish, project=project, person=person)
        return PriceSheet(wish=wish, sizes=sizes, sheet=None)
    priced = priced_question(desk, question, wish, project=project, person=person)
    sheet = sheet_of_question(desk, priced, project=project, person=person, group_size=wish.group_size)
    case = desk.case(priced, project=project, person=person)
    plan = desk.compiled(case)
    price = desk.noise.price(plan)
    more = _assured(desk, case, wish)
    one = Priced(
        group_size=wish.group_size,
        aim=aim_of(wish, plan),
        rho=priced.rho,
        reached=half_width_of(wish.measure, plan, price, count=wish.group_size, supposed=wish.supposed),
        sold_for=kept_for(wish, plan),
    )
    return PriceSheet(wish=wish, sizes=(_told(desk, one, price.total, more),), sheet=sheet)


def priced_sizes(desk: Desk, question: Question, wish: Wish, *, project: str, person: str) -> tuple[PricedSize, ...]:
    """Return what a wish costs in cells of each of its sizes; touches no data, and raises as `priced_question`."""
    case = desk.case(question, project=project, person=person)

    def compiled(asked: Question) -> Plan:
        return desk.compiled(replace(case, question=asked))

    most = desk.policy.max_rho_per_question
    sizes = []
    for one in prices_of(question, wish, compiled=compiled, noise=desk.noise, most=most):
        if one.rho is None:
            sizes.append(_told(desk, one, None))
            continue
        asked = replace(case, question=replace(question, rho=one.rho))
        more = _assured(desk, asked, replace(wish, group_size=one.group_size))
        cost = desk.noise.price(desk.compiled(asked)).total
        sizes.append(_told(desk, one, cost, more))
    return tuple(sizes)


def visible_finding(
    desk: Desk,
    question: Question,
    *,
    measure: str,
    difference: float,
    count: int | None,
    project: str,
    person: str,
    by: str | None = None,
) -> Seen:
    """Return whether a difference between two cells of a figure would be seen through the noise; touches no data.

    Raises:
        QueryError: as `datalab.privacy.accuracy.seen_in`.
        PermissionDeniedError, NotFoundError, StateError: as `Desk.preview`.
    """
    plan = desk.compiled(desk.case(question, project=project, person=person))
    return seen_in(measure, plan, desk.noise.price(plan), difference=difference, count=count, by=by)


def sheet_of_request(desk: Desk, request_id: str, *, person: str) -> Sheet:
    """Return the sheet of a request.

    Raises:
        NotFoundError: if there is no such request.
        PermissionDeniedError: if this person may not see it.
    """
    request = desk.request(request_id)
    viewer, project = desk.seated(person, request.project)
    check_may_see(viewer, project=project)
    try:
        check_may_see_answer(viewer, project=project, request=request)
        answer = stored_answer(request) if request.answer is not None else None
    except PermissionDeniedError:
        answer = None
    case = desk.stored_case(request)
    try:
        shown, remarks = _look(desk, case, author=request.author, without=request.id)
        epsilon = shown.epsilon
    except UserError:  # the policy is stricter by now; what was asked and answered stays readable
        shown, remarks = None, ()
        epsilon = desk.noise.epsilon(Budget.ceil(request.question.rho), desk.policy.delta)
    return Sheet(
        explanation=explain(request.question, case.schemas, epsilon=epsilon, delta=desk.policy.delta),
        preview=shown,
        remarks=(*attestation_of(request), *remarks),
        request=_without_answer(request),
        answer=answer,
    )


def visible_requests(
    desk: Desk, *, person: str, project: str | None = None, state: RequestState | None = None
) -> tuple[ReleaseRequest, ...]:
    """Return the requests that a person may see, oldest first, without their answers."""
    with desk.control.read() as control:
        viewer = acting_person(control.governance, person)
        projects = {one.id: one for one in control.governance.projects()}
    with desk.release.read() as tx:
        requests = tx.requests.requests(project=project, state=state)
    seen = []
    for request in requests:
        try:
            check_may_see(viewer, project=projects[request.project])
        except PermissionDeniedError:
            continue
        seen.append(_without_answer(request))
    return tuple(seen)


def visible_accounts(desk: Desk, *, project: str, person: str) -> tuple[Account, ...]:
    """Return the accounts that a project's questions are charged to, those of a member's own limits included.

    Raises:
        NotFoundError: if there is no such project.
        PermissionDeniedError: if this person may not see its requests.
    """
    viewer, work = desk.seated(person, project)
    check_may_see(viewer, project=work)
    names = [
        name
        for grant in work.grants
        for name in (allocation_account(project, grant.dataset), member_account(project, person, grant.dataset))
    ]
    with desk.release.read() as tx:
        return tuple(tx.ledger.account(name) for name in tx.ledger.opened(names))


def _look(
    desk: Desk, case: Case, *, author: str, without: str, group_sizes: tuple[int, ...] = EXAMPLE_COUNTS
) -> tuple[Preview, tuple[Remark, ...]]:
    plan = desk.compiled(case)
    shown = preview(plan, desk.noise, desk.policy.delta, group_sizes=group_sizes)
    most = {dataset: exhibit.contract.max_rows_per_unit for dataset, exhibit in case.exhibits.items()}
    with desk.release.read() as tx:
        names = paying(tx.ledger, case, author=author)
        opened = frozenset(tx.ledger.opened(names))
        accounts = {name: tx.ledger.account(name) if name in opened else None for name in names}
        earlier = tuple(one for one in tx.requests.requests(project=case.project.id) if one.id != without)
    return shown, remarks_of(case, shown, bias=bounding_bias(plan, most), accounts=accounts, earlier=earlier)


def _assured(desk: Desk, case: Case, wish: Wish) -> Assured | None:
    """Return what a wish costs for whatever data, where a question was priced for data as assumed."""

    def compiled(asked: Question) -> Plan:
        return desk.compiled(replace(case, question=asked))

    return assured(case.question, wish, compiled=compiled, noise=desk.noise, most=desk.policy.max_rho_per_question)


def _told(desk: Desk, priced: Priced, cost: Budget | None, more: Assured | None = None) -> PricedSize:
    """Return a price with what it can tell about one unit."""
    if cost is None:
        said = f"not in one question: at the most that one may spend, {reached_text(priced.reached)}"
        return PricedSize(priced=priced, risk=said)
    delta = desk.policy.delta
    epsilon = desk.noise.epsilon(cost, delta)
    return PricedSize(priced=priced, cost=cost, epsilon=epsilon, risk=risk(cost, delta), assured=more)


def _without_answer(request: ReleaseRequest) -> ReleaseRequest:
    """Return a request with nothing of its answer: that stands on the sheet, or nowhere."""
    return replace(request, answer=None)
