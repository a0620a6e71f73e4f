"""Calls: SIP with SDP, RTP, STUN."""

from random import Random

from benchmarks.traffic.script import MILLISECOND, SECOND, Patch, Script, client, server
from benchmarks.traffic.wire import crlf, u8, u16, u32, u64, v16


def sip(random: Random) -> Script:
    """One call, from INVITE to BYE (RFC 3261), its media described (RFC 4566)."""
    domain, caller, callee = "voice.example", random.randrange(100, 999), random.randrange(100, 999)
    call, branch, tag = random.randbytes(8).hex(), random.randbytes(6).hex(), random.randbytes(4).hex()
    sdp = crlf(
        "v=0",
        f"o=- {random.randrange(10**9)} 1 IN IP4 10.0.30.7",
        "s=call",
        "c=IN IP4 10.0.30.7",
        "t=0 0",
        f"m=audio {random.randrange(8000, 16000) * 2} RTP/AVP 0 101",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:101 telephone-event/8000",
    )

    def message(first: str, sequence: str, body: bytes = b"", answered: bool = True) -> bytes:
        lines = (
            f"Via: SIP/2.0/UDP 10.0.30.7:5060;branch=z9hG4bK{branch}",
            f"From: <sip:{caller}@{domain}>;tag={tag}",
            f"To: <sip:{callee}@{domain}>" + (";tag=as5f1b" if answered else ""),
            f"Call-ID: {call}@10.0.30.7",
            f"CSeq: {sequence}",
            "Max-Forwards: 70",
            f"Contact: <sip:{caller}@10.0.30.7:5060>",
        )
        kind = ("Content-Type: application/sdp",) if body else ()
        return crlf(first, *lines, *kind, f"Content-Length: {len(body)}", "") + body

    target = f"sip:{callee}@{domain} SIP/2.0"
    return Script(
        (
            client(message(f"INVITE {target}", "1 INVITE", sdp, answered=False)),
            server(message("SIP/2.0 100 Trying", "1 INVITE", answered=False)),
            server(message("SIP/2.0 180 Ringing", "1 INVITE"), pause=80 * MILLISECOND),
            server(message("SIP/2.0 200 OK", "1 INVITE", sdp), pause=3 * SECOND),
            client(message(f"ACK {target}", "1 ACK")),
            client(message(f"BYE {target}", "2 BYE"), pause=12 * SECOND),
            server(message("SIP/2.0 200 OK", "2 BYE")),
        )
    )


def rtp(random: Random) -> Script:
    """Speech in both directions, one packet each every 20 ms, PCMU (RFC 3550, RFC 3551)."""
    first = [u8(0x80, 0) + u16(0) + u32(0) + random.randbytes(4) for _ in range(2)]
    talk = (
        client(first[0], 160, pause=20 * MILLISECOND, period=True, patch=Patch.RTP, at=2),
        server(first[1], 160, pause=0, patch=Patch.RTP, at=2),
    )
    return Script((), talk)


def stun(random: Random) -> Script:
    """What is my address? (RFC 8489)."""
    transaction = u32(0x2112A442) + random.randbytes(12)
    software = u16(0x8022) + v16(b"webrtc-128  ")
    mapped = u16(0x0020) + v16(u8(0, 1) + u16(random.randrange(2**16)) + random.randbytes(4))
    ask = u16(1, len(software)) + transaction + software
    answer = u16(0x0101, len(mapped)) + transaction + mapped
    return Script((client(ask), server(answer)), (client(ask, pause=15 * SECOND), server(answer)))


def coap(random: Random) -> Script:
    """A thing is asked for a reading (RFC 7252)."""
    identifier, token = random.randrange(2**16), u64(random.randrange(2**64))[:4]
    ask = u8(0x44, 1) + u16(identifier) + token + u8(0xB0 | 7) + b"sensors" + u8(4) + b"temp"
    answer = u8(0x64, 0x45) + u16(identifier) + token + u8(0xFF) + str(random.randrange(400) / 10).encode()
    return Script((client(ask), server(answer, pause=20 * MILLISECOND)))
