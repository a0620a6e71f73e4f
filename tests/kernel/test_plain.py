"""The loads in plain Python."""

import numpy as np
import pytest

from annotator.kernel import load, plain


@pytest.mark.parametrize(
    ("name", "size"), [("u8", 1), ("be16", 2), ("be32", 4), ("be64", 8), ("le16", 2), ("le32", 4), ("le64", 8)]
)
def test_loads_read_and_check_as_the_compiled_ones(name: str, size: int) -> None:
    """The number that the bytes spell, and an IndexError outside of them."""
    data = np.arange(1, 17, dtype=np.uint8)
    read = getattr(plain, name)
    for start in range(17 - size):
        spelt = int.from_bytes(data[start : start + size].tobytes(), "little" if name.startswith("l") else "big")
        assert read(plain.view(data), start) == spelt
    for outside in (-1, 17 - size, 1 << 63):
        with pytest.raises(IndexError):
            read(plain.view(data), outside)


def test_names_are_those_of_the_compiled_loads() -> None:
    """Each load has its twin."""
    assert all(hasattr(plain, name) and hasattr(load, name) for name in load.LOADS)
