"""The system calls that a sandbox may not make: a classic BPF program, as seccomp(2) takes it.

bubblewrap loads it just before it starts the command, after its own set-up. A call on the list fails with the error
that an older kernel would give, so that programs fall back instead of ending; so does every call that is newer than
this list. Whatever else is not on it is allowed: no namespace, mount, module, key or process of another user is
reached by it, and Java, Spark and Python need many.

Numbers are of the kernel's `arch/x86/entry/syscalls/syscall_64.tbl` and `include/uapi/asm-generic/unistd.h`; a test
compares them with the headers that are installed.
"""

from __future__ import annotations

import platform
import struct
from dataclasses import dataclass
from errno import EAFNOSUPPORT, ENOSYS, EPERM

from datalab.errors import SettingsError

LOAD, JUMP_EQUAL, JUMP_SET, JUMP_AT_LEAST, RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
NUMBER, ARCHITECTURE, FIRST, SECOND, THIRD = 0, 4, 16, 24, 32
"""Offsets in `struct seccomp_data`; of an argument, its lower half, as both machines are little-endian."""

NEWEST = 469
"""file_setattr, of Linux 6.17: calls above it nobody has looked at. New calls have one number on all processors."""
CLONE_NAMESPACES = 0x7E020000
"""CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET of sched.h."""
UNIX, INET, INET6, NETLINK = 1, 2, 10, 16
NETLINK_ROUTE = 0
TERMINAL_INJECTION = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX of ioctl(2): input pushed into a terminal that somebody else reads."""
TOLD_OF_FILES = (1024, 1026, 1040)
"""F_SETLEASE, F_NOTIFY and F_SETDELEG of linux/fcntl.h: word of who else opens a file or reads in a folder, and a way
to make them wait. What is mounted read-only is one file for all sandboxes and the host."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What tells one processor's calls from another's."""

    audit: int
    """AUDIT_ARCH of audit.h."""
    column: int
    """Which number of a pair in CALLS."""


MACHINES = {"x86_64": Machine(0xC000003E, 0), "aarch64": Machine(0xC00000B7, 1)}

CALLS = {
    # other processes' memory and files
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    # namespaces and mounts
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "statmount": (457, 457),
    "listmount": (458, 458),
    "open_tree_attr": (467, 467),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    # large parts of the kernel that nothing here needs
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "fanotify_init": (300, 262),
    # events of files that other sandboxes and the host open too: what is mounted read-only is one file for all
    "inotify_init1": (294, 26),
    # memory that no process needs to map and no folder bounds: without a control group nothing would count it
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    # keyrings, which no namespace divides
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    # files by handle, which walk past mounts
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    # the machine itself
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "acct": (163, 89),
    "reboot": (169, 142),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "syslog": (103, 116),
    "vhangup": (153, 58),
    "personality": (135, 92),
}
"""Call: its number on x86_64, on aarch64."""

ONLY_X86 = {
    "iopl": 172,
    "ioperm": 173,
    "modify_ldt": 154,
    "uselib": 134,
    "ustat": 136,
    "sysfs": 139,
    "_sysctl": 156,
    "inotify_init": 253,
}

JUDGED = {
    "clone": (56, 220),
    "clone3": (435, 435),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "ioctl": (16, 29),
    "fcntl": (72, 25),
}
"""Calls that are refused for some arguments."""


def program(machine: str = "") -> bytes:
    """Return the filter for a processor, by default this one's: 8 bytes an instruction.

    Raises:
        SettingsError: the processor is another.
    """
    name = machine or platform.machine()
    if name not in MACHINES:
        raise SettingsError(
            f"No sandbox can be built on {name}.",
            why="Its system calls have other numbers.",
            remedy=f"Use a machine of {' or '.join(MACHINES)}.",
        )
    chosen = MACHINES[name]
    column = chosen.column
    code = [(LOAD, 0, 0, ARCHITECTURE), (JUMP_EQUAL, 1, 0, chosen.audit), (RETURN, 0, 0, KILL), (LOAD, 0, 0, NUMBER)]
    code += [(JUMP_AT_LEAST, 0, 1, NEWEST + 1), (RETURN, 0, 0, REFUSE | ENOSYS)]  # and those of x32, from 1 << 30
    if name == "x86_64":
        code += [line for number in ONLY_X86.values() for line in _refuse(number)]
    code += [line for numbers in CALLS.values() for line in _refuse(numbers[column])]
    # The arguments of clone3 lie in memory, which a filter cannot read; libraries fall back to clone.
    code += [(JUMP_EQUAL, 0, 1, JUDGED["clone3"][column]), (RETURN, 0, 0, REFUSE | ENOSYS)]
    code += _when(
        JUDGED["clone"][column],
        [
            (LOAD, 0, 0, FIRST),
            (JUMP_SET, 0, 1, CLONE_NAMESPACES),
            (RETURN, 0, 0, REFUSE | EPERM),
            (RETURN, 0, 0, ALLOW),
        ],
    )
    code += _when(JUDGED["ioctl"][column], _none_of(SECOND, TERMINAL_INJECTION))
    code += _when(JUDGED["fcntl"][column], _none_of(SECOND, TOLD_OF_FILES))
    for call in ("socket", "socketpair"):
        code += _when(JUDGED[call][column], _families())
    code.append((RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("<HBBI", *line) for line in code)


Line = tuple[int, int, int, int]


def _refuse(number: int) -> list[Line]:
    return [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE | EPERM)]


def _when(number: int, body: list[Line]) -> list[Line]:
    """Run the body, which ends in a return on every path, for one call."""
    return [(JUMP_EQUAL, 0, len(body), number), *body]


def _none_of(offset: int, values: tuple[int, ...]) -> list[Line]:
    refusals = [line for value in values for line in _refuse(value)]
    return [(LOAD, 0, 0, offset), *refusals, (RETURN, 0, 0, ALLOW)]


def _families() -> list[Line]:
    """Unix and internet sockets, and of netlink the part that lists interfaces: a namespace divides these alone."""
    return [
        (LOAD, 0, 0, FIRST),
        (JUMP_EQUAL, 5, 0, UNIX),
        (JUMP_EQUAL, 4, 0, INET),
        (JUMP_EQUAL, 3, 0, INET6),
        (JUMP_EQUAL, 0, 3, NETLINK),
        (LOAD, 0, 0, THIRD),
        (JUMP_EQUAL, 0, 1, NETLINK_ROUTE),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE | EAFNOSUPPORT),
    ]
