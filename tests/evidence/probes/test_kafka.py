"""Tests of the kafka probe."""

import pytest

from annotator.evidence.probe import CLIENT
from annotator.evidence.probes.kafka import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown


def request(key: int, version: int, client: bytes, body: bytes = b"", correlation: int = 1) -> bytes:
    """Make a request with header version 1."""
    head = key.to_bytes(2, "big") + version.to_bytes(2, "big") + correlation.to_bytes(4, "big")
    whole = head + len(client).to_bytes(2, "big") + client + body
    return len(whole).to_bytes(4, "big") + whole


API_VERSIONS = request(18, 3, b"consumer-1", b"\0\x12apache-kafka-java\x063.6.0\0")
METADATA = request(3, 1, b"rdkafka", bytes.fromhex("ffffffff"))


@pytest.mark.parametrize(
    "case",
    [
        Case(API_VERSIONS, STREAM, "request header", CLIENT, "consumer-1"),
        Case(METADATA, STREAM, "request header", CLIENT, "rdkafka"),
    ],
)
def test_requests_are_known(case: Case) -> None:
    """The client's id is the label."""
    known(PROBE, case)


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (METADATA, MIDDLE),
        (METADATA + b"\0", STREAM),
        (METADATA[:-1], STREAM),
        (request(93, 0, b"rdkafka"), STREAM),  # no such key
        (request(3, 19, b"rdkafka"), STREAM),  # no such version
        (request(3, 1, b"rd\0afka"), STREAM),
        (request(3, 1, b"", bytes(4)), STREAM),
        (request(3, 1, b"rd", correlation=1 << 20), STREAM),  # a short id proves little
        (request(3, 1, b"rdkafka", correlation=1 << 31), STREAM),
    ],
)
def test_near_misses_are_not_known(payload: bytes, context: int) -> None:
    """Fields out of range, lengths that do not fit, mid-stream."""
    unknown(PROBE, payload, context, 0)
