"""Going on behind damage: gaps are passed over to the next plausible record, and told."""

import random
import struct
import time
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from annotator.cli import main
from annotator.pipeline import analyse
from annotator.settings import Settings
from tests.capture.writing import (
    ORDERS,
    Packet,
    enhanced,
    interface,
    issues,
    packets,
    pcap_header,
    pcap_record,
    reader,
    section,
    simple,
)

NOW = 1_700_000_000
FORMATS = ("pcap", "pcapng")


def resynced(data: bytes, size: int = 1 << 16) -> tuple[list[Packet], object]:
    """Read `data` passing over damage."""
    source = reader(data, size)
    source.resync = True
    return packets(source), source


def head(kind: str, order: str) -> bytes:
    """The beginning of a file."""
    return pcap_header(order) if kind == "pcap" else section(order) + interface(order)


def record(kind: str, order: str, number: int, body: bytes) -> bytes:
    """The packet `number`, a second after the one before it."""
    if kind == "pcap":
        return pcap_record(order, body, seconds=NOW + number, fraction=number)
    return enhanced(order, body, (NOW + number) * 1_000_000)


def bodies(count: int, seed: int = 1) -> list[bytes]:
    """Packets of random bytes, none of them short."""
    draw = random.Random(seed)  # noqa: S311  # the same bytes in every run
    return [draw.randbytes(draw.randrange(20, 300)) for _ in range(count)]


@pytest.mark.parametrize("size", [64, 1000, 1 << 16])
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("kind", FORMATS)
def test_an_overwritten_stretch_is_passed_over(kind: str, order: str, size: int) -> None:
    """The packets before and behind it come out; the gap says how long it was and where; reading was not complete."""
    made = [record(kind, order, number, body) for number, body in enumerate(bodies(40))]
    good = head(kind, order) + b"".join(made[:10])
    wrong = b"\xff" * (len(b"".join(made[10:13])) - 7)
    found, source = resynced(good + wrong + b"".join(made[13:]), size)
    assert [packet.data for packet in found] == bodies(40)[:10] + bodies(40)[13:]
    assert [packet.frame for packet in found] == list(range(1, 38))
    assert not source.complete
    assert f"{len(wrong)} damaged bytes passed over: {len(wrong)} bytes after frame 10" in source.note.replace(",", "")
    assert issues(source)["gap"] == (1, 11)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("kind", FORMATS)
def test_without_being_asked_the_good_prefix_is_all(kind: str, order: str) -> None:
    """Guessing where a file goes on is the user's decision."""
    made = [record(kind, order, number, body) for number, body in enumerate(bodies(12))]
    source = reader(head(kind, order) + b"".join(made[:4]) + b"\xff" * 50 + b"".join(made[5:]))
    assert [packet.data for packet in packets(source)] == bodies(12)[:4]
    assert "gap" not in issues(source)


@pytest.mark.parametrize("kind", FORMATS)
def test_the_first_record_may_be_the_damaged_one(kind: str) -> None:
    """Then no time is known to be near to."""
    made = [record(kind, "<", number, body) for number, body in enumerate(bodies(9))]
    found, _ = resynced(head(kind, "<") + b"\xee" * 333 + b"".join(made))
    assert [packet.data for packet in found] == bodies(9)


@pytest.mark.parametrize("kind", FORMATS)
def test_several_gaps_are_told_together(kind: str) -> None:
    """Their number, all their bytes, and where the first of them were."""
    data = head(kind, "<")
    for number, body in enumerate(bodies(70)):
        data += record(kind, "<", number, body) + (b"\xff" * 30 if number % 7 == 6 else b"")
    found, source = resynced(data)
    assert [packet.data for packet in found] == bodies(70)
    assert issues(source)["gap"] == (9, 8)
    assert source.note.startswith("270 damaged bytes passed over: 30 bytes after frame 7, 30 bytes after frame 14, ")
    assert "and 4 more" in source.note  # five are named
    assert "stopped after frame 70" in source.note  # what stands at the end is followed by nothing


