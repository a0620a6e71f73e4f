"""The signature table: which protocols a payload's first bytes nominate.

All signatures of all probes are one set of arrays, ordered by transport, the place that they look at, and the byte
there, so that a payload is tested against the few that its bytes allow.
"""

from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.evidence.probe import SCTP, TCP, UDP, Probe
from annotator.kernel.jit import kernel
from annotator.kernel.load import le64, signed, u8

TRANSPORTS: Final = (TCP, UDP, SCTP)
NO_PLACE: Final = -1
WIDTH: Final = 8
"""Bytes of a signature at the most."""
MOST_CANDIDATES: Final = 12
"""Of one payload; more would mean that signatures are too weak to be any."""


SIGNATURE: Final = np.dtype(
    [
        ("value", "u8"),  # as a little-endian word, masked
        ("mask", "u8"),
        ("shortest", "i8"),
        ("longest", "i8"),
        ("width", "i2"),
        ("protocol", "i2"),
        ("needs", "u1"),  # context bits
    ],
    align=True,
)
"""A signature, as the kernel tests it."""


class SignatureTable(NamedTuple):
    """All signatures.

    Those of transport number t that look at place p, and fit a byte b there, are
    ``rows[starts[t, p, b]:starts[t, p, b + 1]]``.
    """

    places: NDArray[np.int64]
    """Offsets into a payload, one row a transport, NO_PLACE behind the last."""
    starts: NDArray[np.uint16]
    """Small, so that it stays in the processor's nearest cache."""
    rows: NDArray[np.void]


@cache
def signature_table(probes: tuple[Probe, ...]) -> SignatureTable:
    """Lay out the signatures of `probes`; a protocol's number is its place among them.

    Raises ValueError for a signature of no or more than eight bytes, or whose mask has another length, and for more
    signatures than 16 bits can number.
    """
    layouts: list[dict[int, list[list[tuple[int, ...]]]]] = [{} for _ in TRANSPORTS]
    for number, probe in enumerate(probes):
        for signature in probe.signatures:
            mask = signature.mask or b"\xff" * len(signature.value)
            if not 0 < len(signature.value) <= WIDTH or len(mask) != len(signature.value):
                raise ValueError(f"{probe.name}: a signature has 1 to {WIDTH} bytes, and a mask as long")
            word_mask = int.from_bytes(mask, "little")
            word = int.from_bytes(signature.value, "little") & word_mask
            shortest = max(signature.shortest, signature.at + len(mask))
            row = (word, word_mask, shortest, signature.longest, len(mask), number, signature.needs)
            alike = [word & 255] if mask[0] == 255 else [b for b in range(256) if b & mask[0] == word & 255]
            for transport, layout in zip(TRANSPORTS, layouts, strict=True):
                if signature.transports & transport:
                    buckets = layout.setdefault(signature.at, [[] for _ in range(256)])
                    for byte in alike:
                        buckets[byte].append(row)
    most = max(len(layout) for layout in layouts)
    places = np.full((len(TRANSPORTS), most + 1), NO_PLACE, np.int64)
    starts = np.zeros((len(TRANSPORTS), most + 1, 257), np.uint16)
    rows: list[tuple[int, ...]] = []
    for t, layout in enumerate(layouts):
        for p, at in enumerate(sorted(layout)):
            places[t, p] = at
            lengths = [len(bucket) for bucket in layout[at]]
            starts[t, p] = len(rows) + np.cumsum([0, *lengths])
            rows += [row for bucket in layout[at] for row in bucket]
    if len(rows) > np.iinfo(starts.dtype).max:
        raise ValueError(f"{len(rows)} signatures, by what they may begin with: that is more than are numbered")
    return SignatureTable(places, starts, np.array(rows, SIGNATURE))


@kernel
def word_at(data: Any, i: int, end: int) -> Any:
    """Read up to eight bytes at `i` as a little-endian word, zeros beyond `end`."""
    if end - i >= WIDTH:
        return le64(data, i)
    word = np.uint64(0)
    for k in range(max(end - i, 0)):
        word |= np.uint64(u8(data, i + k)) << np.uint64(8 * k)
    return word


@kernel
def nominate(
    places: Any, starts: Any, rows: Any, data: Any, i: int, end: int, finish: int, context: int, found: Any
) -> int:
    """Write the protocols that the payload ``data[i:end]`` may be into `found`, in ascending order; returns how many.

    `places`, `starts` and `rows` are of the :class:`SignatureTable`, `context` is as probes see it, `finish` where the
    payload ended on the wire.
    """
    transport = 0 if context & TCP else 1 if context & UDP else 2
    count = 0
    for p in range(places.shape[1]):
        at = i + places[transport, p]
        if at < i or at >= end:  # there is no further place, or none in this payload
            break
        byte = u8(data, at)
        first, last = signed(starts[transport, p, byte]), signed(starts[transport, p, byte + 1])
        if first == last:
            continue
        word = word_at(data, at, end)
        for k in range(first, last):
            row = rows[k]
            if word & row["mask"] != row["value"]:
                continue
            if end - at < row["width"] or finish - i < row["shortest"] or finish - i > row["longest"]:
                continue
            if signed(row["needs"]) & ~context:
                continue
            protocol = signed(row["protocol"])
            c = count
            while c > 0 and found[c - 1] > protocol:
                c -= 1
            if (c > 0 and found[c - 1] == protocol) or count == len(found):
                continue
            for moved in range(count, c, -1):
                found[moved] = found[moved - 1]
            found[c] = protocol
            count += 1
    return count
