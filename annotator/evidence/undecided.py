"""The answer of a probe whose deciding bytes are not there."""

from annotator.evidence.probe import MORE, NO, SPECULATIVE, TCP
from annotator.kernel.jit import kernel


@kernel
def undecided(end: int, finish: int, context: int) -> int:
    """Grade a payload that fits as far as it goes, but ends at `end`, before what decides.

    Cut by the snap length: speculative. A stream may go on: more of it is asked for. A datagram that ends there does
    not fit.
    """
    if end < finish:
        return SPECULATIVE
    return MORE if context & TCP else NO
