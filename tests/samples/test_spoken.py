"""Both ends of every flow in the samples speak the protocol that the truth table names, or tshark would not find it."""

import pytest

from tests.samples.table import CAPTURES, SAMPLES, Row, rows_of
from tests.samples.witness import End, flows_of, needs_tshark, spoken

MESSAGES = {
    # protocol: tshark's name for it, what only its initiators say, what only its responders say
    "coap": ("coap", "coap.code == 1", "coap.code == 69"),
    "dhcp": ("dhcp", "dhcp.option.dhcp in {1, 3, 7}", "dhcp.option.dhcp in {2, 5}"),
    "dns": ("dns", "dns.flags.response == 0 && dns.count.queries == 1", "dns.flags.response == 1 && dns.id"),
    "dtls": ("dtls", "dtls.handshake.type == 1", "dtls.handshake.type == 2"),
    "ftp": ("ftp", 'ftp.request.command == "USER"', "ftp.response.code == 220"),
    "git": ("git", 'git.data contains "git-upload-pack /rules"', 'git.data contains "refs/heads/main"'),
    "http": ("http", 'http.request.version == "HTTP/1.1"', "http.response.code == 200"),
    "imap": ("imap", 'imap.request.command == "CAPABILITY"', 'imap.response.status == "OK"'),
    "irc": ("irc", 'irc.request.command == "NICK"', "irc.response.num_command == 1"),
    "ldap": ("ldap", "ldap.bindRequest_element", "ldap.searchResDone_element"),
    "memcached": ("memcache", 'memcache.command == "set" || memcache.magic == 0x80', "memcache.magic == 0x81"),
    "mqtt": ("mqtt", 'mqtt.protoname == "MQTT"', "mqtt.conack.val == 0"),
    "mysql": ("mysql", 'mysql.query contains "reject"', 'mysql.version contains "MariaDB"'),
    "ntp": ("ntp", "ntp.flags.mode == 3 && udp.length == 56", "ntp.flags.mode == 4 && udp.length == 56"),
    "pop3": ("pop", 'pop.request.command in {"CAPA", "USER", "AUTH"}', 'pop.response.indicator == "+OK"'),
    "postgresql": ("pgsql", 'pgsql.query contains "select"', 'pgsql.type == "Ready for query"'),
    "redis": ("resp", "resp.array.length in {1 .. 5} && resp.bulk_string.value", "resp.string || resp.bulk_string"),
    "rsync": ("rsync", "tcp.payload[0:8] == 40:52:53:59:4e:43:44:3a", 'rsync.hdr_magic == "@RSYNCD:"'),
    "smtp": ("smtp", 'smtp.req.command == "EHLO"', "smtp.response.code == 220"),
    "snmp": ("snmp", "snmp.get_request_element", 'snmp.get_response_element || snmp.msgVersion == "snmpv3"'),
    "ssh": ("ssh", 'ssh.protocol contains "SSH-2.0-OpenSSH"', 'ssh.protocol contains "SSH-2.0-OpenSSH"'),
    "stun": ("stun", "stun.type == 0x0001", "stun.type == 0x0101"),
    "syslog": ("syslog", 'syslog.msg contains "rule 17"', ""),
    "telnet": ("telnet", "telnet.cmd", "telnet.cmd"),
    "tftp": ("tftp", "tftp.opcode in {1, 4}", "tftp.opcode == 3"),
    "tls": ("tls", "tls.handshake.type == 1", "tls.handshake.type == 2"),
    "vxlan": ("vxlan", "vxlan.vni == 42", ""),
}
NO_WITNESS = {"raw": "bytes of no protocol with a name"}
NO_FRAME = {("midstream.pcap", "ssh"): "encrypted from its first packet on, so nothing can witness it"}


def passes(rows: list[Row]) -> list[list[Row]]:
    """Group rows so that each port has one protocol in a group, since ports are all that tshark can be told by."""
    groups: list[dict[tuple[str, int], str]] = []
    members: list[list[Row]] = []
    for row in rows:
        port = row.transport, row.responder_port
        for group, of_group in zip(groups, members, strict=True):
            if group.setdefault(port, row.protocol) == row.protocol:
                of_group.append(row)
                break
        else:
            groups.append({port: row.protocol})
            members.append([row])
    return members


def unheard(row: Row, capture: str, found: dict[End, set[str]]) -> list[tuple[str, str, End]]:
    """What should have been said on a row's flows, and was not: (protocol, end, address and port)."""
    wanted = {"both": ("initiator", "responder"), "none": ()}.get(row.payload, (row.payload,))
    endpoint = End(row.vlan, row.responder_addr, row.transport, row.responder_port)
    clients = {end for ends in flows_of(SAMPLES / capture) if endpoint in ends for end in ends - {endpoint}}
    missing = []
    for protocol in row.protocol.split("+"):
        name = MESSAGES[protocol][0]
        if "responder" in wanted and name not in found.get(endpoint, set()):
            missing.append((protocol, "responder", endpoint))
        if "initiator" in wanted:
            missing += [(protocol, "initiator", client) for client in clients if name not in found.get(client, set())]
    return missing


@needs_tshark
@pytest.mark.parametrize("capture", CAPTURES)
def test_both_ends_speak_what_the_table_says(capture: str) -> None:
    """From each end that spoke, tshark finds messages that only the table's protocol has."""
    rows = [
        row
        for row in rows_of(capture)
        if row.payload != "none" and row.protocol not in NO_WITNESS and (capture, row.protocol) not in NO_FRAME
    ]
    missing = []
    for group in passes(rows):
        told = {(row.transport, row.responder_port, MESSAGES[row.protocol.split("+")[0]][0]) for row in group}
        protocols = {name for row in group for name in row.protocol.split("+")}
        messages = [message for name in sorted(protocols) for message in MESSAGES[name][1:] if message]
        found = spoken(SAMPLES / capture, sorted(told), messages)
        missing += [each for row in group for each in unheard(row, capture, found)]
    assert missing == []
