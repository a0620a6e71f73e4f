"""Formats that only Wireshark reads, through editcap, or a message that says what to install."""

import bz2
import gzip
import hashlib
import lzma
import os
import shutil
import struct
import threading
from collections.abc import Callable
from pathlib import Path

import lz4.frame
import pytest
import zstandard

from annotator.capture import open_capture
from annotator.capture.foreign import convert, format_of
from annotator.errors import InputError
from tests.capture.writing import packets

COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lz4": lz4.frame.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}
needs_editcap = pytest.mark.skipif(shutil.which("editcap") is None, reason="Wireshark's editcap is not installed")


def snoop(*bodies: bytes) -> bytes:
    """A capture in Solaris' format (RFC 1761): version 2, Ethernet; big-endian records padded to four bytes."""
    data = b"snoop\0\0\0" + struct.pack(">II", 2, 4)
    for second, body in enumerate(bodies):
        padded = body + bytes(-len(body) % 4)
        data += struct.pack(">IIIIII", len(body), len(body), 24 + len(padded), 0, 1000 + second, 5) + padded
    return data


@needs_editcap
@pytest.mark.parametrize("name", ["a.snoop", "-r", "a b;c.snoop"])
def test_a_foreign_capture_is_converted_as_it_is_read(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The packets come through editcap, names that look like options or shell words included, and an issue says so."""
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(snoop(b"x" * 60, b"y" * 61))
    source = open_capture(name)
    found = packets(source)
    assert [(packet.data, packet.ts_ns) for packet in found] == [
        (b"x" * 60, 1000 * 10**9 + 5000),
        (b"y" * 61, 1001 * 10**9 + 5000),
    ]
    assert "converted" in source.issues


@needs_editcap
@pytest.mark.parametrize("kind", COMPRESSORS)
def test_a_foreign_capture_may_be_compressed(tmp_path: Path, kind: str) -> None:
    """Whatever editcap does not expand by itself is expanded for it."""
    path = tmp_path / "a.snoop"
    path.write_bytes(COMPRESSORS[kind](snoop(b"x" * 60, b"y" * 61)))
    source = open_capture(str(path))
    assert [packet.data for packet in packets(source)] == [b"x" * 60, b"y" * 61]
    assert "converted" in source.issues
    assert source.complete


@needs_editcap
def test_a_cut_compressed_foreign_capture_gives_its_good_prefix(tmp_path: Path) -> None:
    """The damage is stated, behind what was good before it."""
    bodies = [hashlib.sha512(bytes([n % 256, n >> 8])).digest() for n in range(9000)]  # that do not compress
    data = bz2.compress(snoop(*bodies), 1)
    path = tmp_path / "a.snoop.bz2"
    path.write_bytes(data[: len(data) * 3 // 4])
    source = open_capture(str(path))
    found = [packet.data for packet in packets(source)]
    assert 1000 < len(found) < 9000
    assert found == bodies[: len(found)]
    assert not source.complete
    assert "bzip2" in source.note


@needs_editcap
def test_a_foreign_capture_may_come_through_a_pipe(tmp_path: Path) -> None:
    """What begins a pipe is not lost on editcap."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: path.write_bytes(snoop(b"x" * 60, *[b"y" * 61] * 3000)))
    writer.start()
    found = packets(open_capture(str(path)))
    assert (len(found), found[0].data) == (3001, b"x" * 60)
    writer.join()


@needs_editcap
def test_bytes_in_a_pipe_that_are_no_capture_are_refused(tmp_path: Path) -> None:
    """Editcap does not know them either; one line says what else may be tried."""
    path = tmp_path / "a.xz"
    path.write_bytes(lzma.compress(bytes(range(1, 256)) * 9))
    with pytest.raises(InputError, match="expand it to a file"):
        open_capture(str(path))


@needs_editcap
def test_closing_early_ends_editcap(tmp_path: Path) -> None:
    """A conversion that is not read to its end leaves no process behind."""
    path = tmp_path / "a.snoop"
    path.write_bytes(snoop(*[bytes(1000)] * 5000))
    stream = convert(str(path), "snoop")
    assert len(stream.read(100)) == 100
    stream.close()
    assert stream._process.returncode is not None  # type: ignore[attr-defined]  # of a Converted


def test_without_editcap_the_message_names_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says what the file is, and what to install."""
    path = tmp_path / "a.snoop"
    path.write_bytes(snoop(b"x" * 60))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match=r"is snoop, .*install the package wireshark-common") as caught:
        open_capture(str(path))
    assert "\n" not in str(caught.value)


def test_known_formats_are_named() -> None:
    """Some of them have a magic; others are left to editcap to tell."""
    assert format_of(snoop()) == "snoop"
    assert format_of(b"GMBU" + bytes(60)) == "Network Monitor 2"
    assert format_of(b"\x12\x34\x56\x78") == ""
