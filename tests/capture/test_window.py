"""The reused window: the same bytes whatever its size, records across its edges, bounded memory."""

import io
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.capture import batch, window
from annotator.capture.window import Window
from annotator.model import BATCHES_AT_HAND
from tests.capture.writing import enhanced, interface, packets, pcap_header, pcap_record, read, reader, section


def drain(source: Window, steps: list[int]) -> bytes:
    """Read all of `source`, consuming as many bytes as the steps say, over and over."""
    found, turn = b"", 0
    while True:
        here = min(steps[turn % len(steps)], source.end - source.start)
        found += source.data[source.start : source.start + here].tobytes()
        source.consume(source.start + here)
        turn += 1
        if source.start == source.end and not source.more():
            return found
        if turn % 3 == 0:
            source.more()


@given(
    data=st.binary(max_size=400),
    head=st.integers(0, 20),
    size=st.integers(1, 50),
    steps=st.lists(st.integers(1, 60), min_size=1, max_size=5),
)
def test_every_byte_comes_once_and_in_order(data: bytes, head: int, size: int, steps: list[int]) -> None:
    """Whatever the size of the window and of what is consumed, the bytes are those of the stream."""
    head = min(head, size)
    with Window(io.BytesIO(data[head:]), data[:head], size) as source:
        assert drain(source, steps) == data
        assert source.taken == len(data)
        assert source.eof


@pytest.mark.parametrize("size", [1, 5, 31, 100, 4096])
def test_batches_do_not_depend_on_the_window(size: int) -> None:
    """Records that lie across the edges of windows, and that are longer than one, are the same packets."""
    bodies = [bytes([n]) * (n * 7 % 90) for n in range(40)]
    records = b"".join(pcap_record("<", body, seconds=n) for n, body in enumerate(bodies))
    assert read(pcap_header("<") + records, size)[0] == read(pcap_header("<") + records)[0]
    blocks = b"".join(enhanced(">", body, n) for n, body in enumerate(bodies))
    data = section(">") + interface(">") + blocks + section("<") + interface("<") + enhanced("<", b"end", 1)
    assert read(data, size)[0] == read(data)[0]


@pytest.mark.parametrize("room", [0, 1, 16, 40])
def test_a_record_larger_than_the_headroom_is_kept_whole(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where what is left over does not fit before the next read, the window grows for that record."""
    monkeypatch.setattr(window, "HEADROOM", room)
    bodies = [b"x" * 10, bytes(range(256)) * 2, b"y" * 10, b"z" * 300]
    data = pcap_header("<") + b"".join(pcap_record("<", body) for body in bodies)
    source = reader(data, 64)
    assert [packet.data for packet in packets(source)] == bodies


def test_a_record_of_many_windows_needs_memory_for_itself_only() -> None:
    """A record of 3 MB through windows of 64 KB arrives whole (link type 231 allows such lengths)."""
    body = os.urandom(3 << 20)
    data = pcap_header("<", link_type=231) + pcap_record("<", body) + pcap_record("<", b"after")
    found, source = read(data, 1 << 16)
    assert [packet.data for packet in found] == [body, b"after"]
    assert source.complete


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 999, 1000])
def test_skipping_keeps_nothing_and_loses_nothing(count: int) -> None:
    """The byte behind what was skipped comes next, however many windows that was."""
    data = os.urandom(1000)
    with Window(io.BytesIO(data), b"", 50) as source:
        assert source.skip(count)
        assert source.taken == count
        assert drain(source, [50]) == data[count:]
    with Window(io.BytesIO(data), b"", 50) as source:
        assert not source.skip(1001)


class Failing(io.RawIOBase):
    """A stream whose medium fails after some bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._data:
            raise OSError(5, "Input/output error")
        count = min(len(buffer), len(self._data), 10)
        buffer[:count], self._data = self._data[:count], self._data[count:]
        return count


@pytest.mark.parametrize("size", [4, 16, 64, 4096])
def test_bytes_before_a_failure_are_given_first(size: int) -> None:
    """An error of the medium is raised only when every byte before it was handed out."""
    data = os.urandom(100)
    source = Window(Failing(data), b"", size)  # type: ignore[arg-type]  # a raw stream, as files opened unbuffered are
    found = b""
    with source:
        while len(found) < len(data):
            assert source.more()
            found += source.data[source.start : source.end].tobytes()
            source.consume(source.end)
        for _ in range(2):  # whoever looks ahead must not swallow it
            with pytest.raises(OSError, match="Input/output"):
                source.more()
    assert found == data


def test_a_file_cut_short_while_it_is_read_is_the_end_of_it(tmp_path: Path) -> None:
    """A file that somebody truncates ends there: no signal, no error, as a mapped file would give."""
    path = tmp_path / "shrinking"
    path.write_bytes(bytes(1000))
    stream = path.open("rb", buffering=0)
    with Window(stream, b"", 100) as source:
        assert source.more()
        os.truncate(path, 150)
        total = source.end - source.start
        source.consume(source.end)
        while source.more():
            total += source.end - source.start
            source.consume(source.end)
        assert total <= 300


def test_closing_ends_the_thread_that_reads_ahead() -> None:
    """No thread stays behind a closed window."""
    before = threading.active_count()
    source = Window(io.BytesIO(bytes(100)), b"", 10)
    assert source.more()
    assert threading.active_count() == before + 1
    source.close()
    assert threading.active_count() == before


@pytest.mark.parametrize("size", [4, 64])
def test_giving_up_ends_with_what_has_come(size: int) -> None:
    """A pipe that stays open without a word: its bytes so far, then the end, and nobody waits for the rest."""
    reads, writes = os.pipe()
    with os.fdopen(writes, "wb") as pipe:
        source = Window(os.fdopen(reads, "rb", buffering=0), size=size)
        pipe.write(b"0123456789")
        pipe.flush()
        source.give_up()
        assert drain(source, [3]) == b"0123456789"
        assert source.eof
        source.close()


@pytest.mark.parametrize("size", [64, 300, 4096])
@pytest.mark.parametrize("capacity", [1, 7, 1000])
def test_what_is_lent_stays_for_the_batches_behind_it(
    size: int, capacity: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the last of those at hand is made, the bytes of the others are what they were."""
    monkeypatch.setattr(batch, "CAPACITY", capacity)
    monkeypatch.setattr(batch.Columns.__init__, "__defaults__", (capacity,))
    bodies = [bytes([n % 256]) * (n * 7 % 90) for n in range(600)]
    source = reader(pcap_header("<") + b"".join(pcap_record("<", body) for body in bodies), size)
    at_hand: list[tuple[Any, list[tuple[int, bytes]]]] = []
    seen = []
    for made in source.batches():
        places = list(zip(made.offset.tolist(), made.caplen.tolist(), strict=True))
        at_hand.append((made.data, [(at, made.data[at : at + length].tobytes()) for at, length in places]))
        for data, packets_of_it in at_hand[-BATCHES_AT_HAND:]:
            assert all(data[at : at + len(body)].tobytes() == body for at, body in packets_of_it)
        seen += [body for _, body in at_hand[-1][1]]
    assert seen == bodies
    assert len(at_hand) > BATCHES_AT_HAND
