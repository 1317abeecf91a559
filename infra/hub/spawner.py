"""The spawner: one sandbox for each researcher and project, behind its own door.

The server's name is made of the project's. The hub and the proxy see an ordinary address on 127.0.0.1: the door's. The
sandbox's own supervisor is the process that the hub watches; when it ends, so does the sandbox.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

from jupyterhub.spawner import LocalProcessSpawner
from jupyterhub.utils import random_port
from tornado import web
from traitlets import Unicode, validate

from datalab.broker.caller import Kind, read_secret, secret_file
from datalab.errors import DatalabError
from datalab.governance.server import project_of
from datalab.release.bundle.signing import PUBLIC_FILE
from datalab.settings import Settings, read_settings
from datalab.wiring import Lab, clock, open_lab
from infra.enclave.interior import ADDED, interior_mounts, lab_command, lab_environment
from infra.enclave.reference import link_reference, reference_mounts
from infra.enclave.specification import Limits, Meter, Specification
from infra.enclave.uids import UidTable
from infra.enclave.view import view_mounts
from infra.enclave.walls import HOME
from infra.hub.activity import seconds_between
from infra.hub.first_notebook import put_first_notebook
from infra.hub.groups import PROJECT, groups_of
from infra.hub.stored import refuse_options
from infra.packages.project import ProjectPackages

REPOSITORY = Path(__file__).parents[2]
LOOK = 0.1
"""Seconds between two looks at a sandbox that starts."""
ANSWER = 20
"""Seconds that a sandbox may take for its first answer."""


class SandboxSpawner(LocalProcessSpawner):  # type: ignore[misc]  # JupyterHub has no types
    """Starts, watches and stops supervisors of sandboxes."""

    home = Unicode(config=True, help="The lab's folder.")
    shell_origin = Unicode(config=True, help="Origin of the portal, whose frame shows the lab.")

    @property
    def ready(self) -> bool:
        """Whether it runs: a start that failed before it began leaves a row of a server, and nothing that serves."""
        return bool(super().ready and self.orm_spawner.started is not None)

    @validate("user_options")
    def _no_options(self, proposal: dict[str, object]) -> object:
        refuse_options(proposal["value"])
        return proposal["value"]

    def make_preexec_fn(self, name: str) -> None:
        """Do nothing before the start: the supervisor drops what it must itself."""
        del name

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Add nothing of a system user's: there is none."""
        return env

    async def start(self) -> tuple[str, int]:
        """Start the sandbox and wait until it answers.

        Returns:
            Where its door listens.

        Raises:
            web.HTTPError: 403 if the person may not work in the project now; 500 if the sandbox does not come up.
        """
        lab = await asyncio.to_thread(open_lab, read_settings({"DATALAB_HOME": self.home}))
        self.port = random_port()
        try:
            await asyncio.to_thread(self._check, lab, clock().date())
            specification = await asyncio.to_thread(self._specify, lab)
        except DatalabError as error:
            raise web.HTTPError(500, str(error)) from None
        self.proc = await asyncio.to_thread(self._run, specification)
        self.pid = self.proc.pid
        await self._wait_until_it_answers()
        return ("127.0.0.1", self.port)

    def _check(self, lab: Lab, today: date) -> None:
        groups = groups_of(lab.control, self.user.name, today=today) or []
        if not self.name or PROJECT + project_of(self.name) not in groups:
            raise web.HTTPError(
                403, "You are not a member of this project, or it has ended. Ask an operator of the lab."
            )

    def _specify(self, lab: Lab) -> Specification:
        settings, project, username = lab.settings, project_of(self.name), self.user.name
        key = sandbox_key(settings, project, username)
        uid = UidTable(settings.hub / "uids.json").uid_of(f"{project}/{username}")
        sandboxes = _folder(settings.run / "sandboxes")
        described = sandboxes / f"{key}.described"
        limits = Limits(
            memory=settings.sandbox_memory << 20,
            processes=settings.sandbox_processes,
            cpu=float(settings.sandbox_cores),
            workspace_bytes=settings.sandbox_workspace << 20,
        )
        read_secret(settings.run, Kind.DOOR)  # made by whoever needs it first
        return Specification(
            user=username,
            project=project,
            prefix=self.server.base_url,
            port=self.port,
            uid=uid,
            gid=uid,
            hub=self.hub.url.split("/hub/")[0],
            hub_origin=settings.address,
            release_socket=str(settings.release_socket),
            release_secret_file=str(secret_file(settings.run, Kind.DOOR)),
            run_dir=str(sandboxes / key),
            audit_log=str(sandboxes / "doors.jsonl"),
            read_only=(
                *interior_mounts(described / "interior", limits),
                *_described_view(lab, project, described / "view"),
                *reference_mounts(settings, project),
                *_added_packages(settings, project),
            ),
            read_write=((str(_workspace(settings, project, username, uid)), HOME),),
            environment=lab_environment(
                self.get_env(),
                user=self.user.escaped_name,
                project=project,
                prefix=self.server.base_url,
                spark_ahead=settings.spark_start == "ahead",
            )
            | {"JUPYTERHUB_ACTIVITY_INTERVAL": str(seconds_between(settings))},
            limits=limits,
            meter=Meter(file=str(sandboxes / f"{key}.meter")),
            shell_origin=self.shell_origin,
            output_programs=settings.output_programs == "open",
            command=lab_command(*self.get_args()),
        )

    def _run(self, specification: Specification) -> subprocess.Popen[bytes]:
        with (Path(self.home) / "run" / "sandboxes" / "supervisors.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "infra.enclave.supervisor"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
                env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8", "PYTHONPATH": str(REPOSITORY)},
            )
        assert process.stdin is not None  # noqa: S101 - it was asked for
        process.stdin.write(specification.to_json().encode())
        process.stdin.close()
        Path(f"{specification.run_dir}.pid").write_text(str(process.pid))
        return process

    async def _wait_until_it_answers(self) -> None:
        for _ in range(int(self.start_timeout / LOOK)):
            if self.proc.poll() is not None:
                raise web.HTTPError(500, f"The sandbox ended with status {self.proc.returncode} before it served.")
            if await self._answers():
                return
            await asyncio.sleep(LOOK)
        raise web.HTTPError(500, "The sandbox did not come up in time.")

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        try:
            writer.write(
                f"GET {self.server.base_url}api HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
            )
            await writer.drain()
            return b" 200 " in await asyncio.wait_for(reader.readline(), ANSWER)
        except (OSError, TimeoutError):
            return False
        finally:
            writer.close()


