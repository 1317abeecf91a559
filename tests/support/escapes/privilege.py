"""Ways to be more than one is: other users, namespaces, other processes' memory, modules, keys, the clock."""

from __future__ import annotations

from escapes.attempt import Table

PRIVILEGE = Table("privilege")
PRIVILEGE.add("be root", "os.setuid(0)", "privilege")
PRIVILEGE.add("be another user", "os.setresuid(70001, 70001, 70001)", "privilege", root_only=True)
PRIVILEGE.add("be of another group", "os.setgid(70001)", "privilege", root_only=True)
PRIVILEGE.add("be of the disk's group", "os.setgroups([6])", "privilege", root_only=True)
PRIVILEGE.add(
    "run a program that is root's", "assert run(F['tools'] + '/id', '-u').strip() == '0'", "outside", root_only=True
)
PRIVILEGE.add(
    "gain a capability",
    "wanted = struct.pack('6I', 1 << 21, 1 << 21, 0, 0, 0, 0); "
    "reaches(F['calls_other']['capset'], struct.pack('Ii', 0x20080522, 0), wanted)",
    "privilege",
)
PRIVILEGE.add(
    "hold any capability",
    "assert int(next(l for l in open('/proc/self/status') if l.startswith('CapBnd')).split()[1], 16)",
    "privilege",
)
PRIVILEGE.add("allow new privileges", "assert libc.prctl(39, 0, 0, 0, 0) == 0, 'still on'", "outside")
for _name, _flag in {
    "users": 0x10000000,
    "mounts": 0x10020000,
    "networks": 0x50000000,
    "processes": 0x30000000,
    "names of hosts": 0x14000000,
    "memory": 0x18000000,
    "control groups": 0x12000000,
    "clocks": 0x10000080,
}.items():
    PRIVILEGE.add(f"a new namespace of {_name}", f"call(F['calls']['unshare'], {_flag})", "calls")
