"""Real servers from Debian's packages, configured in the scratch folder, each on the ports that it is told."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

from recorder.hosts import Host
from recorder.network import DOMAIN
from recorder.truth import Service

POSTGRESQL_BIN: Final = Path("/usr/lib/postgresql/15/bin")
WORDS: Final = (
    "allow deny established related new drop accept log chain rule packet port address state ".split()
)


def text(size: int) -> str:
    """``size`` characters of dull but readable text, always the same."""
    lines = [
        " ".join(WORDS[(3 * line + word) % len(WORDS)] for word in range(9)) for line in range(size // 40 + 1)
    ]
    return "\n".join(lines)[: size - 1] + "\n"


def keys(work: Path) -> None:
    """Make this recording's private keys: a certificate authority, one certificate, SSH host and user keys.

    They stay in the scratch folder and go with it.
    """
    folder = work / "keys"
    folder.mkdir()
    names = f"DNS:{DOMAIN},DNS:*.{DOMAIN}"
    for command in (
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -keyout ca.key -out ca.crt"
        " -subj /CN=Sample-CA",
        "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.key -out server.csr"
        f" -subj /CN={DOMAIN} -addext subjectAltName={names}",
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -out server.crt"
        " -copy_extensions copy",
    ):
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)
    for name in ("ssh_host", "ssh_user"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", folder / name], check=True
        )


def web(host: Host, *, http: tuple[int, ...] = (), https: tuple[int, ...] = ()) -> dict[int, Service]:
    """Nginx: the same pages over HTTP and over TLS (HTTP/2 where the client wants it)."""
    root = host.work / f"{host.name}-www"
    root.mkdir()
    (root / "index.html").write_text(f"<!doctype html><title>{host.name}</title><p>{text(900)}")
    (root / "report.txt").write_text(text(12_000))
    (root / "rules.json").write_text('{"rules": "' + text(2_000).replace("\n", " ") + '"}\n')
    listen = [f"listen {port}; listen [::]:{port};" for port in http]
    listen += [f"listen {port} ssl http2; listen [::]:{port} ssl http2;" for port in https]
    keys_at = host.work / "keys"
    config = host.work / f"{host.name}-nginx.conf"
    config.write_text(
        "daemon off; pid /run/nginx.pid; error_log stderr warn; worker_processes 1; events {}\n"
        "http { access_log off; types { text/html html; text/plain txt; application/json json; }\n"
        f"  server {{ {' '.join(listen)} server_name {DOMAIN}; root {root};\n"
        f"    ssl_certificate {keys_at}/server.crt; ssl_certificate_key {keys_at}/server.key;\n"
        "    ssl_protocols TLSv1.2 TLSv1.3; } }\n"
    )
    host.start("nginx", "-c", config)
    host.wait_for("tcp", *http, *https)
    services = [Service(host, "tcp", port, "http", "nginx") for port in http]
    services += [Service(host, "tcp", port, "tls", "nginx", "HTTP over TLS") for port in https]
    return {service.port: service for service in services}


def ssh(host: Host, *ports: int) -> dict[int, Service]:
    """OpenSSH's server, root by key only."""
    keys_at = host.work / "keys"
    config = host.work / f"{host.name}-sshd_config"
    config.write_text(
        "".join(f"Port {port}\n" for port in ports)
        + f"HostKey {keys_at}/ssh_host\nAuthorizedKeysFile {keys_at}/ssh_user.pub\n"
        "StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\nPidFile none\n"
    )
    host.start("/usr/sbin/sshd", "-D", "-e", "-f", config)
    host.wait_for("tcp", *ports)
    return {port: Service(host, "tcp", port, "ssh", "openssh-server") for port in ports}


def redis(host: Host, port: int) -> Service:
    """Redis without persistence."""
    host.start(
        "redis-server",
        "--port",
        str(port),
        "--bind",
        "* -::*",
        "--protected-mode",
        "no",
        "--save",
        "",
        "--dir",
        "/run",
    )
    host.wait_for("tcp", port)
    return Service(host, "tcp", port, "redis", "redis-server")


