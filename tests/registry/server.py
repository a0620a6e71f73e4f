"""A web server on the loopback address that behaves, or misbehaves, as the path says; and what it serves."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .making import csv_of

ETAG = '"v1"'
LAST_MODIFIED = "Mon, 17 Aug 2026 00:00:00 GMT"
LANDMARKS = (
    "ssh,22,tcp,The Secure Shell,,,,,,,,",
    "domain,53,udp,Domain Name Server,,,,,,,,",
    "http,80,tcp,World Wide Web HTTP,,,,,,,,",
    "https,443,tcp,http protocol over TLS/SSL,,,,,,,,",
)


@cache
def whole_registry(rows: int = 14_600, extra: str = "", newest: str = "2026-09-01") -> bytes:
    """A CSV that is large enough, new enough and well known enough to be the whole registry."""
    filler = (f"s{i},{1024 + i},tcp,Service {i},[A_B],[A_B],,,,,," for i in range(rows - len(LANDMARKS) - 1))
    return csv_of(*LANDMARKS, f"newest,500,tcp,{extra},,,{newest},,,,,", *filler)


class Behaviour(BaseHTTPRequestHandler):
    """Answers by the name in the path."""

    protocol_version = "HTTP/1.1"
    wbufsize = 0

    def do_GET(self) -> None:
        """Find the method of that name."""
        self.served.requests.append(dict(self.headers))
        name = self.path.strip("/").split("/")[0]
        try:
            getattr(self, f"act_{name}")()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    @property
    def served(self) -> "Server":
        """The server, with what it serves."""
        assert isinstance(self.server, Server)
        return self.server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name that the library gives it)
        """Say nothing on the test's output."""

    def answer(self, code: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(code)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def act_fresh(self) -> None:
        """The file, or 304 where the client has it already."""
        if self.headers.get("If-None-Match") == ETAG and self.headers.get("If-Modified-Since") == LAST_MODIFIED:
            self.answer(304)
            return
        self.answer(200, self.served.body, ETag=ETAG, Last_Modified=LAST_MODIFIED)

    def act_never_modified(self) -> None:
        """304, asked or not."""
        self.answer(304)

    def act_drip(self) -> None:
        """A byte now and then."""
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        while not self.served.closing.wait(0.05):
            self.wfile.write(b"x")

    def act_drip_headers(self) -> None:
        """Headers without end, a byte now and then."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self.served.closing.wait(0.05):
            self.wfile.write(b"x")

    def act_silent(self) -> None:
        """Nothing at all."""
        self.served.closing.wait()

    def act_cut(self) -> None:
        """Half of what the length says, then the end."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.served.body)))
        self.end_headers()
        self.wfile.write(self.served.body[: len(self.served.body) // 2])
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def act_cut_chunks(self) -> None:
        """Chunks that end in the middle of one."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"10000\r\n" + self.served.body[:1000])
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def act_cut_unseen(self) -> None:
        """Half of the file, at a record's end, without a length: nothing in HTTP tells that it is cut."""
        half = self.served.body[: self.served.body.index(b"\r\n", len(self.served.body) // 2) + 2]
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(half)
        self.close_connection = True

    def act_huge(self) -> None:
        """A length that no registry has."""
        self.send_response(200)
        self.send_header("Content-Length", str(10**12))
        self.end_headers()
        self.served.closing.wait()

    def act_endless(self) -> None:
        """Chunks without end."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while not self.served.closing.is_set():
            self.wfile.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")

    def act_html(self) -> None:
        """An error page, with the status of success."""
        self.answer(
            200, b"<!DOCTYPE html><html><body>Please log in to the Wi-Fi</body></html>", Content_Type="text/html"
        )

    def act_few(self) -> None:
        """A well-formed file of ten rows."""
        self.answer(200, csv_of(*LANDMARKS, *(f"x{i},{i},udp,,,,,,,,," for i in range(6))))

    def act_busy(self) -> None:
        """503."""
        self.answer(503)

    def act_to(self) -> None:
        """A redirect to what the rest of the path says."""
        self.answer(302, Location=self.served.targets[self.path.rsplit("/", 1)[1]])


class Server(ThreadingHTTPServer):
    """The server, what it serves and what it was asked."""

    daemon_threads = True

    def __init__(self, body: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Behaviour)
        self.body = body
        self.requests: list[dict[str, str]] = []
        self.closing = threading.Event()
        self.targets: dict[str, str] = {}

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{path}"


@contextmanager
def serving(body: bytes = b"") -> Iterator[Server]:
    """Run a server for as long as a test takes."""
    with Server(body) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()


def timed(action: Callable[[], object]) -> float:
    """Give the seconds that something took."""
    begun = time.monotonic()
    action()
    return time.monotonic() - begun
