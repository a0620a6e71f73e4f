"""Lines, requests and header fields, as text protocols share them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.evidence import text
from annotator.kernel.load import view

FIELDS = b"Host: a.example\r\nuser-AGENT:\tx y\r\nST: ssdp:all\r\nFolded: one\r\n two\r\n\r\nHost: body\r\n"


_kept: list[object] = []


def window(payload: bytes) -> tuple[object, int, int]:
    """Give the view of a payload, which is kept: the view alone does not."""
    _kept[:] = [payload, array := np.frombuffer(payload or b"\0", np.uint8)]
    return view(array), 0, len(payload)


def number(word: bytes) -> int:
    return int.from_bytes(word, "big")


@pytest.mark.parametrize(
    ("payload", "place"),
    [(b"ab\r\n", 2), (b"\n", 0), (b"a\tb\xc3\xa9\n", 5), (b"ab", text.OPEN), (b"", text.OPEN), (b"a\0\n", text.BROKEN)],
)
def test_a_line_ends_at_cr_or_lf(payload: bytes, place: int) -> None:
    """Control characters other than the tab are no text; bytes over 127 are."""
    assert text.line_end(*window(payload)) == place


def test_a_line_end_is_cr_lf_or_either() -> None:
    for payload, following in ((b"\r\nx", 2), (b"\rx", 1), (b"\nx", 1), (b"\n\r", 1), (b"\r", 1)):
        assert text.next_line(view(np.frombuffer(payload, np.uint8)), 0, len(payload)) == following


@pytest.mark.parametrize(("payload", "value"), [(b"220", 220), (b"007", 7), (b"2 0", -1), (b"2x0", -1)])
def test_digits_are_decimal(payload: bytes, value: int) -> None:
    assert text.digits(window(payload)[0], 0, 3) == value


@pytest.mark.parametrize(
    ("payload", "parts"),
    [
        (b"GET /a HTTP/1.1\r\n", (b"/a", b"HTTP/1.1")),
        (b"GET /a b HTTP/1.1\r\n", (b"/a b", b"HTTP/1.1")),
        (b"RPC_IN_DATA / X\n", (b"/", b"X")),
    ],
)
def test_a_request_line_has_three_parts(payload: bytes, parts: tuple[bytes, bytes]) -> None:
    target, version, stop = text.request_line(*window(payload))
    assert (payload[target : version - 1], payload[version:stop]) == parts


@pytest.mark.parametrize(
    ("payload", "result"),
    [
        (b"GET /a HT", text.OPEN),
        (b"GET", text.OPEN),
        (b"get / X\r\n", text.BROKEN),
        (b"GET\r\n", text.BROKEN),
        (b"GET /\r\n", text.BROKEN),
        (b"GET  X\r\n", text.BROKEN),
        (b" / X\r\n", text.BROKEN),
        (b"A" * 40 + b" / X\r\n", text.BROKEN),
        (b"GET /\0 X\r\n", text.BROKEN),
    ],
)
def test_other_lines_are_no_request(payload: bytes, result: int) -> None:
    assert text.request_line(*window(payload))[2] == result


@pytest.mark.parametrize(
    ("payload", "count"),
    [(FIELDS, 5), (b"A: 1\r\nB", 1), (b"", 0), (b"no field\r\n", -1), (b": 1\r\n", -1), (b"A: 1\r\nb\0: 2\r\n", -1)],
)
def test_fields_are_counted_to_the_empty_line(payload: bytes, count: int) -> None:
    assert text.field_lines(*window(payload)) == count


@pytest.mark.parametrize(
    ("name", "length", "value"),
    [(b"host", 4, b"a.example"), (b"user", 10, b"x y"), (b"st", 2, b"ssdp:all"), (b"user", 9, b""), (b"none", 4, b"")],
)
def test_a_field_is_found_by_its_name(name: bytes, length: int, value: bytes) -> None:
    """In either case of letters, in the header only, by its first letters and its length."""
    at, size = text.field(*window(FIELDS), number(name), length)
    assert FIELDS[at : at + size] == value


def test_a_field_without_its_end_is_not_found() -> None:
    assert text.field(*window(b"Host: a.exam"), number(b"host"), 4) == (0, 0)


def test_words_are_found_in_either_case() -> None:
    assert text.holds(*window(b"220 x ESMTP"), number(b"smtp"))
    assert not text.holds(*window(b"220 x ESMT"), number(b"smtp"))
    assert text.word_at(*window(b"NICK x"), number(b"nick"))
    assert not text.word_at(*window(b"NIC"), number(b"nick"))


@pytest.mark.parametrize(("payload", "place"), [(b"QUIT\r\n", 4), (b"QUIT\n", 4), (b"QUIT", -2), (b"QUIT\r\nX", -2)])
def test_a_lone_line_is_all_there_is(payload: bytes, place: int) -> None:
    assert text.lone_line(*window(payload), len(payload)) == place
    assert text.lone_line(*window(payload), len(payload) + 1) == text.BROKEN


@pytest.mark.parametrize(
    ("payload", "code"), [(b"220 x", 220), (b"220-x", 220), (b"220x", -1), (b"22", -1), (b"2a0 ", -1)]
)
def test_a_reply_begins_with_its_code(payload: bytes, code: int) -> None:
    assert text.reply_code(*window(payload)) == code


@given(st.binary(max_size=60))
def test_any_bytes_give_an_answer(payload: bytes) -> None:
    """No load leaves the payload."""
    text.request_line(*window(payload))
    text.field_lines(*window(payload))
    text.field(*window(payload), number(b"host"), 4)
    text.reply_code(*window(payload))
    text.lone_line(*window(payload), len(payload))
