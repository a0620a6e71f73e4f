"""Real clients. Each does its work, makes sure of the answer, and notes the contact in the ledger."""

from pathlib import Path
from typing import Final

from recorder.hosts import Host, RecordingError
from recorder.network import DOMAIN
from recorder.truth import Ledger, Service

CURL_REFUSED: Final = 7
"""curl: "Failed to connect to host"."""
CURL_TIMEOUT: Final = 28
DIG_NO_REPLY: Final = 9
QUICK: Final = ("--silent", "--show-error", "--max-time", "10")


def browse(
    ledger: Ledger,
    client: Host,
    service: Service,
    page: str = "/",
    *,
    name: str = "www",
    options: tuple[str, ...] = (),
) -> None:
    """Curl fetches one page over one connection, by a name that it is told the address of."""
    tls = service.protocol == "tls"
    fqdn = f"{name}.{DOMAIN}"
    client.run(
        "curl", *QUICK, "--fail", "--resolve", f"{fqdn}:{service.port}:{service.addr}",
        *(["--cacert", client.work / "keys" / "ca.crt"] if tls else []), *options,
        f"http{'s' * tls}://{fqdn}:{service.port}{page}",
        expect="allow deny",
    )  # fmt: skip
    ledger.note(client, service)


def browse_by_name(ledger: Ledger, client: Host, service: Service, resolver: Service, name: str) -> None:
    """Curl asks the name server first (one A query), then fetches two pages over one connection."""
    tls = service.protocol == "tls"
    url = f"http{'s' * tls}://{name}.{DOMAIN}:{service.port}"
    client.run(
        "curl", *QUICK, "--fail", "--ipv4", "--cacert", client.work / "keys" / "ca.crt", f"{url}/", f"{url}/rules.json",
        expect="allow deny",
    )  # fmt: skip
    ledger.note(client, resolver)
    ledger.note(client, service)


def refused(ledger: Ledger, client: Host, service: Service, outcome: str) -> None:
    """Curl fails to connect: ``outcome`` is ``refused``, ``prohibited`` or ``no_answer``."""
    status = CURL_TIMEOUT if outcome == "no_answer" else CURL_REFUSED
    client.run("curl", *QUICK, "--connect-timeout", "2", f"http://{service.addr_port}/", status=(status,))
    ledger.note(client, service, outcome=outcome)


def ssh(ledger: Ledger, client: Host, service: Service, command: str, expect: str) -> None:
    """OpenSSH's client logs in with a key and runs ``command``."""
    client.run(
        "ssh", "-F", "none", "-p", str(service.port), "-i", client.work / "keys" / "ssh_user",
        "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
        f"root@{service.addr}", command,
        expect=expect,
    )  # fmt: skip
    ledger.note(client, service)


def redis(ledger: Ledger, client: Host, service: Service, *commands: str) -> None:
    """redis-cli sends each command over a connection of its own (its prompt would fetch 180 kB of help first)."""
    for command in commands:
        out = client.run("redis-cli", "-e", "-h", service.addr, "-p", str(service.port), *command.split())
        if not out.strip():
            raise RecordingError(f"redis-cli {command}: no reply")
        ledger.note(client, service)


def sql(
    ledger: Ledger, client: Host, service: Service, statements: str, expect: str, sslmode: str = "prefer"
) -> None:
    """Psql runs ``statements``; with ``prefer`` it asks for TLS first, and is told no."""
    client.run(
        "psql", "-X", "-q", f"host={service.addr} port={service.port} user=postgres sslmode={sslmode}", "-f", "-",
        stdin=statements, expect=expect,
    )  # fmt: skip
    ledger.note(client, service)


def mqtt(ledger: Ledger, subscriber: Host, publisher: Host, service: Service, messages: list[str]) -> None:
    """One subscriber waits for as many messages as a publisher then sends, a connection each."""
    broker = ("-h", service.addr, "-p", str(service.port), "-t", "office/firewall/events")
    received = subscriber.work / "mqtt-received"
    listener = subscriber.start(
        "sh",
        "-c",
        f'exec mosquitto_sub -i monitor -q 1 -C {len(messages)} -W 20 "$@" >{received}',
        "sh",
        *broker,
    )
    _subscribed(service)
    for message in messages:
        publisher.run("mosquitto_pub", "-i", "firewall", "-q", "1", *broker, "-m", message)
        ledger.note(publisher, service)
    if listener.wait(timeout=30) or received.read_text().split("\n")[:-1] != messages:
        raise RecordingError(f"the subscriber got {received.read_text()!r}")
    ledger.note(subscriber, service)


def _subscribed(service: Service) -> None:
    """Wait until the broker's log tells of the subscription."""
    log = service.host.work / f"{service.host.name}.log"
    service.host.run(
        "timeout",
        "10",
        "sh",
        "-c",
        'until grep -q "connected.*as monitor" "$1"; do sleep 0.1; done; sleep 0.3',
        "sh",
        log,
    )


def dig(ledger: Ledger, client: Host, service: Service, *question: str, expect: str) -> None:
    """Dig asks one question from one socket."""
    tcp = ["+tcp"] if service.transport == "tcp" else ["+notcp"]
    client.run("dig", f"@{service.addr}", "-p", str(service.port), "+tries=1", *tcp, *question, expect=expect)
    ledger.note(client, service)


def dig_refused(ledger: Ledger, client: Host, service: Service, outcome: str) -> None:
    """Dig asks where nothing answers."""
    client.run(
        "dig", f"@{service.addr}", "-p", str(service.port), "+tries=1", "+timeout=2", f"www.{DOMAIN}",
        status=(DIG_NO_REPLY,),
    )  # fmt: skip
    ledger.note(client, service, outcome=outcome)


def ask_time(ledger: Ledger, client: Host, service: Service) -> None:
    """Chrony measures the offset a few times, each from a socket of its own, and leaves the clock alone."""
    client.run(
        "chronyd", "-Q", "-t", "10", "-u", "root", f"server {service.addr} port {service.port} iburst maxsamples 2",
        "port 0", "cmdport 0", "pidfile /run/chrony-client.pid", "bindcmdaddress /",
        expect="System clock wrong by",
    )  # fmt: skip
    ledger.note(client, service, flows=None)


def ping(client: Host, address: str) -> None:
    """Three echo requests."""
    client.run("ping", "-n", "-c", "3", "-i", "0.2", address)


def scratch(client: Host, name: str) -> Path:
    """A file of this client in the scratch folder."""
    return client.work / f"{client.name}-{name}"
