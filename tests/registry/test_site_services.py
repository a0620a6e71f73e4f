"""Site names in services(5) syntax."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import SiteError
from annotator.registry.site_services import parse_services


@pytest.mark.parametrize(
    ("line", "name", "ports", "transports", "note"),
    [
        ("intranet 8443/tcp", "intranet", ((8443, 8443),), ("tcp",), ""),
        ("intranet\t8443/tcp\t# the portal", "intranet", ((8443, 8443),), ("tcp",), "the portal"),
        ("intranet 8443/tcp portal home", "intranet", ((8443, 8443),), ("tcp",), "portal home"),
        ("x11 6000-6063/tcp", "x11", ((6000, 6063),), ("tcp",), ""),
        ("both 53/tcp/udp", "both", ((53, 53),), ("tcp", "udp"), ""),
        ("both 53/tcp,UDP", "both", ((53, 53),), ("tcp", "udp"), ""),
        ("diameter 3868/sctp", "diameter", ((3868, 3868),), ("sctp",), ""),
    ],
)
def test_a_line_is_an_entry(
    line: str, name: str, ports: tuple[tuple[int, int], ...], transports: tuple[str, ...], note: str
) -> None:
    """Name, port or range, transports, aliases, comment."""
    (made,) = parse_services(f"# a comment\n\n{line}\n", "x")
    assert (made.name, made.ports, made.transports, made.note) == (name, ports, transports, note)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("intranet", "'intranet' has no port"),
        ("intranet 8443", "'8443' names no transport"),
        ("intranet tcp/8443", "'tcp' is not a port number"),
        ("intranet 70000/tcp", "exceeds port 65535"),
        ("intranet 9-1/tcp", "runs backwards"),
        ("intranet /tcp", "names no port"),
        ("intranet 8443/", "'' is no transport"),
        ("intranet 8443/ddp", "'ddp' is no transport"),
        ("intra\x1bnet 8443/tcp", "control characters"),
    ],
)
def test_a_bad_line_is_an_error_that_names_it(line: str, words: str) -> None:
    """File, line, what is wrong and what to write."""
    with pytest.raises(SiteError) as caught:
        parse_services(f"fine 1/tcp\n{line}\n", "my services")
    assert str(caught.value).startswith("my services, line 2: ")
    assert words in str(caught.value)


@given(st.text(max_size=80))
def test_any_text_gives_entries_or_one_clear_error(text: str) -> None:
    """Never anything else."""
    try:
        parse_services(text, "x")
    except SiteError as error:
        message = str(error)
    else:
        message = "x, line"
    assert message.startswith("x, line")


def test_the_systems_own_file_is_understood() -> None:
    """Debian's /etc/services, where there is one, but for the transports that have no ports of IANA's."""
    from pathlib import Path

    path = Path("/etc/services")
    if not path.is_file():
        pytest.skip("this system has no /etc/services")
    text = "\n".join(line for line in path.read_text().splitlines() if "/ddp" not in line)
    assert {"ssh", "https"} <= {made.name for made in parse_services(text, str(path))}
