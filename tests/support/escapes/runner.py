"""Runs attempts one after another, each in a process of its own with a limit of seconds; inside the sandbox.

runner.py attempts.json      writes a line of JSON for each
"""

import json
import subprocess
import sys

SECONDS = 15
PRELUDE = """
import ctypes, errno, fcntl, json, mmap, os, resource, signal, socket, stat, struct, subprocess, sys, threading, time
F = json.loads(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def call(number, *arguments):
    ctypes.set_errno(0)
    done = libc.syscall(ctypes.c_long(number), *arguments)
    if done < 0:
        raise OSError(ctypes.get_errno(), 'call %d' % number)
    return done
def reaches(number, *arguments, but=(errno.EPERM, errno.ENOSYS)):
    'The kernel looked at the call, whatever it said of the arguments.'
    try:
        call(number, *arguments)
    except OSError as error:
        if error.errno in but:
            raise
def tcp(host, port, family=socket.AF_INET):
    with socket.socket(family) as one:
        one.settimeout(3)
        one.connect((host, port))
        one.sendall(b'out')
        assert one.recv(9) == b'heard', 'silent'
def udp(host, port, family=socket.AF_INET, kind=socket.SOCK_DGRAM, protocol=0):
    with socket.socket(family, kind, protocol) as one:
        one.settimeout(2)
        one.sendto(b'out', (host, port))
        assert one.recv(9) == b'heard', 'silent'
def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=10)
    if done.returncode:
        raise PermissionError(done.returncode, done.stderr[-80:])
    return done.stdout
"""


def main() -> None:
    """Run them."""
    with open(sys.argv[1]) as stream:  # noqa: PTH123 - any Python may run this
        given = json.load(stream)
    for attempt in given["attempts"]:
        command = [sys.executable, "-I", "-c", PRELUDE + attempt["code"], json.dumps(given["facts"])]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
            words = (done.stderr.strip().splitlines() or [""])[-1]
            status, detail = done.returncode, words or done.stdout.strip()
        except subprocess.TimeoutExpired:
            status, detail = 1, "TimeoutError: no end"
        except OSError as error:
            status, detail = 1, f"{type(error).__name__}: {error}"
        outcome = {"name": attempt["name"], "through": status == 0, "detail": detail[:300]}
        print(json.dumps(outcome), flush=True)  # noqa: T201 - to the test that started it


main()
