r"""A log in Zeek's format, read as zeek-cut and Zeek's own reader do: headers, types, unset, empty, ``\x`` escapes."""

import re
from typing import Any

import pandas as pd
import pytest

from annotator.model import ICMP, NO_TIME, SCTP, UDP, End, Grade, Outcome
from annotator.report import as_zeek
from annotator.report.columns import FLOW, Kind
from annotator.report.report import Report
from tests.report.synthetic import Said, flow, make_analysis, random_flows, shows, wrap

READ = {
    "time": float,
    "interval": float,
    "count": int,
    "int": int,
    "port": int,
    "bool": lambda text: {"T": True, "F": False}[text],
    "string": str,
    "enum": str,
    "addr": str,
}


def unescaped(text: str) -> str:
    return re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes.fromhex(m[1].decode()), text.encode()).decode()


def read_log(text: str) -> list[dict[str, Any]]:
    """Read a log by what its header says, as Zeek's ASCII reader does."""
    header: dict[str, list[str]] = {}
    rows = []
    separator = "\t"
    for line in text.splitlines():
        if line.startswith("#separator "):
            separator = unescaped(line.split(" ")[1])
        elif line.startswith("#"):
            name, *values = line[1:].split(separator)
            header[name] = values
        else:
            (unset,), (empty,), (comma,) = (header[name] for name in ("unset_field", "empty_field", "set_separator"))
            cells = line.split(separator)
            row: dict[str, Any] = {}
            for name, kind, cell in zip(header["fields"], header["types"], cells, strict=True):
                if cell == unset:
                    row[name] = None
                elif kind == "set[string]":
                    row[name] = [] if cell == empty else [unescaped(part) for part in cell.split(comma)]
                else:
                    row[name] = READ[kind](unescaped(cell))
            rows.append(row)
    return rows


@pytest.fixture(scope="module")
def report() -> Report:
    """A report on random flows."""
    return Report(wrap(random_flows(1500)))


def test_the_flow_row_is_all_there(report: Report) -> None:
    """Each value of the DataFrame is in a column, Zeek's or our own."""
    homes = {
        "duration_s": "duration",
        "initiator_addr": "id.orig_h",
        "responder_addr": "id.resp_h",
        "initiator_packets": "orig_pkts",
        "responder_packets": "resp_pkts",
        "initiator_bytes": "orig_ip_bytes",
        "responder_bytes": "resp_ip_bytes",
        "initiator_payload_bytes": "orig_bytes",
        "responder_payload_bytes": "resp_bytes",
        "vlan": "vlan_stack",
    }
    rows = read_log(report.render("zeek"))
    assert len(rows) == len(report.flows)
    for column in FLOW:
        theirs = [row[homes.get(column.name, column.name)] for row in rows]
        ours = [None if pd.isna(value) else value for value in report.flows[column.name]]
        if column.name in as_zeek.SETS:
            theirs = [" ".join(value) or None for value in theirs]
        if column.kind is Kind.TIME:
            theirs = [pd.Timestamp(value) for value in theirs]
        assert theirs == ours, column.name


def test_times_are_cut_to_microseconds(report: Report) -> None:
    """``ts`` has Zeek's six digits, and rows their own uid."""
    lines = [line.split("\t") for line in report.render("zeek").splitlines() if line[0] != "#"]
    assert [line[0] for line in lines] == [
        f"{time.value // 10**9}.{time.value % 10**9 // 1000:06}" for time in report.flows["first_seen"]
    ]
    assert len({line[1] for line in lines}) == len(lines)


def test_the_header_is_zeeks(report: Report) -> None:
    """The lines that Zeek's readers look for come first and in order; all others are comments above #fields."""
    lines = [line for line in report.render("zeek").splitlines() if line[0] == "#"]
    assert lines[:5] == [
        "#separator \\x09",
        "#set_separator\t,",
        "#empty_field\t(empty)",
        "#unset_field\t-",
        "#path\tconn",
    ]
    assert [line.split("\t")[0] for line in lines[-2:]] == ["#fields", "#types"]
    names = lines[-2].split("\t")[1:]
    assert names[: len(as_zeek.CONN)] == list(as_zeek.CONN)
    assert len(set(names)) == len(names)


def test_the_service_is_what_was_confirmed() -> None:
    """Neither an assignment nor a guess; what runs inside another protocol is listed as Zeek does."""
    rows = [flow(**shows("imap+tls")), flow(**shows("http", Grade.SPECULATIVE)), flow(port=22)]
    assert [row["service"] for row in read_log(Report(make_analysis(rows)).render("zeek"))] == ["imap,tls", None, None]


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (flow(), "SF"),
        (flow(end=End.OPEN), "S1"),
        (flow(end=End.IDLE, proto=UDP), "SF"),
        (flow(end=End.RST, tcp_flags_initiator=4), "RSTO"),
        (flow(end=End.RST, tcp_flags_responder=4), "RSTR"),
        (flow(outcome=Outcome.REFUSED, end=End.RST), "REJ"),
        (flow(outcome=Outcome.NO_ANSWER), "S0"),
        (flow(outcome=Outcome.PROHIBITED), "S0"),
        (flow(outcome=Outcome.MIDSTREAM), "OTH"),
        (flow(outcome=Outcome.ONE_SIDED), "OTH"),
    ],
)
def test_states_are_told_as_far_as_flows_know(row: dict[str, Any], state: str) -> None:
    """One row of the table each."""
    assert read_log(Report(make_analysis([row])).render("zeek"))[0]["conn_state"] == state


def test_other_transports_are_told_as_zeek_does() -> None:
    """ICMP has type and code for ports; what Zeek does not know is unknown_transport; VLANs are numbers."""
    rows = [flow(proto=ICMP, icmp_type=3, icmp_code=1), flow(proto=SCTP), flow(vlan=2 | 7 << 4 | 9 << 16)]
    icmp, sctp, tagged = read_log(Report(make_analysis(rows)).render("zeek"))
    assert (icmp["proto"], icmp["id.orig_p"], icmp["id.resp_p"], icmp["transport"]) == ("icmp", 3, 1, "icmp")
    assert (sctp["proto"], sctp["transport"]) == ("unknown_transport", "sctp")
    assert (tagged["vlan"], tagged["inner_vlan"], tagged["vlan_stack"]) == (7, 9, "7.9")


@pytest.mark.parametrize("text", ["-", "(empty)", "a\\b", "\\x41", "=1+1", "-x", "\uff1d1", "a b, c"])
def test_escapes_are_undone_by_readers(text: str) -> None:
    """Whatever a label says, a reader gets it back; no cell reads as unset, empty or a formula."""
    analysis = make_analysis([flow(**shows("http"))], findings=Said(1, {0: text}))
    (row,) = read_log(Report(analysis).render("zeek"))
    assert row["observed_label"] == text


def test_a_flow_without_time_is_unset() -> None:
    """Neither ts nor duration is made up."""
    (row,) = read_log(Report(make_analysis([flow(first_ns=NO_TIME, last_ns=NO_TIME)])).render("zeek"))
    assert (row["ts"], row["duration"], row["first_seen"]) == (None, None, None)
