"""What libpcap would look up is refused or translated before libpcap sees it."""

import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import UsageError
from annotator.filter import libpcap, names
from annotator.filter.names import is_name, split, translate
from tests.namespaces import hosts

REGISTERED = {("https", ""): [443], ("http-alt", ""): [591, 8008, 8080], ("ssh", ""): [22], ("ftp-data", ""): [20]}


def ports_named(name: str, transport: str) -> Sequence[int]:
    """A registry of few names, which are on TCP."""
    return REGISTERED.get((name, "" if transport in ("", "tcp") else transport), [])


def translated(text: str) -> str:
    """Give a filter as libpcap would get it."""
    return " ".join(translate(split(text), ports_named))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("tcp port 80", "tcp port 80"),
        ("tcp[13]&2!=0", "tcp [ 13 ] & 2 != 0"),
        ("ip[0:2]=3 and ip6[40 : 2]<=4", "ip [ 0 : 2 ] = 3 and ip6 [ 40 : 2 ] <= 4"),
        ("net 10.0.0.0/8", "net 10.0.0.0 / 8"),
        ("ip6 net 2001:db8::/32", "ip6 net 2001:db8:: / 32"),
        ("host ::1 or ::ffff:10.0.0.1", "host ::1 or ::ffff:10.0.0.1"),
        ("ether host aa:bb:cc:dd:ee:0f", "ether host aa:bb:cc:dd:ee:0f"),
        ("ether host aa-bb-cc-dd-ee-0f", "ether host aa-bb-cc-dd-ee-0f"),
        ("ether host aabb.ccdd.ee0f", "ether host aabb.ccdd.ee0f"),
        ("!(port 1)||(ip proto \\tcp)", "! ( port 1 ) || ( ip proto \\tcp )"),
        ("arcnet host $af", "arcnet host $af"),
        ("len-5>3", "len-5 > 3"),  # one word, for libpcap too
        ("portrange 7203-7214", "portrange 7203-7214"),
        (" \t\n ", ""),
    ],
)
def test_a_filter_is_split_as_libpcap_splits_it(text: str, tokens: str) -> None:
    """Operators, numbers, addresses and words, the longest that fits."""
    assert split(text) == tokens.split()


@given(st.text(alphabet="tcp udp10.:/[]()&|!<>=-_$\\abf\0é\n", max_size=30))
def test_any_text_is_split_or_refused_in_one_line(text: str) -> None:
    """No text makes the splitter fail otherwise, and no character is lost."""
    try:
        tokens = split(text)
    except UsageError as error:
        assert str(error).startswith("-f: the filter is ")  # noqa: PT017  # either outcome is right
    else:
        assert "".join(tokens) == "".join(text.split())


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        *((word, True) for word in ("www.example.org", "tpc", "localhost", "len-5", "1.2.3.4a", "7-8", "0x1G", "IP")),
        *((word, False) for word in ("ip", "host", "portrange", "and", "len", "tcp-syn", "icmp-echo", "tcpflags")),
        *((word, False) for word in ("80", "0x1F", "10.0.0.1", "10", "aa-bb-cc-dd-ee-ff", "aabb.ccdd.eeff", "rnr")),
    ],
)
def test_libpcap_says_what_is_a_name(word: str, expected: bool) -> None:
    """Keywords, numbers and addresses are none; everything else is."""
    assert is_name(word) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("port https", "port 443"),
        ("tcp dst port https", "tcp dst port 443"),
        ("port 80 or https", "port 80 or 443"),
        ("port (ssh or https) and not tcp", "port ( 22 or 443 ) and not tcp"),
        ("port http-alt", "port ( 591 or 8008 or 8080 )"),
        ("port \\https", "port 443"),
        ("portrange ssh-https", "portrange 22-443"),
        ("portrange ftp-data-ssh", "portrange 20-22"),
        ("portrange 7-8 or 10-ssh", "portrange 7-8 or 10-22"),
        ("ip proto \\tcp", "ip proto 6"),
        ("proto ospfigp or ospf or \\GRE", "proto 89 or 89 or 47"),
        ("ip6 protochain \\udp", "ip6 protochain 17"),
        ("ether proto \\ip", "ether proto \\ip"),  # libpcap has these in a table of its own
        ("wlan type mgt subtype beacon", "wlan type mgt subtype beacon"),
        ("ifname eth0 and reason match", "ifname eth0 and reason match"),
        ("tcp[tcpflags] & tcp-syn != 0", "tcp [ tcpflags ] & tcp-syn != 0"),
    ],
)
def test_names_become_numbers(text: str, expected: str) -> None:
    """Port names are the registry's, protocol names IANA's; what needs no looking up stays."""
    assert translated(text) == expected


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        ("host www.example.org", "host", "www.example.org"),
        ("src gateway.example", "src", "gateway.example"),
        ("tcp and not net backbone", "tcp and not net", "backbone"),
        ("host 10.0.0.1 or www", "host 10.0.0.1 or", "www"),
        ("host \\tcp", "host", "\\tcp"),
        ("gateway snup", "gateway", "snup"),
        ("ether host printer", "ether host", "printer"),
        ("tcp prot 80", "tcp", "prot"),
        ("port nosuch", "port", "nosuch"),
        ("udp port https", "udp port", "https"),  # this registry has it on TCP only
        ("port 80-90", "port", "80-90"),
        ("portrange http-alt-ssh", "portrange", "http-alt-ssh"),  # three ports are no end of a range
        ("ip proto nosuch", "ip proto", "nosuch"),
        ("tcp @ 3", "tcp", "@ 3"),
    ],
)
def test_other_names_are_refused_where_they_stand(text: str, good: str, bad: str) -> None:
    """The message shows the filter as far as it is good, and the word that is not."""
    with pytest.raises(UsageError) as refused:
        translated(text)
    assert f"good up to '{good}', then comes '{bad}': " in str(refused.value)


def test_libpcap_sees_a_name_only_where_it_looks_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host name is put to libpcap as a number and as a link protocol, whose names are in its own table."""
    seen = []

    def watched(text: str, link_type: int) -> object:
        seen.append(text)
        return libpcap.compile_text(text, link_type)

    monkeypatch.setattr(names, "compile_text", watched)
    is_name.cache_clear()
    with pytest.raises(UsageError):
        translated("host www.example.org")
    assert {text for text in seen if "www" in text} == {"len = www.example.org", "link proto www.example.org"}


def test_nobody_is_asked_for_a_name(tmp_path: Path) -> None:
    """A name server that would hear the question hears it from getent, and nothing from a filter."""
    resolver = tmp_path / "resolv.conf"
    resolver.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    with hosts(1) as (host,):

        def heard(*argv: str) -> bool:
            with host.inside(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
                server.bind(("127.0.0.1", 53))
                server.setblocking(False)
                ask = ["unshare", "--mount", "sh", "-c", f'mount --bind {resolver} /etc/resolv.conf && exec "$@"', "-"]
                subprocess.run(host.command(*ask, *argv), capture_output=True, timeout=60, check=False)
                try:
                    return bool(server.recv(512))
                except BlockingIOError:
                    return False

        if not heard("getent", "hosts", "www.example.org"):
            pytest.skip("this machine asks no name server")
        code = (
            "import sys; from annotator.filter import PacketFilter\n"
            "for text in sys.argv[1:]:\n"
            "    try: PacketFilter(text, lambda name, transport: ())\n"
            "    except Exception as error: print(error)"
        )
        filters = ["host www.example.org", "net example.org", "port 80 or example.org", "gateway gw.example.org"]
        assert not heard(sys.executable, "-c", code, *filters)