PRIVILEGE.add(
    "a process in a new namespace of users",
    "p = call(F['judged']['clone'], 0x10000000 | 17, None, None, None, None)\nif p == 0: os._exit(0)\nos.waitpid(p, 0)",
    "calls",
)
PRIVILEGE.add(
    "the same by the newer call",
    "p = call(F['judged']['clone3'], struct.pack('8Q', 0x10000000, 0, 0, 0, 17, 0, 0, 0), 64)\n"
    "if p == 0: os._exit(0)\nos.waitpid(p, 0)",
    "calls",
)
PRIVILEGE.add(
    "a sandbox in the sandbox",
    "run('/usr/bin/bwrap', '--unshare-user', '--ro-bind', '/', '/', '/usr/bin/true')",
    "calls",
)
PRIVILEGE.add(
    "enter a namespace",
    "reaches(F['calls']['setns'], os.open('/proc/self/ns/uts', os.O_RDONLY), 0, but=(errno.EPERM, errno.ENOSYS))",
    "calls",
    "privilege",
)
_CHILD = "c = subprocess.Popen(['/usr/bin/sleep', '5'], stdout=-3, stderr=-3); time.sleep(.1)\n"
PRIVILEGE.add("trace a process", _CHILD + "call(F['calls']['ptrace'], 16, c.pid, 0, 0)", "calls")
PRIVILEGE.add("be traced", "call(F['calls']['ptrace'], 0, 0, 0, 0)", "calls")
PRIVILEGE.add(
    "read another process's memory by the call made for it",
    _CHILD + "reaches(F['calls']['process_vm_readv'], c.pid, None, 0, None, 0, 0)",
    "calls",
)
PRIVILEGE.add(
    "write another process's memory by the call made for it",
    _CHILD + "reaches(F['calls']['process_vm_writev'], c.pid, None, 0, None, 0, 0)",
    "calls",
)
PRIVILEGE.add(
    "take another process's open file", _CHILD + "call(F['calls']['pidfd_getfd'], os.pidfd_open(c.pid), 0, 0)", "calls"
)
PRIVILEGE.add(
    "compare two processes", "call(F['calls']['kcmp'], os.getpid(), os.getpid(), 0, 0, 0)", "calls", needs="has_kcmp()"
)
PRIVILEGE.add("signal a process of the host", "os.kill(F['host_process'], 0)", "processes")
PRIVILEGE.add(
    "trace a process of the host",
    "call(F['calls']['ptrace'], 0x4206, F['host_process'], 0, 0)",
    "processes",
    "calls",
    "privilege",
    root_only=True,
)
PRIVILEGE.add("the host's shared memory", "call(F['calls_other']['shmget'], F['shared_memory'], 8, 0)", "ipc", "calls")
PRIVILEGE.add(
    "the host's semaphores",
    "assert ' %d ' % F['shared_memory'] in open('/proc/sysvipc/shm').read() or os.stat('/x')",
    "ipc",
)
PRIVILEGE.add(
    "work without the kernel's watch (io_uring)",
    "call(F['calls']['io_uring_setup'], 4, ctypes.create_string_buffer(120))",
    "calls",
    needs="has_io_uring()",
)
PRIVILEGE.add(
    "a program in the kernel (bpf)",
    "call(F['calls']['bpf'], 0, struct.pack('IIII', 2, 4, 8, 1) + bytes(112), 128)",
    "calls",
    "privilege",
    root_only=True,
)
PRIVILEGE.add(
    "count what the processor does",
    "reaches(F['calls']['perf_event_open'], struct.pack('II', 1, 112) + bytes(104), 0, -1, -1, 0)",
    "calls",
    "privilege",
    root_only=True,
)
PRIVILEGE.add("answer faults of memory", "call(F['calls']['userfaultfd'], 1)", "calls", needs="has_userfaultfd()")
PRIVILEGE.add(
    "watch a whole file system", "call(F['calls']['fanotify_init'], 0, 0)", "calls", "privilege", root_only=True
)
PRIVILEGE.add("hear who opens a file that all sandboxes share", "call(F['calls']['inotify_init1'], 0)", "calls")
PRIVILEGE.add(
    "hear who reads in a folder that all sandboxes share",
    "heard = []\nsignal.signal(signal.SIGIO, lambda *_: heard.append(1))\n"
    "fcntl.fcntl(os.open('/usr/bin', os.O_RDONLY), fcntl.F_NOTIFY, 0x80000001 - (1 << 32))\n"
    "open('/usr/bin/true', 'rb').read(1)\ntime.sleep(.2)\nassert heard, 'silent'",
    "calls",
)
for _what, _how in {
    "a file of memory that has no name": "os.memfd_create('apart')",
    "shared memory that no process maps": "call(F['calls']['shmget'], 0, 4096, 0o1600)",
    "a queue of messages in the kernel": "call(F['calls']['msgget'], 0, 0o1600)",
    "a set of semaphores in the kernel": "call(F['calls']['semget'], 0, 1, 0o1600)",
}.items():
    PRIVILEGE.add(_what, _how, "calls")
