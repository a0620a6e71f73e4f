"""Compiles every kernel ahead of time, so that no later run has to wait for one: ``annotate --prepare``.

Numba compiles a kernel when it is first called, and keeps it in the user's cache. Here each is called once: the data
path's with made-up captures that need all of its parts, each probe's with no payload at all.
"""

import multiprocessing
import os
import signal
import struct
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotator.capture.rehearsal import FRAMES, Rehearsal
from annotator.decode import Decoder
from annotator.decode.fragments import Fragments
from annotator.decode.tunnels import TunnelBook
from annotator.errors import AnnotatorError
from annotator.evidence import Observer
from annotator.evidence.asking import Pairs
from annotator.evidence.bundle import BUNDLES, compile_bundle
from annotator.evidence.observation import SIGHTING
from annotator.evidence.probes import probes
from annotator.flow import FlowSettings, FlowTable, finish
from annotator.flow.table import WANTED, Shard
from annotator.kernel.cache import BASE_FOLDER, INTERPRETED
from annotator.model import HEADER, UDP, HeaderFlag, PacketBatch
from annotator.pipeline import analyse
from annotator.scratch import scratch_folder
from annotator.settings import Settings

Told = Callable[[str, int, int], None]
"""Called as ``told(what is ready, steps done, steps in all)`` after each step."""

PROCESSES: Final = 2
ETHERNET_LINK, LOOPBACK_LINK, PPP_LINK = 1, 0, 9
FAMILY_IPV4: Final = struct.pack("<I", 2)
PPP_IPV4: Final = b"\xff\x03\x00\x21"  # RFC 1662 section 3.1, RFC 1332 section 2.1: an IPv4 packet


def prepare(told: Told | None = None, processes: int = PROCESSES) -> int:
    """Compile all kernels into the user's cache; returns how many steps that took.

    The data path, the longest step, and the probes are shared among so many processes. Raises
    :class:`~annotator.errors.AnnotatorError` where there is no folder to keep kernels in, or a process died.
    """
    if INTERPRETED:
        return 0
    if BASE_FOLDER is None:
        raise AnnotatorError(
            "compiled kernels cannot be kept: the cache folder is not writable, or open to others; "
            "set ANNOTATOR_CACHE_DIR to a folder of your own"
        )
    steps = 1 + BUNDLES
    context = multiprocessing.get_context("spawn")  # a fork of a process with threads can hang
    others = set(multiprocessing.active_children())
    try:
        number = min(processes, os.cpu_count() or 1)
        with (  # a worker may be ended at any time: the folder is this process's to remove
            scratch_folder() as folder,
            ProcessPoolExecutor(number, mp_context=context, initializer=_follow) as workers,
        ):
            try:
                waiting = [
                    workers.submit(prepare_data_path, folder),
                    *(workers.submit(prepare_bundle, n) for n in range(BUNDLES)),
                ]
                for done, ready in enumerate(as_completed(waiting), 1):
                    name = ready.result()
                    if told:
                        told(name, done, steps)
            except BaseException:
                for process in set(multiprocessing.active_children()) - others:
                    process.terminate()  # what they are at may take a minute, which nobody would wait for
                workers.shutdown(cancel_futures=True)
                raise
    except BrokenProcessPool:
        raise AnnotatorError("a process that compiled kernels died, for want of memory perhaps; try again") from None
    return steps


def _follow() -> None:
    """Make a worker end with its parent, however that ends; Ctrl-C is for the parent."""

    def follow() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)  # it would wait for the next task for ever

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=follow, daemon=True).start()


def prepare_bundle(bundle: int) -> str:
    """Compile a bundle of probes, by its number; returns what to call it."""
    judge = compile_bundle(probes(), bundle)
    nothing, none = np.empty(0, np.int64), np.zeros(len(probes()), np.int64)
    pairs = Pairs(*(nothing.copy() for _ in Pairs._fields))
    judge(np.empty(0, np.uint8), np.empty(0, np.uint8), np.empty(0, SIGHTING), pairs, nothing, none, none.copy())
    return f"probes {bundle + 1} of {BUNDLES}"


