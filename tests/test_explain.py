"""One flow, told in full: found by any of its names, with the octets that speak for it."""

import shutil
from pathlib import Path

import pytest

from annotator.errors import UsageError
from annotator.explain import MOST_FLOWS, PAYLOADS, explain, explain_lines, matching
from annotator.flow.community_id import community_ids
from annotator.model import Analysis
from annotator.pipeline import analyse
from annotator.settings import Settings


@pytest.fixture(scope="module")
def paths(samples: Path) -> list[str]:
    return [str(samples / "office.pcapng")]


@pytest.fixture(scope="module")
def office(paths: list[str]) -> Analysis:
    return analyse(paths, Settings())


def row_of(office: Analysis, protocol: str) -> int:
    """Find a flow that shows `protocol` and a label."""
    findings = office.findings
    for row, number in enumerate(office.flows.observed.tolist()):
        if number >= 0 and findings.names[number] == protocol and findings.label[row] >= 0:
            return row
    raise AssertionError(protocol)


def test_a_flow_has_three_names(office: Analysis, paths: list[str]) -> None:
    """Its Community ID, and its ends in either order, find the same flow."""
    row = row_of(office, "ssh")
    name = community_ids(office.flows, [row])[0].decode()  # type: ignore[arg-type]  # indices, as a list
    (record,) = explain(paths, office, name)
    flow = record["flow"]
    one = f"{flow['initiator_addr']}:{flow['initiator_port']}"
    other = f"{flow['responder_addr']}:{flow['responder_port']}"
    assert row in matching(office.flows, f"{one}-{other}/tcp")
    assert matching(office.flows, f"{other}-{one}/tcp") == matching(office.flows, f"{one}-{other}/tcp")
    assert matching(office.flows, f"{one}-{other}/udp") == []


def test_the_evidence_is_shown_with_its_label(office: Analysis, paths: list[str]) -> None:
    """The banner stands in the dump of a payload, and the marks stand under it; each direction has its payloads."""
    name = community_ids(office.flows)[row_of(office, "ssh")].decode()
    (record,) = explain(paths, office, name)
    assert {payload["from"] for payload in record["payloads"]} == {"initiator", "responder"}
    assert len(record["payloads"]) <= 2 * PAYLOADS
    marked = [payload for payload in record["payloads"] if payload["label_at"] is not None]
    label = record["flow"]["observed_label"].encode()
    for payload in marked:
        at = payload["label_at"]
        assert bytes.fromhex(payload["hex"])[at : at + payload["label_length"]] == label
    text = "\n".join(explain_lines([record]))
    assert marked
    assert "^^" in text
    for words in ("ssh, confirmed", "53 53 48 2d", "agreement", "10.0.4.17:22"):
        assert words in text
    assert all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize("name", ["nonsense", "10.0.0.1:1-10.0.0.2", "10.0.0.1:1-10.0.0.2:2/tcp", "1:AAAA", "\x1b[2J"])
def test_what_names_no_flow_is_one_clear_line(office: Analysis, paths: list[str], name: str) -> None:
    """Whether it is no name at all or the name of nothing here; harmless to show."""
    with pytest.raises(UsageError) as caught:
        explain(paths, office, name)
    assert str(caught.value).isprintable()


def test_many_flows_of_one_name_are_bounded(samples: Path) -> None:
    """A short timeout splits a flow into many: the first ones are told, all are counted."""
    paths = [str(samples / "office.pcapng")]
    split = analyse(paths, Settings(active_timeout_s=0.0001))
    names = community_ids(split.flows).tolist()
    most = max(set(names), key=names.count)
    assert names.count(most) > MOST_FLOWS
    records = explain(paths, split, most.decode())
    assert len(records) == MOST_FLOWS
    assert records[0]["matching_flows"] == names.count(most)
    assert f"{names.count(most) - MOST_FLOWS:,} more" in explain_lines(records)[-1]


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_adds_its_layers(office: Analysis, paths: list[str]) -> None:
    """Its words on the payload, none on the headers that were made for it."""
    name = community_ids(office.flows)[row_of(office, "ssh")].decode()
    (record,) = explain(paths, office, name, deep=True)
    layers = {layer["name"] for packet in record["tshark"]["packets"] for layer in packet["layers"]}
    assert "ssh" in layers
    assert not {"ip", "tcp"} & layers
    assert record["tshark"]["decoded_as"] == "ssh"
