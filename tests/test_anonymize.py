"""Anonymised reports: nothing of the network is left in any format, and what matters is the same."""

import io
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import annotator
from annotator.anonymize import ENVIRONMENT, Anonymizer, given_key
from annotator.errors import UsageError
from annotator.model import Issue
from annotator.report.formats import FORMATS, ROWS, check_wanted
from annotator.report.report import Report
from tests.conftest import REPOSITORY
from tests.report.synthetic import Said, flow, make_analysis, shows, summary

KEY = b"a key for tests alone"
OFFICE = REPOSITORY / "samples" / "office.pcapng"


@cache
def office(key: bytes | None = KEY) -> Report:
    """Report on the main sample, with names and networks of the site's own."""
    return annotator.annotate(OFFICE, local=["10.0.4.0/24"], bpf="net 10.0.4.0/24 or ip", anonymize=key)


@cache
def secrets() -> list[str]:
    """Everything that says whose network it is: addresses, labels, the capture's name; words of ours are none."""
    flows = office(None).flows
    found = {*flows.initiator_addr, *flows.responder_addr, *flows.observed_label.dropna(), OFFICE.stem, "10.0.4"}
    nothing = Report(make_analysis([flow(), flow(**shows("http"))]))
    ours = b"".join(plain(nothing, name) for name in FORMATS).decode(errors="replace")
    for name in ("observed_basis", "agreement_reason", "responder_service_names"):
        ours += " ".join(flows[name].dropna().unique())
    return sorted(text for text in found if text not in ours)


def plain(report: Report, name: str, **options: object) -> bytes:
    """Give the bytes of a format, without its compression."""
    data = report.to_bytes(name, **options)  # type: ignore[arg-type]
    if name == "xlsx":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return b"".join(archive.read(part) for part in archive.namelist())
    if name == "parquet":
        table = pq.read_table(pa.BufferReader(data))
        return str(table.to_pylist()).encode() + str(table.schema.metadata).encode()
    return data


def test_the_secrets_are_many() -> None:
    """The test below would find something: each secret stands in the report that is not anonymised."""
    assert len(secrets()) > 20
    shown = plain(office(None), "json", flows=True).decode()
    assert [text for text in secrets() if text not in shown] == []


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("name", FORMATS)
def test_nothing_of_the_network_is_left_in_any_format(name: str, rows: str) -> None:
    """No address, no label, no name of a file: in the bytes of a report, or of any of its tables."""
    try:
        check_wanted(name, rows == "flows", rows)
    except UsageError:
        return  # a format that has no such rows
    data = plain(office(), name, flows=rows == "flows", rows=rows)
    assert [text for text in secrets() if text.encode() in data] == []


def test_a_report_can_still_be_read() -> None:
    """Ports, statuses, protocols, volumes, findings and their ranks are those of the original."""
    ours, theirs = office(), office(None)
    same = [name for name in theirs.flows if not name.endswith(("_addr", "_label")) and name != "community_id"]
    same.remove("related_to")
    assert ours.flows[same].equals(theirs.flows[same])
    assert ours.totals == theirs.totals
    for one, other in zip(ours.unknown_ports, theirs.unknown_ports, strict=True):
        for name in ("port", "severity", "severity_reason", "peer_count", "bytes", "observed"):
            assert one[name] == other[name]
    assert ours.options["anonymize"] is True
    assert "anonymised" in str(plain(ours, "csv"))


def test_community_ids_are_of_the_new_addresses() -> None:
    """Whoever has the key can look a flow up; nobody else can test a guess."""
    flows, original = office().flows, office(None).flows
    assert not set(flows.community_id.dropna()) & set(original.community_id.dropna())
    assert flows.community_id.nunique() == original.community_id.nunique()


def test_a_key_gives_the_same_names_each_time() -> None:
    """In another run, and in another capture of the same hosts; another key gives others."""
    again = annotator.annotate(OFFICE, local=["10.0.4.0/24"], bpf="net 10.0.4.0/24 or ip", anonymize=KEY)
    assert again.to_json(flows=True) == office().to_json(flows=True)
    desk = annotator.annotate(REPOSITORY / "samples" / "office-desk1.pcap", anonymize=KEY)
    assert set(desk.flows.initiator_addr) & set(office().flows.initiator_addr)
    assert set(desk.flows.observed_label.dropna()) & set(office().flows.observed_label.dropna())
    assert set(office(b"another key").flows.initiator_addr) != set(office().flows.initiator_addr)


