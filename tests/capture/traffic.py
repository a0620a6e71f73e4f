"""Real conversations between two hosts of :mod:`tests.namespaces`."""

import socket

from tests.namespaces import Host

BULK = 300_000
"""Octets of a long answer: enough for segments of every size that the kernel makes."""


def tcp(client: Host, server: Host, address: str, bulk: int = BULK) -> int:
    """Ask something, be answered at length, close; gives the server's port."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with server.inside():
        listening = socket.create_server((address, 0), family=family)
    with listening, client.inside():
        near = socket.create_connection(listening.getsockname()[:2])
        far, _ = listening.accept()
        with near, far:
            near.sendall(b"give me all of it\n")
            assert far.recv(100)
            left = bulk
            while left:
                left -= far.send(bytes(min(left, 20_000)))
                near.recv(20_000, socket.MSG_WAITALL)
            far.shutdown(socket.SHUT_WR)
            assert not near.recv(1)
        return int(listening.getsockname()[1])


def refused(client: Host, address: str) -> None:
    """Knock where nobody listens."""
    with client.inside(), socket.socket() as knocking:
        assert knocking.connect_ex((address, 9)) != 0


def udp(client: Host, server: Host, address: str, sizes: tuple[int, ...] = (30, 1400, 4000)) -> int:
    """Send datagrams of `sizes` octets, the larger ones in fragments, each answered; gives the server's port."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with server.inside():
        far = socket.socket(family, socket.SOCK_DGRAM)
        far.bind((address, 0))
        far.settimeout(5)
    with client.inside():
        near = socket.socket(family, socket.SOCK_DGRAM)
        near.settimeout(5)
    with far, near:
        for size in sizes:
            near.sendto(bytes(size), far.getsockname()[:2])
            data, sender = far.recvfrom(65536)
            far.sendto(data[:10], sender)
            near.recv(65536)
        return int(far.getsockname()[1])


def unanswered(client: Host, address: str, number: int = 1, size: int = 8) -> None:
    """Send datagrams of `size` octets to a port that nobody has; ICMP errors come back, at the kernel's own rate."""
    with client.inside():
        near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with near:
        for _ in range(number):
            near.sendto(bytes(size), (address, 9))


def ping(client: Host, address: str, number: int = 3) -> None:
    """Have `number` echo requests answered."""
    client.run("ping", "-n", "-q", "-i", "0.05", "-c", str(number), address)


def everything(client: Host, server: Host) -> None:
    """Speak over all of the above, to the second host of a pair."""
    for address in ("10.9.0.2", "fd00:9::2"):
        tcp(client, server, address)
        udp(client, server, address)
        ping(client, address)
    refused(client, "10.9.0.2")
    unanswered(client, "10.9.0.2")
