"""Transport headers: ports, flags, what they say about the life of a flow, and where the payload starts.

Sources: RFC 9293 (TCP), RFC 768 (UDP), RFC 3828 (UDP-Lite), RFC 9260 (SCTP), RFC 4340 (DCCP), RFC 792 and
RFC 4443 (ICMP).
"""

from typing import Any, Final

from annotator.decode import reasons
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, u8
from annotator.model import DCCP, ICMP, ICMP6, SCTP, TCP, UDP, UDPLITE, HeaderFlag, Signal

Transport = tuple[int, int, int, int, int, int, int, int, int]
"""``(odd, flags, sport, dport, payload start, tcp flags, signal, seq, ack)``"""

FIN, SYN, RST, ACK = 1, 2, 4, 16
SCTP_INIT, SCTP_INIT_ACK, SCTP_ABORT, SCTP_SHUTDOWN, SCTP_SHUTDOWN_ACK, SCTP_SHUTDOWN_COMPLETE = (
    1,
    2,
    6,
    7,
    8,
    14,
)
DCCP_REQUEST, DCCP_RESPONSE, DCCP_CLOSEREQ, DCCP_CLOSE, DCCP_RESET = 0, 1, 5, 6, 7
MAX_CHUNKS: Final = 32

ICMP_REQUESTS: Final = (8, 10, 13, 15, 17)
"""Echo, router solicitation, timestamp, information, address mask (RFC 792, 950, 1256)."""
ICMP6_REQUESTS: Final = (128, 130, 133, 135, 139, 144)
"""Echo, MLD query, router and neighbour solicitation, node information, home agent discovery."""


@kernel
def tcp_header(data: Any, i: int, end: int, finish: int) -> Transport:
    """Read the TCP header at `i`: stored up to `end`, said to go up to `finish`."""
    if end - i < 4:
        return reasons.TRANSPORT_TRUNCATED, 0, 0, 0, finish, 0, 0, 0, 0
    sport, dport = be16(data, i), be16(data, i + 2)
    if end - i < 14:
        return reasons.TRANSPORT_TRUNCATED, HeaderFlag.PORTS, sport, dport, finish, 0, 0, 0, 0
    word = be16(data, i + 12)
    flags = word & 0x1FF
    signal = 0
    if flags & RST:
        signal = Signal.RST
    elif flags & SYN:
        signal = Signal.ACCEPT if flags & ACK else Signal.OPEN
    if flags & FIN:
        signal |= Signal.FIN
    if flags & ACK and not flags & RST:
        signal |= Signal.ACK
    header = (word >> 12) * 4
    odd = reasons.NONE
    if header < 20 or header > finish - i:
        odd = reasons.TCP_HEADER_LENGTH if finish <= end or header < 20 else reasons.TRANSPORT_TRUNCATED
        header = finish - i
    elif end - i < 20:
        odd = reasons.TRANSPORT_TRUNCATED
    return (
        odd,
        HeaderFlag.PORTS,
        sport,
        dport,
        i + header,
        flags,
        signal,
        be32(data, i + 4),
        be32(data, i + 8),
    )


@kernel
def udp_header(data: Any, i: int, end: int, finish: int, lite: bool) -> tuple[int, int, int, int, int, int]:
    """Read the UDP or UDP-Lite header at `i`: ``(odd, flags, sport, dport, payload start, payload end)``."""
    if end - i < 4:
        return reasons.TRANSPORT_TRUNCATED, 0, 0, 0, finish, finish
    sport, dport = be16(data, i), be16(data, i + 2)
    if end - i < 8 or finish - i < 8:
        return reasons.TRANSPORT_TRUNCATED, HeaderFlag.PORTS, sport, dport, finish, finish
    odd = reasons.NONE
    length = be16(data, i + 4)
    if not lite and length:  # UDP-Lite has its checksum coverage here; 0 is a jumbogram or segmentation offload
        if length < 8 or length > finish - i:
            odd = reasons.UDP_LENGTH
        else:
            finish = i + length
    return odd, HeaderFlag.PORTS, sport, dport, i + 8, finish


