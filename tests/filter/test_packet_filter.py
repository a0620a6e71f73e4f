"""The filter as a run sees it."""

from pathlib import Path

import pytest

from annotator.errors import UsageError
from annotator.filter import PacketFilter
from annotator.pipeline import analyse
from annotator.settings import Settings
from tests.capture.writing import enhanced, interface, pcap_header, pcap_record, section

UDP_TO_53 = bytes.fromhex("4500001c000040004011000001020304050607080035003500080000")
ETHERNET = bytes(12) + b"\x08\x00"
HTTP = bytes.fromhex("450000280000400040060000010203040506070804000050000000000000000050020000") + bytes(4)


def no_names(name: str, transport: str) -> tuple[int, ...]:
    """A registry without a name."""
    return ()


def test_each_link_type_of_a_pcapng_has_its_own_program(tmp_path: Path) -> None:
    """The same packet passes on Ethernet, raw IP and cooked; what passes keeps its frame number."""
    cooked = bytes.fromhex("0000000100060000000000000000") + b"\x08\x00"
    frames = [(0, ETHERNET + UDP_TO_53), (1, UDP_TO_53), (2, cooked + UDP_TO_53), (0, ETHERNET + HTTP), (1, HTTP)]
    file = section("<") + interface("<", 1) + interface("<", 101) + interface("<", 113)
    path = tmp_path / "mixed.pcapng"
    path.write_bytes(file + b"".join(enhanced("<", data, 7, number=number) for number, data in frames))
    found = analyse([str(path)], Settings(bpf="udp port domain"))
    summary = found.captures[0]
    assert (summary.packets_read, summary.packets_decoded, summary.packets_filtered) == (3, 3, 2)
    assert found.flows.first_frame.tolist() == [1]
    found = analyse([str(path)], Settings(bpf="tcp"))
    assert found.flows.first_frame.tolist() == [4]
    assert found.captures[0].packets_filtered == 3


def test_what_the_filter_leaves_out_counts_nowhere_else(tmp_path: Path) -> None:
    """Bytes, times, issues and stops are those of the packets that pass; all packets stay accounted for."""
    path = tmp_path / "made.pcap"
    records = [
        pcap_record("<", ETHERNET + UDP_TO_53, seconds=5, wire=9000),
        pcap_record("<", bytes(14), seconds=1),
        pcap_record("<", ETHERNET + HTTP, seconds=7),
    ]
    path.write_bytes(pcap_header("<") + b"".join(records))
    found = analyse([str(path)], Settings(bpf="tcp"))
    summary = found.captures[0]
    assert (summary.packets_read, summary.packets_filtered, summary.packets_stopped) == (1, 2, 0)
    assert (summary.bytes, summary.first_ns, summary.last_ns) == (len(ETHERNET + HTTP), 7 * 10**9, 7 * 10**9)
    assert [issue.name for issue in found.issues] == []
    assert found.options["filter"] == "tcp"
    everything = analyse([str(path)], Settings()).captures[0]
    assert everything.packets_filtered == 0
    assert everything.packets_read == summary.packets_read + summary.packets_filtered


def test_a_link_type_that_the_filter_does_not_fit_is_an_issue(tmp_path: Path) -> None:
    """None of its packets passes, and the run is partial; the other link types are filtered."""
    path = tmp_path / "mixed.pcapng"
    file = section("<") + interface("<", 1) + interface("<", 101)
    path.write_bytes(file + enhanced("<", ETHERNET + HTTP, 1) + enhanced("<", HTTP, 2, number=1) * 2)
    found = analyse([str(path)], Settings(bpf="ether src 0:0:0:0:0:0"))
    (issue,) = found.issues
    assert (issue.name, issue.count, issue.first_frame, issue.partial) == ("filter_link_type", 2, 2, True)
    assert "link type 101" in issue.detail
    assert found.captures[0].packets_filtered == 2


def test_a_filter_that_fits_no_packet_of_the_run_is_refused(tmp_path: Path) -> None:
    """tcpdump refuses it too: the answer would be empty whatever the capture holds."""
    path = tmp_path / "raw.pcap"
    path.write_bytes(pcap_header("<", link_type=101) + pcap_record("<", HTTP))
    with pytest.raises(UsageError, match="does not fit the captures' link type 101"):
        analyse([str(path)], Settings(bpf="wlan type data"))
    with pytest.raises(UsageError, match="not supported on"):  # a file does not say which way a frame went
        analyse([str(path)], Settings(bpf="inbound"))


@pytest.mark.parametrize("text", ["tcp and", "ether host 1.2.3.4", "tcp and udp and foo[", "port 99999"])
def test_a_bad_filter_is_refused_before_anything_is_read(text: str) -> None:
    """The message is one line that begins with the option."""
    with pytest.raises(UsageError) as refused:
        PacketFilter(text, no_names)
    assert str(refused.value).startswith("-f: ")
    assert "\n" not in str(refused.value)


def test_an_empty_filter_lets_everything_pass(tmp_path: Path) -> None:
    """As in tcpdump."""
    path = tmp_path / "made.pcap"
    path.write_bytes(pcap_header("<") + pcap_record("<", ETHERNET + HTTP))
    assert [analyse([str(path)], Settings(bpf=text)).captures[0].packets_read for text in ("", " \n")] == [1, 1]


def test_a_filter_of_absurd_length_is_refused() -> None:
    """libpcap would take hours for it, or crash."""
    with pytest.raises(UsageError, match="more than 1,000 words"):
        PacketFilter(" or ".join(["port 80"] * 1000), no_names)
