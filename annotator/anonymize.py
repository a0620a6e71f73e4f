"""An analysis made fit to be passed on: addresses, names and labels become others, consistently, before the report.

What is replaced: every address (prefix-preserving, see :mod:`annotator.prefix_preserving`; Community IDs follow, for
they are computed from addresses), labels out of payload, site words, names of captures and files, networks and the
filter among the options. What stays: ports, times, volumes, VLAN ids, protocols, and all that the registry says.

The same key makes the same report of the same capture; without one a random key is drawn, and no two reports agree.
"""

import copy
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import replace
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.errors import UsageError
from annotator.model import Analysis, Beside, Flows
from annotator.prefix_preserving import KEY_BYTES, PrefixPreserving

ENVIRONMENT: Final = "ANNOTATE_ANONYMIZE_KEY"
"""The variable that may hold the key."""
SHORTEST: Final = 8
"""Bytes of the shortest key that is taken."""
LONGEST: Final = 1 << 16
DIGITS: Final = 12
"""Hex digits that tell two labels apart: with a million labels, the chance that two get the same is 0.2 %."""

_HOST: Final = re.compile(r"(?=.{1,253}(?::\d+)?$)([A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})+)(\.?)((?::\d{1,5})?)")
_PIECE: Final = re.compile(r"[0-9A-Fa-f.:]{2,45}")
"""What may be an address within a text."""
_WEB: Final = ("http://", "https://")


def given_key(path: str | None = None) -> bytes:
    """Give the key: the contents of a file, else of :data:`ENVIRONMENT`, else a random one.

    Raises:
        UsageError: the file cannot be read, or the key is too short to be one.
    """
    if path is not None:
        try:
            with Path(path).open("rb") as file:
                key = file.read(LONGEST).strip()
        except OSError as error:
            raise UsageError(f"{path}: the key cannot be read ({error.strerror})") from None
        where = path
    else:
        key, where = os.environb.get(ENVIRONMENT.encode(), b"").strip(), f"${ENVIRONMENT}"
        if not key:
            return secrets.token_bytes(KEY_BYTES)
    _check(key, where)
    return key


def _check(key: bytes, where: str) -> None:
    if len(key) < SHORTEST:
        raise UsageError(f"{where}: {len(key)} bytes are no key, they are soon guessed; make one: openssl rand -hex 32")


class Anonymizer:
    """Replaces addresses and texts by one key."""

    def __init__(self, key: bytes) -> None:
        """Stretch `key`, which may be a passphrase (scrypt, RFC 7914).

        Raises:
            UsageError: the key is too short to be one, or the library with AES is not installed.
        """
        _check(key, "the key")
        made = hashlib.scrypt(key, salt=b"annotator anonymize 1", n=1 << 14, r=8, p=1, dklen=KEY_BYTES + 32)
        self.addresses = PrefixPreserving(made[:KEY_BYTES])
        self._secret = made[KEY_BYTES:]

    def _digest(self, kind: str, text: str, digits: int = DIGITS) -> str:
        message = f"{kind}\0{text}".encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()[:digits]

    def token(self, kind: str, text: str) -> str:
        """Replace a text by a name that says its kind only; an empty text stays empty."""
        return f"{kind}-{self._digest(kind, text)}" if text else ""

    def label(self, text: str) -> str:
        """Replace a label: an address by its address, a host name part by part, any other text by a token.

        Host names that end alike still do: ``a.example.org`` and ``b.example.org`` share their last two parts.
        """
        address = self._address(text)
        if address is not None:
            return address
        host = _HOST.fullmatch(text)
        if host is None:
            return self.token("label", text)
        name, dot, port = host.groups()
        inner = self._address(name)
        if inner is not None:
            return inner + port
        parts = name.lower().split(".")
        ends = [".".join(parts[place:]) for place in range(len(parts))]
        return ".".join(f"n{self._digest('host', end, 8)}" for end in ends) + dot + port

    def _address(self, text: str) -> str | None:
        try:
            return str(self.addresses.address(ip_address(text)))
        except ValueError:
            return None

    def network(self, text: str) -> str:
        """Replace a network, as ``10.0.0.0/8``."""
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            return self.token("network", text)
        first = self.addresses.address(network.network_address)
        return str(ip_network((first, network.prefixlen), strict=False))

    def text(self, text: str, names: Iterable[str] = ()) -> str:
        """Replace the addresses within a text, and `names` of files, by what stands for them."""
        for name in sorted(filter(None, names), key=len, reverse=True):
            text = text.replace(name, self.token("file", name))
        return _PIECE.sub(self._piece, text)

    def _piece(self, match: re.Match[str]) -> str:
        piece = match[0].rstrip(".")  # of the sentence
        return (self._address(piece) or piece) + match[0][len(piece) :]

    def analysis(self, analysis: Analysis) -> Analysis:
        """Give the analysis with everything replaced that says whose network it is; `analysis` stays as it is."""
        paths = [capture.name for capture in analysis.captures]
        paths += [path for path in (analysis.options.get("registry"), *analysis.options.get("site", ())) if path]
        paths += analysis.options.get("mmdb", ())
        names = {part for path in paths for part in (path, Path(path).name) if len(part) > 1}
        return replace(
            analysis,
            captures=[
                replace(one, name=_capture(one.name, self), note=self.text(one.note, names))
                for one in analysis.captures
            ],
            issues=[replace(issue, detail=self.text(issue.detail, names)) for issue in analysis.issues],
            flows=_flows(analysis.flows, self),
            registry=_registry(analysis.registry, self),
            options=_options(analysis.options, self),
            findings=analysis.findings and _Findings(analysis.findings, self),
            site_words=[self.token("site", words) for words in analysis.site_words],
            tunnels={digest: self.text(text) for digest, text in analysis.tunnels.items()},
            beside=[_beside(one, self) for one in analysis.beside],
        )


