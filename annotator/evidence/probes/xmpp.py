"""XMPP: the stream's opening tag, stanzas, and STARTTLS."""

from typing import Any, Final

from annotator.evidence import text
from annotator.evidence.probe import (
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    FOLLOW,
    MORE,
    NOTHING,
    SERVER,
    SPECULATIVE,
    START,
    UPGRADE,
    Answer,
    Probe,
    tcp,
    verdict,
)
from annotator.kernel.jit import kernel
from annotator.kernel.load import be32, u8

STREAM, STARTTLS, STANZA = range(3)
STREAM_WORD, JABBER, ETHERX = 0x73747265, 0x6A616262, 0x65746865  # "stre", "jabb", "ethe", in lower case
STARTTLS_TAG, PROCEED = 0x3C737461, 0x3C70726F  # "<sta", "<pro"
XML, CLOSING = 0x3C3F786D, 0x3C2F7374  # "<?xm", "</st"
SHORT: Final = 400
"""Bytes within which the opening tag has ended, as a rule."""


@kernel
def attribute(data: Any, i: int, end: int, first: int, second: int) -> tuple[int, int]:
    """Find ``to=`` or another attribute of two letters behind a space, and give its quoted value: (place, length)."""
    for k in range(i, end - 5):
        if u8(data, k) <= 32 and u8(data, k + 1) == first and u8(data, k + 2) == second and u8(data, k + 3) == 0x3D:
            quote = u8(data, k + 4)
            if quote != 0x22 and quote != 0x27:
                return 0, 0
            for stop in range(k + 5, end):
                if u8(data, stop) == quote:
                    return k + 5, stop - k - 5
            return 0, 0
    return 0, 0


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``<stream:stream`` with Jabber's namespaces (RFC 6120 section 4); ``<starttls/>``; stanzas of a stream."""
    if end - i < 8:
        return NOTHING
    first = be32(data, i)
    if first == STARTTLS_TAG or first == PROCEED:
        for k in range(i + 4, min(end, i + 200) - 3):
            if be32(data, k) == 0x786D7070:  # "xmpp", of the namespace urn:ietf:params:xml:ns:xmpp-tls
                return verdict(CONFIRMED, CLIENT if first == STARTTLS_TAG else SERVER, STARTTLS, UPGRADE), 0, 0
        return NOTHING
    if first == CLOSING:  # "</stream:stream>"
        whole = end - i >= 16 and text.holds(data, i, i + 16, STREAM_WORD) and u8(data, i + 15) == 0x3E
        return verdict(CONFIRMED if whole else SPECULATIVE, ANY_ROLE, STREAM), 0, 0
    if first == XML or u8(data, i + 1) == 0x73:  # "<?xml", "<s"
        opens = text.holds(data, i, min(end, i + 200), STREAM_WORD)
        named = context & START and opens and (text.holds(data, i, end, JABBER) or text.holds(data, i, end, ETHERX))
        if named:
            to, to_length = attribute(data, i, end, 0x74, 0x6F)
            _, id_length = attribute(data, i, end, 0x69, 0x64)
            role = SERVER if id_length > 0 else CLIENT if to_length > 0 else ANY_ROLE
            return (
                verdict(CONFIRMED, role, STREAM, FOLLOW),
                to if role == CLIENT else 0,
                to_length if role == CLIENT else 0,
            )
        if context & START and end == finish and end - i < SHORT:
            return verdict(MORE, ANY_ROLE, STREAM), 0, 0
        return NOTHING
    to, to_length = attribute(data, i, min(end, i + 400), 0x74, 0x6F)
    _, id_length = attribute(data, i, min(end, i + 400), 0x69, 0x64)
    kept = u8(data, finish - 1) == 0x3E if end == finish else False
    sure = kept and (to_length > 0 or text.holds(data, i, end, JABBER)) and (id_length > 0 or to_length > 0)
    return verdict(CONFIRMED if sure else SPECULATIVE, ANY_ROLE, STANZA), 0, 0


PROBE = Probe(
    name="xmpp",
    title="Extensible Messaging and Presence Protocol",
    sources=("RFC 6120 sections 4, 5 and 8",),
    bases=("stream header", "STARTTLS", "stanza"),
    signatures=(
        tcp(b"<?xml ve", shortest=40),
        tcp(b"<stream:", shortest=40),
        tcp(b"</stream", shortest=16),
        tcp(b"<starttl", shortest=20),
        tcp(b"<proceed", shortest=20),
        tcp(b"<iq ", shortest=20),
        tcp(b"<message", shortest=20),
        tcp(b"<presenc", shortest=11),
    ),
    confirm=confirm,
    strength=72,
)
