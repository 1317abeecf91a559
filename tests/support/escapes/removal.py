"""Walls taken away, one function each: bubblewrap's arguments without one wall. For controls alone."""

from __future__ import annotations

from collections.abc import Callable

Arguments = list[str]


def _without(arguments: Arguments, option: str, values: int = 0) -> Arguments:
    kept: Arguments = []
    at = 0
    while at < len(arguments):
        if arguments[at] == option:
            at += 1 + values
        else:
            kept.append(arguments[at])
            at += 1
    return kept


def _before_command(arguments: Arguments, *added: str) -> Arguments:
    at = arguments.index("--remount-ro")
    return [*arguments[:at], *added, *arguments[at:]]


def _house(arguments: Arguments) -> str:
    """Return the folder on the host that holds what the test made."""
    return arguments[arguments.index("/home/researcher") - 1].rsplit("/", 1)[0]


def network(arguments: Arguments) -> Arguments:
    """The network of the test's own closed world, and not one of its own."""
    return _without(arguments, "--unshare-net")


def calls(arguments: Arguments) -> Arguments:
    """No filter of system calls; a user namespace may make others."""
    return _without(_without(arguments, "--seccomp", 1), "--disable-userns")


def privilege(arguments: Arguments) -> Arguments:
    """Root of its namespace, with every capability that there is."""
    kept = _without(_without(arguments, "--cap-drop", 1), "--cap-add", 1)
    kept = _without(kept, "--disable-userns")
    if "--unshare-user" in kept:
        kept = _without(_without(kept, "--uid", 1), "--gid", 1)
        kept[1:1] = ["--uid", "0", "--gid", "0"]
    kept[1:1] = ["--cap-add", "ALL"]
    if "/usr/bin/setpriv" in kept:
        start = kept.index("/usr/bin/setpriv")
        kept = kept[:start] + kept[kept.index("--", start) + 1 :]
    return kept


def processes(arguments: Arguments) -> Arguments:
    """The host's processes, and its /proc."""
    kept = _without(_without(arguments, "--unshare-pid"), "--proc", 1)
    while "/dev/null" in kept:
        at = kept.index("/dev/null")
        kept = kept[: at - 1] + kept[at + 2 :]
    at = kept.index("--dev")
    return [*kept[:at], "--bind", "/proc", "/proc", *kept[at:]]


def ipc(arguments: Arguments) -> Arguments:
    """The host's System V memory and queues."""
    return _without(arguments, "--unshare-ipc")


def mounts(arguments: Arguments) -> Arguments:
    """The whole host is there, read-only, at its own paths."""
    house = _house(arguments)
    return _before_command(arguments, "--ro-bind", house, house, "--ro-bind", "/", "/host")


def devices(arguments: Arguments) -> Arguments:
    """The host's devices."""
    at = arguments.index("--dev")
    return _without([*arguments[:at], "--dev-bind", "/dev", "/dev", *arguments[at + 2 :]], "--remount-ro", 1)


def read_only(arguments: Arguments) -> Arguments:
    """What the test mounted read-only can be written; so can the sandbox's own root folder."""
    house = _house(arguments)
    kept = list(arguments)
    for at, part in enumerate(kept):
        if part == "--ro-bind" and kept[at + 1].startswith(house):
            kept[at] = "--bind"
    return _without(kept, "--remount-ro", 1)


def rlimits(arguments: Arguments) -> Arguments:
    """Limits of single processes as the host has them."""
    start = arguments.index("/usr/bin/prlimit")
    return arguments[:start] + arguments[arguments.index("--", start) + 1 :]


def system(arguments: Arguments) -> Arguments:
    """Folders of the system are others, of memory, that can be written."""
    places = [part for place in ("/usr/local/lib", "/usr/local/bin", "/usr/share/man") for part in ("--tmpfs", place)]
    return _before_command(arguments, *places)


REMOVALS: dict[str, Callable[[Arguments], Arguments]] = {
    one.__name__: one
    for one in (network, calls, privilege, processes, ipc, mounts, devices, read_only, rlimits, system)
}


def remove(arguments: tuple[str, ...], walls: tuple[str, ...]) -> Arguments:
    """Return the arguments without these walls."""
    kept = list(arguments)
    for wall in walls:
        kept = REMOVALS[wall](kept)
    return kept
