"""tshark as it is installed here: what it says, and what becomes of it when it fails, hangs, or is not there."""

import asyncio
import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from annotator.evidence.tshark import Tshark, TsharkError

needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")


def fake(folder: Path, script: str) -> str:
    """Make a program that gives tshark's version, and else does what `script` says."""
    path = folder / "tshark"
    path.write_text(f'#!/bin/sh\nif [ "$1" = -v ]; then echo "TShark (Wireshark) 4.0.17 ()"; exit; fi\n{script}\n')
    path.chmod(0o755)
    return str(path)


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def children() -> str:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text()


@needs_tshark
def test_layers_of_a_capture(samples: Path) -> None:
    """Each frame's layers are named, outermost first, and a display filter chooses frames."""
    tshark = Tshark(60)
    capture = samples / "services.pcapng"
    layers = tshark.protocols(capture, "dtls")
    assert layers
    assert all(names[3:5] == ["udp", "dtls"] for names in layers.values())
    assert len(tshark.protocols(capture)) > len(layers)


@needs_tshark
def test_neutral_ports_have_no_dissector() -> None:
    """They are many, different, and none of the ports that tshark knows."""
    ports = Tshark(60).neutral_ports(1000)
    assert len(set(ports)) == 1000
    assert not {27017, 47808, 44818, 25565} & set(ports)


@needs_tshark
def test_a_running_event_loop_is_no_obstacle(samples: Path) -> None:
    """Asked from within a coroutine, as in a notebook, it answers the same and leaves nothing behind."""
    capture = samples / "office-desk1.pcap"
    alone = Tshark(60).protocols(capture)

    async def ask() -> dict[int, list[str]]:
        return Tshark(60).protocols(capture)

    before, threads = descriptors(), threading.active_count()
    assert asyncio.run(ask()) == alone
    assert (descriptors(), threading.active_count(), children()) == (before, threads, "")


@needs_tshark
def test_a_bad_filter_is_an_error_that_says_so(samples: Path) -> None:
    """tshark's own words are passed on, and nothing is left behind."""
    before = descriptors()
    with pytest.raises(TsharkError, match=r"no\.such\.field"):
        Tshark(60).protocols(samples / "office-desk1.pcap", "no.such.field == 1")
    assert (descriptors(), children()) == (before, "")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("sleep 100", "more than 2 s"),
        ("echo 'tshark: out of order' >&2; exit 2", "out of order"),
        ("kill -9 $$", "tshark ended with -9"),
    ],
)
def test_a_tshark_that_fails_is_ended(tmp_path: Path, samples: Path, script: str, words: str) -> None:
    """Hanging, failing, crashing: an error in time, no process, no zombie, no descriptor."""
    pytest.importorskip("pyshark")
    tshark = Tshark(2, fake(tmp_path, script))
    before, start = descriptors(), time.monotonic()
    with pytest.raises(TsharkError, match=words):
        tshark.protocols(samples / "office-desk1.pcap")
    assert time.monotonic() - start < 10
    assert (descriptors(), children()) == (before, "")


def test_a_tshark_that_is_not_there_or_too_old(tmp_path: Path) -> None:
    """The error says what is needed."""
    with pytest.raises(TsharkError, match="not installed"):
        Tshark(5, "no-such-tshark")
    pytest.importorskip("pyshark")
    old = tmp_path / "tshark"
    old.write_text("#!/bin/sh\necho 'TShark 2.6.1 (Git)'\n")
    old.chmod(0o755)
    with pytest.raises(TsharkError, match="too old"):
        Tshark(5, str(old))
