"""The generator's own account of what it wrote."""

import csv
import socket
from collections import Counter
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from benchmarks.traffic.script import Profile
from benchmarks.traffic.tcp import Answer

TRANSPORTS = {1: "icmp", 6: "tcp", 17: "udp", 50: "esp", 58: "icmp6"}
SIDES = ("client", "server")
COLUMNS = (
    *("transport", "client_addr", "client_port", "server_addr", "server_port", "profile", "answer"),
    *("first_ns", "last_ns", "first_frame"),
    *(f"{side}_{what}" for what in ("packets", "bytes", "frame_bytes", "payload_bytes") for side in SIDES),
)


class Truth:
    """Counts of flows, packets and bytes."""

    def __init__(self, profiles: tuple[Profile, ...], listing: TextIO | None) -> None:
        """With `listing`, every flow is also written to it as a row of CSV, in the order of their ends."""
        self.names = [profile.name for profile in profiles]
        self.counts: dict[str, Counter[str]] = {name: Counter() for name in TRANSPORTS.values()}
        self.by_profile: Counter[str] = Counter()
        self.by_answer: Counter[str] = Counter()
        self.writer = csv.writer(listing, lineterminator="\n") if listing else None
        if self.writer:
            self.writer.writerow(COLUMNS)

    def add(self, rows: NDArray[Any]) -> None:
        """Count flows, rows of dtype :data:`benchmarks.traffic.world.ROW`."""
        for proto, name in TRANSPORTS.items():
            these = rows[rows["proto"] == proto]
            self.counts[name]["flows"] += len(these)
            for what in ("packets", "bytes", "frame_bytes", "payload_bytes"):
                self.counts[name][what] += int(these[what].sum())
        for number, count in enumerate(np.bincount(rows["profile"], minlength=len(self.names))):
            self.by_profile[self.names[number]] += int(count)
        for answer, count in enumerate(np.bincount(rows["answer"], minlength=len(Answer))):
            self.by_answer[Answer(answer).name.lower()] += int(count)
        if self.writer:
            self.writer.writerows(self.line(row) for row in rows)

    def line(self, row: Any) -> tuple[Any, ...]:
        """Spell a flow out."""
        family, size = (socket.AF_INET, 4) if row["version"] == 4 else (socket.AF_INET6, 16)
        ends = [socket.inet_ntop(family, row[side].tobytes()[:size]) for side in SIDES]
        return (
            *(TRANSPORTS[int(row["proto"])], ends[0], row["client_port"], ends[1], row["server_port"]),
            *(self.names[row["profile"]], Answer(row["answer"]).name.lower()),
            *(row["first_ns"], row["last_ns"], row["first_frame"]),
            *(value for what in ("packets", "bytes", "frame_bytes", "payload_bytes") for value in row[what]),
        )

    def summary(self) -> dict[str, Any]:
        """Give the counts by transport, by profile and by answer."""
        return {
            "transports": {name: dict(counts) for name, counts in self.counts.items()},
            "flows_by_profile": dict(self.by_profile),
            "flows_by_answer": dict(self.by_answer),
        }
