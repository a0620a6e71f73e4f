"""Flows that another flow announced."""

from pathlib import Path

from scapy.layers.inet import IP, TCP

import annotator
from annotator.pipeline import analyse
from tests.decode.decoding import ether
from tests.written import write

TRANSFERS = Path(__file__).parents[1] / "samples" / "transfers.pcapng"


def test_announced_flows_name_their_announcer_and_are_no_unknown_ports() -> None:
    """FTP's data connections and TFTP's reply ports have the Community ID of the flow that announced them."""
    flows = annotator.annotate(TRANSFERS).flows
    related = flows[flows["related_to"].notna()]
    assert len(related)
    assert not related["unknown_port"].any()
    announcers = flows[flows["community_id"].isin(set(related["related_to"]))]
    assert set(announcers["observed"]) >= {"ftp", "tftp"}


def test_of_several_announcers_the_latest_counts_in_every_run(tmp_path: Path) -> None:
    """The order of flows within a batch is drawn anew in every run; who is named does not depend on it."""
    controls = 8

    def segment(second: int, client: int, payload: bytes, port: int = 21, back: bool = False) -> tuple[int, object]:
        ends = ("10.0.0.2", "10.0.0.1") if back else ("10.0.0.1", "10.0.0.2")
        ports = (port, client) if back else (client, port)
        ip = IP(src=ends[0], dst=ends[1])
        return second, ether() / ip / TCP(sport=ports[0], dport=ports[1], flags="PA", seq=1, ack=1) / payload

    packets = []
    for second in range(controls):
        packets.append(segment(second, 40000 + second, b"PASV\r\n"))
        packets.append(segment(second, 40000 + second, b"227 Entering Passive Mode (10,0,0,2,28,46).\r\n", back=True))
    path = write(tmp_path / "a.pcap", *packets, segment(controls, 50000, bytes(20), port=28 * 256 + 46))
    for _ in range(5):
        assert analyse([path]).flows.related_to.tolist() == [-1] * controls + [controls - 1]
