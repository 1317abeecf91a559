"""How sandboxes live and end, in a lab that runs: hub, proxy, doors and bubblewrap as an operator has them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from desk_lab import PROJECT
from lodging import Kernel, Lodging, ended, lodging
from open_house import change_project, open_house, programs_there, set_suspended
from visitor import Visitor, until

from infra.hub import expiry
from infra.hub.activity import seconds_between
from infra.hub.expiry import HubApi
from infra.hub.first_notebook import NAME

pytestmark = pytest.mark.skipif(not programs_there(), reason="needs bubblewrap and the proxy")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lodging]:
    """Run a lab for this module."""
    with open_house(tmp_path_factory.mktemp("life") / "lab") as house, lodging(house) as given:
        yield given


@pytest.fixture(scope="module")
def people(lab: Lodging) -> dict[str, tuple[Visitor, Kernel]]:
    """Three researchers in their labs."""
    return {name: lab.in_lab(name) for name in ("ann", "ben", "bob")}


def hub_of(lab: Lodging) -> psutil.Process:
    """Return the hub's process."""
    return psutil.Process(
        next(part.process.pid for part in lab.house.running.parts if "infra.hub.application" in part.command)
    )


def expiry_api(lab: Lodging, *, page: int) -> HubApi:
    """Return the hub's interface as the service that ends sandboxes has it."""
    service = next(one for one in hub_of(lab).children() if "infra.hub.expiry" in one.cmdline())
    given = service.environ()
    return HubApi(address=given["JUPYTERHUB_API_URL"], token=given["JUPYTERHUB_API_TOKEN"], page=page)


def test_a_sandbox_survives_a_restart_of_the_hub(lab: Lodging, people: dict[str, tuple[Visitor, Kernel]]) -> None:
    """After the hub's process was killed and another started, the kernel knows what it was told, and people sign in."""
    visitor, kernel = people["ann"]
    before, sandbox = hub_of(lab), lab.supervisor("ann").pid
    services = [one for one in before.children() if {"datalab.web.server", "infra.hub.expiry"} & set(one.cmdline())]
    assert kernel.run("x = 41") == ""

    before.kill()
    assert len(services) == 2  # portal and expiry; proxy and sandboxes live on
    assert ended([before, *services])
    assert lab.house.running.keep()

    async def again() -> bool:
        return await visitor.reached() and await visitor.ready("ann", "safer")

    lab.runner.run(until(again))
    assert hub_of(lab).pid != before.pid
    assert kernel.run("print(x + 1)") == "42\n"
    assert lab.supervisor("ann").pid == sandbox
    lab.signed_in("rev")


def test_every_server_that_runs_is_looked_at(lab: Lodging, people: dict[str, tuple[Visitor, Kernel]]) -> None:
    """The service that ends sandboxes reads the hub's list to its end, page by page."""
    found = {(one.username, one.project) for one in expiry_api(lab, page=1).running()}

    assert found == {(name, "safer") for name in people}


def test_a_new_researcher_begins_with_a_notebook_that_runs(people: dict[str, tuple[Visitor, Kernel]]) -> None:
    """Each cell of the notebook in a new workspace runs, and its preview says what the question means."""
    _, kernel = people["ben"]
    notebook = json.loads(kernel.run(f"print(open({NAME!r}).read())"))
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]

    assert [kernel.run(f"{cell}\nprint('done')").splitlines()[-1] for cell in code] == ["done"] * 3
    assert "person" in kernel.run("print(lab.preview(question)._repr_html_())").lower()


def test_a_lab_says_in_time_that_it_is_used(lab: Lodging, people: dict[str, tuple[Visitor, Kernel]]) -> None:
    """A sandbox's server is told how often to say so, by the time after which it would be ended."""
    told = set()
    for one in tree(lab.supervisor("ann")):
        with contextlib.suppress(psutil.Error):  # one that has just ended
            told.add(one.environ().get("JUPYTERHUB_ACTIVITY_INTERVAL"))

    assert people
    assert str(seconds_between(lab.house.settings)) in told


def test_the_sandbox_of_who_may_not_work_any_more_ends(lab: Lodging, people: dict[str, tuple[Visitor, Kernel]]) -> None:
    """Who is taken off the project, or suspended, loses the sandbox; who is neither keeps it; then the project ends."""
    sandboxes = {name: tree(lab.supervisor(name)) for name in people}
    assert all(len(processes) > 3 for processes in sandboxes.values())

    change_project(lab.house.lab, members=PROJECT.members - {"ben"})
    set_suspended(lab.house.lab, "bob", suspended=True)
    try:
        assert ended(sandboxes["ben"])
        assert ended(sandboxes["bob"])
        assert people["ann"][1].run("print('still here')") == "still here\n"
        lab.runner.run(until(people["bob"][0].signed_out))
        assert "not a member of this project" in refusal(lab, people["ben"][0], "ben")

        change_project(lab.house.lab, expires_on=datetime.now(UTC).date() - timedelta(days=1))
        assert ended(sandboxes["ann"])
        assert "or it has ended" in refusal(lab, people["ann"][0], "ann")
        assert lab.runner.run(people["ann"][0].get(people["ann"][0].portal)).status == 200
    finally:
        set_suspended(lab.house.lab, "bob", suspended=False)
        later = datetime.now(UTC).date() + timedelta(days=90)
        change_project(lab.house.lab, members=PROJECT.members, expires_on=later)


def refusal(lab: Lodging, visitor: Visitor, username: str) -> str:
    """Return why somebody may not start their lab, once the hub has seen the end of the one before."""

    async def seen() -> bool:
        return "safer" not in json.loads((await visitor.api("GET", f"users/{username}")).text)["servers"]

    lab.runner.run(until(seen))
    refused = lab.api(visitor, "POST", f"users/{username}/servers/safer")
    assert refused.status == 403, refused.text
    return refused.text


def test_a_killed_supervisor_takes_its_sandbox_along_and_the_hub_learns_of_it(lab: Lodging) -> None:
    """After SIGKILL of the process that holds the doors nothing of the sandbox runs, and another can be started."""
    visitor, _ = lab.in_lab("ann")
    supervisor = lab.supervisor("ann")
    inside = tree(supervisor)[1:]

    supervisor.kill()

    assert len(inside) > 2
    assert ended(inside)

    async def noticed() -> bool:
        told = json.loads((await visitor.api("GET", "users/ann")).text)
        return "safer" not in told["servers"]

    lab.runner.run(until(noticed))
    assert lab.runner.run(visitor.start("ann", "safer")).status == 200
    assert lab.supervisor("ann").pid != supervisor.pid


def test_two_looks_and_a_stop_are_less_than_a_minute() -> None:
    """What has to end is seen within the time between two looks, and a stop is given what is left of a minute."""
    assert expiry.EVERY + expiry.PATIENCE <= 40


@pytest.mark.slow
def test_a_lab_that_nobody_uses_is_ended(tmp_path: Path) -> None:
    """With the setting of one minute, a lab that is left alone ends; one in which somebody works goes on."""
    with open_house(tmp_path / "lab", idle_minutes="1") as house, lodging(house) as lab:
        lab.in_lab("ann")
        _, kernel = lab.in_lab("ben")
        left, used = tree(lab.supervisor("ann")), lab.supervisor("ben")
        while not ended(left, patience=5):
            assert kernel.run("print(1)") == "1\n"
        assert used.is_running()


def tree(process: psutil.Process) -> list[psutil.Process]:
    """Return a process and all below it."""
    return [process, *process.children(recursive=True)]
