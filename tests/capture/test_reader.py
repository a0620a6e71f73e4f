"""What all readers share: issues with the first frame concerned, and how reading ended."""

import io
from typing import Any

import pytest

from annotator.capture.pcap import PcapReader
from annotator.capture.reader import Reader
from annotator.capture.window import Window
from annotator.errors import InputError
from tests.capture.writing import issues, packets, pcap_header, pcap_record


def test_issues_are_counted_from_the_first_frame_concerned() -> None:
    """The first mention keeps the frame and the words; the others add to the count."""
    source = Reader("a.pcap", 0)
    source.frames = 6
    source.issue("odd", "what it is", 2)
    source.frames = 9
    source.issue("odd", "what it is")
    (issue,) = source.issues.values()
    assert (issue.name, issue.detail, issue.count, issue.first_frame) == ("odd", "what it is", 3, 7)


class Failing(io.BytesIO):
    """A file on a medium that fails where the data ends."""

    def readinto(self, buffer: Any) -> int:
        count = super().readinto(buffer)
        if not count:
            raise OSError(5, "Input/output error")
        return count


def test_a_failing_medium_ends_the_reading_behind_the_good_prefix() -> None:
    """An error of the medium is a line in the report, not a traceback: what was read before it stands."""
    data = pcap_header("<") + pcap_record("<", b"good") * 3 + pcap_record("<", bytes(100))[:40]
    source = PcapReader(lambda: Window(Failing(data), b"", 64), "a.pcap", 0, None)
    assert len(packets(source)) == 3
    assert not source.complete
    assert "after frame 3" in source.note
    assert "Input/output error" in source.note
    assert issues(source) == {"read_error": (1, 4)}


def test_a_medium_that_fails_in_the_header_is_an_error() -> None:
    """Where nothing can be read there is no prefix to report on."""
    source = PcapReader(lambda: Window(Failing(pcap_header("<")[:10]), b"", 64), "a.pcap", 0, None)
    with pytest.raises(InputError, match="Input/output error"):
        packets(source)


def test_progress_goes_from_nothing_to_the_whole_file() -> None:
    """Bytes done never pass the total, and reach it with the last batch."""
    data = pcap_header("<") + pcap_record("<", bytes(100)) * 50
    source = PcapReader(lambda: Window(io.BytesIO(data), b"", 512), "a.pcap", 0, len(data))
    assert (source.bytes_done, source.bytes_total) == (0, len(data))
    seen = [source.bytes_done for _ in source.batches()]
    assert seen == sorted(seen)
    assert max(seen) <= len(data)
    assert source.bytes_done == len(data)
