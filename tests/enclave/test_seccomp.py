"""The filter of system calls: its numbers against the kernel's headers, its program in a small machine of our own."""

from __future__ import annotations

import re
import struct
from errno import EAFNOSUPPORT, ENOSYS, EPERM
from pathlib import Path

import pytest

from datalab.errors import SettingsError
from infra.enclave import seccomp

HEADERS = {
    "x86_64": ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", r"#define __NR_(\w+) (\d+)"),
    "aarch64": ("/usr/include/asm-generic/unistd.h", r"#define __NR(?:3264)?_(\w+) (\d+)"),
}
X32 = 0x40000000
"""Added to the numbers of x86_64 by programs with pointers of 32 bits."""
REFUSED = {
    "other processes": "ptrace process_vm_readv process_vm_writev process_madvise pidfd_getfd kcmp",
    "namespaces": "unshare setns",
    "mounts": "mount umount2 pivot_root chroot open_tree open_tree_attr move_mount fsopen fsconfig fsmount fspick "
    "mount_setattr statmount listmount",
    "disks": "quotactl quotactl_fd swapon swapoff",
    "large parts": "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register fanotify_init",
    "events of shared files": "inotify_init1",  # not on Docker's list: there a container's files are its own
    "memory apart": "memfd_create memfd_secret shmget semget msgget",  # nor these: there a control group counts it
    "keys": "keyctl add_key request_key",
    "handles": "open_by_handle_at name_to_handle_at",
    "modules": "init_module finit_module delete_module",
    "kernels": "kexec_load kexec_file_load reboot",
    "clocks": "settimeofday clock_settime clock_adjtime adjtimex",
    "accounts and logs": "acct syslog vhangup personality",
}
"""What no sandbox may call, after the list of Docker's documentation (engine/security/seccomp, calls blocked by the
default profile) and manual pages of what came later: written here again, so that no line of ours can go unseen."""
REFUSED_ON_X86 = {"iopl", "ioperm", "modify_ldt", "uselib", "ustat", "sysfs", "_sysctl", "inotify_init"}
NAMED_OTHERWISE = {"adjtimex"}
"""Calls that the header of aarch64 writes by another macro."""


def run(program: bytes, *, machine: str, number: int, arguments: tuple[int, ...] = ()) -> int:
    """Run a filter as the kernel would, and return its word."""
    fields = [0] * 6
    fields[: len(arguments)] = arguments
    data = struct.pack("<iIQ6Q", number, seccomp.MACHINES[machine].audit, 0, *fields)
    lines = list(struct.iter_unpack("<HBBI", program))
    at, held = 0, 0
    while True:
        code, yes, no, value = lines[at]
        at += 1
        match code:
            case seccomp.LOAD:
                held = struct.unpack_from("<I", data, value)[0]
            case seccomp.JUMP_EQUAL:
                at += yes if held == value else no
            case seccomp.JUMP_SET:
                at += yes if held & value else no
            case seccomp.JUMP_AT_LEAST:
                at += yes if held >= value else no
            case seccomp.RETURN:
                return int(value)
            case _:
                raise AssertionError(code)


@pytest.mark.parametrize("machine", HEADERS)
def test_numbers_are_those_of_the_kernel(machine: str) -> None:
    """Every call of the list has the number that the installed headers give it."""
    file, pattern = HEADERS[machine]
    if not Path(file).exists():
        pytest.skip("The kernel's headers are absent; install Debian's package `linux-libc-dev`.")
    stated = {name: int(number) for name, number in re.findall(pattern, Path(file).read_text())}
    column = seccomp.MACHINES[machine].column
    ours = {name: numbers[column] for name, numbers in (seccomp.CALLS | seccomp.JUDGED).items()}
    if machine == "x86_64":
        ours |= seccomp.ONLY_X86
    known = {name: number for name, number in ours.items() if name in stated}

    assert known == {name: stated[name] for name in known}
    assert len(known) >= len(ours) - 5  # the newest are not in every header


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_calls_on_the_list_are_refused_and_others_pass(machine: str) -> None:
    """The filter answers a listed call with EPERM and lets any other pass, on both processors."""
    column = seccomp.MACHINES[machine].column
    program = seccomp.program(machine)
    listed = {numbers[column] for numbers in (*seccomp.CALLS.values(), *seccomp.JUDGED.values())}
    listed |= set(seccomp.ONLY_X86.values()) if machine == "x86_64" else set()

    assert {run(program, machine=machine, number=numbers[column]) for numbers in seccomp.CALLS.values()} == {
        seccomp.REFUSE | EPERM
    }
    others = [one for one in range(seccomp.NEWEST + 1) if one not in listed]
    assert {run(program, machine=machine, number=one) for one in others} == {seccomp.ALLOW}


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_calls_newer_than_the_list_are_unknown(machine: str) -> None:
    """A call that came after the list gets the answer of a kernel without it, up to the largest number there is."""
    program = seccomp.program(machine)
    newer = [*range(470, 700), 1 << 16, X32 - 1, X32, (1 << 31) - 1]

    assert {run(program, machine=machine, number=one) for one in newer} == {seccomp.REFUSE | ENOSYS}


