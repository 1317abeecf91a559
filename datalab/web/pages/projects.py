"""A researcher's projects: datasets, budget, requests, and the way into the lab."""

from __future__ import annotations

from starlette.responses import Response

from datalab.contract.published import published_columns
from datalab.governance.people import LabRole
from datalab.web.chart import share_bar
from datalab.web.page import Page, Visit
from datalab.web.pages.membership import own_project

RESEARCHERS = frozenset({LabRole.RESEARCHER})


def projects(visit: Visit) -> Response:
    """List the projects that this person works in."""
    with visit.portal.control.read() as tx:
        found = [one for one in tx.governance.projects() if visit.person.username in one.members]
    return visit.show("projects.html", projects=found)


def project(visit: Visit) -> Response:
    """Show one project."""
    found = own_project(visit)
    name = found.id
    with visit.portal.control.read() as tx:
        views = {view.dataset: view for view in tx.catalogue.views(name)}
        contracts = {grant.dataset: tx.catalogue.contract(grant.dataset) for grant in found.grants}
    budget = visit.release.budget(name)
    return visit.show(
        "project.html",
        project=found,
        views=views,
        contracts=contracts,
        published={dataset: published_columns(contract) for dataset, contract in contracts.items()},
        budget=[(one, share_bar(one["spent_rho"], one["granted_rho"])) for one in budget],
        requests=list(reversed(visit.release.requests(project=name))),
    )


PAGES = (
    Page(path="projects", method="GET", roles=RESEARCHERS, step=projects),
    Page(path="projects/{project}", method="GET", roles=RESEARCHERS, step=project),
)
