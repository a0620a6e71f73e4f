"""Telnet: option negotiation."""

from typing import Any, Final

from annotator.evidence.probe import ANY_ROLE, CONFIRMED, NOTHING, SPECULATIVE, START, Answer, Probe, tcp, verdict
from annotator.kernel.load import u8

IAC, SB, SE, WILL, DONT = 0xFF, 0xFA, 0xF0, 0xFB, 0xFE
"""Interpret as command, begin and end of subnegotiation, and the first and last of WILL, WONT, DO, DONT."""
LAST_OPTION: Final = 49  # IANA's table of Telnet options; 138 to 140 and 255 stand apart
MOST_COMMANDS: Final = 64


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Commands from the start on: WILL, WONT, DO or DONT with an option, or a subnegotiation with its end."""
    commands = 0
    k = i
    while k + 3 <= end and u8(data, k) == IAC and commands < MOST_COMMANDS:
        command, option = u8(data, k + 1), u8(data, k + 2)
        known = option <= LAST_OPTION or 138 <= option <= 140 or option == 255 or 85 <= option <= 93  # 85-93: MUD's
        if not known:
            return NOTHING
        if WILL <= command <= DONT:
            k += 3
        elif command == SB:
            k += 3
            while k + 2 <= end and not (u8(data, k) == IAC and u8(data, k + 1) == SE):
                k += 1
            if k + 2 > end:
                break
            k += 2
        else:
            return NOTHING
        commands += 1
    if commands == 0:
        return NOTHING
    sure = commands >= 2 if context & START else commands >= 2 and k == finish
    return verdict(CONFIRMED if sure else SPECULATIVE, ANY_ROLE, 0), 0, 0


PROBE = Probe(
    name="telnet",
    title="Telnet",
    sources=("RFC 854", "RFC 855", "IANA Telnet Options"),
    bases=("option negotiation",),
    signatures=(
        tcp(b"\xff\xfb\x00", mask=b"\xff\xff\x00"),
        *(tcp(bytes((IAC, command))) for command in (0xFA, 0xFC, 0xFD, 0xFE)),
    ),
    confirm=confirm,
    strength=55,
)
