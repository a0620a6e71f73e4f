"""IP protocol numbers and their keywords, from IANA's "Assigned Internet Protocol Numbers"."""

from functools import cache
from typing import Final

from annotator.registry.data_files import PROTOCOLS

_OWN: Final = {58: "icmp6"}
"""Where the flow schema has a shorter word than IANA's keyword (``ipv6-icmp``)."""


@cache
def protocol_keyword(number: int) -> str:
    """Return the keyword of an IP protocol number, in lower case: ``tcp``, ``gre``, ``udplite``.

    A number without a keyword (61 "any host internal protocol", 253 "for experimentation") gives ``ip-61``.
    """
    return _OWN.get(number) or _keywords().get(number) or f"ip-{number}"


def protocol_number(keyword: str) -> int | None:
    """Return the number of the IP protocol with that keyword, in lower case; None where there is none."""
    return _numbers().get(keyword)


@cache
def _numbers() -> dict[str, int]:
    return {keyword: number for table in (_keywords(), _OWN) for number, keyword in table.items()}


@cache
def _keywords() -> dict[int, str]:
    text = PROTOCOLS.read_text("utf-8")
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {int(number): keyword for number, keyword in lines}
