"""DHCP and TFTP: dnsmasq, with busybox's DHCP client and curl."""

from dataclasses import replace
from typing import Final

from recorder.hosts import Host
from recorder.material import text
from recorder.protocols.web import CURL
from recorder.truth import Ledger, Service

LEASE: Final = "10.0.4.150"
REPLY_PORT: Final = 49810
"""The port that TFTP's data comes from (RFC 1350 section 4 has the server choose one)."""


def serve(host: Host) -> dict[int, Service]:
    """One dnsmasq, without DNS: ports 67 and 69."""
    root = host.folder("tftp")
    (root / "boot.cfg").write_text(text(2_000))
    host.start(
        *("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--pid-file=", "--port=0"),
        *(f"--dhcp-range={LEASE},{LEASE},255.255.255.0,2m", "--dhcp-leasefile=/run/leases", "--no-ping"),
        *("--dhcp-option=option:router,10.0.4.1", "--dhcp-option=option:dns-server,10.0.4.53", "--leasefile-ro"),
        *("--enable-tftp", f"--tftp-root={root}", f"--tftp-port-range={REPLY_PORT},{REPLY_PORT}"),
    )
    host.wait_for("udp", 67, 69)
    return {
        67: Service(host, "udp", 67, "dhcp", "dnsmasq-base"),
        69: Service(host, "udp", 69, "tftp", "dnsmasq-base"),
    }


def lease(ledger: Ledger, client: Host, service: Service) -> None:
    """Get an address by broadcast, and give it back to the server: two flows, of which one answers the other.

    The client asks 255.255.255.255 from 0.0.0.0; offer and acknowledgement go from the server to the new address.
    """
    take = 'if [ "$1" = bound ]; then ip address add "$ip/24" dev eth0; fi\n'
    script = client.file("udhcpc.sh", f"#!/bin/sh\n{take}")
    script.chmod(0o755)
    release = 'udhcpc -f -R -i eth0 -t 3 -T 1 -s "$1" & pid=$!; sleep 1; kill $pid; wait $pid'
    client.run("sh", "-c", release, "sh", script, expect=f"lease of {LEASE} obtained")
    asked = replace(service, address="255.255.255.255", note="broadcast; the server answers from its own address")
    ledger.note("0.0.0.0", asked, outcome="one_sided", payload="initiator")  # noqa: S104  an address, not a bind
    answers = replace(service, note="offer and acknowledgement, then the client's release")
    ledger.note(LEASE, answers, related_to=asked.endpoint)


def use(ledger: Ledger, client: Host, service: Service) -> None:
    """Fetch a file by TFTP: asked on port 69, served from a port of the server's choice."""
    client.run(*CURL, f"tftp://{service.addr}/boot.cfg", expect="allow deny")
    asked = replace(service, note="the answer comes from another port")
    ledger.note(client, asked, outcome="no_answer", payload="initiator")
    data = replace(service, port=REPLY_PORT, note="the server sends first")
    ledger.note(client, data, related_to=service.endpoint)
