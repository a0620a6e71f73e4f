"""The readers and the decoder, interpreted and guided by coverage: ``python -m tests.fuzz.guided --runs 200000``.

atheris (``pip install atheris``) follows the bytecode that an input reaches, which compiled kernels have none of: the
program starts itself again with ``NUMBA_DISABLE_JIT=1``, once for each target. An input that fails is left in a file
that the last lines name.
"""

import argparse
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from tests.conftest import REPOSITORY

SEEDS: Final = 3000
"""Inputs that a corpus begins with, at the most."""
SHORT_WINDOW: Final = 64
"""Bytes that the readers see at a time, so that records reach over the ends of windows."""


def decode_input(data: bytes) -> None:
    """Decode a frame: two bytes of link type, one of how much of it was left out, the frame."""
    from annotator.decode import Decoder, reasons
    from annotator.decode.batch import COUNT, PACKETS_DECODED, READ
    from annotator.decode.fragments import Fragments
    from annotator.decode.tunnels import TunnelBook
    from annotator.model import PacketBatch
    from tests.decode.decoding import fragments_among

    if len(data) < 4:
        return
    link_type, wire = int.from_bytes(data[:2], "big"), len(data) - 3 + data[2] * 16
    frame = data[3:]
    batch = PacketBatch(
        np.frombuffer(frame, np.uint8),
        np.array([0], np.int64),
        np.array([0], np.int64),
        np.array([len(frame)], np.uint32),
        np.array([wire], np.uint32),
        np.array([link_type], np.uint16),
        0,
        1,
    )
    decoder, book = Decoder(TunnelBook()), Fragments()
    for rows in decoder.decode(batch):
        assert decoder.fragments.tolist() == fragments_among(rows).tolist(), "fragments are not noted"
        for row in book.tie(rows.copy(), decoder.fragments, decoder.counts):
            end = int(row["payload_offset"]) + int(row["payload_caplen"])
            assert not row["payload_caplen"] or 0 <= row["payload_offset"] <= end <= len(frame), "outside of the frame"
    stops = sum(int(decoder.counts[code, COUNT]) for code, reason in reasons.TABLE.items() if reason.stop is not None)
    assert decoder.totals[READ] == 1 == decoder.totals[PACKETS_DECODED] + stops, "read is not decoded + stopped"


def read_input(data: bytes) -> None:
    """Read a capture through short windows: one byte of flags, the capture. What is refused is refused in words."""
    from annotator.capture.layout import MAGICS
    from annotator.capture.pcap import PcapReader
    from annotator.capture.pcapng import PcapngReader
    from annotator.capture.window import Window
    from annotator.errors import InputError

    if len(data) < 5:
        return
    flags, capture = data[0], data[1:]
    kind = PcapReader if capture[:4] in MAGICS else PcapngReader
    reader = kind(lambda: Window(io.BytesIO(capture), b"", SHORT_WINDOW << (flags & 3)), "x", 0, len(capture))
    reader.resync = flags & 4 != 0
    frames = 0
    try:
        for batch in reader.batches():
            ends = batch.offset + batch.caplen
            assert (batch.offset >= 0).all(), "before the window"
            assert (ends <= len(batch.data)).all(), "outside of the window"
            assert batch.first_frame == frames + 1, "frames are not numbered in order"
            frames += len(batch)
    except InputError:
        return
    assert reader.frames == frames, "frames are not all given"
    assert reader.complete or reader.note, "no word of what is missing"


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {"decoder": decode_input, "readers": read_input}


def corpus(target: str, real: bool = True) -> list[bytes]:
    """Give the inputs that a target begins with, spread over all that there are."""
    from tests.fuzz import seeds

    if target == "decoder":
        found = [link.to_bytes(2, "big") + b"\0" + frame[:400] for link, frame in seeds.frames(real)]
    else:
        found = [bytes([n % 8]) + capture for n, capture in enumerate(seeds.captures(real)) if len(capture) < 2000]
    return found[:: max(1, len(found) // SEEDS)]


def fuzz(target: str, arguments: list[str]) -> None:
    """Be the process that fuzzes; never returns."""
    import atheris

    with atheris.instrument_imports(include=["annotator.capture", "annotator.decode", "annotator.kernel"]):
        for module in ("annotator.capture", "annotator.decode", "annotator.decode.fragments"):
            __import__(module)
    test: Any = TARGETS[target]
    atheris.Setup([sys.argv[0], *arguments], test)
    atheris.Fuzz()


def guided(target: str, runs: int, seed: int = 1, real: bool = True, folder: Path | None = None) -> str:
    """Fuzz `target` in a process of its own; gives its last line. Raises AssertionError where an input fails."""
    with tempfile.TemporaryDirectory() as made:
        place = folder or Path(made)
        inputs = place / f"{target}-corpus"
        inputs.mkdir(parents=True, exist_ok=True)
        for number, data in enumerate(corpus(target, real)):
            (inputs / f"{number:05}").write_bytes(data)
        options = [f"-runs={runs}", f"-seed={seed}", f"-artifact_prefix={place}/{target}-", "-rss_limit_mb=4096"]
        command = [sys.executable, "-m", "tests.fuzz.guided", "--be", target, "--", *options, str(inputs)]
        environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
        done = subprocess.run(
            command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, errors="replace", check=False
        )
        if done.returncode:
            failed = [f"{path.name}: {path.read_bytes().hex()}" for path in sorted(place.glob(f"{target}-*-*"))]
            raise AssertionError("\n".join([done.stdout[-3000:], done.stderr[-3000:], *failed]))
    return [line for line in done.stderr.splitlines() if line.startswith("Done")][-1]


def main() -> None:
    """Fuzz every target, or be one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000, help="executions of each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for the corpus and what fails")
    parser.add_argument("--be", choices=TARGETS, help="be the process that fuzzes this target (it calls itself so)")
    parser.add_argument("rest", nargs="*", help="libFuzzer's own options")
    options = parser.parse_args()
    if options.be:
        fuzz(options.be, options.rest)
    for target in TARGETS:
        sys.stdout.write(f"{target}: {guided(target, options.runs, options.seed, folder=options.keep)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