def test_everything_else_that_names_somebody() -> None:
    """Notes and issues that name files or addresses, tunnels, site words, overlay files, where the registry lay."""
    analysis = make_analysis(
        [flow(tunnel=5, site=0, **shows("tls"))],
        findings=Said(1, {0: "www.example.org:8443"}),
        captures=[
            summary("/home/qzwx/secret-lab.pcap", complete=False, note="secret-lab.pcap: stopped at 192.0.2.77.")
        ],
        issues=[Issue("odd", "link", 1, 1, "/home/qzwx/secret-lab.pcap and 2001:db8::77, too")],
        tunnels={5: "gre:7(192.0.2.77<>192.0.2.78)/vxlan:42(2001:db8::77<>2001:db8::78)"},
        site_words=["intranet (Qzwx)"],
        options={"registry": "/home/qzwx/ports.csv", "site": ["/home/qzwx/site.toml"], "filter": "host 192.0.2.77"},
    )
    analysis.registry = _elsewhere(analysis.registry)
    before = {name: getattr(analysis, name) for name in ("captures", "issues", "tunnels", "options")}
    by = Anonymizer(KEY)
    report = Report(by.analysis(analysis))
    made = "".join(plain(report, name, flows=True).decode(errors="replace") for name in FORMATS)
    for secret in (
        "secret-lab",
        "qzwx",
        "Qzwx",
        "192.0.2.7",
        "2001:db8",
        "intranet",
        "example",
        "ports.csv",
        "site.toml",
    ):
        assert secret not in made
    (row,) = report.flows.to_dict("records")
    assert row["observed_label"] == by.label("www.example.org") + ":8443"
    assert row["tunnel"].startswith("gre:7(")
    assert "/vxlan:42(" in row["tunnel"]
    assert before == {name: getattr(analysis, name) for name in before}


def _elsewhere(registry: object) -> object:
    import copy

    made = copy.copy(registry)
    made.info = replace(registry.info, source="/home/qzwx/ports.csv")  # type: ignore[attr-defined]
    return made


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("www.example.org", r"n\w{8}\.n\w{8}\.n\w{8}"),
        ("www.example.org.", r"n\w{8}\.n\w{8}\.n\w{8}\."),
        ("10.1.2.3", r"10\.\d+\.\d+\.\d+"),
        ("10.1.2.3:80", r"10\.\d+\.\d+\.\d+:80"),
        ("fe80::1", r"fe80::[0-9a-f:]+"),
        ("SSH-2.0 x", r"label-\w{12}"),
        ("a" * 300, r"label-\w{12}"),
        ("monitor-10.0.4.31", r"n\w{8}\.n\w{8}\.n\w{8}\.n\w{8}"),
        ("\ud800", r"label-\w{12}"),
        ("", ""),
    ],
)
def test_labels_keep_their_shape(label: str, kind: str) -> None:
    """Names stay names, addresses addresses, all else is a token."""
    import re

    assert re.fullmatch(kind, Anonymizer(KEY).label(label))


def test_names_that_end_alike_still_do() -> None:
    """A domain is a domain, in any case; the same word elsewhere is another one."""
    by = Anonymizer(KEY)
    one, other, upper = (by.label(text).split(".") for text in ("a.x.org", "b.x.org", "A.X.ORG"))
    assert one[1:] == other[1:]
    assert one[0] != other[0]
    assert upper == one
    assert by.label("org.org").split(".")[0] != by.label("org.org").split(".")[1]


def test_keys_come_from_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file first, then the variable; white space around is none of it; random without either."""
    path = tmp_path / "key"
    path.write_bytes(b" a long enough key\n")
    monkeypatch.setenv(ENVIRONMENT, "another long key")
    assert given_key(str(path)) == b"a long enough key"
    assert given_key() == b"another long key"
    monkeypatch.delenv(ENVIRONMENT)
    assert given_key() != given_key()
    path.write_bytes(b"short\n")
    with pytest.raises(UsageError, match="soon guessed"):
        given_key(str(path))
    with pytest.raises(UsageError, match="cannot be read"):
        given_key(str(tmp_path / "absent"))
    with pytest.raises(UsageError, match="soon guessed"):
        annotator.annotate(OFFICE, anonymize=b"short")


def test_packets_are_not_copied() -> None:
    """They would give away what the report hides."""
    with pytest.raises(UsageError, match="give away"):
        office().copy_packets(io.BytesIO())
