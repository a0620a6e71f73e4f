"""IRC: ngircd, and ii, which joins a channel and says something."""

from recorder.hosts import Host
from recorder.material import DOMAIN
from recorder.truth import Ledger, Service


def serve(host: Host, *ports: int) -> dict[int, Service]:
    """One ngircd on all ports."""
    config = host.file(
        "ngircd.conf",
        f"[Global]\nName = irc.{DOMAIN}\nInfo = office\nPorts = {', '.join(map(str, ports))}\nServerUID = 0\n"
        "ServerGID = 0\nMotdPhrase = Welcome\nAdminEMail = \n[Options]\nIdent = no\nPAM = no\nDNS = no\n",
    )
    host.start("ngircd", "-n", "-f", config)
    host.wait_for("tcp", *ports)
    return {port: Service(host, "tcp", port, "irc", "ngircd") for port in ports}


def use(ledger: Ledger, client: Host, service: Service) -> None:
    """Join a channel, say a sentence and quit."""
    at = f"/run/irc-{service.port}"
    talk = (
        f"timeout 10 ii -i {at} -s {service.addr} -p {service.port} -n {client.name} & pid=$!; sleep 1;"
        f" echo '/j #firewall' >{at}/{service.addr}/in; sleep 1;"
        f" echo 'rule 17 has gone' >'{at}/{service.addr}/#firewall/in'; sleep 0.5;"
        f" echo '/q bye' >{at}/{service.addr}/in; wait $pid; cat '{at}/{service.addr}/#firewall/out'"
    )
    client.run("sh", "-c", talk, expect="rule 17 has gone")
    ledger.note(client, service)
