"""How a pcap file lays its records out: byte order, precision, and the variants that no magic number tells apart.

Three record headers go by the standard magic number: the usual one of 16 bytes, one of 24 (Red Hat 6.1's libpcap) and
one of 20 (Nokia's appliances); two by the magic of Kuznetsov's patches: 24 bytes, and 28 (SuSE 6.3's). Which one a
file has shows in its first records: with the right one, their lengths and times make sense. AIX writes version 2.2
with ifType numbers (RFC 1573) for link types, and nanoseconds.

Sources: draft-ietf-opsawg-pcap, pcap-savefile(5), and files of these kinds as Wireshark writes and reads them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from annotator.errors import InputError

HEADER_BYTES: Final = 24
MAGICS: Final[dict[bytes, tuple[Literal["big", "little"], int, bool]]] = {  # order, ns per unit of fraction, patched
    b"\xa1\xb2\xc3\xd4": ("big", 1000, False),
    b"\xd4\xc3\xb2\xa1": ("little", 1000, False),
    b"\xa1\xb2\x3c\x4d": ("big", 1, False),
    b"\x4d\x3c\xb2\xa1": ("little", 1, False),
    b"\xa1\xb2\xcd\x34": ("big", 1000, True),
    b"\x34\xcd\xb2\xa1": ("little", 1000, True),
}
STANDARD_RECORD: Final = 16
STANDARD: Final = ((STANDARD_RECORD, "pcap"), (24, "pcap (Red Hat)"), (20, "pcap (Nokia)"))
"""Record headers that go by the standard magic number, the likeliest first."""
PATCHED: Final = ((24, "pcap (modified)"), (28, "pcap (SuSE)"))
"""Those that go by the patches' magic number."""
AIX_LINKS: Final = {6: 1, 9: 6, 15: 10, 24: 0}
"""LINKTYPE by ifType, as AIX writes it: Ethernet, Token Ring, FDDI, loopback."""
AIX_FDDI_PADDING: Final = 3
"""Bytes in front of an FDDI frame, which AIX counts as part of it."""
FDDI: Final = 10
DG_UX: Final = 543
"""Major version that DG/UX's tcpdump writes; its lengths are swapped."""
STANDARD_SNAPLEN: Final = 262144
"""libpcap's MAXIMUM_SNAPLEN: no record of a usual link type is longer."""
LARGE_SNAPLEN: Final = 128 << 20
"""libpcap's limit for the link types with larger messages."""
LARGE_LINK_TYPES: Final = frozenset({231, 245, 249, 288})
"""D-Bus, NFC LLCP, USBPcap, and one number that has none."""
LONGEST_WIRE: Final = 128 << 20
"""What claims to have been longer on the wire was no packet."""
NEAR_S: Final = 86_400
"""Seconds that may lie between two records of a capture which are known to be neighbours only by their times."""
TRIED_RECORDS: Final = 3
"""Records that have to make sense."""

NEVER, ALWAYS, WHERE_LARGER = 0, 1, 2
"""Whether captured and original length changed places in a record header."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What the file header says of the records."""

    order: Literal["big", "little"]
    unit_ns: int
    """Nanoseconds per unit of a time's fraction."""
    header: int
    """Bytes of a record's header."""
    swapped: int
    """NEVER, ALWAYS (versions before 2.3) or WHERE_LARGER: 2.3, as some writers of it did so."""
    link_type: int
    snaplen: int
    format: str
    padding: int = 0
    """Bytes before each packet that its record counts as part of it."""

    @property
    def longest(self) -> int:
        """Bytes of the longest record that makes sense."""
        if self.link_type in LARGE_LINK_TYPES:
            return LARGE_SNAPLEN
        return max(STANDARD_SNAPLEN, min(self.snaplen, LARGE_SNAPLEN))


def read_layout(name: str, head: bytes) -> tuple[Layout, tuple[tuple[int, str], ...]]:
    """Read the file header `head` of the file `name`: what it says, and the record headers that it leaves open.

    Raises :class:`~annotator.errors.InputError` for a version that nothing reads.
    """
    order, unit_ns, patched = MAGICS[head[:4]]
    version = int.from_bytes(head[4:6], order), int.from_bytes(head[6:8], order)
    link_type = int.from_bytes(head[20:24], order) & 0xFFFF  # above: class, and the length of frame check sequences
    if version[0] < 2:
        raise InputError(f"{name}: is pcap of version {version[0]}.{version[1]}, of before 1990, which nothing reads")
    swapped = ALWAYS if version < (2, 3) or version[0] == DG_UX else WHERE_LARGER if version == (2, 3) else NEVER
    variants = PATCHED if patched else STANDARD
    made = Layout(
        order, unit_ns, variants[0][0], swapped, link_type, int.from_bytes(head[16:20], order), variants[0][1]
    )
    if unit_ns == 1:
        return replace(made, format="pcap (ns)"), ()
    if version == (2, 2) and link_type in AIX_LINKS and not patched:
        link_type = AIX_LINKS[link_type]
        padding = AIX_FDDI_PADDING if link_type == FDDI else 0
        return replace(made, unit_ns=1, link_type=link_type, format="pcap (AIX)", padding=padding), ()
    return made, variants


def makes_sense(layout: Layout, peek: Callable[[int, int], bytes], *, may_be_cut: bool = False) -> bool:
    """Say whether the first records of a file make sense in `layout`.

    ``peek(at, count)`` gives the bytes `at` behind the file header, fewer than `count` at the end of the file. A file
    that ends inside a record makes sense only where it `may_be_cut`, and the record's time is near the one before it.
    """
    at = last = 0
    for number in range(TRIED_RECORDS):
        header = peek(at, layout.header)
        if not header and number:
            return True
        seconds = int.from_bytes(header[:4], layout.order)
        if len(header) < layout.header:
            return may_be_cut and number > 0 and len(header) >= 4 and abs(seconds - last) <= NEAR_S
        fraction, stored, wire = (int.from_bytes(header[place : place + 4], layout.order) for place in (4, 8, 12))
        if layout.swapped == ALWAYS or (layout.swapped == WHERE_LARGER and stored > wire):
            stored, wire = wire, stored
        if number and abs(seconds - last) > NEAR_S:
            return False
        if fraction * layout.unit_ns >= 1_000_000_000 or stored > wire or wire > LONGEST_WIRE:
            return False
        if not 0 < stored <= layout.longest or (layout.snaplen and stored > layout.snaplen):
            return False
        at += layout.header + stored
        if not peek(at - 1, 1):
            return may_be_cut and number > 0
        last = seconds
    return True


def choose(layout: Layout, variants: tuple[tuple[int, str], ...], peek: Callable[[int, int], bytes]) -> Layout:
    """Choose the record header by the first records; `peek` is that of :func:`makes_sense`.

    The first of `variants` is kept unless another one makes sense where it does not.
    """
    if variants and not makes_sense(layout, peek, may_be_cut=True):
        for header, name in variants[1:]:
            other = replace(layout, header=header, format=name)
            if makes_sense(other, peek):
                return other
    return layout
