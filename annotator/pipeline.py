"""The data path, readable from top to bottom: captures in, an :class:`~annotator.model.Analysis` out."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.accounting import capture_issues, capture_summary, evidence_issues, given_up
from annotator.ahead import ahead
from annotator.capture import Reader, open_captures
from annotator.capture.source import STDIN
from annotator.compare import compare
from annotator.decode import Decoder
from annotator.decode.fragments import Fragments
from annotator.decode.tunnels import TunnelBook
from annotator.evidence import Findings, find
from annotator.excerpt import Captures
from annotator.filter import PacketFilter, registered_ports
from annotator.flow import finish
from annotator.flow.key import Sharded, Sharder
from annotator.flow.scope import Network, parse_networks
from annotator.head_start import HeadStart
from annotator.kernel.cache import mark_prepared
from annotator.model import (
    NO_PORT,
    PORT_TRANSPORT,
    Analysis,
    Beside,
    CaptureSummary,
    Flows,
    Issue,
    PacketBatch,
    Status,
)
from annotator.registry import Registry
from annotator.registry import load as load_registry
from annotator.registry.site import load_sites
from annotator.related import Endpoint, announced_endpoints, relate
from annotator.settings import Settings
from annotator.shares import Shares, shares_for
from annotator.site_names import day_of, site_words

Progress = Callable[[int, int | None, int], None]
"""Called as ``progress(bytes done, bytes in all or None, packets)``: once at the start, then after each batch."""

Stop = Callable[[], bool]
"""Asked once when reading begins, then before each batch is taken: true ends reading, and the report is partial."""


def analyse(
    paths: Sequence[str],
    settings: Settings | None = None,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Analysis:
    """Read the captures at `paths` (files, folders, ``-`` for standard input) and annotate their flows.

    Raises :class:`~annotator.errors.InputError` where one cannot be read at all, before any work is done; a capture
    that turns out to be damaged gives its good prefix, and says so in its summary.
    """
    settings = settings or Settings()
    readers = open_captures(paths, resync=settings.resync)
    try:
        return run(readers, settings, progress, stop)
    except (KeyboardInterrupt, SystemExit):
        for reader in readers:
            reader.give_up()  # or closing would wait for a pipe that nobody writes to
        raise
    finally:
        for reader in readers:
            reader.close()


def run(
    readers: Sequence[Reader], settings: Settings, progress: Progress | None = None, stop: Stop | None = None
) -> Analysis:
    """Take the packets of `readers`, one after the other, down the data path.

    Raises KeyboardInterrupt where `stop` ended reading before there was a packet.
    """
    local = parse_networks(settings.local)
    registry = load_registry(settings.registry)
    site = load_sites(settings.site)
    packet_filter = PacketFilter(settings.bpf, registered_ports(registry)) if settings.bpf else None

    with ThreadPoolExecutor(1, "annotator-registry") as beside_reading:
        tables = beside_reading.submit(registry.tables)
        shares, tunnels, captures, issues = read(readers, settings, packet_filter, progress, stop)
    tables.result()
    flows, findings, announced = settle(shares, captures, local, registry)

    flows.related_to = relate(flows, findings, announced)
    compare(flows, registry.entries, findings.names, findings.random, findings.contradicts)
    digests = sorted(set(flows.tunnel[flows.tunnel != 0].tolist()))  # np.unique would import as much as all of this
    names = {digest: tunnels.text(digest) for digest in digests}
    # what can be read but once is called standard input, which nobody tries to read again
    names_again = [reader.name if reader.bytes_total is not None else STDIN for reader in readers]
    again = Captures(names_again, packet_filter, settings.ignore_vlan, settings.resync)
    if settings.deep:
        from annotator.deep import deepen

        issues += deepen(again, flows, findings, names, settings.deep_flows, settings.deep_packets)
        compare(flows, registry.entries, findings.names, findings.random, findings.contradicts)
    flows.site, said = site_words(flows, site, day_of(captures))
    issues += evidence_issues(flows, findings)
    beside: list[Beside] = []
    if settings.resolve:
        from annotator.names import resolve

        beside, told = resolve(again, flows, findings, names)
        issues += told
    if settings.mmdb:
        from annotator.places import places

        beside += places(settings.mmdb, flows)
    return Analysis(captures, issues, flows, registry, settings.options(), findings, said, names, beside)


class Seen(NamedTuple):
    """What reading gives."""

    shares: Shares
    tunnels: TunnelBook
    captures: list[CaptureSummary]
    issues: list[Issue]


def read(
    readers: Sequence[Reader],
    settings: Settings,
    packet_filter: PacketFilter | None = None,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Seen:
    """Count the packets of `readers` into flows, and look at their payloads while they are in memory.

    Raises KeyboardInterrupt where `stop` ended reading before there was a packet.
    """
    sizes = [reader.bytes_total for reader in readers]
    total_bytes = None if None in sizes else sum(size or 0 for size in sizes)
    live = not all(reader.lasts for reader in readers)
    shares = Shares(settings.flow_settings(), shares_for(total_bytes), in_haste=live)
    seen = Seen(shares, TunnelBook(), [], [])
    fragments = Fragments()
    done_bytes = packets = 0

    if progress:
        progress(0, total_bytes, 0)
    if stop:
        stop()  # reading begins
    with shares, HeadStart() as head_start:
        for reader in readers:
            decoder = Decoder(seen.tunnels)
            ending = stop and partial(_ends, reader, stop)
            decoded = decode(reader, packet_filter, decoder, fragments, shares.sharder, ending)
            for batch, headers, sharded in ahead(decoded, ending) if reader.lasts else decoded:
                head_start.finish()
                shares.take(batch, headers, sharded, reader.capture)
                if progress:
                    progress(done_bytes + reader.bytes_done, total_bytes, packets + reader.frames)
            if progress:
                progress(done_bytes + (reader.bytes_total or reader.bytes_done), total_bytes, packets + reader.frames)
            if stop and stop() and not reader.ended:
                interrupted(reader)
            shares.count(fragments.give_up(decoder.counts), reader.capture)
            mark_prepared()
            done_bytes += reader.bytes_done
            packets += reader.frames
            seen.captures.append(capture_summary(reader, decoder))
            seen.issues.extend(capture_issues(reader, decoder))
            seen.issues.extend(given_up(*shares.take_given_up(), settings.max_flows, reader.capture))
            if packet_filter:
                seen.issues.extend(packet_filter.take_issues(reader.capture))
    if stop and stop() and not any(capture.packets_read for capture in seen.captures):
        raise KeyboardInterrupt
    if packet_filter and not (stop and stop()):
        packet_filter.check_used()
    return seen


def _ends(reader: Reader, stop: Stop) -> bool:
    """Ask whether reading ends; where it does, a reader that waits for more does so no longer."""
    if stop():
        reader.give_up()
        return True
    return False


def interrupted(reader: Reader) -> None:
    """Say of a capture that it was not read to its end because somebody did not want to wait."""
    reader.complete = False
    reader.note = "interrupted: the report is on what was read until then"
    reader.issue("interrupted", "reading was ended before the end of the capture")


def decode(
    reader: Reader,
    packet_filter: PacketFilter | None,
    decoder: Decoder,
    fragments: Fragments,
    sharder: Sharder,
    stop: Stop | None = None,
) -> Iterator[tuple[PacketBatch, NDArray[np.void], Sharded]]:
    """Decode a capture: its batches with HEADER rows, fragments tied, by shard. Where the reader lasts, so do they."""
    batches = reader.batches()
    while not (stop and stop()):
        batch = next(batches, None)
        if batch is None:
            reader.ended = not (stop and stop())
            return
        if packet_filter:
            batch.keep = packet_filter.verdicts(batch)
        for headers in decoder.decode(batch):
            tied = fragments.tie(headers, decoder.fragments, decoder.counts)
            yield batch, tied, sharder.shard(tied)


def settle(
    shares: Shares,
    captures: Sequence[CaptureSummary],
    local: Sequence[Network],
    registry: Registry,
) -> tuple[Flows, Findings, dict[Endpoint, list[int]]]:
    """Decide what only the whole table tells: who opened each flow, what it carries, which endpoints were announced.

    Gives the flows, with the registry's word on both ends. The shares are empty then, and their rows gone: half of the
    memory, where there are many flows.
    """
    assigned = {
        proto: registry.table(transport).status == Status.ASSIGNED for proto, transport in PORT_TRANSPORT.items()
    }
    last_ns = {number: capture.last_ns for number, capture in enumerate(captures)}
    rows, observer = shares.join()
    findings = find(observer, rows)
    flows, from_b = finish(rows, shares.settings, local, assigned, last_ns, findings.client)
    look_up(flows, registry)
    flows.observed, flows.observed_grade, flows.observed_basis = findings.protocol, findings.grade, findings.basis
    return flows, findings, announced_endpoints(flows, observer, rows, from_b)


def look_up(flows: Flows, registry: Registry) -> None:
    """Fill in what the registry says of both ends."""
    for proto, transport in PORT_TRANSPORT.items():
        of_it = np.flatnonzero((flows.proto == proto) & (flows.responder_port != NO_PORT))
        if not len(of_it):
            continue
        table = registry.table(transport)
        for port, status, entry in (
            (flows.initiator_port, flows.initiator_status, flows.initiator_entry),
            (flows.responder_port, flows.responder_status, flows.responder_entry),
        ):
            status[of_it] = table.status[port[of_it]]
            entry[of_it] = table.entry[port[of_it]]
