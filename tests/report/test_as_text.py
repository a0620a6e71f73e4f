"""The terminal report: the pressing things first, legible at any width."""

import re

import pytest
from rich.cells import cell_len

from annotator.model import ICMP, UDP, CaptureSummary, DirectionBasis, Issue, Outcome
from annotator.registry import NOTICE
from annotator.report.as_text import render
from annotator.report.brief import contact
from annotator.report.report import Report
from tests.report.synthetic import flow, make_analysis, random_flows, shows, summary, wrap

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def office() -> Report:
    """A small office: services, three unknown ports, a scan, oddities."""
    flows = [
        *(flow("10.0.4.101", "10.0.4.22", 443, sport=40000 + k) for k in range(9)),
        flow("10.0.4.101", "10.0.4.53", 53, proto=UDP),
        flow("10.0.4.101", "10.0.4.22", 8020),
        flow("10.0.4.101", "10.0.4.9", 8077, at_s=60),
        flow("10.0.4.102", "10.0.4.30", 49731),
        flow(
            "2001:db8:1:2:3:4:5:6", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", 7420, initiator_scope=0, responder_scope=0
        ),
        flow("198.51.100.7", "10.0.4.17", 7214, initiator_scope=1, **shows("ssh")),
        flow("10.0.4.101", "10.0.4.17", 443, **shows("ssh")),
        *(
            flow(
                "203.0.113.9", "10.0.4.17", port, outcome=Outcome.REFUSED, initiator_payload_bytes=0, initiator_scope=1
            )
            for port in range(60000, 60100)
        ),
        flow("10.0.4.5", "10.0.4.6", 22, outcome=Outcome.MIDSTREAM, direction_basis=DirectionBasis.FIRST_PACKET),
        flow("10.0.4.1", "10.0.4.2", proto=ICMP),
    ]
    return Report(
        make_analysis(flows, issues=[Issue("ip_truncated", "ip", 7, 12, "the frame ends inside its IP header")])
    )


@pytest.mark.parametrize("width", [56, 60, 80, 100, 140])
def test_no_line_is_wider_than_the_terminal(office: Report, width: int) -> None:
    """Every line fits, and none ends in spaces."""
    for line in render(office, width=width, flows=True).splitlines():
        assert cell_len(line) <= width
        assert line == line.rstrip()


@pytest.mark.parametrize("width", [60, 100])
def test_the_pressing_things_come_first(office: Report, width: int) -> None:
    """Capture quality, then unknown ports with the inbound one first, then the rest, the notice at the end."""
    text = render(office, width=width)
    order = [
        "office.pcapng",
        "registry 20",
        "! the capture holds",
        "UNKNOWN PORTS",
        "7214/tcp",
        "8077/tcp",
        "49731/tcp",
    ]
    order += ["scan: 203.0.113.9", "DISAGREEMENTS", "SERVICES", "443/tcp (https)", "RANGE CLASSES", "STATUSES"]
    order += ["ISSUES", "ip_truncated", "of bytes are on assigned", "PLEASE NOTE"]
    place = 0
    for word in order:
        assert word in text[place:], word
        place = text.index(word, place)


@pytest.mark.parametrize("width", [60, 100])
def test_nothing_is_lost_at_a_narrow_width(office: Report, width: int) -> None:
    """What matters of a finding is there at every width: address, port, status, why, who, how much, when."""
    text = " ".join(render(office, width=width).split())
    for word in (
        "10.0.4.17",
        "user, unassigned (7203-7214)",
        "ssh confirmed: banner",
        "answers peers from outside",
        "the payload is ssh (confirmed: banner)",
        "ssh 1, none 9",
        "1 peer, inbound: 198.51.100.7",
        "reserved (de-assigned 2024-01-05)",
        "dynamic, never assigned",
        "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff",
        "tried 100 tcp ports of 10.0.4.17, none answered",
        "09:14",
        "3.4 kB",
        *NOTICE.split("\n")[2:],
    ):
        assert word in text


def test_plain_text_has_no_control_characters(office: Report) -> None:
    """What is piped holds no escape sequence."""
    assert all(character.isprintable() or character == "\n" for character in render(office))


def test_colour_changes_no_word(office: Report) -> None:
    """Colour is an addition: without it the same text stands there, so it never carries a meaning alone."""
    coloured = render(office, color=True)
    assert ESCAPE.search(coloured)
    assert ESCAPE.sub("", coloured) == render(office)


