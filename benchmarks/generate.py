"""Write a realistic capture: ``python -m benchmarks.generate -o FILE [--packets N] [--flows N] [--snap N] …``.

Flows of many sizes and protocols overlap in time; each begins with the real first messages of its protocol, sequence
numbers and checksums are right, and the same options give the same bytes. Memory does not follow the capture.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, BinaryIO, Final

from benchmarks.traffic.emit import Format
from benchmarks.traffic.plan import FASTEST, FEWEST_PER_FLOW, PACKETS_PER_FLOW, SHORTEST_SECONDS, make_plan
from benchmarks.traffic.profiles import background, profiles
from benchmarks.traffic.simulate import finish, populate, simulate
from benchmarks.traffic.tables import compile_tables
from benchmarks.traffic.truth import Truth
from benchmarks.traffic.wire import le16, le32, le64, u8
from benchmarks.traffic.world import make_world

EPOCH_NS: Final = 1_777_885_923 * 10**9
"""2026-05-04 09:12:03 UTC: captures begin here."""
ETHERNET: Final = 1
SHORTEST_SNAP: Final = 80
"""Link and IP header of any packet fit."""
FULL_SNAP: Final = 262_144


def file_header(kind: Format, snap: int) -> bytes:
    """What stands before the first packet."""
    if kind == Format.PCAPNG:
        section = le32(0x1A2B3C4D) + le16(1, 0) + le64(2**64 - 1)
        interface = le16(ETHERNET, 0) + le32(snap) + le16(9, 1) + u8(9, 0, 0, 0) + le32(0)  # if_tsresol: 10^-9
        return block(0x0A0D0D0A, section) + block(1, interface)
    magic = 0xA1B2C3D4 if kind == Format.PCAP else 0xA1B23C4D
    return le32(magic) + le16(2, 4) + le32(0, 0, snap, ETHERNET)


def block(kind: int, body: bytes) -> bytes:
    """A pcapng block."""
    return le32(kind, len(body) + 12) + body + le32(len(body) + 12)


def flush(world: Any, file: BinaryIO, truth: Truth) -> None:
    """Take what the kernel has written."""
    state = world["state"]
    file.write(memoryview(world["out"])[: state["out"]])
    truth.add(world["rows"][: state["rows"]])
    state["out"], state["rows"] = 0, 0


def generate(
    file: BinaryIO,
    packets: int,
    flows: int,
    *,
    snap: int = FULL_SNAP,
    seed: int = 1,
    kind: Format = Format.PCAP,
    rate: float = 0.0,
    listing: Any = None,
) -> dict[str, Any]:
    """Write exactly `packets` packets of about `flows` flows to `file`; returns the truth about them.

    `rate` is in packets a second of capture time (0: 25,000, or as many as fill half a minute). With `listing`, a
    text file, every flow is written to it as CSV.
    """
    lasting = background(seed)
    kinds = profiles(seed) + lasting
    tables = compile_tables(kinds)
    plan = make_plan(tables, kinds, packets, flows, rate or min(FASTEST, packets / SHORTEST_SECONDS))
    world = make_world(tables, plan.weights, plan.clients, seed)
    state = world["state"]
    state["packets"], state["flows"], state["snap"], state["format"] = packets, flows, snap, kind
    state["gap"], state["longest"], state["now"] = plan.gap, plan.longest, EPOCH_NS
    truth = Truth(kinds, listing)
    file.write(file_header(kind, snap))
    populate(world, plan.midstream, len(kinds) - len(lasting), len(kinds))
    while state["emitted"] < packets:
        simulate(world, plan.scale)
        flush(world, file, truth)
    while finish(world):
        flush(world, file, truth)
    flush(world, file, truth)
    return {
        "packets": int(state["emitted"]),
        "frame_bytes": int(state["frame_bytes"]),
        "flows": sum(counts["flows"] for counts in truth.counts.values()),
        "seconds": round((int(state["now"]) - EPOCH_NS) / 1e9, 3),
        "frames_without_ip": int(state["frames_without_ip"]),
        "later_fragments": int(state["fragments"]),
        **truth.summary(),
    }


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description=__doc__.split("\n", 1)[0])
    parser.add_argument("-o", "--output", type=Path, required=True, help="capture to write")
    parser.add_argument("--packets", type=int, default=1_000_000, help="exactly so many (default: %(default)s)")
    parser.add_argument("--flows", type=int, help=f"about so many (default: one per {PACKETS_PER_FLOW:.0f} packets)")
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies packets and flows")
    parser.add_argument("--snap", type=int, default=FULL_SNAP, help=f"snap length, {SHORTEST_SNAP} or more")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=0.0, help="packets a second of capture time")
    parser.add_argument("--format", choices=[kind.name.lower() for kind in Format], default="pcap")
    parser.add_argument("--truth", type=Path, help="write the counts as JSON")
    parser.add_argument("--flow-list", type=Path, help="write every flow as CSV")
    parser.add_argument("--force", action="store_true", help="write over files that exist")
    options = parser.parse_args(arguments)
    options.packets = int(options.packets * options.scale)
    options.flows = int(options.flows * options.scale) if options.flows else int(options.packets / PACKETS_PER_FLOW)
    if options.snap < SHORTEST_SNAP:
        parser.error(f"--snap must be {SHORTEST_SNAP} or more")
    if options.packets < 1 or options.flows < 1 or options.packets / options.flows < FEWEST_PER_FLOW:
        parser.error(f"there must be {FEWEST_PER_FLOW:.0f} packets or more for each flow")
    for path in (options.output, options.truth, options.flow_list):
        if path and path.exists() and not (options.force and path.is_file()):
            parser.error(f"{path} exists; --force writes over files, and over nothing else")
    return options


def main(arguments: list[str]) -> None:
    """Run the command."""
    options = parse(arguments)
    part = options.output.with_name(f".{options.output.name}.part")
    listing = options.flow_list.open("w", encoding="utf-8", newline="") if options.flow_list else None
    try:
        with part.open("wb", buffering=0) as file:
            truth = generate(
                file,
                options.packets,
                options.flows,
                snap=options.snap,
                seed=options.seed,
                kind=Format[options.format.upper()],
                rate=options.rate,
                listing=listing,
            )
        part.replace(options.output)
    finally:
        part.unlink(missing_ok=True)
        if listing:
            listing.close()
    text = json.dumps(truth, indent=2)
    if options.truth:
        options.truth.write_text(text + "\n", encoding="utf-8")
    print(f"{options.output}: {truth['packets']:,} packets, {truth['flows']:,} flows, {truth['seconds']:,.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
