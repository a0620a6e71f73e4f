"""The ClientHello and ServerHello of TLS, as TLS, DTLS and QUIC carry them."""

from typing import Any, Final

from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, u8

BAD: Final = 0
"""It is no hello."""
SHORT: Final = 1
"""What is there is consistent, and too little to tell."""
FAR: Final = 2
"""Version, session id, cipher suites and compression methods are consistent; the end is not there."""
WHOLE: Final = 3
"""All lengths are consistent to the end."""

SERVER_NAME: Final = 0
"""Extension type (RFC 6066 section 3)."""
ALPN: Final = 16
"""Extension type (RFC 7301 section 3.1)."""
SUPPORTED_VERSIONS: Final = 43
"""Extension type (RFC 8446 section 4.2.1)."""


@kernel
def known_version(data: Any, i: int, end: int) -> bool:
    """Say whether a hello's body may begin at `i`: with the version of TLS, of DTLS, or of DTLS before its RFC."""
    return end <= i or u8(data, i) == 3 or u8(data, i) == 0xFE or u8(data, i) == 1


@kernel
def client_hello(data: Any, i: int, end: int, finish: int, cookie: bool) -> tuple[int, int, int]:
    """Walk through a ClientHello's body (RFC 8446 section 4.1.2) at `i`, stored to `end`, which ends at `finish`.

    `cookie` says that DTLS's cookie stands behind the session id (RFC 6347 section 4.2.1). Returns the state, and
    place and length of the server name; without one those of the ALPN list, which begins with a length byte.
    """
    if not known_version(data, i, end):
        return BAD, 0, 0
    if end - i < 35:
        return SHORT, 0, 0
    if u8(data, i + 34) > 32:
        return BAD, 0, 0
    k = i + 35 + u8(data, i + 34)
    if cookie:
        if k + 1 > end:
            return SHORT, 0, 0
        k += 1 + u8(data, k)
    if k + 2 > end:
        return (SHORT if k + 2 <= finish else BAD), 0, 0
    suites = be16(data, k)
    k += 2 + suites
    if suites < 2 or suites & 1 or k + 2 > finish:
        return BAD, 0, 0
    if k + 2 > end:
        return SHORT, 0, 0
    methods = u8(data, k)
    k += 1 + methods
    if methods < 1 or methods > 16 or k > finish:
        return BAD, 0, 0
    if k == finish:
        return WHOLE, 0, 0  # TLS before extensions
    if k + 2 > end:
        return FAR, 0, 0
    if k + 2 + be16(data, k) != finish:
        return BAD, 0, 0
    k += 2
    alpn, alpn_length = 0, 0
    while k + 4 <= end:
        kind, length = be16(data, k), be16(data, k + 2)
        k += 4
        if k + length > finish:
            return BAD, 0, 0
        if kind == SERVER_NAME and length > 5 and k + 5 <= end:
            name = be16(data, k + 3)
            if u8(data, k + 2) == 0 and name <= length - 5 and k + 5 + name <= end:
                return (WHOLE if end >= finish else FAR), k + 5, name
        if kind == ALPN and length > 2 and k + length <= end:
            alpn, alpn_length = k + 2, length - 2
        k += length
    return (WHOLE if k == finish and end >= finish else FAR if end < finish else BAD), alpn, alpn_length


@kernel
def server_hello(data: Any, i: int, end: int, finish: int) -> tuple[int, int]:
    """Walk through a ServerHello's body (RFC 8446 section 4.1.3): the state, and the version that it settles."""
    if not known_version(data, i, end):
        return BAD, 0
    if end - i < 35:
        return SHORT, 0
    version = be16(data, i)
    if u8(data, i + 34) > 32:
        return BAD, 0
    k = i + 35 + u8(data, i + 34)
    if k + 3 > finish:
        return BAD, 0
    if k + 3 > end:
        return SHORT, 0
    if u8(data, k + 2) > 1:  # null, or deflate (RFC 3749)
        return BAD, 0
    k += 3
    if k == finish:
        return WHOLE, version
    if k + 2 > end:
        return FAR, version
    if k + 2 + be16(data, k) != finish:
        return BAD, 0
    k += 2
    while k + 4 <= end:
        kind, length = be16(data, k), be16(data, k + 2)
        k += 4
        if k + length > finish:
            return BAD, 0
        if kind == SUPPORTED_VERSIONS and length == 2 and k + 2 <= end:
            version = be16(data, k)
        k += length
    return (WHOLE if k == finish and end >= finish else FAR if end < finish else BAD), version


def label(raw: bytes) -> str:
    """Spell the label that :func:`client_hello` found: a server name, or the protocols offered by ALPN."""
    if not raw or raw[0] > 31:
        return raw.decode("ascii", "backslashreplace")
    names, k = [], 0
    while k < len(raw):
        names.append(raw[k + 1 : k + 1 + raw[k]].decode("ascii", "backslashreplace"))
        k += 1 + raw[k]
    return "alpn " + ",".join(names)