def test_scans_are_folded(office: Report) -> None:
    """A hundred closed ports take one line, not a hundred."""
    text = render(office)
    assert text.count("203.0.113.9") == 1
    assert "100 endpoints were tried in vain" in text
    assert not re.search(r"\b60\d\d\d/tcp", text)


def test_long_lists_are_cut_with_a_word_on_where_the_rest_is() -> None:
    """At most ten findings and services are shown; the others are counted."""
    report = Report(make_analysis([flow("10.0.0.1", f"10.0.1.{k}", 7214, sport=k) for k in range(1, 41)]))
    text = render(report)
    assert text.count("7214/tcp    user") == 10
    assert "… and 30 more endpoints in use: -o report.json lists all" in text


def test_several_captures_are_listed_and_summed() -> None:
    """Each capture has its line up to five; the rest are counted."""
    captures = [summary(f"part{k}.pcap") for k in range(8)]
    text = render(Report(make_analysis([flow()], captures=captures)))
    assert "part4.pcap" in text
    assert "part5.pcap" not in text
    assert "8 captures · 80 packets · 1 flow" in text


def test_an_empty_capture_says_so() -> None:
    """No packets, no flows: still a report."""
    text = render(Report(make_analysis([], captures=[CaptureSummary("empty.pcap", "pcap")])))
    assert text.startswith("empty.pcap   no time")
    assert "0 packets" in text
    assert "UNKNOWN PORTS   none: the capture holds no flows" in text


def test_nothing_unknown_says_why() -> None:
    """A capture without ports shows nothing of any; only one whose ports are all assigned says so."""
    assert "UNKNOWN PORTS   none: no flow has a port" in render(Report(make_analysis([flow(proto=ICMP)])))
    assert "UNKNOWN PORTS   none: all ports in use are assigned" in render(Report(make_analysis([flow()])))


def test_a_finding_says_how_far_the_contact_got_and_what_to_do_next() -> None:
    """Handshake or attempt, an ephemeral port's reason, and a next step where somebody should take it."""
    flows = [
        flow(port=7214, **shows("ssh")),
        flow(port=7214, sport=40001, outcome=Outcome.REFUSED, **shows("ssh")),
        flow("10.0.0.6", port=51000, proto=UDP, direction_basis=DirectionBasis.FIRST_PACKET),
    ]
    text = " ".join(render(Report(make_analysis(flows))).split())
    assert "handshake completed in 1 of 2 flows" in text
    assert "→ find who listens (ss -lntup); if ssh belongs there" in text
    assert "likely ephemeral: from 32768 up, few peers" in text


def test_a_half_open_scan_completes_no_handshake() -> None:
    """SYN, SYN-ACK, RST: accepted, and no more; a service whose initiator acknowledges is another matter."""
    (half,) = Report(make_analysis([flow(port=7214, tcp_flags_initiator=2 | 4)])).unknown_ports
    (whole,) = Report(make_analysis([flow(port=7214, tcp_flags_initiator=2 | 16)])).unknown_ports
    assert (half["handshakes"], contact(half)) == (0, "handshake accepted, but never completed")
    assert (whole["handshakes"], contact(whole)) == (1, "handshake completed")


def test_unauthorised_use_is_said_in_the_words_of_the_registry() -> None:
    """What was reported to IANA stands with the finding, and raises it above the others."""
    text = render(Report(make_analysis([flow(port=100), flow(port=7214)])))
    assert "reported to IANA: Known Unauthorized Use on 100" in text
    assert text.index("100/tcp") < text.index("7214/tcp")


def test_flows_are_listed_on_request() -> None:
    """Each flow is a line with number, transport and name of its port."""
    report = Report(make_analysis([flow("2001:db8::1", "2001:db8::2"), flow(proto=ICMP)]))
    text = render(report, flows=True)
    assert "[2001:db8::1]:40000 → 2001:db8::2 443/tcp (https)" in text
    assert "10.0.0.5 → 10.0.0.9 icmp" in text
    assert "FLOWS" not in render(report)


def test_wide_characters_keep_their_columns() -> None:
    """A file name of double-width characters is measured in cells."""
    captures = [summary("キャプチャ" * 12 + ".pcap")]
    for line in render(Report(make_analysis([flow()], captures=captures)), width=60).splitlines():
        assert cell_len(line) <= 60


def test_random_flows_never_break_the_layout() -> None:
    """Whatever the flows, the page stays inside its width."""
    for seed in range(5):
        report = Report(wrap(random_flows(300, seed)))
        for width in (60, 100):
            assert max(cell_len(line) for line in render(report, width=width).splitlines()) <= width
