"""Ways to what is not one's own: other projects, keys and databases, /proc, mounts, links, device nodes."""

from __future__ import annotations

from escapes.attempt import Table
from escapes.machine import first_disk

FILES = Table("files")
SECRET = "a secret of the lab"  # noqa: S105 - what the test's files hold
HELD = {
    "another project's workspace": "workspaces/other/bob/notes.txt",
    "another person's workspace in this project": "workspaces/school-absence/bob/notes.txt",
    "another project's view": "zones/views/other/offences/part-0.parquet",
    "a dataset of the research zone": "zones/research/offences/part-0.parquet",
    "the landing zone": "zones/landing/inbox/extract.age",
    "the linkage zone": "zones/linkage/links.parquet",
    "the hub's database": "hub/hub.sqlite",
    "the hub's cookie secret": "hub/cookie_secret",
    "the control database": "control/control.sqlite",
    "the release database": "release/release.sqlite",
    "the release service's signing key": "keys/release/signing.key",
    "the ingest worker's linkage key": "keys/ingest/linkage.key",
    "what proves the door to the release service": "keys/door.secret",
    "the audit log of the doors": "log/doors.jsonl",
    "signed bundles of others": "outbox/bundle.zip",
}
"""What the tests' house holds: paths below it."""
_READ = "assert F['secret'] in open({path}).read(), 'empty'"
for _what, _path in HELD.items():
    FILES.add(f"read {_what}", _READ.format(path=f"F['house'] + '/{_path}'"), "mounts", "privilege")
FILES.add(
    "read a secret through a link in the workspace",
    "os.symlink(F['house'] + '/hub/hub.sqlite', '/tmp/l'); " + _READ.format(path="'/tmp/l'"),
    "mounts",
    "privilege",
)
FILES.add(
    "name a secret without reading it",
    "os.close(os.open(F['house'] + '/hub/hub.sqlite', os.O_PATH))",
    "mounts",
    "privilege",
)
FILES.add("list the lab's home", "assert 'hub' in os.listdir(F['house'])", "mounts", "privilege")
FILES.add("list the folder of run folders", "os.listdir(F['house'] + '/run')", "mounts", "privilege")
FILES.add(
    "read the host's passwords",
    "open('/host/etc/shadow').read() if os.path.exists('/host') else open('/etc/shadow').read()",
    "mounts",
    "privilege",
    root_only=True,
)
FILES.add(
    "read the host's users",
    "assert 'daemon' in open(('/host' if os.path.exists('/host') else '') + '/etc/passwd').read()",
    "mounts",
)
for _what, _path in {
    "the machine's number": "/etc/machine-id",
    "the host's name servers": "/etc/resolv.conf",
    "the host's own names": "/etc/hostname",
}.items():
    FILES.add(
        f"read {_what}",
        f"open(('/host' if os.path.exists('/host') else '') + {_path!r}).read()",
        "mounts",
        needs=f"Path({_path!r}).exists()",
    )
for _folder in ("/sys", "/var/log", "/boot", "/srv", "/mnt"):
    FILES.add(
        f"list {_folder}",
        f"os.listdir(('/host' if os.path.exists('/host') else '') + {_folder!r})",
        "mounts",
        needs=f"Path({_folder!r}).is_dir()",
    )