@kernel
def sctp_header(data: Any, i: int, end: int, finish: int) -> Transport:
    """Read the SCTP common header at `i` and the types of the first chunks."""
    if end - i < 4:
        return reasons.TRANSPORT_TRUNCATED, 0, 0, 0, finish, 0, 0, 0, 0
    sport, dport = be16(data, i), be16(data, i + 2)
    if end - i < 12:
        return reasons.TRANSPORT_TRUNCATED, HeaderFlag.PORTS, sport, dport, finish, 0, 0, 0, 0
    signal = 0
    sequence = 0
    j = i + 12
    for _ in range(MAX_CHUNKS):
        if end - j < 4:
            break
        chunk = u8(data, j)
        if chunk == SCTP_INIT:
            signal |= Signal.OPEN
            if end - j >= 8:
                sequence = be32(data, j + 4)  # the initiate tag tells one association from the next
        elif chunk == SCTP_INIT_ACK:
            signal |= Signal.ACCEPT
        elif chunk == SCTP_ABORT:
            signal |= Signal.RST
        elif chunk in (SCTP_SHUTDOWN, SCTP_SHUTDOWN_ACK, SCTP_SHUTDOWN_COMPLETE):
            signal |= Signal.FIN
        length = be16(data, j + 2)
        if length < 4:
            break
        j += (length + 3) & ~3
    return reasons.NONE, HeaderFlag.PORTS, sport, dport, i + 12, 0, signal, sequence, 0


@kernel
def dccp_header(data: Any, i: int, end: int, finish: int) -> Transport:
    """Read the DCCP generic header at `i`."""
    if end - i < 4:
        return reasons.TRANSPORT_TRUNCATED, 0, 0, 0, finish, 0, 0, 0, 0
    sport, dport = be16(data, i), be16(data, i + 2)
    if end - i < 12:
        return reasons.TRANSPORT_TRUNCATED, HeaderFlag.PORTS, sport, dport, finish, 0, 0, 0, 0
    kind = (u8(data, i + 8) >> 1) & 15
    signal = 0
    sequence = 0
    if kind == DCCP_REQUEST:
        signal = Signal.OPEN
        if u8(data, i + 8) & 1 and end - i >= 16:
            sequence = be32(data, i + 12)
    elif kind == DCCP_RESPONSE:
        signal = Signal.ACCEPT
    elif kind in (DCCP_CLOSE, DCCP_CLOSEREQ):
        signal = Signal.FIN
    elif kind == DCCP_RESET:
        signal = Signal.RST
        code = i + (24 if u8(data, i + 8) & 1 else 20)  # behind the acknowledgement subheader (section 5.6)
        if end > code and u8(data, code) == 1:  # "closed"
            signal = Signal.FIN
    return (
        reasons.NONE,
        HeaderFlag.PORTS,
        sport,
        dport,
        min(i + u8(data, i + 4) * 4, finish),
        0,
        signal,
        sequence,
        0,
    )


@kernel
def icmp_header(data: Any, i: int, end: int, finish: int, six: bool) -> Transport:
    """Read the ICMP header at `i`; type and code stand where ports stand."""
    if end - i < 2:
        return reasons.TRANSPORT_TRUNCATED, 0, 0, 0, finish, 0, 0, 0, 0
    kind = u8(data, i)
    request = kind in ICMP6_REQUESTS if six else kind in ICMP_REQUESTS
    signal = Signal.REQUEST if request else 0
    return reasons.NONE, HeaderFlag.PORTS, kind, u8(data, i + 1), min(i + 8, finish), 0, signal, 0, 0


@kernel
def quote_signal(kind: int, code: int, six: bool) -> int:
    """Say what an ICMP error means for the flow that it quotes: a :class:`Signal`, or 0.

    RFC 792 and RFC 1812 section 5.2.7.1 for IPv4; RFC 4443 section 3.1 for IPv6.
    """
    if six:
        if kind == 1:
            if code == 4:
                return Signal.UNREACHABLE
            if code in (1, 5, 6):  # prohibited; source address failed policy; reject route
                return Signal.PROHIBITED
    elif kind == 3:
        if code in (2, 3):
            return Signal.UNREACHABLE
        if code in (9, 10, 13):
            return Signal.PROHIBITED
    return 0


@kernel
def transport_header(data: Any, i: int, end: int, finish: int, protocol: int) -> Transport:
    """Read any transport header but UDP's; a protocol without ports has only payload."""
    if protocol == TCP:
        return tcp_header(data, i, end, finish)
    if protocol == ICMP:
        return icmp_header(data, i, end, finish, False)
    if protocol == ICMP6:
        return icmp_header(data, i, end, finish, True)
    if protocol == SCTP:
        return sctp_header(data, i, end, finish)
    if protocol == DCCP:
        return dccp_header(data, i, end, finish)
    return reasons.NONE, 0, 0, 0, i, 0, 0, 0, 0


@kernel
def has_ports(protocol: int) -> bool:
    """Say whether the protocol has ports in its first four bytes."""
    return protocol in (TCP, UDP, SCTP, UDPLITE, DCCP)
