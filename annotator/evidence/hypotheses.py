"""What an unknown flow may be, for tshark to try: protocols that no heuristic of its finds, and what bears each out.

Many dissectors take any bytes for their protocol. So each hypothesis names messages that must be there: display
filters, every one of which some message of the flow has to pass.
"""

from dataclasses import dataclass
from typing import Final

from annotator.model import TCP, UDP

NAMES: Final = {
    "resp": "redis",
    "pgsql": "postgresql",
    "pop": "pop3",
    "nbss": "netbios",
    "nbns": "netbios",
    "nbdgm": "netbios",
    "smb2": "smb",
    "isakmp": "ike",
    "wg": "wireguard",
    "mongo": "mongodb",
    "memcache": "memcached",
    "cql": "cassandra",
    "mbtcp": "modbus",
    "iec60870_104": "iec104",
    "bt-dht": "bittorrent",
    "bt-utp": "bittorrent",
    "rtmpt": "rtmp",
    "cflow": "netflow",
    "bvlc": "bacnet",
    "srvloc": "slp",
    "gquic": "quic",
    "classicstun": "stun",
    "tpkt": "rdp",
    "q931": "h323",
    "cldap": "ldap",
}
"""Our name of what tshark calls otherwise."""

VAGUE: Final = frozenset({"data", "json", "xml", "tcp.segments", "udp.segments", "_ws.malformed", "_ws.short"})
"""Layers that name no protocol of a port."""


IMAP_COMMANDS: Final = (
    'imap.request.command matches "^(login|authenticate|capability|select|examine|starttls|logout|noop|id)$"'
)
"""RFC 9051 section 6; ``matches`` is blind to case."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A protocol to try."""

    dissector: str
    """As ``-d`` takes it, and as a frame's layers name it."""
    needs: tuple[str, ...]
    """Display filters; each must be passed by a message of the flow."""

    @property
    def protocol(self) -> str:
        """Our name of it."""
        return NAMES.get(self.dissector, self.dissector)


HYPOTHESES: Final[dict[int, tuple[Hypothesis, ...]]] = {
    TCP: (
        Hypothesis("ssh", ("ssh.protocol",)),
        Hypothesis("resp", ("resp.bulk_string or resp.array", "resp")),
        Hypothesis("mysql", ("mysql.version or mysql.user",)),
        Hypothesis("pgsql", ("pgsql.parameter_name or pgsql.authtype or pgsql.query",)),
        Hypothesis("mqtt", ("mqtt.protoname or mqtt.topic", "mqtt.hdrflags")),
        Hypothesis("smtp", ('smtp.req.command in {"EHLO", "HELO", "MAIL", "RCPT"}', "smtp.response.code")),
        Hypothesis("ftp", ('ftp.request.command in {"USER", "PASS", "AUTH"}', "ftp.response.code == 331")),
        Hypothesis("imap", (IMAP_COMMANDS, 'imap.response.status in {"OK", "NO", "BAD"}')),
        Hypothesis("pop", ('pop.request.command in {"USER", "CAPA", "APOP"}', 'pop.response.indicator == "+OK"')),
        Hypothesis("http", ("http.request.version or http.response.version",)),
        Hypothesis("tls", ("tls.handshake.type in {1, 2}",)),
        Hypothesis("nbss", ("smb.cmd or smb2.cmd",)),
        Hypothesis("ldap", ("ldap.messageID", "ldap.bindRequest_element or ldap.searchRequest_element")),
        Hypothesis("kafka", ("kafka.client_id",)),
        Hypothesis("mongo", ("mongo.full_collection_name or mongo.element.name",)),
        Hypothesis("cql", ("cql.opcode in {1, 5, 7}", "cql.opcode in {2, 6, 8}")),
        Hypothesis("amqp", ("amqp.init.protocol", "amqp.method.class")),
        Hypothesis("rtsp", ("rtsp.method", "rtsp.status")),
        Hypothesis("bgp", ("bgp.open.version == 4",)),
        Hypothesis("diameter", ("diameter.Origin-Host",)),
        Hypothesis("mbtcp", ("modbus.func_code", "mbtcp.prot_id == 0")),
        Hypothesis("irc", ('irc.request.command in {"NICK", "USER", "JOIN"}',)),
        Hypothesis("tds", ("tds.type in {1, 16, 18}",)),
        Hypothesis("xmpp", ("xmpp.stream",)),
    ),
    UDP: (
        Hypothesis("dns", ("dns.qry.name", "dns.flags.response == 1")),
        Hypothesis(
            "ntp", ("ntp.flags.mode == 3 and udp.length == 56", "ntp.stratum in {1 .. 15} and udp.length == 56")
        ),
        Hypothesis("snmp", ("snmp.version", "snmp.name")),
        Hypothesis("radius", ("radius.code in {1, 4}", "radius.code in {2, 3, 5, 11}")),
        Hypothesis("tftp", ("tftp.opcode in {1, 2}",)),
        Hypothesis("dhcp", ("dhcp.option.dhcp",)),
        Hypothesis("isakmp", ("isakmp.exchangetype in {2, 4, 34, 35, 36, 37}",)),
        Hypothesis("coap", ("coap.opt.uri_path", "coap.code >= 64")),
        Hypothesis("kerberos", ("kerberos.msg_type",)),
        Hypothesis("cflow", ("cflow.version in {5, 9, 10}",)),
        Hypothesis("sflow", ("sflow_245.version == 5",)),
        Hypothesis("bvlc", ("bacnet.version == 1", "bvlc.function")),
        Hypothesis("cldap", ("ldap.messageID", "ldap.searchRequest_element or ldap.searchResEntry_element")),
        Hypothesis("wg", ("wg.type == 1", "wg.type == 2")),
    ),
}
"""By IP protocol, what is tried after the heuristics: dissectors that reject, or that show fields of their own."""
