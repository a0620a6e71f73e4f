"""What the key says of a flow's ends, as columns."""

import numpy as np
import pytest

from annotator.flow.ends import read_ends
from annotator.flow.table import FlowSettings, FlowTable
from annotator.model import SCTP, TCP, UDP, HeaderFlag
from tests.flow.talk import headers


@pytest.mark.parametrize(("word", "number"), [("tcp", TCP), ("udp", UDP), ("sctp", SCTP)])
def test_ports_and_protocol(word: str, number: int) -> None:
    """In the order of the canonical ends, whoever sent first."""
    table = FlowTable(FlowSettings())
    table.add(headers([f"0 {word} b:65535 > a:1"]), 0)
    ends = read_ends(table.rows())
    assert (ends.a_port.tolist(), ends.b_port.tolist()) == ([1], [65535])
    assert ends.version.tolist() == [4]
    assert ends.proto.tolist() == [number]
    assert ends.has_ports.tolist() == [True]


def test_a_fragment_without_its_first_has_none() -> None:
    table = FlowTable(FlowSettings())
    rows = headers(["0 udp a:1 > b:2 len=5 fragment"])
    rows["flags"] &= ~np.uint16(HeaderFlag.PORTS)
    table.add(rows, 0)
    assert read_ends(table.rows()).has_ports.tolist() == [False]
