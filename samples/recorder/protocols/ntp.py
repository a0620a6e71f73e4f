"""NTP: chrony as server and as client. Neither ever touches the clock (``-x``, ``-Q``)."""

from recorder.hosts import Host
from recorder.truth import Ledger, Service


def serve(host: Host, *ports: int) -> dict[int, Service]:
    """One instance a port, serving the local clock."""
    for port in ports:
        quiet = f"cmdport 0\nbindcmdaddress /\npidfile /run/chrony-{port}.pid\n"
        config = host.file(f"chrony-{port}.conf", f"port {port}\nlocal stratum 8\nallow all\n{quiet}")
        host.start("chronyd", "-d", "-x", "-u", "root", "-f", config)
    host.wait_for("udp", *ports)
    return {port: Service(host, "udp", port, "ntp", "chrony") for port in ports}


def use(ledger: Ledger, client: Host, service: Service) -> None:
    """Measure the offset a few times, each from a socket of its own."""
    server = f"server {service.addr} port {service.port} iburst maxsamples 2"
    quiet = ("port 0", "cmdport 0", "bindcmdaddress /", "pidfile /run/chrony-client.pid")
    client.run("chronyd", "-Q", "-t", "10", "-u", "root", server, *quiet, expect="System clock wrong by")
    ledger.note(client, service, flows=None)
