"""Payloads of a batch that nobody wanted to look at when their packets were counted, in order, for a change of mind.

Each direction of a flow has a ring of its header rows: its FLOW row names the last one, and the first follows it.
A ring grows in :func:`annotator.flow.table.update`. Rings live as long
as their batch; a row that still names a header of an earlier one is told by the header's owner.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.flow.key import SHARD_BITS
from annotator.kernel.jit import kernel
from annotator.kernel.load import signed

NOBODY: Final = -1


class Passed(NamedTuple):
    """The rings: one element a header row."""

    owner: NDArray[np.int64]
    """Direction of a flow that the header's payload was passed over for, see :func:`owner_of`; NOBODY for none."""
    following: NDArray[np.int32]
    """The next header of the ring."""


def new_passed(headers: int) -> Passed:
    """Make empty rings for up to `headers` header rows."""
    return Passed(np.full(headers, NOBODY, np.int64), np.zeros(headers, np.int32))


@kernel
def owner_of(index: int, shard: int, d: int) -> int:
    """Number direction `d` of row `index` of a shard."""
    return (index << (SHARD_BITS + 1)) | (shard << 1) | d


@kernel
def take_first(passed: Any, flow: Any, d: int, owner: int) -> int:
    """Take the first header out of the ring of direction `d` of `flow`: NOBODY where it is empty."""
    last = signed(flow["passed"][d])
    if not 0 <= last < len(passed.owner) or passed.owner[last] != owner:
        return NOBODY
    first = signed(passed.following[last])
    if first == last:
        passed.owner[last] = NOBODY
    else:
        passed.following[last] = passed.following[first]
    return first
