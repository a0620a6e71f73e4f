"""Checked, unaligned loads: the only way in which bytes of a capture are read.

Each load checks ``0 <= i <= len(data) - n`` once; no sum of it can wrap. Loads of up to four bytes give int64, of
eight bytes uint64 (the two must not be mixed: Numba and NumPy both turn the mixture into a float). Wide loads are
two to three times as fast as assembling bytes. Under ``NUMBA_DISABLE_JIT=1`` the same names are plain Python, with
the same results and the same ``IndexError``.

A kernel checks lengths before it loads; the check here is what stands between a mistake and foreign memory.
"""

from typing import Any

import numpy as np

from annotator.kernel.cache import INTERPRETED
from annotator.kernel.jit import Intrinsic, kernel

if not INTERPRETED:
    _u8, _view = Intrinsic("u8"), Intrinsic("view")
    _be16, _be32, _be64 = Intrinsic("be16"), Intrinsic("be32"), Intrinsic("be64")
    _le16, _le32, _le64 = Intrinsic("le16"), Intrinsic("le32"), Intrinsic("le64")

    @kernel
    def view(data: Any) -> Any:
        """Give the bytes of an array as the loads take them: address and length, which nobody need count references to.

        The array must outlive the view. Kernels make it where they are entered: passing arrays on to other kernels
        costs an atomic count up and down for each call, which took half of the time of decoding.
        """
        return _view(data)

    @kernel
    def u8(data: Any, i: int) -> int:
        """One byte at `i`."""
        if i < 0 or i > data[1] - 1:
            raise IndexError("load past the end")
        return _u8(data[0], i)  # type: ignore[no-any-return]

    @kernel
    def be16(data: Any, i: int) -> int:
        """Two bytes at `i`, network order."""
        if i < 0 or i > data[1] - 2:
            raise IndexError("load past the end")
        return _be16(data[0], i)  # type: ignore[no-any-return]

    @kernel
    def be32(data: Any, i: int) -> int:
        """Four bytes at `i`, network order."""
        if i < 0 or i > data[1] - 4:
            raise IndexError("load past the end")
        return _be32(data[0], i)  # type: ignore[no-any-return]

    @kernel
    def be64(data: Any, i: int) -> int:
        """Eight bytes at `i`, network order, as uint64."""
        if i < 0 or i > data[1] - 8:
            raise IndexError("load past the end")
        return _be64(data[0], i)  # type: ignore[no-any-return]

    @kernel
    def le16(data: Any, i: int) -> int:
        """Two bytes at `i`, little-endian."""
        if i < 0 or i > data[1] - 2:
            raise IndexError("load past the end")
        return _le16(data[0], i)  # type: ignore[no-any-return]

    @kernel
    def le32(data: Any, i: int) -> int:
        """Four bytes at `i`, little-endian."""
        if i < 0 or i > data[1] - 4:
            raise IndexError("load past the end")
        return _le32(data[0], i)  # type: ignore[no-any-return]

    @kernel
    def le64(data: Any, i: int) -> int:
        """Eight bytes at `i`, little-endian, as uint64."""
        if i < 0 or i > data[1] - 8:
            raise IndexError("load past the end")
        return _le64(data[0], i)  # type: ignore[no-any-return]
else:
    from annotator.kernel import plain

    loads: Any = plain  # whose functions have the types of those above, but for their parameters' names
    view = loads.view
    u8, be16, be32, be64 = loads.u8, loads.be16, loads.be32, loads.be64
    le16, le32, le64 = loads.le16, loads.le32, loads.le64


@kernel
def signed(value: Any) -> int:
    """Widen a column's element to int64, so that it mixes with what the loads give (uint64 does not)."""
    return np.int64(value)  # type: ignore[return-value]  # an int, to the checker as to Numba


LOADS = ("view", "u8", "be16", "be32", "be64", "le16", "le32", "le64", "signed")
"""What :mod:`annotator.kernel.plain` has under the same names."""
