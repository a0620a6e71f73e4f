"""SCTP associations on assigned and on unassigned ports."""

from dataclasses import replace

from recorder.capture import Recorded, capturing
from recorder.hosts import Lab
from recorder.network import build
from recorder.protocols import sctp as usrsctp
from recorder.truth import Ledger, Service


def sctp(lab: Lab) -> Recorded:
    """Record ``sctp.pcap`` at a mirror port. Each server has a host of its own, and so a stack of its own."""
    net = build(lab)
    ledger = Ledger()
    daytime, echo = usrsctp.daytime(net["infra"]), usrsctp.echo(net["web"])
    known, unknown = usrsctp.sink(net["broker"], 2905), usrsctp.sink(net["db"], 7211)
    desk, visitor = net["desk1"], net["visitor"]

    mirror = net.mirror("sctp.pcap")
    with capturing(lab.work, mirror):
        usrsctp.talk(ledger, desk, daytime, "", ":")
        usrsctp.talk(ledger, desk, echo, "rule 17\n", "rule 17")
        for service in (known, unknown):
            usrsctp.send(ledger, desk, service)
        usrsctp.send(ledger, visitor, unknown)
        usrsctp.fail(ledger, desk, Service(net["files"], "sctp", 7214, "closed", note="the host knows no SCTP"))
    # the ends told each other all their addresses, and try the path between the IPv6 ones
    second = replace(echo.on_v6(), note="second path of the association: heartbeats")
    ledger.note(desk, second, outcome="midstream", payload="none")
    return Recorded({mirror.file: ledger.rows(mirror.file, net.mirrored)})
