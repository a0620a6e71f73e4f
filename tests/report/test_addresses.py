"""Addresses are numbered and written as the standard library reads them."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.report.addresses import address_text, number_addresses
from tests.report.synthetic import flow, make_flows


@pytest.mark.parametrize(
    "text",  # RFC 5952 section 4
    [
        "::",
        "::1",
        "2001:db8::1",
        "2001:db8:0:1:1:1:1:1",  # one group of zeros is not shortened
        "2001:0:0:1::1",  # the longest run is
        "2001:db8::1:0:0:1",  # the first of equals is
        "fe80::aaaa:bbbb",
        "::ffff:192.0.2.1",
        "0.0.0.0",  # noqa: S104 (nothing is bound)
        "255.255.255.255",
    ],
)
def test_addresses_are_canonical(text: str) -> None:
    """Text is that of RFC 5952."""
    parsed = ip_address(text)
    assert address_text(parsed.version, int(parsed) >> 64, int(parsed) & (2**64 - 1)) == text


PAIRS = st.one_of(
    st.tuples(st.ip_addresses(v=4), st.ip_addresses(v=4)), st.tuples(st.ip_addresses(v=6), st.ip_addresses(v=6))
)


@given(st.lists(PAIRS, max_size=30))
def test_codes_stand_for_addresses_in_numeric_order(pairs: list[tuple[object, object]]) -> None:
    """Each address has one code; codes rise with the addresses, IPv4 first; the text reads back to the address."""
    flows = make_flows([flow(str(one), str(two)) for one, two in pairs])
    numbered = number_addresses(flows)
    texts = numbered.texts()
    assert texts == [numbered.text(code) for code in range(len(numbered))]
    parsed = [ip_address(text) for text in texts]
    assert parsed == sorted(set(parsed), key=lambda address: (address.version, int(address)))
    assert [parsed[code] for code in numbered.initiator] == [one for one, _ in pairs]
    assert [parsed[code] for code in numbered.responder] == [two for _, two in pairs]
