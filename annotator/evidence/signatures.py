"""The signature table: which protocols a payload's first bytes nominate.

All signatures of all probes are one set of arrays, ordered by transport and first byte, so that a payload is tested
against the few that its first byte allows.
"""

from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.evidence.probe import SCTP, TCP, UDP, Probe
from annotator.kernel.jit import kernel
from annotator.kernel.load import le64, signed, u8

TRANSPORTS: Final = (TCP, UDP, SCTP)
ANYWHERE: Final = 256
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
        ("at", "i4"),
        ("width", "i2"),
        ("protocol", "i2"),
        ("needs", "u1"),  # context bits
    ],
    align=True,
)
"""A signature, as the kernel tests it."""


class SignatureTable(NamedTuple):
    """All signatures; those of transport number t and first byte b are ``rows[starts[t, b]:starts[t, b + 1]]``.

    Those that look at no first byte are in bucket ANYWHERE.
    """

    starts: NDArray[np.int64]
    rows: NDArray[np.void]


@cache
def signature_table(probes: tuple[Probe, ...]) -> SignatureTable:
    """Lay out the signatures of `probes`; a protocol's number is its place among them.

    Raises ValueError for a signature of no or more than eight bytes, or whose mask has another length.
    """
    starts = np.zeros((len(TRANSPORTS), ANYWHERE + 2), np.int64)
    rows: list[tuple[int, ...]] = []
    for t, transport in enumerate(TRANSPORTS):
        buckets: list[list[tuple[int, ...]]] = [[] for _ in range(ANYWHERE + 1)]
        for number, probe in enumerate(probes):
            for signature in probe.signatures:
                if not signature.transports & transport:
                    continue
                mask = signature.mask or b"\xff" * len(signature.value)
                if not 0 < len(signature.value) <= WIDTH or len(mask) != len(signature.value):
                    raise ValueError(f"{probe.name}: a signature has 1 to {WIDTH} bytes, and a mask as long")
                word_mask = int.from_bytes(mask, "little")
                word = int.from_bytes(signature.value, "little") & word_mask
                shortest = max(signature.shortest, signature.at + len(mask))
                row = (word, word_mask, shortest, signature.longest, signature.at, len(mask), number, signature.needs)
                if signature.at:
                    buckets[ANYWHERE].append(row)
                    continue
                for first in range(256):
                    if (first & mask[0]) == (word & 255):
                        buckets[first].append(row)
        for number_of, bucket in enumerate(buckets):
            starts[t, number_of] = len(rows)
            rows += sorted(bucket, key=lambda row: row[4])  # by place, so that a word is read once
        starts[t, -1] = len(rows)
    return SignatureTable(starts, np.array(rows, SIGNATURE))


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
def nominate(starts: Any, rows: Any, data: Any, i: int, end: int, finish: int, context: int, found: Any) -> int:
    """Write the protocols that the payload ``data[i:end]`` may be into `found`, in ascending order; returns how many.

    `starts` and `rows` are of the :class:`SignatureTable`, `context` is as probes see it, `finish` where the payload
    ended on the wire.
    """
    if end <= i:
        return 0
    transport = 0 if context & TCP else 1 if context & UDP else 2
    count = 0
    first = u8(data, i)
    head = word_at(data, i, end)
    for bucket in (first, ANYWHERE):
        place, word = i, head
        for k in range(starts[transport, bucket], starts[transport, bucket + 1]):
            row = rows[k]
            at = i + signed(row["at"])
            if at != place:
                place, word = at, word_at(data, at, end)
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
