"""FTP: what only it says, and the ends of data connections."""

import pytest

from annotator.evidence.probe import ANNOUNCE, CLIENT, CONFIRMED, FOLLOW, SERVER, SPECULATIVE, TCP, UPGRADE
from annotator.evidence.probes.ftp import PROBE, announced
from tests.evidence.probes.asking import Said, ask, confirms, nominated, survives

KNOWN = [
    (b"220 ProFTPD 1.3 Server\r\n", Said(CONFIRMED, SERVER, "greeting 220", "ProFTPD 1.3 Server", FOLLOW)),
    (b"220-Welcome\r\n220 to our FTP server\r\n", Said(CONFIRMED, SERVER, "greeting 220", "Welcome", FOLLOW)),
    (b"220 Service ready for new user.\r\n", Said(SPECULATIVE, SERVER, "greeting 220", "Service ready for new user.")),
    (b"331 User name okay, need password.\r\n", Said(CONFIRMED, SERVER, "login", "", FOLLOW)),
    (b"227 Entering Passive Mode (192,0,2,1,4,1)\r\n", Said(CONFIRMED, SERVER, "passive port", "", FOLLOW | ANNOUNCE)),
    (
        b"229 Entering Extended Passive Mode (|||6446|)\r\n",
        Said(CONFIRMED, SERVER, "passive port", "", FOLLOW | ANNOUNCE),
    ),
    (b"PORT 192,0,2,9,7,138\r\n", Said(CONFIRMED, CLIENT, "active port", "", FOLLOW | ANNOUNCE)),
    (b"EPRT |2|2001:db8::1|5282|\r\n", Said(CONFIRMED, CLIENT, "active port", "", FOLLOW | ANNOUNCE)),
    (b"AUTH TLS\r\n", Said(CONFIRMED, CLIENT, "AUTH TLS", "", UPGRADE)),
    (b"auth ssl\r\n", Said(CONFIRMED, CLIENT, "AUTH TLS", "", UPGRADE)),
    (b"SYST\r\n", Said(CONFIRMED, CLIENT, "command", "", FOLLOW)),
    (b"TYPE I\r\n", Said(CONFIRMED, CLIENT, "command", "", FOLLOW)),
    (b"USER anonymous\r\n", Said(SPECULATIVE, CLIENT, "login", "")),
]


@pytest.mark.parametrize(("payload", "said"), KNOWN)
def test_words_of_ftp_are_known(payload: bytes, said: Said) -> None:
    assert nominated(PROBE, payload)
    assert ask(PROBE, payload) == said


@pytest.mark.parametrize(
    "payload",
    [
        b"220 mx.example.org ESMTP, no FTP here\r\n",
        b"227 nothing\r\n",
        b"PORT of call\r\n",
        b"TYPE of thing\r\n",
        b"SYSTEM\r\n",
        b"AUTH PLAIN\r\n",
        b"AUTH TLS\r\nUSER x\r\n",
        b"230 Logged in, FTP\r\n",
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    assert not confirms(PROBE, payload)


def test_commands_are_known_in_mid_stream_and_greetings_are_not() -> None:
    assert ask(PROBE, b"PASV\r\n", TCP).grade == CONFIRMED
    assert ask(PROBE, b"220 FTP ready\r\n", TCP).grade < CONFIRMED


@pytest.mark.parametrize(
    ("raw", "ends"),
    [
        (KNOWN[4][0], [("192.0.2.1", "tcp", 1025)]),
        (KNOWN[5][0], [("", "tcp", 6446)]),
        (KNOWN[6][0], [("192.0.2.9", "tcp", 1930)]),
        (KNOWN[7][0], [("2001:db8::1", "tcp", 5282)]),
        (b"227 Entering Passive Mode (192,0,2,1,4,999)\r\n", []),
        (b"229 (|||99999|)\r\n", []),
        (b"\xff\x00", []),
    ],
)
def test_ends_are_read(raw: bytes, ends: list[tuple[str, str, int]]) -> None:
    """RFC 959 section 4.1.2 and RFC 2428: six numbers, or protocol, address and port between bars."""
    assert announced(raw) == ends


@pytest.mark.parametrize("payload", [payload for payload, _ in KNOWN])
def test_every_beginning_gives_an_answer(payload: bytes) -> None:
    survives(PROBE, payload)
    survives(PROBE, payload, TCP)
