"""The services table, against pandas on the flow rows."""

import pandas as pd
import pytest

from annotator.model import ICMP, UDP, Outcome
from annotator.report.columns import SERVICE
from annotator.report.report import Report
from tests.report.synthetic import flow, make_analysis, random_flows, wrap


@pytest.fixture(scope="module")
def report() -> Report:
    """A report on many random flows."""
    return Report(wrap(random_flows(3000)))


def expected_by(frame: pd.DataFrame, keys: list[str]) -> dict[tuple[object, ...], dict[str, object]]:
    """Work the shared columns out again, from the flow rows."""
    frame = frame.assign(
        packets=frame.initiator_packets + frame.responder_packets, bytes=frame.initiator_bytes + frame.responder_bytes
    )
    result = {}
    for key, part in frame.groupby(keys, dropna=False, observed=True):
        result[tuple(None if pd.isna(value) else value for value in key)] = {
            "flows": len(part),
            "packets": part.packets.sum(),
            "bytes": part.bytes.sum(),
            "initiators": part.initiator_addr.nunique(),
            "responders": part.responder_addr.nunique(),
            "agreement": part.agreement.value_counts().loc[lambda n: n > 0].to_dict(),
            "outcome": part.outcome.value_counts().loc[lambda n: n > 0].to_dict(),
            "observed": part.observed.value_counts().loc[lambda n: n > 0].to_dict(),
            "status": part.responder_status.iloc[0],
            "range_class": part.responder_range_class.iloc[0],
            "first_seen": pd.Timestamp(part.first_seen.min()),
            "last_seen": pd.Timestamp(part.last_seen.max()),
        }
    return result


def comparable(row: dict[str, object]) -> dict[str, object]:
    return row | {name: pd.Timestamp(str(row[name])) for name in ("first_seen", "last_seen")}


def test_services_agree_with_pandas(report: Report) -> None:
    """Every number of every row is what a groupby over the flow rows gives."""
    expected = expected_by(report.flows, ["transport", "responder_port"])
    assert len(report.services) == len(expected)
    for row in map(comparable, report.services):
        again = expected[row["transport"], row["port"]]
        assert {name: row[name] for name in again} == again


def test_services_are_complete_and_ordered(report: Report) -> None:
    """Rows have the documented columns, the most bytes come first, and no flow is left out."""
    rows = list(report.services)
    assert list(rows[0]) == [column.name for column in SERVICE]
    assert [row["bytes"] for row in rows] == sorted((row["bytes"] for row in rows), reverse=True)
    assert sum(row["flows"] for row in rows) == report.totals["flows"]


def test_answered_counts_ports_that_got_more_than_refusals() -> None:
    """A port on which everything was refused or silent is no service in use."""
    report = Report(
        make_analysis(
            [
                flow(port=22),
                flow(port=22, outcome=Outcome.REFUSED),
                flow(port=23, outcome=Outcome.REFUSED),
                flow(port=53, proto=UDP, outcome=Outcome.NO_ANSWER),
                flow(proto=ICMP),
            ]
        )
    )
    assert (len(report.services), report.services.answered) == (4, 2)


def test_services_name_ports_with_all_their_names() -> None:
    """Primary and all names stand in the row; what has no port has neither port nor name."""
    rows = {
        (row["transport"], row["port"]): row
        for row in Report(make_analysis([flow(port=80), flow(proto=ICMP)])).services
    }
    assert rows["tcp", 80]["service"] == "http"
    assert rows["tcp", 80]["service_names"] == ["http", "www", "www-http"]
    assert rows["icmp", None]["service"] is None
    assert rows["icmp", None]["status"] == "none"