def postgresql(host: Host, *ports: int) -> dict[int, Service]:
    """PostgreSQL, one instance a port, trusting whoever connects."""
    for port in ports:
        data = host.work / f"{host.name}-pg-{port}"
        data.mkdir()
        shutil.chown(data, "postgres", "postgres")
        as_postgres = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--")
        host.run(
            *as_postgres,
            POSTGRESQL_BIN / "initdb",
            "-D",
            data,
            "-A",
            "trust",
            "-N",
            "--locale=C",
            "--encoding=UTF8",
        )
        with (data / "pg_hba.conf").open("a") as access:
            access.write("host all all all trust\n")
        host.start(
            *as_postgres, POSTGRESQL_BIN / "postgres", "-D", data, "-p", str(port), "-h", "*", "-k", "", "-F",
        )  # fmt: skip
    host.wait_for("tcp", *ports)
    return {port: Service(host, "tcp", port, "postgresql", "postgresql-15") for port in ports}


def mqtt(host: Host, port: int) -> Service:
    """Mosquitto, open to anybody."""
    config = host.work / f"{host.name}-mosquitto.conf"
    config.write_text(f"listener {port}\nallow_anonymous true\npersistence false\nuser root\n")
    host.start("mosquitto", "-c", config)
    host.wait_for("tcp", port)
    return Service(host, "tcp", port, "mqtt", "mosquitto")


def name_server(host: Host, addresses: dict[str, Host]) -> dict[str, Service]:
    """BIND on port 53, authoritative for the office's zone, which anybody may transfer. Keys: ``udp``, ``tcp``."""
    folder = host.work / f"{host.name}-named"
    folder.mkdir()
    records = [f"{name} A {target.v4}\n{name} AAAA {target.v6}" for name, target in addresses.items()]
    (folder / "zone").write_text(
        f"$TTL 3600\n@ SOA ns.{DOMAIN}. hostmaster.{DOMAIN}. 1 7200 3600 1209600 300\n@ NS ns\n@ MX 10 mail\n"
        f'@ TXT "v=spf1 mx -all"\nns A {host.v4}\nns AAAA {host.v6}\n' + "\n".join(records) + "\n"
    )
    config = folder / "named.conf"
    config.write_text(
        f'options {{ directory "{folder}"; listen-on {{ any; }}; listen-on-v6 {{ any; }}; recursion no;'
        " allow-transfer { any; }; dnssec-validation no; pid-file none; session-keyfile none; notify no; };\n"
        f'controls {{}};\nzone "{DOMAIN}" {{ type primary; file "zone"; }};\n'
    )
    host.start("named", "-g", "-c", config)
    host.wait_for("udp", 53)
    host.wait_for("tcp", 53)
    return {transport: Service(host, transport, 53, "dns", "bind9") for transport in ("udp", "tcp")}


def name_cache(host: Host, port: int) -> dict[str, Service]:
    """Dnsmasq as a forwarder to the name server on the same host. Keys: ``udp``, ``tcp``."""
    host.start(
        "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--no-resolv", "--no-hosts",
        f"--port={port}", "--server=127.0.0.1", "--pid-file=",
    )  # fmt: skip
    host.wait_for("udp", port)
    return {transport: Service(host, transport, port, "dns", "dnsmasq-base") for transport in ("udp", "tcp")}


def ntp(host: Host, *ports: int) -> dict[int, Service]:
    """Chrony, one instance a port, serving the local clock and never touching it (``-x``)."""
    for port in ports:
        config = host.work / f"{host.name}-chrony-{port}.conf"
        config.write_text(
            f"port {port}\nlocal stratum 8\nallow all\ncmdport 0\nbindcmdaddress /\npidfile /run/chrony-{port}.pid\n"
        )
        host.start("chronyd", "-d", "-x", "-u", "root", "-f", config)
    host.wait_for("udp", *ports)
    return {port: Service(host, "udp", port, "ntp", "chrony") for port in ports}


def firewall(host: Host, rules: str) -> None:
    """Load nftables rules into the ``input`` (or any) chains of this host's network."""
    host.run("nft", "-f", "-", stdin=rules)
