"""Mutated payloads through every probe: ``python -m tests.evidence.fuzz --count 10000000``.

Each payload is asked about in a window of its own that ends where it does, so that a load past its end raises; in the
loops that the evidence room itself compiles. With ``--guided N`` the probes run as plain Python: payloads that reach
new lines of them are bred from, and loads are counted.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

import annotator.evidence
from annotator.capture import open_capture
from annotator.decode import Decoder
from annotator.decode.tunnels import TunnelBook
from annotator.errors import AnnotatorError
from annotator.evidence.asking import Pairs
from annotator.evidence.bundle import BUNDLES, compile_bundle
from annotator.evidence.observation import SIGHTING
from annotator.evidence.probe import GROUP, SCTP, START, TCP, UDP, Probe
from annotator.evidence.probes import probes
from annotator.evidence.signatures import MOST_CANDIDATES, TRANSPORTS, nominate, signature_table
from annotator.kernel.cache import INTERPRETED
from annotator.kernel.jit import kernel
from annotator.kernel.load import view
from annotator.model import HeaderFlag
from tests.conftest import REPOSITORY, find_shared
from tests.fuzz.mutate import draw, throw

LONGEST: Final = 2048
"""Bytes of a mutated payload."""
SEEDS: Final = 40
"""Of a probe, at the most."""
PACKETS: Final = 2000
"""Of a capture, that seeds are looked for in."""
PER_BYTE: Final = 16
"""Loads for each byte of a payload that a probe may make."""
PER_CALL: Final = 2000
"""And those that it may make of however short a payload."""
PROTOCOLS: Final = {6: TCP, 17: UDP, 132: SCTP}


def captures() -> list[Path]:
    """Give the captures that seeds come from: real ones where they are, else the project's own."""
    shared = find_shared()
    if shared is None:
        return sorted((REPOSITORY / "samples").glob("*.pcap*"))
    return sorted((shared / "captures" / "ndpi").glob("*.pcap*"))


def payloads(path: Path) -> Iterator[tuple[int, bytes]]:
    """Give (transport bit, payload) of a capture's first packets."""
    reader = open_capture(str(path))
    decoder = Decoder(TunnelBook())
    left = PACKETS
    try:
        for batch in reader.batches():
            for headers in decoder.decode(batch):
                chosen = headers[(headers["payload_caplen"] > 0) & (headers["flags"] & HeaderFlag.FRAGMENT_LATER == 0)]
                for row in chosen[:left]:
                    if transport := PROTOCOLS.get(int(row["proto"])):
                        start = int(row["payload_offset"])
                        yield transport, batch.data[start : start + int(row["payload_caplen"])].tobytes()
                left -= len(chosen)
            if left <= 0:
                return
    except AnnotatorError:
        return
    finally:
        reader.close()


def signature_seed(probe: Probe) -> list[tuple[int, bytes]]:
    """Give payloads that do no more than fit a probe's signatures."""
    made = []
    for signature in probe.signatures:
        transport = next(bit for bit in TRANSPORTS if bit & signature.transports)
        made.append((transport, (bytes(signature.at) + signature.value).ljust(min(signature.shortest, LONGEST), b"\0")))
    return made


Parents = list[list[tuple[int, bytes]]]
"""By probe: (transport bit, payload)."""


def seeds(paths: list[Path]) -> Parents:
    """Give by probe what its signatures name in the captures, or else what fits them."""
    everything = probes()
    table = signature_table(everything)
    found: dict[int, set[tuple[int, bytes]]] = defaultdict(set)
    numbers = np.empty(MOST_CANDIDATES, np.int64)
    for path in paths:
        for transport, payload in payloads(path):
            data = np.frombuffer(payload, np.uint8)
            count = nominate(*table, view(data), 0, len(data), len(data), transport, numbers)
            for number in numbers[:count].tolist():
                if len(found[number]) < SEEDS:
                    found[number].add((transport, payload[:LONGEST]))
    return [sorted(found[k]) + signature_seed(probe) for k, probe in enumerate(everything)]


