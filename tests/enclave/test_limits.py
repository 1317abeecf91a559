"""What a sandbox may use: each limit bites, the machine goes on, and the researcher is told.

Every attempt is bounded itself; each has its control, which gets what it asks for where the limit is higher.
"""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import json
import shutil
import time
from typing import Any

import pytest
from sandboxes import MIB, SMALL, House, Running, free_port, running

from infra.enclave.specification import Limits
from infra.enclave.supervisor import ENDED_BY_WATCH

pytestmark = pytest.mark.enclave

TRY = {
    "processes, forked": """
import os, signal, time
made = []
try:
    for _ in range(200):
        p = os.fork()
        if p == 0: time.sleep(20); os._exit(0)
        made.append(p)
finally:
    for p in made: os.kill(p, signal.SIGKILL)
    for p in made: os.waitpid(p, 0)
""",
    "processes that fork and fork again": """
import os, sys, time
failed, made = False, []
for _ in range(7):
    try: p = os.fork()
    except OSError: failed = True; break
    made = made + [p] if p else []
time.sleep(2)
for p in made: failed = os.waitpid(p, 0)[1] != 0 or failed
os._exit(failed)
""",
    "threads": """
import threading
threading.stack_size(65536)
stop = threading.Event()
try:
    for _ in range(200): threading.Thread(target=stop.wait, daemon=True).start()
finally: stop.set()
""",
    "a file without end": "f = open('/tmp/f', 'wb', 0)\nfor _ in range(24): assert f.write(bytes(1 << 20)) == 1 << 20",
    "many open files": "files = [open('/dev/null') for _ in range(700)]",
    "memory of files": """
for n in range(6):
    f = open(f'/tmp/{n}', 'wb', 0)
    for _ in range(8): assert f.write(bytes(1 << 20)) == 1 << 20
""",
    "shared memory": "f = open('/dev/shm/f', 'wb', 0)\nfor _ in range(12): assert f.write(bytes(1 << 20)) == 1 << 20",
    "memory": "import mmap\nm = [b'x' * (1 << 20) for _ in range(330)]\nimport time; time.sleep(3)",
}
UNMAPPED = {
    "memory in sockets": """
import socket, time
kept, n = [], 0
while n < 250 << 20:
    one, other = socket.socketpair()
    one.setblocking(False)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    kept += [one, other]
    try:
        while n < 250 << 20: n += one.send(bytes(65536))
    except BlockingIOError: pass
time.sleep(4)
""",
    "memory of files with that of a program": """
import time
f = open('/tmp/n', 'wb', 0)
for _ in range(14): f.write(bytes(1 << 20))
f = open('/tmp/m', 'wb', 0)
for _ in range(14): f.write(bytes(1 << 20))
m = b'x' * (236 << 20)
time.sleep(4)
""",
}
"""Memory that lies in no process: who is ended for it may be another than who took it, the server too."""
TIGHT = dataclasses.replace(
    SMALL,
    memory=280 * MIB,
    processes=64,
    files=512,
    file_size=16 * MIB,
    temporary_bytes=32 * MIB,
    shared_memory=8 * MIB,
)
WIDE = dataclasses.replace(SMALL, files=4096, memory=900 * MIB, processes=300, temporary_bytes=128 * MIB)


def tried(lab: Running, code: str) -> dict[str, Any]:
    """Run Python in the sandbox."""
    answer: dict[str, Any] = json.loads(lab.request("POST", "api/events", code.encode())[2])
    return answer


@pytest.fixture(scope="module")
def tight(any_house: House) -> Any:
    """A sandbox with little of everything."""
    with running(any_house, any_house.serving(limits=TIGHT)) as one:
        yield one


@pytest.fixture(scope="module")
def wide(any_house: House) -> Any:
    """A sandbox with more."""
    with running(
        any_house, any_house.serving(limits=WIDE, read_write=((str(any_house.workspace("wide")), "/home/researcher"),))
    ) as one:
        yield one


@pytest.mark.parametrize("what", TRY)
def test_a_limit_bites_and_the_lab_goes_on(what: str, tight: Running) -> None:
    """What asks for more than the sandbox has fails or is ended, and its server still answers."""
    assert tried(tight, TRY[what])["status"] != 0
    assert tight.request("GET", "api/me")[0] == 200


