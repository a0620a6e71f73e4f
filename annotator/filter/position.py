"""How far a refused filter is good: libpcap names no position, so its prefixes are tried, token by token."""

from collections.abc import Callable, Sequence
from typing import Final

CONTINUATIONS: Final = (
    *(
        "",
        "1",
        "32",
        "1.2.3.4",
        "aa:bb:cc:dd:ee:ff",
        "::1",
        "1-2",
        "\\ip",
        "\\foo",
        "10.0.0.0 / 8",
        "tcp",
        "len",
        "mgt",
        "i",
    ),
    *("= 1", "1 = 1", "+ 1 = 1", "( 1 ) = 1", "[ 1 ] = 1", "1 ] = 1", ": 1 ] = 1", "255.255.255.255", "pass", "match"),
    *("host 1.2.3.4", "host ::1", "host aa:bb:cc:dd:ee:ff", "net 1.2.3.4", "port 1", "portrange 1-2", "proto 1"),
    *("/ 8", "mask 255.255.255.255", "dst host 1.2.3.4", "src host 1.2.3.4", "subtype beacon"),
)
"""What may follow an unfinished filter: one of each kind of thing that the grammar asks for."""
CLOSING: Final = {"(": ")", "[": "]"}


def _closers(tokens: Sequence[str]) -> str:
    still_open: list[str] = []
    for token in " ".join(tokens).split():
        if token in CLOSING:
            still_open.append(CLOSING[token])
        elif still_open and token == still_open[-1]:
            still_open.pop()
    return " ".join(reversed(still_open))


def can_go_on(tokens: Sequence[str], compiles: Callable[[str], bool]) -> bool:
    """Say whether something makes a filter of the beginning `tokens`."""
    beginning, closers = " ".join(tokens), _closers(tokens)
    return any(
        compiles(f"{beginning} {continuation} {closers} {end}") for end in ("", "= 1") for continuation in CONTINUATIONS
    )


def good_tokens(tokens: Sequence[str], compiles: Callable[[str], bool]) -> int:
    """Count the tokens at the start of a refused filter that are good: all of them where its end is missing.

    A beginning of one that can go on can go on itself, so the search is by halves.
    """
    good, bad = 0, len(tokens) + 1
    while bad - good > 1:
        middle = (good + bad) // 2
        if can_go_on(tokens[:middle], compiles):
            good = middle
        else:
            bad = middle
    return good
