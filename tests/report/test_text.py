"""Codes become the text that the schema promises."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotator.model import NO_TIME
from annotator.report.text import flags_text, iso_time, iso_times, vlan_text

TIMES = st.lists(st.integers(-(2**63) + 1, 2**63 - 1), max_size=20)


@given(TIMES)
def test_times_agree_with_datetime(ns: list[int]) -> None:
    """All 9 digits of the fraction, whole seconds as the standard library counts them, before 1970 too."""
    for value, text in zip(ns, iso_times(np.array(ns, np.int64)), strict=True):
        whole, fraction = divmod(value, 10**9)
        expected = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=whole)
        assert text.decode() == f"{expected:%Y-%m-%dT%H:%M:%S}.{fraction:09d}Z"


def test_no_time_is_no_text() -> None:
    """A record without a time has an empty one, beside those that have."""
    assert iso_times(np.array([NO_TIME, 0], np.int64)).tolist() == [b"", b"1970-01-01T00:00:00.000000000Z"]
    assert iso_time(NO_TIME) is None
    assert iso_time(1) == "1970-01-01T00:00:00.000000001Z"


def test_vlan_ids_stand_outermost_first() -> None:
    """A stack of ids is joined by dots, none is empty."""
    assert vlan_text(0) == ""
    assert vlan_text(1 | 100 << 4) == "100"
    assert vlan_text(2 | 100 << 4 | 4094 << 16) == "100.4094"


def test_flags_are_letters_in_order() -> None:
    """FIN to CWR are F S R P A U E C; the bit beyond them has no letter."""
    assert flags_text(0) == ""
    assert flags_text(0b00010010) == "SA"
    assert flags_text(0x1FF) == "FSRPAUEC"
