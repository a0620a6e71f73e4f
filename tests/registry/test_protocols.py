"""IP protocol numbers and their keywords."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from annotator.registry.protocols import protocol_keyword


@pytest.mark.parametrize(
    ("number", "keyword"),
    [
        (1, "icmp"),
        (6, "tcp"),
        (17, "udp"),
        (33, "dccp"),
        (47, "gre"),
        (50, "esp"),
        (58, "icmp6"),
        (132, "sctp"),
        (136, "udplite"),
        (13, "argus"),  # deprecated, and still its keyword
        (61, "ip-61"),  # any host internal protocol
        (253, "ip-253"),  # experiments
        (255, "ip-255"),  # reserved
        (200, "ip-200"),  # unassigned
    ],
)
def test_the_keyword_of_a_number(number: int, keyword: str) -> None:
    """IANA's in lower case; a number without one says its number."""
    assert protocol_keyword(number) == keyword


def test_every_keyword_of_iana(iana: Path) -> None:
    """No number is forgotten, none has another keyword than IANA's; one has the flow schema's."""
    root = ET.parse(iana / "iana-protocol-numbers-2026-03-09.xml").getroot()  # noqa: S314 (a file of the tests)
    space = "{http://www.iana.org/assignments}"
    for each in root.iter(f"{space}record"):
        number, name = each.findtext(f"{space}value") or "", each.findtext(f"{space}name") or ""
        if number.isdigit() and name and name != "Reserved":
            expected = name.removesuffix(" (deprecated)").lower().replace(" ", "-")
            assert protocol_keyword(int(number)) == ("icmp6" if number == "58" else expected)


def test_keywords_are_words_and_distinct() -> None:
    """A column of them can be split at white space, and tells protocols apart."""
    words = [protocol_keyword(number) for number in range(256)]
    assert all(word and not set(word) & set(" \t,") for word in words)
    assert len(set(words)) == 256
