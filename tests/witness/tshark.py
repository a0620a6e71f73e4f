"""tshark's opinion of a capture: its frames, and its conversations."""

import re
import subprocess
from collections import Counter
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from annotator.model import SCTP, TCP, UDP
from tests.witness.ends import Conversations, EndPoint

TABLES = {"TCP": TCP, "UDP": UDP, "SCTP": SCTP}
OPTIONS = ("-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE")


class Dissected(NamedTuple):
    """What tshark saw."""

    frames: int
    """How many it could read."""
    conversations: Conversations


def dissect(path: Path, *options: str) -> Dissected:
    """Run tshark over the capture at `path`, once for both answers."""
    statistics = [part for table in TABLES for part in ("-z", f"conv,{table.lower()}")]
    command = ["tshark", "-n", "-r", str(path), *OPTIONS, *options, "-T", "fields", "-e", "frame.number"]
    # a damaged capture gives a status of its own, after the good part
    run = subprocess.run([*command, *statistics], capture_output=True, timeout=300, check=False)
    frames, _, tables = run.stdout.decode(errors="replace").partition("=" * 80)
    return Dissected(len(frames.split()), _parse(tables))


def _parse(tables: str) -> Conversations:
    """Read the tables of ``-z conv``: packets by (protocol, sender, receiver)."""
    packets: Conversations = Counter()
    protocol = 0
    for line in tables.splitlines():
        title = re.match(r"(TCP|UDP|SCTP) Conversations", line)
        if title:
            protocol = TABLES[title[1]]
        elif " <-> " in line:
            one, _, rest = line.partition("<->")
            other, backward, _, _, forward, *_ = rest.split()  # frames and bytes (with a unit) each way
            a, b = _end(one.strip()), _end(other)
            packets[protocol, a, b] += int(forward)
            packets[protocol, b, a] += int(backward)
    return +packets


def _end(text: str) -> EndPoint:
    address, _, port = text.rpartition(":")
    return ip_address(address), int(port)