@pytest.mark.parametrize("kind", FORMATS)
def test_a_length_that_swallows_the_rest_is_seen_at_the_end(kind: str) -> None:
    """A record that claims more than the file still has may be damaged: what it swallowed is searched too."""
    made = [record(kind, "<", number, body) for number, body in enumerate(bodies(30))]
    bad = bytearray(made[20])
    place = 8 if kind == "pcap" else 4
    bad[place : place + 4] = (200_000).to_bytes(4, "little")
    if kind == "pcap":
        bad[12:16] = (200_000).to_bytes(4, "little")
    found, source = resynced(head(kind, "<") + b"".join(made[:20]) + bytes(bad) + b"".join(made[21:]))
    assert [packet.data for packet in found] == bodies(30)[:20] + bodies(30)[21:]
    assert issues(source) == {"gap": (1, 21)}


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_that_is_only_cut_short_has_no_gap(kind: str) -> None:
    """The last record's beginning is not searched with success, and is told as without the option."""
    made = [record(kind, "<", number, body) for number, body in enumerate(bodies(9))]
    found, source = resynced((head(kind, "<") + b"".join(made))[:-10])
    assert [packet.data for packet in found] == bodies(9)[:8]
    assert issues(source) == {"file_truncated": (1, 9)}
    assert "cut short" in source.note


def test_times_far_from_the_last_good_one_are_not_believed() -> None:
    """A capture inside a packet's bytes, from another year, is not taken for the rest of this one."""
    inner = b"".join(pcap_record("<", b"inner" * 9, seconds=900_000_000 + number) for number in range(9))
    made = [record("pcap", "<", number, body) for number, body in enumerate(bodies(9))]
    data = head("pcap", "<") + made[0] + b"\xff" * 40 + inner + b"".join(made[1:])
    found, _ = resynced(data)
    assert [packet.data for packet in found] == bodies(9)


def test_a_block_that_no_interface_has_is_not_believed() -> None:
    """Blocks behind a gap belong to interfaces that were described before it."""
    made = [record("pcapng", "<", number, body) for number, body in enumerate(bodies(9))]
    stray = enhanced("<", b"stray" * 5, 1, number=7) * 3
    found, _ = resynced(head("pcapng", "<") + made[0] + b"\xff" * 40 + stray + b"".join(made[1:]))
    assert [packet.data for packet in found] == bodies(9)


@pytest.mark.parametrize("other", ORDERS)
def test_a_new_section_is_a_place_to_go_on(other: str) -> None:
    """Whatever its byte order: its header says."""
    made = [record("pcapng", "<", number, body) for number, body in enumerate(bodies(4))]
    rest = section(other) + interface(other) + simple(other, b"simple" * 4) * 2
    found, _ = resynced(head("pcapng", "<") + b"".join(made) + b"\xff" * 41 + rest)
    assert [packet.data for packet in found] == [*bodies(4), b"simple" * 4, b"simple" * 4]


def test_an_unknown_block_of_absurd_length_is_damage() -> None:
    """Without the option it is passed over by its length, as the format has it, and the file ends in it."""
    made = [record("pcapng", "<", number, body) for number, body in enumerate(bodies(6))]
    absurd = (0x55).to_bytes(4, "little") + (1 << 31).to_bytes(4, "little")
    data = head("pcapng", "<") + b"".join(made[:3]) + absurd + b"".join(made[3:])
    found, source = resynced(data)
    assert [packet.data for packet in found] == bodies(6)
    assert issues(source)["gap"] == (1, 4)
    plain = reader(data)
    assert len(packets(plain)) == 3
    assert not plain.complete


