"""What kernels do below the level of Python: raw loads and hints to the processor, written in LLVM's own language.

Importing this module imports Numba; kernels name these by :class:`annotator.kernel.jit.Intrinsic`.
"""

import sys
from typing import Any, Final

from llvmlite import ir
from numba.core import cgutils
from numba.core import types as numba_types
from numba.core.registry import cpu_target
from numba.extending import intrinsic

types: Any = numba_types  # untyped in Numba, as are the tools and the target
tools: Any = cgutils
target: Any = cpu_target


def _load(bits: int, swap: bool) -> Any:
    """Make the load of an integer at any address: int64, or uint64 where it has 64 bits."""
    result = types.uint64 if bits == 64 else types.int64

    @intrinsic
    def load(typingctx: Any, data: Any, i: Any) -> Any:  # noqa: ARG001  # Numba calls it so
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ARG001  # so does this
            pointer = builder.inttoptr(builder.add(args[0], args[1]), ir.IntType(bits).as_pointer())
            value = builder.load(pointer)
            value.align = 1
            if swap and bits > 8:
                value = builder.bswap(value)
            return value if bits == 64 else builder.zext(value, ir.IntType(64))

        return result(types.int64, types.int64), codegen

    return load


@intrinsic
def _view(typingctx: Any, data: Any) -> Any:  # noqa: ARG001  # Numba calls it so
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array = tools.create_struct_proxy(signature.args[0])(context, builder, args[0])
        address = builder.ptrtoint(array.data, ir.IntType(64))
        return tools.pack_array(builder, [address, array.nitems])

    return types.UniTuple(types.int64, 2)(data), codegen


@intrinsic
def _prefetch(typingctx: Any, address: Any) -> Any:  # noqa: ARG001  # Numba calls it so
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ARG001  # so does this
        byte_pointer, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        hint = builder.module.declare_intrinsic(
            "llvm.prefetch", [byte_pointer], ir.FunctionType(ir.VoidType(), [byte_pointer, word, word, word])
        )
        place = builder.inttoptr(args[0], byte_pointer)
        builder.call(hint, [place, word(1), word(3), word(1)])  # to write, to keep, data
        return context.get_dummy_value()

    return types.void(types.int64), codegen


_BIG: Final = sys.byteorder == "big"
_MADE: Final[dict[str, Any]] = {
    "u8": _load(8, False),
    **{f"be{bits}": _load(bits, not _BIG) for bits in (16, 32, 64)},
    **{f"le{bits}": _load(bits, _BIG) for bits in (16, 32, 64)},
    "view": _view,
    "prefetch": _prefetch,
}


def type_of(name: str) -> Any:
    """Give the type by which Numba knows an intrinsic."""
    target.typing_context.refresh()  # where they were made after Numba last looked for what is new
    return target.typing_context.resolve_value_type(_MADE[name])
