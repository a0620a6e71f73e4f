"""What a tunnel is: its kind, its id, its ends, and the name that flows show it by.

A flow carries the hash of the tunnels that it is in; the kernel notes each tunnel that it meets, and the book spells
it. :mod:`annotator.decode.ip_tunnels` and :mod:`annotator.decode.udp_tunnels` recognise them.
"""

import ipaddress
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.kernel.hash import hash6, random_keys
from annotator.kernel.jit import kernel
from annotator.kernel.load import signed

# kinds, in the order of NAMES
NONE, IPIP, SIX_IN_FOUR, FOUR_IN_SIX, SIX_IN_SIX, GRE, ERSPAN, PPTP, ETHERIP, MPLS_IN_IP = range(10)
VXLAN, VXLAN_GPE, GENEVE, GTP, TEREDO, L2TP, LISP, AYIYA, CAPWAP, FOU, MPLS_IN_UDP = range(10, 21)
GRE_IN_UDP, PIM_REGISTER = 21, 22
NAMES: Final = (
    "",
    *("ipip", "6in4", "4in6", "6in6", "gre", "erspan", "pptp", "etherip", "mpls-in-ip"),
    *("vxlan", "vxlan-gpe", "geneve", "gtp", "teredo", "l2tp", "lisp", "ayiya", "capwap", "fou", "mpls-in-udp"),
    *("gre-in-udp", "pim-register"),
)
NO_ID: Final = -1
"""The tunnel has no id that is the same in both directions."""

Inner = tuple[int, int, int, int]
"""``(kind, EtherType of what is inside, its position, id)``; kind NONE where nothing is.

Beside the EtherType stand the bits of decode.wifi where it is the first of several packets.
"""

TUNNEL: Final = np.dtype(
    [
        ("hash", "u8"),
        ("parent", "u8"),  # hash of the tunnel around this one, 0 for none
        ("a_hi", "u8"),
        ("a_lo", "u8"),
        ("b_hi", "u8"),
        ("b_lo", "u8"),
        ("id", "i8"),
        ("kind", "u1"),
        ("version", "u1"),
    ],
    align=True,
)
"""What a tunnel is: its kind, its symmetric id, and the outer pair, the lower address first."""

NOTES: Final = 1 << 16
RECENT: Final = 1 << 12
MOST_TUNNELS: Final = 100_000
"""Tunnels whose names are kept; more in one run is an attack, or a carrier's core."""


class Tunnels(NamedTuple):
    """What the kernel needs to name tunnels."""

    keys: NDArray[np.uint64]
    more_keys: NDArray[np.uint64]
    recent: NDArray[np.uint64]
    """Hashes noted lately, each at its own place, so that few are noted twice."""
    notes: NDArray[np.void]
    """TUNNEL rows noted since the last look."""
    used: NDArray[np.int64]
    """How many of them: int64[1]."""


@kernel
def tunnel_hash(names: Any, parent: Any, kind: int, identifier: int, outer: Any) -> Any:
    """Hash a tunnel to 64 bits: the tunnel around it, its kind and id, and the unordered pair of `outer` (HEADER)."""
    what = np.uint64((kind << 40) | (identifier + 1))
    s_hi, s_lo, d_hi, d_lo = outer["src_hi"], outer["src_lo"], outer["dst_hi"], outer["dst_lo"]
    if s_hi > d_hi or (s_hi == d_hi and s_lo > d_lo):
        s_hi, s_lo, d_hi, d_lo = d_hi, d_lo, s_hi, s_lo
    high = hash6(names.keys, parent, what, s_hi, s_lo, d_hi, d_lo)
    low = hash6(names.more_keys, parent, what, s_hi, s_lo, d_hi, d_lo)
    return (high << np.uint64(32)) | low


@kernel
def note_tunnel(names: Any, digest: Any, kind: int, identifier: int, outer: Any) -> None:
    """Write a tunnel down, unless it was lately, or the notes are full: then a later packet of it will."""
    place = signed(digest & np.uint64(RECENT - 1))
    if names.recent[place] == digest or names.used[0] == len(names.notes):
        return
    names.recent[place] = digest
    note = names.notes[names.used[0]]
    names.used[0] += 1
    note["hash"] = digest
    note["parent"] = outer["tunnel"]
    note["kind"] = kind
    note["id"] = identifier
    note["version"] = outer["version"]
    swap = outer["src_hi"] > outer["dst_hi"] or (
        outer["src_hi"] == outer["dst_hi"] and outer["src_lo"] > outer["dst_lo"]
    )
    if swap:
        note["a_hi"], note["a_lo"] = outer["dst_hi"], outer["dst_lo"]
        note["b_hi"], note["b_lo"] = outer["src_hi"], outer["src_lo"]
    else:
        note["a_hi"], note["a_lo"] = outer["src_hi"], outer["src_lo"]
        note["b_hi"], note["b_lo"] = outer["dst_hi"], outer["dst_lo"]


class TunnelBook:
    """The tunnels of a run, by hash."""

    def __init__(self) -> None:
        """Start empty; the kernel's arrays are made when they are first asked for."""
        self.known: dict[int, tuple[int, int, int, int, int, int, int, int]] = {}
        """hash: (parent, a_hi, a_lo, b_hi, b_lo, id, kind, version)"""
        self._arrays: Tunnels | None = None

    def arrays(self) -> Tunnels:
        """Give the kernel's side of the book."""
        if self._arrays is None:
            self._arrays = Tunnels(
                random_keys(),
                random_keys(),
                np.zeros(RECENT, np.uint64),
                np.empty(NOTES, TUNNEL),
                np.zeros(1, np.int64),
            )
        return self._arrays

    def learn(self) -> None:
        """Take over what the kernel noted."""
        if self._arrays is None or not self._arrays.used[0]:
            return
        notes = self._arrays.notes[: self._arrays.used[0]]
        _, first = np.unique(notes["hash"], return_index=True)
        for digest, *rest in notes[first].tolist():
            if len(self.known) < MOST_TUNNELS:
                self.known.setdefault(digest, tuple(rest))
        self._arrays.used[0] = 0

    def text(self, digest: int) -> str:
        """Spell a tunnel with those around it: ``gre:7(10.0.0.1<>10.0.0.2)/vxlan:42(...)``, outermost first."""
        parts: list[str] = []
        while digest and len(parts) < 16:
            if digest not in self.known:
                parts.append("?")
                break
            parent, a_hi, a_lo, b_hi, b_lo, identifier, kind, version = self.known[digest]
            ends = "<>".join(
                str(ipaddress.IPv4Address(low) if version == 4 else ipaddress.IPv6Address((high << 64) | low))
                for high, low in ((a_hi, a_lo), (b_hi, b_lo))
            )
            parts.append(f"{NAMES[kind]}{'' if identifier == NO_ID else f':{identifier}'}({ends})")
            digest = parent
        return "/".join(reversed(parts))
