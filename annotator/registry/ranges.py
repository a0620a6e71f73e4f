"""Port numbers: the three range classes of RFC 6335 section 6, and the registry's way of writing ports."""

from typing import TYPE_CHECKING, Final, overload

from annotator.words import RangeClass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SYSTEM_LAST: Final = 1023
USER_LAST: Final = 49151
LAST: Final = 65535
DYNAMIC_RANGE: Final = "49152-65535"

TRANSPORTS: Final = ("tcp", "udp", "sctp", "dccp")
"""The transports that the registry assigns ports on (RFC 6335 section 6), in its own order."""


@overload
def range_class(port: int) -> RangeClass: ...
@overload
def range_class(port: "NDArray[np.integer]") -> "NDArray[np.uint8]": ...
def range_class(port: "int | NDArray[np.integer]") -> "RangeClass | NDArray[np.uint8]":
    """Return the range class of a port, or a ``uint8`` array of its codes for an integer array of any shape.

    A number outside 0-65535 is no port: :attr:`RangeClass.NONE`.
    """
    if isinstance(port, int):
        if not 0 <= port <= LAST:
            return RangeClass.NONE
        if port <= SYSTEM_LAST:
            return RangeClass.SYSTEM
        return RangeClass.USER if port <= USER_LAST else RangeClass.DYNAMIC
    import numpy as np

    ports = np.asarray(port)
    none = RangeClass.NONE
    codes = np.array([none, RangeClass.SYSTEM, RangeClass.USER, RangeClass.DYNAMIC, none], np.uint8)
    bounds_passed = (ports >= 0).view(np.uint8) + (ports > SYSTEM_LAST) + (ports > USER_LAST) + (ports > LAST)
    return codes[bounds_passed]


def parse_ports(text: str) -> tuple[int, int] | None:
    """Return (first, last) of ``"443"`` or ``"7203-7214"``, or None for an empty text.

    Raises:
        ValueError: the text is neither, a number exceeds 65535, or the range runs backwards.
    """
    if not text:
        return None
    if text.isdecimal() and len(text) <= 5 and text.isascii() and int(text) <= LAST:  # as most are
        return (port := int(text)), port
    first, dash, last = text.partition("-")
    if not (first.isascii() and first.isdigit() and (not dash or (last.isascii() and last.isdigit()))):
        raise ValueError(f"{text!r} is not a port number or a range of them")
    if len(first) > 5 or len(last) > 5:
        raise ValueError(f"{text!r} exceeds port {LAST}")
    start = int(first)
    end = int(last) if dash else start
    if end > LAST or start > LAST:
        raise ValueError(f"{text!r} exceeds port {LAST}")
    if end < start:
        raise ValueError(f"{text!r} runs backwards")
    return start, end


def format_ports(start: int, end: int) -> str:
    """Write a port or a range the way the registry does; a range of one port is that port."""
    return str(start) if start == end else f"{start}-{end}"
