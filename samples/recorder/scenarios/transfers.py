"""Ports that another flow announced: FTP's data, TFTP's replies, DHCP's answers."""

from recorder.capture import Recorded, capturing
from recorder.hosts import Lab
from recorder.network import build, plug
from recorder.protocols import boot, ftp
from recorder.truth import Ledger


def transfers(lab: Lab) -> Recorded:
    """Record ``transfers.pcapng`` at a mirror port."""
    net = build(lab)
    ledger = Ledger()
    control = ftp.serve(net["files"], 21, 8210)
    loader = boot.serve(net["infra"])
    desk = net["desk1"]
    guest = lab.host("guest")
    plug(lab, guest, net.router, "lan", boot.LEASE)

    mirror = net.mirror("transfers.pcapng")
    with capturing(lab.work, mirror):
        boot.lease(ledger, guest, loader[67])
        boot.use(ledger, desk, loader[69])
        ftp.use(ledger, desk, control[21], extended=False)
        ftp.use_actively(ledger, net["desk2"], control[21])
        ftp.use(ledger, net["visitor"], control[8210])
    return Recorded({mirror.file: ledger.rows(mirror.file, lambda _: True)})
