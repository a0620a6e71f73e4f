"""IMAP and POP3: dovecot, and curl as the reader."""

from recorder.hosts import Host
from recorder.material import DOMAIN, text
from recorder.protocols.web import CURL
from recorder.truth import Ledger, Service


def serve(host: Host, imap: tuple[int, ...], pop3: tuple[int, ...]) -> dict[int, Service]:
    """One dovecot, with a mailbox that holds one letter; STARTTLS is offered, passwords go in clear text too."""
    keys = host.work / "keys"
    listeners = ""
    for protocol, ports in (("imap", imap), ("pop3", pop3)):
        inside = "".join(f"inet_listener {protocol}-{port} {{\nport = {port}\n}}\n" for port in ports)
        default = f"inet_listener {protocol} {{\nport = 0\n}}\ninet_listener {protocol}s {{\nport = 0\n}}\n"
        listeners += f"service {protocol}-login {{\n{default}{inside}}}\n"
    config = host.file(
        "dovecot.conf",
        "base_dir = /run/dovecot\nlog_path = /dev/stderr\nprotocols = imap pop3\nssl = yes\n"
        f"ssl_cert = <{keys}/server.crt\nssl_key = <{keys}/server.key\ndisable_plaintext_auth = no\n"
        "passdb {\ndriver = static\nargs = password=sample\n}\nfirst_valid_uid = 1\n"
        "userdb {\ndriver = static\nargs = uid=mail gid=mail home=/run/mail/%u\n}\n"
        f"mail_location = maildir:/run/mail/%u\n{listeners}",
    )
    letter = f"From: desk@{DOMAIN}\nTo: head@{DOMAIN}\nSubject: Rules\nMessage-ID: <1@{DOMAIN}>\n\n{text(600)}"
    box = "/run/mail/head/new"
    host.run("sh", "-c", f"mkdir -p {box}; cat >{box}/1.1.mail; chown -R mail:mail /run/mail", stdin=letter)
    host.start("dovecot", "-F", "-c", config)
    host.wait_for("tcp", *imap, *pop3)
    services = [Service(host, "tcp", port, "imap", "dovecot-imapd") for port in imap]
    services += [Service(host, "tcp", port, "pop3", "dovecot-pop3d") for port in pop3]
    return {service.port: service for service in services}


def use(ledger: Ledger, client: Host, service: Service) -> None:
    """Log in and read the letter, after STARTTLS where the service's protocol ends in ``+tls``."""
    scheme, _, tls = service.protocol.partition("+")
    name = f"mail.{DOMAIN}"
    letter = f"{scheme}://{name}:{service.port}/" + ("INBOX;MAILINDEX=1" if scheme == "imap" else "1")
    known = ("--resolve", f"{name}:{service.port}:{service.addr}", "--cacert", client.work / "keys" / "ca.crt")
    secure = ("--ssl-reqd",) if tls else ()
    client.run(*CURL, *known, *secure, "--user", "head:sample", letter, expect="allow deny")
    ledger.note(client, service)