def _capture(name: str, by: Anonymizer) -> str:
    """Name a capture by a token of its file's name, wherever the file lies; standard input is nobody's."""
    return name if name == "-" else by.token("capture", Path(name).name or name)


def _flows(flows: Flows, by: Anonymizer) -> Flows:
    """Replace the addresses of both ends; each different one is worked out once."""
    ends = ("initiator", "responder")
    version = np.concatenate((flows.version, flows.version))
    high = np.concatenate([getattr(flows, f"{end}_hi") for end in ends])
    low = np.concatenate([getattr(flows, f"{end}_lo") for end in ends])
    four = version == 4
    known, place = np.unique(low[four].astype(np.uint32), return_inverse=True)
    low[four] = by.addresses.ipv4(known)[place]
    pairs, place = np.unique(np.stack((high[~four], low[~four]), axis=1), axis=0, return_inverse=True)
    made = by.addresses.ipv6(pairs)[place.ravel()]
    high[~four], low[~four] = made[:, 0], made[:, 1]
    count = len(flows)
    return replace(
        flows,
        initiator_hi=high[:count],
        initiator_lo=low[:count],
        responder_hi=high[count:],
        responder_lo=low[count:],
    )


def _registry(registry: Any, by: Anonymizer) -> Any:
    """Hide where the registry's file was; what it says stays."""
    if registry.info.source.startswith(_WEB):
        return registry
    made = copy.copy(registry)
    made.info = replace(registry.info, source=by.token("file", registry.info.source))
    return made


def _beside(one: Beside, by: Anonymizer) -> Beside:
    """Replace names as labels are, networks by tokens; bases and countries stay."""
    if one.column.endswith("_name"):
        return replace(one, words=[by.label(word) for word in one.words])
    if one.column.endswith("_asn"):
        return replace(one, words=[by.token("as", word) for word in one.words])
    return one


def _options(options: dict[str, Any], by: Anonymizer) -> dict[str, Any]:
    """Replace files, networks and the filter: its language has too many ways to write an address."""
    made = dict(options)
    for name, kind in (("registry", "file"), ("filter", "filter")):
        if made.get(name):
            made[name] = by.token(kind, str(made[name]))
    for name in ("site", "mmdb"):
        made[name] = [by.token("file", path) for path in options.get(name, ())]
    made["local"] = [by.network(text) for text in options.get("local", ())]
    made["anonymize"] = True
    return made


class _Findings:
    """Findings whose labels are replaced when they are asked for."""

    def __init__(self, findings: Any, by: Anonymizer) -> None:
        self._findings = findings
        self._by = by
        self._known: dict[str, str] = {"": ""}

    def __getattr__(self, name: str) -> Any:
        """Give everything but labels as it is."""
        return getattr(self._findings, name)

    def texts(self, flows: NDArray[np.int64]) -> list[str]:
        """Give the labels of flows, replaced; each different one is worked out once."""
        found = self._findings.texts(flows)
        for text in found:
            if text not in self._known:
                self._known[text] = self._by.label(text)
        return [self._known[text] for text in found]
