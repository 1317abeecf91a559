"""A closed network of the test's own: loopback alone, with documentation addresses on it, and a listener that answers.

    unshare --net world.py        prints a line of JSON once it listens, and ends with its standard input

To each line that it is given it answers with the ports that were reached since: those of `OWN` that were connected to,
those that a name asked for said (`p4600.secret.example`), and those of `WATCHED` on which somebody else listened.

Nothing of it is connected to anything: an attempt that gets out of a sandbox gets here and no further.
"""

import json
import re
import selectors
import socket
import subprocess
import sys
import threading
import time

IPV4 = ("192.0.2.1/32", "198.51.100.7/32", "203.0.113.9/32", "169.254.169.254/32")
IPV6 = ("2001:db8::1/128", "fe80::1/128")
PORT = 4501
ABSTRACT = "\0datalab-escape-listener"
OWN, WATCHED = range(4600, 4660), range(4660, 4670)
"""Ports of which each is one attempt's own: to listen on here, and to look at."""
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nConnection: close\r\n\r\nheard"
reached: set[int] = set()


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
        reached.update(int(said) for said in re.findall(rb"p(\d{4})", asked))
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


def note_connections(listeners: list[socket.socket]) -> None:
    """Note who was connected to, and answer as a web server."""
    selector = selectors.DefaultSelector()
    for one in listeners:
        selector.register(one, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            reached.add(key.fileobj.getsockname()[1])
            if key.fileobj.type == socket.SOCK_DGRAM:
                key.fileobj.recv(64)
                continue
            connection, _ = key.fileobj.accept()
            threading.Thread(target=answer_page, args=(connection,), daemon=True).start()


def answer_page(connection: socket.socket) -> None:
    """Answer one connection."""
    with connection:
        connection.settimeout(2)
        try:
            connection.recv(1024)
            connection.sendall(PAGE)
        except OSError:
            pass


def watch() -> None:
    """Look again and again whether somebody listens on one of the watched ports."""
    while True:
        for port in WATCHED:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    reached.add(port)
        time.sleep(0.2)


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
    own = [socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True) for port in OWN]
    for port in OWN:
        own.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        own[-1].bind(("0.0.0.0", port))  # noqa: S104 - of a network that leads nowhere
    threading.Thread(target=note_connections, args=(own,), daemon=True).start()
    threading.Thread(target=watch, daemon=True).start()
    facts = {"port": PORT, "abstract": ABSTRACT, "own": list(OWN), "watched": list(WATCHED)}
    print(json.dumps(facts), flush=True)  # noqa: T201 - to the test that started it
    for _ in sys.stdin:
        print(json.dumps(sorted(reached)), flush=True)  # noqa: T201
        reached.clear()
    del opened


main()
