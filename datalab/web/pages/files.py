"""Files on their way in: a researcher brings them to a project; an operator or a reviewer decides on them."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.responses import Response

from datalab.errors import GovernanceError, StateError, UploadError, UserError
from datalab.governance.people import LabRole
from datalab.intake.names import KINDS
from datalab.intake.way_in import LARGEST, WayIn
from datalab.uploads import UploadState
from datalab.web.page import MAX_FORM, Page, Visit
from datalab.wiring import open_way_in

RESEARCHERS = frozenset({LabRole.RESEARCHER})
MAX_UPLOAD = LARGEST * 2**20 + MAX_FORM
"""Bytes of the form; the lab's own limit on a file is that or less."""
DECIDERS = frozenset({LabRole.OPERATOR, LabRole.REVIEWER})


def files(visit: Visit) -> Response:
    """Show what was brought to a project, and the form to bring more."""
    return _show(visit, fault=None)


def brought(visit: Visit) -> Response:
    """Take a file; what is wrong with it is said beside the form."""
    file = visit.form.get("file")
    if not (isinstance(file, UploadFile) and file.filename):
        return _show(visit, fault=UploadError("No file was chosen.", remedy="Choose one."))
    try:
        upload = _way_in(visit).bring(
            file.filename, file.file, project=visit.path["project"], author=visit.person.username
        )
    except (UploadError, StateError) as error:
        return _show(visit, fault=error)
    if upload.state is UploadState.REFUSED:
        return _show(visit, fault=UploadError(upload.reason, remedy="Choose another file."))
    return visit.go(f"projects/{upload.project}/files")


def waiting(visit: Visit) -> Response:
    """List the files that wait for this person's decision."""
    return visit.show("files_waiting.html", uploads=_way_in(visit).waiting(person=visit.person.username))


def file(visit: Visit) -> Response:
    """Show one file with the form to decide on it."""
    return _show_sheet(visit, fault=None)


def decided(visit: Visit) -> Response:
    """Decide on a file; a missing reason is said beside the form."""
    verdict = visit.text("verdict")
    try:
        if verdict not in {"approve", "refuse"}:
            raise GovernanceError("No decision was chosen.", remedy="Choose to approve or to refuse.")  # noqa: TRY301
        _way_in(visit).decide(
            visit.path["upload"],
            person=visit.person.username,
            approve=verdict == "approve",
            reason=visit.text("reason"),
        )
    except GovernanceError as error:
        return _show_sheet(visit, fault=error)
    return visit.go("files")


def _way_in(visit: Visit) -> WayIn:
    return open_way_in(visit.portal.settings, visit.portal.control)


def _show(visit: Visit, *, fault: UserError | None) -> Response:
    way_in, project = _way_in(visit), visit.path["project"]
    return visit.show(
        "files.html",
        project=project,
        uploads=way_in.uploads(project=project, person=visit.person.username),
        kinds=sorted(KINDS),
        rules=way_in.rules,
        scanned=way_in.scanner.present,
        fault=fault,
        status=400 if fault else 200,
    )


def _show_sheet(visit: Visit, *, fault: GovernanceError | None) -> Response:
    sheet = _way_in(visit).sheet(visit.path["upload"], person=visit.person.username)
    return visit.show(
        "file.html",
        sheet=sheet,
        upload=sheet.upload,
        reason=visit.text("reason"),
        fault=fault,
        status=400 if fault else 200,
    )


PAGES = (
    Page(path="projects/{project}/files", method="GET", roles=RESEARCHERS, step=files),
    Page(path="projects/{project}/files", method="POST", roles=RESEARCHERS, step=brought, files=1, max_form=MAX_UPLOAD),
    Page(path="files", method="GET", roles=DECIDERS, step=waiting),
    Page(path="files/{upload}", method="GET", roles=DECIDERS, step=file),
    Page(path="files/{upload}", method="POST", roles=DECIDERS, step=decided),
)
