"""The life of a sandbox: it ends with its supervisor however that ends, and leaves nothing behind."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sandboxes import House, Running, running, start

from infra.enclave.limits.watch import processes_below

pytestmark = pytest.mark.enclave


def eventually(holds: Callable[[], bool], seconds: float = 15) -> bool:
    """Wait until something holds."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def alive(process: int) -> bool:
    """Tell whether a process runs, and is not only waiting to be counted."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def supervisor_of(lab: Running) -> int:
    """Return the supervisor's own number, below what the test needs to start it."""
    for process in (lab.process.pid, *processes_below(lab.process.pid)):
        with contextlib.suppress(OSError):
            if b"infra.enclave.supervisor" in Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0"):
                return process
    raise AssertionError("There is no supervisor.")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_supervisor_takes_its_sandbox_along(any_house: House, how: signal.Signals) -> None:
    """Ended politely or by SIGKILL, the supervisor takes every process of its sandbox with it."""
    with running(any_house, any_house.serving()) as lab:
        lab.request(
            "POST",
            "api/events",
            b"import subprocess; subprocess.Popen(['sleep', '300'], start_new_session=True, stdout=-3, stderr=-3)",
        )
        supervisor = supervisor_of(lab)
        inside = processes_below(supervisor)
        assert len(inside) >= 4
        os.kill(supervisor, how)

        assert eventually(lambda: not any(map(alive, inside)))
        assert eventually(lambda: lab.process.poll() is not None)


def test_a_sandbox_that_ends_ends_its_supervisor(any_house: House) -> None:
    """When the command in the sandbox ends, its supervisor ends with the same status and the door closes."""
    lab = start(any_house, any_house.specification("/bin/sh", "-c", "exit 7"))

    assert lab.process.wait(30) == 7
    with pytest.raises(OSError, match="refused"):
        lab.request("GET", "api")
    assert [one["event"] for one in lab.events()][-2:] == ["sandbox-started", "sandbox-stopped"]


def test_nothing_is_left_behind_and_what_was_left_is_swept(any_house: House) -> None:
    """An orderly end removes the run folder; one left by a killed supervisor is removed by the next one to start."""
    with running(any_house, any_house.serving()) as lab:
        assert Path(lab.specification.run_dir).exists()
    assert not Path(lab.specification.run_dir).exists()

    with running(any_house, any_house.serving()) as killed:
        os.kill(supervisor_of(killed), signal.SIGKILL)
        killed.process.wait(20)
    assert Path(killed.specification.run_dir).exists()
    with running(any_house, any_house.serving()) as lab:
        assert not Path(killed.specification.run_dir).exists()
        assert any(one["event"] == "swept" for one in lab.events())


def test_a_running_sandbox_is_not_started_twice(any_house: House) -> None:
    """A second supervisor with the same run folder gives up with a clear word, and the first goes on."""
    with running(any_house, any_house.serving()) as lab:
        command = [*lab.process.args]
        environment = {"PYTHONPATH": str(Path.cwd()), "PATH": os.environ["PATH"], "HOME": str(any_house.folder)}
        second = subprocess.run(
            command,
            input=lab.specification.to_json(),
            text=True,
            capture_output=True,
            check=False,
            env=environment,
            cwd="/",
        )

        assert second.returncode == 9
        assert "runs already" in second.stderr
        assert lab.request("GET", "api/me")[0] == 200


def test_no_secret_stands_in_a_process_list(any_house: House) -> None:
    """What proves the door to the release service is in no command line and in no environment of the sandbox."""
    with running(any_house, any_house.serving()) as lab:
        code = b"import os, glob; found = glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline')\n"
        code += b"print([open(f, 'rb').read() for f in found if os.access(f, 4)])"
        seen = json.loads(lab.request("POST", "api/events", code)[2])["out"]
        outside = [
            Path(f"/proc/{one}/cmdline").read_bytes() + Path(f"/proc/{one}/environ").read_bytes()
            for one in processes_below(lab.process.pid)
            if os.geteuid() == 0
        ]

    assert "HOME" in seen
    assert "a secret of the door" not in seen
    assert not any(b"a secret of the door" in one for one in outside)


def test_the_sandbox_inherits_its_listener_and_nothing_else(any_house: House) -> None:
    """The server in the sandbox holds one listening socket of the host's, and no file of it."""
    with running(any_house, any_house.serving()) as lab:
        code = b"import os; f = '/proc/self/fd/'\n"
        code += b"print([os.readlink(f + n) for n in os.listdir(f) if os.path.exists(f + n)])"
        child = json.loads(lab.request("POST", "api/events", code)[2])["out"]
        code = b"import os; f = f'/proc/{os.getppid()}/fd/'; print([os.readlink(f + n) for n in os.listdir(f)])"
        server = json.loads(lab.request("POST", "api/events", code)[2])["out"]

    assert "socket" not in child
    assert not [
        one
        for one in ast.literal_eval(server)
        if one.startswith("/") and not one.startswith(("/dev/", "/proc/", "/memfd:wall"))
    ]


def test_what_a_sandbox_prints_stays_in_it(any_house: House, capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever a sandbox prints, however much, the host's log gets none of it; a fault of the walls it gets."""
    shout = "for n in $(seq 20000); do echo a value of the data; echo a value of the data >&2; done; exit 3"
    lab = start(any_house, any_house.specification("/bin/sh", "-c", shout))
    assert lab.process.wait(60) == 3
    absent = start(any_house, any_house.specification("/bin/true", read_only=(("/nowhere/at/all", "/data"),)))
    assert absent.process.wait(60) != 0
    printed = "".join(capfd.readouterr())

    assert "a value of the data" not in printed
    assert "bwrap: " in printed
