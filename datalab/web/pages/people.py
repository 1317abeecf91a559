"""For operators: who is in the lab, and its projects; adding, inviting, suspending and reinstating somebody."""

from __future__ import annotations

from starlette.responses import Response

from datalab.errors import GovernanceError, StateError, UserError
from datalab.governance.people import LabRole, Person
from datalab.governance.permission import check_may_administer
from datalab.web.page import Page, Visit
from datalab.wiring import office

OPERATORS = frozenset({LabRole.OPERATOR})


def people(visit: Visit) -> Response:
    """List people and projects."""
    return _show(visit)


def add(visit: Visit) -> Response:
    """Add somebody; what is wrong is said beside the form, with what was typed still in it."""
    person = Person(
        username=visit.text("username"),
        full_name=visit.text("full_name"),
        roles=frozenset(role for role in LabRole if visit.text(f"role_{role.value}")),
        agency=visit.text("agency") or None,
    )
    try:
        with visit.portal.control.begin() as tx:
            office(tx, visit.person.username).add_person(person)
    except (GovernanceError, StateError) as error:
        return _show(visit, wrong=error)
    return _show(visit, done=f"{person.username} is in the lab.")


def invite(visit: Visit) -> Response:
    """Invite somebody to choose a password; the link is shown once."""
    username = visit.path["username"]
    if visit.portal.reception is None:
        raise StateError(
            "People sign in at the identity provider of this lab.", remedy="They need no invitation; send the address."
        )
    token = visit.portal.reception.invite(username, actor=visit.person.username)
    return visit.show("invited.html", username=username, link=f"{visit.portal.hub.origin}/hub/enrol?token={token}")


def suspend(visit: Visit) -> Response:
    """Let somebody do nothing from now on."""
    return _change(visit, suspended=True)


def reinstate(visit: Visit) -> Response:
    """Let somebody work again."""
    return _change(visit, suspended=False)


def _change(visit: Visit, *, suspended: bool) -> Response:
    username = visit.path["username"]
    try:
        with visit.portal.control.begin() as tx:
            desk = office(tx, visit.person.username)
            (desk.suspend if suspended else desk.reinstate)(username)
    except StateError as error:
        return _show(visit, fault=error)
    return _show(visit, done=f"{username} {'is suspended' if suspended else 'may work again'}.")


def _show(visit: Visit, *, fault: UserError | None = None, wrong: UserError | None = None, done: str = "") -> Response:
    """Show the page, with what is wrong with an act (`fault`) or with the form that adds somebody (`wrong`)."""
    check_may_administer(visit.person)
    with visit.portal.control.read() as tx:
        found, projects, agencies = tx.governance.people(), tx.governance.projects(), tx.governance.agencies()
    return visit.show(
        "people.html",
        status=400 if fault or wrong else 200,
        people=found,
        projects=projects,
        agencies=agencies,
        roles=[role.value for role in LabRole],
        typed=visit.form if wrong else {},
        invites=visit.portal.reception is not None,
        fault=fault,
        wrong=wrong,
        done=done,
    )


PAGES = (
    Page(path="people", method="GET", roles=OPERATORS, step=people),
    Page(path="people", method="POST", roles=OPERATORS, step=add),
    Page(path="people/{username}/invite", method="POST", roles=OPERATORS, step=invite),
    Page(path="people/{username}/suspend", method="POST", roles=OPERATORS, step=suspend),
    Page(path="people/{username}/reinstate", method="POST", roles=OPERATORS, step=reinstate),
)
