"""The words of a filter: what libpcap would look up is refused or translated before libpcap sees it.

libpcap resolves host, network and gateway names over the network, and port and protocol names in files of the machine.
Here host names are refused, port names come from the registry and protocol names from IANA's list. Which words are
names is libpcap's own word: its parser is asked about each by filters that it never looks anything up for.

Source: pcap-filter(7), and the lexical rules that it implies.
"""

import ipaddress
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from annotator.errors import UsageError
from annotator.filter.libpcap import RefusedError, compile_text

PortsNamed = Callable[[str, str], Sequence[int]]
"""Called as ``ports_named(name, transport)``, transport "" for any: the ports of that name, if there are any."""

_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<operator><=|>=|!=|==|<<|>>|\|\||&&|[()\[\]!<>=+*/%&|^-])
      | (?P<escaped>\\[^ !()\t\r\n\0]+)
      | (?P<address>(?:[0-9A-Fa-f]{1,2}:){5}[0-9A-Fa-f]{1,2}(?![-_.:\w])
                  | (?=[0-9A-Fa-f]*:[0-9A-Fa-f]*:)(?:[0-9A-Fa-f:]*:\d+(?:\.\d+){3}|[0-9A-Fa-f:]+)
                  | \$[0-9A-Fa-f]{1,2})
      | (?P<word>[A-Za-z0-9](?:[-_.A-Za-z0-9]*[.A-Za-z0-9])?)
      | (?P<colon>:)""",
    re.VERBOSE,
)
_NUMERIC: Final = re.compile(
    r"0[xX][0-9A-Fa-f]+|\d+(?:\.\d+){0,3}"  # a number, an IPv4 address or the beginning of one
    r"|(?:[0-9A-Fa-f]{1,2}[-.]){5}[0-9A-Fa-f]{1,2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}"  # a MAC address
)
_PORT_RANGE: Final = re.compile(r"\d+-\d+")

_KINDS: Final = frozenset({"host", "net", "mask", "port", "portrange", "proto", "protochain", "gateway"})
_TRANSPORTS: Final = frozenset({"tcp", "udp", "sctp"})
_IP: Final = frozenset({"ip", "ip6"})
_LINKS: Final = frozenset({"ether", "link", "fddi", "tr", "wlan", "ppp", "slip", "iso", "isis", "decnet"})
_DIRECTIONS: Final = frozenset({"src", "dst", "ra", "ta", "addr1", "addr2", "addr3", "addr4"})
_QUALIFIERS: Final = _KINDS | _TRANSPORTS | _IP | _LINKS | _DIRECTIONS
_OWN_WORDS: Final = frozenset(
    {"ifname", "on", "rset", "ruleset", "reason", "action", "type", "subtype", "dir", "direction", "llc"}
)
"""Words whose argument libpcap takes from tables of its own, or compares as text."""
_PROTOCOL_ALIASES: Final = {"icmpv6": 58, "ipencap": 4, "ospf": 89, "st": 5, "rspf": 73, "xns-idp": 22, "pup": 12}
"""Names that systems have in /etc/protocols beside IANA's keywords."""

SHOWN: Final = 60
"""Characters of a filter's bad part that a message shows."""


def split(text: str) -> list[str]:
    """Split a filter into its tokens. Raises :class:`~annotator.errors.UsageError` where a character begins none."""
    tokens: list[str] = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if not found or (found.lastgroup == "address" and not _is_address(found.group())):
            if found and ":" in found.group():  # the colon of "ip[0:2]" and the like
                found = re.compile(r"[0-9A-Fa-f]+|:").match(text, position)
            if not found:
                raise UsageError(explain(tokens, text[position:], "no filter has this character there"))
        if found.lastgroup != "space":
            tokens.append(found.group())
        position = found.end()
    return tokens


def _is_address(text: str) -> bool:
    if text.startswith("$") or (text.count(":") == 5 and "::" not in text):
        return True
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


@cache
def is_name(word: str) -> bool:
    """Say whether libpcap takes `word` for a name to look up, rather than for a keyword or a number.

    It is asked with ``len = WORD``, which no name may stand in, and ``link proto WORD``, whose names are in a table of
    its own: no answer needs the network or a file.
    """
    if _NUMERIC.fullmatch(word):
        return False
    return not _parses(f"len = {word}") and _parses(f"link proto {word}")


