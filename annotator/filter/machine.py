"""The classic BPF virtual machine: runs a filter's program over the packets of a batch.

Source: McCanne and Jacobson, "The BSD Packet Filter" (USENIX 1993), and bpf(4). An accumulator A and an index register
X of 32 bits, sixteen words of scratch memory, loads from the packet in network order; a load outside the stored
bytes, and a division by zero, end the program with "reject".
"""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, signed, u8, view

# instruction codes: class, then size and mode (loads), operation and operand (arithmetic, jumps)
LD, LDX, ST, STX, ALU, JMP, RET, MISC = range(8)
W, H, B = 0x00, 0x08, 0x10
IMM, ABS, IND, MEM, LEN, MSH = 0x00, 0x20, 0x40, 0x60, 0x80, 0xA0
ADD, SUB, MUL, DIV, OR, AND, LSH, RSH, NEG, MOD, XOR = range(0x00, 0xB0, 0x10)
JA, JEQ, JGT, JGE, JSET = range(0x00, 0x50, 0x10)
K, X = 0x00, 0x08
A = 0x10
"""Operand of RET: return the accumulator."""
TAX, TXA = 0x00, 0x80

SCRATCH_WORDS: Final = 16
WORD: Final = 0xFFFFFFFF
MOST_STEPS: Final = 1 << 16
"""Instructions run for a packet. Only libpcap's ``protochain`` jumps backwards, from header to header: it needs a
few hundred. What takes more is rejected."""

LOADS: Final = {LD | size | mode for size in (W, H, B) for mode in (ABS, IND)} | {LD | mode for mode in (IMM, MEM, LEN)}
INDEX_LOADS: Final = {LDX | IMM, LDX | MEM, LDX | LEN, LDX | MSH | B}
ARITHMETIC: Final = {
    ALU | operation | operand for operation in (ADD, SUB, MUL, DIV, OR, AND, LSH, RSH, MOD, XOR) for operand in (K, X)
} | {ALU | NEG}
BRANCHES: Final = {JMP | test | operand for test in (JEQ, JGT, JGE, JSET) for operand in (K, X)}
CODES: Final = (
    LOADS | INDEX_LOADS | {ST, STX} | ARITHMETIC | BRANCHES | {JMP | JA, RET | K, RET | A, MISC | TAX, MISC | TXA}
)
"""Every instruction there is."""


class Instruction(NamedTuple):
    """``struct bpf_insn``: code, jumps forward if true and if false, operand (uint32)."""

    code: int
    jt: int
    jf: int
    k: int


@dataclass(frozen=True, slots=True)
class Program:
    """A checked program: int64[4, n] of code, jt, jf, k."""

    columns: NDArray[np.int64]

    @classmethod
    def of(cls, instructions: list[Instruction]) -> "Program":
        """Check `instructions`: known codes, jumps and scratch words inside, a return at the end.

        Raises ValueError where they are no program.
        """
        count = len(instructions)
        if not count or instructions[-1].code not in (RET | K, RET | A):
            raise ValueError("a filter program without a return at its end")
        for at, (code, jt, jf, k) in enumerate(instructions):
            kind = code & 7
            if code not in CODES or not 0 <= k <= WORD:
                raise ValueError(f"instruction {at} of a filter program is none: {code:#x}")
            if code == JMP | JA and not 0 <= at + 1 + _jump(k) < count:
                raise ValueError(f"instruction {at} of a filter program jumps out of it")
            if code in BRANCHES and at + 1 + max(jt, jf) >= count:
                raise ValueError(f"instruction {at} of a filter program jumps out of it")
            if (kind in (ST, STX) or code in (LD | MEM, LDX | MEM)) and k >= SCRATCH_WORDS:
                raise ValueError(f"instruction {at} of a filter program uses scratch word {k}")
        table = np.array(instructions, np.int64).T.copy()
        jumps = table[0] == JMP | JA
        table[3, jumps] = [_jump(int(k)) for k in table[3, jumps]]
        return cls(table)


