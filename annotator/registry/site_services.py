"""Site names in services(5) syntax, as Wireshark reads its personal file.

A line is ``NAME PORT/TRANSPORT [ALIAS...] [# NOTE]``. The port may be a range, ``6000-6063/tcp``; several transports
are joined by ``/`` or ``,``. Aliases are kept in the note's place where there is no note.
"""

from annotator.errors import SiteError
from annotator.registry.ranges import TRANSPORTS, parse_ports
from annotator.registry.site import SiteEntry

_EXAMPLE = "as in: intranet 8443/tcp"


def parse_services(text: str, name: str) -> list[SiteEntry]:
    """Read the lines of a file that is called ``name``.

    Raises:
        SiteError: a line is wrong; the message names file and line.
    """
    entries = []
    for number, line in enumerate(text.split("\n"), 1):
        statement, _, note = line.partition("#")
        words = statement.split()
        if not words:
            continue
        try:
            entries.append(_entry(words, " ".join(note.split())))
        except ValueError as error:
            raise SiteError(f"{name}, line {number}: {error}") from None
    return entries


def _entry(words: list[str], note: str) -> SiteEntry:
    if len(words) == 1:
        raise ValueError(f"{words[0]!r} has no port; write a name, a port and a transport, {_EXAMPLE}")
    service, where, *aliases = words
    if not (service + note + "".join(aliases)).isprintable():
        raise ValueError("control characters in it; remove them")
    ports, *transports = where.replace(",", "/").split("/")
    if not transports:
        raise ValueError(f"{where!r} names no transport; {_EXAMPLE}")
    span = parse_ports(ports)
    if span is None:
        raise ValueError(f"{where!r} names no port; {_EXAMPLE}")
    for transport in transports:
        if transport.lower() not in TRANSPORTS:
            raise ValueError(f"{transport!r} is no transport with ports; write one of {', '.join(TRANSPORTS)}")
    return SiteEntry(
        name=service,
        ports=(span,),
        transports=tuple(dict.fromkeys(transport.lower() for transport in transports)),
        note=note or " ".join(aliases),
    )
