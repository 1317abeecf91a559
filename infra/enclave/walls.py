"""The walls: what bubblewrap is told, for a supervisor that is root and for one that is not.

Root: the sandbox runs as its own user of the host, with no capability and no way to get one. Not root: a user
namespace, in which it may make no other; every sandbox is then the supervisor's own user on the host, and mount,
process and network namespaces alone stand between two of them.
"""

from __future__ import annotations

import fcntl
import os
import resource
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from infra.enclave import seccomp
from infra.enclave.specification import Limits, Specification

HOME = "/home/researcher"
GATE = "/run/datalab/gate.sock"
NOTICES = "/run/datalab/notices"
BACKSTOP = 16
"""Processes more than the control group allows, so that the group bites first and can be told of."""
INSIDE = 1000
"""The user's number inside a user namespace."""

SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
ETC = ("alternatives", "ld.so.cache", "localtime", "fonts", "nsswitch.conf", "mime.types", "java-*", "R")
"""What programs need of /etc, and nothing of it names a person, a host or a secret."""
MASKED = ("/proc/kcore", "/proc/keys", "/proc/key-users", "/proc/sysrq-trigger", "/proc/timer_list", "/proc/kallsyms")
"""Files of /proc that no namespace divides."""


@dataclass(frozen=True, slots=True)
class Walls:
    """A command line for bubblewrap, and the open files that it names by number."""

    arguments: tuple[str, ...]
    files: tuple[int, ...]
    """Numbers of open files that the command must inherit."""

    def close(self) -> None:
        """Close the files, once the command has started."""
        for one in self.files:
            os.close(one)


def build_walls(specification: Specification, *, gate: Path, notices: Path, root: bool) -> Walls:
    """Return how to start the sandbox of a specification.

    Args:
        specification: whose, with which folders and limits.
        gate: the unix socket on the host that leads to hub and release service.
        notices: folder on the host of what the supervisor tells the researcher.
        root: whether the supervisor is root.
    """
    uid, gid = (specification.uid, specification.gid) if root else (INSIDE, INSIDE)
    files: list[int] = []
    mounts = [
        *specification.read_only,
        *specification.read_write,
        (str(gate), GATE),
        (str(notices), NOTICES),
    ]
    arguments = [
        "bwrap",
        *_namespaces(root=root),
        *_system(files, uid, gid),
        *_memory(specification.limits, root=root),
        *_folders([target for _, target in mounts]),
        *_binds("--ro-bind", specification.read_only),
        *_binds("--bind", specification.read_write),
        *_binds("--ro-bind", [(str(gate), GATE), (str(notices), NOTICES)]),
        *("--seccomp", _file(files, seccomp.program())),
        *("--chdir", "/", "--remount-ro", "/dev", "--remount-ro", "/", "--"),
        *(_become(uid, gid) if root else ()),
        *_rlimits(specification.limits),
        *specification.command,
    ]
    return Walls(tuple(arguments), tuple(files))


def _namespaces(*, root: bool) -> list[str]:
    shared = ["--die-with-parent", "--new-session", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    shared += ["--unshare-cgroup-try", "--hostname", "datalab", "--cap-drop", "ALL"]
    if root:  # bubblewrap lets the command keep what `_become` needs, which drops it
        return shared + [part for one in ("SETUID", "SETGID", "SETPCAP") for part in ("--cap-add", f"CAP_{one}")]
    return [*shared, "--unshare-user", "--disable-userns", "--uid", str(INSIDE), "--gid", str(INSIDE)]


def _become(uid: int, gid: int) -> list[str]:
    no_way_back = ["--no-new-privs", "--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all"]
    return ["/usr/bin/setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", *no_way_back, "--"]


def _rlimits(limits: Limits) -> list[str]:
    """Limits of single processes, set inside: in a user namespace, processes are counted from there."""
    wanted = {
        "nproc": (resource.RLIMIT_NPROC, limits.processes + BACKSTOP),
        "nofile": (resource.RLIMIT_NOFILE, limits.files),
        "fsize": (resource.RLIMIT_FSIZE, limits.file_size),
        "core": (resource.RLIMIT_CORE, 0),
    }
    return ["/usr/bin/prlimit", *(f"--{name}={_at_most(kind, value)}" for name, (kind, value) in wanted.items()), "--"]


def _at_most(kind: int, wanted: int) -> int:
    """A limit may be lowered without a privilege, and not raised."""
    _, hard = resource.getrlimit(kind)
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


def _system(files: list[int], uid: int, gid: int) -> list[str]:
    """Programs and libraries, read-only, and an /etc of the sandbox's own."""
    arguments = ["--ro-bind", "/usr", "/usr"]
    for folder in map(Path, SYSTEM):
        if folder.is_symlink():
            arguments += ["--symlink", str(folder.readlink()), str(folder)]
        elif folder.is_dir():
            arguments += ["--ro-bind", str(folder), str(folder)]
    arguments += ["--perms", "0755", "--dir", "/etc"]
    for found in sorted(one for name in ETC for one in Path("/etc").glob(name)):
        arguments += ["--ro-bind", str(found), str(found)]
    texts = {
        "/etc/passwd": f"researcher:x:{uid}:{gid}:researcher:{HOME}:/bin/bash\n",
        "/etc/group": f"researcher:x:{gid}:\n",
        "/etc/hosts": "127.0.0.1 localhost datalab\n::1 localhost\n",
    }
    for path, text in texts.items():
        arguments += ["--perms", "0444", "--ro-bind-data", _file(files, text.encode()), path]
    arguments += ["--proc", "/proc", "--dev", "/dev"]
    for masked in MASKED:
        if Path(masked).exists():
            arguments += ["--ro-bind", "/dev/null", masked]
    return arguments


def _memory(limits: Limits, *, root: bool) -> list[str]:
    """Folders of memory, each of a size."""
    return [
        *("--size", str(limits.shared_memory), "--tmpfs", "/dev/shm"),  # noqa: S108 - the sandbox's own
        *(("--chmod", "1777", "/dev/shm") if root else ()),  # noqa: S108
        *("--perms", "1777", "--size", str(limits.temporary_bytes), "--tmpfs", "/tmp"),  # noqa: S108
    ]


def _folders(targets: Iterable[str]) -> list[str]:
    """Make the folders above each mount readable: those that bubblewrap makes by itself are root's alone."""
    made = {"/", "/usr", "/etc", "/tmp", "/dev", "/proc", *SYSTEM}  # noqa: S108
    given = set(targets)
    arguments = []
    for target in sorted(given):
        for above in reversed(Path(target).parents):
            path = str(above)
            if path in made or any(str(one) in given for one in (above, *above.parents)):
                continue
            if path.startswith(("/usr/", *(f"{one}/" for one in SYSTEM))):
                continue  # read-only: a mount there needs a folder that exists
            made.add(path)
            arguments += ["--perms", "0755", "--dir", path]
    return arguments


def _binds(option: str, pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [part for source, target in sorted(pairs, key=lambda pair: pair[1]) for part in (option, source, target)]


def _file(files: list[int], content: bytes) -> str:
    """Hold text in memory that nobody can change any more, and return its number: the sandbox may inherit it."""
    file = os.memfd_create("wall", os.MFD_ALLOW_SEALING | os.MFD_CLOEXEC)
    os.write(file, content)
    os.lseek(file, 0, os.SEEK_SET)
    fcntl.fcntl(
        file, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
    )
    files.append(file)
    return str(file)
