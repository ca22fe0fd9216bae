"""Fetching from a server that misbehaves: limits hold, rules are kept, nothing inside is reached."""

from __future__ import annotations

import contextlib
import gzip
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

pytest.importorskip("httpcore")

from detente.read import peer, robots
from detente.read.fetch import Fetcher, FetchError

PAGE = b"<html><body><p>Iran condemned the raid on Monday, officials said in Tehran.</p></body></html>"


class Handler(BaseHTTPRequestHandler):
    seen: list[tuple[str, dict[str, str]]] = []  # noqa: RUF012

    def log_message(self, *_: Any) -> None:
        pass

    def give(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.seen.append((self.path, dict(self.headers)))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            getattr(self, "on_" + self.path.strip("/").split("?")[0].replace(".", "_"))()

    def on_robots_txt(self) -> None:
        self.give(b"User-agent: *\nDisallow: /closed\nAllow: /closed-not\n")

    def on_page(self) -> None:
        if self.headers.get("If-None-Match") == '"1"':
            self.give(b"", 304)
        else:
            self.give(PAGE, ETag='"1"', Content_Type="text/html")

    on_closed = on_page

    def on_packed(self) -> None:
        self.give(gzip.compress(PAGE), Content_Encoding="gzip")

    def on_bomb(self) -> None:
        self.give(gzip.compress(bytes(50_000_000)), Content_Encoding="gzip")

    def on_endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(bytes(100_000))

    def on_slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(200):
            self.wfile.write(b"x")
            time.sleep(0.1)

    def on_head(self) -> None:
        for _ in range(200):
            self.wfile.write(b"H")
            self.wfile.flush()
            time.sleep(0.1)

    def on_busy(self) -> None:
        self.give(b"", 429, Retry_After="120")

    def on_gone(self) -> None:
        self.give(b"", 410)

    def on_loop(self) -> None:
        self.give(b"", 302, Location="/loop")

    def on_moved(self) -> None:
        self.give(b"", 301, Location="/page")

    def on_inside(self) -> None:
        self.give(b"", 302, Location="http://169.254.169.254/latest/meta-data/")

    def on_file(self) -> None:
        self.give(b"", 302, Location="file:///etc/passwd")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_address[1]}"
    http.shutdown()
    http.server_close()


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(allow_private=True, seconds=8, largest=1_000_000, gap=0)


def test_a_page_and_then_only_if_it_changed(server: str, fetcher: Fetcher) -> None:
    first = fetcher.get(f"{server}/page")
    assert (first.data, first.etag, first.content_type) == (PAGE, '"1"', "text/html")
    assert fetcher.get(f"{server}/page", etag=first.etag).unchanged
    assert fetcher.get(f"{server}/packed").data == PAGE
    assert fetcher.get(f"{server}/moved").url == f"{server}/page"


@pytest.mark.parametrize(
    ("path", "reason", "temporary"),
    [
        ("bomb", "larger than", False), ("endless", "larger than", False), ("busy", "429", True), ("gone", "410", False),
        ("loop", "redirects", False), ("file", "only http", False), ("closed", "robots.txt", False),
    ],
)  # fmt: skip
def test_limits(server: str, fetcher: Fetcher, path: str, reason: str, temporary: bool) -> None:
    with pytest.raises(FetchError, match=reason) as told:
        fetcher.get(f"{server}/{path}")
    assert told.value.temporary is temporary
    assert told.value.retry_after == (120 if path == "busy" else None)


@pytest.mark.parametrize("path", ["slow", "head"])
def test_a_byte_now_and_then_does_not_hold_us(server: str, path: str) -> None:
    fetcher = Fetcher(allow_private=True, seconds=2, gap=0)
    start = time.monotonic()
    with pytest.raises(FetchError, match="too long") as told:
        fetcher.get(f"{server}/{path}")
    assert told.value.temporary
    assert time.monotonic() - start < 15


def test_a_redirect_inside_is_refused(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = peer.forbidden
    monkeypatch.setattr(peer, "forbidden", lambda a: False if a == "127.0.0.1" else real(a))
    monkeypatch.setattr("detente.read.fetch._PORTS", (int(server.rpartition(":")[2]), None))
    with pytest.raises(FetchError, match=r"169\.254\.169\.254"):
        Fetcher(seconds=5, gap=0).get(f"{server}/inside")


def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer, "resolved", lambda host, port: ["93.184.216.34", "10.0.0.7"])
    with pytest.raises(FetchError, match=r"10\.0\.0\.7"):
        Fetcher(seconds=5, gap=0).get("http://rebind.example/")


def test_one_request_a_second_to_a_host(server: str) -> None:
    slept: list[float] = []
    fetcher = Fetcher(allow_private=True, gap=5, clock=lambda: 1000.0, sleep=slept.append)
    for _ in range(3):
        fetcher.get(f"{server}/page")
    assert slept == [5.0, 10.0, 15.0]  # the first request is for robots.txt


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/a", True), ("/private/x", False), ("/private/open", True), ("/x.pdf", False), ("/x.pdf?a", True), ("/deep/er/news", False)],
)  # fmt: skip
def test_robots_by_the_longest_rule(path: str, allowed: bool) -> None:
    text = "User-agent: other\nDisallow: /\n\nUser-agent: *\nDisallow: /private\nAllow: /private/open\nDisallow: /*.pdf$\nDisallow: /deep*news"
    assert robots.parse(text, "detente").allows(path) is allowed


def test_our_own_group_of_robots_wins() -> None:
    found = robots.parse("User-agent: *\nDisallow: /\nUser-agent: detente\nCrawl-delay: 7\nDisallow:\n", "detente")
    assert found.allows("/x")
    assert found.delay == 7
