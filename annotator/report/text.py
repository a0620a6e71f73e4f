"""Codes to text, many at a time: times, VLAN stacks, TCP flags."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotator.distinct import distinct
from annotator.model import NO_TIME

TCP_FLAG_LETTERS: Final = "FSRPAUEC"
"""Letter of each TCP flag, the lowest bit first (RFC 9293 section 3.1, RFC 3168)."""


def iso_times(ns: NDArray[np.int64]) -> NDArray[np.bytes_]:
    """Write times as ISO 8601 in UTC with nanoseconds: ``2026-05-04T09:12:03.000000001Z``.

    Args:
        ns: nanoseconds since 1970-01-01 UTC, shape (n,); NO_TIME gives an empty text.

    Returns:
        ASCII text, shape (n,), dtype ``S30``.
    """
    seconds, fraction = np.divmod(ns, 1_000_000_000)
    different, of_row = distinct(seconds)  # packets crowd: few seconds, many rows
    whole = np.datetime_as_string(different.astype("datetime64[s]")).astype("S19")
    text = np.empty((len(ns), 30), np.uint8)
    text[:, :19] = whole[of_row].view(np.uint8).reshape(len(ns), 19)
    text[:, 19] = ord(".")
    rest = fraction
    for place in range(28, 19, -1):
        rest, digit = np.divmod(rest, 10)
        text[:, place] = digit + ord("0")
    text[:, 29] = ord("Z")
    text[ns == NO_TIME] = 0
    return text.view("S30").ravel()


def iso_time(ns: int) -> str | None:
    """Write one time as :func:`iso_times` does, or None for NO_TIME."""
    if ns == NO_TIME:
        return None
    return str(iso_times(np.array([ns], np.int64))[0].decode())


def vlan_text(stack: int) -> str:
    """Write a stack of VLAN ids, outermost first, joined by a dot; see :func:`annotator.decode.link.push_vlan`."""
    return ".".join(str(stack >> (4 + 12 * place) & 0xFFF) for place in range(stack & 15))


def flags_text(flags: int) -> str:
    """Write the letters of the TCP flags that are set, in the order of :data:`TCP_FLAG_LETTERS`."""
    return "".join(letter for bit, letter in enumerate(TCP_FLAG_LETTERS) if flags >> bit & 1)
