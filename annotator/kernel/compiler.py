"""Numba, as kernels use it: from a Python function to an object file that needs nothing of Numba to run.

Importing this module imports Numba.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numba
from llvmlite import ir
from numba.core import cgutils
from numba.core import types as numba_types
from numba.core.compiler_lock import global_compiler_lock

from annotator.kernel.machine_code import ARRAY, ENTRY, SIGNED, TRUTH, UNSIGNED, MachineCode

if TYPE_CHECKING:
    from annotator.kernel.jit import Kernel

compiler: Any = numba  # whose types leave out what is used here
types: Any = numba_types
tools: Any = cgutils

WORD: Final = ir.IntType(64)
BYTES: Final = ir.IntType(8).as_pointer()
STATUS: Final = ir.IntType(32)
WEAK: Final = "weak_odr"
"""How a function is defined that others define alike; one that nothing called yet is kept, too."""
FROM_C: Final = frozenset({"malloc", "free", "memcpy", "memmove", "memset", "memcmp"})
"""What machine code may call besides itself: what every process has."""

ARRAY_FIELDS: Final = object.__basicsize__
"""Where NumPy's PyArrayObject goes on behind the object's head: data, nd, dimensions, strides, a word each."""
DATA, DIMENSIONS, STRIDES = 0, 2, 3


def dispatcher(function: Callable[..., Any]) -> Any:
    """Make what Numba compiles `function` by: for other kernels to call, not for Python."""
    made = compiler.njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
    _forget_literals(made)
    return made


def _forget_literals(compiled: Any) -> None:
    """See to it that a call with a constant does not compile the kernel anew, for that very constant.

    Numba types ``f(data, 4)`` by the literal 4, and would make a version of `f` for every one; LLVM, which inlines
    what is worth it, knows the constant all the same. Without this the probes take three times as long to compile.
    """
    resolve = compiled.get_call_template

    def get_call_template(args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
        return resolve(tuple(map(types.unliteral, args)), {name: types.unliteral(kind) for name, kind in kws.items()})

    compiled.get_call_template = get_call_template


def compile_for(kernel: "Kernel", arguments: tuple[Any, ...]) -> MachineCode:
    """Compile a kernel for arguments of these types.

    Raises what Numba raises where the function cannot be compiled, and TypeError where it returns anything but
    integers and truth values, or a tuple of them, or needs what only Numba's own process has.
    """
    with global_compiler_lock:
        kinds = tuple(compiler.typeof(argument) for argument in arguments)
        kernel.dispatcher.compile(kinds)
        made = kernel.dispatcher.overloads[kinds]
        context = made.target_context
        library = context.codegen().create_library(f"{kernel.__name__}.{ENTRY}")
        library.enable_object_caching()  # so that Numba holds on to the object file
        module = library.create_ir_module(ENTRY)
        with context.push_code_library(library):  # where what a conversion needs is linked in
            gives = _entry(module, context, made.fndesc)
        library.add_linking_library(made.library)
        library.add_ir_module(module)
        _memory(module_of_memory := library.create_ir_module("memory"))
        library.add_ir_module(module_of_memory)
        library.finalize()
        _refuse_callers(kernel.__name__, library)
        object_file = library._get_compiled_object()  # noqa: SLF001  # nothing else gives it
    takes = "".join(map(_letters, kinds))
    return MachineCode(takes, gives, isinstance(made.signature.return_type, types.BaseTuple), object_file)


def _refuse_callers(name: str, library: Any) -> None:
    """Raise TypeError where compiled code calls what will not be there when it is loaded: such a call is a crash."""
    called = {one.name for one in library._final_module.functions if one.is_declaration}  # noqa: SLF001  # nothing else tells
    missing = sorted(one for one in called - FROM_C if not one.startswith("llvm."))
    if missing:
        raise TypeError(f"the kernel {name} calls {', '.join(missing)}, which is not there without Numba")


def _letters(kind: Any) -> str:
    """Give a letter for each array or number of a type: None has nothing to hand over."""
    if isinstance(kind, types.Array):
        return ARRAY
    if isinstance(kind, types.Boolean):
        return TRUTH
    if isinstance(kind, types.Integer):
        return SIGNED if kind.signed else UNSIGNED
    if isinstance(kind, types.BaseTuple):
        return "".join(map(_letters, kind))
    if kind == types.none:
        return ""
    raise TypeError(f"a kernel neither takes nor gives {kind}")


def _entry(module: Any, context: Any, described: Any) -> str:
    """Write the function that Python calls: ``status entry(returned, argument, argument...)``.

    Each argument is a word: a number, or an array as NumPy's structure. What the kernel returns goes to `returned`, a
    word for each number. Gives the letters of these.
    """
    kinds, gives = described.argtypes, described.restype
    letters = _letters(gives)
    if ARRAY in letters:
        raise TypeError(f"a kernel that Python calls gives no {gives}: have it fill an array that it is given")
    word_count = sum(len(_letters(kind)) for kind in kinds)
    function = ir.Function(module, ir.FunctionType(STATUS, [WORD.as_pointer(), *[WORD] * word_count]), ENTRY)
    returned, words = function.args[0], iter(function.args[1:])
    builder = ir.IRBuilder(function.append_basic_block())
    native_type = context.call_conv.get_function_type(gives, kinds)
    native = ir.Function(module, native_type, described.llvm_func_name)
    values = [_value(builder, context, kind, words) for kind in kinds]
    status, value = context.call_conv.call_function(builder, native, gives, kinds, values)
    with builder.if_then(status.is_error, likely=False):
        with builder.if_then(status.is_user_exc, likely=False):
            described_at = builder.load(tools.gep_inbounds(builder, status.excinfoptr, 0, 0))
            length = builder.load(tools.gep_inbounds(builder, status.excinfoptr, 0, 1))
            builder.store(builder.ptrtoint(described_at, WORD), returned)
            builder.store(builder.zext(length, WORD), builder.gep(returned, [WORD(1)]))
        builder.ret(status.code)
    if letters:
        parts = tools.unpack_tuple(builder, value) if isinstance(gives, types.BaseTuple) else [value]
        kinds_given = list(gives) if isinstance(gives, types.BaseTuple) else [gives]
        for place, (part, kind) in enumerate(zip(parts, kinds_given, strict=True)):
            widened = context.cast(builder, part, kind, types.int64)
            builder.store(widened, builder.gep(returned, [WORD(place)]))
    builder.ret(status.code)
    return letters


def _value(builder: Any, context: Any, kind: Any, words: Any) -> Any:
    """Make the value of an argument, as Numba has it, out of the next words."""
    if isinstance(kind, types.BaseTuple):
        return context.make_tuple(builder, kind, [_value(builder, context, part, words) for part in kind])
    if kind == types.none:
        return context.get_dummy_value()
    word = next(words)
    if not isinstance(kind, types.Array):
        return context.cast(builder, word, types.int64, kind)
    fields = builder.inttoptr(builder.add(word, WORD(ARRAY_FIELDS)), WORD.as_pointer())

    def field(number: int) -> Any:
        return builder.load(builder.gep(fields, [WORD(number)]))

    def list_of(number: int) -> list[Any]:
        first = builder.inttoptr(field(number), WORD.as_pointer())
        return [builder.load(builder.gep(first, [WORD(place)])) for place in range(kind.ndim)]

    shape = list_of(DIMENSIONS)
    items = WORD(1)
    for length in shape:
        items = builder.mul(items, length)
    array = context.make_array(kind)(context, builder)
    context.populate_array(
        array,
        data=builder.inttoptr(field(DATA), array.data.type),
        shape=shape,
        strides=list_of(STRIDES),
        itemsize=WORD(context.get_abi_sizeof(context.get_data_type(kind.dtype))),
        meminfo=None,
    )
    return array._getvalue()  # noqa: SLF001  # Numba's extensions do so


def _memory(module: Any) -> None:
    """Write what kernels call that make arrays: Numba's own, which its runtime would bring, by malloc and free.

    The block begins with a count of references, two words that are not used here, and the address of the data
    (``MemInfo`` in Numba's nrt.h).
    """
    allocate = ir.Function(module, ir.FunctionType(BYTES, [WORD]), "malloc")
    release = ir.Function(module, ir.FunctionType(ir.VoidType(), [BYTES]), "free")

    head = WORD(48)
    function = ir.Function(module, ir.FunctionType(BYTES, [WORD, ir.IntType(32)]), "NRT_MemInfo_alloc_aligned")
    function.linkage = WEAK
    builder = ir.IRBuilder(function.append_basic_block())
    size, align = function.args[0], builder.zext(function.args[1], WORD)
    block = builder.call(allocate, [builder.add(builder.add(head, align), size)])
    with builder.if_then(builder.icmp_unsigned("==", block, ir.Constant(BYTES, None)), likely=False):
        builder.ret(block)
    words = builder.bitcast(block, WORD.as_pointer())
    behind = builder.add(builder.add(builder.ptrtoint(block, WORD), head), builder.sub(align, WORD(1)))
    data = builder.and_(behind, builder.not_(builder.sub(align, WORD(1))))
    for place, word in enumerate((WORD(1), WORD(0), WORD(0), data, size)):
        builder.store(word, builder.gep(words, [WORD(place)]))
    builder.ret(block)

    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [BYTES]), "NRT_MemInfo_call_dtor")
    function.linkage = WEAK
    builder = ir.IRBuilder(function.append_basic_block())
    builder.call(release, [function.args[0]])
    builder.ret_void()
