"""The rows of the evidence room: what was seen of a flow, and a payload on its way to being judged."""

from typing import Final

import numpy as np

OBSERVATION: Final = np.dtype(
    [
        ("label_at", "i8", 2),  # in the label heap
        ("label_length", "u2", 2),
        ("protocol", "i2", 2),  # probe number, -1 for none
        ("upgraded", "i2", 2),  # probe number of what it became, -1 for none
        ("slot", "i4", 2),  # of the pool, -1 for none
        ("thread", "u4", 2),  # what a repeated speculation has to have in common, 0 for nothing yet
        ("grade", "u1", 2),
        ("basis", "u1", 2),
        ("upgraded_basis", "u1", 2),
        ("role", "u1", 2),
        ("state", "u1", 2),  # bits below
        ("left", "u1", 2),  # payloads that are still to be judged, see want
    ],
    align=True,
)
"""What was seen of a flow, by direction."""

FROM_START: Final = 1
"""State bit: the direction was looked at from the start of its stream."""
FOLLOWED: Final = 2
"""State bit: the protocol asked to see more."""
UPGRADING: Final = 4
"""State bit: what follows is another protocol."""
RANDOM: Final = 8
"""State bit: unknown payload that looks encrypted, compressed or random."""

LOOKED: Final = 16
"""State bit: a payload of the direction was judged; more of them are wanted only if it told too little."""

SIGHTING: Final = np.dtype(
    [
        ("start", "i8"),  # in the window, or in the pool where `pooled`
        ("end", "i8"),
        ("finish", "i8"),
        ("observation", "i4"),
        ("slot", "i4"),
        ("size", "i4"),  # stored bytes of this payload alone
        ("context", "u1"),
        ("direction", "u1"),
        ("pooled", "u1"),
        ("place", "u1"),  # as in SIGHT
        ("state", "u1"),  # of the direction, when the payload was gathered
        ("wanted", "u1"),  # payloads of the direction to look at from here on
        ("raised", "u1"),  # directions (bits) of which none was wanted any more, and is again from here on
    ],
    align=True,
)
"""A payload that is looked at."""

ANNOUNCED: Final = np.dtype(
    [("observation", "i4"), ("direction", "u1"), ("length", "u2"), ("payload", "u1", 1024)], align=True
)
"""A payload that names other endpoints."""
MOST_ANNOUNCED: Final = 20_000

AMBIGUOUS, LABELS_GIVEN_UP, ANNOUNCEMENTS_GIVEN_UP = range(3)
"""What is counted: payloads that two protocols of equal strength confirm; labels for which there was no room any more,
and payloads that name other endpoints and that there was no room to keep."""
COUNTS: Final = 3

KEEP: Final = 255
"""``wanted`` of a payload that changes nothing."""
AGAIN: Final = 254
"""``wanted`` of a payload to judge anew: one before it, in the same batch, changed how it is to be seen."""
FURTHER_LOOKS: Final = 3
"""Where the first payload of a direction did not settle what it is."""
FOLLOW_LOOKS: Final = 64
UPGRADE_LOOKS: Final = 4
MORE_LOOKS: Final = 3
"""For a message that goes on, as long as its segments have SEGMENT bytes: the pool is full after 32 of those."""
