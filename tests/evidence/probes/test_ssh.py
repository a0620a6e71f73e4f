"""SSH: the identification string."""

import pytest

from annotator.evidence.probe import CONFIRMED, MORE, NO, START, TCP
from annotator.evidence.probes.ssh import PROBE
from tests.evidence.probes.asking import ask


@pytest.mark.parametrize(
    ("payload", "grade", "label"),
    [
        (b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", CONFIRMED, "SSH-2.0-OpenSSH_9.2p1 Debian-2"),
        (b"SSH-1.99-Cisco-1.25\n", CONFIRMED, "SSH-1.99-Cisco-1.25"),
        (b"SSH-2.0-OpenSSH_9.2", MORE, ""),  # the line has not ended yet
        (b"SSH-3.0-x\r\n", NO, ""),
        (b"SSH-2.0\r\n", NO, ""),  # no software version
        (b"SSH-2.0-\x01\r\n", NO, ""),
        (b"SSH-2.0-" + b"a" * 300 + b"\r\n", NO, ""),  # longer than 255
    ],
)
def test_banners(payload: bytes, grade: int, label: str) -> None:
    """A banner is known by its versions and its end."""
    said = ask(PROBE, payload)
    assert (said.grade, said.label) == (grade, label)


def test_a_banner_in_mid_stream_is_none() -> None:
    """It is the first thing that either end says."""
    assert ask(PROBE, b"SSH-2.0-OpenSSH_9.2\r\n", TCP).grade == NO
    assert ask(PROBE, b"SSH-2.0-OpenSSH_9.2\r\n", TCP | START).grade == CONFIRMED
