"""Payloads of a stream are judged in their order, however they fall into segments and batches."""

from pathlib import Path

import pytest
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Packet
from scapy.utils import PcapWriter

from annotator.capture import open_capture
from annotator.decode import Decoder
from annotator.decode.fragments import Fragments
from annotator.decode.tunnels import TunnelBook
from annotator.evidence import Observer
from annotator.evidence.findings import find
from annotator.evidence.pool import POOL_BYTES
from annotator.flow.table import FlowSettings, FlowTable
from tests.evidence.probes.hellos import client_hello, extension, server_name, vector

CLIENT, SERVER = ("10.0.0.1", 40000), ("10.0.0.2", 7000)
HELLO = b"\x16\x03\x01" + vector(client_hello(extension(21, bytes(2000)) + server_name("late.example.org")), 2)


def talk(words: list[tuple[str, bytes]], opened: bool = True) -> list[Packet]:
    """A TCP connection in which client (``>``) and server (``<``) say `words`."""
    sequence = {">": 1000, "<": 9000}
    packets = []

    def say(who: str, flags: str, payload: bytes) -> None:
        (source, sport), (target, dport) = (CLIENT, SERVER) if who == ">" else (SERVER, CLIENT)
        other = "<" if who == ">" else ">"
        header = TCP(sport=sport, dport=dport, flags=flags, seq=sequence[who], ack=sequence[other])
        packets.append(Ether() / IP(src=source, dst=target) / header / payload)
        sequence[who] += len(payload) + ("S" in flags)

    if opened:
        say(">", "S", b"")
        say("<", "SA", b"")
    for who, payload in words:
        say(who, "PA", payload)
    return packets


def look(packets: list[Packet], path: Path, apart: bool = False) -> tuple[Observer, str, bool, str]:
    """Give the observer, and (protocol, confirmed, label) of the first flow; `apart` makes a batch of each packet."""
    return look_at([[packet] for packet in packets] if apart else [packets], path)


def look_at(parts: list[list[Packet]], path: Path) -> tuple[Observer, str, bool, str]:
    """Give the same of packets that come in batches."""
    observer, table, fragments, decoder = Observer(), FlowTable(FlowSettings()), Fragments(), Decoder(TunnelBook())
    for number, part in enumerate(parts):
        name = path / f"{number}.pcap"
        with PcapWriter(str(name)) as writer:
            writer.write(part)
        reader = open_capture(str(name))
        for batch in reader.batches():
            for headers in decoder.decode(batch):
                tied = fragments.tie(headers, decoder.fragments, decoder.counts)
                wanted = observer.look(batch, tied, table.add(tied, 0), table.shards)
                while len(wanted):
                    wanted = observer.look(batch, tied, table.more(tied, wanted), table.shards)
        reader.close()
    rows = table.rows()
    findings = find(observer, rows)
    if findings.protocol[0] < 0:
        return observer, "", False, ""
    return (
        observer,
        findings.names[findings.protocol[0]],
        findings.grade[0] == 3,
        findings.texts(rows["capture"] * 0)[0],
    )


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("cut", [[], [1200], [3, 700, 1400], list(range(150, 2100, 150))])
def test_a_hello_is_put_together_from_segments(tmp_path: Path, cut: list[int], apart: bool) -> None:
    """The name at the end of a long ClientHello is found, in segments of one batch and of several."""
    parts = [HELLO[start:stop] for start, stop in zip([0, *cut], [*cut, len(HELLO)], strict=True)]
    _, name, confirmed, label = look(talk([(">", part) for part in parts]), tmp_path, apart)
    assert (name, confirmed, label) == ("tls", True, "late.example.org")


@pytest.mark.parametrize("apart", [False, True])
def test_a_dialog_is_followed_to_its_upgrade(tmp_path: Path, apart: bool) -> None:
    """After STARTTLS both sides speak TLS, and both names stand in order."""
    hello = b"\x16\x03\x01" + vector(client_hello(server_name("mail.example.org")), 2)
    words = [
        ("<", b"220 mail.example.org ESMTP\r\n"),
        (">", b"EHLO client.example.org\r\n"),
        ("<", b"250-mail.example.org\r\n250 STARTTLS\r\n"),
        (">", b"NOOP\r\n"),
        ("<", b"250 OK\r\n"),
        (">", b"NOOP\r\n"),
        ("<", b"250 OK\r\n"),
        (">", b"NOOP\r\n"),
        ("<", b"250 OK\r\n"),
        (">", b"STARTTLS\r\n"),
        ("<", b"220 go ahead\r\n"),
        (">", hello),
    ]
    assert look(talk(words), tmp_path, apart)[1:3] == ("smtp+tls", True)


