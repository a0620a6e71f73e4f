"""Fetching from a real server on the loopback address: what is taken, and all that is not."""

from collections.abc import Iterator

import pytest

from annotator.errors import RegistryError
from annotator.registry.fetch import fetch

from .making import refusal
from .server import ETAG, LAST_MODIFIED, Server, serving, timed

BODY = bytes(range(256)) * 2000


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that serves BODY."""
    with serving(BODY) as running:
        yield running


def test_a_file_is_fetched_whole(server: Server) -> None:
    """With what the server says of its version."""
    response = fetch(server.url("fresh"))
    assert response.data == BODY
    assert (response.etag, response.last_modified) == (ETAG, LAST_MODIFIED)


def test_the_client_names_itself_and_asks_for_no_encoding(server: Server) -> None:
    """A User-Agent that says who asks; no conditions where nothing is known."""
    fetch(server.url("fresh"))
    (headers,) = server.requests
    assert headers["User-Agent"].startswith("annotator/")
    assert headers["Accept-Encoding"] == "identity"
    assert "If-None-Match" not in headers
    assert "If-Modified-Since" not in headers


def test_both_conditions_are_sent_where_they_are_known(server: Server) -> None:
    """And "not modified" comes back as no data."""
    assert fetch(server.url("fresh"), etag=ETAG, last_modified=LAST_MODIFIED).data is None
    assert server.requests[0]["If-None-Match"] == ETAG
    assert server.requests[0]["If-Modified-Since"] == LAST_MODIFIED


@pytest.mark.parametrize("path", ["drip", "drip_headers", "silent"])
def test_a_slow_server_is_given_up(server: Server, path: str) -> None:
    """After the time in all that was given, wherever it is slow."""
    words: list[str] = []
    assert timed(lambda: words.append(refusal(lambda: fetch(server.url(path), timeout_s=0.4)))) < 3
    assert "0.4 s" in words[0]
    assert "--timeout" in words[0]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("cut", f"cut short: {len(BODY) // 2:,} of {len(BODY):,} bytes"),
        ("cut_chunks", "cut short"),
        ("huge", "1,000,000,000,000 bytes, more than"),
        ("endless", "more than the"),
        ("busy", "the server answered 503"),
        ("nowhere", "answered 5"),
    ],
)
def test_what_is_no_whole_file_is_refused(server: Server, path: str, words: str) -> None:
    """In one line that names the URL."""
    if path == "nowhere":
        server.targets["nowhere"] = server.url("busy")
        path = "to/nowhere"
    message = refusal(lambda: fetch(server.url(path)))
    assert message.startswith(server.url(path))
    assert words in message
    assert "\n" not in message


def test_the_size_is_bounded_while_reading(server: Server) -> None:
    """A server that states no length cannot fill the memory."""
    assert "more than the 1,000 bytes" in refusal(lambda: fetch(server.url("endless"), max_bytes=1000))


@pytest.mark.parametrize(
    "target",
    ["http://192.0.2.1/x", "file:///etc/passwd", "ftp://127.0.0.1/x", "http://localhost.example/x", "//192.0.2.1/x"],
)
def test_a_redirect_away_from_https_is_refused(server: Server, target: str) -> None:
    """Nothing is asked at the other end."""
    server.targets["there"] = target
    message = refusal(lambda: fetch(server.url("to/there")))
    assert message.startswith(server.url("to/there"))
    assert "refused" in message or "not allowed" in message
    assert len(server.requests) == 1


def test_a_redirect_to_https_is_followed(server: Server) -> None:
    """As far as the certificate of the other end allows: this one speaks no TLS at all."""
    server.targets["there"] = server.url("fresh").replace("http:", "https:")
    assert "SSL" in refusal(lambda: fetch(server.url("to/there")))


def test_a_redirect_within_this_machine_is_followed(server: Server) -> None:
    """Plain http is taken from a loopback address to another, so that this can be tested at all."""
    server.targets["there"] = server.url("fresh")
    assert fetch(server.url("to/there")).data == BODY


def test_redirects_without_end_are_given_up(server: Server) -> None:
    """A few are enough."""
    server.targets["round"] = server.url("to/round")
    assert "302" in refusal(lambda: fetch(server.url("to/round")))
    assert len(server.requests) <= 10


@pytest.mark.parametrize("url", ["http://example.org/x", "file:///etc/passwd", "data:,x", "x", "", "http://[::1"])
def test_only_https_is_fetched(url: str) -> None:
    """Nothing is asked of the network."""
    assert "https" in refusal(lambda: fetch(url))


def test_a_server_that_is_not_there_is_one_clear_error() -> None:
    """It says so, and how to go without it."""
    with serving() as gone:
        url = gone.url("fresh")
    assert "cannot be reached" in refusal(lambda: fetch(url))
    with pytest.raises(RegistryError, match="--from FILE"):
        fetch(url)


def test_progress_is_told(server: Server) -> None:
    """Bytes so far, and in all."""
    told: list[tuple[int, int | None]] = []
    fetch(server.url("fresh"), progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(BODY), len(BODY))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
