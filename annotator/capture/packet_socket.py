"""The kernel's packet socket on one interface: opening it, its gate, its counters.

Scapy opens the socket, and leaves the rest alone: its own way of receiving gives times as floats, loses lengths and
directions, and sees loopback packets twice. Sources: packet(7), socket(7), linux/if_packet.h, linux/filter.h.
"""

import contextlib
import ctypes
import logging
import os
import shlex
import socket
import struct
from typing import Final

from annotator.capture.interfaces import SLL, Interface
from annotator.errors import CapturePermissionError, InputError

SOL_PACKET: Final = 263
PACKET_ADD_MEMBERSHIP: Final = 1
PACKET_STATISTICS: Final = 6
PACKET_AUXDATA: Final = 8
PACKET_IGNORE_OUTGOING: Final = 23
PACKET_MR_PROMISC: Final = 1
PACKET_OUTGOING: Final = 4
SO_ATTACH_FILTER: Final = 26
SO_DETACH_FILTER: Final = 27
SO_RCVBUFFORCE: Final = 33
SO_TIMESTAMPNS: Final = 35
ETH_P_ALL: Final = 3

MEMBERSHIP: Final = struct.Struct("@iHH8s")  # struct packet_mreq: ifindex, type, address length, address
STATISTICS: Final = struct.Struct("@II")  # struct tpacket_stats: packets (drops included), drops
BPF_RETURN: Final = 0x06  # BPF_RET | BPF_K: keep so many bytes of the packet, 0 for none of it


class PacketSocket:
    """A packet socket that is bound to an interface, does not block, and starts with its gate shut."""

    def __init__(self, interface: Interface, promiscuous: bool, buffer_bytes: int) -> None:
        """Open the socket; nothing that arrived before :meth:`open_gate` will be seen.

        Raises :class:`~annotator.errors.CapturePermissionError` without the right to capture, and
        :class:`~annotator.errors.InputError` where the interface has gone or cannot be bound to.
        """
        self._owner: object = None
        try:
            self.socket = self._cooked(interface) if interface.link_type == SLL else self._raw(interface)
        except PermissionError:
            raise CapturePermissionError(remedy(interface.name)) from None
        except OSError as error:
            raise InputError(f"{interface.name}: cannot be captured on: {error.strerror or error}") from None
        try:
            self._prepare(interface, promiscuous, buffer_bytes)
        except OSError as error:
            self.close()
            raise InputError(f"{interface.name}: cannot be captured on: {error.strerror or error}") from None

    def _raw(self, interface: Interface) -> socket.socket:
        """Let scapy open a socket that gives frames with their link-layer header."""
        from scapy.arch.linux import L2ListenSocket

        log = logging.getLogger("scapy.runtime")
        level = log.level
        log.setLevel(logging.ERROR)  # it warns of link types that it cannot dissect, and need not
        try:
            opened = L2ListenSocket(iface=interface.name, promisc=False, nofilter=1)
        finally:
            log.setLevel(level)
        self._owner = opened  # it closes the socket when it is collected
        listening: socket.socket = opened.ins
        return listening

    def _cooked(self, interface: Interface) -> socket.socket:
        """Open a socket that takes the link-layer header off, which scapy has no class for."""
        opened = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        try:
            opened.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
            opened.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            opened.bind((interface.name, ETH_P_ALL))
        except OSError:
            opened.close()
            raise
        return opened

    def _prepare(self, interface: Interface, promiscuous: bool, buffer_bytes: int) -> None:
        self.shut_gate()
        self.socket.setblocking(False)
        try:  # beyond the system's limit, which is small; that takes CAP_NET_ADMIN
            self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, buffer_bytes)
        except PermissionError:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
        if promiscuous:
            membership = MEMBERSHIP.pack(interface.index, PACKET_MR_PROMISC, 0, b"")
            self.socket.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership)
        if interface.loopback:
            # The kernel's counters then hold each packet once. Before Linux 4.20 they don't: the reader still drops
            # the second sight itself.
            with contextlib.suppress(OSError):
                self.socket.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        # between opening and binding the socket heard every interface: forget all that
        try:
            while True:
                self.socket.recv(1)
        except BlockingIOError:
            self.drops()

    def open_gate(self) -> None:
        """Let packets in from now on."""
        self.socket.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)

    def shut_gate(self) -> None:
        """Let no further packet in; those that are queued stay."""
        from scapy.libs.structures import bpf_insn, sock_fprog

        nothing = bpf_insn(BPF_RETURN, 0, 0, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, sock_fprog(1, ctypes.pointer(nothing)))

    def drops(self) -> int:
        """Give the number of packets that the kernel had no room for since this was asked last."""
        counters = self.socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, STATISTICS.size)
        drops: int = STATISTICS.unpack(counters)[1]
        return drops

    def close(self) -> None:
        """Close the socket; the interface leaves promiscuous mode with its last listener."""
        self.socket.close()
        self._owner = None


def remedy(interface: str) -> str:
    """Say what gives this user the right to capture, for the interpreter in use."""
    interpreter = shlex.quote(os.path.realpath("/proc/self/exe"))  # capabilities belong to files, not to links
    return (
        f"{interface}: no right to capture; grant it to this Python once "
        f"(sudo setcap cap_net_raw=eip {interpreter}), or run the command with sudo"
    )
