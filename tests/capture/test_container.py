"""Compressed captures: every kind, several members, cut and damaged ones, and bombs."""

import bz2
import gzip
import io
import lzma
import subprocess
from collections.abc import Callable
from hashlib import shake_128
from pathlib import Path

import lz4.block
import lz4.frame
import pytest
import zstandard

from annotator.capture import Reader, container, open_capture
from annotator.capture.container import MOST_RATIO, DamagedError, container_of, expand
from annotator.errors import InputError
from tests.capture.writing import Packet, packets, pcap_header, pcap_record

BODIES = [shake_128(b"%d" % n).digest(1 + n * 37 % 9000) for n in range(600)]
PLAIN = pcap_header("<") + b"".join(pcap_record("<", body, seconds=n) for n, body in enumerate(BODIES))
EXPECTED = [Packet(n + 1, n * 10**9, body, len(body), 1) for n, body in enumerate(BODIES)]


def legacy_lz4(data: bytes) -> bytes:
    """The frame that ``lz4 -l`` writes (with smaller blocks): a magic, then blocks behind their compressed sizes."""
    out = b"\x02\x21\x4c\x18"
    for start in range(0, len(data), 1 << 19):
        block = lz4.block.compress(data[start : start + (1 << 19)], store_size=False)
        out += len(block).to_bytes(4, "little") + block
    return out


KINDS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "zstd": ("zstd", zstandard.compress),
    "lz4": ("lz4", lz4.frame.compress),
    "legacy lz4": ("lz4", legacy_lz4),
    "xz": ("xz", lzma.compress),
    "bzip2": ("bzip2", bz2.compress),
}


def opened(tmp_path: Path, data: bytes) -> tuple[list[Packet], Reader]:
    path = tmp_path / "capture"
    path.write_bytes(data)
    source = open_capture(str(path))
    return packets(source), source


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_recognised_by_content(tmp_path: Path, kind: str) -> None:
    """The packets are those of the plain capture, and the format says what it was in."""
    name, compress = KINDS[kind]
    data = compress(PLAIN)
    assert container_of(data) == name
    found, source = opened(tmp_path, data)
    assert found == EXPECTED
    assert source.format == f"pcap, {name}"
    assert source.complete
    assert source.bytes_total == len(data)


@pytest.mark.parametrize("kind", ["gzip", "zstd", "lz4", "xz", "bzip2"])
def test_several_members_are_one_stream(tmp_path: Path, kind: str) -> None:
    """Files that were compressed in pieces and joined (rotated logs, parallel compressors) are read through."""
    compress = KINDS[kind][1]
    cut = len(PLAIN) // 3
    found, _ = opened(tmp_path, compress(PLAIN[:cut]) + compress(b"") + compress(PLAIN[cut:]))
    assert found == EXPECTED


def test_zstd_may_begin_with_a_frame_to_skip(tmp_path: Path) -> None:
    """RFC 8878 section 3.1.2: pzstd writes one in front."""
    found, _ = opened(tmp_path, b"\x50\x2a\x4d\x18\x04\0\0\0skip" + zstandard.compress(PLAIN))
    assert found == EXPECTED


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_stream_gives_its_good_prefix(tmp_path: Path, kind: str) -> None:
    """What can still be expanded is read, whole packets only, and the capture counts as incomplete."""
    data = KINDS[kind][1](PLAIN)
    found, source = opened(tmp_path, data[: len(data) * 2 // 3])
    assert 100 < len(found) < len(EXPECTED)
    assert found == EXPECTED[: len(found)]
    assert not source.complete
    assert source.note


@pytest.mark.parametrize("kind", KINDS)
def test_damage_in_the_middle_gives_its_good_prefix(tmp_path: Path, kind: str) -> None:
    """Wrong bytes in the compressed data end the reading with a reason; what came before them stands."""
    data = bytearray(KINDS[kind][1](PLAIN))
    middle = len(data) // 2
    data[middle : middle + 8] = bytes(byte ^ 0xFF for byte in data[middle : middle + 8])
    found, source = opened(tmp_path, bytes(data))
    if source.complete:
        assert kind in ("zstd", "lz4", "legacy lz4")  # no checksum unless asked for, and noise is stored as it is
    else:
        assert source.note
        assert [packet.data for packet in found[:100]] == BODIES[:100]


def test_a_damaged_block_of_a_legacy_frame_is_no_crash(tmp_path: Path) -> None:
    """The library's own exception for blocks is one of those that end the reading."""
    block = lz4.block.compress(bytes(1000), store_size=False)
    frame = legacy_lz4(PLAIN) + (len(block)).to_bytes(4, "little") + bytes(byte ^ 0xFF for byte in block)
    found, source = opened(tmp_path, frame)
    assert found == EXPECTED
    assert "damaged" in source.note


@pytest.mark.parametrize("kind", KINDS)
def test_headers_of_nothing_are_refused(tmp_path: Path, kind: str) -> None:
    """A compressed file that holds no capture, or is cut before one begins, is refused like a plain one."""
    for data in (KINDS[kind][1](b"words, not packets, and more of them"), KINDS[kind][1](PLAIN)[:12]):
        with pytest.raises(InputError):
            opened(tmp_path, data)


@pytest.mark.parametrize("kind", ["gzip", "zstd", "lz4", "xz", "bzip2"])
def test_a_bomb_is_given_up(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond what is free, no more is expanded than MOST_RATIO times what was read, and that is an error to report."""
    monkeypatch.setattr(container, "FREE_BYTES", 1 << 20)
    data = KINDS[kind][1](bytes(64 << 20))
    if len(data) * MOST_RATIO > 64 << 20:
        pytest.skip(f"{kind} does not compress that well")
    stream = expand(data[:6], io.BytesIO(data[6:]))
    with pytest.raises(DamagedError, match=f"more than {MOST_RATIO} times"):
        stream.readall()  # type: ignore[attr-defined]  # a raw stream
    assert stream._given <= max(1 << 20, MOST_RATIO * len(data)) + (1 << 16)  # type: ignore[attr-defined]


def test_a_bomb_around_a_capture_still_gives_its_packets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The packets before the bound stand, and the note says that it was given up."""
    monkeypatch.setattr(container, "FREE_BYTES", 1 << 20)
    record = pcap_record("<", bytes(60_000))
    found, source = opened(tmp_path, gzip.compress(pcap_header("<") + record * 1000))
    assert 10 <= len(found) < 1000
    assert "expands more than" in source.note


@pytest.mark.parametrize("tool", [["gzip"], ["xz"], ["bzip2"]], ids=lambda tool: tool[0])
def test_what_the_tools_write_is_read(tmp_path: Path, tool: list[str]) -> None:
    """The command line tools' own output, streamed, as tcpdump's -z makes it."""
    data = subprocess.run([*tool, "-c"], input=PLAIN, capture_output=True, check=True).stdout
    assert opened(tmp_path, data)[0] == EXPECTED