@kernel
def breed(parents: Any, starts: Any, lengths: Any, children: Any, sizes: Any, seed: int, dice: Any) -> None:
    """Fill each row of `children` with a parent of which a few bytes, numbers or pieces were changed."""
    throw(dice, seed)
    values = (0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 129, 192, 223, 224, 253, 254, 255)
    for n in range(len(sizes)):
        parent = draw(dice, 0, len(starts))
        size = lengths[parent]
        row = children[n]
        for k in range(size):
            row[k] = parents[starts[parent] + k]
        for _ in range(draw(dice, 0, 6)):
            kind = draw(dice, 0, 8)
            at = draw(dice, 0, size) if draw(dice, 0, 2) else draw(dice, 0, min(size, 24))
            if kind == 0:
                row[at] ^= 1 << draw(dice, 0, 8)
            elif kind == 1:
                row[at] = draw(dice, 0, 256)
            elif kind == 2:
                row[at] = values[draw(dice, 0, len(values))]
            elif kind == 3:  # a number of two or four bytes at its bounds
                for k in range(at, min(size, at + (2 << draw(dice, 0, 2)))):
                    row[k] = 255 if kind else 0
            elif kind == 4:
                for k in range(at, min(size, at + 4)):
                    row[k] = 0
            elif kind == 5:
                size = at + 1
            elif kind == 6:  # a piece goes
                gap = draw(dice, 1, 9)
                for k in range(at, size - gap):
                    row[k] = row[k + gap]
                size = max(size - gap, 1) if at < size - gap else size
            else:  # a piece comes twice
                piece = min(draw(dice, 1, 33), LONGEST - size, size - at)
                for k in range(size + piece - 1, at + piece - 1, -1):
                    row[k] = row[k - piece]
                size += piece
        sizes[n] = size


class Asker:
    """Asks one probe about payloads, each in all the ways in which it may be met."""

    def __init__(self, number: int, among: tuple[Probe, ...], parents: list[tuple[int, bytes]]) -> None:
        """Lay out the `parents` (transport, payload) of what probe `number` of those is asked about."""
        self.probe = among[number]
        self.judge: Callable[..., None] = compile_bundle(among, number % BUNDLES)
        contexts = sorted({transport for transport, _ in parents} | {TCP, UDP})
        self.ways = [
            (transport | start | group, more)
            for transport in contexts
            for start in ((0, START) if transport == TCP else (START,))
            for group in ((0, GROUP) if transport == UDP else (0,))
            for more in (0, 700)
        ]
        bodies = [payload[:LONGEST] for _, payload in parents]
        self.parents = np.frombuffer(b"".join(bodies), np.uint8)
        self.lengths = np.array([len(body) for body in bodies], np.int64)
        self.starts = np.cumsum(self.lengths) - self.lengths
        count = len(self.ways)
        self.sightings = np.zeros(count, SIGHTING)
        self.sightings["context"] = [context for context, _ in self.ways]
        self.more = np.array([more for _, more in self.ways])
        self.chosen = np.arange(count)
        self.begins, self.ends = np.zeros(len(among), np.int64), np.zeros(len(among), np.int64)
        self.ends[number] = count
        self.pairs = Pairs(self.chosen, np.full(count, number), *(np.zeros(count, np.int64) for _ in range(3)))
        self.empty = np.zeros(0, np.uint8)

    def ask(self, payload: NDArray[np.uint8]) -> None:
        """Ask about a payload that is alone in its window; raises AssertionError, with its bytes, where that fails."""
        self.sightings["end"] = len(payload)
        self.sightings["finish"] = len(payload) + self.more
        try:
            self.judge(payload, self.empty, self.sightings, self.pairs, self.chosen, self.begins, self.ends)
        except Exception as error:
            raise AssertionError(f"{self.probe.name}: {error!r} for {payload.tobytes().hex()}") from error
        bases = (self.pairs.verdict >> 4) & 63
        if bases.max() >= len(self.probe.bases) or self.pairs.verdict.min() < 0:
            raise AssertionError(f"{self.probe.name}: no such basis, for {payload.tobytes().hex()}")

    def storm(self, count: int, seed: int) -> int:
        """Ask at least `count` times about mutated payloads; returns how often."""
        asked = 0
        children, sizes = np.zeros((1024, LONGEST + 64), np.uint8), np.zeros(1024, np.int64)
        while asked < count:
            breed(self.parents, self.starts, self.lengths, children, sizes, seed + asked, np.zeros(1, np.int64))
            for n, size in enumerate(sizes.tolist()):
                self.ask(children[n, :size])
                asked += len(self.ways)
                if asked >= count:
                    break
        return asked