@pytest.mark.parametrize("what", TRY)
def test_within_its_limit_the_same_works(what: str, wide: Running) -> None:
    """The same text runs to its end where the limits are higher: the control."""
    answer = tried(wide, TRY[what])

    assert answer["status"] == 0, answer["error"][-300:]


@pytest.mark.parametrize("what", UNMAPPED)
def test_memory_that_no_process_maps_counts(what: str, any_house: House, wide: Running) -> None:
    """What lies in sockets or in a folder of memory counts with the processes' own; with a higher limit it is kept."""
    with running(any_house, any_house.serving(limits=TIGHT)) as lab:
        try:
            done = tried(lab, UNMAPPED[what])["status"] == 0
        except (OSError, http.client.HTTPException, ValueError):
            done = False

    assert not done
    assert tried(wide, UNMAPPED[what])["status"] == 0


def told(lab: Running, word: str) -> bool:
    """Wait until the researcher was told."""
    for _ in range(60):
        if word in lab.notices():
            return True
        time.sleep(0.1)
    return False


def test_the_researcher_is_told_that_memory_ran_out(tight: Running) -> None:
    """After a program was ended for want of memory, a notice in the sandbox says so, why, and what to do."""
    tried(tight, TRY["memory"])

    assert told(tight, "used all of its 280 MiB of memory")
    assert (
        "Read fewer columns"
        in tried(tight, "import glob; print(*[open(f).read() for f in glob.glob('/run/datalab/notices/*')])")["out"]
    )
    assert any(one["event"] == "limit-bit" and one["limit"] == "memory" for one in tight.events())


def test_the_researcher_is_told_that_processes_ran_out(any_house: House) -> None:
    """After a fork was refused by the control group, a notice says so; without one, the program says it alone."""
    limits = dataclasses.replace(SMALL, processes=40)
    with running(any_house, any_house.serving(limits=limits)) as lab:
        assert tried(lab, TRY["processes, forked"])["status"] != 0
        assert any_house.mode != "root" or told(lab, "has 40 processes and threads")


def test_cores_are_shared_out(any_house: House) -> None:
    """A busy program gets the share of a core that the limit names, where control groups are."""
    busy = "import time, resource\nend = time.monotonic() + 2\nwhile time.monotonic() < end: pass\n"
    busy += "print(resource.getrusage(0).ru_utime / 2)"
    if any_house.mode != "root":
        pytest.skip("Without a control group of one's own nothing shares out cores.")
    with running(any_house, any_house.serving(limits=dataclasses.replace(SMALL, cpu=0.25))) as lab:
        assert float(tried(lab, busy)["out"]) < 0.4


GROW = """
import os, time
f = open('/home/researcher/{name}', 'ab', 0)
{unlink}
for _ in range(60): f.write(bytes(1 << 20)); time.sleep({pause})
"""


MANY = "import time\nfor n in range(60): open(f'/home/researcher/{n}', 'wb').write(bytes(1 << 20))\ntime.sleep(30)"


def grown(name: str, *, unlink: bool = False, pause: float = 0.1) -> str:
    """Return a program that writes 60 MiB."""
    return GROW.format(name=name, unlink=f"os.unlink('/home/researcher/{name}')" if unlink else "", pause=pause)


@pytest.fixture
def small_quota(any_house: House) -> Limits:
    """Limits with a workspace of 24 MiB."""
    return dataclasses.replace(SMALL, workspace_bytes=24 * MIB)


@pytest.mark.parametrize("unlink", [False, True], ids=["a file", "a file that was deleted and is open"])
def test_a_full_workspace_stops_growing_and_can_be_tidied(
    any_house: House,
    small_quota: Limits,
    unlink: bool,  # noqa: FBT001
) -> None:
    """Past its quota files cannot grow, the researcher is told, and after a deletion saving works again."""
    place = ((str(any_house.workspace(f"quota-{unlink}")), "/home/researcher"),)
    with running(any_house, any_house.serving(limits=small_quota, read_write=place)) as lab:
        answer = tried(lab, grown("big", unlink=unlink))
        assert answer["status"] != 0
        assert "File too large" in answer["error"] or answer["status"] < 0
        assert told(lab, "the workspace is full")
        if not unlink:
            tried(lab, "import os; os.unlink('/home/researcher/big')")
        time.sleep(2.5)
        assert tried(lab, "open('/home/researcher/notes', 'w').write('saved')")["status"] == 0


