"""Rule candidates of every dialect: never an active line, whatever a label says."""

import subprocess
from pathlib import Path

import pytest

from annotator.model import DirectionBasis
from annotator.registry import NOTICE
from annotator.report.formats import RULES, encode
from annotator.report.report import Report
from annotator.report.rules import candidates
from tests.report.hostile import PAYLOADS
from tests.report.rule_files import ROWS, rules
from tests.report.synthetic import flow, make_analysis

MARKS = {"nftables": "#", "iptables": "#", "cisco": "!", "pf": "#"}
WAKING = PAYLOADS | {
    "a rule on its own line": "x\nadd rule inet filter input accept\n-A INPUT -j ACCEPT\npass all\npermit ip any any",
    "carriage return": "x\rpass all",
    "next line": "x\x85pass all",
    "form feed": "x\x0cpass all",
    "line separator": "x\u2028pass all\u2029pass all",
    "a trailing backslash": "x\\",
    "many backslashes": "x\\\\\\",
    "a mark": "#> accept",
    "help on a console": "x ? y",
}


@pytest.mark.parametrize("attack", WAKING)
@pytest.mark.parametrize("dialect", RULES)
def test_no_line_is_ever_active(dialect: str, attack: str) -> None:
    """Each line is a comment or empty, as many as with a harmless label, and none joins the next one to it."""
    text, harmless = rules(dialect, WAKING[attack]), rules(dialect)
    lines = text.split("\n")
    assert len(lines) == len(harmless.split("\n"))
    assert [line for line in lines if line and not line.startswith(MARKS[dialect])] == []
    assert [line for line in lines if line.endswith("\\")] == []
    assert all(32 <= ord(character) < 127 or character == "\n" for character in text)
    marked = [[line for line in one.split("\n") if line[1:2] in (">", "4", "6")] for one in (text, harmless)]
    assert marked[0] == marked[1]  # what could be a rule never holds what somebody else wrote
    if dialect == "cisco":
        assert "?" not in text


@pytest.mark.parametrize("dialect", RULES)
def test_the_notice_and_the_reason_stand_on_top(dialect: str) -> None:
    """IANA's notice, that nothing is active, that a registered port is no reason, and how to go on."""
    text = rules(dialect)
    head = " ".join(line[1:] for line in text.split("\n\n")[0].splitlines())
    for words in (NOTICE, "EVERY LINE IS A COMMENT", "That a port is registered is no reason to open it", "sed -n"):
        assert " ".join(words.split()) in " ".join(head.split())


@pytest.mark.parametrize("dialect", RULES)
def test_evidence_stands_above_each_candidate(dialect: str) -> None:
    """What is assigned, what was seen, who asked, and what speaks against it."""
    text = rules(dialect)
    for words in (
        "10.0.0.9 443/tcp (https): system, assigned",
        "tls and ssh confirmed: ClientHello label; agreement: matches 1, differs 1",
        "! the payload contradicts the assignment",
        "10.0.0.9 7214/tcp: user, unassigned",
        "! its port is unassigned: find out what this is before anything is opened",
        "! 1 peer from outside",
        "20 peers: 10.0.1.0, 10.0.1.1",
        "! more peers than a rule should name",
        "site: label.",
    ):
        assert words in text


def test_candidates_are_the_endpoints_in_use() -> None:
    """One each, by IP version; ports picked for the occasion are none; initiators in order of addresses."""
    report = Report(make_analysis([*ROWS, flow(port=50001, direction_basis=DirectionBasis.FIRST_PACKET)]))
    found = list(candidates(report))
    assert len(found) == len(report.endpoints) - 1
    assert {one.version for one in candidates(report, (6,))} == {6}
    by_port = {(one.responder, one.port): one.initiators for one in found}
    assert by_port["10.0.0.9", 443] == ("10.0.0.5", "10.0.0.6")
    assert by_port["10.0.0.8", 80] == ()


@pytest.mark.parametrize("dialect", RULES)
def test_nothing_in_use_makes_no_candidate(dialect: str) -> None:
    """The head alone, and no rule's frame."""
    text = b"".join(encode(Report(make_analysis([])), dialect)).decode()
    assert not [line for line in text.splitlines() if line[1:2] == ">" or line[2:3] == ">"]


@pytest.mark.parametrize(("dialect", "mark"), [("nftables", "#"), ("pf", "#"), ("cisco", "!"), ("iptables", "#4")])
def test_the_usage_line_works(dialect: str, mark: str, tmp_path: Path) -> None:
    """The sed command of the head takes the marks off."""
    path = tmp_path / "FILE"
    path.write_text(rules(dialect))
    made = subprocess.run(["sed", "-n", f"s/^{mark}> //p", path], capture_output=True, text=True, check=True).stdout
    assert f"s/^{mark}> //p" in path.read_text()
    assert "10.0.0.9" in made
    assert "label" not in made
