"""The data path, readable from top to bottom: captures in, an :class:`~annotator.model.Analysis` out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.ahead import ahead
from annotator.capture import Reader, open_captures
from annotator.compare import compare
from annotator.decode import Decoder, reasons
from annotator.decode import batch as accounts
from annotator.decode.fragments import Fragments
from annotator.decode.tunnels import TunnelBook
from annotator.evidence import Findings, Observer, find
from annotator.filter import PacketFilter, registered_ports
from annotator.flow import FlowSettings, FlowTable, finish
from annotator.flow.key import Sharded, Sharder
from annotator.flow.scope import DEFAULT_LOCAL, parse_networks
from annotator.flow.table import MOST_FLOWS, NS
from annotator.head_start import HeadStart
from annotator.kernel import jit
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
    StopClass,
)
from annotator.registry import Registry
from annotator.registry import load as load_registry
from annotator.registry.site import load_sites
from annotator.related import announced_endpoints, relate
from annotator.site_names import day_of, site_words

Progress = Callable[[int, int | None, int], None]
"""Called as ``progress(bytes done, bytes in all or None, packets)``: once at the start, then after each batch."""

Stop = Callable[[], bool]
"""Asked once when reading begins, then before each batch is taken: true ends reading, and the report is partial."""

IDLE_TCP_S: Final = 300.0
IDLE_OTHER_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What a result depends on besides the captures. Times in seconds; 0 is never."""

    idle_timeout_s: float | None = None
    """Silence that splits a flow; None is 300 for TCP and 60 for everything else."""
    active_timeout_s: float = 0
    """Length that splits a flow."""
    max_flows: int = MOST_FLOWS
    """Flows that are kept at the most; 0 is without bound."""
    ignore_vlan: bool = False
    """Whether the VLAN is left out of a flow's key."""
    local: tuple[str, ...] = DEFAULT_LOCAL
    """Networks whose addresses are `local`."""
    registry: str | None = None
    """A registry file; None is the chosen one, else the embedded snapshot."""
    site: tuple[str, ...] = ()
    """Overlay files with the site's own names; none is those in the user's configuration folder, if any."""
    bpf: str | None = None
    """A filter in tcpdump's language; None, or an empty one, lets every packet pass."""
    deep: bool = False
    """Whether tshark is asked about flows that matter; see :mod:`annotator.deep`."""
    deep_flows: int = 50
    """How many of them at the most."""
    deep_packets: int = 20
    """Packets with payload of each of them."""
    resolve: bool = False
    """Whether addresses get names from the capture itself; see :mod:`annotator.names`."""
    mmdb: tuple[str, ...] = ()
    """MaxMind databases that say where remote addresses are; see :mod:`annotator.places`."""
    resync: bool = False
    """Whether to go on behind damage in a capture, at the next plausible record."""

    def flow_settings(self) -> FlowSettings:
        """Give the part that the flow table needs."""
        return FlowSettings(
            idle_tcp_ns=int((IDLE_TCP_S if self.idle_timeout_s is None else self.idle_timeout_s) * NS),
            idle_other_ns=int((IDLE_OTHER_S if self.idle_timeout_s is None else self.idle_timeout_s) * NS),
            active_ns=int(self.active_timeout_s * NS),
            ignore_vlan=self.ignore_vlan,
            most_flows=self.max_flows,
        )


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
    flow_settings = settings.flow_settings()
    table = FlowTable(flow_settings)
    fragments = Fragments()
    tunnels = TunnelBook()
    observer = Observer()
    captures: list[CaptureSummary] = []
    issues: list[Issue] = []
    done_bytes = packets = 0
    sizes = [reader.bytes_total for reader in readers]
    total_bytes = None if None in sizes else sum(size or 0 for size in sizes)

    if progress:
        progress(0, total_bytes, 0)
    if stop:
        stop()  # reading begins
    with HeadStart() as head_start:
        for reader in readers:
            decoder = Decoder(tunnels)
            ending = stop and partial(_ends, reader, stop)
            decoded = decode(reader, packet_filter, decoder, fragments, table.sharder, ending)
            for batch, headers, sharded in ahead(decoded, ending) if reader.lasts else decoded:
                head_start.finish()
                wanted = observer.look(batch, headers, table.add(headers, reader.capture, sharded), table.shards)
                while len(wanted):
                    wanted = observer.look(batch, headers, table.more(headers, wanted), table.shards)
                if progress:
                    progress(done_bytes + reader.bytes_done, total_bytes, packets + reader.frames)
            if progress:
                progress(done_bytes + (reader.bytes_total or reader.bytes_done), total_bytes, packets + reader.frames)
            if stop and stop() and not reader.ended:
                interrupted(reader)
            table.add(fragments.give_up(decoder.counts), reader.capture)
            jit.mark_prepared()
            done_bytes += reader.bytes_done
            packets += reader.frames
            captures.append(_summary(reader, decoder))
            issues += _issues(reader, decoder)
            issues += _flows_given_up(table, settings, reader.capture)
            if packet_filter:
                issues += packet_filter.take_issues(reader.capture)
    if stop and stop() and not any(capture.packets_read for capture in captures):
        raise KeyboardInterrupt
    if packet_filter and not (stop and stop()):
        packet_filter.check_used()

    assigned = {
        proto: registry.table(transport).status == Status.ASSIGNED for proto, transport in PORT_TRANSPORT.items()
    }
    last_ns = {number: capture.last_ns for number, capture in enumerate(captures)}
    rows = table.rows()
    findings = find(observer, rows)
    flows, from_b = finish(rows, flow_settings, local, assigned, last_ns, findings.client)
    look_up(flows, registry)
    flows.observed, flows.observed_grade, flows.observed_basis = findings.protocol, findings.grade, findings.basis
    announced = announced_endpoints(flows, observer, rows, from_b)
    del rows, observer  # half of the memory, where there are many flows
    flows.related_to = relate(flows, findings, announced)
    compare(flows, registry.entries, findings.names, findings.random, findings.contradicts)
    if settings.deep:
        issues += _ask_tshark([reader.name for reader in readers], flows, findings, tunnels, settings, packet_filter)
        compare(flows, registry.entries, findings.names, findings.random, findings.contradicts)
    flows.site, said = site_words(flows, site, day_of(captures))
    names = {digest: tunnels.text(digest) for digest in np.unique(flows.tunnel).tolist() if digest}
    issues += _evidence_issues(flows, findings)
    beside: list[Beside] = []
    if settings.resolve:
        from annotator.names import resolve

        paths = [reader.name if reader.bytes_total is not None else "-" for reader in readers]
        beside, told = resolve(paths, flows, findings, names, packet_filter, settings.ignore_vlan)
        issues += told
    if settings.mmdb:
        from annotator.places import places

        beside += places(settings.mmdb, flows)
    return Analysis(captures, issues, flows, registry, _options(settings), findings, said, names, beside)


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
            tied = fragments.tie(headers, decoder.counts) if decoder.fragmented else headers
            yield batch, tied, sharder.shard(tied)