def is_block(order: str, data: bytes) -> bool:
    """Say whether junk happens to begin with a block of a kind that nobody knows: that is no damage, and is passed.

    Three zero bytes before a big-endian packet block claim 1536 bytes, and the packet block that many bytes behind
    them confirms it.
    """
    known, length = struct.unpack_from(order + "II", data)
    length = (length + 3) & ~3
    if known in (1, 2, 3, 5, 6, 0x0A0D0D0A) or not 12 <= length <= len(data):
        return False
    (trailer,) = struct.unpack_from(order + "I", data, length - 4)
    return int(trailer + 3) & ~3 == length


def test_what_reads_as_a_block_is_passed_as_one() -> None:
    """Both of its lengths agree, so it is no damage, whatever is within it: the file does not tell it from junk."""
    made = [record("pcapng", ">", number, body) for number, body in enumerate(bodies(14, 555))]
    rest = bytes(3) + b"".join(made[1:])
    assert is_block(">", rest)
    found, source = resynced(head("pcapng", ">") + made[0] + rest)
    assert [packet.data for packet in found] == [bodies(14, 555)[0], bodies(14, 555)[-1]]
    assert not source.complete


@given(
    kind=st.sampled_from(FORMATS),
    order=st.sampled_from(ORDERS),
    junk=st.binary(max_size=200),
    at=st.integers(1, 8),
    seed=st.integers(0, 1000),
)
def test_no_packet_behind_random_junk_is_lost(kind: str, order: str, junk: bytes, at: int, seed: int) -> None:
    """Junk between two records costs no packet that stands three records behind it."""
    made = [record(kind, order, number, body) for number, body in enumerate(bodies(14, seed))]
    assume(kind != "pcapng" or not is_block(order, junk + b"".join(made[at:])))
    found, source = resynced(head(kind, order) + b"".join(made[:at]) + junk + b"".join(made[at:]))
    data = [packet.data for packet in found]
    assert data[:at] == bodies(14, seed)[:at]
    assert data[-3:] == bodies(14, seed)[-3:]
    assert bool(junk) or source.complete


@given(st.sampled_from(FORMATS), st.binary(max_size=400), st.sampled_from([1, 16, 1 << 16]))
def test_any_bytes_end(kind: str, junk: bytes, size: int) -> None:
    """Nothing but damage: no packet of sense, no crash, and an end."""
    resynced(head(kind, "<") + junk, size)


@pytest.mark.parametrize("kind", FORMATS)
def test_the_search_takes_time_linear_in_the_damage(kind: str) -> None:
    """64 MB of beginnings of chains that never hold are looked through in seconds."""
    if kind == "pcap":  # two records that make sense, and no third, over and over
        once = pcap_record("<", b"x" * 4, seconds=NOW) * 2 + b"\xff" * 3
    else:
        once = enhanced("<", b"x" * 4, NOW * 1_000_000) + b"\xff" * 3
    data = head(kind, "<") + record(kind, "<", 0, b"good" * 5) + b"\xff" * 40
    resynced(data)  # compiled by now
    data += once * ((64 << 20) // len(once)) + b"\xff" * 40
    start = time.process_time()
    found, source = resynced(data, 16 << 20)
    assert time.process_time() - start < 10
    assert len(found) == 1
    assert not source.complete


def test_the_command_reports_the_gap_and_ends_with_4(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The report has the packets on both sides and says that some are missing."""
    udp = bytes(12) + b"\x08\x00" + bytes.fromhex("4500001c000040004011000001020304050607080035003500080000")
    made = [record("pcap", "<", number, udp) for number in range(10)]
    path = tmp_path / "damaged.pcap"
    path.write_bytes(head("pcap", "<") + b"".join(made[:5]) + b"\xff" * 100 + b"".join(made[5:]))
    assert analyse([str(path)], Settings(resync=True)).captures[0].packets_read == 10
    assert main(["--resync", str(path)]) == 4
    assert "100 damaged bytes passed over" in capsys.readouterr().out
    assert main([str(path)]) == 4
    assert "stopped after frame 5" in capsys.readouterr().out
