"""Ctrl-C while a capture is read: what was read is reported, whole, with exit 130; the second one ends at once."""

import json
import os
import signal
import struct
import subprocess
import threading
import time
from pathlib import Path

import pytest

import annotator
from annotator.cli.interrupt import Interrupt
from annotator.cli.progress import PREPARING
from tests.cli.test_main import ANNOTATE


def packets(samples: Path) -> bytes:
    """A pcap file of Ethernet frames, some hundred kilobytes."""
    return (samples / "office-web-server.pcap").read_bytes()


class Fed:
    """The command, reading a pipe that stays open: it can be interrupted while it waits for more."""

    def __init__(self, folder: Path, data: bytes, *words: str | Path) -> None:
        source = folder / "source"
        os.mkfifo(source)
        self.process = subprocess.Popen([*ANNOTATE, source, *words], stderr=subprocess.PIPE, stdout=subprocess.PIPE)
        self._pipe = source.open("wb")
        self._pipe.write(data)
        self._pipe.flush()

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def end(self) -> tuple[int, bytes, str]:
        """Give exit code, output, and what was said."""
        out, said = self.process.communicate(timeout=60)
        self._pipe.close()
        return self.process.returncode, out, said.decode().replace(PREPARING, "")


def test_what_was_read_is_reported(samples: Path, tmp_path: Path) -> None:
    """The file is whole, says that it is a part and why, and its accounts hold."""
    data = packets(samples)
    fed = Fed(tmp_path, data, "-o", tmp_path / "x.json", "--flows")
    time.sleep(4)
    fed.interrupt()
    code, _, said = fed.end()
    assert code == 130
    assert said.count("\n") == 1
    assert said.startswith("annotate: interrupted: reporting what was read")
    report = json.loads((tmp_path / "x.json").read_text())
    (capture,) = report["captures"]
    assert capture["complete"] is False
    assert "interrupted" in capture["note"]
    assert any(issue["name"] == "interrupted" for issue in report["issues"])
    assert capture["packets_read"] == capture["packets_decoded"] + capture["packets_stopped"] > 0
    counted = sum(flow["initiator_packets"] + flow["responder_packets"] for flow in report["flows"])
    assert counted == capture["packets_decoded"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source", "x.json"]


def test_nothing_read_is_nothing_written(tmp_path: Path) -> None:
    """Before the first packet there is nothing to report: 130, one line, no file."""
    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    fed = Fed(tmp_path, header, "-o", tmp_path / "x.json")
    time.sleep(4)
    fed.interrupt()
    code, _, said = fed.end()
    assert code == 130
    assert said.count("\n") <= 2
    assert said.endswith("annotate: interrupted\n")
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


class Reading:
    """Progress that is watched, and what says stop after so many batches."""

    def __init__(self, batches: int) -> None:
        self._left = batches

    def progress(self, _done: int, _total: int | None, packets: int) -> None:
        self._left -= packets > 0

    def stop(self) -> bool:
        return self._left <= 0


def big(samples: Path, path: Path, times: int) -> int:
    """Write a capture of many windows; gives how many packets it holds."""
    data = packets(samples)
    one = annotator.annotate(samples / "office-web-server.pcap").captures[0]["packets_read"]
    path.write_bytes(data[:24] + data[24:] * times)
    return int(one) * times


@pytest.mark.parametrize("batches", [1, 2])
def test_a_library_may_stop_too(samples: Path, tmp_path: Path, batches: int) -> None:
    """After any batch: what was taken is counted in flows and accounts alike, the rest is not."""
    whole = big(samples, tmp_path / "big.pcap", 1500)
    reading = Reading(batches)
    paths = tmp_path / "big.pcap", samples / "vlan.pcap"
    report = annotator.annotate(*paths, progress=reading.progress, stop=reading.stop)
    first, second = report.captures
    assert 0 < first["packets_read"] < whole
    assert (first["complete"], second["complete"], report.complete) == (False, False, False)
    assert second["packets_read"] == 0
    flows = report.flows
    assert int((flows["initiator_packets"] + flows["responder_packets"]).sum()) == first["packets_decoded"]


def test_stopping_before_the_first_packet_is_an_interrupt(samples: Path) -> None:
    """There is nothing to report on."""
    with pytest.raises(KeyboardInterrupt):
        annotator.annotate(samples / "vlan.pcap", stop=lambda: True)


def test_a_capture_that_was_read_to_its_end_is_complete(samples: Path) -> None:
    """Who never says stop gets the whole report."""
    assert annotator.annotate(samples / "vlan.pcap", stop=lambda: False).complete


def test_packets_of_an_interrupted_run_end_where_it_did(samples: Path, tmp_path: Path) -> None:
    """-w copies what the flows counted, and nothing behind it."""
    big(samples, tmp_path / "big.pcap", 1500)
    reading = Reading(1)
    report = annotator.annotate(tmp_path / "big.pcap", progress=reading.progress, stop=reading.stop)
    report.write_packets(tmp_path / "some.pcapng")
    written = annotator.annotate(tmp_path / "some.pcapng").captures[0]["packets_read"]
    assert written == report.captures[0]["packets_decoded"]


def test_the_second_one_ends_at_once() -> None:
    """The first is taken once reading has begun; then Ctrl-C is what it always is, and afterwards too."""
    before = signal.getsignal(signal.SIGINT)
    with Interrupt() as interrupt:
        assert signal.getsignal(signal.SIGINT) is before
        assert not interrupt()
        assert signal.getsignal(signal.SIGINT) is not before
        signal.raise_signal(signal.SIGINT)
        assert interrupt()
        assert interrupt.received
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_another_thread_does_not_listen() -> None:
    """Signals are the main thread's; asking elsewhere changes nothing."""
    before = signal.getsignal(signal.SIGINT)
    with Interrupt() as interrupt:
        thread = threading.Thread(target=interrupt)
        thread.start()
        thread.join()
        assert signal.getsignal(signal.SIGINT) is before
