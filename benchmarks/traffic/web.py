"""HTTP/1.1 (RFC 9112), HTTP/2 with prior knowledge (RFC 9113), RTSP (RFC 7826's older sister, RFC 2326)."""

from random import Random
from typing import Final

from benchmarks.traffic.script import MILLISECOND, SECOND, Script, Step, client, server
from benchmarks.traffic.wire import crlf, host_name, u8, u16, u24, u32

AGENTS: Final = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "curl/8.9.1",
    "python-requests/2.32.3",
    "Go-http-client/1.1",
    "Debian APT-HTTP/1.3 (2.6.1)",
)
WORDS: Final = (
    "status",
    "reports",
    "items",
    "orders",
    "images",
    "pool",
    "health",
    "metrics",
    "v2",
    "search",
    "users",
)
CHUNK: Final = 8192


def path(random: Random) -> str:
    """A path, sometimes with a query."""
    parts = "/".join(random.choice(WORDS) for _ in range(random.randrange(1, 4)))
    return f"/{parts}?id={random.randrange(10**6)}" if random.random() < 0.3 else f"/{parts}"


def request(random: Random, host: str, method: str = "GET", *headers: str, body: bytes = b"") -> bytes:
    """One request."""
    lines = [f"Host: {host}", f"User-Agent: {random.choice(AGENTS)}", "Accept: */*"]
    if random.random() < 0.4:
        lines.append(f"Cookie: session={random.randbytes(16).hex()}; theme=dark")
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return crlf(f"{method} {path(random)} HTTP/1.1", *lines, *headers, "") + body


def response(status: str, kind: str, body: bytes, *headers: str) -> bytes:
    """One response with its body."""
    lines = ("Server: nginx/1.22.1", "Date: Mon, 04 May 2026 09:12:03 GMT", f"Content-Type: {kind}")
    return crlf(f"HTTP/1.1 {status}", *lines, *headers, f"Content-Length: {len(body)}", "") + body


def page(random: Random, size: int) -> bytes:
    """About `size` bytes of HTML."""
    body = "".join(f"<p>{random.choice(WORDS)} {random.randrange(10**9)}</p>\n" for _ in range(size // 24))
    return f"<!doctype html>\n<title>{random.choice(WORDS)}</title>\n{body}".encode()


def exchange(random: Random, host: str) -> tuple[Step, Step]:
    """A request and its whole answer."""
    pause = random.choice((20, 150, 800)) * MILLISECOND
    roll = random.random()
    if roll < 0.2:
        body = f'{{"id":{random.randrange(10**6)},"name":"{random.choice(WORDS)}"}}'.encode()
        ask = request(random, host, "POST", "Content-Type: application/json", body=body)
        answer = response("201 Created", "application/json", b'{"ok":true}')
    elif roll < 0.3:
        ask = request(random, host)
        answer = response("404 Not Found", "text/html", page(random, 150))
    else:
        ask = request(random, host)
        answer = response("200 OK", "text/html; charset=utf-8", page(random, random.choice((500, 2500, 9000))))
    return client(ask, pause=pause), server(answer, pause=8 * MILLISECOND)


def conversation(random: Random) -> Script:
    """Pages, small requests over one connection, and downloads in chunks."""
    host = host_name(random)
    if random.random() < 0.7:
        return Script(exchange(random, host), exchange(random, host) + exchange(random, host))
    head = crlf(
        "HTTP/1.1 200 OK",
        "Server: Apache/2.4.62 (Debian)",
        "Content-Type: application/octet-stream",
        "Transfer-Encoding: chunked",
        "",
    )
    size = f"{CHUNK:x}\r\n".encode()
    body = random.randbytes(CHUNK)  # whole chunks, so that the closing CR and LF are where they belong
    return Script(
        (client(request(random, host)), server(head + size + body + b"\r\n", pause=5 * MILLISECOND)),
        (server(size + body + b"\r\n", pause=0),),
        (server(b"0\r\n\r\n", pause=0),),
    )


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    """One HTTP/2 frame."""
    return u24(len(payload)) + u8(kind, flags) + u32(stream) + payload


def h2c(random: Random) -> Script:
    """gRPC-like connections in the clear: preface, settings, one call, then pings."""
    settings = frame(4, 0, 0, u16(3) + u32(100) + u16(4) + u32(65535 * 16))
    host = host_name(random).encode()
    # HPACK (RFC 7541 appendix A): :method POST, :scheme http, :path /, :authority literal in plain
    headers = u8(0x83, 0x86, 0x84, 0x41, len(host)) + host
    body = u8(0) + u32(24) + random.randbytes(24)
    ping = random.randbytes(8)
    return Script(
        (
            client(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings),
            server(settings + frame(4, 1, 0, b"")),
            client(frame(4, 1, 0, b"") + frame(1, 4, 1, headers) + frame(0, 1, 1, body)),
            server(frame(1, 4, 1, u8(0x88)) + frame(0, 1, 1, body), pause=4 * MILLISECOND),
        ),
        (client(frame(6, 0, 0, ping), pause=2 * SECOND), server(frame(6, 1, 0, ping))),
    )


def rtsp(random: Random) -> Script:
    """A camera that is asked what it can do, then kept alive."""
    url = f"rtsp://{host_name(random)}/stream{random.randrange(8)}"
    agent = "User-Agent: LibVLC/3.0.20"
    public = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"
    keep = (
        client(crlf(f"OPTIONS {url} RTSP/1.0", "CSeq: 3", agent, ""), pause=5 * SECOND),
        server(crlf("RTSP/1.0 200 OK", "CSeq: 3", public, "")),
    )
    sdp = crlf(
        "v=0",
        f"o=- {random.randrange(10**9)} 1 IN IP4 0.0.0.0",
        "s=camera",
        "t=0 0",
        "m=video 0 RTP/AVP 96",
    )
    described = crlf("RTSP/1.0 200 OK", "CSeq: 2", "Content-Type: application/sdp", f"Content-Length: {len(sdp)}", "")
    return Script(
        (
            client(crlf(f"OPTIONS {url} RTSP/1.0", "CSeq: 1", agent, "")),
            server(crlf("RTSP/1.0 200 OK", "CSeq: 1", public, "")),
            client(crlf(f"DESCRIBE {url} RTSP/1.0", "CSeq: 2", agent, "Accept: application/sdp", "")),
            server(described + sdp),
        ),
        keep,
    )
