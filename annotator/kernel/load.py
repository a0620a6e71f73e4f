"""Checked, unaligned loads: the only way in which bytes of a capture are read.

Each load checks ``0 <= i`` and ``i + n <= len(data)`` once. Loads of up to four bytes give int64, of eight bytes
uint64 (the two must not be mixed: Numba and NumPy both turn the mixture into a float). Wide loads are two to three
times as fast as assembling bytes. Under ``NUMBA_DISABLE_JIT=1`` the same names are plain Python, with the same
results and the same ``IndexError``.

A kernel checks lengths before it loads; the check here is what stands between a mistake and foreign memory.
"""

import sys
from typing import Any

import numpy as np

from annotator.kernel.jit import INTERPRETED, kernel

if not INTERPRETED:
    from llvmlite import ir
    from numba import types
    from numba.core import cgutils
    from numba.extending import intrinsic

    create_struct_proxy: Any = cgutils.create_struct_proxy  # untyped in Numba

    def _raw(bits: int, swap: bool) -> Any:
        result = types.uint64 if bits == 64 else types.int64

        @intrinsic
        def load(typingctx: Any, data: Any, i: Any) -> Any:  # noqa: ARG001  # the signature that Numba calls
            def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
                base = create_struct_proxy(signature.args[0])(context, builder, args[0]).data
                pointer = builder.bitcast(builder.gep(base, [args[1]]), ir.IntType(bits).as_pointer())
                value = builder.load(pointer)
                value.align = 1
                if swap and bits > 8:
                    value = builder.bswap(value)
                return value if bits == 64 else builder.zext(value, ir.IntType(64))

            return result(data, types.int64), codegen

        return load

    _big = sys.byteorder == "big"
    _u8 = _raw(8, False)
    _be16, _be32, _be64 = (_raw(bits, not _big) for bits in (16, 32, 64))
    _le16, _le32, _le64 = (_raw(bits, _big) for bits in (16, 32, 64))

    @kernel
    def u8(data: Any, i: int) -> int:
        """One byte at `i`."""
        if i < 0 or i + 1 > len(data):
            raise IndexError("load past the end")
        return _u8(data, i)  # type: ignore[no-any-return]

    @kernel
    def be16(data: Any, i: int) -> int:
        """Two bytes at `i`, network order."""
        if i < 0 or i + 2 > len(data):
            raise IndexError("load past the end")
        return _be16(data, i)  # type: ignore[no-any-return]

    @kernel
    def be32(data: Any, i: int) -> int:
        """Four bytes at `i`, network order."""
        if i < 0 or i + 4 > len(data):
            raise IndexError("load past the end")
        return _be32(data, i)  # type: ignore[no-any-return]

    @kernel
    def be64(data: Any, i: int) -> int:
        """Eight bytes at `i`, network order, as uint64."""
        if i < 0 or i + 8 > len(data):
            raise IndexError("load past the end")
        return _be64(data, i)  # type: ignore[no-any-return]

    @kernel
    def le16(data: Any, i: int) -> int:
        """Two bytes at `i`, little-endian."""
        if i < 0 or i + 2 > len(data):
            raise IndexError("load past the end")
        return _le16(data, i)  # type: ignore[no-any-return]

    @kernel
    def le32(data: Any, i: int) -> int:
        """Four bytes at `i`, little-endian."""
        if i < 0 or i + 4 > len(data):
            raise IndexError("load past the end")
        return _le32(data, i)  # type: ignore[no-any-return]

    @kernel
    def le64(data: Any, i: int) -> int:
        """Eight bytes at `i`, little-endian, as uint64."""
        if i < 0 or i + 8 > len(data):
            raise IndexError("load past the end")
        return _le64(data, i)  # type: ignore[no-any-return]
else:

    def _load(size: int, order: str) -> Any:
        def load(data: Any, i: int) -> int:
            if i < 0 or i + size > len(data):
                raise IndexError("load past the end")
            return int.from_bytes(bytes(data[i : i + size]), order)  # type: ignore[arg-type]  # "big" or "little"

        return load

    u8 = _load(1, "big")
    be16, be32, be64 = _load(2, "big"), _load(4, "big"), _load(8, "big")
    le16, le32, le64 = _load(2, "little"), _load(4, "little"), _load(8, "little")


@kernel
def signed(value: Any) -> int:
    """Widen a column's element to int64, so that it mixes with what the loads give (uint64 does not)."""
    return np.int64(value)  # type: ignore[return-value]  # an int, to the checker as to Numba
