"""The lab in its frame: JupyterLab of a person's own sandbox, shown from another origin, so that it cannot lead off.

The frame's sandbox attribute forbids it to open windows, to navigate this page and to download; the content policy of
this page lets it show the lab's own path and, while it signs in, the hub's sign-in, and nothing else. A frame that
tries to go elsewhere is stopped by `frame-src` (CSP Level 3, section 6.4.1).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.responses import Response

from datalab.governance.people import LabRole
from datalab.web.page import Page, Visit
from datalab.web.pages.membership import own_project

SIGN_IN = "/hub/api/oauth2/authorize"
"""Where the lab's server sends its frame to sign in. What the hub then redirects to is held to the hub's origin alone,
as CSP matches no path behind a redirect; a frame that goes to another page of the hub by itself is stopped."""
RESEARCHERS = frozenset({LabRole.RESEARCHER})


def lab(visit: Visit) -> Response:
    """Show the lab where it runs, or how it is started."""
    name = own_project(visit).id
    server = visit.portal.hub.servers(visit.visitor, visit.session.token).get(name)
    if server is None:
        return visit.show("lab_start.html", project=name)
    if not server.get("ready"):
        return visit.show("lab_wait.html", project=name)
    address = urlsplit(server["full_url"])  # on a host name of the person's own, which the hub makes of the user name
    origin = f"{address.scheme}://{address.netloc}"
    return visit.show(
        "lab.html",
        project=name,
        address=f"{origin}{address.path}lab",
        frame=f"{origin}{address.path} {visit.portal.hub.origin}{SIGN_IN}",
    )


def start(visit: Visit) -> Response:
    """Start the person's sandbox for a project, unless it runs or starts."""
    name = own_project(visit).id
    if name not in visit.portal.hub.servers(visit.visitor, visit.session.token):
        visit.portal.hub.start(visit.visitor, name, visit.session.token)
    return visit.go(f"projects/{name}/lab")


def stop(visit: Visit) -> Response:
    """Stop it; what is in the workspace stays."""
    name = own_project(visit).id
    visit.portal.hub.stop(visit.visitor, name, visit.session.token)
    return visit.go(f"projects/{name}")


PAGES = (
    Page(path="projects/{project}/lab", method="GET", roles=RESEARCHERS, step=lab),
    Page(path="projects/{project}/lab", method="POST", roles=RESEARCHERS, step=start),
    Page(path="projects/{project}/lab/stop", method="POST", roles=RESEARCHERS, step=stop),
)
