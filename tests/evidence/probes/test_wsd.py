"""Tests of the wsd probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER
from annotator.evidence.probes.wsd import PROBE
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown


def envelope(action: str, namespace: str = "http://schemas.xmlsoap.org/ws/2005/04/discovery") -> bytes:
    """Make the beginning of a message."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope><soap:Header>'
        f"<wsa:Action>{namespace}/{action}</wsa:Action></soap:Header></soap:Envelope>"
    ).encode()


@pytest.mark.parametrize(
    ("action", "role"),
    [
        ("Probe", CLIENT),
        ("Resolve", CLIENT),
        ("Hello", 0),
        ("Bye", 0),
        ("ProbeMatches", SERVER),
        ("ResolveMatches", SERVER),
    ],
)
def test_actions_are_known(action: str, role: int) -> None:
    """The action tells who speaks, in both versions' namespaces."""
    known(PROBE, Case(envelope(action), DATAGRAM, action, role))
    later = envelope(action, "http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01")
    known(PROBE, Case(later, DATAGRAM, action, role))


@pytest.mark.parametrize(
    "payload", [envelope("Get", "http://schemas.xmlsoap.org/ws/2004/09/transfer"), envelope("Pub")]
)
def test_other_messages_are_not_confirmed(payload: bytes) -> None:
    """SOAP is not all discovery."""
    unknown(PROBE, payload, DATAGRAM)
