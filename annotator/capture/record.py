"""The header of a pcap record, as the reader takes it and as the search behind damage tries it.

Source: draft-ietf-opsawg-pcap section 5; for lengths that changed places, see :mod:`annotator.capture.layout`.
"""

from typing import Any

from annotator.capture.layout import ALWAYS, WHERE_LARGER
from annotator.kernel.jit import kernel
from annotator.kernel.load import be32, le32


@kernel
def record_header(records: Any, i: int, big: bool, swapped: int) -> tuple[int, int, int, int]:
    """Read the record header at `i`: seconds, the fraction in the file's unit, bytes stored, bytes on the wire.

    The lengths come in this order where the file has them the other way round: `swapped` is that of
    :class:`annotator.capture.layout.Layout`. The caller sees that 16 bytes are there.
    """
    if big:
        seconds, fraction, stored, wire = (
            be32(records, i),
            be32(records, i + 4),
            be32(records, i + 8),
            be32(records, i + 12),
        )
    else:
        seconds, fraction, stored, wire = (
            le32(records, i),
            le32(records, i + 4),
            le32(records, i + 8),
            le32(records, i + 12),
        )
    if swapped == ALWAYS or (swapped == WHERE_LARGER and stored > wire):
        return seconds, fraction, wire, stored
    return seconds, fraction, stored, wire