def storm(parents: Parents, count: int, seed: int = 1, progress: Callable[[str], object] = lambda _: None) -> int:
    """Ask all probes `count` times together, in their compiled loops; returns how often."""
    asked = 0
    for number, probe in enumerate(probes()):
        started = time.perf_counter()
        executions = Asker(number, probes(), parents[number]).storm(count // len(parents), seed)
        asked += executions
        progress(f"{probe.name}: {executions:,} executions in {time.perf_counter() - started:.1f} s\n")
    return asked


class Counted:
    """Bytes that count how often they are read. The loads take it for an array."""

    def __init__(self, data: bytes) -> None:
        """Hold `data`."""
        self.data, self.reads = data, 0

    def __len__(self) -> int:
        """Give the number of bytes."""
        return len(self.data)

    def __getitem__(self, place: slice) -> bytes:
        """Read a piece."""
        self.reads += 1
        return self.data[place]


class Lines:
    """Which lines of the probes were reached, and from which: a trace function of the interpreter's."""

    FOLDER: Final = str(Path(annotator.evidence.__file__).parent)

    def __init__(self) -> None:
        """Start with none."""
        self.known: set[tuple[CodeType, int, int]] = set()
        self.fresh = 0
        self.last = 0

    def __call__(self, frame: FrameType, event: str, argument: object) -> Any:  # noqa: ARG002  # the interpreter calls it so
        """Follow calls into the evidence room only."""
        if not frame.f_code.co_filename.startswith(self.FOLDER):
            return None
        step = (frame.f_code, self.last, frame.f_lineno)
        self.last = frame.f_lineno
        if step not in self.known:
            self.known.add(step)
            self.fresh += 1
        return self


def guided(parents: Parents, count: int, seed: int = 1, progress: Callable[[str], object] = lambda _: None) -> int:
    """Ask all probes `count` times together, interpreted, breeding from what reached new lines; returns how often.

    Raises AssertionError for a load past the end, and for more loads than the payload's length allows.
    """
    if not INTERPRETED:
        raise RuntimeError("set NUMBA_DISABLE_JIT=1: lines of compiled code cannot be followed")
    random = np.random.default_rng(seed)
    asked = 0
    for number, probe in enumerate(probes()):
        lines = Lines()
        corpus = parents[number][:]
        most = 0.0
        for round_ in range(count // len(parents)):
            transport, parent = corpus[random.integers(len(corpus))]
            child, size = np.zeros((1, LONGEST + 64), np.uint8), np.zeros(1, np.int64)
            breed(
                np.frombuffer(parent, np.uint8),
                [0],
                [min(len(parent), LONGEST)],
                child,
                size,
                int(random.integers(1 << 31)),
                [0],
            )
            payload = Counted(child[0, : size[0]].tobytes())
            context = transport | (START if transport != TCP or round_ % 4 else 0)
            lines.fresh = lines.last = 0
            sys.settrace(lines)
            try:
                probe.confirm(payload, 0, len(payload), len(payload) + (700 if round_ % 5 == 0 else 0), context)
            except Exception as error:
                raise AssertionError(f"{probe.name}: {error!r} for {payload.data.hex()}") from error
            finally:
                sys.settrace(None)
            if payload.reads > PER_BYTE * len(payload) + PER_CALL:
                raise AssertionError(f"{probe.name}: {payload.reads:,} loads for {payload.data.hex()}")
            most = max(most, payload.reads / len(payload))
            if lines.fresh:
                corpus.append((transport, payload.data[:LONGEST]))
            asked += 1
        progress(f"{probe.name}: {len(lines.known)} steps reached, corpus {len(corpus)}, {most:.0f} loads a byte\n")
    return asked


def write_seeds(parents: Parents, path: Path) -> None:
    """Keep seeds for another process."""
    path.write_text(json.dumps([[(transport, payload.hex()) for transport, payload in own] for own in parents]))


def read_seeds(path: Path) -> Parents:
    """Read what :func:`write_seeds` wrote."""
    return [[(transport, bytes.fromhex(text)) for transport, text in own] for own in json.loads(path.read_text())]


def main() -> None:
    """Run one of the two, or both, with a line of progress for each probe."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=0, help="executions of compiled probes")
    parser.add_argument("--guided", type=int, default=0, help="executions of interpreted ones, guided by coverage")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=Path, help="a file of seeds, as this program writes for itself")
    options = parser.parse_args()
    say = sys.stdout.write
    parents = read_seeds(options.seeds) if options.seeds else seeds(captures())
    if options.count:
        say(f"{storm(parents, options.count, options.seed, say):,} executions\n")
    if options.guided and INTERPRETED:
        say(f"{guided(parents, options.guided, options.seed, say):,} guided executions\n")
    elif options.guided:  # kernels are compiled or not from the start: it takes another process
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "seeds.json"
            write_seeds(parents, path)
            sys.stdout.flush()
            given = ["--guided", str(options.guided), "--seed", str(options.seed), "--seeds", str(path)]
            arguments = [sys.executable, "-m", "tests.evidence.fuzz", *given]
            finished = subprocess.run(arguments, env=os.environ | {"NUMBA_DISABLE_JIT": "1"}, check=False)
        sys.exit(finished.returncode)


if __name__ == "__main__":
    main()