PRIVILEGE.add(
    "hold others up who open a file",
    "own = os.open(os.environ['HOME'] + '/leased', os.O_RDONLY | os.O_CREAT, 0o600)\n"
    "fcntl.fcntl(own, fcntl.F_SETLEASE, fcntl.F_RDLCK)",
    "calls",
)
PRIVILEGE.add(
    "add a key to the kernel's ring", "call(F['calls']['add_key'], b'user', b'datalab', b'x', 1, -3)", "calls"
)
PRIVILEGE.add("read a ring of keys", "call(F['calls']['keyctl'], 0, -3, 1)", "calls")
PRIVILEGE.add("ask for a key", "reaches(F['calls']['request_key'], b'user', b'datalab-none', None, 0)", "calls")
PRIVILEGE.add(
    "load a module",
    "reaches(F['calls']['init_module'], b'x', 1, b'')",
    "calls",
    "privilege",
    root_only=True,
    needs="Path('/proc/modules').exists()",
)
PRIVILEGE.add(
    "load a module from a file",
    "reaches(F['calls']['finit_module'], os.open('/usr/bin/true', os.O_RDONLY), b'', 0)",
    "calls",
    "privilege",
    root_only=True,
    needs="Path('/proc/modules').exists()",
)
PRIVILEGE.add(
    "unload a module",
    "reaches(F['calls']['delete_module'], b'datalab_none', 0x800)",
    "calls",
    "privilege",
    root_only=True,
    needs="Path('/proc/modules').exists()",
)
PRIVILEGE.add(
    "start another kernel",
    "reaches(F['calls']['kexec_file_load'], -1, -1, 0, b'', 0xff00)",
    "calls",
    "privilege",
    root_only=True,
    needs="has_kexec()",
)
PRIVILEGE.add("end the machine", "reaches(F['calls']['reboot'], 0, 0, 0, None)", "calls", "privilege", root_only=True)
PRIVILEGE.add(
    "set the clock",
    "reaches(F['calls']['settimeofday'], ctypes.c_void_p(8), None)",
    "calls",
    "privilege",
    root_only=True,
)
PRIVILEGE.add(
    "set the clock by the newer call",
    "reaches(F['calls']['clock_settime'], 0, struct.pack('qq', -1, -1))",
    "calls",
    "privilege",
    root_only=True,
)
PRIVILEGE.add("look at the clock's steering", "call(F['calls']['adjtimex'], ctypes.create_string_buffer(256))", "calls")
PRIVILEGE.add("read the kernel's log", "call(F['calls']['syslog'], 10, None, 0)", "calls", "privilege", root_only=True)
PRIVILEGE.add("hang up the terminal", "call(F['calls']['vhangup'])", "calls", "privilege", root_only=True)
PRIVILEGE.add(
    "account processes", "call(F['calls']['acct'], None)", "calls", "privilege", root_only=True, needs="has_acct()"
)
PRIVILEGE.add("swap to a file", "reaches(F['calls']['swapon'], b'/nothing', 0)", "calls", "privilege", root_only=True)
PRIVILEGE.add("lay memory out by an older rule", "call(F['calls']['personality'], 0xffffffff)", "calls")
PRIVILEGE.add(
    "speak to devices by ports",
    "call(172, 3)",
    "calls",
    "privilege",
    root_only=True,
    needs="os.uname().machine == 'x86_64' and knows(172, 0)",
)
PRIVILEGE.add(
    "change the processor's table of segments",
    "call(154, 0, ctypes.create_string_buffer(16), 16)",
    "calls",
    needs="os.uname().machine == 'x86_64'",
)
PRIVILEGE.add(
    "use the calls of another processor",
    "m = mmap.mmap(-1, 4096, prot=7); m.write(bytes.fromhex('b814000000cd80c3')); "
    "ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))()",
    "calls",
    needs="has_ia32()",
)
PRIVILEGE.add(
    "push input into a terminal",
    "import pty; a, b = pty.openpty(); os.setsid(); fcntl.ioctl(b, 0x540e, 0); fcntl.ioctl(b, 0x5412, b'x')",
    "calls",
    needs="has_tiocsti()",
)
PRIVILEGE.add("be served before others", "os.nice(-5)", "privilege", root_only=True)
PRIVILEGE.add(
    "never be interrupted", "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))", "privilege", root_only=True
)
PRIVILEGE.add(
    "be ended last when memory is short",
    "open('/proc/self/oom_score_adj', 'w').write('-900')",
    "privilege",
    root_only=True,
    open_where="not may_raise_limits() or may_be_ended_last()",
)
PRIVILEGE.add("raise one's limit of processes", "resource.setrlimit(resource.RLIMIT_NPROC, (20000, 20000))", "rlimits")
PRIVILEGE.add("raise one's limit of open files", "resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))", "rlimits")
PRIVILEGE.add("allow core files", "resource.setrlimit(resource.RLIMIT_CORE, (1024, 1024))", "rlimits")
PRIVILEGE.add("call the host another name", "socket.sethostname('other')", "privilege")
PRIVILEGE.add(
    "make a control group", "os.listdir('/host/sys/fs/cgroup')", "mounts", needs="Path('/sys/fs/cgroup').is_dir()"
)
