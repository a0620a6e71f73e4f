"""Reading baselines: every key, and every way to get it wrong."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from annotator.baseline.read import load_baseline, parse_baseline
from annotator.errors import BaselineError
from tests.baseline.checking import report, toml

FULL = """\
# ours
version = 1

[[service]]
responder = ["10.0.4.0/24", "fd00::1", "remote"]
transport = ["tcp", "udp"]
port = [8443, "9000-9010"]
status = "reserved"
observed = ["tls", "http"]
optional = true
note = "the old portal"

[[service]]
responder = "*"
transport = "udp"
port = "*"
"""


def test_every_key_is_read() -> None:
    """And what is left out is not compared."""
    full, least = parse_baseline(FULL, "x").services
    assert full.responders == (ip_network("10.0.4.0/24"), ip_network("fd00::1/128"), "remote")
    assert (full.transports, full.ports) == (("tcp", "udp"), ((8443, 8443), (9000, 9010)))
    assert (full.status, full.observed, full.optional) == ("reserved", frozenset({"tls", "http"}), True)
    assert (full.note, full.line, least.line) == ("the old portal", 4, 13)
    assert (least.responders, least.ports, least.status, least.observed) == (("*",), ((0, 65535),), None, None)


def test_what_is_learned_can_be_read(tmp_path: Path) -> None:
    """The file goes round: one service for each that was written, at its line."""
    path = tmp_path / "b.toml"
    text = toml(report())
    path.write_text(text)
    found = load_baseline(path)
    assert [service.where() for service in found.services] == [
        "10.0.0.8 7214/tcp",
        "10.0.0.9 22/tcp",
        "10.0.0.9 443/tcp",
        "198.51.100.7 443/tcp",
    ]
    for service in found.services:
        assert text.splitlines()[service.line - 1] == "[[service]]"


@pytest.mark.parametrize(
    ("wrong", "right", "line", "words"),
    [
        ("version = 1", "", 1, "no 'version'"),
        ("version = 1", "version = 2", 2, "version 2 is not known"),
        ("version = 1", "version = 1\nlearned = 3", 3, "'learned' is no table"),
        ("version = 1", "version = 1\nname = 3", 3, "'name' is not known"),
        ("version = 1", "version = = 1", 2, "invalid value"),
        ('responder = "*"', 'responder = "10.0.0.300"', 14, "write an address, a network"),
        ('responder = "*"', 'responder = "10.0.0.1/8"', 14, "host bits set"),
        ('responder = "*"', "responder = []", 14, "an empty list"),
        ('responder = "*"', "responder = 7", 14, "7 is not a text"),
        ('responder = "*"', "", 13, "a service without 'responder'"),
        ('responder = "*"', 'respondre = "*"', 14, "'respondre' is not known; the keys are responder"),
        ('transport = "udp"', 'transport = "icmp"', 15, "'icmp' is no transport with ports"),
        ('port = "*"', "port = 70000", 16, "exceeds port 65535"),
        ('port = "*"', "port = true", 16, "True is no port"),
        ('port = "*"', 'port = "9-1"', 16, "runs backwards"),
        ('status = "reserved"', 'status = "open"', 8, "'open' is no status"),
        ('observed = ["tls", "http"]', "observed = [7]", 9, "7 is no protocol"),
        ("optional = true", 'optional = "yes"', 10, "neither true nor false"),
        ('note = "the old portal"', "note = 1", 11, "no line of text"),
        ("[[service]]\nresponder = [", "[service]\nresponder = [", 13, "cannot"),
        (FULL.partition("\n\n")[2], "service = 3", 4, "with two brackets"),
        (FULL.partition("\n\n")[2], "service = [3]", 4, "not a table"),
    ],
)
def test_a_bad_line_is_an_error_that_names_it(wrong: str, right: str, line: int, words: str) -> None:
    """File, line, what is wrong and what to write, in one line."""
    text = FULL.replace(wrong, right, 1)
    assert text != FULL
    with pytest.raises(BaselineError) as caught:
        parse_baseline(text, "x.toml")
    assert str(caught.value).startswith(f"x.toml, line {line}: ")
    assert words.lower() in str(caught.value).lower()
    assert "\n" not in str(caught.value)


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    """No file, a folder."""
    for path in (tmp_path / "absent.toml", tmp_path):
        with pytest.raises(BaselineError, match="cannot be read"):
            load_baseline(path)
