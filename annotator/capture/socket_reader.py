"""Live capture through a packet socket, one system call a packet.

Each frame is received into its place in the batch's window, with auxiliary data beside it: true length, the VLAN tag
that the kernel or the card took off, and the time as integers. Sources: packet(7), linux/if_packet.h, and
tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html for the cooked header.
"""

import math
import select
import struct
import time
from collections.abc import Iterator
from socket import CMSG_SPACE
from typing import Final

import numpy as np

from annotator.capture.batch import CAPACITY, Columns
from annotator.capture.interfaces import ARPHRD_LOOPBACK, ETHERNET, SLL, Interface
from annotator.capture.live import FLUSH_S, LiveReader, LiveSettings
from annotator.capture.packet_socket import (
    PACKET_AUXDATA,
    PACKET_OUTGOING,
    SO_TIMESTAMPNS,
    SOL_PACKET,
    PacketSocket,
)
from annotator.model import NO_TIME, PacketBatch

WINDOW: Final = 8 << 20
"""Bytes of packets in a batch at the most."""

AUXDATA: Final = struct.Struct("@IIIHHHH")  # struct tpacket_auxdata: status, len, snaplen, mac, net, TCI, TPID
TP_STATUS_VLAN_VALID: Final = 1 << 4
TIMESPEC: Final = struct.Struct("@ll")
ANCILLARY_SPACE: Final = CMSG_SPACE(AUXDATA.size) + CMSG_SPACE(TIMESPEC.size)

ADDRESSES: Final = 12  # octets of an Ethernet header before its VLAN tags
TAG: Final = struct.Struct("!HH")  # TPID and TCI; in a cooked frame the TPID is in the header, and the type follows
COOKED: Final = struct.Struct("!HHH8sH")  # packet type, ARPHRD_, address length, address, protocol
HEADROOM: Final = COOKED.size + TAG.size
"""Octets kept free before each frame for what is put back in front of it."""


class SocketReader(LiveReader):
    """Reads a packet socket."""

    def __init__(self, interface: Interface, settings: LiveSettings, capture: int) -> None:
        """Open the socket. Raises what :class:`~annotator.capture.packet_socket.PacketSocket` raises."""
        super().__init__(interface, settings, capture)
        self._packets = PacketSocket(interface, settings.promiscuous, settings.buffer_bytes)
        self._link_type = interface.link_type
        self._snaplen = settings.snaplen
        self._window = np.empty(WINDOW + HEADROOM + settings.snaplen, np.uint8)
        self._bytes = memoryview(self._window)  # type: ignore[arg-type]  # an array is a buffer
        self._columns = Columns()
        self._columns.link_type[:] = interface.link_type
        self._offset, self._ts_ns, self._caplen, self._origlen = (
            memoryview(column)  # type: ignore[arg-type]  # a view stores a number in half the time
            for column in (
                self._columns.offset,
                self._columns.ts_ns,
                self._columns.caplen,
                self._columns.origlen,
            )
        )
        self._rows = 0
        self._free = 0

    def close(self) -> None:
        """Close the socket."""
        self._packets.close()

    def batches(self) -> Iterator[PacketBatch]:
        """Yield packets as they come."""
        self._packets.open_gate()
        if self.on_begin:
            self.on_begin()
        count = self.settings.count or math.inf
        end_s = time.monotonic() + (self.settings.duration_s or math.inf)
        flush_s = math.inf
        waiter = select.poll()
        waiter.register(self._packets.socket, select.POLLIN)
        ending = False
        lost: OSError | None = None
        while self.frames + self._rows < count:
            now_s = time.monotonic()
            if not ending and (self._stopped or now_s >= end_s):
                self._packets.shut_gate()  # what came before the end is still read, what comes after is not
                ending = True
            if now_s >= flush_s or self._rows == CAPACITY or self._free > WINDOW:
                yield self._batch()
                flush_s = math.inf
            try:
                if self._receive() and self._rows == 1:
                    flush_s = now_s + FLUSH_S
            except BlockingIOError:
                if ending:
                    break
                waiter.poll((min(flush_s, end_s, now_s + FLUSH_S) - now_s) * 1000)
            except OSError as error:
                if lost:
                    break
                lost = error
                ending = True  # the kernel tells once, and keeps what it had queued
        yield self._batch()
        self.close()
        if lost:
            self.interface_lost(lost.strerror or str(lost))

    def _batch(self) -> PacketBatch:
        """Make a batch of the frames received since the last one, whose window is used again."""
        made = self._columns.batch(self._window, self._rows, self.capture, self.frames + 1)
        self.frames += self._rows
        self._rows = self._free = 0
        self.drops += self._packets.drops()
        return made

    def _receive(self) -> bool:
        """Receive one frame behind the last one; False where it is one that must not count.

        Raises BlockingIOError where none is there, and OSError where the interface has gone.
        """
        start = self._free + HEADROOM
        room = self._bytes[start : start + self._snaplen]
        got, ancillary, _, address = self._packets.socket.recvmsg_into([room], ANCILLARY_SPACE)
        _, protocol, packet_type, hardware, sender = address
        if packet_type == PACKET_OUTGOING and hardware == ARPHRD_LOOPBACK:
            return False  # it is seen again when it comes in
        ts_ns, origlen, tci, tpid = NO_TIME, got, 0, 0
        for level, kind, value in ancillary:
            if level == SOL_PACKET and kind == PACKET_AUXDATA:
                status, origlen, _, _, _, tci, tpid = AUXDATA.unpack(value)
                if not status & TP_STATUS_VLAN_VALID:
                    tpid = 0
            elif kind == SO_TIMESTAMPNS:
                seconds, nanoseconds = TIMESPEC.unpack(value)
                ts_ns = seconds * 1_000_000_000 + nanoseconds
        added = 0
        if self._link_type == ETHERNET and tpid:
            added = TAG.size
            self._bytes[start - added : start - added + ADDRESSES] = self._bytes[start : start + ADDRESSES]
            TAG.pack_into(self._bytes, start - added + ADDRESSES, tpid, tci)
        elif self._link_type == SLL:
            if tpid:
                added = TAG.size
                TAG.pack_into(self._bytes, start - added, tci, protocol)
                protocol = tpid
            added += COOKED.size
            COOKED.pack_into(self._bytes, start - added, packet_type, hardware, len(sender), sender[:8], protocol)
        row = self._rows
        caplen = min(got + added, self._snaplen)
        self._offset[row] = start - added
        self._ts_ns[row] = ts_ns
        self._caplen[row] = caplen
        self._origlen[row] = origlen + added
        self._rows = row + 1
        self._free = start + got
        self._bytes_done += caplen
        return True
