"""The network interfaces of this machine, as the kernel lists them, and the link type that each is captured with."""

from dataclasses import dataclass
from typing import Final

from annotator.errors import AnnotatorError, InputError

ETHERNET, RAW, SLL = 1, 101, 113  # LINKTYPE_*, tcpdump.org/linktypes.html

IFF_UP: Final = 0x1  # linux/if.h
IFF_LOOPBACK: Final = 0x8
IFF_RUNNING: Final = 0x40

ARPHRD_LOOPBACK: Final = 772
LINK_TYPES: Final = {  # linux/if_arp.h ARPHRD_* whose frames hold the header that the link type says
    1: ETHERNET,
    ARPHRD_LOOPBACK: ETHERNET,  # Linux frames its loopback like Ethernet, with addresses of zeros
    519: RAW,  # ARPHRD_RAWIP
    65534: RAW,  # ARPHRD_NONE: TUN, WireGuard
}


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface, as it was when it was listed."""

    name: str
    index: int
    flags: int
    """``IFF_*`` bits."""
    hardware: int
    """``ARPHRD_*``."""
    addresses: tuple[str, ...]
    """IPv4 before IPv6, without prefix lengths."""

    @property
    def up(self) -> bool:
        """Whether an administrator has switched it on."""
        return bool(self.flags & IFF_UP)

    @property
    def running(self) -> bool:
        """Whether it has a carrier."""
        return bool(self.flags & IFF_RUNNING)

    @property
    def loopback(self) -> bool:
        """Whether what it sends comes back to it."""
        return bool(self.flags & IFF_LOOPBACK)

    @property
    def link_type(self) -> int:
        """``LINKTYPE_*`` of its frames; SLL (cooked) where drivers disagree about the header, as PPP's do."""
        return LINK_TYPES.get(self.hardware, SLL)


def interfaces() -> list[Interface]:
    """List the interfaces of this network namespace, by index.

    Raises :class:`~annotator.errors.AnnotatorError` where the system has no way to list or capture them.
    """
    from scapy.consts import LINUX

    if not LINUX:
        raise AnnotatorError("live capture works on Linux only; capture with tcpdump -w FILE, then annotate FILE")
    import scapy.arch.linux  # noqa: F401 (it registers the interfaces' provider)
    from scapy.config import conf

    try:
        conf.ifaces.reload()
    except UnicodeDecodeError:
        raise AnnotatorError(
            "an interface of this machine has a name that is not UTF-8, so none can be listed; rename it first "
            "(ip link set dev OLD name NEW)"
        ) from None
    found = [
        Interface(
            name=one.name,
            index=one.index,
            flags=int(one.flags),
            hardware=one.type,
            addresses=(*one.ips[4], *one.ips[6]),
        )
        for one in conf.ifaces.values()
    ]
    return sorted(found, key=lambda one: one.index)


def find_interface(name: str) -> Interface:
    """Give the interface called `name`, which must be up.

    Raises :class:`~annotator.errors.InputError` where there is none (the message lists those that exist), or it is
    down.
    """
    known = interfaces()
    for interface in known:
        if interface.name == name:
            if not interface.up:
                raise InputError(f"{name}: the interface is down; bring it up (ip link set dev {name} up)")
            return interface
    names = ", ".join(interface.name for interface in known) or "none at all"
    raise InputError(f"{name}: no such interface; this machine has {names}")
