"""Fetch an address of the web: only what the user named, politely, within limits, and never from inside the user's own network.

Each hop of a redirect is judged anew; the name is resolved once, the address that is judged is the one connected to, and the
peer of the open connection is judged again. httpcore (what httpx stands on) is used itself: redirects, proxies, cookies,
passwords and unbounded decoding, which httpx would add, are what must not happen here.
"""

from __future__ import annotations

import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from detente.errors import DetenteError, MissingExtra
from detente.read import peer, robots
from detente.version import __version__

if TYPE_CHECKING:
    import httpcore

PRODUCT = "detente"
AGENT = f"{PRODUCT}/{__version__} (news event coder)"
_HOPS = 5
_PORTS = (None, 80, 443, 8080, 8443)
_STEP = 10.0  # seconds that one connect, read or write may take
_GAP = 1.0  # seconds between two requests to one host
_LONGEST_DELAY = 30.0  # of a crawl-delay that is honoured; more would be no crawl
_ROBOTS_KEPT = 86_400.0  # RFC 9309: not longer than a day
_TYPES = "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/feed+json, application/json, application/xml;q=0.9, */*;q=0.5"


class FetchError(DetenteError):
    """An address could not be fetched. ``temporary``: it may work later, after ``retry_after`` seconds if the server says so."""

    def __init__(self, url: str, reason: str, temporary: bool = False, retry_after: float | None = None) -> None:
        self.url, self.reason, self.temporary, self.retry_after = url, reason, temporary, retry_after
        super().__init__(f"{url}: {reason}")

    def __reduce__(self) -> tuple[type[FetchError], tuple[object, ...]]:
        return type(self), (self.url, self.reason, self.temporary, self.retry_after)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server gave. ``url``: after redirects; ``unchanged``: the server says that nothing is new (no ``data``)."""

    url: str
    data: bytes = b""
    content_type: str = ""
    etag: str | None = None
    modified: str | None = None
    unchanged: bool = False


@dataclass(slots=True)
class _Host:
    lock: threading.Lock = field(default_factory=threading.Lock)
    free: float = 0.0  # when the next request may go
    robots: dict[str, tuple[float, robots.Robots]] = field(default_factory=dict)  # by origin


class Fetcher:
    """Fetches for all sources of one run; may be used by several threads.

    Args:
        allow_private: also the user's own network and any port (for a server of one's own).
        seconds: the longest time one address may take, redirects included.
        largest: the most bytes of a body, after decompression.
        gap: seconds between requests to one host.
        clock, sleep: time in seconds, for tests.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        seconds: float = 30.0,
        largest: int = 10_000_000,
        gap: float = _GAP,
        agent: str = AGENT,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        try:
            import httpcore  # noqa: F401
        except ImportError:
            raise MissingExtra("httpcore is missing: pip install 'detente[sources]'") from None
        self.allow_private, self.seconds, self.largest, self.gap, self.agent = (
            allow_private,
            seconds,
            largest,
            gap,
            agent,
        )
        self._clock, self._sleep = clock, sleep
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()
        self._tls: ssl.SSLContext | None = None

    def get(self, url: str, etag: str | None = None, modified: str | None = None) -> Fetched:
        """Fetch an address; ``etag`` and ``modified`` of the last time make the request conditional. Raises FetchError."""
        until = time.monotonic() + self.seconds
        at = url
        for _ in range(_HOPS + 1):
            host = self._judged(at)
            rules = self._robots(at, host, until)
            parts = urlsplit(at)
            if not rules.allows(parts.path + (f"?{parts.query}" if parts.query else "") or "/"):
                raise FetchError(at, "robots.txt asks programs to leave it alone")
            headers = {"If-None-Match": etag, "If-Modified-Since": modified} if at == url else {}
            answer = self._once(at, {k: v for k, v in headers.items() if v}, until, self.largest, rules.delay)
            if isinstance(answer, Fetched):
                return answer
            at = urljoin(at, answer)
        raise FetchError(url, f"redirects more than {_HOPS} times")

    def _judged(self, url: str) -> str:
        """The host of an address that may be fetched. Raises FetchError."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise FetchError(url, "is no address") from None
        if parts.scheme not in ("http", "https") or not host:
            raise FetchError(url, f"only http and https are fetched, not {parts.scheme[:20]!r}")
        if parts.username is not None or parts.password is not None:
            raise FetchError(url, "has a user name in it, which is not sent")
        if peer.odd(host):
            raise FetchError(url, "names its host by a number in disguise")
        if not self.allow_private and port not in _PORTS:
            raise FetchError(url, f"port {port} is none of a web server (--allow-private allows any)")
        return host

    def _robots(self, url: str, host: str, until: float) -> robots.Robots:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        kept = self._host(host).robots.get(origin)
        if kept is not None and 0 <= self._clock() - kept[0] < _ROBOTS_KEPT:
            return kept[1]
        at, rules = f"{origin}/robots.txt", robots.ALL
        try:
            for _ in range(_HOPS + 1):
                self._judged(at)
                answer = self._once(at, {}, until, robots.LARGEST, None, cut=True)
                if isinstance(answer, Fetched):
                    rules = robots.parse(answer.data.decode("utf-8", "replace"), PRODUCT)
                    break
                at = urljoin(at, answer)
        except FetchError as error:
            # RFC 9309: no file (4xx): all is allowed; a server in trouble: nothing is, until it answers.
            if error.temporary:
                raise FetchError(
                    url, f"its robots.txt cannot be had: {error.reason}", True, error.retry_after
                ) from None
            if error.url == at and error.reason.startswith("refused"):
                raise FetchError(url, error.reason) from None
        self._host(host).robots[origin] = (self._clock(), rules)
        return rules

    def _host(self, host: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(host.lower(), _Host())

    def _wait(self, host: str, delay: float | None) -> None:
        """One request at a time to a host, a second apart or as it asks for."""
        one = self._host(host)
        with one.lock:
            now = self._clock()
            gap = max(self.gap, min(delay or 0.0, _LONGEST_DELAY))
            wait = one.free - now if 0 < one.free - now <= _LONGEST_DELAY else 0.0
            one.free = now + wait + gap
        if wait:
            self._sleep(wait)

    def _once(
        self, url: str, headers: dict[str, str], until: float, largest: int, delay: float | None, cut: bool = False
    ) -> Fetched | str:
        """One request: what was fetched, or where a redirect points. ``cut``: a body that is too large is cut, not refused."""
        import httpcore

        self._wait(urlsplit(url).hostname or "", delay)
        sent: dict[bytes | str, bytes | str] = {
            "Host": urlsplit(url).netloc,
            "User-Agent": self.agent,
            "Accept": _TYPES,
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        sent.update(headers)
        try:
            target = httpcore.URL(quote(url, safe="%/:=&?~#+!$,;'@()*[]").partition("#")[0])
            with (
                httpcore.HTTPConnection(
                    origin=target.origin,
                    ssl_context=self._context(),
                    network_backend=_backend(self.allow_private, until),
                ) as connection,
                connection.stream("GET", target, headers=sent) as response,
            ):
                said = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in response.headers}
                if response.status in (301, 302, 303, 307, 308) and said.get("location"):
                    return said["location"]
                if response.status == 304:
                    return Fetched(url, etag=said.get("etag"), modified=said.get("last-modified"), unchanged=True)
                if response.status != 200:
                    raise _refusal(url, response.status, said.get("retry-after"), self._clock())
                data = _body(url, response.iter_stream(), said.get("content-encoding", ""), largest, until, cut)
                return Fetched(url, data, said.get("content-type", ""), said.get("etag"), said.get("last-modified"))
        except _Refused as error:
            raise FetchError(url, f"refused: {error}") from None
        except (httpcore.TimeoutException, TimeoutError):
            raise FetchError(
                url, f"took too long (more than {self.seconds:g} s in all, or {_STEP:g} s in silence)", True
            ) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError, UnicodeError) as error:
            raise FetchError(url, f"cannot be fetched: {str(error) or type(error).__name__}"[:300], True) from None

    def _context(self) -> ssl.SSLContext:
        import httpcore

        with self._lock:
            self._tls = self._tls or httpcore.default_ssl_context()
            return self._tls


class _Refused(Exception):
    """The address that a name leads to is not one of the public internet."""


def _backend(allow_private: bool, until: float) -> httpcore.NetworkBackend:
    import httpcore

    class Stream(httpcore.NetworkStream):
        """A connection with one deadline for all that happens on it: a byte every nine seconds is no way to hold us."""

        def __init__(self, inner: httpcore.NetworkStream) -> None:
            self.inner = inner

        def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
            return self.inner.read(max_bytes, _left(until))

        def write(self, buffer: bytes, timeout: float | None = None) -> None:
            self.inner.write(buffer, _left(until))

        def close(self) -> None:
            self.inner.close()

        def start_tls(
            self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
        ) -> httpcore.NetworkStream:
            return Stream(self.inner.start_tls(ssl_context, server_hostname, _left(until)))

        def get_extra_info(self, info: str) -> Any:
            return self.inner.get_extra_info(info)

    class Pinned(httpcore.SyncBackend):
        def connect_tcp(
            self,
            host: str,
            port: int,
            timeout: float | None = None,
            local_address: str | None = None,
            socket_options: Iterable[Any] | None = None,
        ) -> httpcore.NetworkStream:
            addresses = peer.resolved(host, port)
            if not allow_private and (bad := next((a for a in addresses if peer.forbidden(a)), None)):
                raise _Refused(
                    f"{host} leads to {bad}, which is not of the public internet (--allow-private is for your own)"
                )
            failure: Exception | None = None
            for address in addresses[:4]:
                try:
                    stream = super().connect_tcp(address, port, _left(until), local_address, socket_options)
                except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                    failure = error
                    continue
                reached = str(stream.get_extra_info("server_addr")[0])
                if not allow_private and peer.forbidden(reached):
                    stream.close()
                    raise _Refused(f"{host} is at {reached}, which is not of the public internet")
                return Stream(stream)
            raise failure or OSError(f"{host} has no address")

    return Pinned()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return min(left, _STEP)


def _body(url: str, parts: Iterable[bytes], encoding: str, largest: int, until: float, cut: bool) -> bytes:
    """The body, decompressed as it comes, so that a bomb is noticed before it is large. Raises FetchError."""
    encoding = encoding.strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise FetchError(url, f"is packed as {encoding[:20]!r}, which was not asked for")
    unpack = zlib.decompressobj(47) if encoding not in ("", "identity") else None
    out = bytearray()
    for part in parts:
        _left(until)
        try:
            out += unpack.decompress(part, largest + 1 - len(out)) if unpack else part
        except zlib.error as error:
            raise FetchError(url, f"its compressed body is damaged: {error}", True) from None
        if len(out) > largest:
            if cut:
                return bytes(out[:largest])
            raise FetchError(url, f"its body is larger than {largest / 1e6:g} MB")
    if unpack and not unpack.eof:
        raise FetchError(url, "its compressed body is cut off", True)
    return bytes(out)


def _refusal(url: str, status: int, retry: str | None, now: float) -> FetchError:
    after = None
    if retry and retry.strip().isdigit():
        after = float(retry.strip()[:6])
    elif retry:
        try:
            when = parsedate_to_datetime(retry)
            after = max(0.0, (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now)
        except (ValueError, TypeError, OverflowError):
            after = None
    temporary = status in (408, 425, 429) or status >= 500
    if after is not None:
        after = min(after, 86_400.0)
    return FetchError(url, f"the server answered {status}", temporary, after)


def stamp(now: float) -> str:
    """A time in seconds as ISO, UTC."""
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
