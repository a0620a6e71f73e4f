"""What is written as a small capture reads as the same flow with other ports."""

from pathlib import Path

import numpy as np

from annotator.excerpt import Bounds, Captures, excerpts
from annotator.model import TCP, UDP
from annotator.pipeline import analyse
from annotator.settings import Settings
from annotator.small_capture import SmallCapture


def test_flows_survive_with_other_ports(samples: Path, tmp_path: Path) -> None:
    """Addresses, payload bytes and observations stay; ports are those that were given."""
    for name in ("office.pcapng", "ipv6.pcapng"):
        paths = [str(samples / name)]
        first = analyse(paths, Settings())
        flows = first.flows
        payload = flows.initiator_payload_bytes + flows.responder_payload_bytes
        rows = np.flatnonzero((payload > 0) & np.isin(flows.proto, (TCP, UDP))).tolist()
        found = excerpts(Captures(paths), flows, first.tunnels, rows, Bounds(1 << 30, 1 << 30))
        small = tmp_path / f"{name}.pcap"
        with small.open("wb") as file:
            capture = SmallCapture(file)
            for row in rows:
                capture.write(flows, row, found[row], (40000 + row, 30000))
        again = analyse([str(small)], Settings())
        ports = np.maximum(again.flows.initiator_port, again.flows.responder_port)
        assert sorted(ports.tolist()) == [40000 + row for row in rows]
        for at, port in enumerate(ports.tolist()):
            row = port - 40000
            total = again.flows.initiator_payload_bytes[at] + again.flows.responder_payload_bytes[at]
            assert total == payload[row]
            assert again.flows.observed[at] == flows.observed[row] or flows.observed_grade[row] < 3
