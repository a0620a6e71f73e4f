"""A server room: more protocols, each on its usual port and on one that the registry says something else of."""

from dataclasses import replace

from recorder.capture import Recorded, capturing
from recorder.hosts import Lab
from recorder.network import build
from recorder.protocols import (
    coap,
    dtls,
    git,
    irc,
    ldap,
    mailbox,
    memcached,
    mysql,
    rsync,
    smtp,
    snmp,
    stun,
    syslog,
    telnet,
)
from recorder.truth import Ledger, Service


def services(lab: Lab) -> Recorded:
    """Record ``services.pcapng`` at a mirror port."""
    net = build(lab)
    ledger = Ledger()
    mail, db, files, web, infra = net["mail"], net["db"], net["files"], net["web"], net["infra"]
    letters = smtp.serve(mail, 25, 587, 8202)
    boxes = mailbox.serve(mail, imap=(143, 8203), pop3=(110, 8200))
    desk, visitor = net["desk1"], net["visitor"]

    def over_tls(service: Service) -> Service:
        return replace(service, protocol=f"{service.protocol}+tls", note="STARTTLS")

    plain = [
        (smtp, [letters[25], over_tls(letters[587]), over_tls(letters[8202])]),
        (mailbox, [boxes[143], over_tls(boxes[8203]), boxes[110], over_tls(boxes[8200])]),
        (mysql, mysql.serve(db, 3306, 8209).values()),
        (memcached, memcached.serve(db, 11211, 10321).values()),
        (ldap, ldap.serve(infra, 389, 8201).values()),
        (snmp, snmp.serve(infra, 161, 11202).values()),
        (syslog, syslog.serve(infra, 514, 8699).values()),
        (rsync, rsync.serve(files, 873, 8119).values()),
        (git, git.serve(files, 9418, 8120).values()),
        (telnet, telnet.serve(web, 23, 9121).values()),
        (irc, irc.serve(web, 6667, 9120).values()),
        (coap, coap.serve(web, 5683, 12009).values()),
        (stun, stun.serve(web, 3478, 10201).values()),
        (dtls, dtls.serve(web, 4433, 9202).values()),
    ]
    mirror = net.mirror("services.pcapng")
    with capturing(lab.work, mirror):
        for protocol, served in plain:
            for service in served:
                protocol.use(ledger, visitor if service.protocol in ("smtp", "git") else desk, service)
    return Recorded({mirror.file: ledger.rows(mirror.file, net.mirrored)})
