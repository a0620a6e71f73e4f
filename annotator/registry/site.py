"""Site names: what the people of a place call their ports. They stand beside the registry's word, never in its place.

An overlay is a file in one of two forms, told apart by its content:

- TOML, one ``[[port]]`` table an entry (:mod:`annotator.registry.site_toml`)
- services(5) syntax, as Wireshark's personal file (:mod:`annotator.registry.site_services`)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Final, TypeAlias

from annotator.errors import SiteError
from annotator.registry import data_files
from annotator.registry.ranges import format_ports
from annotator.registry.segments import Segments
from annotator.toml_file import read_text

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

DE_FACTO: Final = "de-facto"
"""The name by which the shipped overlay of well-known uses is asked for."""

MAX_BYTES: Final = 4 << 20
_CONFIG_FILES: Final = ("site.toml", "services")


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """A name for ports, given by somebody other than IANA."""

    name: str
    ports: tuple[tuple[int, int], ...]
    """(first, last) of each range."""
    transports: tuple[str, ...]
    networks: tuple[Network, ...] = ()
    """Where it holds; everywhere if empty."""
    owner: str = ""
    ticket: str = ""
    expires: date | None = None
    """The last day on which it holds."""
    note: str = ""
    source: str = ""
    """Where the use is documented (the shipped overlay says so of each entry)."""
    de_facto: bool = False
    """Of the shipped overlay: a use that is well known, and no assignment."""

    def expired(self, on: date) -> bool:
        """Tell whether the entry no longer holds on a day."""
        return self.expires is not None and on > self.expires

    def words(self, on: date) -> str:
        """Return the short text for a report, as of a day: ``intranet (Web team, CHG-12)``.

        An expired entry says so first, ``intranet (expired 2026-01-31, Web team)``; a well-known use is marked,
        ``de facto: kafka``.
        """
        details = [f"expired {self.expires}" if self.expired(on) else "", self.owner, self.ticket]
        known = ", ".join(filter(None, details))
        name = f"de facto: {self.name}" if self.de_facto else self.name
        return f"{name} ({known})" if known else name

    def where(self) -> str:
        """Return ports, transports and networks: ``8443,9000-9010/tcp at 10.0.4.0/24``."""
        ports = ",".join(format_ports(*span) for span in self.ports)
        at = f" at {', '.join(map(str, self.networks))}" if self.networks else ""
        return f"{ports}/{'/'.join(self.transports)}{at}"


class Site:
    """The entries of one overlay or of several."""

    def __init__(self, entries: Iterable[SiteEntry]) -> None:
        """Hold ``entries``, in the order of their files."""
        self.entries: Final = tuple(entries)

    @cached_property
    def _segments(self) -> Segments:
        return Segments([(i, *span) for i, entry in enumerate(self.entries) for span in entry.ports])

    def match(self, transport: str, port: int, address: Address | None, on: date) -> list[SiteEntry]:
        """Return what is said of an endpoint: the entries for its address first, then the narrower, then in order.

        Args:
            transport: the registry's: ``udp`` for UDP-Lite too.
            port: 0-65535.
            address: None where it is not known; then entries with networks do not match.
            on: the day as of which the result is shown. An entry that expired before it matches still (its
                words say so), but stands behind those that hold.
        """
        found = [
            self.entries[i]
            for i in dict.fromkeys(self._segments.covering[self._segments.find(port)])
            if transport in self.entries[i].transports
        ]
        here = [entry for entry in found if not entry.networks or (address and _is_in(address, entry.networks))]
        return sorted(here, key=lambda entry: (entry.expired(on), not entry.networks, _width(entry, port)))

    def overlapping(self, transport: str, first: int, last: int) -> list[SiteEntry]:
        """Return what is said of any port of a range, wherever it holds, in the order of the files."""
        return [
            entry
            for entry in self.entries
            if transport in entry.transports and any(a <= last and b >= first for a, b in entry.ports)
        ]


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _width(entry: SiteEntry, port: int) -> int:
    return min(last - first for first, last in entry.ports if first <= port <= last)


def load_site(path: str | Path) -> Site:
    """Read an overlay; the name ``de-facto`` is the shipped one (write ``./de-facto`` for a file of that name).

    Raises:
        SiteError: it cannot be read, or a line is wrong; the message names file and line.
    """
    if str(path) == DE_FACTO:
        return load_de_facto()
    text = read_text(path, MAX_BYTES, SiteError)
    return Site(_parse(text, str(path)))


def load_sites(named: Sequence[str | Path]) -> Site:
    """Read the overlays that the user named, or else those in the user's configuration folder.

    There they are called ``site.toml`` and ``services``, in ``$XDG_CONFIG_HOME/annotator``.

    Raises:
        SiteError: as :func:`load_site`.
    """
    paths = list(named) or [path for path in _config_paths() if path.is_file()]
    return Site(entry for path in paths for entry in load_site(path).entries)


def load_de_facto() -> Site:
    """Read the shipped overlay of well-known uses that the registry has otherwise, or not at all."""
    from annotator.registry.site_toml import parse_toml

    text = data_files.DE_FACTO.read_text("utf-8")
    return Site(parse_toml(text, "the shipped overlay of de facto uses", de_facto=True))


def _config_paths() -> list[Path]:
    from platformdirs import user_config_path

    folder = user_config_path("annotator", appauthor=False)
    return [folder / name for name in _CONFIG_FILES]


def _parse(text: str, name: str) -> list[SiteEntry]:
    from annotator.registry.site_services import parse_services
    from annotator.registry.site_toml import looks_like_toml, parse_toml

    return parse_toml(text, name) if looks_like_toml(text) else parse_services(text, name)
