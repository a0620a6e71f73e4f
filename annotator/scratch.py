"""A folder for what is only needed for a while: it is gone in the end, at whatever moment a signal comes."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make a folder that nobody else can look into, for the length of a ``with`` block.

    Its name is chosen, and its removal arranged for, before it is made: with Python's own a signal that comes in
    between leaves it behind. Raises OSError where there is no room for one.
    """
    folder = Path(tempfile.gettempdir(), f"annotate-{secrets.token_hex(16)}")  # of 2^128 names, none is there already
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        try:
            shutil.rmtree(folder, ignore_errors=True)
        except BaseException:  # a signal, while it was being removed
            shutil.rmtree(folder, ignore_errors=True)
            raise
