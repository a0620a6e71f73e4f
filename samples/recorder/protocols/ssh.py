"""SSH: OpenSSH's server and client."""

from recorder.hosts import Arg, Host
from recorder.truth import Ledger, Service


def serve(host: Host, *ports: int) -> dict[int, Service]:
    """One sshd on all ports; root may log in with this recording's key."""
    keys = host.work / "keys"
    config = host.file(
        "sshd_config",
        "".join(f"Port {port}\n" for port in ports)
        + f"HostKey {keys}/ssh_host\nAuthorizedKeysFile {keys}/ssh_user.pub\nStrictModes no\nUsePAM no\n"
        + "PasswordAuthentication no\nPermitRootLogin prohibit-password\nPidFile none\n",
    )
    host.start("/usr/sbin/sshd", "-D", "-e", "-f", config)
    host.wait_for("tcp", *ports)
    return {port: Service(host, "tcp", port, "ssh", "openssh-server") for port in ports}


def command(client: Host, service: Service, *remote: str) -> list[Arg]:
    """Build the client's command line."""
    return [
        *("ssh", "-F", "none", "-T", "-p", str(service.port), "-i", client.work / "keys" / "ssh_user"),
        *("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"),
        f"root@{service.addr}",
        *remote,
    ]


def use(ledger: Ledger, client: Host, service: Service, remote: str = "hostname; id", expect: str = "") -> None:
    """Log in with a key and run a command."""
    client.run(*command(client, service, remote), expect=expect or service.host.name)
    ledger.note(client, service)
