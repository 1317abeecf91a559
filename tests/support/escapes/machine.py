"""What this machine's kernel can do, so that a control is not asked of it where it cannot."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import socket
import subprocess
import sys
from pathlib import Path

from infra.enclave.seccomp import CALLS, JUDGED, MACHINES

COLUMN = MACHINES[platform.machine()].column
NUMBERS = {name: numbers[COLUMN] for name, numbers in CALLS.items()}
OTHER = {"capset": (126, 91)[COLUMN], "shmget": (29, 194)[COLUMN]}
JUDGED_NUMBERS = {name: numbers[COLUMN] for name, numbers in JUDGED.items()}


def has_family(family: int, kind: int, protocol: int = 0) -> bool:
    """Tell whether a socket of a family can be made outside."""
    try:
        socket.socket(family, kind, protocol).close()
    except OSError:
        return False
    return True


def has_udplite() -> bool:
    """Tell whether the kernel has UDP-Lite."""
    return has_family(socket.AF_INET, socket.SOCK_DGRAM, 136)


def _call(name: str, *arguments: object) -> bool:
    """Tell whether the kernel knows a call."""
    library = ctypes.CDLL(None, use_errno=True)
    done = library.syscall(NUMBERS[name], *arguments)
    if done > 2:
        os.close(done)
    return done >= 0


def has_io_uring() -> bool:
    """Tell whether rings can be made without privileges."""
    return _call("io_uring_setup", 4, ctypes.create_string_buffer(120))


def has_userfaultfd() -> bool:
    """Tell whether faults of a process's own can be answered without privileges."""
    return _call("userfaultfd", 1)


def has_kcmp() -> bool:
    """Tell whether processes can be compared."""
    return _call("kcmp", os.getpid(), os.getpid(), 0, 0, 0)


def has_kexec() -> bool:
    """Tell whether the kernel can start another."""
    library = ctypes.CDLL(None, use_errno=True)
    return library.syscall(NUMBERS["kexec_file_load"], -1, -1, 0, b"", 0xFF00) < 0 and ctypes.get_errno() not in (1, 38)


def has_acct() -> bool:
    """Tell whether the kernel can account processes."""
    library = ctypes.CDLL(None, use_errno=True)
    return library.syscall(NUMBERS["acct"], b"/nothing") < 0 and ctypes.get_errno() not in (1, 38)


def has_tiocsti() -> bool:
    """Tell whether the kernel still lets input be pushed into a terminal."""
    switch = Path("/proc/sys/dev/tty/legacy_tiocsti")
    return not switch.exists() or switch.read_text().strip() == "1"


def has_ia32() -> bool:
    """Tell whether the kernel serves programs of 32 bits."""
    return platform.machine() == "x86_64" and Path("/proc/sys/abi/vsyscall32").exists()


def has_dummy() -> bool:
    """Tell whether the kernel has interfaces that lead nowhere."""
    return Path("/sys/module/dummy").exists() or b"CONFIG_DUMMY=y" in _configuration()


def _configuration() -> bytes:
    import gzip  # noqa: PLC0415 - rarely there

    file = Path("/proc/config.gz")
    return gzip.decompress(file.read_bytes()) if file.exists() else b""


def first_disk() -> str:
    """Return the device of this machine's first disk."""
    names = ("/dev/vda", "/dev/sda", "/dev/nvme0n1", "/dev/xvda")
    return next((one for one in names if Path(one).exists()), names[0])


def can_open(path: str, flags: int) -> bool:
    """Tell whether a device is there and can be opened outside."""
    try:
        os.close(os.open(path, flags))
    except OSError:
        return False
    return True


def knows(number: int, *arguments: int) -> bool:
    """Tell whether the kernel has a call at all."""
    library = ctypes.CDLL(None, use_errno=True)
    ctypes.set_errno(0)
    return bool(library.syscall(number, *arguments) >= 0 or ctypes.get_errno() != errno.ENOSYS)


def may_raise_limits() -> bool:
    """Tell whether root here may raise limits (CAP_SYS_RESOURCE), and so forbid others to lower some."""
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("CapEff"))
    return os.geteuid() != 0 or bool(int(line.split()[1], 16) >> 24 & 1)


def may_be_ended_last() -> bool:
    """Tell whether an ordinary user may do so here outside any sandbox: root never said a least for this session."""
    write = "open('/proc/self/oom_score_adj', 'w').write('-900')"
    if os.geteuid() == 0:
        return False
    return subprocess.run([sys.executable, "-I", "-c", write], check=False, capture_output=True).returncode == 0


def holds(needs: str) -> bool:
    """Tell whether the machine has what an attempt's control needs."""
    return not needs or bool(eval(needs, dict(globals())))  # noqa: S307 - our own tables
