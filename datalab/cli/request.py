"""`datalab request`: ask a question, follow it, decide on it."""

from __future__ import annotations

from typing import Annotated

import typer

from datalab.cli.desk import opened_desk
from datalab.cli.options import ActingAs, LabHome
from datalab.cli.question import File, ForProject, app, read_question
from datalab.cli.screen import Screen, say
from datalab.errors import GovernanceError
from datalab.release.request import RequestState

RequestId = Annotated[str, typer.Argument(help="Identifier of the request.")]


@app.command()
def submit(file: File, project: ForProject, actor: ActingAs, lab: LabHome = None) -> None:
    """Submit a question: it is paid for, answered, and queued for review."""
    question = read_question(file)
    with opened_desk(lab) as desk:
        request = desk.submit(question, project=project, author=actor)
    say(f"Request {request.id} is {request.state.value}.")
    if request.state is RequestState.FAILED:
        raise typer.Exit(1)


@app.command()
def show(request: RequestId, actor: ActingAs, lab: LabHome = None) -> None:
    """Show a request: question, cost, checks; the answer to a reviewer, and to its project once released."""
    from datalab.cli.tables import show_sheet  # noqa: PLC0415 - loads only when asked for
    from datalab.release.sheet import sheet_of_request  # noqa: PLC0415 - as above

    with opened_desk(lab) as desk:
        show_sheet(Screen(), sheet_of_request(desk, request, person=actor))


@app.command(name="list")
def list_(
    actor: ActingAs,
    project: Annotated[str | None, typer.Option(help="Only requests of this project.")] = None,
    state: Annotated[RequestState | None, typer.Option(help="Only requests in this state.")] = None,
    lab: LabHome = None,
) -> None:
    """List the requests that this person may see."""
    from datalab.cli.tables import request_table  # noqa: PLC0415 - as above
    from datalab.release.sheet import visible_requests  # noqa: PLC0415 - as above

    with opened_desk(lab) as desk:
        requests = visible_requests(desk, person=actor, project=project, state=state)
    Screen().print(request_table(requests, title="Requests"))


@app.command()
def withdraw(request: RequestId, actor: ActingAs, lab: LabHome = None) -> None:
    """Withdraw a request of one's own before it is decided; what it cost stays spent."""
    with opened_desk(lab) as desk:
        desk.withdraw(request, author=actor)
    say(f"Request {request} is withdrawn.")


@app.command()
def decide(
    request: RequestId,
    *,
    actor: ActingAs,
    reason: Annotated[str, typer.Option(help="Why; the author reads it.")],
    approve: Annotated[bool, typer.Option("--approve", help="Let the answer out.")] = False,
    return_: Annotated[bool, typer.Option("--return", help="Ask the author for something first.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Keep the answer in.")] = False,
    lab: LabHome = None,
) -> None:
    """Decide on a request as a reviewer. An approved answer is published at once, as a signed bundle."""
    choices = {RequestState.APPROVED: approve, RequestState.RETURNED: return_, RequestState.REJECTED: reject}
    chosen = [verdict for verdict, given in choices.items() if given]
    if len(chosen) != 1:
        raise GovernanceError("This needs one decision.", remedy="Give one of --approve, --return and --reject.")
    with opened_desk(lab) as desk:
        decided = desk.decide(request, reviewer=actor, verdict=chosen[0], reason=reason)
        if decided.state is RequestState.APPROVED:
            decided = desk.publish(request)
            say(f"Bundle: {desk.outbox.path(decided.bundle or '')}")
    say(f"Request {request} is {decided.state.value}.")
