"""What became of a flow, and how it ended."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.flow.row import PROHIBITED, SPLIT_ACTIVE, SPLIT_IDLE, UNREACHABLE
from annotator.ladder import first_rung
from annotator.model import DCCP, ICMP, ICMP6, SCTP, TCP, End, Outcome, Signal

Bits = NDArray[Any]


def outcomes(
    proto: NDArray[np.uint8],
    has_ports: NDArray[np.bool_],
    to_group: NDArray[np.bool_],
    state: Bits,
    initiator_signal: Bits,
    responder_signal: Bits,
    initiator_packets: NDArray[np.int64],
    responder_packets: NDArray[np.int64],
) -> NDArray[np.uint8]:
    """Judge each flow: uint8[n], :class:`Outcome`. Signals are ORed over the flow's packets, by oriented end.

    1. With a handshake protocol (TCP, SCTP, DCCP) whose opening or acceptance was seen: an acceptance makes it
       `established`; without one, a reset or an ICMP port unreachable `refused`, an ICMP prohibition `prohibited`;
       an initiator that goes on as if it had been answered, and an acceptance of an opening that is not there,
       `one_sided`; an answer of another kind `established`; else `no_answer`.
    2. With a handshake protocol in mid-stream: `midstream`, or `one_sided` where one end only is heard.
    3. Otherwise both ends heard is `established`; a quoting ICMP error `refused` or `prohibited`; one end only is
       `no_answer` where an answer could be expected (unicast with ports, ICMP requests), else `one_sided`.
    """
    has_handshake = has_ports & ((proto == TCP) | (proto == SCTP) | (proto == DCCP))
    opened = (initiator_signal & Signal.OPEN) != 0
    accepted = (responder_signal & Signal.ACCEPT) != 0
    answered = responder_packets > 0
    both = answered & (initiator_packets > 0)
    reset = (responder_signal & Signal.RST) != 0
    went_on = ((initiator_signal & Signal.ACK) != 0) & ~answered
    unreachable = (state & UNREACHABLE) != 0
    prohibited = (state & PROHIBITED) != 0
    asks = (has_ports & ~to_group) | (
        ((proto == ICMP) | (proto == ICMP6)) & ((initiator_signal & Signal.REQUEST) != 0) & ~to_group
    )
    begun = has_handshake & (opened | accepted)
    ladder = (
        (begun & accepted & (initiator_packets == 0), Outcome.ONE_SIDED),
        (begun & accepted, Outcome.ESTABLISHED),
        (begun & reset, Outcome.REFUSED),
        (begun & answered, Outcome.ESTABLISHED),
        (begun & unreachable, Outcome.REFUSED),
        (begun & prohibited, Outcome.PROHIBITED),
        (begun & went_on, Outcome.ONE_SIDED),
        (begun, Outcome.NO_ANSWER),
        (has_handshake & both, Outcome.MIDSTREAM),
        (has_handshake, Outcome.ONE_SIDED),
        (both, Outcome.ESTABLISHED),
        (unreachable, Outcome.REFUSED),
        (prohibited, Outcome.PROHIBITED),
        (asks & (initiator_packets > 0), Outcome.NO_ANSWER),
    )
    words = np.array([*(outcome for _, outcome in ladder), Outcome.ONE_SIDED], np.uint8)
    return words[first_rung([condition for condition, _ in ladder])]


def endings(
    split: Bits,
    signal: Bits,
    last_ns: NDArray[np.int64],
    idle_ns: NDArray[np.int64],
    capture_last_ns: NDArray[np.int64],
) -> NDArray[np.uint8]:
    """Say how each flow ended: uint8[n], :class:`End`. `signal` is ORed over both ends.

    A reset or a FIN is what was seen of an end; else the reason for which a later packet began a new flow; else
    silence for longer than the idle timeout (`idle_ns`, 0: never) before the capture's last packet; else `open`.
    """
    silent = (idle_ns > 0) & (capture_last_ns - last_ns > idle_ns)
    ladder = (
        ((signal & Signal.RST) != 0, End.RST),
        ((signal & Signal.FIN) != 0, End.FIN),
        (split == SPLIT_IDLE, End.IDLE),
        (split == SPLIT_ACTIVE, End.ACTIVE),
        (silent, End.IDLE),
    )
    words = np.array([*(end for _, end in ladder), End.OPEN], np.uint8)
    return words[first_rung([condition for condition, _ in ladder])]