def _parses(text: str) -> bool:
    try:
        compile_text(text, 1)
    except RefusedError as refusal:
        return "syntax error" not in str(refusal)
    return True


def explain(good: Sequence[str], bad: str, why: str) -> str:
    """Make the message for a filter that is good as far as `good` goes, and `bad` from there on."""
    where = f"good up to '{' '.join(good)}', then comes" if good else "bad from its start:"
    bad = bad if len(bad) <= SHOWN else bad[: SHOWN - 1] + "…"
    return f"-f: the filter is {where} '{bad}': {why}"


class _Reader:
    """Walks over the tokens with what libpcap keeps in mind: the qualifiers that the next name falls under."""

    def __init__(self, tokens: Sequence[str], ports_named: PortsNamed) -> None:
        self.tokens = tokens
        self.ports_named = ports_named
        self.done: list[str] = []
        self.kind = self.transport = self.layer = ""
        self._in_qualifiers = False

    def read(self) -> list[str]:
        """Give the tokens as libpcap may see them."""
        own = False
        for place, token in enumerate(self.tokens):
            if token.startswith("\\") or (token[0].isalnum() and ":" not in token and is_name(token)):
                self.done.append(token if own else self._name(place, token))
                self._in_qualifiers = False
            else:
                self._word(token)
                self.done.append(token)
            own = token in _OWN_WORDS
        return self.done

    def _word(self, token: str) -> None:
        if token not in _QUALIFIERS:
            self._in_qualifiers = False
            return
        if not self._in_qualifiers:
            self.kind = self.transport = self.layer = ""
            self._in_qualifiers = True
        if token in _KINDS:
            self.kind = token
        elif token in _TRANSPORTS:
            self.transport = token
        elif token not in _DIRECTIONS:
            self.layer = token

    def _name(self, place: int, token: str) -> str:
        name = token.removeprefix("\\")
        if self.kind == "port":
            return self._port(place, name)
        if self.kind == "portrange":
            return self._port_range(place, name)
        if self.kind in ("proto", "protochain"):
            return token if self.layer in _LINKS else self._protocol(place, name)
        if self.kind == "gateway":
            raise self._refusal(place, "a gateway is found by its host name, and names are not looked up")
        why = "neither a word of the filter language nor an address; host and network names are not looked up"
        raise self._refusal(place, why)

    def _refusal(self, place: int, why: str) -> UsageError:
        return UsageError(explain(self.tokens[:place], self.tokens[place], why))

    def _port(self, place: int, name: str) -> str:
        if _PORT_RANGE.fullmatch(name):
            raise self._refusal(place, "a range of ports is written with portrange")
        ports = self.ports_named(name, self.transport)
        if not ports:
            kind = f"{self.transport} port" if self.transport else "port"
            raise self._refusal(place, f"the registry has no {kind} of this name")
        return str(ports[0]) if len(ports) == 1 else f"( {' or '.join(map(str, ports))} )"

    def _port_range(self, place: int, name: str) -> str:
        if _PORT_RANGE.fullmatch(name):
            return name
        for dash in re.finditer("-", name):  # names have dashes, too
            first, last = (self._one_port(part) for part in (name[: dash.start()], name[dash.end() :]))
            if first is not None and last is not None:
                return f"{first}-{last}"
        raise self._refusal(place, "not a range as 7203-7214, of numbers or of names of one port each")

    def _one_port(self, text: str) -> int | None:
        if text.isascii() and text.isdigit():
            return int(text)
        ports = self.ports_named(text, self.transport)
        return ports[0] if len(ports) == 1 else None

    def _protocol(self, place: int, name: str) -> str:
        from annotator.registry.protocols import protocol_number

        number = _PROTOCOL_ALIASES.get(name.casefold(), protocol_number(name.casefold()))
        if number is None:
            raise self._refusal(place, "no IP protocol of this name; give its number")
        return str(number)


def translate(tokens: Sequence[str], ports_named: PortsNamed) -> list[str]:
    """Replace the names among the `tokens` of a filter by numbers, one for one, so that nothing is left to look up.

    Raises :class:`~annotator.errors.UsageError` for a host name, and for a port or protocol that nobody knows; the
    message shows how far the filter is good.
    """
    return _Reader(tokens, ports_named).read()
