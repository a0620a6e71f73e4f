"""A generated capture, made once for all tests."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks import generate

PACKETS = 60_000
FLOWS = 5_000
SEED = 2
"""One whose capture holds a scan, fragments and ESP although it is small."""

OPTIONS = ("--packets", str(PACKETS), "--flows", str(FLOWS), "--seed", str(SEED))


@dataclass(frozen=True)
class Made:
    """What one run of the generator left."""

    path: Path
    truth: dict[str, Any]
    flows: list[dict[str, str]]


def make(folder: Path, *options: str) -> Made:
    """Run the generator's command in-process."""
    path = folder / "made.pcap"
    listing, truth = folder / "flows.csv", folder / "truth.json"
    generate.main(["-o", str(path), "--truth", str(truth), "--flow-list", str(listing), *options])
    with listing.open(encoding="utf-8", newline="") as file:
        return Made(path, json.loads(truth.read_text(encoding="utf-8")), list(csv.DictReader(file)))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A capture of 60,000 packets at full length, and the generator's account of it."""
    return make(tmp_path_factory.mktemp("made"), *OPTIONS)
