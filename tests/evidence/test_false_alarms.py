"""Of the flows whose payload is said to contradict the registry, hardly any is a false alarm.

An alarm is right where nDPI knows the flow by payload as what we observed, and as nothing that the service of the port
is known to speak.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from annotator.decode.ethertype import innermost_vlan
from annotator.model import NO_PORT, Agreement
from annotator.pipeline import analyse
from annotator.settings import Settings
from annotator.ties import tied_protocols
from tests.evidence.ndpi_errors import shown_wrong
from tests.evidence.score import accepted_names, scored_rows
from tests.witness.ends import Key, ends, flow_keys
from tests.witness.test_ndpi_flows import keyed, ndpi_text


@dataclass(slots=True)
class Alarms:
    """Flows that differ and whose answer is known."""

    right: int = 0
    false: list[str] = field(default_factory=list)

    @property
    def all(self) -> int:
        """All of them."""
        return self.right + len(self.false)


def alarms(path: Path) -> dict[Key, tuple[str, frozenset[str], str]]:
    """Give, by nDPI's key, what was observed of flows that differ, what their service is tied to, and its port."""
    analysis = analyse([str(path)], Settings(idle_timeout_s=0))
    flows = analysis.flows
    found = {}
    for k in np.flatnonzero(flows.agreement == Agreement.DIFFERS).tolist():
        one, other = ((ndpi_text(host), port if port != NO_PORT else 0) for host, port in ends(flows, k))
        (key,) = flow_keys([(int(flows.proto[k]), innermost_vlan(int(flows.vlan[k])), one, other)])
        entry = analysis.registry.entries[flows.responder_entry[k]]
        name = analysis.findings.names[flows.observed[k]]
        found[key] = (name, tied_protocols(entry.service_names), f"{other[1]} ({' '.join(entry.service_names)})")
    return found


@pytest.fixture(scope="module")
def counted(shared: Path) -> Alarms:
    """Count the alarms of all captures."""
    names, excused, result = accepted_names(shared), shown_wrong(shared), Alarms()
    for capture, rows in scored_rows(shared):
        found = alarms(shared / "captures" / capture)
        for row in rows:
            (key,) = flow_keys([keyed(row)])
            if key not in found or (capture, row["id"]) in excused:
                continue
            name, tied, port = found[key]
            _, accepted = names[row["master"]]
            if (name in accepted or name.split("+")[0] in accepted) and not accepted & tied:
                result.right += 1
            else:
                result.false.append(f"{capture} #{row['id']}: {name} on {port}, nDPI says {row['proto']}")
    return result


@pytest.mark.slow
def test_hardly_any_alarm_is_false(counted: Alarms) -> None:
    """99 of 100 are right."""
    assert counted.all >= 20, f"only {counted.all} alarms have an answer"
    assert len(counted.false) <= counted.all / 100, f"of {counted.all}:\n" + "\n".join(counted.false)