@pytest.mark.parametrize("apart", [False, True])
def test_mail_that_is_refused_without_tls_is_followed_on(tmp_path: Path, apart: bool) -> None:
    """A server may say so only when it is asked to take mail (RFC 3207 section 4)."""
    hello = b"\x16\x03\x01" + vector(client_hello(server_name("mail.example.org")), 2)
    words = [
        ("<", b"220 mail.example.org ESMTP\r\n"),
        (">", b"EHLO client.example.org\r\n"),
        ("<", b"250-mail.example.org\r\n250 STARTTLS\r\n"),
        (">", b"MAIL FROM:<a@example.org>\r\n"),
        ("<", b"530 Must issue a STARTTLS command first\r\n"),
        (">", b"STARTTLS\r\n"),
        ("<", b"220 go ahead\r\n"),
        (">", hello),
    ]
    assert look(talk(words), tmp_path, apart)[1:3] == ("smtp+tls", True)


@pytest.mark.parametrize("apart", [False, True])
def test_late_announcements_are_kept(tmp_path: Path, apart: bool) -> None:
    """The port of the sixth reply is read: a followed direction is looked at beyond its first payloads."""
    words: list[tuple[str, bytes]] = [("<", b"220 FTP ready\r\n")]
    for command, reply in (("USER a", "331 more"), ("PASS b", "230 in"), ("SYST", "215 UNIX"), ("TYPE I", "200 set")):
        words += [(">", command.encode() + b"\r\n"), ("<", reply.encode() + b"\r\n")]
    words += [(">", b"PASV\r\n"), ("<", b"227 Entering Passive Mode (10,0,0,2,19,137)\r\n")]
    observer, name, _, _ = look(talk(words), tmp_path, apart)
    assert name == "ftp"
    ports = []
    for note in observer.announced[: observer.announced_used]:
        protocol = observer.observations[note["observation"]]["protocol"][note["direction"]]
        read = observer.probes[protocol].announced
        assert read is not None
        ports += read(note["payload"][: note["length"]].tobytes())
    assert ports == [("10.0.0.2", "tcp", 19 * 256 + 137)]


@pytest.mark.parametrize("apart", [False, True])
def test_a_stream_that_begins_anew_with_more_is_looked_at_again(tmp_path: Path, apart: bool) -> None:
    """Bytes of padding, taken for payload of a pure ACK, do not hide the first message that repeats their place."""
    packets = talk([(">", b"\0\0")]) + talk([(">", HELLO[:1200]), (">", HELLO[1200:])])[2:]
    assert look(packets, tmp_path, apart)[1:] == ("tls", True, "late.example.org")


@pytest.mark.parametrize("apart", [False, True])
def test_what_never_ends_is_given_up(tmp_path: Path, apart: bool) -> None:
    """A first line without end is kept to the pool's size, and no longer."""
    words = [(">", b"GET /" + b"a" * 1400)] + [(">", b"a" * 1400)] * 6
    observer, name, confirmed, _ = look(talk(words), tmp_path, apart)
    assert (name, confirmed) in {("", False), ("http", False)}
    assert observer._pool.length.max() <= POOL_BYTES


def test_datagrams_are_looked_at_alone(tmp_path: Path) -> None:
    """UDP has no stream: two halves of a message are not put together."""
    half = b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\n'
    packets = [
        Ether() / IP(src=CLIENT[0], dst=SERVER[0]) / UDP(sport=1, dport=2) / part for part in (half[:12], half[12:])
    ]
    assert look(packets, tmp_path)[1] == ""


STARTTLS_OF_RECORDS: list[tuple[str, bytes]] = [
    ("<", b"welcome\r\n"),  # nothing that a probe knows
    (">", b"EHLO mail.example.org\r\n"),
    ("<", b"250-mail.example.org\r\n250 STARTTLS\r\n"),
    (">", b"STARTTLS\r\n"),
    ("<", b"220 go on\r\n"),
    (">", b"\x17\x03\x03\x20\x00" + bytes(100)),  # the rest of the record was lost
    ("<", b"\x17\x03\x03\x20\x00" + bytes(100)),
    ("<", b"\x17\x03\x03\x00\x20" + bytes(32)),
]


@pytest.mark.parametrize("cut", range(len(STARTTLS_OF_RECORDS) + 2))
def test_an_upgrade_is_seen_wherever_a_batch_ends(tmp_path: Path, cut: int) -> None:
    """What a direction was guessed to be before the other's STARTTLS was judged does not hide what it became."""
    packets = talk(STARTTLS_OF_RECORDS)
    parts = [part for part in (packets[:cut], packets[cut:]) if part]
    assert look_at(parts, tmp_path)[1:3] == ("smtp+tls", True)
