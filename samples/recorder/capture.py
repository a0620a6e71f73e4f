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

from recorder.hosts import Arg, Host, RecordingError

SETTLE_S: Final = 1.5
"""Longer than the kernel may hold the last packets back from the tool (tcpdump asks for 1 s, dumpcap for less)."""

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
    buffer_mib: int = 0
    """Size of dumpcap's kernel buffer, 0 for its own choice."""
    stop_after: int = 0
    """Packets after which dumpcap stops by itself, 0 for never."""

    def command(self, path: Path) -> list[Arg]:
        """Build the tool's command line."""
        common: list[Arg] = ["-i", self.interface, "-s", str(self.snaplen), "-w", path]
        if self.file.endswith(".pcapng"):
            options = (("-f", self.filter), ("-B", self.buffer_mib), ("-c", self.stop_after))
            given = [str(word) for option in options if option[1] for word in option]
            return ["dumpcap", "-q", *common, *given]
        precision = "--nano" if self.nanoseconds else "--micro"
        # -Z root: the scratch folder is root's; -U: each packet is written as it comes
        return ["tcpdump", "-n", "-U", "-Z", "root", precision, *common, *([self.filter] if self.filter else [])]


@contextmanager
def capturing(work: Path, *points: Point) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Capture at all points while the body runs (it is given the tools by file); the files are then in ``work``."""
    running: list[tuple[Point, Path, subprocess.Popen[bytes]]] = []
    try:
        for point in points:
            path = work / point.file
            tool = point.host.observe(*point.command(path))
            running.append((point, path, tool))
            _await_listening(tool, path)
        yield {point.file: tool for point, _, tool in running}
        time.sleep(SETTLE_S)
    finally:
        for _, _, tool in running:
            tool.send_signal(signal.SIGINT)
            tool.wait(timeout=10)
    for point, path, tool in running:
        if tool.returncode:
            raise RecordingError(f"{point.file}: the capturing tool ended with {tool.returncode}")
        if path.suffix == ".pcapng":
            path.write_bytes(without_machine(path.read_bytes()))


@dataclass(frozen=True)
class Recorded:
    """What a scenario made: the rows of the truth table by capture. The captures lie in the scratch folder."""

    rows: dict[str, list[dict[str, str]]]

    def publish(self, work: Path, into: Path) -> None:
        """Put the captures into a folder, each whole."""
        for file in self.rows:
            part = into / f".{file}.part"
            shutil.copyfile(work / file, part)
            part.chmod(0o644)
            part.replace(into / file)


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
