"""A lab that runs for a whole module, with visitors who stay: sign in, work, and look at the host's side of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from open_house import OpenHouse
from visitor import PATIENCE, Seen, Visitor

from infra.hub.spawner import sandbox_key


@dataclass(frozen=True)
class Lodging:
    """A lab that runs, and a loop for those who visit it."""

    house: OpenHouse
    runner: asyncio.Runner
    guests: list[Visitor] = field(default_factory=list)

    def visitor(self) -> Visitor:
        """Return somebody who has not signed in."""

        async def arrive() -> Visitor:
            return Visitor(self.house.settings.address)

        self.guests.append(self.runner.run(arrive()))
        return self.guests[-1]

    def signed_in(self, username: str) -> Visitor:
        """Return somebody who has signed in."""
        visitor = self.visitor()
        reached = self.runner.run(visitor.sign_in(username))
        assert reached.status == 200, reached.text
        return visitor

    def in_lab(self, username: str, project: str = "safer") -> tuple[Visitor, Kernel]:
        """Return somebody in their lab, with a kernel."""
        visitor = self.signed_in(username)
        opened = self.runner.run(visitor.start(username, project))
        assert opened.status == 200, opened.text
        return visitor, Kernel(self, visitor, username, project, self.runner.run(visitor.kernel(username, project)))

    def api(self, visitor: Visitor, method: str, path: str, body: object = None) -> Seen:
        """Have somebody call the hub's interface."""
        return self.runner.run(visitor.api(method, path, body))

    def supervisor(self, username: str, project: str = "safer") -> psutil.Process:
        """Return the process of the host that holds a person's sandbox."""
        key = sandbox_key(self.house.settings, project, username)
        return psutil.Process(int(Path(self.house.settings.run, "sandboxes", f"{key}.pid").read_text()))


@dataclass(frozen=True)
class Kernel:
    """A kernel in somebody's lab."""

    lodging: Lodging
    visitor: Visitor
    username: str
    project: str
    id: str

    def run(self, code: str) -> str:
        """Run a cell and return what it printed, or its error."""
        return self.lodging.runner.run(self.visitor.run(self.username, self.project, self.id, code))


@contextmanager
def lodging(house: OpenHouse) -> Iterator[Lodging]:
    """Receive visitors for the length of a block."""
    with asyncio.Runner() as runner:
        lodging = Lodging(house, runner)
        yield lodging
        for guest in lodging.guests:
            runner.run(guest.close())


def ended(processes: list[psutil.Process], patience: float = PATIENCE) -> bool:
    """Say whether processes are gone, after waiting for them."""
    return not psutil.wait_procs(processes, timeout=patience)[1]
