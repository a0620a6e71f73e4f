"""Tells firewall admins what the ports in their traffic really are.

>>> import annotator
>>> report = annotator.annotate("capture.pcapng")  # doctest: +SKIP
>>> report.unknown_ports[0]["severity_reason"]  # doctest: +SKIP
'answers peers from outside'
>>> report.flows.groupby("responder_status", observed=True)["flows"].count()  # doctest: +SKIP

The names in ``__all__`` are public; the columns of :attr:`Report.flows` and the keys of :meth:`Report.to_dict` are too.
"""

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from annotator._version import __version__
from annotator.errors import (
    AnnotatorError,
    BaselineError,
    CapturePermissionError,
    InputError,
    OutputError,
    RegistryError,
    SiteError,
    UsageError,
)

if TYPE_CHECKING:
    from annotator.report.report import Report

__all__ = [
    "AnnotatorError",
    "BaselineError",
    "CapturePermissionError",
    "InputError",
    "OutputError",
    "RegistryError",
    "Report",
    "SiteError",
    "UsageError",
    "__version__",
    "annotate",
]


def annotate(
    path: str | os.PathLike[str],
    *more: str | os.PathLike[str],
    idle_timeout_s: float | None = None,
    active_timeout_s: float = 0,
    max_flows: int | None = None,
    ignore_vlan: bool = False,
    local: Iterable[str] | None = None,
    registry: str | os.PathLike[str] | None = None,
    site: Iterable[str | os.PathLike[str]] = (),
    bpf: str | None = None,
    deep: bool = False,
    deep_flows: int = 50,
    deep_packets: int = 20,
    resync: bool = False,
    anonymize: bytes | None = None,
    resolve: bool = False,
    mmdb: Iterable[str | os.PathLike[str]] = (),
    progress: Callable[[int, int | None, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> "Report":
    """Read captures and say what is on their ports.

    Args:
        path: a pcap or pcapng file, or ``-`` for standard input.
        more: further captures; flows go on from one to the next.
        idle_timeout_s: seconds of silence that split a flow; None is 300 for TCP and 60 for all else, 0 never.
        active_timeout_s: seconds after which a flow is split; 0 is never.
        max_flows: flows that are kept at the most, 0 for no bound; None is two million. Packets of further ones are
            in no flow, and an issue says how many.
        ignore_vlan: join flows that differ by VLAN only (mirror ports).
        local: networks whose addresses are local, as ``10.0.0.0/8``; None for the private ranges.
        registry: a file in one of IANA's forms; None for the embedded registry.
        site: overlay files with names of your own, ``de-facto`` for the shipped one; none for those in the user's
            configuration folder, if any.
        bpf: a filter in tcpdump's language; only packets that it lets pass count. Needs libpcap.
        resync: go on behind damage in a capture, at the next plausible record; the gaps are reported.
        deep: ask tshark, where it is installed, about flows on unknown ports, unrecognised or disagreeing ones; what
            it finds fills in what was not observed, and its name is in the basis.
        deep_flows: how many flows it is asked about at the most.
        deep_packets: how many packets of each.
        anonymize: a key of 8 bytes at least: addresses, names and labels are replaced, by the same ones for the same
            key; see :mod:`annotator.anonymize`. None: nothing is.
        resolve: name addresses by DNS answers, SNI and Host in the captures, which are read again for it; adds columns.
        mmdb: MaxMind databases that say where remote addresses are; adds columns. Needs maxminddb.
        progress: called as ``progress(bytes done, bytes in all or None, packets)``.
        stop: asked once when reading begins, then before each batch of packets, by a thread of its own too: true ends
            reading, and the report is on what was read.

    Returns:
        The report. A capture that is damaged gives what its good part holds, and ``report.complete`` is False.

    Raises:
        InputError: a capture cannot be read at all.
        RegistryError: the registry file cannot be used.
        SiteError: an overlay file has a bad line.
        UsageError: an argument is wrong.
    """
    from annotator.flow.table import MOST_FLOWS
    from annotator.pipeline import analyse
    from annotator.report.report import Report
    from annotator.settings import Settings

    hide = None
    if anonymize is not None:
        from annotator.anonymize import Anonymizer

        hide = Anonymizer(anonymize)
    settings: dict[str, Any] = {} if local is None else {"local": tuple(local)}
    found = analyse(
        [os.fspath(each) for each in (path, *more)],
        Settings(
            idle_timeout_s=idle_timeout_s,
            active_timeout_s=active_timeout_s,
            max_flows=MOST_FLOWS if max_flows is None else max_flows,
            ignore_vlan=ignore_vlan,
            registry=None if registry is None else os.fspath(registry),
            site=tuple(os.fspath(each) for each in site),
            bpf=bpf,
            deep=deep,
            deep_flows=deep_flows,
            deep_packets=deep_packets,
            resync=resync,
            resolve=resolve,
            mmdb=tuple(os.fspath(each) for each in mmdb),
            **settings,
        ),
        progress,
        stop,
    )
    return Report(hide.analysis(found) if hide else found)


def __getattr__(name: str) -> Any:
    """Import the report class when it is asked for: NumPy and all that comes with it take their time."""
    if name == "Report":
        from annotator.report.report import Report

        return Report
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
