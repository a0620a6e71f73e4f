"""Fetch a file over HTTPS, with every bound that a program needs which trusts no server.

Nothing else in annotator asks the network for anything, and this only when the user says ``registry update``.
"""

import http.client
import queue
import ssl
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from ipaddress import ip_address
from typing import IO, Final

from annotator._version import __version__
from annotator.errors import RegistryError

TIMEOUT_S: Final = 120.0
"""Seconds that a fetch may take in all."""
SILENCE_S: Final = 20.0
"""Seconds that a server may stay silent."""
MAX_BYTES: Final = 16 << 20
"""IANA's largest form has 4 MB."""
_CHUNK: Final = 64 << 10
_REDIRECTS: Final = 5

Progress = Callable[[int, int | None], None]
"""Called with (bytes read, bytes in all or None)."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered."""

    data: bytes | None
    """The file, or None for "not modified" (RFC 9110 section 15.4.5)."""
    etag: str = ""
    last_modified: str = ""


def fetch(
    url: str,
    *,
    etag: str = "",
    last_modified: str = "",
    timeout_s: float = TIMEOUT_S,
    max_bytes: int = MAX_BYTES,
    progress: Progress | None = None,
) -> Response:
    """Fetch a file, unless it is still the one that ``etag`` and ``last_modified`` are of.

    The URL, and each one that a server redirects to, must be https; plain http is taken for this machine itself
    (a loopback address) and from there only.

    Raises:
        RegistryError: in one line, what went wrong and what to do.
    """
    _check_url(url, None)
    request = urllib.request.Request(url, headers=_headers(etag, last_modified))  # noqa: S310 (checked above)
    answer: queue.Queue[Response | BaseException] = queue.Queue()
    deadline = time.monotonic() + timeout_s

    def work() -> None:
        try:
            answer.put(_exchange(request, deadline, max_bytes, progress))
        except BaseException as error:  # raised again in the thread that waits
            answer.put(error)

    # A thread, because a server that drips bytes defeats every timeout of a socket, in the headers too.
    threading.Thread(target=work, daemon=True).start()
    try:
        result = answer.get(timeout=timeout_s)
    except queue.Empty:
        raise _too_slow(url, timeout_s) from None
    if isinstance(result, BaseException):
        raise _explained(url, result, timeout_s) from None
    return result


def _headers(etag: str, last_modified: str) -> dict[str, str]:
    headers = {"User-Agent": f"annotator/{__version__}", "Accept-Encoding": "identity", "Accept": "*/*"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    return headers


def _exchange(request: urllib.request.Request, deadline: float, max_bytes: int, progress: Progress | None) -> Response:
    handlers: list[urllib.request.BaseHandler] = [
        _SafeRedirects(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
    ]
    if _is_loopback(request.full_url):
        handlers.append(urllib.request.ProxyHandler({}))
    try:
        response = urllib.request.build_opener(*handlers).open(request, timeout=SILENCE_S)
    except urllib.error.HTTPError as error:
        if error.code != http.HTTPStatus.NOT_MODIFIED:
            raise
        return Response(None)
    with response:
        data = _body(response, deadline, max_bytes, progress)
        headers = response.headers
        return Response(data, headers.get("ETag", ""), headers.get("Last-Modified", ""))


def _body(response: http.client.HTTPResponse, deadline: float, max_bytes: int, progress: Progress | None) -> bytes:
    stated = response.headers.get("Content-Length", "")
    total = int(stated) if stated.isascii() and stated.isdigit() else None
    if total is not None and total > max_bytes:
        raise _RefusedError(f"{total:,} bytes, more than the {max_bytes:,} that a registry may have")
    parts: list[bytes] = []
    size = 0
    while part := response.read1(_CHUNK):
        parts.append(part)
        size += len(part)
        if size > max_bytes:
            raise _RefusedError(f"more than the {max_bytes:,} bytes that a registry may have")
        if time.monotonic() > deadline:
            raise TimeoutError
        if progress:
            progress(size, total)
    if total is not None and size != total:
        raise _RefusedError(f"cut short: {size:,} of {total:,} bytes; try again")
    return b"".join(parts)


class _RefusedError(Exception):
    """Why an answer was not taken."""


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    max_redirections = _REDIRECTS

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        _check_url(newurl, req.full_url)
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _check_url(url: str, origin: str | None) -> None:
    """See that a URL may be asked; ``origin`` is the one that redirects to it."""
    if _scheme(url) == "https":
        return
    if _is_loopback(url) and (origin is None or _is_loopback(origin)):
        return
    if origin is None:
        raise RegistryError(f"{url}: only https:// is fetched; for a file on this machine give --from FILE")
    raise RegistryError(f"{origin}: redirects to {url}, which is not https: refused")


def _scheme(url: str) -> str:
    try:
        return urllib.parse.urlsplit(url).scheme
    except ValueError:
        return ""  # a host that is none


def _is_loopback(url: str) -> bool:
    if _scheme(url) != "http":
        return False
    host = urllib.parse.urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _too_slow(url: str, timeout_s: float) -> RegistryError:
    return RegistryError(f"{url}: not there after {timeout_s:g} s; try again, or give a longer --timeout")


def _explained(url: str, error: BaseException, timeout_s: float) -> BaseException:
    if isinstance(error, urllib.error.HTTPError):
        return RegistryError(f"{url}: the server answered {error.code} {error.reason}; try again later, or --from FILE")
    if isinstance(error, urllib.error.URLError):
        reason = error.reason
        if isinstance(reason, TimeoutError):
            return _too_slow(url, min(timeout_s, SILENCE_S))
        return RegistryError(f"{url}: cannot be reached ({reason}); check the network, or give --from FILE")
    if isinstance(error, TimeoutError):
        return _too_slow(url, timeout_s)
    if isinstance(error, _RefusedError):
        return RegistryError(f"{url}: {error}")
    if isinstance(error, http.client.IncompleteRead):
        return RegistryError(f"{url}: cut short after {len(error.partial):,} bytes; try again")
    if isinstance(error, (http.client.HTTPException, OSError, ValueError)) and not isinstance(error, RegistryError):
        return RegistryError(f"{url}: {type(error).__name__}: {error}; try again, or give --from FILE")
    return error
