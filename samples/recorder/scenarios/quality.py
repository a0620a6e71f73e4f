"""Captures that are not what one would wish: begun late, deaf on one side, short of packets."""

import signal
import subprocess

from recorder.capture import Point, Recorded, capturing
from recorder.hosts import Lab, RecordingError
from recorder.network import Network, build
from recorder.protocols import postgresql, redis, ssh, web
from recorder.truth import Ledger, Service

Rows = dict[str, list[dict[str, str]]]


def quality(lab: Lab) -> Recorded:
    """Record ``midstream.pcap``, ``one-sided.pcap`` and ``drops.pcapng``."""
    net = build(lab)
    pages = web.serve(net["web"], 80, 8020)
    return Recorded(_midstream(net, lab) | _one_sided(net, lab, pages[8020]) | _drops(net, lab, pages[80]))


def _midstream(net: Network, lab: Lab) -> Rows:
    """Sessions that were there before the capture began."""
    ledger = Ledger()
    shell = ssh.serve(net["bastion"], 7214)[7214]
    database = postgresql.serve(net["db"], 8207)[8207]
    cache = redis.serve(net["db"], 8077)[8077]
    desk = net["desk1"]
    redis_cli = ("redis-cli", "-h", cache.addr, "-p", str(cache.port))
    repeater = desk.converse(*ssh.command(desk, shell, "cat"))
    client = desk.converse(*postgresql.command(database, "disable"))
    subscriber = desk.converse(*redis_cli, "subscribe", "alerts")
    _say(repeater, "ready", "ready")
    _say(client, "select 1 as ready;", "(1 row)")
    _hear(subscriber, "1")

    point = Point("midstream.pcap", desk)
    with capturing(lab.work, point):
        for _ in range(3):
            _say(repeater, "rule 17 has gone", "rule 17")
            _say(client, "select 6 * 7 as answer;", "(1 row)")
            net["web"].run(*redis_cli, "publish", "alerts", "link-down", expect="1")
            _hear(subscriber, "link-down")
        for session in (repeater, client):
            session.communicate(timeout=10)
    for service, spoke in ((shell, "both"), (database, "both"), (cache, "responder")):
        ledger.note(desk, service, outcome="midstream", payload=spoke)
    return {point.file: ledger.rows(point.file)}


def _say(session: subprocess.Popen[bytes], line: str, expect: str) -> None:
    assert session.stdin is not None  # noqa: S101  it was made by Host.converse
    session.stdin.write(f"{line}\n".encode())
    session.stdin.flush()
    _hear(session, expect)


def _hear(session: subprocess.Popen[bytes], expect: str) -> None:
    """Read on until a line has ``expect`` in it."""
    assert session.stdout is not None  # noqa: S101  it was made by Host.converse
    while expect.encode() not in (line := session.stdout.readline()):
        if not line:
            raise RecordingError(f"{session.args!r} ended without saying {expect!r}")


def _one_sided(net: Network, lab: Lab, service: Service) -> Rows:
    """What a tap on one of two asymmetric paths sees: the answers only."""
    ledger = Ledger()
    point = Point("one-sided.pcap", net["web"], filter=f"src host {service.addr}")
    with capturing(lab.work, point):
        web.use(ledger, net["desk1"], service, "/rules.json")
    ledger.contacts.clear()  # what the client had of it
    ledger.note(net["desk1"], service, outcome="one_sided", payload="responder")
    return {point.file: ledger.rows(point.file)}


def _drops(net: Network, lab: Lab, service: Service) -> Rows:
    """A capture whose tool stood still for a while: its buffer filled up, and the kernel counted what it dropped."""
    ledger = Ledger()
    point = Point("drops.pcapng", net["web"], snaplen=96, buffer_mib=1, stop_after=400)
    with capturing(lab.work, point) as tools:
        web.use(ledger, net["desk2"], service, "/rules.json")
        tools[point.file].send_signal(signal.SIGSTOP)
        net["desk2"].run(*web.CURL, "--output", "/dev/null", f"http://{service.addr_port}/image.bin")
        ledger.note(net["desk2"], service)
        tools[point.file].send_signal(signal.SIGCONT)
    return {point.file: ledger.rows(point.file)}
