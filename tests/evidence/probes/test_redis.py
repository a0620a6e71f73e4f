"""Tests of the redis probe."""

import pytest

from annotator.evidence.probe import ANY_ROLE, CLIENT, SERVER, SPECULATIVE
from annotator.evidence.probes.redis import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown, waits

PING = b"*1\r\n$4\r\nPING\r\n"
SET = b"*3\r\n$3\r\nset\r\n$4\r\nname\r\n$3\r\nabc\r\n"
MODULE = b"*2\r\n$8\r\nFT._LIST\r\n$1\r\n0\r\n"


@pytest.mark.parametrize(
    "case",
    [
        Case(PING, STREAM, "RESP command", CLIENT, "PING"),
        Case(PING + SET, MIDDLE, "RESP command", CLIENT, "PING"),
        Case(SET, MIDDLE, "RESP command", CLIENT, "set"),
        Case(b"*2\r\n$7\r\nCOMMAND\r\n$4\r\nDOCS\r\n", STREAM, "RESP command", CLIENT, "COMMAND"),
        Case(MODULE, STREAM, "RESP command", ANY_ROLE, "FT._LIST"),
        Case(b"$5\r\nhello\r\n", STREAM, "RESP reply", SERVER),
        Case(b"$5\r\nhello\r\n+OK\r\n", STREAM, "RESP reply", SERVER, grade=SPECULATIVE),
        Case(b"-NOAUTH Authentication required.\r\n", STREAM, "RESP error", SERVER, grade=SPECULATIVE),
        Case(b"*2\r\n:1\r\n:2\r\n", STREAM, "RESP reply", SERVER, grade=SPECULATIVE),
    ],
)
def test_commands_and_replies_are_known(case: Case) -> None:
    """A command proves itself in mid-stream too; replies are weaker."""
    known(PROBE, case)


def test_an_array_that_could_be_either_has_no_role() -> None:
    """A list of keys is written just as a command is: only the names of commands tell who speaks."""
    known(PROBE, Case(b"*2\r\n$5\r\nalpha\r\n$4\r\nbeta\r\n", MIDDLE, "RESP command", ANY_ROLE, "alpha"))


def test_a_command_in_pieces_is_waited_for() -> None:
    """In its count, its length and its name."""
    for length in (4, 6, 9):
        waits(PROBE, PING[:length])


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (b"*0\r\n$4\r\nPING\r\n", STREAM),
        (b"*1\n$4\nPING\n", STREAM),  # no CR
        (b"*1\r\n$5\r\nPING\r\n", STREAM),  # a length that does not fit
        (b"*1\r\n$4\r\nPI\0G\r\n", STREAM),  # no name
        (b"* a list in Markdown\r\n", STREAM),
        (b"$5 for a beer\r\n", STREAM),
        (b"$5\r\nhello\r\n", MIDDLE),
        (b"*99999999999\r\n$4\r\nPING\r\n", STREAM),
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes, context: int) -> None:
    """Counts and lengths that do not add up, and text that begins alike."""
    unknown(PROBE, payload, context)
