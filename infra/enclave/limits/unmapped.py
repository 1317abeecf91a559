"""Memory that a sandbox's processes hold and map nowhere, for a watch that no control group helps.

What waits in sockets and pipes is the kernel's own memory, and what lies in a folder of memory need be mapped by
nobody; the sizes of processes tell of neither. Files of memory without a name, and memory of System V, are refused by
the filter of system calls instead. Not seen are connections that nobody has accepted, and sockets that were sent into
other sockets: only a control group counts those.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import select
import socket
import stat
import struct
import termios
from collections.abc import Iterable
from pathlib import Path

GET_DESCRIPTOR = 438
"""pidfd_getfd(2), which has one number on all processors."""
MEMORY_OF_A_SOCKET = 55
"""SO_MEMINFO of asm-generic/socket.h: numbers of 32 bits; by linux/sock_diag.h the first is received, the third
sent."""
LETTERS = 11
"""How many datagrams a unix socket holds: `max_dgram_qlen`, which is 10 in a new network namespace, and one more."""
IN_MEMORY = ("tmp", "dev/shm")
"""Folders of memory of a sandbox."""

_libc = ctypes.CDLL(None, use_errno=True)


def buffered(processes: Iterable[int]) -> dict[int, int]:
    """Return the bytes that wait in sockets and pipes, by the first process that holds each.

    What was sent and not yet received may count at both ends.

    Args:
        processes: their numbers on the host, of users whose files we may take.
    """
    seen: set[tuple[int, int]] = set()
    held: dict[int, int] = {}
    for process in processes:
        held[process] = 0
        with contextlib.suppress(OSError):
            handle = os.pidfd_open(process)
            try:
                with os.scandir(f"/proc/{process}/fd") as opened:
                    for one in opened:
                        held[process] += _held_by(one, handle, seen)
            finally:
                os.close(handle)
    return held


def in_folders(processes: Iterable[int]) -> int:
    """Return the bytes in the folders of memory of the sandbox that these processes are of; 0 where none is left."""
    for process in processes:
        with contextlib.suppress(OSError):
            root = Path(f"/proc/{process}/root")
            if not (root / "run/datalab").is_dir():  # one that still builds the walls, and sees the host's folders
                continue
            of_each = [os.statvfs(root / folder) for folder in IN_MEMORY]
            return sum((one.f_blocks - one.f_bfree) * one.f_frsize for one in of_each)
    return 0


def _held_by(entry: os.DirEntry[str], handle: int, seen: set[tuple[int, int]]) -> int:
    with contextlib.suppress(OSError):
        found = entry.stat()
        key = (found.st_dev, found.st_ino)
        if key in seen or not (stat.S_ISSOCK(found.st_mode) or stat.S_ISFIFO(found.st_mode)):
            return 0
        seen.add(key)
        ours = _libc.syscall(ctypes.c_long(GET_DESCRIPTOR), handle, int(entry.name), 0)
        if ours < 0:
            return 0
        if stat.S_ISFIFO(found.st_mode):
            try:
                return fcntl.fcntl(ours, fcntl.F_GETPIPE_SZ) if _to_read(ours) else 0
            finally:
                os.close(ours)
        with socket.socket(fileno=ours) as one:
            return _in_socket(one)
    return 0


def _in_socket(one: socket.socket) -> int:
    received, _, sent = struct.unpack_from("3I", one.getsockopt(socket.SOL_SOCKET, MEMORY_OF_A_SOCKET, 36))
    total = int(received) + int(sent)
    if one.family != socket.AF_UNIX:
        return total
    if one.type == socket.SOCK_DGRAM:  # it tells of the first datagram alone
        waiting = select.poll()
        waiting.register(one, select.POLLIN)
        return total + (LETTERS * 2 * _largest_buffer() if waiting.poll(0) else 0)
    return total + _to_read(one.fileno())  # what a sender left that has closed


def _to_read(descriptor: int) -> int:
    with contextlib.suppress(OSError):
        return int(struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4)))[0])
    return 0


def _largest_buffer() -> int:
    return int(Path("/proc/sys/net/core/wmem_max").read_text())
