"""A closed network of the test's own: loopback alone, with documentation addresses on it, and a listener that answers.

    unshare --net world.py        prints a line of JSON once it listens, and ends with its standard input

Nothing of it is connected to anything: an attempt that gets out of a sandbox gets here and no further.
"""

import json
import socket
import subprocess
import sys
import threading

IPV4 = ("192.0.2.1/32", "198.51.100.7/32", "203.0.113.9/32", "169.254.169.254/32")
IPV6 = ("2001:db8::1/128", "fe80::1/128")
PORT = 4501
ABSTRACT = "\0datalab-escape-listener"


def answer_streams(listener: socket.socket) -> None:
    """Say that something was heard, whatever it was."""
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(5)
            try:
                connection.recv(64)
                connection.sendall(b"heard")
            except OSError:
                pass


def answer_datagrams(listener: socket.socket) -> None:
    """Say that something was heard; to a question for a name, an address."""
    while True:
        asked, sender = listener.recvfrom(600)
        if len(asked) > 12 and sender:
            question = asked[12:]
            kind = question[-4:-2]
            head = (
                asked[:2] + b"\x81\x80" + b"\x00\x01" + (b"\x00\x01" if kind == b"\x00\x01" else b"\x00\x00") + bytes(4)
            )
            record = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04" + bytes((192, 0, 2, 1))
            listener.sendto(head + question + (record if kind == b"\x00\x01" else b""), sender)
        elif sender:
            listener.sendto(b"heard", sender)


def main() -> None:
    """Set the network up and listen."""
    for command in (
        ["link", "set", "lo", "up"],
        *(["addr", "add", one, "dev", "lo"] for one in (*IPV4, *IPV6)),
        ["route", "add", "multicast", "224.0.0.0/4", "dev", "lo"],
    ):
        subprocess.run(["ip", *command], check=True)
    opened = []
    for family, kind, address in (
        (socket.AF_INET6, socket.SOCK_STREAM, ("::", PORT)),
        (socket.AF_INET6, socket.SOCK_DGRAM, ("::", PORT)),
        (socket.AF_INET6, socket.SOCK_DGRAM, ("::", 53)),
        (socket.AF_INET6, socket.SOCK_STREAM, ("::", 53)),
        (socket.AF_UNIX, socket.SOCK_STREAM, ABSTRACT),
    ):
        one = socket.socket(family, kind)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(address)
        opened.append(one)
        if kind == socket.SOCK_STREAM:
            one.listen(16)
        reply = answer_streams if kind == socket.SOCK_STREAM else answer_datagrams
        threading.Thread(target=reply, args=(one,), daemon=True).start()
    try:
        lite = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 136)  # UDP-Lite, which few kernels lack
        lite.bind(("0.0.0.0", PORT))  # noqa: S104 - of a network that leads nowhere
        threading.Thread(target=answer_datagrams, args=(lite,), daemon=True).start()
    except OSError:
        pass
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.bind(ABSTRACT + "-datagrams")
    print(json.dumps({"port": PORT, "abstract": ABSTRACT}), flush=True)  # noqa: T201 - to the test that started it
    sys.stdin.read()
    del opened


main()
