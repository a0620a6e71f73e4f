"""pyarrow's functions, untyped: the published types know only some of the ways in which they can be called."""

from typing import Any, Final, TypeAlias

import pyarrow.compute

Array: TypeAlias = "pyarrow.Array[Any]"

compute: Final[Any] = pyarrow.compute


def join(*texts: Any, between: str = "", missing: str | None = None) -> Any:
    """Join columns and texts row by row into one column; a row with a null is null, unless `missing` stands for it."""
    if missing is None:
        return compute.binary_join_element_wise(*texts, between)
    return compute.binary_join_element_wise(*texts, between, null_handling="replace", null_replacement=missing)
