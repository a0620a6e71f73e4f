"""Capture points: tcpdump or dumpcap on a host's interface, started before and ended after the traffic."""

import shutil
import signal
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from recorder.hosts import Host, RecordingError

SETTLE_S: Final = 0.6
"""How long the last packets may take to get from the kernel's ring to the tool."""

SECTION_HEADER: Final = 0x0A0D0D0A
INTERFACE_DESCRIPTION: Final = 1
BYTE_ORDER_MAGIC: Final = 0x1A2B3C4D
MACHINE_OPTIONS: Final = {
    SECTION_HEADER: (16, frozenset({2, 3})),  # shb_hardware, shb_os
    INTERFACE_DESCRIPTION: (8, frozenset({12})),  # if_os
}
"""Block type: (octets before its options, codes to drop), draft-ietf-opsawg-pcapng sections 4.1 and 4.2."""


@dataclass(frozen=True)
class Point:
    """Where and how to capture."""

    file: str
    """Name of the capture; the ending says the tool: ``.pcapng`` dumpcap, ``.pcap`` tcpdump."""
    host: Host
    interface: str = "eth0"
    nanoseconds: bool = False
    """Time precision of a ``.pcap``; dumpcap writes nanoseconds anyway."""
    snaplen: int = 262144
    filter: str = ""

    def command(self, path: Path) -> list[str | Path]:
        """The tool's command line."""
        if self.file.endswith(".pcapng"):
            argv = ["dumpcap", "-q", "-i", self.interface, "-s", str(self.snaplen), "-w", path]
            return argv + (["-f", self.filter] if self.filter else [])
        precision = "--nano" if self.nanoseconds else "--micro"
        # -Z root: the scratch folder is root's; -U: each packet is written as it comes
        argv = ["tcpdump", "-n", "-U", "-Z", "root", precision, "-i", self.interface, "-s", str(self.snaplen)]
        return [*argv, "-w", path, *([self.filter] if self.filter else [])]


@contextmanager
def capturing(work: Path, *points: Point) -> Iterator[None]:
    """Capture at all points while the body runs; the files are then in ``work``."""
    running: list[tuple[Point, Path, subprocess.Popen[bytes]]] = []
    try:
        for point in points:
            path = work / point.file
            tool = point.host.observe(*point.command(path))
            running.append((point, path, tool))
            _await_listening(tool, path)
        yield
        time.sleep(SETTLE_S)
    finally:
        for _, _, tool in running:
            tool.send_signal(signal.SIGINT)
            tool.wait(timeout=10)
    for point, path, tool in running:
        if tool.returncode:
            raise RecordingError(f"{point.file}: {tool.args} ended with {tool.returncode}")
        if path.suffix == ".pcapng":
            path.write_bytes(without_machine(path.read_bytes()))


def publish(work: Path, target: Path, *points: Point) -> None:
    """Put finished captures into the samples folder, each whole."""
    for point in points:
        part = target / f".{point.file}.part"
        shutil.copyfile(work / point.file, part)
        part.chmod(0o644)
        part.replace(target / point.file)


def without_machine(capture: bytes) -> bytes:
    """A little-endian pcapng that no longer names the recording machine's hardware and operating system.

    Nothing else changes: every other option, and every packet and statistics block, stays byte for byte.
    """
    if struct.unpack_from("<I4xI", capture) != (SECTION_HEADER, BYTE_ORDER_MAGIC):
        raise RecordingError("dumpcap did not write a little-endian pcapng")
    kept = bytearray()
    at = 0
    while at < len(capture):
        kind, length = struct.unpack_from("<II", capture, at)
        body = capture[at + 8 : at + length - 4]
        if kind in MACHINE_OPTIONS:
            fixed, unwanted = MACHINE_OPTIONS[kind]
            body = body[:fixed] + _without(body[fixed:], unwanted)
        total = struct.pack("<I", len(body) + 12)
        kept += struct.pack("<I", kind) + total + body + total
        at += length
    return bytes(kept)


def _without(options: bytes, unwanted: frozenset[int]) -> bytes:
    kept = b""
    at = 0
    while at < len(options):
        code, size = struct.unpack_from("<HH", options, at)
        end = at + 4 + (size + 3) // 4 * 4  # values are padded to 32 bits
        if code not in unwanted:
            kept += options[at:end]
        at = end
    return kept


def _await_listening(tool: subprocess.Popen[bytes], path: Path) -> None:
    """Both tools write the file's header once their socket is open."""
    deadline = time.monotonic() + 10
    while not (path.exists() and path.stat().st_size) and tool.poll() is None:
        if time.monotonic() > deadline:
            raise RecordingError(f"{path.name}: the capture did not start within 10 s")
        time.sleep(0.05)
    if tool.poll() is not None:
        assert tool.stderr is not None  # noqa: S101  a pipe was asked for
        raise RecordingError(f"{path.name}: {tool.stderr.read().decode(errors='replace')}")
    time.sleep(0.3)
