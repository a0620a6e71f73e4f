"""Settings: what is asked for is done, and told."""

from pathlib import Path

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Dot1Q

from annotator.errors import UsageError
from annotator.model import Scope
from annotator.pipeline import analyse
from annotator.settings import Settings
from tests.decode.decoding import ether
from tests.written import udp, write


def test_settings_are_in_force_and_in_the_options(tmp_path: Path) -> None:
    """Timeouts, VLANs and local networks: what was asked for is done, and is told."""
    tagged = ether() / Dot1Q(vlan=5) / IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=40000, dport=7214) / b"x"
    path = write(tmp_path / "a.pcap", (0, udp()), (2, tagged), (100, udp()))
    assert len(analyse([path]).flows) == 3
    assert len(analyse([path], Settings(idle_timeout_s=0)).flows) == 2
    assert len(analyse([path], Settings(idle_timeout_s=0, ignore_vlan=True)).flows) == 1
    assert len(analyse([path], Settings(idle_timeout_s=0, active_timeout_s=50)).flows) == 3
    local = analyse([path], Settings(local=("10.0.0.2/32",)))
    assert set(local.flows.initiator_scope.tolist()) == {Scope.REMOTE}
    assert set(local.flows.responder_scope.tolist()) == {Scope.LOCAL}
    assert local.options["local"] == ["10.0.0.2/32"]
    assert local.options["idle_timeout"] == {"tcp": 300.0, "other": 60.0}
    assert analyse([path], Settings(idle_timeout_s=7)).options["idle_timeout"] == 7
    with pytest.raises(UsageError, match="nonsense"):
        analyse([path], Settings(local=("nonsense",)))
