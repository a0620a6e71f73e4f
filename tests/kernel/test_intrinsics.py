"""What kernels do below the level of Python is there for kernels, and nobody else; see test_load and test_prefetch."""

import pytest

from annotator.kernel.cache import INTERPRETED
from annotator.kernel.jit import Intrinsic

pytestmark = pytest.mark.skipif(INTERPRETED, reason="nothing is compiled")


def test_python_cannot_call_them() -> None:
    """A raw load takes any address."""
    with pytest.raises(TypeError, match="compiled code"):
        Intrinsic("u8")(0, 0)


@pytest.mark.parametrize("name", ["u8", "be16", "be32", "be64", "le16", "le32", "le64", "view", "prefetch"])
def test_numba_knows_each_by_a_type_of_its_own(name: str) -> None:
    from annotator.kernel import intrinsics

    assert Intrinsic(name)._numba_type_ == intrinsics.type_of(name)
    others = [intrinsics.type_of(other) for other in intrinsics._MADE if other != name]
    assert intrinsics.type_of(name) not in others
