"""SMTP: exim, and curl as the sender."""

from recorder.hosts import Host
from recorder.material import DOMAIN, text
from recorder.protocols.web import CURL
from recorder.truth import Ledger, Service


def serve(host: Host, *ports: int) -> dict[int, Service]:
    """One exim on all ports, which offers STARTTLS, takes any letter and throws it away."""
    keys = host.work / "keys"
    config = host.file(
        "exim.conf",
        f"primary_hostname = mail.{DOMAIN}\nspool_directory = /run/exim4\nlog_file_path = /run/exim4/%slog\n"
        f"daemon_smtp_ports = {' : '.join(map(str, ports))}\ntls_advertise_hosts = *\nkeep_environment =\n"
        f"tls_certificate = {keys}/server.crt\ntls_privatekey = {keys}/server.key\nacl_smtp_rcpt = anybody\n"
        "host_lookup =\nrfc1413_query_timeout = 0s\n"
        "begin acl\nanybody:\n  accept\nbegin routers\nsink:\n  driver = redirect\n  data = :blackhole:\n",
    )
    host.run("chown", "Debian-exim:Debian-exim", "/run/exim4")
    host.start("exim4", "-bdf", "-oX", ":".join(map(str, ports)), "-C", config)
    host.wait_for("tcp", *ports)
    return {port: Service(host, "tcp", port, "smtp", "exim4-daemon-light") for port in ports}


def use(ledger: Ledger, client: Host, service: Service) -> None:
    """Hand over one letter, after STARTTLS where the service's protocol is ``smtp+tls``."""
    letter = f"From: desk@{DOMAIN}\r\nTo: head@{DOMAIN}\r\nSubject: Rules\r\n\r\n{text(600)}"
    people = ("--mail-from", f"desk@{DOMAIN}", "--mail-rcpt", f"head@{DOMAIN}", "--upload-file", "-")
    name = f"mail.{DOMAIN}"
    known = ("--resolve", f"{name}:{service.port}:{service.addr}", "--cacert", client.work / "keys" / "ca.crt")
    secure = ("--ssl-reqd",) if service.protocol.endswith("+tls") else ()
    url = f"smtp://{name}:{service.port}/{client.name}.{DOMAIN}"
    client.run(*CURL, *known, *secure, *people, url, stdin=letter)
    ledger.note(client, service)
