"""SCTP: usrsctp's programs, a whole implementation in user space that needs none in the kernel."""

import time
from pathlib import Path
from typing import Final

from recorder.hosts import Host
from recorder.truth import Ledger, Service

PACKAGE: Final = "libusrsctp-examples"
PROGRAMS: Final = Path("/usr/lib/usrsctp")
READY_S: Final = 1.0
"""A raw socket shows in no list of listeners, so there is nothing better to wait for than time."""


def daytime(host: Host) -> Service:
    """Tell the time on port 13 to whoever associates (what RFC 867 does over TCP)."""
    return _serve(host, 13, "daytime: a line of text", "daytime_server")


def echo(host: Host) -> Service:
    """Send back what comes to port 7 (what RFC 862 does over TCP)."""
    return _serve(host, 7, "echo: a line of text", "echo_server")


def sink(host: Host, port: int) -> Service:
    """Take messages on ``port`` with the throughput tester tsctp, which sends none."""
    return _serve(host, port, "tsctp: messages of one letter", "tsctp", "-p", str(port), "-L", host.v4)


def _serve(host: Host, port: int, note: str, program: str, *options: str) -> Service:
    host.start(PROGRAMS / program, *options)
    time.sleep(READY_S)
    return Service(host, "sctp", port, "raw", PACKAGE, note)


def talk(ledger: Ledger, client: Host, service: Service, line: str, expect: str) -> None:
    """Associate, say a line (or nothing) and hear one."""
    typing = '(sleep 0.5; printf "%s" "$1"; sleep 0.5) | timeout 3 "$2" "$3" "$4"'
    where = (PROGRAMS / "client", service.addr, str(service.port))
    client.run("sh", "-c", typing, "sh", line, *where, status=(0, 1, 124), expect=expect)
    ledger.note(client, service, payload="both" if line else "responder")


def send(ledger: Ledger, client: Host, service: Service) -> None:
    """Send a few messages and shut the association down."""
    few = ("-n", "20", "-l", "500", "-p", str(service.port), "-L", client.v4)
    client.run(PROGRAMS / "tsctp", *few, service.addr, timeout=20, expect="Sending of 20 messages")
    ledger.note(client, service, payload="initiator")


def fail(ledger: Ledger, client: Host, service: Service) -> None:
    """Try to associate with a host that knows no SCTP: its kernel answers with ICMP protocol unreachable."""
    client.run("timeout", "2", PROGRAMS / "client", service.addr, str(service.port), status=(0, 1, 124))
    ledger.note(client, service, outcome="refused")