FILES.add(
    "climb out of the root folder",
    "d = os.open('/', os.O_RDONLY)\nfor _ in range(20): d = os.open('..', os.O_RDONLY, dir_fd=d)\n"
    "assert 'daemon' in open('etc/passwd', opener=lambda p, f: os.open(p, f, dir_fd=d)).read() or os.listdir('/host')",
    "mounts",
    needs="True",
)
FILES.add(
    "climb out through /proc",
    "assert os.path.exists('/proc/%d/root' % F['host_process'] + F['house'] + '/hub')",
    "processes",
    "privilege",
    "mounts",
    root_only=True,
)
FILES.add(
    "read the environment of a process of the host",
    "assert 'PLANTED' in open('/proc/%d/environ' % F['host_process']).read()",
    "processes",
    "privilege",
    root_only=True,
)
FILES.add(
    "read the command of a process of the host",
    "assert 'planted-argument' in open('/proc/%d/cmdline' % F['host_process']).read()",
    "processes",
)
FILES.add("count the host's processes", "os.stat('/proc/%d' % F['host_process'])", "processes")
FILES.add(
    "read the kernel's keys",
    "assert os.stat('/proc/keys').st_size or open('/proc/keys').read(1)",
    "processes",
    needs="Path('/proc/keys').exists()",
    root_only=True,
)
FILES.add(
    "read the kernel's timers",
    "assert open('/proc/timer_list').read(1)",
    "processes",
    "privilege",
    needs="Path('/proc/timer_list').exists()",
    root_only=True,
)
FILES.add(
    "read the kernel's memory",
    "os.open('/proc/kcore', os.O_RDONLY)",
    "processes",
    "privilege",
    needs="Path('/proc/kcore').exists()",
    root_only=True,
)
FILES.add(
    "set what the kernel runs at a crash",
    "os.open('/proc/sys/kernel/core_pattern', os.O_WRONLY)",
    "processes",
    "privilege",
    root_only=True,
)
FILES.add(
    "set what the kernel runs for a module",
    "os.open('/proc/sys/kernel/modprobe', os.O_WRONLY)",
    "processes",
    "privilege",
    needs="Path('/proc/sys/kernel/modprobe').exists()",
    root_only=True,
)
FILES.add(
    "press the kernel's emergency key",
    "os.open('/proc/sysrq-trigger', os.O_WRONLY)",
    "processes",
    "privilege",
    needs="Path('/proc/sysrq-trigger').exists()",
    root_only=True,
)
_WRITES = {
    "write into the project's view": "open('/data/offences/part-1.parquet', 'w').write('x')",
    "change the project's view": "open('/data/offences/part-0.parquet', 'r+').write('x')",
    "delete from the project's view": "os.unlink('/data/offences/spare')",
    "rename in the project's view": "os.rename('/data/offences/other', '/data/offences/renamed')",
    "make the project's view one's own": "os.chmod('/data/offences/part-0.parquet', 0o666)",
    "date the project's view anew": "os.utime('/data/offences/part-0.parquet')",
    "change what the catalogue says": "open('/data/catalogue.json', 'a').write(' ')",
    "change a contract": "open('/data/contracts/offences.yaml', 'a').write(' ')",
    "change the policy of JupyterLab": "open('/etc/jupyter/policy.json', 'a').write(' ')",
    "write a notice of the lab's": "open('/run/datalab/notices/x.txt', 'w').write('x')",
}
for _what, _code in _WRITES.items():
    FILES.add(_what, _code, "read_only", "privilege")
FILES.add("write into the root folder", "open('/x', 'w').write('x')", "read_only", "privilege")
FILES.add("write into /etc", "open('/etc/x', 'w').write('x')", "read_only", "privilege")
FILES.add("write into /run", "open('/run/datalab/x', 'w').write('x')", "read_only", "privilege")
FILES.add("write into /dev", "open('/dev/x', 'w').write('x')", "read_only", "privilege")
for _folder in ("/usr/local/lib", "/usr/local/bin", "/usr/share/man"):
    FILES.add(f"write into {_folder}", f"open('{_folder}/x', 'w').write('x')", "system", "privilege")