def prepare_data_path(folder: Path) -> str:
    """Run the data path over what needs all of it, which is written to `folder`; returns the path's name."""
    packets = [frame[14:] for frame in FRAMES]
    plain = _pcap(folder / "plain.pcap", ETHERNET_LINK, list(FRAMES))
    plain_ng = _pcapng(folder / "plain.pcapng", list(FRAMES))
    analyse([plain, plain_ng], Settings())
    tunnelled = [b"\0" * 12 + b"\x08\x00" + _tunnelled(packet) for packet in packets]
    rare = [
        _pcap(folder / "tunnel.pcap", ETHERNET_LINK, tunnelled),
        _pcap(folder / "ppp.pcap", PPP_LINK, [PPP_IPV4 + packet for packet in packets]),
        _pcap(folder / "loopback.pcap", LOOPBACK_LINK, [FAMILY_IPV4 + packet for packet in packets]),
    ]
    analyse(rare, Settings())
    with suppress(AnnotatorError):  # no libpcap: no filter will ever run here
        analyse([plain], Settings(bpf="ip"))
    _grow()
    return "data path"


def prepare_flows() -> None:
    """Call what comes behind decoding, with one made-up row: the flow table, evidence, orientation."""
    payload = np.arange(64, dtype=np.uint8)
    headers = np.zeros(1, HEADER)
    headers["proto"], headers["version"], headers["flags"] = UDP, 4, HeaderFlag.OUTERMOST | HeaderFlag.PORTS
    headers["payload_caplen"] = headers["payload_bytes"] = len(payload)
    column = np.zeros(1, np.int64)
    batch = PacketBatch(
        payload, column, column, column.astype(np.uint32), column.astype(np.uint32), column.astype(np.uint16), 0, 1
    )
    settings = FlowSettings()
    table, observer = FlowTable(settings), Observer()
    sights = table.add(headers, 0)
    observer.look(batch, headers, sights, table.shards)
    table.more(headers, _all_of(sights))
    rows = table.rows()
    finish(rows, settings, [], {UDP: np.zeros(65536, np.bool_)}, {0: 0}, np.full(1, -1, np.int8))


def _all_of(sights: NDArray[np.void]) -> NDArray[np.void]:
    """Want what was seen once more."""
    wanted = np.zeros(len(sights), WANTED)
    for field in ("row", "shard", "direction"):
        wanted[field] = sights[field]
    return wanted


def _grow() -> None:
    """Call what only large or long captures need: a table that grows, payloads that are offered twice."""
    Shard().grow()
    table = FlowTable(FlowSettings())
    reader, decoder = Rehearsal(), Decoder(TunnelBook())
    fragments = Fragments()
    for batch in reader.batches():
        for headers in decoder.decode(batch):
            tied = fragments.tie(headers, decoder.fragments, decoder.counts)
            sights = table.add(tied, reader.capture)
            table.more(tied, _all_of(sights))


def _tunnelled(packet: bytes) -> bytes:
    """Put an IPv4 packet into another one (RFC 2003)."""
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(packet), 2, 0, 64, 4, 0) + packet[12:20] + packet


def _pcap(path: Path, link_type: int, frames: list[bytes]) -> str:
    """Write a pcap file."""
    records = b"".join(struct.pack("<IIII", 1, 0, len(frame), len(frame)) + frame for frame in frames)
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link_type) + records)
    return str(path)


def _pcapng(path: Path, frames: list[bytes]) -> str:
    """Write a pcapng file: a section, an interface, and an Enhanced Packet Block a frame."""
    blocks = _block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    blocks += _block(1, struct.pack("<HHI", ETHERNET_LINK, 0, 0))
    for frame in frames:
        blocks += _block(6, struct.pack("<IIIII", 0, 0, 1_000_000, len(frame), len(frame)) + frame)
    path.write_bytes(blocks)
    return str(path)


def _block(kind: int, body: bytes) -> bytes:
    body += b"\0" * (-len(body) % 4)
    return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))
