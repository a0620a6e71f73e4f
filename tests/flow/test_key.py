"""The key: canonical ends, so that both directions of a flow meet; shards that depend on the key alone."""

import ipaddress
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from annotator.flow import key
from annotator.flow.icmp import ONE_WAY, PEER, PEER6
from annotator.flow.key import SHARDS, Sharder
from annotator.kernel.jit import kernel
from annotator.model import DCCP, HEADER, ICMP, ICMP6, SCTP, TCP, UDP, HeaderFlag

ADDRESS = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6), st.sampled_from([ipaddress.ip_address("10.0.0.1")]))
ENDS = (ipaddress.ip_address("10.0.0.1"), ipaddress.ip_address("10.0.0.2"))
PORT = st.integers(0, 65535) | st.sampled_from([53, 80])


@kernel
def canonical(rows: Any) -> tuple[int, Any, Any]:
    """Call it as kernels do, who have the row of an array."""
    return key.canonical(rows[0])


@kernel
def context_word(rows: Any, a_port: int, b_port: int, ignore_vlan: bool) -> Any:
    """As above."""
    return key.context_word(rows[0], a_port, b_port, ignore_vlan)


def row_of(
    source: object, destination: object, sport: int, dport: int, proto: int, vlan: int = 0, filled: bool = True
) -> NDArray[np.void]:
    rows = np.zeros(1, HEADER)
    row = rows[0]
    row["version"] = ipaddress.ip_address(source).version  # type: ignore[arg-type]  # an address
    for name, address in (("src", int(source)), ("dst", int(destination))):  # type: ignore[call-overload]
        row[f"{name}_hi"], row[f"{name}_lo"] = address >> 64, address & (2**64 - 1)
    row["sport"], row["dport"], row["proto"], row["vlan"] = sport, dport, proto, vlan
    row["flags"] = HeaderFlag.PORTS if filled else 0
    return rows


@st.composite
def packets(draw: st.DrawFn) -> tuple[object, object, int, int, int]:
    source = draw(ADDRESS)
    destination = draw(ADDRESS.filter(lambda address: address.version == source.version))
    return source, destination, draw(PORT), draw(PORT), draw(st.sampled_from([TCP, UDP, SCTP, DCCP, 47]))


@given(packet=packets(), vlan=st.integers(0, 4095), filled=st.booleans())
def test_both_directions_have_one_key(packet: tuple[object, object, int, int, int], vlan: int, filled: bool) -> None:
    """A packet and its answer have the same ends A and B and the same context, and opposite directions."""
    source, destination, sport, dport, proto = packet
    stack = 1 | vlan << 4 if vlan else 0
    there = row_of(source, destination, sport, dport, proto, stack, filled)
    back = row_of(destination, source, dport, sport, proto, stack, filled)
    one, two = canonical(there), canonical(back)
    assert one[1:] == two[1:]
    if (source, sport) != (destination, dport):
        assert {one[0], two[0]} == {0, 1}
        assert (int(source), sport) < (int(destination), dport) if one[0] == 0 else True  # type: ignore[call-overload]
    assert context_word(there, *one[1:], False) == context_word(back, *two[1:], False)


@given(one=packets(), two=packets(), vlans=st.tuples(st.integers(0, 4095), st.integers(0, 4095)))
def test_contexts_differ_where_keys_do(
    one: tuple[object, object, int, int, int], two: tuple[object, object, int, int, int], vlans: tuple[int, int]
) -> None:
    """Version, protocol, VLAN and both ports are in the context word, each in bits of its own."""
    words, parts = [], []
    for (source, destination, sport, dport, proto), vlan in zip((one, two), vlans, strict=True):
        row = row_of(source, destination, sport, dport, proto, 1 | vlan << 4 if vlan else 0)
        _, a_port, b_port = canonical(row)
        words.append(int(context_word(row, a_port, b_port, False)))
        parts.append((int(row["version"][0]), proto, vlan, a_port, b_port))
    assert (words[0] == words[1]) == (parts[0] == parts[1])


def test_only_the_innermost_vlan_counts() -> None:
    """Outer tags are the way there; ignoring VLANs leaves the id out altogether."""
    inner = row_of(*ENDS, 1, 2, TCP, 1 | 7 << 4)
    stacked = row_of(*ENDS, 1, 2, TCP, 2 | 99 << 4 | 7 << 16)
    assert context_word(inner, 1, 2, False) == context_word(stacked, 1, 2, False)
    other = row_of(*ENDS, 1, 2, TCP, 2 | 7 << 4 | 8 << 16)
    assert context_word(inner, 1, 2, False) != context_word(other, 1, 2, False)
    assert context_word(inner, 1, 2, True) == context_word(other, 1, 2, True)


@given(kind=st.integers(0, 255), code=st.integers(0, 255), six=st.booleans())
def test_icmp_pairs_as_the_community_id_does(kind: int, code: int, six: bool) -> None:
    """A request and its reply meet whatever their codes; a one-way message keeps its sender as A and its code."""
    source, destination = map(ipaddress.ip_address, ("fe80::9", "fe80::1") if six else ("10.0.0.9", "10.0.0.1"))
    proto, peer = (ICMP6, PEER6) if six else (ICMP, PEER)
    row = row_of(source, destination, kind, code, proto)
    if peer[kind] == ONE_WAY:
        assert canonical(row) == (0, kind, code)
    else:
        answer = row_of(destination, source, int(peer[kind]), code ^ 1, proto)
        assert canonical(row) == (1, peer[kind], kind)
        assert canonical(answer) == (0, peer[kind], kind)


@given(st.lists(packets(), max_size=60))
def test_shards_take_every_row_once_and_in_order(made: list[tuple[object, object, int, int, int]]) -> None:
    """Rows of a shard keep their order, and both directions of a flow fall on the same shard."""
    rows = np.concatenate(
        [row for s, d, sp, dp, p in made for row in (row_of(s, d, sp, dp, p), row_of(d, s, dp, sp, p))]
        or [np.zeros(0, HEADER)]
    )
    order, digest, context, starts = Sharder(ignore_vlan=False).shard(rows)
    assert starts[0] == 0
    assert starts[-1] == len(rows)
    assert (np.diff(starts) >= 0).all()
    assert sorted(order.tolist()) == list(range(len(rows)))
    for shard in range(SHARDS):
        part = slice(starts[shard], starts[shard + 1])
        assert (np.diff(order[part]) > 0).all()
        assert ((digest[part] & key.HASH) >> np.uint64(28) == shard).all()
    by_row = np.empty((2, len(rows)), np.uint64)
    by_row[:, order] = digest, context
    assert ((by_row[0, ::2] & key.HASH) == (by_row[0, 1::2] & key.HASH)).all()
    assert (by_row[1, ::2] == by_row[1, 1::2]).all()
    for number in range(len(rows)):
        direction, a_port, b_port = canonical(rows[number : number + 1])
        assert by_row[0, number] >> np.uint64(key.DIRECTION_SHIFT) == direction
        assert by_row[1, number] == context_word(rows[number : number + 1], a_port, b_port, False)
