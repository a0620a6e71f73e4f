"""Learning: the file is TOML, sorted, stable, and nothing that traffic says gets out of its place."""

import tomllib

import pytest

from annotator.model import UDP, DirectionBasis, Outcome, Scope
from annotator.registry import NOTICE
from tests.baseline.checking import BEFORE, report, toml
from tests.report.hostile import PAYLOADS
from tests.report.synthetic import Said, flow, shows, summary


def test_one_block_a_service_in_order() -> None:
    """Address by number, then transport, then port, whatever the order of the flows."""
    rows = [
        flow(responder="10.0.0.10", port=80, **shows("http")),
        flow(responder="10.0.0.9", port=53, proto=UDP),
        flow(responder="10.0.0.9", port=443, **shows("tls")),
        flow(responder="10.0.0.9", port=22, outcome=Outcome.REFUSED),
        flow(responder="fd00::1", initiator="fd00::2", port=443),
    ]
    found = tomllib.loads(toml(report(rows)))
    assert found["version"] == 1
    assert [(one["responder"], one["transport"], one["port"]) for one in found["service"]] == [
        ("10.0.0.9", "tcp", 443),
        ("10.0.0.9", "udp", 53),
        ("10.0.0.10", "tcp", 80),
        ("fd00::1", "tcp", 443),
    ]
    assert found["service"][0] == {
        "responder": "10.0.0.9",
        "transport": "tcp",
        "port": 443,
        "status": "assigned",
        "observed": ["tls"],
    }
    assert toml(report(rows[::-1])) == toml(report(rows))


def test_it_says_where_it_comes_from_and_carries_the_notice() -> None:
    """Captures, their time, the registry; evidence beside each service; IANA's notice in comments."""
    text = toml(report())
    learned = tomllib.loads(text)["learned"]
    assert learned["captures"] == ["office.pcapng"]
    assert learned["first_seen"].startswith("2026-05-04T")
    assert len(learned["registry_sha256"]) == 64
    comments = " ".join(line[1:] for line in text.splitlines() if line.startswith("#"))
    assert " ".join(NOTICE.split()) in " ".join(comments.split())
    assert "# 22/tcp (ssh) · ssh confirmed: banner · 1 peer: 10.0.0.5 · 1 flow" in text


def test_ports_picked_for_the_occasion_are_left_out_and_counted() -> None:
    """A client's port that only the first packet made a service is no service."""
    text = toml(report([*BEFORE, flow(port=50001, direction_basis=DirectionBasis.FIRST_PACKET)]))
    assert len(tomllib.loads(text)["service"]) == len(BEFORE)
    assert "# 1 endpoint left out: the port is likely an ephemeral one" in text


def test_remote_responders_fold_into_their_port() -> None:
    """What the internet offers changes its addresses daily."""
    far = {"port": 443, "responder_scope": Scope.REMOTE}
    rows = [*BEFORE[:3], flow(responder="203.0.113.9", **far, **shows("http"))]
    rows.append(flow(responder="198.51.100.7", **far, **shows("tls")))
    folded = tomllib.loads(toml(report(rows), fold_remote=True))["service"]
    assert [one["responder"] for one in folded] == ["10.0.0.8", "10.0.0.9", "10.0.0.9", "remote"]
    assert (folded[-1]["port"], folded[-1]["observed"]) == (443, ["http", "tls"])


@pytest.mark.parametrize("attack", PAYLOADS)
def test_hostile_text_stays_in_its_comment_or_string(attack: str) -> None:
    """Labels, file names, filters: the file has the lines, and the services, of a harmless one."""

    def made(text: str) -> str:
        rows = [flow(responder="10.0.0.9", port=22, **shows("ssh"))]
        return toml(
            report(
                rows, findings=Said(1, {0: text}), captures=[summary(text)], options={"filter": text, "local": [text]}
            )
        )

    hostile, harmless = made(PAYLOADS[attack]), made("x")
    assert hostile.count("\n") == harmless.count("\n")
    assert tomllib.loads(hostile)["service"] == tomllib.loads(harmless)["service"]
    assert all(character.isprintable() or character == "\n" for character in hostile)
