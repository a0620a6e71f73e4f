"""MQTT: Mosquitto, with its subscriber and publisher."""

from recorder.hosts import Host, RecordingError
from recorder.truth import Ledger, Service

TOPIC = "office/firewall/events"
EVENTS = ("link up", "policy reloaded", "link down")


def serve(host: Host, *ports: int) -> dict[int, Service]:
    """One broker on all ports, open to anybody."""
    listeners = "".join(f"listener {port}\n" for port in ports)
    config = host.file("mosquitto.conf", f"{listeners}allow_anonymous true\npersistence false\nuser root\n")
    host.start("mosquitto", "-c", config)
    host.wait_for("tcp", *ports)
    return {port: Service(host, "tcp", port, "mqtt", "mosquitto") for port in ports}


def use(ledger: Ledger, publisher: Host, service: Service, subscriber: Host | None = None) -> None:
    """One subscriber waits for as many messages as the publisher then sends, a connection each."""
    subscriber = subscriber or publisher
    broker = ("-h", service.addr, "-p", str(service.port), "-t", TOPIC)
    listener = subscriber.converse(
        "mosquitto_sub", "-i", f"monitor-{service.addr}", "-q", "1", "-C", str(len(EVENTS)), "-W", "20", *broker
    )
    connected = f'until grep -q "as monitor-{service.addr} " "$1"; do sleep 0.1; done; sleep 0.3'
    service.host.run("timeout", "10", "sh", "-c", connected, "sh", service.host.log)
    for event in EVENTS:
        publisher.run("mosquitto_pub", "-i", "firewall", "-q", "1", *broker, "-m", event)
        ledger.note(publisher, service)
    received, _ = listener.communicate(timeout=30)
    if tuple(received.decode().splitlines()) != EVENTS:
        raise RecordingError(f"the subscriber got {received!r}")
    ledger.note(subscriber, service)
