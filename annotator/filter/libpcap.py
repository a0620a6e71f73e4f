"""libpcap's filter compiler, through scapy's binding of it: text in, a program for one link type out.

The compiler is given a capture without packets, written for the purpose. So libpcap itself maps the link type to its
own number, and refuses what no capture file can tell (``inbound`` on Ethernet), as ``tcpdump -r`` does.
"""

import ctypes
import struct
import tempfile
from typing import Any, Final

from annotator.errors import AnnotatorError
from annotator.filter.machine import WORD, Instruction, Program

SNAPLEN: Final = 262144
NETMASK: Final = 0
"""What ``tcpdump -r`` assumes: ``ip broadcast`` then means the all-ones and all-zeros addresses."""
MOST_OPTIMIZED: Final = 400
"""Words of a filter up to which libpcap optimises its program; the time grows with the cube (0.5 s here)."""
ERROR_BYTES: Final = 256
"""libpcap's PCAP_ERRBUF_SIZE."""


class RefusedError(ValueError):
    """libpcap does not take the filter; the message is its own."""


def _binding() -> Any:
    try:
        from scapy.libs import winpcapy
    except OSError:
        raise AnnotatorError(
            "-f: filters are compiled by libpcap, which is not installed: install the package libpcap0.8 "
            "(Debian, Ubuntu) or libpcap"
        ) from None
    return winpcapy


def compile_text(text: str, link_type: int) -> Program:
    """Compile the filter `text` for packets of `link_type` (``LINKTYPE_*``).

    It must hold no name that libpcap would look up: see :mod:`annotator.filter.names`. Raises :class:`RefusedError`
    where libpcap refuses it, :class:`~annotator.errors.AnnotatorError` where libpcap is not installed.
    """
    binding = _binding()
    from scapy.libs.structures import bpf_program

    with tempfile.NamedTemporaryFile(prefix="annotator-", suffix=".pcap") as header:
        header.write(struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, SNAPLEN, link_type))
        header.flush()
        error = ctypes.create_string_buffer(ERROR_BYTES)
        handle = binding.pcap_open_offline(header.name.encode(), error)
    if not handle:
        raise RefusedError(error.value.decode(errors="replace"))
    program = bpf_program()
    try:
        optimize = text.count(" ") < MOST_OPTIMIZED
        if binding.pcap_compile(handle, ctypes.byref(program), text.encode(), optimize, NETMASK) < 0:
            raise RefusedError(binding.pcap_geterr(handle).decode(errors="replace"))
        instructions = [program.bf_insns[number] for number in range(program.bf_len)]
        made = Program.of([Instruction(each.code, each.jt, each.jf, each.k & WORD) for each in instructions])
        binding.pcap_freecode(ctypes.byref(program))
        return made
    finally:
        binding.pcap_close(handle)
