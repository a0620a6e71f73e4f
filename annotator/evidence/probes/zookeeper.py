"""ZooKeeper: the connect request and its answer, and the four-letter words."""

from typing import Any

from annotator.evidence.probe import CLIENT, CONFIRMED, NOTHING, SERVER, SPECULATIVE, START, Answer, Probe, tcp, verdict
from annotator.kernel.load import be32

CONNECT_BYTES = (44, 45)
ANSWER_BYTES = (36, 37)


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Length; protocol version 0; last zxid or timeout; timeout; session; a password of 16 bytes."""
    if not context & START:
        return NOTHING
    if finish - i == 4 and end - i == 4:
        word = be32(data, i)
        if word in (0x72756F6B, 0x73746174, 0x6D6E7472, 0x73727672, 0x636F6E66, 0x656E7669):  # ruok stat mntr srvr ...
            return verdict(SPECULATIVE, CLIENT, 2), i, 4
        return NOTHING
    if end - i < 40 or be32(data, i) != finish - i - 4 or be32(data, i + 4) != 0:
        return NOTHING
    size = be32(data, i)
    if size in CONNECT_BYTES and end - i >= 48:
        timeout = be32(data, i + 16)
        if 0 < timeout <= 3_600_000 and be32(data, i + 28) == 16:
            return verdict(CONFIRMED, CLIENT, 0), 0, 0
    if size in ANSWER_BYTES and 0 < be32(data, i + 8) <= 3_600_000 and be32(data, i + 20) == 16:
        return verdict(CONFIRMED, SERVER, 1), 0, 0
    return NOTHING


PROBE = Probe(
    name="zookeeper",
    title="Apache ZooKeeper",
    sources=("ZooKeeper jute: ConnectRequest, ConnectResponse", "ZooKeeper administrator's guide: four-letter words"),
    bases=("connect request", "connect response", "four-letter word"),
    signatures=(
        tcp(b"\x00\x00\x00\x2c\x00\x00\x00\x00", mask=b"\xff\xff\xff\xfe\xff\xff\xff\xff", shortest=48, longest=49),
        tcp(b"\x00\x00\x00\x24\x00\x00\x00\x00", mask=b"\xff\xff\xff\xfe\xff\xff\xff\xff", shortest=40, longest=41),
        tcp(b"ruok", longest=4),
        tcp(b"mntr", longest=4),
        tcp(b"srvr", longest=4),
        tcp(b"stat", longest=4),
        tcp(b"envi", longest=4),
        tcp(b"conf", longest=4),
    ),
    confirm=confirm,
    strength=75,
)
