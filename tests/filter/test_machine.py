"""The virtual machine, instruction by instruction, and against libpcap's own over random programs and packets."""

import ctypes
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.filter.machine import (
    BRANCHES,
    CODES,
    JA,
    JMP,
    MOST_STEPS,
    SCRATCH_WORDS,
    WORD,
    Instruction,
    Program,
    filter_packets,
)

RETURN_A, RETURN_K = 0x16, 0x06
PACKET = bytes(range(0x10, 0x30))


def machine(instructions: Sequence[tuple[int, int, int, int]], packet: bytes = PACKET, wire: int | None = None) -> bool:
    """Run a program over one packet that stands between others, as in a batch."""
    program = Program.of([Instruction(*each) for each in instructions])
    data = np.frombuffer(b"\xff" * 7 + packet + b"\xff" * 7, np.uint8).copy()
    keep = np.zeros(1, np.bool_)
    filter_packets(
        program.columns,
        data,
        np.array([7], np.int64),
        np.array([len(packet)], np.uint32),
        np.array([len(packet) if wire is None else wire], np.uint32),
        np.array([1], np.uint16),
        1,
        keep,
    )
    return bool(keep[0])


def leaves(value: int, *instructions: tuple[int, int, int, int], **packet: int) -> bool:
    """Say whether the instructions leave `value`, and nothing else, in the accumulator."""
    rest = [(0x15, 0, 1, value), (RETURN_K, 0, 0, 1), (RETURN_K, 0, 0, 0)]
    return machine([*instructions, *rest], wire=packet.get("wire"))


A_IS = {"5": (0x00, 0, 0, 5), "max": (0x00, 0, 0, WORD)}
X_IS_3 = (0x01, 0, 0, 3)


@pytest.mark.parametrize(
    ("instructions", "value"),
    [
        ([(0x20, 0, 0, 1)], 0x11121314),  # ld [1]
        ([(0x28, 0, 0, 1)], 0x1112),  # ldh [1]
        ([(0x30, 0, 0, 31)], 0x2F),  # ldb [31], the last byte
        ([X_IS_3, (0x40, 0, 0, 1)], 0x14151617),  # ld [x + 1]
        ([X_IS_3, (0x48, 0, 0, 1)], 0x1415),  # ldh [x + 1]
        ([X_IS_3, (0x50, 0, 0, 1)], 0x14),  # ldb [x + 1]
        ([(0x80, 0, 0, 0)], 1500),  # ld #len: of the wire
        ([(0x81, 0, 0, 0), (0x87, 0, 0, 0)], 1500),  # ldx #len
        ([(0xB1, 0, 0, 5), (0x87, 0, 0, 0)], 20),  # ldx 4*([5]&0xf)
        ([A_IS["5"], (0x02, 0, 0, 15), A_IS["max"], (0x60, 0, 0, 15)], 5),  # st M[15]; ld M[15]
        ([X_IS_3, (0x03, 0, 0, 0), (0x60, 0, 0, 0)], 3),  # stx M[0]
        ([A_IS["5"], (0x02, 0, 0, 1), (0x61, 0, 0, 1), (0x87, 0, 0, 0)], 5),  # ldx M[1]
        ([(0x60, 0, 0, 7)], 0),  # scratch memory begins as zeros
        ([A_IS["5"], (0x07, 0, 0, 0), (0x87, 0, 0, 0)], 5),  # tax; txa
        ([A_IS["max"], (0x04, 0, 0, 2)], 1),  # add wraps
        ([A_IS["5"], (0x14, 0, 0, 6)], WORD),  # sub wraps
        ([A_IS["max"], (0x24, 0, 0, WORD)], 1),  # mul wraps
        ([A_IS["max"], (0x34, 0, 0, 2)], 0x7FFFFFFF),  # div is unsigned
        ([A_IS["max"], (0x94, 0, 0, 10)], 5),  # mod is unsigned
        ([A_IS["5"], (0x44, 0, 0, 8)], 13),
        ([A_IS["5"], (0x54, 0, 0, 4)], 4),
        ([A_IS["5"], (0xA4, 0, 0, 1)], 4),
        ([A_IS["max"], (0x64, 0, 0, 4)], 0xFFFFFFF0),
        ([A_IS["max"], (0x74, 0, 0, 28)], 15),
        ([A_IS["5"], (0x64, 0, 0, 32)], 0),  # shifts by the width and more leave nothing
        ([A_IS["5"], (0x74, 0, 0, 99)], 0),
        ([A_IS["5"], (0x84, 0, 0, 0)], 0xFFFFFFFB),  # neg
        ([A_IS["5"], X_IS_3, (0x0C, 0, 0, 0)], 8),  # the same with X
        ([A_IS["5"], X_IS_3, (0x1C, 0, 0, 0)], 2),
        ([A_IS["5"], X_IS_3, (0x2C, 0, 0, 0)], 15),
        ([A_IS["5"], X_IS_3, (0x3C, 0, 0, 0)], 1),
        ([A_IS["5"], X_IS_3, (0x9C, 0, 0, 0)], 2),
        ([A_IS["5"], X_IS_3, (0x4C, 0, 0, 0)], 7),
        ([A_IS["5"], X_IS_3, (0x5C, 0, 0, 0)], 1),
        ([A_IS["5"], X_IS_3, (0xAC, 0, 0, 0)], 6),
        ([A_IS["5"], X_IS_3, (0x6C, 0, 0, 0)], 40),
        ([A_IS["5"], (0x01, 0, 0, 1), (0x7C, 0, 0, 0)], 2),
        ([A_IS["5"], (0x05, 0, 0, 1), A_IS["max"]], 5),  # ja over an instruction
        ([A_IS["5"], (0x25, 1, 0, 4), A_IS["max"]], 5),  # jgt #4
        ([A_IS["5"], (0x35, 1, 0, 5), A_IS["max"]], 5),  # jge #5
        ([A_IS["5"], (0x45, 1, 0, 4), A_IS["max"]], 5),  # jset #4
        ([A_IS["5"], X_IS_3, (0x2D, 1, 0, 0), A_IS["max"]], 5),  # jgt x
        ([A_IS["5"], X_IS_3, (0x1D, 0, 1, 0), A_IS["max"]], 5),  # jeq x, false
    ],
)
def test_each_instruction_does_what_bpf_4_says(instructions: list[tuple[int, int, int, int]], value: int) -> None:
    """The accumulator holds the one right value afterwards, and the test knows it from others."""
    assert leaves(value, *instructions, wire=1500)
    assert not leaves(value ^ 1, *instructions, wire=1500)


