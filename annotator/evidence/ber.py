"""ASN.1 BER (X.690): the identifier and length octets that SNMP, LDAP and Kerberos messages are built of."""

from typing import Any

from annotator.kernel.jit import kernel
from annotator.kernel.load import be32, u8

LONGEST = 1 << 24
"""Contents longer than this are taken for no BER: messages of these protocols are far shorter."""


@kernel
def ber(data: Any, i: int, end: int) -> tuple[int, int, int]:
    """Read the header at `i`: (identifier octet, start of the contents, their end).

    The identifier is -1 where the header is not all before `end`, -2 where it is not one: tags above 30 and the
    indefinite length are used by none of these protocols. The contents may end past `end`.
    """
    if end - i < 2:
        return -1, i, i
    length = u8(data, i + 1)
    if u8(data, i) & 31 == 31 or length == 0x80 or length > 0x84:
        return -2, i, i
    if length < 0x80:
        return u8(data, i), i + 2, i + 2 + length
    count = length & 7
    if end - i < 2 + count:
        return -1, i, i
    length = 0
    for k in range(count):
        length = length << 8 | u8(data, i + 2 + k)
    if length > LONGEST:
        return -2, i, i
    return u8(data, i), i + 2 + count, i + 2 + count + length


@kernel
def ber_integer(data: Any, i: int, end: int) -> tuple[int, int]:
    """Read a universal INTEGER or ENUMERATED of up to four bytes at `i`: (value, where it ends).

    The end is -1 where it is not all before `end`, -2 where there is none.
    """
    tag, start, finish = ber(data, i, end)
    if tag == -1:
        return 0, -1
    size = finish - start
    if (tag != 0x02 and tag != 0x0A) or size < 1 or size > 5:
        return 0, -2
    if finish > end:
        return 0, -1
    if size == 5:  # an unsigned 32-bit value whose top bit is set has a zero in front
        return (be32(data, start + 1), finish) if u8(data, start) == 0 else (0, -2)
    value = u8(data, start)
    if value > 127:
        value -= 256
    for k in range(start + 1, finish):
        value = value << 8 | u8(data, k)
    return value, finish
