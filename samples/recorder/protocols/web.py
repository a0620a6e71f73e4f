"""HTTP and HTTPS: nginx and curl."""

from typing import Final

from recorder.hosts import Arg, Host
from recorder.material import DOMAIN, text
from recorder.truth import Ledger, Service

CONNECT_FAILED: Final = 7
TIMED_OUT: Final = 28
"""curl's exit statuses."""
CURL: Final = ("curl", "--silent", "--show-error", "--max-time", "20")


def serve(host: Host, *ports: int, tls: tuple[int, ...] = ()) -> dict[int, Service]:
    """Nginx: the same pages over HTTP on ``ports``, and over TLS (HTTP/2 where asked for) on those of ``tls``."""
    root = host.folder("www")
    (root / "index.html").write_text(f"<!doctype html><title>{host.name}</title><p>{text(900)}")
    (root / "report.txt").write_text(text(12_000))
    (root / "image.bin").write_bytes(bytes(range(256)) * 47_000)
    (root / "rules.json").write_text('{"rules": "' + text(2_000).replace("\n", " ") + '"}\n')
    listen = [f"listen {port}; listen [::]:{port};" for port in ports]
    listen += [f"listen {port} ssl http2; listen [::]:{port} ssl http2;" for port in tls]
    keys = host.work / "keys"
    config = host.file(
        "nginx.conf",
        "daemon off; pid /run/nginx.pid; error_log stderr warn; worker_processes 1; events {}\n"
        "http { access_log off; types { text/html html; text/plain txt; application/json json; }\n"
        f"  server {{ {' '.join(listen)} server_name {DOMAIN}; root {root};\n"
        f"    ssl_certificate {keys}/server.crt; ssl_certificate_key {keys}/server.key;\n"
        "    ssl_protocols TLSv1.2 TLSv1.3; } }\n",
    )
    host.start("nginx", "-c", config)
    host.wait_for("tcp", *ports, *tls)
    services = [Service(host, "tcp", port, "http", "nginx") for port in ports]
    services += [Service(host, "tcp", port, "tls", "nginx", "HTTP over TLS") for port in tls]
    return {service.port: service for service in services}


def use(
    ledger: Ledger, client: Host, service: Service, page: str = "/", *, name: str = "www", options: tuple[str, ...] = ()
) -> None:
    """Curl fetches one page over one connection, by a name that it is told the address of."""
    fqdn = f"{name}.{DOMAIN}"
    known = ("--resolve", f"{fqdn}:{service.port}:{service.addr}")
    client.run(*CURL, "--fail", *known, *_trust(client), *options, _url(service, fqdn) + page, expect="allow deny")
    ledger.note(client, service)


def use_by_name(ledger: Ledger, client: Host, service: Service, resolver: Service, name: str) -> None:
    """Curl asks the name server first (one query for an A record), then fetches two pages over one connection."""
    url = _url(service, f"{name}.{DOMAIN}")
    client.run(*CURL, "--fail", "--ipv4", *_trust(client), f"{url}/", f"{url}/rules.json", expect="allow deny")
    ledger.note(client, resolver)
    ledger.note(client, service)


def fail(ledger: Ledger, client: Host, service: Service, outcome: str) -> None:
    """Curl does not get a connection: ``outcome`` is ``refused``, ``prohibited`` or ``no_answer``."""
    status = TIMED_OUT if outcome == "no_answer" else CONNECT_FAILED
    client.run(*CURL, "--connect-timeout", "2", f"http://{service.addr_port}/", status=(status,))
    ledger.note(client, service, outcome=outcome)


def _url(service: Service, name: str) -> str:
    return f"http{'s' if service.protocol == 'tls' else ''}://{name}:{service.port}"


def _trust(client: Host) -> tuple[Arg, ...]:
    return "--cacert", client.work / "keys" / "ca.crt"
