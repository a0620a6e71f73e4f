"""Hints to the processor: memory that will be needed soon."""

from typing import Any

from annotator.kernel.jit import INTERPRETED, kernel

if not INTERPRETED:
    from llvmlite import ir
    from numba import types
    from numba.extending import intrinsic

    numba_types: Any = types  # untyped in Numba

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

        return numba_types.void(numba_types.int64), codegen

    @kernel
    def prefetch(address: int) -> None:
        """Have the cache line at `address` brought near. Any address will do: a hint is never a fault."""
        _prefetch(address)  # type: ignore[call-arg]  # Numba passes the typing context itself

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
