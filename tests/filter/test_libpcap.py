"""The compiler's binding."""

import sys
from types import ModuleType

import pytest

from annotator.errors import AnnotatorError
from annotator.filter.libpcap import MOST_OPTIMIZED, RefusedError, compile_text


def test_a_program_is_for_one_link_type() -> None:
    """The same words load from other places where the link header is longer."""
    ethernet, raw = (compile_text("tcp", link_type).columns for link_type in (1, 101))
    assert 0x0800 in ethernet[3]
    assert 0x0800 not in raw[3]


@pytest.mark.parametrize("link_type", [100, 101, 108, 109, 117, 138, 246, 258])
def test_libpcap_maps_link_types_to_its_own_numbers(link_type: int) -> None:
    """Those whose DLT number differs by system compile all the same."""
    assert compile_text("len > 3", link_type).columns.shape[1] > 1


def test_libpcaps_reason_is_kept() -> None:
    """The message says what libpcap has against the filter."""
    with pytest.raises(RefusedError, match="illegal port number"):
        compile_text("port 99999", 1)


def test_a_long_filter_is_not_optimised() -> None:
    """The same verdicts by more instructions: libpcap's optimiser takes minutes for what it compiles in a second."""
    short = compile_text("port 80 or port 80", 1).columns.shape[1]
    assert compile_text("port 80", 1).columns.shape[1] == short
    long = compile_text(" or ".join(["port 80"] * MOST_OPTIMIZED), 1).columns.shape[1]
    assert long > 10 * short


def test_without_libpcap_the_message_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, with the remedy."""

    class Missing(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise OSError("Cannot find libpcap.so library")

    monkeypatch.delitem(sys.modules, "scapy.libs.winpcapy", raising=False)
    import scapy.libs

    monkeypatch.delattr(scapy.libs, "winpcapy", raising=False)
    monkeypatch.setattr("ctypes.util.find_library", lambda _: None)
    with pytest.raises(AnnotatorError, match=r"install the package libpcap0\.8"):
        compile_text("tcp", 1)
