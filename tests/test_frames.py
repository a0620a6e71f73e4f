"""The frames of flows are exactly those that the flow table counted."""

from pathlib import Path

import numpy as np
import pytest

from annotator.packets import frames_of
from annotator.pipeline import analyse
from annotator.settings import Settings

CAPTURES = ("office.pcapng", "fragments.pcap", "vlan.pcap", "sctp.pcap", "ipv6.pcapng", "scan.pcapng", "midstream.pcap")


@pytest.mark.parametrize("name", CAPTURES)
def test_each_flow_has_its_frames(samples: Path, name: str) -> None:
    """One flow at a time: as many frames as packets, the first one first, and no frame twice."""
    path = str(samples / name)
    analysis = analyse([path])
    flows = analysis.flows
    packets = flows.initiator_packets + flows.responder_packets
    rows = np.arange(len(flows))[:: max(len(flows) // 12, 1)]
    for row in rows.tolist():
        (frames,) = frames_of(analysis, [path], np.array([row]))
        assert len(frames) == packets[row]
        assert not len(frames) or frames[0] == flows.first_frame[row]


@pytest.mark.parametrize(
    "settings", [Settings(), Settings(idle_timeout_s=0.2), Settings(bpf="tcp"), Settings(ignore_vlan=True)]
)
def test_all_flows_have_all_frames(samples: Path, settings: Settings) -> None:
    """Split flows, filtered packets and joined VLANs among them: halves of the flows share no frame out."""
    paths = [str(samples / "office.pcapng"), str(samples / "vlan.pcap")]
    analysis = analyse(paths, settings)
    flows = analysis.flows
    packets = flows.initiator_packets + flows.responder_packets
    half = np.arange(0, len(flows), 2)
    rest = np.arange(1, len(flows), 2)
    one, two = (frames_of(analysis, paths, rows) for rows in (half, rest))
    assert sum(map(len, one)) == packets[half].sum()
    assert sum(map(len, two)) == packets[rest].sum()
    for mine, other in zip(one, two, strict=True):
        assert not np.isin(mine, other).any()


def test_a_tunnel_s_packet_belongs_to_both_flows(samples: Path) -> None:
    """The frame of an inner flow is the outer flow's too, and is written once."""
    path = str(samples / "vxlan.pcapng")
    analysis = analyse([path])
    flows = analysis.flows
    inner = np.flatnonzero(flows.tunnel != 0)
    outer = np.flatnonzero(flows.tunnel == 0)
    assert len(inner)
    (of_inner,), (of_outer,) = (frames_of(analysis, [path], rows) for rows in (inner, outer))
    assert np.isin(of_inner, of_outer).all()
    (both,) = frames_of(analysis, [path], np.arange(len(flows)))
    assert both.tolist() == of_outer.tolist()
