"""Names in DNS answers: what they say, and how little a hostile one can do."""

from ipaddress import ip_address
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.evidence.dns_answers import AAAA, CNAME, PTR, A, Named, named


def wire(name: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".") if part) + b"\0"


def record(owner: bytes, kind: int, data: bytes, kind_class: int = 1) -> bytes:
    return (
        owner + kind.to_bytes(2, "big") + kind_class.to_bytes(2, "big") + bytes(4) + len(data).to_bytes(2, "big") + data
    )


def answer(*records: bytes, asked: str = "www.example.org", flags: int = 0x8180) -> bytes:
    """Write an answer (RFC 1035 section 4.1) with a question and some records."""
    counts = b"\0\1" + len(records).to_bytes(2, "big") + bytes(4)
    return b"\x12\x34" + flags.to_bytes(2, "big") + counts + wire(asked) + bytes([0, A, 0, 1]) + b"".join(records)


def ipv4(text: str) -> bytes:
    return ip_address(text).packed


ASKED = b"\xc0\x0c"
"""A pointer to the question's name."""


def test_addresses_get_the_name_that_was_asked_for() -> None:
    """Both kinds of addresses, in lower case, through aliases, wherever the records stand."""
    message = answer(
        record(ASKED, CNAME, wire("a.cdn.example.net")),
        record(wire("b.cdn.example.net"), A, ipv4("192.0.2.7")),
        record(wire("A.cdn.example.net"), CNAME, wire("b.cdn.example.net")),
        record(wire("b.cdn.example.net"), AAAA, ipv4("2001:db8::7")),
        record(wire("ns.example.net"), A, ipv4("192.0.2.53")),
        asked="WWW.Example.org",
    )
    assert named(message) == [
        Named((4, int(ip_address("192.0.2.7"))), "www.example.org", False),
        Named((6, int(ip_address("2001:db8::7"))), "www.example.org", False),
        Named((4, int(ip_address("192.0.2.53"))), "ns.example.net", False),
    ]


@pytest.mark.parametrize(
    ("owner", "address"),
    [
        ("7.2.0.192.in-addr.arpa", "192.0.2.7"),
        (".".join(reversed("20010db8000000000000000000000007")) + ".ip6.arpa", "2001:db8::7"),
        ("2.0.192.in-addr.arpa", None),
        ("x.2.0.192.in-addr.arpa", None),
        ("www.example.org", None),
    ],
)
def test_reverse_answers(owner: str, address: str | None) -> None:
    """A PTR names the address that its owner stands for; anything else names none."""
    found = named(answer(record(wire(owner), PTR, wire("host.example.org"))))
    expected = ip_address(address) if address else None
    assert found == ([Named((expected.version, int(expected)), "host.example.org", True)] if expected else [])


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\0" * 12,
        answer(record(ASKED, A, ipv4("192.0.2.7")), flags=0x0100),  # a question
        answer(record(ASKED, A, ipv4("192.0.2.7")), flags=0x8183),  # there is no such name
        answer(record(ASKED, A, ipv4("192.0.2.7")), flags=0xA980),  # an update
        answer(record(ASKED, A, ipv4("192.0.2.7"), kind_class=3)),  # Chaosnet
        answer(record(ASKED, A, b"\1\2\3")),  # no address
        answer(record(ASKED, A, ipv4("192.0.2.7")))[:-1],  # cut
        answer(record(b"\xc0\xff", A, ipv4("192.0.2.7"))),  # points forward
        answer(record(b"\xc0\x21", A, ipv4("192.0.2.7"))),  # points at itself
        answer(record(b"\x40" + b"a" * 64 + b"\0", A, ipv4("192.0.2.7"))),  # no kind of label
        answer(record((b"\x3f" + b"a" * 63) * 5 + b"\0", A, ipv4("192.0.2.7"))),  # too long
    ],
)
def test_what_says_nothing(message: bytes) -> None:
    """No answer, or none that fits the format."""
    assert named(message) == []


def test_what_came_before_damage_stands() -> None:
    """As for captures."""
    whole = answer(record(ASKED, A, ipv4("192.0.2.7")), record(ASKED, A, ipv4("192.0.2.8")))
    assert [one.address[1] & 255 for one in named(whole[:-3])] == [7]


def test_names_cannot_play_tricks() -> None:
    """Dots and control characters within a label are written out; a ring of aliases ends."""
    odd = record(b"\x05a.b\x1b\n\0", A, ipv4("192.0.2.7"))
    assert [one.name for one in named(answer(odd))] == ["a\\046b\\027\\010"]
    ring = [record(ASKED, CNAME, wire("b.org")), record(wire("b.org"), CNAME, wire("www.example.org"))]
    assert len(named(answer(*ring, record(ASKED, A, ipv4("192.0.2.7"))))) == 1


def test_a_message_takes_no_time() -> None:
    """Thousands of records whose names are chains of pointers, in 64 KB: a fraction of a second."""
    chain = b"".join(b"\xc0" + bytes([12 + 2 * k]) for k in range(100))
    message = b"\x12\x34\x81\x80\0\0\xff\xff\0\0\0\0" + b"\1a" + b"\0" + chain + record(b"\xc0\xd0", A, bytes(4)) * 4000
    begun = perf_counter()
    named(message)
    assert perf_counter() - begun < 1


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_survived(data: bytes, framed: bool) -> None:
    """Whatever comes, names come out or nothing does."""
    message = b"\0\0\x81\x80\0\1\0\5\0\0\0\0" + data if framed else data
    for one in named(message):
        assert one.name.isprintable()
        assert len(one.name) <= 4 * 255
