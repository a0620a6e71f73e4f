"""nftables: ports that say no, and ports that say nothing."""

from typing import Final

from recorder.hosts import Host

REJECT: Final = "reject with icmpx admin-prohibited"
DROP: Final = "drop"


def guard(host: Host, hook: str, *rules: str) -> None:
    """Load rules into a chain of this host at ``hook`` (``input``, ``forward``)."""
    chain = f"type filter hook {hook} priority 0;\n" + "\n".join(rules)
    host.run("nft", "-f", "-", stdin=f"table inet guard {{ chain {hook} {{ {chain}\n}}\n}}\n")
