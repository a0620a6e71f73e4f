"""What a probe is: the one type that every file under ``evidence/probes`` fills in.

A probe looks at one payload of one direction: a datagram, or the first bytes of a stream. It never learns a port.
It answers with a *verdict*, one integer, and the place of a *label* in the payload.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from annotator.kernel.jit import kernel

# grades: the low two bits of a verdict
NO: Final = 0
"""Not this protocol."""
MORE: Final = 1
"""It may be; the payload ends too early to say. More of the stream is put behind it, and the probe asked again."""
SPECULATIVE: Final = 2
"""A signature fits; the format was not parsed, or not far enough to be sure."""
CONFIRMED: Final = 3
"""The format was parsed and is consistent: lengths, versions, fields."""

# roles: who speaks like this
ANY_ROLE: Final = 0
CLIENT: Final = 1
SERVER: Final = 2

# what else a verdict asks for
FOLLOW: Final = 1
"""Keep looking at this direction: an upgrade (STARTTLS, CONNECT) or announced ports may come."""
UPGRADE: Final = 2
"""What follows in both directions is another protocol, looked at afresh: ``smtp`` becomes ``smtp+tls``."""
REPEAT: Final = 8
"""One payload proves little; a second of this direction whose label is the same confirms it (RTP's source)."""
ANNOUNCE: Final = 4
"""The payload names other endpoints: it is kept for :attr:`Probe.announced`."""

# context bits: all that a probe learns besides bytes
TCP: Final = 1
UDP: Final = 2
SCTP: Final = 4
START: Final = 8
"""The payload is a datagram, or begins where its stream begins. Without it the stream is joined in the middle:
confirm only what shows a whole frame of its own."""
GROUP: Final = 16
"""The destination is multicast or broadcast."""
LINK_LOCAL_GROUP: Final = 32
"""The destination is 224.0.0.251, 224.0.0.252, ff02::fb or ff02::1:3: mDNS's and LLMNR's own groups."""

Answer = tuple[int, int, int]
"""``(verdict, position of the label, its length)``; a length of 0 is no label."""

Confirm = Callable[[Any, int, int, int, int], Answer]
"""``confirm(data, i, end, finish, context)``: the payload is ``data[i:end]`` as far as it was captured; on the wire it
went on to `finish`. `data` is for the loads of :mod:`annotator.kernel.load` only. The number of steps is bounded by
the payload's length."""


@kernel
def verdict(grade: int, role: int, basis: int, wishes: int = 0) -> int:
    """Pack a verdict: grade 2 bits, role 2 bits, basis 6 bits (index into the probe's bases), wishes 4 bits."""
    return grade | (role << 2) | (basis << 4) | (wishes << 10)


NOTHING: Final[Answer] = (0, 0, 0)
"""The answer of a probe that does not know the payload."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Bytes that nominate a protocol: cheap to test, and no finding. Up to 8 bytes at a fixed offset."""

    transports: int
    """Context bits TCP, UDP, SCTP."""
    value: bytes
    at: int = 0
    mask: bytes = b""
    """Which bits of `value` count; empty is all of them."""
    shortest: int = 0
    """Payloads shorter on the wire than this are passed over."""
    longest: int = 1 << 30
    """And longer ones."""
    needs: int = 0
    """Context bits that a payload must have."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One protocol."""

    name: str
    """As observations show it: the names of the README's protocol table."""
    title: str
    """For people: ``Transport Layer Security``."""
    sources: tuple[str, ...]
    """What it was checked against: ``RFC 8446 section 5.1``."""
    bases: tuple[str, ...]
    """What showed it, for each basis number: ``ClientHello``."""
    signatures: tuple[Signature, ...]
    confirm: Confirm
    """A plain function; it is compiled when a capture first has a candidate for it."""
    strength: int = 50
    """How much the confirmation proves, 0 to 100: of two confirmed candidates the stronger one stands."""
    opens: bool = False
    """It only opens the path for another protocol (STUN): where one is confirmed behind it, that is the flow's."""
    label: Callable[[bytes], str] | None = None
    """Turns the bytes of a label into text; None is ASCII as it stands."""
    label_bytes: int = 255
    """The longest label that is kept; more only where `label` has to work it out of the payload (QUIC)."""
    announced: Callable[[bytes], list[tuple[str, str, int]]] | None = None
    """Reads (address, transport, port) out of a payload that asked for ANNOUNCE; an empty address is the sender's."""


def tcp(value: bytes, at: int = 0, mask: bytes = b"", shortest: int = 0, longest: int = 1 << 30) -> Signature:
    """Make a signature of a TCP stream's first bytes."""
    return Signature(TCP, value, at, mask, shortest, longest)


def udp(
    value: bytes, at: int = 0, mask: bytes = b"", shortest: int = 0, longest: int = 1 << 30, needs: int = 0
) -> Signature:
    """Make a signature of a datagram."""
    return Signature(UDP, value, at, mask, shortest, longest, needs)


def anywhere(value: bytes, at: int = 0, mask: bytes = b"", shortest: int = 0, longest: int = 1 << 30) -> Signature:
    """Make a signature that holds on TCP, UDP and SCTP."""
    return Signature(TCP | UDP | SCTP, value, at, mask, shortest, longest)