@pytest.mark.parametrize(
    "reject",
    [
        [(0x20, 0, 0, 29)],  # a word of which the last byte is past the end
        [(0x28, 0, 0, 31)],
        [(0x30, 0, 0, 32)],
        [(0x20, 0, 0, WORD)],
        [(0x01, 0, 0, WORD), (0x50, 0, 0, 1)],  # the sum must not wrap round to byte 0
        [(0xB1, 0, 0, 32)],
        [(0x3C, 0, 0, 0)],  # division by X, which is 0
        [(0x9C, 0, 0, 0)],
        [(0x34, 0, 0, 0)],
    ],
)
def test_loads_outside_and_divisions_by_zero_reject(reject: list[tuple[int, int, int, int]]) -> None:
    """The program ends with "reject", although the next instruction accepts."""
    assert not machine([*reject, (RETURN_K, 0, 0, 1)])


def test_a_program_that_does_not_end_rejects() -> None:
    """A jump backwards is libpcap's own (protochain); what goes round for ever is cut off."""
    forever = [(JMP | JA, 0, 0, WORD), (RETURN_K, 0, 0, 1)]
    assert MOST_STEPS < 1 << 20
    assert not machine(forever)


@pytest.mark.parametrize(
    "bad",
    [
        [],
        [(0x00, 0, 0, 1)],  # no return
        [(0xFF, 0, 0, 0), (RETURN_K, 0, 0, 1)],  # no such code
        [(0x05, 0, 0, 1), (RETURN_K, 0, 0, 1)],  # jumps past the end
        [(0x05, 0, 0, WORD - 1), (RETURN_K, 0, 0, 1)],  # jumps before the start
        [(0x15, 0, 1, 0), (RETURN_K, 0, 0, 1)],
        [(0x02, 0, 0, 16), (RETURN_K, 0, 0, 1)],  # no such scratch word
        [(0x61, 0, 0, 99), (RETURN_K, 0, 0, 1)],
        [(0x06, 0, 0, -1)],
    ],
)
def test_what_is_no_program_is_refused(bad: list[tuple[int, int, int, int]]) -> None:
    """A kernel is never given a program that could jump or store outside."""
    with pytest.raises(ValueError, match="filter program"):
        Program.of([Instruction(*each) for each in bad])


@st.composite
def programs(draw: st.DrawFn) -> list[tuple[int, int, int, int]]:
    """Valid programs that jump forward only."""
    size = draw(st.integers(1, 24))
    instructions = []
    for at in range(size):
        code = draw(st.sampled_from(sorted(CODES)))
        room = size - at - 1
        jt = jf = 0
        k = draw(st.integers(0, 40) | st.integers(0, WORD))
        if code in BRANCHES:
            jt, jf = draw(st.integers(0, room)), draw(st.integers(0, room))
        elif code == JMP | JA:
            k = draw(st.integers(0, room))
        elif code & 7 in (2, 3) or code in (0x60, 0x61):
            k %= SCRATCH_WORDS
        elif code in (0x64, 0x74):
            k %= 32  # C leaves a shift by more undefined
        elif code in (0x34, 0x94) and k == 0:
            k = 1  # libpcap divides by a constant without looking
        instructions.append((code, jt, jf, k))
    return [*instructions, (RETURN_A, 0, 0, 0)]


@given(programs(), st.binary(max_size=48), st.integers(0, 70000))
def test_libpcaps_own_machine_gives_the_same_verdict(
    instructions: list[tuple[int, int, int, int]], packet: bytes, wire: int
) -> None:
    """``pcap_offline_filter``, which is written in C by others, keeps and rejects the same."""
    try:
        from scapy.libs import winpcapy
    except OSError:
        pytest.skip("libpcap is not installed")
    from scapy.libs.structures import bpf_insn, bpf_program

    offline_filter = winpcapy._lib.pcap_offline_filter  # scapy binds it on Windows only
    offline_filter.argtypes = [ctypes.POINTER(bpf_program), ctypes.POINTER(winpcapy.pcap_pkthdr), ctypes.c_char_p]
    offline_filter.restype = ctypes.c_int
    # libpcap does not clear its scratch memory: do it in the program
    clear = [(0x00, 0, 0, 0), *((0x02, 0, 0, word) for word in range(SCRATCH_WORDS))]
    table = (bpf_insn * (len(clear) + len(instructions)))(
        *((code, jt, jf, ctypes.c_int32(k).value) for code, jt, jf, k in [*clear, *instructions])
    )
    program = bpf_program(len(table), ctypes.cast(table, ctypes.POINTER(bpf_insn)))
    header = winpcapy.pcap_pkthdr()
    header.caplen, header.len = len(packet), wire
    verdict = offline_filter(ctypes.byref(program), ctypes.byref(header), packet)
    assert machine([*clear, *instructions], packet, wire) == bool(verdict)
