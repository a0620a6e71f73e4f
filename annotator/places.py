"""Country and network (AS) of remote addresses, from MaxMind databases that the user has: nothing is asked for.

Both layouts that are about are read: GeoLite2's (``country.iso_code``, ``autonomous_system_number``) and the flat one
of others (``country``/``country_code``, ``asn``).
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any, Final

import numpy as np

from annotator.errors import InputError, UsageError
from annotator.model import Beside, Flows, Scope

COLUMNS: Final = ("country", "asn")


def places(paths: Sequence[str], flows: Flows) -> list[Beside]:
    """Say where the remote ends of the flows are, as columns beside them. The first database that knows wins.

    Raises:
        InputError: a database cannot be read, or is damaged.
        UsageError: the library that reads them is not installed.
    """
    with _Databases(paths) as databases:
        made = []
        for end in ("initiator", "responder"):
            remote = np.flatnonzero(getattr(flows, f"{end}_scope") == Scope.REMOTE)
            keys = np.empty(len(remote), [("version", "u1"), ("hi", "u8"), ("lo", "u8")])
            keys["version"] = flows.version[remote]
            keys["hi"], keys["lo"] = getattr(flows, f"{end}_hi")[remote], getattr(flows, f"{end}_lo")[remote]
            distinct, place = np.unique(keys, return_inverse=True)
            found = [databases.find(*key) for key in distinct.tolist()]
            for number, column in enumerate(COLUMNS):
                words: dict[str, int] = {}
                of_key = [words.setdefault(pair[number], len(words)) if pair[number] else -1 for pair in found]
                codes = np.full(len(flows), -1, np.int32)
                codes[remote] = np.array(of_key, np.int32)[place] if len(remote) else -1
                made.append(Beside(f"{end}_{column}", list(words), codes))
    return made


def check_databases(paths: Sequence[str]) -> None:
    """See before any long work that the databases can be read; raises as :func:`places`."""
    with _Databases(paths):
        pass


class _Databases:
    """Databases, asked one after the other."""

    def __init__(self, paths: Sequence[str]) -> None:
        try:
            import maxminddb
        except ImportError:
            raise UsageError("--mmdb needs the library maxminddb: pip install 'annotator[mmdb]'") from None
        self._damaged: tuple[type[Exception], ...] = (
            maxminddb.InvalidDatabaseError,
            ValueError,
            RecursionError,
        )
        self._readers: list[tuple[str, Any]] = []
        for path in paths:
            try:
                self._readers.append((path, maxminddb.open_database(Path(path), maxminddb.MODE_MEMORY)))
            except OSError as error:
                raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None
            except self._damaged as error:
                raise InputError(f"{path}: no MaxMind database, or a damaged one ({error})") from None

    def __enter__(self) -> "_Databases":
        return self

    def __exit__(self, *error: object) -> None:
        for _, reader in self._readers:
            reader.close()

    def find(self, version: int, high: int, low: int) -> tuple[str, str]:
        """Give (country, network) of an address, ``""`` for what no database knows."""
        address = IPv4Address(low) if version == 4 else IPv6Address(high << 64 | low)
        country = network = ""
        for path, reader in self._readers:
            if version == 6 and reader.metadata().ip_version == 4:
                continue
            try:
                record = reader.get(address)
            except self._damaged as error:
                raise InputError(f"{path}: a damaged database ({type(error).__name__}: {error})") from None
            if isinstance(record, dict):
                country, network = country or _country(record), network or _network(record)
        return country, network


def _country(record: dict[str, Any]) -> str:
    for name in ("country", "registered_country", "country_code"):
        value = record.get(name)
        if isinstance(value, dict):
            value = value.get("iso_code")
        if isinstance(value, str) and value:
            return value
    return ""


def _network(record: dict[str, Any]) -> str:
    """Write an AS as ``AS64500 Example Org``."""
    number = record.get("autonomous_system_number", record.get("asn"))
    name = record.get("autonomous_system_organization", record.get("as_name", ""))
    if isinstance(number, bool) or not isinstance(number, int | str) or number in ("", 0):
        return ""
    text = f"AS{number}" if isinstance(number, int) else number
    return f"{text} {name}".strip() if isinstance(name, str) else text
