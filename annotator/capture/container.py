"""Compressed captures: recognised by content, expanded as they are read, with a bound on what they expand to.

Formats: gzip (RFC 1952), zstd (RFC 8878), lz4 frames and the legacy frame of its command line tool, xz, bzip2.
"""

import importlib
import io
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO, Final

from annotator.errors import InputError

FREE_BYTES: Final = 1 << 30
"""What a capture may expand to however small it is compressed."""
MOST_RATIO: Final = 200
"""Beyond FREE_BYTES, expanded bytes for each compressed one; real captures stay below a tenth of it."""
PIECE_BYTES: Final = 1 << 16
"""Expanded at a time: what a damaged stream still gives is lost by at most that."""
LEGACY_BLOCK: Final = 8 << 20
"""Expanded size of a block of a legacy lz4 frame; only the last is smaller."""


class DamagedError(OSError):
    """The compressed data cannot be expanded further; what came before is good."""


class Joined(io.RawIOBase):
    """A stream whose first bytes were read already: they come first."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        """Give `head`, then what `stream` still has."""
        self._head = head
        self._stream = stream
        self.taken = 0
        """Bytes given so far."""

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` as far as one read goes."""
        if self._head:
            count = min(len(buffer), len(self._head))
            buffer[:count] = self._head[:count]
            self._head = self._head[count:]
        else:
            count = self._stream.readinto(buffer)  # type: ignore[attr-defined]  # raw and buffered streams have it
        self.taken += count or 0
        return count or 0

    def close(self) -> None:
        """Close the stream below."""
        self._stream.close()
        super().close()


class Expanded(io.RawIOBase):
    """The expanded bytes of a compressed stream; raises :class:`DamagedError` where it is damaged, cut, or a bomb."""

    def __init__(
        self, name: str, compressed: Joined, opened: BinaryIO, faults: tuple[type[BaseException], ...]
    ) -> None:
        """Read `opened`, which expands `compressed`; `faults` is what its library raises."""
        self._name = name
        self._compressed = compressed
        self._opened = opened
        self._faults = faults
        self._given = 0
        self._read: Callable[[int], bytes] = getattr(
            opened, "read1", opened.read
        )  # what is good comes before the fault

    @property
    def source_taken(self) -> int:
        """Compressed bytes used up."""
        return self._compressed.taken

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` as far as one read goes."""
        try:
            piece = self._read(min(len(buffer), PIECE_BYTES))
        except EOFError:
            raise DamagedError(f"the {self._name} data is cut short") from None
        except self._faults as error:
            raise DamagedError(f"the {self._name} data is damaged ({error})") from None
        self._given += len(piece)
        if self._given > FREE_BYTES and self._given > MOST_RATIO * self._compressed.taken:
            raise DamagedError(
                f"the {self._name} data expands more than {MOST_RATIO} times: given up at {self._given:,} bytes"
            )
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Close the streams below."""
        self._compressed.close()
        super().close()


class LegacyLz4:
    """Reader of lz4's legacy frames: blocks of up to 8 MiB, each behind its compressed size."""

    def __init__(self, stream: BinaryIO) -> None:
        """Read from `stream`, which stands at the magic."""
        self._stream = stream
        self._block: Any = _library("lz4.block", "lz4")
        self._rest = b""
        self._exact(4)

    def _exact(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            piece = self._stream.read(count - len(found))
            if not piece:
                break
            found += piece
        return found

    def read(self, count: int) -> bytes:
        """Give up to `count` bytes, none at the end."""
        while not self._rest:
            size = self._exact(4)
            if not size:
                return b""
            length = int.from_bytes(size, "little")
            if len(size) < 4 or length > 2 * LEGACY_BLOCK:
                raise EOFError
            block = self._exact(length)
            if len(block) < length:
                raise EOFError
            self._rest = self._block.decompress(block, uncompressed_size=LEGACY_BLOCK)
        piece, self._rest = self._rest[:count], self._rest[count:]
        return piece


def _library(module: str, package: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise InputError(f"it is compressed, and reading it needs a library: pip install {package}") from None


def _gzip(stream: BinaryIO) -> BinaryIO:
    import gzip

    return gzip.GzipFile(fileobj=stream)  # type: ignore[return-value]  # reads like one


def _xz(stream: BinaryIO) -> BinaryIO:
    import lzma

    return lzma.LZMAFile(stream)  # type: ignore[return-value]


def _bzip2(stream: BinaryIO) -> BinaryIO:
    import bz2

    return bz2.BZ2File(stream)  # type: ignore[return-value]


def _zstd(stream: BinaryIO) -> BinaryIO:
    opened: BinaryIO = (
        _library("zstandard", "zstandard").ZstdDecompressor().stream_reader(stream, read_across_frames=True)
    )
    return opened


def _lz4(stream: BinaryIO) -> BinaryIO:
    opened: BinaryIO = _library("lz4.frame", "lz4").LZ4FrameFile(stream)
    return opened


MAGICS: Final[dict[bytes, tuple[str, Callable[[BinaryIO], BinaryIO]]]] = {
    b"\x1f\x8b": ("gzip", _gzip),
    b"\x28\xb5\x2f\xfd": ("zstd", _zstd),
    b"\x04\x22\x4d\x18": ("lz4", _lz4),
    b"\x02\x21\x4c\x18": ("lz4", LegacyLz4),  # type: ignore[dict-item]  # it reads, which is all that is asked
    b"\xfd7zXZ\x00": ("xz", _xz),
    b"BZh": ("bzip2", _bzip2),
}
SKIPPABLE_ZSTD: Final = range(0x184D2A50, 0x184D2A60)
"""zstd files may begin with a frame to skip (RFC 8878 section 3.1.2)."""


def container_of(head: bytes) -> str:
    """Name the compression that a stream beginning with `head` uses, or give ""."""
    for magic, (name, _) in MAGICS.items():
        if head.startswith(magic):
            return name
    if len(head) >= 4 and int.from_bytes(head[:4], "little") in SKIPPABLE_ZSTD:
        return "zstd"
    return ""


def expand(head: bytes, stream: BinaryIO) -> BinaryIO:
    """Open the compressed `stream`, of which `head` was read already, for reading what it expands to.

    Raises :class:`~annotator.errors.InputError` where the library for it is not installed.
    """
    name = container_of(head)
    opener = next((opener for magic, (_, opener) in MAGICS.items() if head.startswith(magic)), _zstd)
    compressed = Joined(head, stream)
    buffered = io.BufferedReader(compressed, 1 << 20)
    faults: tuple[type[BaseException], ...] = (OSError, ValueError, RuntimeError, zlib.error)
    if name == "xz":
        import lzma

        faults += (lzma.LZMAError,)
    elif name == "zstd":
        faults += (_library("zstandard", "zstandard").ZstdError,)
    elif name == "lz4":
        faults += (_library("lz4.block", "lz4").LZ4BlockError,)
    return Expanded(name, compressed, opener(buffered), faults)  # type: ignore[return-value]  # a raw stream
