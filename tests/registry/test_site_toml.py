"""Site names in TOML."""

import re
from datetime import date
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import SiteError
from annotator.registry.ranges import TRANSPORTS
from annotator.registry.site_toml import looks_like_toml, parse_toml

FULL = """\
# our ports
[[port]]
name = "intranet"
ports = [8443, "9000-9010"]
transport = ["tcp", "udp"]
addresses = ["10.0.4.0/24", "fd00::1"]
owner = "Web team"
ticket = "CHG-12"
expires = 2026-12-31
note = "replaces the old portal"
source = "wiki"

[[port]]
name = "least"
ports = 80
"""


def test_every_key_is_read() -> None:
    """And what is left out holds for all."""
    full, least = parse_toml(FULL, "x")
    assert (full.name, full.ports, full.transports) == ("intranet", ((8443, 8443), (9000, 9010)), ("tcp", "udp"))
    assert full.networks == (ip_network("10.0.4.0/24"), ip_network("fd00::1/128"))
    assert (full.owner, full.ticket, full.expires) == ("Web team", "CHG-12", date(2026, 12, 31))
    assert (full.note, full.source) == ("replaces the old portal", "wiki")
    assert (least.transports, least.networks, least.expires, least.de_facto) == (TRANSPORTS, (), None, False)


def test_a_date_may_be_a_text() -> None:
    """As people write it."""
    assert parse_toml(FULL.replace("2026-12-31", '"2026-12-31"'), "x") == parse_toml(FULL, "x")


@pytest.mark.parametrize(
    ("wrong", "right", "line", "words"),
    [
        ('name = "intranet"', 'nmae = "intranet"', 3, "'nmae' is not known; the keys are name, ports"),
        ('name = "intranet"', "name = 7", 3, "'name' is no text"),
        ('name = "intranet"', 'name = " "', 3, "'name' is no text"),
        ('name = "intranet"', 'name = "a\\u001b[31m"', 3, "control characters"),
        ('name = "intranet"', "", 2, "an entry without 'name'"),
        ("ports = 80", "", 13, "an entry without 'ports'"),
        ("ports = 80", "ports = 70000", 15, "'70000' exceeds port 65535"),
        ("ports = 80", 'ports = "9-1"', 15, "runs backwards"),
        ("ports = 80", "ports = []", 15, "an empty list"),
        ("ports = 80", "ports = true", 15, "True is no port"),
        ("ports = 80", "ports = 1.5", 15, "1.5 is no port"),
        ("ports = 80", 'ports = ""', 15, "'' is no port"),
        ('["tcp", "udp"]', '"icmp"', 5, "'icmp' is no transport with ports"),
        ('["tcp", "udp"]', "[]", 5, "an empty list"),
        ('"fd00::1"', '"10.0.4.1/24"', 6, "host bits set"),
        ('"fd00::1"', "7", 6, "7 is not a text"),
        ("2026-12-31", '"tomorrow"', 9, "'tomorrow' is no date"),
        ("2026-12-31", "2026-12-31T10:00:00", 9, "is no date"),
        ("ports = 80", "ports = 80\nports = 81", 16, "cannot overwrite a value"),
        ("ports = 80", "ports = = 80", 15, "invalid value"),
        ('[[port]]\nname = "least"', '[[prot]]\nname = "least"', 13, "'prot' is not known"),
        ("# our ports", "port = 7", 2, "cannot"),
    ],
)
def test_a_bad_line_is_an_error_that_names_it(wrong: str, right: str, line: int, words: str) -> None:
    """File, line, what is wrong and what to write."""
    text = FULL.replace(wrong, right, 1)
    assert text != FULL
    with pytest.raises(SiteError) as caught:
        parse_toml(text, "my.toml")
    assert str(caught.value).lower().startswith(f"my.toml, line {line}: ")
    assert words in str(caught.value)


def test_a_table_head_in_a_text_is_none() -> None:
    """The line that is named is that of the entry, not of a text that looks like one."""
    first = '[[port]]\nname = "a"\nports = 1\nnote = "x"\nticket = """\\\n[[port]]\\\n"""\n'
    text = first + '[[port]]\nname = "b"\nports = 70000\n'
    with pytest.raises(SiteError, match="line 10: '70000'"):
        parse_toml(text, "x")


@given(st.text(alphabet='[]port="name\n #1-9,.x', max_size=120))
def test_any_text_gives_entries_or_one_clear_error(text: str) -> None:
    """Never anything else."""
    looks_like_toml(text)
    try:
        parse_toml(text, "x")
    except SiteError as error:
        message = str(error)
    else:
        message = "x, line"
    assert message.startswith("x, line")


def test_deep_nesting_is_one_clear_error() -> None:
    """Not a crash."""
    with pytest.raises(SiteError, match=r"nested too deeply|line 1"):
        parse_toml("x = " + "[" * 100_000, "x")


def test_the_example_of_the_documentation_is_read() -> None:
    """As it stands there, comments and all."""
    text = (Path(__file__).parents[2] / "docs" / "registry.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.S)
    (entry,) = parse_toml(example, "docs")
    assert (entry.name, entry.ports, entry.expires) == ("intranet", ((8443, 8443), (9000, 9010)), date(2026, 12, 31))
