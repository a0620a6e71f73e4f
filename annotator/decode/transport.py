"""Transport headers: ports, flags, what they say about the life of a flow, and where the payload starts.

Sources: RFC 9293 (TCP), RFC 768 (UDP), RFC 3828 (UDP-Lite), RFC 9260 (SCTP), RFC 4340 (DCCP), RFC 792 and
RFC 4443 (ICMP).
"""

from typing import Any, Final

from annotator.decode import reasons
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, u8
from annotator.model import DCCP, ICMP, ICMP6, SCTP, TCP, UDP, UDPLITE, HeaderFlag, Signal

Transport = tuple[int, int, int, int, int, int, int, int, int, int]
"""``(odd, flags, sport, dport, payload start, payload end, tcp flags, signal, seq, ack)``"""

FIN, SYN, RST, ACK = 1, 2, 4, 16
SCTP_DATA, SCTP_INIT, SCTP_INIT_ACK, SCTP_ABORT = 0, 1, 2, 6
SCTP_SHUTDOWN, SCTP_SHUTDOWN_ACK, SCTP_SHUTDOWN_COMPLETE, SCTP_I_DATA = 7, 8, 14, 64
DCCP_REQUEST, DCCP_RESPONSE, DCCP_CLOSEREQ, DCCP_CLOSE, DCCP_RESET = 0, 1, 5, 6, 7

ICMP_REQUESTS: Final = (8, 10, 13, 15, 17)
"""Echo, router solicitation, timestamp, information, address mask (RFC 792, 950, 1256)."""
ICMP6_REQUESTS: Final = (128, 130, 133, 135, 139, 144)
"""Echo, MLD query, router and neighbour solicitation, node information, home agent discovery."""


@kernel
def tcp_header(data: Any, i: int, end: int, finish: int) -> Transport:
    """Read the TCP header at `i`: stored up to `end`, said to go up to `finish`."""
    if end - i < 4:
        return reasons.TRANSPORT_TRUNCATED, 0, 0, 0, finish, finish, 0, 0, 0, 0
    sport, dport = be16(data, i), be16(data, i + 2)
    if end - i < 14:
        return reasons.TRANSPORT_TRUNCATED, HeaderFlag.PORTS, sport, dport, finish, finish, 0, 0, 0, 0
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
    if header < 20:
        odd = reasons.TCP_HEADER_LENGTH
        header = finish - i
    elif header > finish - i or end - i < 20:
        odd = reasons.TRANSPORT_TRUNCATED
        header = min(header, finish - i)
    sequence, acknowledged = be32(data, i + 4), be32(data, i + 8)
    return odd, HeaderFlag.PORTS, sport, dport, i + header, finish, flags, signal, sequence, acknowledged


@kernel
def udp_header(data: Any, i: int, end: int, finish: int, lite: bool, fragment: bool) -> Transport:
    """Read the UDP or UDP-Lite header at `i`; the length in a first `fragment` speaks of the whole datagram."""
    if end - i < 4:
        return reasons.TRANSPORT_TRUNCATED, 0, 0, 0, finish, finish, 0, 0, 0, 0
    sport, dport = be16(data, i), be16(data, i + 2)
    if end - i < 8 or finish - i < 8:
        return reasons.TRANSPORT_TRUNCATED, HeaderFlag.PORTS, sport, dport, finish, finish, 0, 0, 0, 0
    odd = reasons.NONE
    length = be16(data, i + 4)
    if not lite and length:  # UDP-Lite has its checksum coverage here; 0 is a jumbogram or segmentation offload
        if length < 8 or (length > finish - i and not fragment):
            odd = reasons.UDP_LENGTH
        elif length < finish - i:
            finish = i + length
    return odd, HeaderFlag.PORTS, sport, dport, i + 8, finish, 0, 0, 0, 0


@kernel
def sctp_header(data: Any, i: int, end: int, finish: int) -> Transport:
    """Read the SCTP common header at `i` and its chunks; the payload is the user data, without chunk headers.

    Where user data stands in several chunks, the payload starts at the first and is as long as all of them.
    """
    if end - i < 4:
        return reasons.TRANSPORT_TRUNCATED, 0, 0, 0, finish, finish, 0, 0, 0, 0
    sport, dport = be16(data, i), be16(data, i + 2)
    if end - i < 12:
        return reasons.TRANSPORT_TRUNCATED, HeaderFlag.PORTS, sport, dport, finish, finish, 0, 0, 0, 0
    signal = 0
    sequence = 0
    payload = finish
    user_bytes = 0
    j = i + 12
    while end - j >= 4:
        chunk = u8(data, j)
        length = be16(data, j + 2)
        if length < 4:
            break
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
        elif chunk == SCTP_DATA or chunk == SCTP_I_DATA:
            header = 16 if chunk == SCTP_DATA else 20
            if length > header:
                if user_bytes == 0:
                    payload = min(j + header, finish)
                user_bytes += min(length, finish - j) - header
        j += (length + 3) & ~3
    payload_end = min(payload + max(user_bytes, 0), finish)
    return reasons.NONE, HeaderFlag.PORTS, sport, dport, payload, payload_end, 0, signal, sequence, 0


@kernel
def dccp_header(data: Any, i: int, end: int, finish: int) -> Transport:
    """Read the DCCP generic header at `i`."""
    if end - i < 4:
        return reasons.TRANSPORT_TRUNCATED, 0, 0, 0, finish, finish, 0, 0, 0, 0
    sport, dport = be16(data, i), be16(data, i + 2)
    if end - i < 12:
        return reasons.TRANSPORT_TRUNCATED, HeaderFlag.PORTS, sport, dport, finish, finish, 0, 0, 0, 0
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
    payload = min(i + u8(data, i + 4) * 4, finish)
    return reasons.NONE, HeaderFlag.PORTS, sport, dport, payload, finish, 0, signal, sequence, 0


@kernel
def icmp_header(data: Any, i: int, end: int, finish: int, six: bool) -> Transport:
    """Read the ICMP header at `i`; type and code stand where ports stand."""
    if end - i < 2:
        return reasons.TRANSPORT_TRUNCATED, 0, 0, 0, finish, finish, 0, 0, 0, 0
    kind = u8(data, i)
    request = kind in ICMP6_REQUESTS if six else kind in ICMP_REQUESTS
    signal = Signal.REQUEST if request else 0
    payload = min(i + 8, finish)
    return reasons.NONE, HeaderFlag.PORTS, kind, u8(data, i + 1), payload, finish, 0, signal, 0, 0


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
def transport_header(data: Any, i: int, end: int, finish: int, protocol: int, fragment: bool) -> Transport:
    """Read any transport header; a protocol without ports has only payload."""
    if protocol == TCP:
        return tcp_header(data, i, end, finish)
    if protocol == UDP or protocol == UDPLITE:
        return udp_header(data, i, end, finish, protocol == UDPLITE, fragment)
    if protocol == ICMP:
        return icmp_header(data, i, end, finish, False)
    if protocol == ICMP6:
        return icmp_header(data, i, end, finish, True)
    if protocol == SCTP:
        return sctp_header(data, i, end, finish)
    if protocol == DCCP:
        return dccp_header(data, i, end, finish)
    return reasons.NONE, 0, 0, 0, i, finish, 0, 0, 0, 0


@kernel
def has_ports(protocol: int) -> bool:
    """Say whether the protocol has ports in its first four bytes."""
    return protocol in (TCP, UDP, SCTP, UDPLITE, DCCP)