def _ask_tshark(
    paths: Sequence[str],
    flows: Flows,
    findings: Findings,
    tunnels: TunnelBook,
    settings: Settings,
    packet_filter: PacketFilter | None,
) -> list[Issue]:
    """Fill in what tshark makes of flows that matter; gives the issues that it raises."""
    from annotator.deep import deepen

    names = {digest: tunnels.text(digest) for digest in np.unique(flows.tunnel).tolist() if digest}
    most = settings.deep_flows, settings.deep_packets
    return deepen(paths, flows, findings, names, *most, packet_filter, settings.ignore_vlan)


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


def _summary(reader: Reader, decoder: Decoder) -> CaptureSummary:
    totals, counts = decoder.totals, decoder.counts[:, accounts.COUNT]
    stopped = dict.fromkeys(StopClass.words(), 0)
    for code, reason in reasons.TABLE.items():
        if reason.stop is not None:
            stopped[reason.stop.word] += int(counts[code])
    return CaptureSummary(
        name=reader.name,
        format=reader.format,
        packets_read=int(totals[accounts.READ]),
        packets_decoded=int(totals[accounts.PACKETS_DECODED]),
        packets_stopped=sum(stopped.values()),
        packets_filtered=int(totals[accounts.FILTERED]),
        stopped=stopped,
        bytes=int(totals[accounts.BYTES]),
        first_ns=int(totals[accounts.FIRST_NS]),
        last_ns=int(totals[accounts.LAST_NS]),
        complete=reader.complete,
        drops=reader.drops,
        note=reader.note,
    )


def _issues(reader: Reader, decoder: Decoder) -> list[Issue]:
    """List what was odd about a capture; packets that simply are not IP are accounted for, and no oddity."""
    number = reader.capture
    found = [
        Issue(issue.name, "file", issue.count, issue.first_frame, issue.detail, number)
        for issue in reader.issues.values()
    ]
    if not reader.frames:
        found.append(Issue("no_packets", "file", 1, 0, "the capture holds no packets", number))
    steps = int(decoder.totals[accounts.TIME_STEPS_BACK])
    if steps:
        found.append(
            Issue(
                "time_steps_back",
                "file",
                steps,
                int(decoder.totals[accounts.FIRST_STEP_BACK]),
                "packets older than one before them",
                number,
            )
        )
    for code, reason in reasons.TABLE.items():
        count, first_frame = decoder.counts[code].tolist()
        if not count or reason.stop is StopClass.NOT_IP:
            continue
        detail = reason.detail
        if code == reasons.LINK_TYPE:
            detail = "link type " + ", ".join(map(str, sorted(decoder.undecoded_links))) + " is not decoded"
        partial = code in (reasons.LINK_TYPE, reasons.TUNNEL_DEPTH)
        found.append(Issue(reason.name, reason.layer, count, first_frame, detail, number, partial))
    return found


def _flows_given_up(table: FlowTable, settings: Settings, capture: int) -> list[Issue]:
    """Say which packets of a capture are in no flow because there were too many flows; counts from there anew."""
    count, first_frame = table.given_up.tolist()
    table.given_up[:] = 0
    if not count:
        return []
    detail = (
        f"packets of further flows, when {settings.max_flows:,} were kept, are in no flow; --max-flows raises that, "
        "at about 600 bytes of memory a flow"
    )
    return [Issue("flows_given_up", "flow", count, first_frame, detail, capture, partial=True)]


def _evidence_issues(flows: Flows, findings: Findings) -> list[Issue]:
    """List where the payload contradicts itself."""
    rows = np.flatnonzero(findings.contradicts)
    if not len(rows):
        return []
    detail = "the two directions of a flow show different protocols: neither is called confirmed"
    first = rows[0]
    return [
        Issue(
            "directions_contradict",
            "evidence",
            len(rows),
            int(flows.first_frame[first]),
            detail,
            int(flows.capture[first]),
        )
    ]


def _options(settings: Settings) -> dict[str, Any]:
    """Give the settings by their command-line names, as they were in force."""
    options = asdict(settings)
    idle = options.pop("idle_timeout_s")
    options["idle_timeout"] = {"tcp": IDLE_TCP_S, "other": IDLE_OTHER_S} if idle is None else idle
    options["active_timeout"] = options.pop("active_timeout_s")
    options["local"] = list(settings.local)
    options["site"] = list(settings.site)
    options["mmdb"] = list(settings.mmdb)
    options["filter"] = options.pop("bpf")
    return options
