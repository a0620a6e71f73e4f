"""The port never reaches a probe: with the ports of a capture rewritten, everything that is observed stays the same."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from annotator.capture import open_capture
from annotator.decode import Decoder
from annotator.decode.fragments import Fragments
from annotator.decode.tunnels import TunnelBook
from annotator.evidence import Observer
from annotator.evidence.findings import find
from annotator.flow.table import FlowSettings, FlowTable
from annotator.model import PORT_TRANSPORT
from tests.samples.table import CAPTURES, SAMPLES

PORTS = np.arange(65536, dtype=np.uint16)
Flow = tuple[str, int, str, str, str, bool, bool]
"""Protocol, grade, basis, label, who asked, and whether it looks random or contradicts itself."""


def rewritten() -> dict[str, NDArray[np.uint16]]:
    """Give mappings of ports that keep flows apart: each is one to one."""
    well_known, dynamic = PORTS[:1024], PORTS[64512:]
    swapped = PORTS.copy()
    swapped[well_known], swapped[dynamic] = dynamic, well_known
    return {
        "turned": PORTS[::-1].copy(),
        "swapped": swapped,
        "random": np.random.default_rng(1).permutation(PORTS),
    }


def observe(path: Path, ports: NDArray[np.uint16]) -> list[Flow]:
    """Observe a capture whose ports were rewritten behind the decoder; gives its flows in order."""
    reader = open_capture(str(path))
    decoder, table, fragments, observer = Decoder(TunnelBook()), FlowTable(FlowSettings()), Fragments(), Observer()
    try:
        for batch in reader.batches():
            for headers in decoder.decode(batch):
                tied = fragments.tie(headers, decoder.fragments, decoder.counts).copy()
                ported = np.isin(tied["proto"], list(PORT_TRANSPORT))
                for column in ("sport", "dport"):
                    tied[column][ported] = ports[tied[column][ported]]
                wanted = observer.look(batch, tied, table.add(tied, 0), table.shards)
                while len(wanted):
                    wanted = observer.look(batch, tied, table.more(tied, wanted), table.shards)
    finally:
        reader.close()
    rows = table.rows()
    findings = find(observer, rows)
    asked = np.where(findings.client < 0, "", np.where(findings.client == rows["first_from"], "first", "second"))
    return [
        (
            findings.names[protocol] if protocol >= 0 else "",
            grade,
            findings.bases[basis] if basis >= 0 else "",
            label,
            client,
            random,
            contradicts,
        )
        for protocol, grade, basis, label, client, random, contradicts in zip(
            findings.protocol.tolist(),
            findings.grade.tolist(),
            findings.basis.tolist(),
            findings.texts(np.arange(len(rows))),
            asked.tolist(),
            findings.random.tolist(),
            findings.contradicts.tolist(),
            strict=True,
        )
    ]


@pytest.mark.parametrize("capture", CAPTURES)
def test_rewriting_the_ports_of_a_sample_changes_nothing(capture: str) -> None:
    """Neither what is observed, nor on which evidence, nor who asked."""
    as_captured = observe(SAMPLES / capture, PORTS)
    assert any(flow[0] for flow in as_captured) or capture == "sctp.pcap"
    for name, ports in rewritten().items():
        assert observe(SAMPLES / capture, ports) == as_captured, name


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["ndpi"])
def test_rewriting_the_ports_of_real_captures_changes_nothing(shared: Path, folder: str) -> None:
    """The same, over hundreds of protocols."""
    captures = sorted((shared / "captures" / folder).glob("*.pcap*"))
    assert len(captures) > 300
    ports = rewritten()["random"]
    changed = [
        (path.name, before, after)
        for path in captures
        for before, after in zip(observe(path, PORTS), observe(path, ports), strict=True)
        if before != after
    ]
    assert changed == []
