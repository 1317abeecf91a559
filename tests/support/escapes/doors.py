"""Ways to doors that are not this sandbox's: another project's sockets, those of one's own second sandbox, the service.

A socket's path on the host is all that leads to it. Whoever connects speaks as the door's person in the door's project.
"""

from __future__ import annotations

from escapes.attempt import Table

DOORS = Table("doors")
SOCKETS = {
    "another project's gate": "elsewhere/other/gate.sock",
    "another project's lab": "elsewhere/other/lab.sock",
    "the gate of one's own second sandbox": "elsewhere/second/gate.sock",
    "the lab of one's own second sandbox": "elsewhere/second/lab.sock",
    "the release service, past the gate": "elsewhere/release.sock",
}
"""What it leads to, and its path below the lab's home; each is listened on."""
CONNECT = "s = socket.socket(socket.AF_UNIX); s.settimeout(3); s.connect(%s)"

for what, path in SOCKETS.items():
    DOORS.add(what, CONNECT % f"F['house'] + '/{path}'", "mounts", "privilege")
    DOORS.add(
        f"{what}, by a link in the workspace",
        "link = '/home/researcher/%d' % os.getpid()\n"
        f"os.symlink(F['house'] + '/{path}', link)\n"
        "try:\n    " + CONNECT % "link" + "\nfinally:\n    os.unlink(link)",
        "mounts",
        "privilege",
    )
DOORS.add(
    "another project's gate, by /proc",
    CONNECT % "'/proc/%d/root' % F['host_process'] + F['house'] + '/elsewhere/other/gate.sock'",
    "processes",
    "privilege",
    "mounts",
    root_only=True,
)
DOORS.add(
    "another project's gate, mounted",
    "os.makedirs('/tmp/m', exist_ok=True)\n"
    "done = libc.mount(F['house'].encode() + b'/elsewhere', b'/tmp/m', None, 4096, None)\n"
    "if done: raise PermissionError(1, 'mount')\n" + CONNECT % "'/tmp/m/other/gate.sock'",
    "mounts",
    "privilege",
    "calls",
)
