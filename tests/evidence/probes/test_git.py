"""Git: requests and references."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER
from annotator.evidence.probes.git import PROBE
from tests.evidence.probes.cases import STREAM, Case, known, unknown

NAME = b"7217a7c7e582c46cec22a130adf4b9d7d950fba0"


@pytest.mark.parametrize(
    "case",
    [
        # gitprotocol-pack(5)
        Case(b"0033git-upload-pack /project.git\0host=myserver.com\0", STREAM, "request", CLIENT, "/project.git"),
        Case(b"0046" + NAME + b" HEAD\0multi_ack thin-pack\n", STREAM, "references", SERVER),
        Case(b"000eversion 2\n0000", STREAM, "version 2 capabilities", SERVER),
    ],
)
def test_messages_are_known(case: Case) -> None:
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"0030git-upload-pack /project.git\0host=myserver.com\0"[:40],
        b"0032git-upload-pack-/project.git-host=myserver.com\0",
        b"0046" + b"x" * 40 + b" HEAD\0multi_ack thin-pack\n",
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    unknown(PROBE, payload, STREAM)
