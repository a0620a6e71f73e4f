"""CoAP: libcoap's server and client."""

from recorder.hosts import Host
from recorder.truth import Ledger, Service


def serve(host: Host, *ports: int) -> dict[int, Service]:
    """One server a port, without DTLS."""
    for port in ports:
        host.start("coap-server-notls", "-A", host.v4, "-p", str(port))
    host.wait_for("udp", *ports)
    return {port: Service(host, "udp", port, "coap", "libcoap3-bin") for port in ports}


def use(ledger: Ledger, client: Host, service: Service) -> None:
    """Ask for the clock and for the list of resources, from a socket each."""
    for path, expect in (("time", ":"), (".well-known/core", "</time>")):
        client.run("coap-client-notls", "-m", "get", f"coap://{service.addr_port}/{path}", expect=expect)
        ledger.note(client, service)
