"""tshark's opinion: what it fills in, what it leaves alone, and that its absence costs nothing but an issue."""

import asyncio
import shutil
from pathlib import Path

import numpy as np
import pytest

from annotator.deep import deepen, wanted_rows
from annotator.excerpt import Captures
from annotator.model import Agreement, Analysis, Grade
from annotator.pipeline import analyse
from annotator.settings import Settings

needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")


def forgotten(paths: list[str]) -> Analysis:
    """Analyse captures, then forget what was observed, as if no probe knew anything."""
    analysis = analyse(paths, Settings())
    analysis.flows.observed[:] = -1
    analysis.flows.observed_grade[:] = Grade.NOT_OBSERVED
    analysis.flows.agreement[:] = Agreement.NOT_OBSERVED
    return analysis


@needs_tshark
def test_tshark_names_what_no_probe_knew(samples: Path) -> None:
    """Without a port to go by it finds several protocols, says how, and names none that is wrong and confirmed."""
    paths = [str(samples / "services.pcapng")]
    truth = analyse(paths, Settings())
    ours = [truth.findings.names[number] for number in truth.flows.observed.tolist()]
    analysis = forgotten(paths)
    flows, findings = analysis.flows, analysis.findings

    async def within_a_loop() -> list[object]:
        return list(deepen(Captures(paths), flows, findings, analysis.tunnels, 50, 20))

    assert asyncio.run(within_a_loop()) == []
    found = {}
    for row in np.flatnonzero(flows.observed >= 0).tolist():
        name, basis = findings.names[flows.observed[row]], findings.bases[flows.observed_basis[row]]
        assert basis == "tshark heuristic" or basis.startswith("tshark decode-as ")
        if flows.observed_grade[row] == Grade.CONFIRMED:
            assert name in ours[row].split("+"), (row, ours[row], name)
        found[ours[row]] = name
    assert {"mysql", "ldap", "snmp", "irc", "pop3", "dtls"} <= set(found.values())


def test_without_tshark_there_is_an_issue_and_the_report(samples: Path) -> None:
    """The rest of the analysis stays as it is; the report is partial."""
    paths = [str(samples / "services.pcapng")]
    analysis = forgotten(paths)
    before = analysis.flows.observed.copy()
    (issue,) = deepen(Captures(paths), analysis.flows, analysis.findings, {}, 50, 20, program="no-such-tshark")
    assert (issue.name, issue.layer, issue.partial) == ("deep", "evidence", True)
    assert "not installed" in issue.detail
    assert (analysis.flows.observed == before).all()


def test_what_was_confirmed_on_its_own_port_is_not_asked_about(samples: Path) -> None:
    """Only open questions cost time, and no more than were asked for."""
    flows = analyse([str(samples / "services.pcapng")], Settings()).flows
    rows = wanted_rows(flows, 1000)
    matching = (flows.agreement[rows] == Agreement.MATCHES) & (flows.observed_grade[rows] == Grade.CONFIRMED)
    assert not matching.any()
    analysis = forgotten([str(samples / "services.pcapng")])
    assert len(wanted_rows(analysis.flows, 7)) == 7


@needs_tshark
def test_the_option_reaches_tshark(samples: Path) -> None:
    """A run with --deep changes no confirmed observation of ours."""
    paths = [str(samples / "office.pcapng")]
    plain, deep = analyse(paths, Settings()), analyse(paths, Settings(deep=True, deep_flows=10, deep_packets=8))
    confirmed = plain.flows.observed_grade == Grade.CONFIRMED
    assert (plain.flows.observed[confirmed] == deep.flows.observed[confirmed]).all()
    assert deep.options["deep_flows"] == 10
