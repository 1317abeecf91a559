"""A question is charged to every account that it touches, in both parts, or to none."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from desk_lab import CountingNoise, DeskLab, build, contract, publish_version, question

from datalab.audit.event import Action, AuditEvent
from datalab.catalogue import ProjectView
from datalab.contract.model import PrivacyUnit
from datalab.contract.odcs.contract_file import write_contract
from datalab.errors import BudgetError
from datalab.governance.project import DatasetGrant
from datalab.privacy.budget import Budget
from datalab.privacy.plan import Plan, Price
from datalab.privacy.reconcile import reconcile
from datalab.query.model import Join, Question
from datalab.release.request import RequestState
from datalab.release.sheet import sheet_of_question

DELTA = Fraction(1, 10**7)
COST = Budget.floor(Fraction(1, 10), DELTA)


class ApproximateNoise(CountingNoise):
    """Noise that has an approximate part in its price, as that of unlisted keys has."""

    def price(self, plan: Plan) -> Price:
        """Return the price with a delta on its first part."""
        price = super().price(plan)
        first, *others = price.parts
        return replace(price, parts=(replace(first, cost=first.cost + Budget(0, COST.atto_delta)), *others))


@pytest.fixture
def lab(tmp_path: Path) -> DeskLab:
    """A lab with a second dataset about people; both have plenty for three questions, in both parts."""
    lab = build(tmp_path / "lab", grant=None)
    lab = replace(lab, desk=replace(lab.desk, noise=ApproximateNoise()))
    columns = ("area", "minutes")
    with lab.control.begin() as tx:
        made = contract("visits", PrivacyUnit.PERSON)
        event = AuditEvent(action=Action.CONTRACT_REGISTERED, actor="cas", subject="visits", at=lab.treasury.clock())
        tx.catalogue.add_contract(made, write_contract(made), event=event)
        publish_version(tx, "visits", 1)
        project = tx.governance.project("safer")
        grants = (*project.grants, DatasetGrant(dataset="visits", columns=columns))
        lab.office(tx.governance, tx.catalogue.contract, "olga").change_grants("safer", grants)
        tx.catalogue.add_view(
            ProjectView(
                project="safer",
                dataset="visits",
                version=1,
                columns=columns,
                rows=10,
                path="safer/visits/v0001",
                buckets=4,
                key_version="project/safer/v1",
                published_at=lab.treasury.clock(),
            ),
            event=replace(event, action=Action.VIEW_PUBLISHED, subject="safer/visits"),
        )
    for dataset in ("incidents", "visits"):
        lab.give(dataset, Fraction(3, 10), delta=3 * DELTA)
    return lab


def linked(number: int = 0) -> Question:
    """Return a question about incidents of people who visited."""
    asked = question(number)
    return replace(asked, query=replace(asked.query, joins=(Join(dataset="visits"),)))


def share(
    lab: DeskLab,
    dataset: str,
    *,
    member: str | None = None,
    questions: Fraction | int = 3,
    deltas: Fraction | int = 3,
) -> None:
    """Give the project or a member enough for so many questions, and delta for so many."""
    lab.give(dataset, Fraction(questions) / 10, delta=deltas * DELTA, project="safer", member=member)


def spent(lab: DeskLab) -> dict[str, Budget]:
    """Return what is spent of every account, where anything is."""
    with lab.release.read() as tx:
        reconcile(tx.ledger, tx.audit.entries())
        return {one.name: one.spent for one in tx.ledger.accounts() if one.spent != Budget(0)}


def test_a_linked_question_is_charged_to_every_account(lab: DeskLab) -> None:
    """Both datasets, both shares and the asker's own limits pay, each the whole cost in both parts."""
    for dataset in ("incidents", "visits"):
        share(lab, dataset)
    share(lab, "visits", member="ann")
    share(lab, "incidents", member="ben")
    request = lab.desk.submit(linked(), project="safer", author="ann")

    assert request.state is RequestState.ANSWERED
    assert spent(lab) == dict.fromkeys(
        ("dataset/incidents", "dataset/visits", "member/safer/ann/visits", "project/safer/incidents",
         "project/safer/visits"),
        COST,
    )  # fmt: skip
    with lab.release.read() as tx:
        assert {charge.mechanism for charge in tx.ledger.charges()} == {"rows: counted"}


@pytest.mark.parametrize(
    ("questions", "deltas", "last"),
    [(0, 3, "project"), (3, 0, "project"), (0, 3, "member"), (3, 0, "member"), (0, 0, "member")],
)
def test_where_the_last_account_refuses_none_pays(lab: DeskLab, questions: int, deltas: int, last: str) -> None:
    """One account without enough rho, or without enough delta, and nothing is charged, entered or touched."""
    share(lab, "incidents")
    tiny = {"questions": questions or Fraction(1, 10), "deltas": deltas or Fraction(1, 10)}
    if last == "project":
        share(lab, "visits", **tiny)
    else:
        share(lab, "visits")
        share(lab, "visits", member="ann", **tiny)
    with lab.release.read() as tx:
        before = tx.audit.head()
    with pytest.raises(
        BudgetError, match=rf"{last}/safer.*visits.*Requested rho 0\.1, delta 1e-7; remaining rho"
    ) as refused:
        lab.desk.submit(linked(), project="safer", author="ann")
    assert "no unlisted values" in str(refused.value)

    assert spent(lab) == {}
    with lab.release.read() as tx:
        assert (tx.requests.requests(), tx.audit.head()) == ((), before)
    assert lab.engine.touches == 0


def test_a_limit_binds_the_person_and_nobody_else(lab: DeskLab) -> None:
    """Once a member's own limit is used up, other members go on, and a stored answer is free for all."""
    share(lab, "incidents")
    share(lab, "incidents", member="ann", questions=1, deltas=1)
    asked = lab.desk.submit(question(1), project="safer", author="ann")
    with pytest.raises(BudgetError, match="member/safer/ann/incidents"):
        lab.desk.submit(question(2), project="safer", author="ann")
    other = lab.desk.submit(question(2), project="safer", author="ben")

    assert (asked.state, other.state) == (RequestState.ANSWERED, RequestState.ANSWERED)
    assert lab.desk.submit(question(2), project="safer", author="ann").id == other.id
    assert spent(lab)["member/safer/ann/incidents"] == COST
    assert spent(lab)["project/safer/incidents"] == COST + COST


def test_a_limit_can_be_raised_but_not_above_the_share(lab: DeskLab) -> None:
    """A second act adds to the first, and the person goes on."""
    share(lab, "incidents")
    share(lab, "incidents", member="ann", questions=1, deltas=1)
    lab.desk.submit(question(1), project="safer", author="ann")
    share(lab, "incidents", member="ann", questions=2, deltas=2)

    assert lab.desk.submit(question(2), project="safer", author="ann").state is RequestState.ANSWERED


def test_who_asks_sees_the_limit_beside_the_other_budgets(lab: DeskLab) -> None:
    """Before it is submitted, the sheet of a question shows every account that would pay."""
    share(lab, "incidents")
    share(lab, "incidents", member="ann", questions=1, deltas=1)

    def budgets(person: str) -> list[str]:
        sheet = sheet_of_question(lab.desk, question(), project="safer", person=person)
        return [one.topic for one in sheet.remarks if one.topic.startswith("budget ")]

    shared = ["budget dataset/incidents", "budget project/safer/incidents"]
    assert budgets("ben") == shared
    assert budgets("ann") == [*shared, "budget member/safer/ann/incidents"]