def sandbox_key(settings: Settings, project: str, username: str) -> str:
    """Return the name of a sandbox's folder and control group: its own, beside other labs of the same machine too."""
    return hashlib.sha256(f"{settings.home}/{project}/{username}".encode()).hexdigest()[:16]


def _described_view(lab: Lab, project: str, folder: Path) -> tuple[tuple[str, str], ...]:
    _clear(folder)
    with lab.control.read() as tx:
        found = tx.governance.project(project)
        public = lab.settings.public_keys / PUBLIC_FILE
        return view_mounts(found, tx.catalogue, lab.settings.views, folder, public)


def _added_packages(settings: Settings, project: str) -> tuple[tuple[str, str], ...]:
    layer = ProjectPackages(folder=settings.packages, project=project).layer
    return () if layer is None else ((str(layer), ADDED),)


def _workspace(settings: Settings, project: str, username: str, uid: int) -> Path:
    """Return a person's own files of one project, theirs alone."""
    workspace = _folder(settings.workspaces / project) / username
    if not workspace.exists():
        workspace.mkdir(mode=0o700)
        put_first_notebook(workspace, uid)
    if os.geteuid() == 0 and workspace.stat().st_uid != uid:
        os.chown(workspace, uid, uid)
    link_reference(workspace)
    return workspace


def _folder(path: Path) -> Path:
    path.mkdir(mode=0o711, parents=True, exist_ok=True)
    return path


def _clear(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
