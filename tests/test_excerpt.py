"""The second reading finds the packets that the first one counted."""

from pathlib import Path

import numpy as np
import pytest

from annotator.errors import InputError
from annotator.excerpt import Bounds, Captures, excerpts
from annotator.pipeline import analyse
from annotator.settings import Settings
from tests.written import udp, write

EVERYTHING = Bounds(1 << 30, 1 << 30)


@pytest.mark.parametrize("name", ["office.pcapng", "vxlan.pcapng", "vlan.pcap", "ipv6.pcapng", "scan.pcapng"])
def test_every_payload_is_found_again(samples: Path, name: str) -> None:
    """Of every flow, both directions have the payload bytes that the flow table counted: tunnels, VLANs, ICMP."""
    paths = [str(samples / name)]
    analysis = analyse(paths, Settings())
    flows = analysis.flows
    found = excerpts(Captures(paths), flows, analysis.tunnels, range(len(flows)), EVERYTHING)
    for row, packets in found.items():
        sent = sum(packet.payload_bytes for packet in packets if packet.from_initiator)
        received = sum(packet.payload_bytes for packet in packets if not packet.from_initiator)
        assert (sent, received) == (flows.initiator_payload_bytes[row], flows.responder_payload_bytes[row]), row


def test_bounds_hold(samples: Path) -> None:
    """No more packets or octets are kept than were asked for."""
    paths = [str(samples / "office.pcapng")]
    analysis = analyse(paths, Settings())
    found = excerpts(Captures(paths), analysis.flows, analysis.tunnels, range(len(analysis.flows)), Bounds(3, 2, 10))
    for packets in found.values():
        payloads = [packet for packet in packets if packet.payload]
        assert len(payloads) <= 3
        for side in (True, False):
            assert sum(packet.from_initiator is side for packet in payloads) <= 2
        assert all(len(packet.payload) <= 10 for packet in packets)


def test_standard_input_cannot_be_read_again(samples: Path) -> None:
    """The error says what to do."""
    analysis = analyse([str(samples / "vlan.pcap")], Settings())
    with pytest.raises(InputError, match="save it"):
        excerpts(Captures(["-"]), analysis.flows, {}, [0], EVERYTHING)


def test_packets_behind_a_gap_are_found_as_they_were_first(tmp_path: Path) -> None:
    """Damage that was passed over when the flows were counted is passed over once more."""
    path = tmp_path / "a.pcap"
    write(path, *((second, udp(sport=2000 + second, data=b"number %d" % second)) for second in range(20)))
    data = path.read_bytes()
    at = data.index(b"number 3") + len(b"number 3")
    path.write_bytes(data[:at] + b"\xff" * 50 + data[at:])
    analysis = analyse([str(path)], Settings(resync=True))
    last = int(np.argmax(analysis.flows.initiator_port))
    rest = analysis.flows, analysis.tunnels, [last], EVERYTHING
    (packet,) = excerpts(Captures([str(path)], resync=True), *rest)[last]
    assert packet.payload == b"number 19"
    assert not excerpts(Captures([str(path)]), *rest)[last]
