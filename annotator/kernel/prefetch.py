"""Hints to the processor: memory that will be needed soon."""

from typing import Any, Final

from annotator.kernel.cache import INTERPRETED
from annotator.kernel.jit import Intrinsic, kernel

LINE: Final = 64
"""Bytes of a cache line."""

if not INTERPRETED:
    _prefetch = Intrinsic("prefetch")

    @kernel
    def prefetch(address: int) -> None:
        """Have the cache line at `address` brought near. Any address will do: a hint is never a fault."""
        _prefetch(address)

    @kernel
    def address_of(array: Any) -> int:
        """Give the address of an array's first element."""
        return array.ctypes.data  # type: ignore[no-any-return]
else:

    def prefetch(address: int) -> None:
        """Do nothing: the interpreter has no such hint."""

    def address_of(array: Any) -> int:  # noqa: ARG001  # as the compiled one
        """Give nothing of use: there is nothing to hint at."""
        return 0


@kernel
def prefetch_lines(address: int) -> None:
    """Have four cache lines brought near, from the one at `address` on: no loop, which would cost as much again."""
    prefetch(address)
    prefetch(address + LINE)
    prefetch(address + 2 * LINE)
    prefetch(address + 3 * LINE)