def _jump(k: int) -> int:
    """Give the distance of an unconditional jump, which libpcap's ``protochain`` makes negative."""
    return k - (1 << 32) if k >> 31 else k


@kernel
def run(program: Any, data: Any, start: int, stored: int, wire: int, scratch: Any) -> int:
    """Run `program` over the packet ``data[start:start + stored]``: how many bytes to keep, 0 to reject.

    `program` is :attr:`Program.columns`, `data` a view, `wire` the packet's length on the wire, `scratch`
    int64[SCRATCH_WORDS].
    """
    accumulator = 0
    index = 0
    at = 0
    for word in range(SCRATCH_WORDS):
        scratch[word] = 0
    for _ in range(MOST_STEPS):
        code = program[0, at]
        k = program[3, at]
        kind = code & 7
        if kind == LD:
            mode = code & 0xE0
            if mode == ABS or mode == IND:
                position = k if mode == ABS else k + index
                size = code & 0x18
                width = 4 if size == W else 2 if size == H else 1
                if position > stored - width:
                    return 0
                if size == W:
                    accumulator = be32(data, start + position)
                elif size == H:
                    accumulator = be16(data, start + position)
                else:
                    accumulator = u8(data, start + position)
            elif mode == MEM:
                accumulator = scratch[k]
            elif mode == LEN:
                accumulator = wire
            else:
                accumulator = k
        elif kind == JMP:
            test = code & 0xF0
            if test == JA:
                at += k
            else:
                operand = index if code & X else k
                if test == JEQ:
                    true = accumulator == operand
                elif test == JGT:
                    true = accumulator > operand
                elif test == JGE:
                    true = accumulator >= operand
                else:
                    true = accumulator & operand != 0
                at += program[1, at] if true else program[2, at]
        elif kind == ALU:
            operation = code & 0xF0
            operand = index if code & X else k
            if operation == ADD:
                accumulator = (accumulator + operand) & WORD
            elif operation == SUB:
                accumulator = (accumulator - operand) & WORD
            elif operation == MUL:  # in halves, so that no product leaves 63 bits
                upper = ((accumulator >> 16) * operand & 0xFFFF) << 16
                accumulator = ((accumulator & 0xFFFF) * operand + upper) & WORD
            elif operation == DIV or operation == MOD:
                if operand == 0:
                    return 0
                accumulator = accumulator // operand if operation == DIV else accumulator % operand
            elif operation == OR:
                accumulator |= operand
            elif operation == AND:
                accumulator &= operand
            elif operation == XOR:
                accumulator ^= operand
            elif operation == NEG:
                accumulator = -accumulator & WORD
            elif operand >= 32:
                accumulator = 0
            elif operation == LSH:
                accumulator = (accumulator << operand) & WORD
            else:
                accumulator >>= operand
        elif kind == RET:
            return accumulator if code & A else k
        elif kind == LDX:
            mode = code & 0xE0
            if mode == MSH:
                if k > stored - 1:
                    return 0
                index = (u8(data, start + k) & 15) * 4
            elif mode == MEM:
                index = scratch[k]
            elif mode == LEN:
                index = wire
            else:
                index = k
        elif kind == MISC:
            if code & TXA:
                accumulator = index
            else:
                index = accumulator
        elif kind == ST:
            scratch[k] = accumulator
        else:
            scratch[k] = index
        at += 1
    return 0


@kernel
def filter_packets(
    program: Any, data: Any, offset: Any, caplen: Any, origlen: Any, link_type: Any, link: int, keep: Any
) -> None:
    """Run `program` over the packets of link type `link` among the columns, and write the verdicts to `keep` (bool)."""
    frames = view(data)
    scratch = np.zeros(SCRATCH_WORDS, np.int64)
    for packet in range(len(offset)):
        if signed(link_type[packet]) == link:
            start, stored, wire = signed(offset[packet]), signed(caplen[packet]), signed(origlen[packet])
            keep[packet] = run(program, frames, start, stored, wire, scratch) != 0
