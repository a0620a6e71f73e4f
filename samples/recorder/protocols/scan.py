"""Port scans: nmap, whose own findings must be what the recorder set up."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final
from xml.etree import ElementTree as ET

from recorder.hosts import Host, RecordingError
from recorder.truth import Ledger, Service

REASON: Final = {
    "syn-ack": "established",
    "udp-response": "established",
    "reset": "refused",
    "port-unreach": "refused",
    "admin-prohibited": "prohibited",
    "no-response": "no_answer",
}
"""nmap's reason for a port's state: the outcome that a flow has then."""


def probe(
    ledger: Ledger,
    scanner: Host,
    target: Host,
    transport: str,
    ports: Iterable[int],
    special: Mapping[int, tuple[Service, str]],
) -> None:
    """Send one probe to each port, from one port, in order; every other one than the ``special`` is closed.

    ``special`` gives the service of a port and the outcome that its probe must have. A TCP scan is half open: no
    server comes to speak. UDP servers are sent what nmap has for their port, and speak where they understand it.
    """
    wanted = sorted(ports)
    how = ("-sS",) if transport == "tcp" else ("-sU",)
    once = ("-n", "-Pn", "-r", "--max-retries", "0", "--min-rate", "150", "--max-rate", "300", "--scan-delay", "0")
    listed = ",".join(map(str, wanted))
    found = scanner.run("nmap", *how, *once, "-p", listed, "--reason", "-dd", "-oX", "-", target.v4, timeout=120)
    seen = _outcomes(found)
    for port in wanted:
        closed = Service(target, transport, port, "closed"), "refused"
        service, outcome = special.get(port, closed)
        if seen.get(port) != outcome:
            raise RecordingError(f"nmap found {port}/{transport} {seen.get(port)}, set up was {outcome}")
        spoke = outcome == "established" and transport == "udp"
        if outcome == "established" and not spoke:
            service = replace(service, note="asked by a half-open scan: no payload")
        ledger.note(scanner, service, outcome=outcome, payload="both" if spoke else "none")


def _outcomes(found: str) -> dict[int, str]:
    """Each port's outcome by nmap's XML, which its debugging lists in full."""
    document = found[found.index("<nmaprun") : found.index("</nmaprun>") + len("</nmaprun>")]
    tree = ET.fromstring(document)  # noqa: S314  nmap is no stranger
    states = ((port, port.find("state")) for port in tree.iter("port"))
    return {
        int(port.attrib["portid"]): REASON.get(state.attrib["reason"], state.attrib["reason"])
        for port, state in states
        if state is not None
    }