def test_the_list_is_what_it_should_be() -> None:
    """The calls that are refused are those written here again, no fewer and no more."""
    assert set(seccomp.CALLS) == {name for names in REFUSED.values() for name in names.split()}
    assert set(seccomp.ONLY_X86) == REFUSED_ON_X86
    assert set(seccomp.JUDGED) == {"clone", "clone3", "socket", "socketpair", "ioctl", "fcntl"}
    assert {name: seccomp.CALLS[name] for name in ("statmount", "listmount", "open_tree_attr")} == {
        "statmount": (457, 457),
        "listmount": (458, 458),
        "open_tree_attr": (467, 467),
    }  # newer than most installed headers


@pytest.mark.parametrize("machine", seccomp.MACHINES)
@pytest.mark.parametrize(
    ("call", "arguments", "answer"),
    [
        ("socket", (1, 1, 0), seccomp.ALLOW),
        ("socket", (2, 1, 0), seccomp.ALLOW),
        ("socket", (10, 2, 0), seccomp.ALLOW),
        ("socket", (16, 3, 0), seccomp.ALLOW),
        ("socket", (16, 3, 9), seccomp.REFUSE | EAFNOSUPPORT),
        ("socket", (17, 3, 0), seccomp.REFUSE | EAFNOSUPPORT),
        ("socket", (40, 1, 0), seccomp.REFUSE | EAFNOSUPPORT),
        ("socketpair", (1, 1, 0), seccomp.ALLOW),
        ("socketpair", (30, 1, 0), seccomp.REFUSE | EAFNOSUPPORT),
        ("clone", (0x01200011,), seccomp.ALLOW),
        ("clone", (0x10000011,), seccomp.REFUSE | EPERM),
        ("clone", (0x40000011,), seccomp.REFUSE | EPERM),
        ("clone3", (), seccomp.REFUSE | ENOSYS),
        ("ioctl", (0, 0x5401), seccomp.ALLOW),
        ("ioctl", (0, 0x5412), seccomp.REFUSE | EPERM),
        ("ioctl", (0, 0x541C), seccomp.REFUSE | EPERM),
        ("fcntl", (3, 2, 1), seccomp.ALLOW),
        ("fcntl", (3, 6, 0), seccomp.ALLOW),
        ("fcntl", (3, 1025), seccomp.ALLOW),
        ("fcntl", (3, 1030, 0), seccomp.ALLOW),
        ("fcntl", (3, 1024, 0), seccomp.REFUSE | EPERM),
        ("fcntl", (3, 1026, 0x80000001), seccomp.REFUSE | EPERM),
        ("fcntl", (3, 1040, 0), seccomp.REFUSE | EPERM),
    ],
)
def test_some_calls_are_judged_by_their_arguments(
    machine: str, call: str, arguments: tuple[int, ...], answer: int
) -> None:
    """Sockets go by family, processes by namespaces, terminals and open files by what is asked of them."""
    number = seccomp.JUDGED[call][seccomp.MACHINES[machine].column]

    assert run(seccomp.program(machine), machine=machine, number=number, arguments=arguments) == answer


def test_calls_of_another_processor_end_the_process() -> None:
    """A program that names its calls by another processor's numbers is killed, for the filter cannot judge it."""
    program = seccomp.program("x86_64")

    assert run(program, machine="aarch64", number=0) == seccomp.KILL
    assert run(program, machine="x86_64", number=X32 + 59) == seccomp.REFUSE | ENOSYS


def test_an_unknown_processor_gets_no_sandbox() -> None:
    """A machine whose numbers we do not know is refused with the ones that we do."""
    with pytest.raises(SettingsError, match="x86_64 or aarch64"):
        seccomp.program("riscv64")
