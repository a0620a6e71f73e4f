"""Open a source and read it as :class:`~annotator.model.PacketBatch`: files of any size, one window at a time."""

from annotator.capture.reader import Reader
from annotator.capture.source import open_capture, open_captures

__all__ = ["Reader", "open_capture", "open_captures"]
