"""From a name to readers: formats by content, folders, order of time, standard input, and what is refused."""

import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from annotator.capture import open_capture
from annotator.capture.source import open_captures
from annotator.errors import InputError
from tests.capture.writing import MODIFIED, NANOSECONDS, enhanced, interface, packets, pcap_header, pcap_record, section

PCAP = pcap_header("<") + pcap_record("<", b"abc", seconds=10)
PCAPNG = section(">") + interface(">") + enhanced(">", b"abc", 10_000_000)


@pytest.mark.parametrize(
    ("data", "format_"),
    [
        (PCAP, "pcap"),
        (pcap_header(">") + pcap_record(">", b"abc", seconds=10), "pcap"),
        (pcap_header("<", magic=NANOSECONDS) + pcap_record("<", b"abc", seconds=10), "pcap (ns)"),
        (pcap_header("<", magic=MODIFIED) + pcap_record("<", b"", seconds=10) + bytes(8), "pcap (modified)"),
        (PCAPNG, "pcapng"),
    ],
    ids=["pcap", "big-endian", "nanoseconds", "modified", "pcapng"],
)
def test_formats_are_told_by_content(tmp_path: Path, data: bytes, format_: str) -> None:
    """The first bytes decide, whatever the file is called."""
    path = tmp_path / "capture.txt"
    path.write_bytes(data)
    source = open_capture(str(path), 3)
    assert [packet.ts_ns for packet in packets(source)] == [10 * 10**9]
    assert (source.format, source.name, source.capture) == (format_, str(path), 3)
    assert source.bytes_total == len(data)
    assert source.bytes_done == len(data)


REFUSED = {
    "empty": (b"", "is empty"),
    "text": (b"# a config file\nwith = words\n", "is text"),
    "something else": (b"\x7fELF\x02\x01\x01" + bytes(200), "not a capture"),
    "pcap header cut": (PCAP[:20], "ends inside its pcap header"),
    "section header cut": (PCAPNG[:20], "section header"),
    "magic alone": (PCAP[:4], "ends inside its pcap header"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_capture_is_refused_in_one_line(tmp_path: Path, what: str) -> None:
    """The error names the file, and says what it is; exit code 3."""
    path = tmp_path / "file"
    data, words = REFUSED[what]
    path.write_bytes(data)
    with pytest.raises(InputError, match=words) as caught:
        packets(open_capture(str(path)))
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 3


def test_names_that_cannot_be_opened(tmp_path: Path) -> None:
    """A missing file, a folder, a name with a zero byte: one line each."""
    for name, words in ((tmp_path / "missing", "no such file"), (tmp_path, "directory"), ("a\0b", "cannot be opened")):
        with pytest.raises(InputError, match=words):
            open_capture(str(name))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    """The message says which permission is missing."""
    path = tmp_path / "secret.pcap"
    path.write_bytes(PCAP)
    path.chmod(0)
    with pytest.raises(InputError, match="permission denied"):
        open_capture(str(path))


def test_folders_give_their_captures(tmp_path: Path) -> None:
    """Of a folder the captures are taken, by content; what is none is passed over, and folders in it too."""
    (tmp_path / "b.pcap").write_bytes(PCAP)
    (tmp_path / "a.bin").write_bytes(PCAPNG)
    (tmp_path / "notes.txt").write_text("no capture")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.pcap").write_bytes(PCAP)
    assert [Path(source.name).name for source in open_captures([str(tmp_path)])] == ["a.bin", "b.pcap"]


def test_a_folder_without_captures_is_refused(tmp_path: Path) -> None:
    """Nothing to read is an error, not an empty report."""
    (tmp_path / "notes.txt").write_text("no capture")
    with pytest.raises(InputError, match="no captures in this folder"):
        open_captures([str(tmp_path)])


def test_captures_are_read_in_order_of_their_first_packets(tmp_path: Path) -> None:
    """Not in the order of names; of equal times the one named first comes first."""
    times = {"a": 30, "b": 10, "c": 20, "d": 10}
    for name, second in times.items():
        (tmp_path / name).write_bytes(pcap_header("<") + pcap_record("<", b"", seconds=second))
    sources = open_captures([str(tmp_path / name) for name in times])
    assert [Path(source.name).name for source in sources] == ["b", "d", "c", "a"]
    assert [source.capture for source in sources] == [0, 1, 2, 3]


def test_waiting_captures_hold_nothing(tmp_path: Path) -> None:
    """A thousand captures wait without a descriptor, a thread, or a buffer; each is opened when it is read."""
    (tmp_path / "a.pcap").write_bytes(PCAP)
    threads, descriptors = threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))
    sources = open_captures([str(tmp_path / "a.pcap")] * 1000)
    assert threading.active_count() == threads
    assert len(list(Path("/proc/self/fd").iterdir())) <= descriptors + 1
    for source in sources[:20]:
        assert len(packets(source)) == 1
    assert threading.active_count() == threads


def test_a_named_pipe_is_read_once(tmp_path: Path) -> None:
    """A pipe has no size, and what was read of it to know its format is not lost."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: path.write_bytes(PCAP))
    writer.start()
    source = open_capture(str(path))
    assert source.bytes_total is None
    assert [packet.data for packet in packets(source)] == [b"abc"]
    writer.join()


@pytest.mark.parametrize("data", [PCAP, PCAPNG], ids=["pcap", "pcapng"])
def test_standard_input(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """``-`` is standard input, in either format."""
    code = (
        "from annotator.capture import open_capture; source = open_capture('-');"
        "print([len(batch) for batch in source.batches()], source.format)"
    )
    run = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True)
    assert run.stdout.split()[0] == b"[1]"


def test_a_growing_file_is_read_as_far_as_it_is(tmp_path: Path) -> None:
    """A file that is still being written gives what was there; a record begun is a truncation, not an error."""
    path = tmp_path / "growing.pcap"
    path.write_bytes(PCAP + pcap_record("<", bytes(100))[:50])
    source = open_capture(str(path))
    with path.open("ab") as file:
        file.write(io.BytesIO(bytes(10)).read())
    assert [packet.data for packet in packets(source)] == [b"abc"]
    assert not source.complete
    assert "cut short" in source.note
