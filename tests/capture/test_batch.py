"""The index columns: views of what a kernel filled, used again for the next batch."""

import numpy as np

from annotator.capture.batch import CAPACITY, Columns
from tests.capture.writing import enhanced, interface, pcap_header, pcap_record, reader, section


def test_a_batch_is_a_view_of_the_first_rows() -> None:
    """No byte is copied: the batch shows what stands in the columns, and knows its place in the capture."""
    columns = Columns(8)
    columns.offset[:3] = [5, 6, 7]
    data = np.zeros(16, np.uint8)
    batch = columns.batch(data, 3, 2, 101)
    assert len(batch) == 3
    assert (batch.capture, batch.first_frame) == (2, 101)
    assert batch.data is data
    columns.offset[1] = 99
    assert batch.offset.tolist() == [5, 99, 7]


def test_batches_are_no_longer_than_their_capacity() -> None:
    """More packets than fit come in several batches, whose frames are numbered on."""
    for data in (
        pcap_header("<") + pcap_record("<", b"") * (CAPACITY + 5),
        section("<") + interface("<") + enhanced("<", b"", 1) * (CAPACITY + 5),
    ):
        source = reader(data)
        assert [(batch.first_frame, len(batch)) for batch in source.batches()] == [(1, CAPACITY), (CAPACITY + 1, 5)]
        assert source.frames == CAPACITY + 5
