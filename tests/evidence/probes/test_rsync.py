"""rsync: the daemon's greeting."""

import pytest

from annotator.evidence.probe import ANY_ROLE
from annotator.evidence.probes.rsync import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown, waits


@pytest.mark.parametrize(
    "case",
    [
        Case(b"@RSYNCD: 31.0 sha512 md5\n", STREAM, "greeting", ANY_ROLE, "RSYNCD: 31.0 sha512 md5"),
        Case(b"@RSYNCD: 29\n", STREAM, "greeting", ANY_ROLE, "RSYNCD: 29"),
    ],
)
def test_messages_are_known(case: Case) -> None:
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"@RSYNCD: EXIT\n",
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    unknown(PROBE, payload, STREAM)


def test_a_greeting_without_its_end_is_waited_for() -> None:
    waits(PROBE, b"@RSYNCD: 31")


def test_in_mid_stream_it_shows_nothing() -> None:
    unknown(PROBE, b"@RSYNCD: 31.0\n", MIDDLE, 0)
