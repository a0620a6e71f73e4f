"""Live capture: what every engine has in common, and the choice of one.

What comes after cannot tell engines apart: each is a :class:`LiveReader`, and gives the batches that a file gives.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from annotator.capture.interfaces import Interface, find_interface
from annotator.capture.reader import Reader

SNAPLEN: Final = 262144
"""tcpdump's default: larger than any frame but those of IPv6 jumbograms."""
FLUSH_S: Final = 0.2
"""A packet waits at most so long for its batch to fill."""


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """How to capture, and when to end by itself."""

    count: int | None = None
    """Packets after which to end."""
    duration_s: float | None = None
    """Seconds after which to end, on the monotonic clock."""
    snaplen: int = SNAPLEN
    """Bytes kept of a frame."""
    promiscuous: bool = True
    """Whether to ask the interface for frames that are for others."""
    buffer_bytes: int = 32 << 20
    """Packet memory that the kernel is asked for; without CAP_NET_ADMIN it gives ``net.core.rmem_max`` at the most."""


class LiveReader(Reader):
    """Reads an interface until the count, the duration or :meth:`stop`, or until the interface goes away.

    The capture begins when batches are first asked for: see :class:`~annotator.capture.rehearsal.Rehearsal`. No
    packet waits longer than :data:`FLUSH_S` to be handed on. What the kernel had taken in by the end is still yielded.
    ``drops`` counts what it had no room for, and grows as the capture goes. An interface that goes away leaves
    ``complete`` false.
    """

    format = "live"

    def __init__(self, interface: Interface, settings: LiveSettings, capture: int) -> None:
        """Prepare to read `interface`; `capture` is the index that batches carry."""
        super().__init__(interface.name, capture)
        self.interface = interface
        self.settings = settings
        self.drops: int = 0
        self.on_begin: Callable[[], None] | None = None
        """Called once, when packets begin to count."""
        self._stopped = False
        self._bytes_done = 0

    def stop(self) -> None:
        """End soon; may be called from a signal handler or another thread."""
        self._stopped = True

    @property
    def bytes_done(self) -> int:
        """Bytes captured."""
        return self._bytes_done

    def interface_lost(self, why: str) -> None:
        """Note that the interface went away while it was read."""
        self.complete = False
        self.note = f"the interface went down or was removed after frame {self.frames:,} ({why})"


def open_live(name: str, settings: LiveSettings | None = None, capture: int = 0) -> LiveReader:
    """Open the interface `name` for capturing.

    Raises :class:`~annotator.errors.InputError` where there is no such interface or it is down, and
    :class:`~annotator.errors.CapturePermissionError` without the right to capture.
    """
    from annotator.capture.socket_reader import SocketReader

    return SocketReader(find_interface(name), settings or LiveSettings(), capture)
