"""Which protocols bear a registry service name out: the table of our own that ties the two.

The registry names services; payload shows protocols. ``https`` is borne out by TLS, ``domain`` by DNS; for a name that
is not in the table nobody can tell, and the comparison says so. Each line has its reason.
"""

import csv
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Final

TABLE: Final = "ties.csv"
"""``service,protocols,reason``: a registry service name, the protocols that bear it out, and why."""


@cache
def ties() -> dict[str, frozenset[str]]:
    """Read the table: protocols by service name in lower case."""
    with resources.files("annotator").joinpath(TABLE).open(encoding="utf-8") as file:
        return {row["service"].lower(): frozenset(row["protocols"].split()) for row in csv.DictReader(file)}


@cache
def tied_protocols(service_names: tuple[str, ...]) -> frozenset[str]:
    """Give the protocols that bear out any of the names of a port; empty where none of them is in the table."""
    return _union(ties().get(name.lower(), frozenset()) for name in service_names)


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)
