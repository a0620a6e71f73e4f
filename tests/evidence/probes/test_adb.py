"""Tests of the adb probe."""

import pytest

from annotator.evidence.probe import ANY_ROLE, CLIENT
from annotator.evidence.probes.adb import PROBE
from tests.evidence.probes.cases import MIDDLE, Case, known, unknown


def message(command: bytes, body: bytes = b"") -> bytes:
    """Put the header before a body: arguments, length, checksum, the command turned."""
    checksum = sum(body).to_bytes(4, "little")
    turned = bytes(byte ^ 255 for byte in command)
    return command + bytes.fromhex("00000001 00001000") + len(body).to_bytes(4, "little") + checksum + turned + body


CONNECT = message(b"CNXN", b"host::features=shell_v2,cmd")
OPEN = message(b"OPEN", b"shell:\0")


@pytest.mark.parametrize(
    "case",
    [
        Case(CONNECT, MIDDLE, "message header", ANY_ROLE, "host::features=shell_v2,cmd"),
        Case(message(b"CNXN", b"device::\0"), MIDDLE, "message header", ANY_ROLE, "device::\0"),
        Case(message(b"AUTH", bytes(20)), MIDDLE, "message header", ANY_ROLE),
        Case(message(b"STLS"), MIDDLE, "message header", ANY_ROLE),
        Case(OPEN, MIDDLE, "message header", CLIENT),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """The command and its complement; what a device says of itself is the label."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        *(CONNECT[:k] + bytes([CONNECT[k] ^ 1]) + CONNECT[k + 1 :] for k in range(20, 24)),
        CONNECT[:15] + b"\x01" + CONNECT[16:],  # 16 MiB
        b"OPEN the door, please, and close it",
        CONNECT[:23],
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Any bit of the complement changed, and a word that begins alike."""
    unknown(PROBE, payload, MIDDLE, 0)
