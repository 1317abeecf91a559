"""One process of the host for each sandbox: builds its walls, serves its doors, watches its limits, ends with it.

    python -m infra.enclave.supervisor < specification.json

It ends with the sandbox's exit status. When it is killed, however, the kernel ends the sandbox: bubblewrap asks for
that, and the sandbox's processes are in a process namespace of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from datalab.errors import DatalabError, SettingsError, exit_code_for
from datalab.fault_log import log_faults_only
from infra.enclave.audit import DoorLog
from infra.enclave.door.gate import Gate
from infra.enclave.door.lab import LabDoor
from infra.enclave.door.meter import OutputMeter
from infra.enclave.door.serving import OpenDoor, serve_at, serve_on
from infra.enclave.door.ways import SocketWay
from infra.enclave.limits import rundir
from infra.enclave.limits.cgroups import Group, find_group
from infra.enclave.limits.launch import launch
from infra.enclave.limits.watch import Watch, may_raise_limits, processes_below
from infra.enclave.notices import Notices
from infra.enclave.specification import Specification, read_specification
from infra.enclave.walls import build_walls

FIRST_WORDS = 2048
AT_ONCE = 5.0
"""Seconds in which a sandbox that ends was never open to its researcher, so that its words are of the walls."""
ENDED_BY_WATCH = 75
"""Exit status of a sandbox that was ended for passing a limit; EX_TEMPFAIL of sysexits.h."""


UNMEASURED = (
    "The sandbox was ended, for what it uses could not be measured any more. Your files are as they were. Start the "
    "lab again; if it ends again, tell the operator, whose log of this lab's supervisor says where it failed."
)


class Words:
    """What is printed by a sandbox: read so that it never waits, and thrown away but for the first of it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None  # noqa: S101 - `launch` asks for it
        self.pipe = process.stderr.fileno()
        os.set_blocking(self.pipe, False)
        self._first = b""

    def read(self) -> None:
        """Take what is there."""
        with contextlib.suppress(BlockingIOError):
            while piece := os.read(self.pipe, 65536):
                self._first += piece[: FIRST_WORDS - len(self._first)]

    def of_the_walls(self) -> str:
        """Return the lines of bubblewrap and of what it starts first, which hold paths and no data."""
        lines = self._first.decode("utf-8", "replace").splitlines()
        return "\n".join(line for line in lines if line.startswith(("bwrap: ", "setpriv: ", "prlimit: ")))


