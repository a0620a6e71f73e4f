"""LDAP: OpenLDAP's server and clients."""

from recorder.hosts import Host
from recorder.truth import Ledger, Service

TREE = "dc=example,dc=org"


def serve(host: Host, *ports: int) -> dict[int, Service]:
    """One slapd on all ports, with a small tree."""
    data = host.folder("ldap")
    config = host.file(
        "slapd.conf",
        "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\n"
        "modulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile /run/slapd.pid\n"
        f'database mdb\nsuffix "{TREE}"\nrootdn "cn=admin,{TREE}"\nrootpw sample\ndirectory {data}\nmaxsize 1048576\n',
    )
    entries = [f"dn: {TREE}\nobjectClass: domain\ndc: example\n"]
    entries += [
        f"dn: cn={name},{TREE}\nobjectClass: person\ncn: {name}\nsn: {name.title()}\n" for name in ("alice", "bob")
    ]
    host.run("slapadd", "-f", config, "-l", host.file("tree.ldif", "\n".join(entries)))
    host.start("slapd", "-d", "0", "-f", config, "-h", " ".join(f"ldap://:{port}/" for port in ports))
    host.wait_for("tcp", *ports)
    return {port: Service(host, "tcp", port, "ldap", "slapd") for port in ports}


def use(ledger: Ledger, client: Host, service: Service) -> None:
    """Bind with a password and search."""
    login = ("-x", "-D", f"cn=admin,{TREE}", "-w", "sample")
    client.run("ldapsearch", *login, "-H", f"ldap://{service.addr_port}", "-b", TREE, "(sn=B*)", expect="cn: bob")
    ledger.note(client, service)
