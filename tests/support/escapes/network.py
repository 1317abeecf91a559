"""Ways out by a network: every family of sockets, names, the host's own loopback, sockets without a file."""

from __future__ import annotations

from escapes.attempt import Table

NETWORK = Table("network")
_HOSTS = {
    "the internet 192.0.2.1": "192.0.2.1",
    "the internet 198.51.100.7": "198.51.100.7",
    "the internet 203.0.113.9": "203.0.113.9",
    "a cloud's metadata address": "169.254.169.254",
    "the host's loopback": "127.0.0.1",
    "the host's loopback by another address": "127.9.9.9",
    "the host by the address of nothing": "0.0.0.0",  # noqa: S104 - the attempt's own
}
for _what, _host in _HOSTS.items():
    NETWORK.add(f"TCP to {_what}", f"tcp({_host!r}, F['port'])", "network")
for _what, _host in {
    "2001:db8::1": "2001:db8::1",
    "the host's loopback ::1": "::1",
    "192.0.2.1 written as IPv6": "::ffff:192.0.2.1",
}.items():
    NETWORK.add(f"TCP over IPv6 to {_what}", f"tcp({_host!r}, F['port'], socket.AF_INET6)", "network")
NETWORK.add(
    "TCP to a link-local address",
    "s = socket.socket(socket.AF_INET6); s.settimeout(3); "
    "s.connect(('fe80::1', F['port'], 0, socket.if_nametoindex('lo'))); "
    "s.sendall(b'x'); assert s.recv(9) == b'heard'",
    "network",
)
NETWORK.add("UDP to 192.0.2.1", "udp('192.0.2.1', F['port'])", "network")
NETWORK.add("UDP to the host's loopback", "udp('127.0.0.1', F['port'])", "network")
NETWORK.add("UDP over IPv6", "udp('2001:db8::1', F['port'], socket.AF_INET6)", "network")
NETWORK.add("UDP-Lite", "udp('192.0.2.1', F['port'], protocol=136)", "network", needs="has_udplite()")
NETWORK.add(
    "UDP to a multicast group",
    "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'out', ('224.0.0.251', 5353))",
    "network",
)
NETWORK.add(
    "a connection opened with its first data",
    "s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', 3, 0)); "
    "s.sendto(b'out', 0x20000000, ('192.0.2.1', F['port'])); assert s.recv(9) == b'heard'",
    "network",
)
_QUESTION = "b'\\x12\\x34\\x01\\x00\\x00\\x01' + bytes(6) + b'\\x06secret\\x07example\\x00\\x00\\x01\\x00\\x01'"
NETWORK.add(
    "a name asked of a server, with data in the name",
    f"s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(2); s.sendto({_QUESTION}, ('192.0.2.1', 53)); "
    "assert s.recv(600)[:2] == b'\\x12\\x34'",
    "network",
)
NETWORK.add("a name asked over TCP", "tcp('192.0.2.1', 53)", "network")
NETWORK.add(
    "the host's socket without a file",
    "s = socket.socket(socket.AF_UNIX); s.settimeout(3); s.connect(F['abstract']); "
    "s.sendall(b'x'); assert s.recv(9) == b'heard'",
    "network",
)
NETWORK.add(
    "a datagram to the host's socket without a file",
    "socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'out', F['abstract'] + '-datagrams')",
    "network",
)
NETWORK.add(
    "the host's sockets without files, listed",
    "assert F['abstract'].strip(chr(0)) in open('/proc/net/unix').read(), 'not listed'",
    "network",
)
NETWORK.add(
    "the host's connections, listed", "assert ':1195 ' in open('/proc/net/tcp6').read(), 'not listed'", "network"
)
NETWORK.add(
    "a socket to another machine of the hypervisor",
    "socket.socket(40, socket.SOCK_STREAM)",
    "calls",
    needs="has_family(40, socket.SOCK_STREAM)",
)
NETWORK.add(
    "the kernel's cryptography",
    "socket.socket(38, socket.SOCK_SEQPACKET)",
    "calls",
    needs="has_family(38, socket.SOCK_SEQPACKET)",
)
NETWORK.add("frames of the network card", "socket.socket(17, socket.SOCK_RAW)", "calls", "privilege")
NETWORK.add("raw packets", "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)", "privilege")
NETWORK.add("raw packets of IPv6", "socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58)", "privilege")
NETWORK.add("packets with any head", "socket.socket(socket.AF_INET, socket.SOCK_RAW, 255)", "privilege")
for _number, _what in {
    4: "connections",
    6: "encrypted tunnels",
    9: "audit",
    15: "devices that come and go",
    16: "any part",
}.items():
    NETWORK.add(
        f"the kernel's channel of {_what}",
        f"socket.socket(16, socket.SOCK_RAW, {_number})",
        "calls",
        needs=f"has_family(16, socket.SOCK_RAW, {_number})",
    )
NETWORK.add(
    "another interface", "run('/usr/sbin/ip', 'link', 'add', 'd0', 'type', 'dummy')", "privilege", needs="has_dummy()"
)
NETWORK.add("another address", "run('/usr/sbin/ip', 'addr', 'add', '192.0.2.77/32', 'dev', 'lo')", "privilege")
NETWORK.add(
    "a tunnel",
    "t = os.open('/dev/net/tun', os.O_RDWR); fcntl.ioctl(t, 0x400454ca, struct.pack('16sH22x', b'', 0x1001))",
    "devices",
    "privilege",
    needs="can_open('/dev/net/tun', os.O_RDWR)",
)
NETWORK.add(
    "the network of another process",
    "call(F['calls']['setns'], os.open('/proc/%d/ns/net' % F['host_process'], os.O_RDONLY), 0x40000000)",
    "processes",
    "privilege",
    "calls",
    root_only=True,
)
