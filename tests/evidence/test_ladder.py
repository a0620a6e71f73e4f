"""Which candidate wins, by table: the rungs of :func:`annotator.evidence.decide.decide`, with probes made for it."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from numba import njit
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Packet

from annotator.evidence import asking
from annotator.evidence import look as looking
from annotator.evidence.observation import AMBIGUOUS
from annotator.evidence.probe import Answer, Probe, anywhere
from annotator.kernel.load import signed, u8, view
from tests.evidence.test_look import look, talk


def weak(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Say what the first digit says; the payload from the second letter on is the label."""
    return (u8(data, i) & 3, i + 4, finish - i - 4) if end - i > 3 else (0, 0, 0)


def strong(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Say what the second digit says."""
    return (u8(data, i + 1) & 3, 0, 0) if end - i > 3 else (0, 0, 0)


def equal(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Say what the third digit says."""
    return (u8(data, i + 2) & 3, 0, 0) if end - i > 3 else (0, 0, 0)


DIGITS = (anywhere(b"0", mask=b"\xfc"),)
PROBES = (
    Probe("weak", "", (), ("digit",), DIGITS, weak, 10),
    Probe("strong", "", (), ("digit",), DIGITS, strong, 20),
    Probe("equal", "", (), ("digit",), DIGITS, equal, 20),
)


@cache
def compile_anew(probe: Probe) -> Any:
    """Compile a probe's loop without the cache, which knows loops by file, and would give one for all three."""
    scope = {"view": view, "signed": signed, "function0": njit(probe.confirm)}
    exec(asking.LOOP, scope)  # noqa: S102  # the text is the package's own
    return njit(scope["judge"])


@pytest.fixture
def made_up() -> Iterator[None]:
    """Have the observer know these three probes only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looking, "probes", lambda: PROBES)
        patch.setattr(asking, "compile_probe", compile_anew)
        yield


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize(
    ("digits", "name", "confirmed", "ambiguous"),
    [
        (b"000.", "", False, 0),
        (b"300.", "weak", True, 0),
        (b"200.", "weak", False, 0),
        (b"320.", "weak", True, 0),  # confirmed before speculative, however strong
        (b"230.", "strong", True, 0),
        (b"330.", "strong", True, 0),  # the stronger confirmation
        (b"220.", "strong", False, 0),
        (b"333.", "strong", False, 1),  # two of equal strength: the first, as a guess
        (b"033.", "strong", False, 1),
        (b"022.", "strong", False, 0),
        (b"023.", "equal", True, 0),
        (b"130.", "strong", True, 0),  # one that waits for more does not hold up
    ],
)
def test_the_ladder_of_candidates(tmp_path: Path, digits: bytes, name: str, confirmed: bool, ambiguous: int) -> None:
    """Grade, then strength; a tie is a guess, and is counted."""
    observer, seen, sure, _ = look(talk([(">", digits)]), tmp_path)
    assert (seen, sure) == (name, confirmed)
    assert observer.counts[AMBIGUOUS] == ambiguous


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize(
    ("words", "name", "confirmed"),
    [
        ([(">", b"200."), (">", b"300.")], "weak", True),  # a guess becomes certain
        ([(">", b"200."), (">", b"030.")], "strong", True),  # or gives way
        ([(">", b"300."), (">", b"030.")], "weak", True),  # what was confirmed stands
        ([(">", b"000."), (">", b"000."), (">", b"000."), (">", b"300.")], "weak", True),
        ([(">", b"000.")] * 4 + [(">", b"300.")], "", False),  # the fifth payload is not looked at
        ([(">", b"100."), (">", b"300.")], "", False),  # joined to the first, which waits still
        ([(">", b"30"), (">", b"0.")], "", False),  # nobody waited for the rest
        ([(">", b"300."), ("<", b"030.")], "strong", False),  # the directions contradict each other
        ([(">", b"300."), ("<", b"020.")], "weak", True),
        ([(">", b"020."), ("<", b"200.")], "strong", False),
    ],
)
def test_the_ladder_over_payloads(
    tmp_path: Path, words: list[tuple[str, bytes]], name: str, confirmed: bool, apart: bool
) -> None:
    """In one batch or in several, it is the same."""
    _, seen, sure, _ = look(talk(words), tmp_path, apart)
    assert (seen, sure) == (name, confirmed)


@pytest.mark.usefixtures("made_up")
def test_a_label_is_kept_to_its_bound(tmp_path: Path) -> None:
    """255 bytes of it, and no more of the payload."""
    assert look(talk([(">", b"300.www")]), tmp_path)[3] == "www"
    assert look(talk([(">", b"300." + b"w" * 400)]), tmp_path)[3] == "w" * 255


def rtp(number: int, source: int) -> bytes:
    """Make an RTP packet of a voice."""
    return (
        b"\x80\x00"
        + number.to_bytes(2, "big")
        + (160 * number).to_bytes(4, "big")
        + source.to_bytes(4, "big")
        + bytes(160)
    )


def datagrams(payloads: list[bytes], back: bool = False) -> list[Packet]:
    """Send them from one end, or in turn from both."""
    ends = (("10.0.0.1", 40000), ("10.0.0.2", 7000))
    packets: list[Packet] = []
    for n, payload in enumerate(payloads):
        (source, sport), (target, dport) = reversed(ends) if back and n % 2 else ends
        packets.append(Ether() / IP(src=source, dst=target) / UDP(sport=sport, dport=dport) / payload)
    return packets


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize(
    ("sources", "back", "confirmed"),
    [
        ([7], False, False),
        ([7, 7], False, True),
        ([7, 8], False, False),  # another source each time
        ([7, 8, 8], False, True),
        ([7, 7], True, False),  # each end has its own
    ],
)
def test_what_proves_little_is_proved_by_repetition(
    tmp_path: Path, sources: list[int], back: bool, confirmed: bool, apart: bool
) -> None:
    """RTP's source, twice in one direction."""
    packets = datagrams([rtp(n, source) for n, source in enumerate(sources)], back)
    assert look(packets, tmp_path, apart)[1:3] == ("rtp", confirmed)


def test_what_is_confirmed_is_not_looked_at_any_more(tmp_path: Path) -> None:
    """Another protocol behind it in the same direction changes nothing, in one batch or in several."""
    words = [(">", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), (">", b"SSH-2.0-x\r\n")]
    for apart in (False, True):
        observer, name, confirmed, label = look(talk(words), tmp_path, apart)
        assert (name, confirmed, label) == ("http", True, "a")
        assert (observer.observations["left"][0, 0], observer.counts[AMBIGUOUS]) == (0, 0)