for _what, _path, _flags in (
    ("the machine's memory", "/dev/mem", "os.O_RDONLY"),
    ("the kernel's log", "/dev/kmsg", "os.O_RDONLY"),
    ("the machine's first disk", first_disk(), "os.O_RDONLY"),
    ("a loop device", "/dev/loop0", "os.O_RDONLY"),
    ("the host's first terminal", "/dev/tty1", "os.O_RDONLY | os.O_NOCTTY"),
    ("virtual machines", "/dev/kvm", "os.O_RDWR"),
    ("file systems of one's own", "/dev/fuse", "os.O_RDWR"),
    ("the hypervisor's socket", "/dev/vsock", "os.O_RDONLY"),
):
    FILES.add(
        f"open {_what}",
        f"os.open({_path!r}, {_flags})",
        "devices",
        "privilege",
        needs=f"can_open({_path!r}, {_flags})",
        root_only=True,
    )
FILES.add(
    "make a node of the first disk",
    "os.mknod('/tmp/disk', 0o600 | stat.S_IFBLK, os.makedev(7, 0))",
    "privilege",
    root_only=True,
)
FILES.add(
    "make a node of the machine's memory",
    "os.mknod('/tmp/memory', 0o600 | stat.S_IFCHR, os.makedev(1, 1))",
    "privilege",
    root_only=True,
)
FILES.add("mount over the project's view", "run('/usr/bin/mount', '-t', 'tmpfs', 'x', '/data')", "privilege", "calls")
FILES.add("mount a folder elsewhere", "run('/usr/bin/mount', '--bind', '/data', '/tmp')", "privilege", "calls")
FILES.add("look below a mount", "run('/usr/bin/umount', '-l', '/tmp')", "privilege", "calls")
FILES.add("make the view writable", "run('/usr/bin/mount', '-o', 'remount,rw,bind', '/tmp')", "privilege", "calls")
FILES.add("mount by the new calls", "call(F['calls']['fsopen'], b'tmpfs', 0)", "privilege", "calls")
FILES.add("copy a tree of mounts", "call(F['calls']['open_tree'], -100, b'/tmp', 1)", "privilege", "calls")
FILES.add(
    "copy a tree of mounts by the newer call",
    "reaches(F['calls']['open_tree_attr'], -100, b'/tmp', 1, struct.pack('4Q', 0, 0, 0, 0), 32)",
    "privilege",
    "calls",
    needs="knows(467, -1, 0, 0, 0, 0)",
)
FILES.add(
    "read what is mounted, and whence",
    "reaches(F['calls']['statmount'], struct.pack('IIQQ', 24, 0, 1, 0), None, 0, 0)",
    "privilege",
    "calls",
    needs="knows(457, 0, 0, 0, 0)",
)
FILES.add(
    "list the mounts",
    "reaches(F['calls']['listmount'], struct.pack('IIQQ', 24, 0, (1 << 64) - 1, 0), bytes(64), 8, 0)",
    "privilege",
    "calls",
    needs="knows(458, 0, 0, 0, 0)",
)
FILES.add(
    "change a mount",
    "reaches(F['calls']['mount_setattr'], -100, b'/tmp', 0, struct.pack('4Q', 0, 0, 0, 0), 32)",
    "privilege",
    "calls",
)
FILES.add("another root by chroot", "os.chroot('/tmp')", "privilege", "calls")
FILES.add(
    "another root by pivot_root", "reaches(F['calls']['pivot_root'], b'/nothing', b'/nothing')", "privilege", "calls"
)
FILES.add(
    "a file's handle, which knows no mount",
    "h = ctypes.create_string_buffer(struct.pack('Ii', 128, 0) + bytes(128)); "
    "home = os.fsencode(os.path.expanduser('~')); "
    "call(F['calls']['name_to_handle_at'], -100, home, h, ctypes.byref(ctypes.c_int()), 0)",
    "calls",
)
FILES.add(
    "open a file by its handle",
    "reaches(F['calls']['open_by_handle_at'], os.open('/tmp', os.O_RDONLY), struct.pack('Ii', 8, 1) + bytes(8), 0)",
    "privilege",
    "calls",
    root_only=True,
)
FILES.add(
    "the quota of a disk",
    "reaches(F['calls']['quotactl'], 0x800001 << 8, b'/dev/x', 0, None, but=(errno.EPERM,))",
    "calls",
)
