"""DTLS: datagrams of records."""

from typing import Any, Final

from annotator.evidence import hello
from annotator.evidence.probe import (
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    SPECULATIVE,
    Answer,
    Probe,
    udp,
    verdict,
)
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, u8

CLIENT_HELLO, SERVER_HELLO, HELLO_VERIFY, HANDSHAKE, RECORDS = range(5)
HEADER: Final = 13
"""Type, version, epoch, sequence number, length (RFC 6347 section 4.1)."""


@kernel
def records(data: Any, i: int, end: int, finish: int) -> int:
    """Count the record headers of a datagram; 0 where one is none, or the records do not fill the datagram."""
    count = 0
    while i + HEADER <= end:
        kind, version = u8(data, i), be16(data, i + 1)
        if kind < 20 or kind > 23 or (version != 0xFEFF and version != 0xFEFD and version != 0x0100):
            return 0
        i += HEADER + be16(data, i + 11)
        count += 1
    return count if i == finish or (i > end and end < finish and i <= finish) else 0


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Records that fill the datagram exactly; in the clear (epoch 0), the handshake message in the first of them."""
    if records(data, i, end, finish) == 0:
        return NOTHING
    kind, epoch = u8(data, i), be16(data, i + 3)
    body = i + HEADER + 12
    if kind != 22 or epoch != 0:
        sensible = epoch < 16 and (kind != 20 or be16(data, i + 11) <= 3)
        return (verdict(CONFIRMED if sensible else SPECULATIVE, ANY_ROLE, RECORDS), 0, 0)
    if body > end:
        return verdict(SPECULATIVE, ANY_ROLE, RECORDS), 0, 0
    # RFC 6347 section 4.2.2: type, length, message number, offset and length of this fragment
    what, whole = u8(data, i + 13), u8(data, i + 14) << 16 | be16(data, i + 15)
    offset, part = u8(data, i + 19) << 16 | be16(data, i + 20), u8(data, i + 22) << 16 | be16(data, i + 23)
    record_end = i + HEADER + be16(data, i + 11)
    if offset + part > whole or body + part > record_end or what > 25:
        return NOTHING
    if offset > 0 or part < whole:
        if what == 1 and offset == 0:
            state, at, length = hello.client_hello(data, body, min(end, body + part), body + whole, True)
            if state != hello.BAD:
                return verdict(CONFIRMED, CLIENT, CLIENT_HELLO), at, length
            return NOTHING
        return verdict(CONFIRMED, ANY_ROLE, HANDSHAKE), 0, 0
    stored = min(end, body + whole)
    if what == 1:
        state, at, length = hello.client_hello(data, body, stored, body + whole, True)
        if state == hello.BAD:
            return NOTHING
        return verdict(CONFIRMED if state > hello.SHORT else SPECULATIVE, CLIENT, CLIENT_HELLO), at, length
    if what == 2:
        state, _ = hello.server_hello(data, body, stored, body + whole)
        if state == hello.BAD:
            return NOTHING
        return verdict(CONFIRMED if state > hello.SHORT else SPECULATIVE, SERVER, SERVER_HELLO), 0, 0
    if what == 3:
        if whole < 3 or body + 3 > end or whole != 3 + u8(data, body + 2):
            return NOTHING
        return verdict(CONFIRMED, SERVER, HELLO_VERIFY), 0, 0
    return verdict(CONFIRMED, SERVER if what == 12 or what == 14 else ANY_ROLE, HANDSHAKE), 0, 0


PROBE = Probe(
    name="dtls",
    title="Datagram Transport Layer Security",
    sources=("RFC 6347 sections 4.1 and 4.2", "RFC 8446 section 4.1"),
    bases=("ClientHello", "ServerHello", "HelloVerifyRequest", "handshake record", "chain of records"),
    signatures=(
        *(udp(bytes((kind, 0xFE, 0xFD)), mask=b"\xff\xff\xfd", shortest=HEADER) for kind in (20, 21, 22, 23)),
        *(udp(bytes((kind, 1, 0, 0)), shortest=HEADER + 12) for kind in (20, 22, 23)),
    ),
    confirm=confirm,
    strength=88,
    label=hello.label,
)
