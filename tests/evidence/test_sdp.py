"""Session descriptions: where media will flow."""

import numpy as np
import pytest

from annotator.evidence.sdp import announced, has_media
from annotator.kernel.load import view

# RFC 8866 section 5, with a medium that has its own connection
DESCRIPTION = (
    b"v=0\r\no=alice 53655765 2353687637 IN IP4 pc33.atlanta.com\r\ns=-\r\nc=IN IP4 192.0.2.101\r\nt=0 0\r\n"
    b"m=audio 49172 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\nm=video 51372/2 RTP/SAVPF 99\r\nc=IN IP6 2001:db8::7\r\n"
    b"a=rtcp:53020\r\nm=image 6000 udptl t38\r\n"
)


def test_media_are_read_with_their_rtcp() -> None:
    """A medium's own connection stands before the session's; RTP brings the port above it, and a=rtcp another."""
    assert announced(DESCRIPTION) == [
        ("2001:db8::7", "udp", 53020),
        ("192.0.2.101", "udp", 49172),
        ("192.0.2.101", "udp", 49173),
        ("2001:db8::7", "udp", 51372),
        ("2001:db8::7", "udp", 51373),
        ("192.0.2.101", "udp", 6000),
    ]


@pytest.mark.parametrize("raw", [b"", b"m=audio 0 RTP/AVP 0\r\n", b"m=audio 99999 RTP/AVP 0\r\n", b"m=audio\r\n\xff\0"])
def test_ports_that_are_none_are_passed_over(raw: bytes) -> None:
    """Port 0 refuses a medium (RFC 3264 section 6)."""
    assert announced(raw) == []


@pytest.mark.parametrize(
    ("payload", "media"),
    [
        (DESCRIPTION, True),
        (b"x\nm=audio", True),
        (b"x\nm=", False),
        (b"m=audio", False),
        (b"\nm=text 1", False),
        (b"", False),
    ],
)
def test_a_medium_stands_at_the_start_of_a_line(payload: bytes, media: bool) -> None:
    assert has_media(view(np.frombuffer(payload or b"\0", np.uint8)), 0, len(payload)) == media
