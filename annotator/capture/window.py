"""A reused window over a byte stream, filled ahead by a thread.

Files are read, not mapped: a mapped file that somebody truncates kills the process, and maps count as memory.
"""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import BinaryIO, Final, Self

import numpy as np
from numpy.typing import NDArray

from annotator.model import BATCHES_AT_HAND

SIZE: Final = 12 << 20
"""Bytes read at a time."""
HEADROOM: Final = 1 << 20
"""Room before them for what the reader left over: records are rarely as large."""
BUFFERS: Final = BATCHES_AT_HAND + 1
POLL_S: Final = 0.1
"""How often somebody who gives up is heard while bytes are waited for."""


class Window:
    """Bytes ``data[start:end]`` of a stream that are in memory; :meth:`more` replaces the consumed ones.

    Buffers take turns: one is current, some may still be in use for what was made of them last (:meth:`lend`), and a
    thread fills another. A buffer is read to at a fixed place, and what the reader left over is copied in front of
    it, so that the read need not wait for the reader.
    """

    def __init__(self, stream: BinaryIO, head: bytes = b"", size: int = SIZE) -> None:
        """Take over `stream`; `head` are bytes that were already read from it."""
        self._stream = stream
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="annotator-read")
        self._buffers = [np.empty(HEADROOM + size, np.uint8) for _ in range(BUFFERS)]
        self.data: NDArray[np.uint8] = self._buffers[0]
        self._lent = deque[NDArray[np.uint8]](maxlen=BATCHES_AT_HAND - 1)
        self._filling = 1
        self.start = HEADROOM
        self.end = HEADROOM + len(head)
        self.data[self.start : self.end] = np.frombuffer(head, np.uint8)
        self.taken = 0
        """Bytes of the stream handed out before ``start``."""
        self.eof = False
        self._given_up = self._abandoned = False
        self._done = 0
        """Bytes that the read under way has brought in."""
        self._error: OSError | None = None
        self._pending: Future[tuple[int, OSError | None]] = self._reader.submit(self._read, self._buffers[1])

    def lend(self) -> NDArray[np.uint8]:
        """Give ``data`` for use: what was lent the last BATCHES_AT_HAND times is not overwritten."""
        self._lent.append(self.data)
        return self.data

    def _read(self, buffer: NDArray[np.uint8]) -> tuple[int, OSError | None]:
        """Fill `buffer` as far as the stream goes; an error is kept until what came before it is consumed."""
        view = memoryview(buffer)[HEADROOM:]  # type: ignore[arg-type]  # an array is a buffer
        done = self._done = 0
        try:
            while done < len(view):
                got = self._stream.readinto(view[done:])  # type: ignore[attr-defined]  # every stream here has it
                if not got:
                    break
                done = self._done = done + got
        except OSError as error:
            return done, error
        return done, None

    def consume(self, upto: int) -> None:
        """Give back the bytes before `upto`, an index into ``data``."""
        self.taken += upto - self.start
        self.start = upto

    def more(self) -> bool:
        """Bring in more bytes behind the ones not yet consumed; False at the end of the stream.

        Indexes into ``data`` change: the unconsumed bytes start at ``start`` again. Raises OSError where reading
        fails (the bytes before that stay).
        """
        if self.eof:
            if self._error:
                raise self._error
            return False
        got, error = self._awaited() if self._error is None else (0, self._error)
        if not got:
            self.eof = True
            self._error = error
            if error:
                raise error
            return False
        self._error = error
        left = self.end - self.start
        buffer = self._buffers[self._filling]
        if left <= HEADROOM:
            buffer[HEADROOM - left : HEADROOM] = self.data[self.start : self.end]
            self.data, self.start, self.end = buffer, HEADROOM - left, HEADROOM + got
        else:  # a record larger than the headroom: a buffer of its own, for as long as it takes
            self.data = np.concatenate((self.data[self.start : self.end], buffer[HEADROOM : HEADROOM + got]))
            self.start, self.end = 0, left + got
        if self._abandoned:
            self.eof = True
        elif error is None:
            in_use = {id(buffer), *map(id, self._lent)}
            self._filling = next(k for k, other in enumerate(self._buffers) if id(other) not in in_use)
            self._pending = self._reader.submit(self._read, self._buffers[self._filling])
        return True

    def _awaited(self) -> tuple[int, OSError | None]:
        """Give what the read under way brings; where somebody has given up, what it has brought so far."""
        while True:
            try:
                return self._pending.result(timeout=POLL_S)
            except TimeoutError:
                if self._given_up:
                    self._abandoned = True  # its thread may wait for ever, with the rest of the buffer in hand
                    return self._done, None

    def give_up(self) -> None:
        """Let the stream end with what has come so far, instead of waiting for more; any thread may say so."""
        self._given_up = True

    def skip(self, count: int) -> bool:
        """Consume `count` bytes without keeping them; False where the stream ends before."""
        while count > self.end - self.start:
            count -= self.end - self.start
            self.consume(self.end)
            if not self.more():
                return False
        self.consume(self.start + count)
        return True

    def source_bytes(self) -> int:
        """Bytes of the source that were used up, compressed ones where it is compressed."""
        taken: int = getattr(self._stream, "source_taken", self.taken)
        return taken

    def close(self) -> None:
        """Stop reading ahead, and close the stream."""
        self._reader.shutdown(wait=not self._given_up, cancel_futures=True)
        if not self._given_up or self._pending.done():  # what another thread reads is not to be closed under it
            self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
