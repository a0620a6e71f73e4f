"""What fuzzing begins with: frames and whole captures, real ones where they are, else the project's own."""

from pathlib import Path

from annotator.capture import open_capture
from annotator.decode.link import PLAIN
from annotator.decode.strip import DECODED, NEVER_IP
from annotator.errors import AnnotatorError
from tests.capture.test_foreign import snoop
from tests.capture.writing import (
    MODIFIED,
    NANOSECONDS,
    ORDERS,
    enhanced,
    interface,
    obsolete,
    option,
    pcap_header,
    pcap_record,
    section,
    simple,
    statistics,
)
from tests.conftest import REPOSITORY, find_shared
from tests.decode import test_ethertype, test_link, test_pseudo, test_tunnels, test_wan, test_wifi, test_wpan
from tests.decode.decoding import ether
from tests.witness.index import listed

Frame = tuple[int, bytes]
"""Link type, bytes."""
LONGEST_FRAME = 2048
FRAMES_OF_A_CAPTURE = 12
LARGEST_CAPTURE = 6000
"""Bytes of a whole capture that is mutated."""


def made_frames() -> list[Frame]:
    """Give the frames of the decoder's own tests: every link type, every tunnel."""
    frames: list[Frame] = [
        (case[1], bytes(case[2]))
        for module in (test_link, test_wifi, test_wan, test_wpan, test_pseudo)
        for case in module.CASES
    ]
    frames += [(1, bytes(ether() / case[1])) for case in test_tunnels.CASES]
    frames += [(1, bytes(case[1])) for case in (*test_ethertype.VLANS, *test_ethertype.RARE)]
    return frames


def capture_files(real: bool = True) -> list[Path]:
    """Give the captures that seeds come from."""
    shared = find_shared() if real else None
    if shared is None:
        return sorted((REPOSITORY / "samples").glob("*.pcap*"))
    return [capture.path for capture in listed(shared) if capture.path.stat().st_size < 1 << 20]


def frames_of(path: Path) -> list[Frame]:
    """Give a few different frames of a capture, none where it cannot be read."""
    found: dict[tuple[int, int], Frame] = {}
    try:
        reader = open_capture(str(path))
        for batch in reader.batches():
            for k in range(min(len(batch), 200)):
                size = min(int(batch.caplen[k]), LONGEST_FRAME)
                start = int(batch.offset[k])
                frame = int(batch.link_type[k]), batch.data[start : start + size].tobytes()
                if size:
                    found.setdefault((frame[0], size), frame)
                if len(found) == FRAMES_OF_A_CAPTURE:
                    return list(found.values())
            break
    except AnnotatorError:
        pass
    finally:
        if "reader" in locals():
            reader.close()
    return list(found.values())


def frames(real: bool = True) -> list[Frame]:
    """Give all frames, each once, in an order that does not change."""
    known = {*PLAIN, *DECODED} - {*NEVER_IP}
    every = made_frames() + [frame for path in capture_files(real) for frame in frames_of(path)]
    return [frame for frame in dict.fromkeys(every) if frame[1] and frame[0] in known]


def made_captures() -> list[bytes]:
    """Give captures in every variant that the readers know, in both byte orders."""
    bodies = [body for _, body in made_frames()[:12]]
    found = [snoop(*bodies[:3])]
    for order in ORDERS:
        records = b"".join(pcap_record(order, body, seconds=n, fraction=n) for n, body in enumerate(bodies))
        found += [pcap_header(order) + records, pcap_header(order, magic=NANOSECONDS) + records]
        found += [pcap_header(order, version=(2, 3)) + records, pcap_header(order, magic=MODIFIED) + records]
        blocks = section(order, option(order, 1, b"note")) + interface(order, options=option(order, 9, b"\x09"))
        blocks += b"".join(enhanced(order, body, n) for n, body in enumerate(bodies[:4]))
        blocks += b"".join(simple(order, body) for body in bodies[:2])
        blocks += interface(order, 101, 64, option(order, 14, bytes(8))) + obsolete(order, bodies[0], 5, drops=3)
        blocks += enhanced(order, bodies[1], 9, number=1, options=option(order, 4, bytes(8))) + statistics(
            order, ifdrop=4
        )
        found += [blocks, blocks + blocks]
    return found


def everything() -> bytes:
    """Give one capture with a frame of every kind: who read it has compiled what the others need."""
    every = made_frames()
    links = list(dict.fromkeys(link for link, _ in every))
    blocks = section("<") + b"".join(interface("<", link) for link in links)
    return blocks + b"".join(enhanced("<", body, n, number=links.index(link)) for n, (link, body) in enumerate(every))


def captures(real: bool = True) -> list[bytes]:
    """Give small whole captures, in any format and compression."""
    small = [path for path in capture_files(real) if path.stat().st_size <= LARGEST_CAPTURE]
    return list(dict.fromkeys(made_captures() + [path.read_bytes() for path in small]))
