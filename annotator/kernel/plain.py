"""The checked loads in plain Python: the same results, and the same ``IndexError``, as :mod:`annotator.kernel.load`."""

from collections.abc import Callable
from typing import Any, Literal


def view(data: Any) -> Any:
    """Give the bytes of an array as the loads take them."""
    return memoryview(data)


def _load(size: int, order: Literal["big", "little"]) -> Callable[[Any, int], int]:
    def load(data: Any, i: int) -> int:
        if i < 0 or i > len(data) - size:
            raise IndexError("load past the end")
        return int.from_bytes(bytes(data[i : i + size]), order)

    return load


u8 = _load(1, "big")
be16, be32, be64 = _load(2, "big"), _load(4, "big"), _load(8, "big")
le16, le32, le64 = _load(2, "little"), _load(4, "little"), _load(8, "little")


def signed(value: Any) -> int:
    """Give a column's element as a number that mixes with what the loads give."""
    return int(value)
