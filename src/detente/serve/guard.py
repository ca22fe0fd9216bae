"""What stands before every request: host names, rates, sizes, times, tokens; and the headers that every answer has."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import time
from collections import OrderedDict
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detente.serve.problems import Refused, answer
from detente.serve.settings import Settings

log = logging.getLogger("detente")

#: No script but our own files, nothing from elsewhere, no frame around us.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_OPEN = ("/login", "/static/")  # need no token
_BODY_SECONDS = 20.0  # that a client may leave us waiting for the next part of its request
_ADDRESSES = 10_000  # whose rates are remembered
WRONG_A_SECOND = 0.2  # wrong tokens of one address, after the first ten


class Rates:
    """Token buckets by address: ``rate`` a second, ``burst`` at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.burst = rate, burst
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str, now: float | None = None) -> float:
        """Take one; returns 0, or after how many seconds there is one again."""
        if self.rate <= 0:
            return 0.0
        now = time.monotonic() if now is None else now
        left, at = self._left.pop(address, (self.burst, now))
        left = min(self.burst, left + (now - at) * self.rate)
        good = left >= 1.0
        self._left[address] = (left - good, now)
        while len(self._left) > _ADDRESSES:
            self._left.popitem(last=False)
        return 0.0 if good else (1.0 - left) / self.rate


class Guard:
    """The outermost layer of the app."""

    def __init__(self, app: ASGIApp, settings: Settings, wrong: Rates) -> None:
        self.app, self.settings = app, settings
        self.rates = Rates(settings.rate, 2 * settings.rate)
        self.coding = Rates(settings.coding_rate, 2 * settings.coding_rate)
        self.wrong = wrong
        self._left: set[asyncio.Task[None]] = set()  # work whose client was told that it took too long

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("cache-control", "private, no-cache")
                headers.setdefault("vary", "Accept, Authorization, Cookie")
            await send(message)

        try:
            self._admit(scope)
        except Refused as refused:
            await answer(scope["path"], refused)(scope, receive, headed)
            return
        await self._in_time(scope, _Limited(receive, self.settings.body), headed)

    def _admit(self, scope: Scope) -> None:
        """Raises Refused for a request that may not come in."""
        headers = Headers(scope=scope)
        path, method = scope["path"], scope["method"]
        host = headers.get("host", "")
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        if name.lower() not in self.settings.hosts:
            raise Refused(421, f"this server does not answer for the host {host[:100]!r}: --allow-host names more")
        address = (scope.get("client") or ("?", 0))[0]
        coding = method == "POST" and path != "/login"
        wait = self.rates.take(address) or (self.coding.take(address) if coding else 0.0)
        if wait:
            raise Refused(429, "too many requests: wait", headers={"retry-after": str(max(1, round(wait)))})
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > self.settings.body:
            raise Refused(413, f"a request has at most {self.settings.body:,} bytes", headers={"connection": "close"})
        if path == _OPEN[0] or path.startswith(_OPEN[1]) or self.settings.token is None:
            self._own(headers, method)
            return
        self._known(headers, method, address)

    def _known(self, headers: Headers, method: str, address: str) -> None:
        given = headers.get("authorization")
        if given is not None:
            if self.settings.knows(_told(given)):
                return
            if wait := self.wrong.take(address):
                raise Refused(429, "too many wrong tokens: wait", headers={"retry-after": str(max(1, round(wait)))})
            raise Refused(401, "the token is wrong", headers={"www-authenticate": 'Bearer error="invalid_token"'})
        with contextlib.suppress(CookieError):
            found = SimpleCookie(headers.get("cookie", "")).get(self.settings.cookie)
            if found is not None and self.settings.remembers(found.value):
                self._own(headers, method)
                return
        raise Refused(
            401, "a token is needed: send it as Authorization: Bearer TOKEN", headers={"www-authenticate": "Bearer"}
        )

    @staticmethod
    def _own(headers: Headers, method: str) -> None:
        """Raises Refused for a form that a page of another site sends with our cookie (another port is the same site)."""
        if method not in ("GET", "HEAD") and headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise Refused(403, "this was sent by a page of another site")

    async def _in_time(self, scope: Scope, receive: _Limited, send: Send) -> None:
        """Run the app; if no answer begins in time, say so and leave the work to end by itself (a thread cannot be stopped)."""
        begun, late = asyncio.Event(), False

        async def unless_late(message: Message) -> None:
            if not late:
                begun.set()
                await send(message)

        async def run() -> None:
            try:
                await self.app(scope, receive, unless_late)
            except Refused as refused:  # of the body, while it was read
                if begun.is_set():
                    raise
                await answer(scope["path"], refused)(scope, receive, unless_late)
            except Exception:
                log.exception("%s failed", scope["path"])
                if begun.is_set():
                    raise
                fault = Refused(500, "this is a fault of detente: the log of the server has more")
                await answer(scope["path"], fault)(scope, receive, unless_late)

        work = asyncio.create_task(run())
        waiter = asyncio.create_task(begun.wait())
        try:
            await asyncio.wait({work, waiter}, timeout=self.settings.seconds, return_when=asyncio.FIRST_COMPLETED)
            if not begun.is_set() and not work.done():
                late = True
                self._left.add(work)
                work.add_done_callback(self._ended)
                refused = Refused(
                    503, f"no answer within {self.settings.seconds:g} seconds", headers={"retry-after": "30"}
                )
                await answer(scope["path"], refused)(scope, receive, send)
                return
            await work
        finally:
            waiter.cancel()

    def _ended(self, work: asyncio.Task[None]) -> None:
        self._left.discard(work)
        if not work.cancelled():
            work.exception()


class _Limited:
    """The body of a request, as far as it is not too long or too slow."""

    def __init__(self, receive: Receive, most: int) -> None:
        self.receive, self.most, self.seen, self.whole = receive, most, 0, False

    async def __call__(self) -> Message:
        if self.whole:  # what comes now is that the client has gone
            return await self.receive()
        try:
            message = await asyncio.wait_for(self.receive(), _BODY_SECONDS)
        except TimeoutError:
            raise Refused(408, "the request did not come in time", headers={"connection": "close"}) from None
        self.seen += len(message.get("body", b""))
        self.whole = not message.get("more_body", False)
        if self.seen > self.most:
            raise Refused(413, f"a request has at most {self.most:,} bytes", headers={"connection": "close"})
        return message


def _told(given: str) -> str:
    """The token of an Authorization header: Bearer, or the password of Basic, which feed readers can send."""
    scheme, _, rest = given.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        with contextlib.suppress(ValueError):
            return base64.b64decode(rest.strip(), validate=True).decode("utf-8").partition(":")[2]
    return ""
