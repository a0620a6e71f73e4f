"""Syslog over UDP: rsyslog, and logger. Nobody answers a datagram of syslog's."""

from recorder.hosts import Host
from recorder.truth import Ledger, Service


def serve(host: Host, *ports: int) -> dict[int, Service]:
    """One rsyslogd on all ports."""
    inputs = "".join(f'input(type="imudp" port="{port}")\n' for port in ports)
    config = host.file("rsyslog.conf", f'module(load="imudp")\n{inputs}*.* /run/received\n')
    host.start("rsyslogd", "-n", "-i", "NONE", "-f", config)
    host.wait_for("udp", *ports)
    return {port: Service(host, "udp", port, "syslog", "rsyslog", "never answers") for port in ports}


def use(ledger: Ledger, client: Host, service: Service) -> None:
    """Send a message in each of the two formats, from a socket each."""
    for form in ("--rfc3164", "--rfc5424"):
        where = ("--udp", "--server", service.addr, "--port", str(service.port), "--tag", "firewall")
        client.run("logger", form, *where, f"rule 17 dropped a packet {service.port} {form}")
        arrived = 'until grep -q -e "$1" /run/received; do sleep 0.1; done'
        service.host.run("timeout", "5", "sh", "-c", arrived, "sh", f"packet {service.port} {form}")
        ledger.note(client, service, outcome="no_answer", payload="initiator")
