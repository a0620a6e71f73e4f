"""SNMP: net-snmp's agent and tools."""

from recorder.hosts import Host
from recorder.truth import Ledger, Service


def serve(host: Host, *ports: int) -> dict[int, Service]:
    """One agent on all ports, which describes itself as a printer."""
    config = host.file(
        "snmpd.conf",
        "rocommunity public\nsysdescr Office printer\nsysname printer\nsyslocation corridor\n"
        "createUser auditor SHA samplepass AES samplepass\nrouser auditor\n",
    )
    listen = ",".join(f"udp:{port}" for port in ports)
    host.start("env", "SNMP_PERSISTENT_DIR=/run/snmp", "snmpd", "-f", "-Lo", "-C", "-c", config, listen)
    host.wait_for("udp", *ports)
    return {port: Service(host, "udp", port, "snmp", "snmpd") for port in ports}


def use(ledger: Ledger, client: Host, service: Service) -> None:
    """Ask for the description by versions 1, 2c and 3, from a socket each."""
    auditor = ("-u", "auditor", "-l", "authPriv", "-a", "SHA", "-A", "samplepass", "-x", "AES", "-X", "samplepass")
    for access in (("-v1", "-c", "public"), ("-v2c", "-c", "public"), ("-v3", *auditor)):
        client.run("snmpget", "-On", *access, service.addr_port, ".1.3.6.1.2.1.1.1.0", expect="Office printer")
        ledger.note(client, service)
