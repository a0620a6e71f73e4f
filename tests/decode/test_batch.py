"""The loop over a batch: rows in order, accounts that add up, and the same rows whichever kernel made them."""

from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import ARP, GRE

from annotator.decode import Decoder, reasons
from annotator.decode.batch import (
    BYTES,
    COUNT,
    FIRST_NS,
    FIRST_STEP_BACK,
    LAST_NS,
    MAX_DEPTH,
    PACKETS_DECODED,
    READ,
    TIME_STEPS_BACK,
)
from annotator.decode.tunnels import TunnelBook
from annotator.model import BATCHES_AT_HAND, NO_TIME
from tests.decode.decoding import batch, decode, ether

FOUR = ether() / IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1000, dport=53) / b"question"
TUNNEL = ether() / IP(src="192.0.2.1", dst="192.0.2.2") / GRE() / IP(src="10.0.0.1", dst="10.0.0.2") / TCP() / b"data"


def test_an_empty_batch_is_nothing() -> None:
    """No packets, no rows, no accounts."""
    decoder = Decoder(TunnelBook())
    assert list(decoder.decode(batch([]))) == []
    assert decoder.totals[READ] == 0
    assert (decoder.totals[FIRST_NS], decoder.totals[LAST_NS]) == (NO_TIME, NO_TIME)


def test_accounts_add_up_over_batches() -> None:
    """Packets, bytes, times and reasons of all batches of a capture, frames numbered on."""
    decoder = Decoder(TunnelBook())
    one = batch([bytes(FOUR), bytes(ether() / ARP(psrc="10.0.0.1"))], wires=[1000, 60], times=[50, 40])
    two = batch([bytes(FOUR)] * 2, times=[NO_TIME, 45])
    two.first_frame = 3
    for made in (one, two):
        for _ in decoder.decode(made):
            pass
    totals = decoder.totals
    assert (totals[READ], totals[PACKETS_DECODED]) == (4, 3)
    assert totals[BYTES] == 1000 + 60 + 2 * len(FOUR)
    assert (totals[FIRST_NS], totals[LAST_NS]) == (40, 50)
    assert (totals[TIME_STEPS_BACK], totals[FIRST_STEP_BACK]) == (2, 2)
    assert decoder.counts[reasons.ARP].tolist() == [1, 2]
    assert decoder.counts[reasons.NO_TIME_STAMP].tolist() == [1, 3]
    assert decoder.counts[reasons.SNAP_CUT].tolist() == [2, 1]
    assert decoder.counts[:, COUNT].sum() == 4


def test_the_kernel_for_all_agrees_with_the_one_for_plain_packets() -> None:
    """Plain packets give the same rows before and after a packet that the small kernel leaves to the large one."""
    plain = [bytes(ether() / IP(src="10.0.0.1", dst=f"10.0.0.{n}") / UDP(sport=n, dport=53) / b"x") for n in range(9)]
    decoder = Decoder(TunnelBook())
    before = np.concatenate([rows.copy() for rows in decoder.decode(batch(plain))])
    middle = np.concatenate([rows.copy() for rows in decoder.decode(batch([plain[0], bytes(TUNNEL), plain[1]]))])
    after = np.concatenate([rows.copy() for rows in decoder.decode(batch(plain))])
    assert before.tolist() == after.tolist()
    assert middle["depth"].tolist() == [0, 0, 1, 0]
    assert middle["frame"].tolist() == [1, 2, 2, 3]
    assert decoder.totals[PACKETS_DECODED] == 21


def test_more_rows_than_expected_come_in_parts() -> None:
    """A batch of deep tunnels gives far more rows than packets; no part is larger than its room, none is lost."""
    packet = IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"x"
    for _ in range(MAX_DEPTH - 1):
        packet = IP(src="10.1.0.1", dst="10.1.0.2") / packet
    frames = [bytes(ether() / packet)] * 500
    decoder = Decoder(TunnelBook())
    parts = [rows["frame"].copy() for rows in decoder.decode(batch(frames))]
    assert len(parts) > 1
    assert np.concatenate(parts).tolist() == [frame for frame in range(1, 501) for _ in range(MAX_DEPTH)]
    assert decoder.totals[PACKETS_DECODED] == decoder.totals[READ] == 500


def test_rows_stay_for_the_batches_behind_them() -> None:
    """While the rows of the last batch of those at hand are made, those of the others are what they were."""
    decoder = Decoder(TunnelBook())
    frames = [bytes(ether() / IP(src="10.0.0.1", dst=f"10.0.0.{n}") / UDP(sport=n, dport=53)) for n in range(20)]
    at_hand: list[tuple[NDArray[np.void], list[Any]]] = []
    for rows in chain.from_iterable(decoder.decode(batch([frame])) for frame in frames):
        at_hand.append((rows, rows.tolist()))
        for kept, as_made in at_hand[-BATCHES_AT_HAND:]:
            assert kept.tolist() == as_made
    assert len(at_hand) == len(frames)


def test_frames_do_not_touch_each_other() -> None:
    """A frame decodes alike whatever stands before and behind it in the window."""
    frames = [bytes(FOUR), bytes(TUNNEL), bytes(FOUR)[:20], bytes(ether() / ARP(psrc="10.0.0.1")), b""]
    together = decode(batch(frames))
    alone = [decode(batch([frame])) for frame in frames]
    for name in together.rows.dtype.names or ():
        if name in ("payload_offset", "frame", "ts_ns", "tunnel"):
            continue  # places, and a keyed hash
        assert together.rows[name].tolist() == [value for one in alone for value in one.rows[name].tolist()], name


def test_packets_that_a_filter_leaves_out_are_as_if_they_were_not_there() -> None:
    """They are in no row and in no account, and the others keep their frame numbers."""
    made = batch([bytes(FOUR), bytes(TUNNEL), b"", bytes(FOUR)])
    made.keep = np.array([False, True, False, True])
    decoder = Decoder(TunnelBook())
    frames = np.concatenate([rows["frame"].copy() for rows in decoder.decode(made)])
    assert frames.tolist() == [2, 2, 4]
    assert (decoder.totals[READ], decoder.totals[PACKETS_DECODED]) == (2, 2)
    assert decoder.totals[BYTES] == len(TUNNEL) + len(FOUR)
    assert not decoder.counts.any()