@dataclass(slots=True)
class Supervisor:
    """One sandbox from start to end."""

    specification: Specification
    folder: rundir.RunFolder
    log: DoorLog
    notices: Notices
    root: bool

    async def run(self) -> int:
        """Serve until the sandbox ends or this process is told to; return the exit status."""
        stop = asyncio.Event()
        for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(one, stop.set)
        listener = self._listener()
        meter = self._meter()
        doors = [await self._open_lab(meter), await self._open_gate()]
        group = find_group(self.folder.path.name)
        began = time.monotonic()
        status = 1
        try:
            group.create(self.specification.limits)
            process = self._start(listener, group)
            listener.close()
            held = ",".join(group.holds) or "none"
            self.log.note("sandbox-started", pid=process.pid, control_groups=f"version {group.version}: {held}")
            status = await self._until_the_end(process, group, stop)
        finally:
            await asyncio.to_thread(group.remove)
            meter.save()
            self.log.note("sandbox-stopped", status=status, seconds=round(time.monotonic() - began, 1))
            for door in doors:
                await door.cleanup()
        return status

    def _listener(self) -> socket.socket:
        """Listen for the lab's server: it inherits the open socket, whose path stays outside of the sandbox."""
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self._path("lab.sock")))
        self._path("lab.sock").chmod(0o600)
        listener.listen(128)
        return listener

    def _meter(self) -> OutputMeter:
        meter = self.specification.meter
        file = Path(meter.file) if meter.file else self.folder.path.with_suffix(".meter")
        return OutputMeter(file, window_bytes=meter.window_bytes, window_seconds=meter.window_seconds, clock=time.time)

    async def _open_lab(self, meter: OutputMeter) -> OpenDoor:
        door = LabDoor(
            self.specification,
            lab=SocketWay(str(self._path("lab.sock"))),
            meter=meter,
            note=self.log.note,
            notices=self.notices,
        )
        return await serve_at(door, "127.0.0.1", self.specification.port)

    async def _open_gate(self) -> OpenDoor:
        release = SocketWay(self.specification.release_socket)
        gate = Gate(self.specification, release=release, note=self.log.note, clock=time.monotonic)
        path = self._path("gate.sock")
        opened = await serve_on(gate, path)
        if self.root:
            os.chown(path, self.specification.uid, self.specification.gid)
        return opened

    def _start(self, listener: socket.socket, group: Group) -> subprocess.Popen[bytes]:
        bubblewrap = shutil.which("bwrap")
        if bubblewrap is None:
            raise SettingsError(
                "No sandbox can be built.", why="bubblewrap is absent.", remedy="Install Debian's package `bubblewrap`."
            )
        walls = build_walls(
            self.specification, gate=self._path("gate.sock"), notices=self._path("notices"), root=self.root
        )
        environment = {**self.specification.environment, "DATALAB_LISTEN_FD": str(listener.fileno())}
        return launch(walls, program=bubblewrap, group=group, environment=environment, inherited=[listener.fileno()])

    async def _until_the_end(self, process: subprocess.Popen[bytes], group: Group, stop: asyncio.Event) -> int:
        ended = asyncio.Event()
        handle = os.pidfd_open(process.pid)
        loop = asyncio.get_running_loop()
        loop.add_reader(handle, ended.set)
        words = Words(process)
        loop.add_reader(words.pipe, words.read)
        began = time.monotonic()
        watching = asyncio.create_task(self._watch(process, group))
        waiting = {watching, asyncio.create_task(ended.wait()), asyncio.create_task(stop.wait())}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            loop.remove_reader(handle)
            loop.remove_reader(words.pipe)
            os.close(handle)
            for one in waiting:
                one.cancel()
            if process.poll() is None:
                process.kill()  # its namespace of processes ends with it
            status = process.wait()
            await asyncio.gather(*waiting, return_exceptions=True)
            words.read()
            if process.stderr is not None:
                process.stderr.close()
        if status and time.monotonic() - began < AT_ONCE:
            print(words.of_the_walls(), file=sys.stderr)  # noqa: T201 - the operator's log
        if watching.done() and not watching.cancelled() and watching.exception() is None:
            return ENDED_BY_WATCH
        return 0 if stop.is_set() else max(status, 0) or (128 - status if status < 0 else 0)

    async def _watch(self, process: subprocess.Popen[bytes], group: Group) -> None:
        """Look until the sandbox may not go on."""
        watch = Watch(
            group=group,
            limits=self.specification.limits,
            folders=tuple(Path(source) for source, _ in self.specification.read_write),
            notices=self.notices,
            note=self.log.note,
            find_processes=lambda: group.processes() or processes_below(process.pid),
            user=self.specification.uid if self.root else os.geteuid(),
            may_raise=may_raise_limits(),
        )
        try:
            await asyncio.to_thread(watch.begin)
            go_on, pause = True, 0.0
            while go_on:
                await asyncio.sleep(pause)
                go_on, pause = await asyncio.to_thread(watch.look)
        except Exception:
            logging.getLogger(__name__).exception("The watch failed.")
            self.log.note("sandbox-ended", why="what it uses could not be measured")
            self.notices.tell("ended", UNMEASURED)
        self.folder.leave(self.notices.newest())

    def _path(self, name: str) -> Path:
        return self.folder.path / name


def main() -> int:
    """Read the specification from standard input and run its sandbox."""
    os.umask(0o077)
    specification = read_specification(sys.stdin.read())
    path = Path(specification.run_dir)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = rundir.take(path)
    try:
        log = DoorLog(
            Path(specification.audit_log), user=specification.user, project=specification.project, clock=time.time
        )
        for name in rundir.sweep(path.parent):
            log.note("swept", folder=name)
        notices = Notices(path / "notices", clock=time.time)
        if words := folder.left():
            notices.tell("before", f"Why your last lab here ended: {words}")
        supervisor = Supervisor(specification, folder, log, notices, root=os.geteuid() == 0)
        return asyncio.run(supervisor.run())
    finally:
        folder.remove()


if __name__ == "__main__":
    log_faults_only()
    try:
        code = main()
    except DatalabError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a process of its own
        code = exit_code_for(error)
    sys.exit(code)