@pytest.mark.parametrize("many", [False, True], ids=["a file", "many files"])
def test_within_its_quota_a_workspace_is_filled(many: bool, wide: Running) -> None:  # noqa: FBT001
    """The same bytes are kept where the quota is higher: the control of both refusals."""
    code = MANY.replace("time.sleep(30)", "") if many else grown("big", pause=0)
    answer = tried(wide, code + "\nimport os\nfor n in os.listdir('.'): os.unlink(n)")

    assert answer["status"] == 0, answer["error"][-300:]


def test_a_workspace_that_keeps_growing_ends_the_sandbox(any_house: House, small_quota: Limits) -> None:
    """What grows past its quota faster than it can be stopped ends the sandbox, and the audit log says why."""
    place = ((str(any_house.workspace("flood")), "/home/researcher"),)
    with running(any_house, any_house.serving(limits=small_quota, read_write=place)) as lab:
        try:
            answer = tried(lab, MANY)
            ended = answer["status"] != 0
        except (OSError, ValueError):
            ended = True
        except Exception as error:  # noqa: BLE001 - the server went away in the middle of its answer
            ended = "Remote" in type(error).__name__ or "Incomplete" in type(error).__name__

    assert ended
    assert any(one["event"] in ("sandbox-ended", "workspace-full") for one in lab.events())


NESTED = """
import os, time
at = os.open('/home/researcher', os.O_RDONLY)
for _ in range(1500):
    os.mkdir('d', dir_fd=at)
    below = os.open('d', os.O_RDONLY, dir_fd=at); os.close(at); at = below
os.mkdir(b'\\xff' * 255, dir_fd=at)
os.mkdir('closed', 0, dir_fd=at)
time.sleep(2.5)
print('on')
"""


def test_a_workspace_of_any_shape_is_no_lock_out(any_house: House, small_quota: Limits) -> None:
    """With folders as deep as somebody likes a lab goes on, starts again, and its workspace can be tidied in it."""
    place = ((str(any_house.workspace("deep")), "/home/researcher"),)
    with running(any_house, any_house.serving(limits=small_quota, read_write=place)) as lab:
        assert tried(lab, NESTED)["out"] == "on\n"
    with running(any_house, any_house.serving(limits=small_quota, read_write=place)) as lab:
        time.sleep(1.5)
        tidied = tried(lab, "import subprocess; subprocess.run(['rm', '-r', '/home/researcher/d'], check=True)")
        assert tidied["status"] == 0, tidied["error"]


EMPTY = "import os, time\nfor n in range({many}): os.close(os.open('/home/researcher/%d' % n, os.O_CREAT))\n"


def test_files_without_a_byte_are_counted(any_house: House) -> None:
    """Past a number of files the sandbox ends, says why to the next one, and the next starts and can be tidied."""
    limits = dataclasses.replace(SMALL, workspace_files=2000)
    place = ((str(any_house.workspace("empty")), "/home/researcher"),)
    described = any_house.serving(limits=limits, read_write=place)
    with running(any_house, described) as lab:
        assert tried(lab, EMPTY.format(many=1500) + "time.sleep(2.5)")["status"] == 0
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
            tried(lab, EMPTY.format(many=4000) + "time.sleep(20)")
        assert lab.process.wait(timeout=20) == ENDED_BY_WATCH
        assert any(one["event"] == "sandbox-ended" and one["why"] == "workspace" for one in lab.events())
    with running(any_house, dataclasses.replace(described, port=free_port())) as lab:
        assert told(lab, "Why your last lab here ended: The sandbox was ended, for its workspace kept growing")
        assert tried(lab, "import os\nfor n in os.listdir('.'): os.unlink(n)")["status"] == 0


def test_a_watch_that_fails_ends_the_sandbox_with_words(any_house: House) -> None:
    """Where a sandbox cannot be measured any more, it ends, and the log and the next lab say so."""
    described = any_house.serving(read_write=((str(any_house.workspace("gone")), "/home/researcher"),))
    with running(any_house, described) as lab:
        shutil.rmtree(any_house.folder / "gone")
        assert lab.process.wait(timeout=20) == ENDED_BY_WATCH
        assert any(one.get("why") == "what it uses could not be measured" for one in lab.events())
    any_house.workspace("gone")
    with running(any_house, dataclasses.replace(described, port=free_port())) as lab:
        assert told(lab, "could not be measured any more")
