"""DNS: BIND and dnsmasq as servers, dig as client."""

from collections.abc import Iterable
from typing import Final

from recorder.hosts import Host
from recorder.material import DOMAIN, text
from recorder.truth import Ledger, Service

NO_REPLY: Final = 9
"""dig's exit status."""
LONG_ANSWER: Final = f"long.{DOMAIN}"
"""A name whose TXT records fill more than one Ethernet frame."""


def serve(host: Host, hosts: Iterable[Host]) -> dict[str, Service]:
    """BIND on port 53, authoritative for the zone of ``hosts``, which anybody may transfer; by transport."""
    folder = host.folder("named")
    records = [f"{each.name} A {each.v4}\n{each.name} AAAA {each.v6}" for each in hosts if each.v4]
    records += [f'long TXT "{number} {text(240)[:-1].replace(chr(10), " ")}"' for number in range(9)]
    (folder / "zone").write_text(
        f"$TTL 3600\n@ SOA infra.{DOMAIN}. hostmaster.{DOMAIN}. 1 7200 3600 1209600 300\n@ NS infra\n@ MX 10 mail\n"
        '@ TXT "v=spf1 mx -all"\nwww CNAME web\n' + "\n".join(records) + "\n"
    )
    (folder / "named.conf").write_text(
        f'options {{ directory "{folder}"; listen-on {{ any; }}; listen-on-v6 {{ any; }}; recursion no;'
        " max-udp-size 4096; edns-udp-size 4096; allow-transfer { any; }; dnssec-validation no; pid-file none;"
        f' session-keyfile none; notify no; }};\ncontrols {{}};\nzone "{DOMAIN}" {{ type primary; file "zone"; }};\n'
    )
    host.start("named", "-g", "-c", folder / "named.conf")
    host.wait_for("udp", 53)
    host.wait_for("tcp", 53)
    return {transport: Service(host, transport, 53, "dns", "bind9") for transport in ("udp", "tcp")}


def forward(host: Host, port: int) -> dict[str, Service]:
    """Dnsmasq, which asks the name server on the same host; by transport."""
    host.start(
        *("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--pid-file="),
        *("--no-resolv", "--no-hosts", f"--port={port}", "--server=127.0.0.1"),
    )
    host.wait_for("udp", port)
    host.wait_for("tcp", port)
    return {transport: Service(host, transport, port, "dns", "dnsmasq-base") for transport in ("udp", "tcp")}


def use(ledger: Ledger, client: Host, service: Service, *question: str, expect: str) -> None:
    """Dig asks one question from one socket."""
    transport = "+tcp" if service.transport == "tcp" else "+notcp"
    client.run("dig", f"@{service.addr}", "-p", str(service.port), "+tries=1", transport, *question, expect=expect)
    ledger.note(client, service)


def fail(ledger: Ledger, client: Host, service: Service, outcome: str) -> None:
    """Dig asks over UDP where no name server is."""
    patience = ("+tries=1", "+timeout=2")
    client.run("dig", f"@{service.addr}", "-p", str(service.port), *patience, f"www.{DOMAIN}", status=(NO_REPLY,))
    ledger.note(client, service, outcome=outcome)
