"""The Debian packages (12, bookworm) that recording needs."""

import subprocess
from typing import Final

from recorder.hosts import RecordingError

TOOLS: Final = (
    *("bind9-dnsutils", "curl", "ethtool", "iproute2", "iputils-ping", "mosquitto-clients", "nftables", "nmap"),
    *("openssh-client", "openssl", "postgresql-client-15", "procps", "redis-tools", "tcpdump", "util-linux"),
    *("inetutils-telnet", "ii", "ldap-utils", "libmemcached-tools", "mariadb-client-core", "snmp"),
    *("socat", "udhcpc", "vde2", "wireshark-common"),
)
SERVERS: Final = (
    *("bind9", "chrony", "coturn", "dnsmasq-base", "dovecot-imapd", "dovecot-pop3d", "exim4-daemon-light", "git"),
    *("inetutils-telnetd", "libcoap3-bin", "libusrsctp-examples", "mariadb-server-core", "memcached", "mosquitto"),
    *("nginx-light", "ngircd", "openssh-server", "postgresql-15", "redis-server", "rsync", "rsyslog", "slapd"),
    *("snmpd", "vsftpd"),
)


def require() -> None:
    """Raise :class:`RecordingError`, with the remedy, where a package is missing."""
    wanted = sorted({*TOOLS, *SERVERS})
    query = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *wanted]
    shown = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    installed = {line.split()[0] for line in shown.splitlines() if line.endswith(" installed")}
    if missing := [name for name in wanted if name not in installed]:
        raise RecordingError(f"Debian packages are missing (README.md tells how to install them): {' '.join(missing)}")
