"""The hypotheses are words that the installed tshark knows."""

import shutil
from pathlib import Path

import pytest

from annotator.evidence.hypotheses import HYPOTHESES
from annotator.evidence.tshark import Tshark
from annotator.model import TCP


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_takes_every_filter_and_dissector(samples: Path) -> None:
    """No display filter is refused, and no dissector unknown."""
    needs, decode_as = [], {}
    for proto, tried in HYPOTHESES.items():
        needs += [f"({need})" for hypothesis in tried for need in hypothesis.needs]
        for port, hypothesis in enumerate(tried, 40001):
            decode_as[f"{'tcp' if proto == TCP else 'udp'}.port=={port}"] = hypothesis.dissector
    Tshark(60).protocols(samples / "vlan.pcap", " or ".join(needs), decode_as)


def test_protocols_have_our_names() -> None:
    """What tshark calls otherwise is shown under one name here."""
    names = {hypothesis.protocol for tried in HYPOTHESES.values() for hypothesis in tried}
    assert {"redis", "postgresql", "pop3", "ssh", "dns"} <= names
    assert not {"resp", "pgsql", "pop"} & names
