"""A day with a server that misbehaves: every item that was ever served well is in the store, once."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Iterator, Sequence
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpcore")
pytest.importorskip("feedparser")
pytest.importorskip("deltalake")

from detente.errors import InputError
from detente.read.entries import Entry
from detente.read.fetch import Fetcher
from detente.records import Document
from detente.store import Store
from detente.watch import Backlog, Source, Watch, read_sources

START = 1_767_225_600.0  # 1 January 2026
HOUR = 3600.0


class Clock:
    """Time that passes when somebody sleeps; safe for the threads that fetch."""

    def __init__(self) -> None:
        self.now, self.lock = START, threading.Lock()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self.lock:
            self.now += seconds


def text_of(number: int) -> str:
    return f"Report {number}: Iran condemned the raid number {number} on Monday, officials said in Tehran after a long meeting of the council."


class Press(BaseHTTPRequestHandler):
    """Three feeds, a new report each hour and feed; how each request is answered is drawn from a seeded die."""

    clock: Clock
    dice: random.Random
    served: dict[str, int]  # pages that were given well, by path

    def log_message(self, *_: Any) -> None:
        pass

    def give(self, body: bytes, kind: str = "text/html", status: int = 200, **headers: str) -> None:
        self.send_response_only(status)
        self.send_header("Date", formatdate(0, usegmt=True))  # its clock stands in 1970
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.answer()

    def answer(self) -> None:
        if self.path == "/robots.txt":
            return self.give(b"", status=404)
        die = self.dice.random()
        if die < 0.15:
            return self.give(b"oops", status=500)
        if die < 0.20:
            return self.give(b"", status=429, Retry_After="600")
        if die < 0.23:
            return self.give(b"", status=302, Location="http://169.254.169.254/")
        if die < 0.25:
            return self.give(b"<rss", kind="application/rss+xml")  # broken off
        if die < 0.26:  # stalls
            time.sleep(0.5)
            return None
        name = self.path.strip("/")
        if name.endswith(".rss") and die < 0.30:  # a body without an end
            self.send_response_only(200)
            self.end_headers()
            while True:
                self.wfile.write(bytes(10_000))
        if name in ("a.rss", "b.rss", "c.rss"):
            return self.give(
                self.feed(name[0]), "application/rss+xml", ETag=f'"{self.dice.random()}"'
            )  # always another one
        number = int(name.rpartition("-")[2])
        self.served[self.path] = self.served.get(self.path, 0) + 1
        body = f"<html><body><article><p>{text_of(number)}</p><p>{text_of(number)} It was told twice.</p></article></body></html>"
        return self.give(body.encode())

    def feed(self, name: str) -> bytes:
        hours = int((self.clock.now - START) / HOUR)
        host = self.headers["Host"]
        items = ""
        for number in range(max(0, hours - 40), min(hours, 24) + 1):
            when = formatdate(0 if number % 5 == 0 else START + number * HOUR, usegmt=True)
            items += f"<item><title>Report {number}</title><link>http://{host}/{name}-{number}</link><pubDate>{when}</pubDate></item>"
        return f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>".encode()


@pytest.fixture
def press() -> Iterator[tuple[str, Clock]]:
    clock = Clock()
    handler = type("P", (Press,), {"clock": clock, "dice": random.Random(7), "served": {}})
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    http.daemon_threads = True
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_address[1]}", clock
    http.shutdown()
    http.server_close()


class Redirects(Fetcher):
    """Our own test server may be reached; where it redirects to may not."""

    def _judged(self, url: str) -> str:
        from detente.read.fetch import FetchError

        if "169.254" in url:
            raise FetchError(url, "refused: inside")
        return super()._judged(url)


def watch_of(store: Path, sources: Sequence[Source], clock: Clock, add: Any, tell: Any = lambda line: None) -> Watch:
    fetcher = Redirects(allow_private=True, seconds=10, largest=200_000, gap=0, clock=clock, sleep=clock.sleep)
    chance = random.Random(3).random
    return Watch(sources, Backlog(store), fetcher, add, tell=tell, clock=clock, sleep=clock.sleep, chance=chance)


def test_a_day_with_a_press_that_misbehaves(press: tuple[str, Clock], tmp_path: Path) -> None:
    address, clock = press
    folder = tmp_path / "store"
    sources = [Source(n, f"{address}/{n}.rss", every=3600, text="page") for n in "abc"]
    added: list[str] = []
    with Store(folder) as store:

        def add(documents: Sequence[Document]) -> list[tuple[str, str]]:
            added.extend(d.id for d in documents)
            store.add_coded((d, ()) for d in documents)
            return []

        watch = watch_of(folder, sources, clock, add)
        killed = 0
        while clock.now < START + 24 * HOUR:
            watch.turn()
            clock.sleep(1800)
            if killed < 3 and clock.now > START + (killed + 1) * 6 * HOUR:  # a kill: leases stay behind
                killed += 1
                watch.backlog.lease(5, clock.now)
                watch.backlog.close()
                watch = watch_of(folder, sources, clock, add)
        for _ in range(200):  # what was put off comes in
            watch.turn()
            clock.sleep(1800)
            rows = watch.backlog.status(clock.now)
            if all((row["answered"] or 0.0) > START + 24 * HOUR and not row["waiting"] for row in rows):
                break
        wanted = {f"{address}/{n}-{i}" for n in "abc" for i in range(24)}
        kept = [d.id for d in store.documents()]
        assert len(kept) == len(set(kept))
        assert wanted <= set(kept), watch.backlog.status(clock.now)
        assert list(watch.backlog.dead()) == []
        assert len(added) == len(set(added))
        for document in store.documents():
            assert document.published is None or document.published.startswith("2026-01"), "the year 1970 was believed"
        watch.backlog.close()


def test_dead_letters_are_listed_and_replayed(press: tuple[str, Clock], tmp_path: Path) -> None:
    address, clock = press
    told: list[str] = []
    kept: list[str] = []

    def add(documents: Sequence[Document]) -> list[tuple[str, str]]:
        kept.extend(d.id for d in documents)
        return []

    watch = watch_of(tmp_path, [Source("x", f"{address}/none", every=900)], clock, add, told.append)
    watch.backlog.put("x", [Entry(id="1", url=f"{address}/nothing-here"), Entry(id="2")], clock.now, 100)
    for _ in range(60):
        watch.turn()
        clock.sleep(1800)
    dead = list(watch.backlog.dead())
    assert {d["item"] for d in dead} == {f"{address}/nothing-here", "x 2"}
    assert watch.backlog.replay([dead[0]["number"]], clock.now) == 1
    assert len(list(watch.backlog.dead())) == 1
    watch.backlog.close()


class Canned(Fetcher):
    """Answers without a network."""

    def __init__(self, feed: bytes, clock: Clock) -> None:
        super().__init__(clock=clock)
        self.feed = feed

    def get(self, url: str, etag: str | None = None, modified: str | None = None) -> Any:
        from detente.read.fetch import Fetched

        return Fetched(url, self.feed, "application/rss+xml")


def items(first: int, last: int, updated: str = "") -> bytes:
    body = "".join(
        f"<entry><id>{n}</id><link href='https://n.example/{n}'/><title>t</title>{updated}<content>{text_of(n)}</content></entry>"
        for n in range(first, last)
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>f</title>{body}</feed>".encode()


def test_silence_and_floods_are_told_once_and_floods_put_off(tmp_path: Path) -> None:
    clock, told = Clock(), list[str]()
    kept: list[str] = []

    def add(documents: Sequence[Document]) -> list[tuple[str, str]]:
        kept.extend(d.id for d in documents)
        return []

    fetcher = Canned(items(0, 3), clock)
    source = Source("s", "https://n.example/f", every=900, text="feed", fewest=2, most=10)
    with Backlog(tmp_path) as backlog:
        watch = Watch([source], backlog, fetcher, add, tell=told.append, clock=clock, sleep=clock.sleep)
        for _ in range(40):
            watch.turn()
            clock.sleep(3600)
        assert told == ["s: 0 new reports in a day, fewer than 2: has it moved?"]
        fetcher.feed = items(3, 40)
        watch.turn()
        watch.turn()
        assert "37 new reports in a day, more than 10" in told[-1]
        assert len(kept) == 3 + 10
        for _ in range(30 * 5):
            watch.turn()
            clock.sleep(3600)
        assert sorted(kept) == sorted(set(kept))
        assert len(kept) == 40


def test_a_changed_entry_is_read_again(tmp_path: Path) -> None:
    clock = Clock()
    kept: list[str] = []

    def add(documents: Sequence[Document]) -> list[tuple[str, str]]:
        kept.extend(d.id for d in documents)
        return []

    fetcher = Canned(items(0, 1, "<updated>2026-01-01T00:00:00Z</updated>"), clock)
    with Backlog(tmp_path) as backlog:
        watch = Watch(
            [Source("s", "https://n.example/f", text="feed")], backlog, fetcher, add, clock=clock, sleep=clock.sleep
        )
        assert watch.run(once=True).stored == 1
        clock.sleep(2000)
        assert watch.run(once=True).stored == 0
        fetcher.feed = items(0, 1, "<updated>2026-01-02T00:00:00Z</updated>")
        clock.sleep(2000)
        assert watch.run(once=True).stored == 1
    assert kept == ["https://n.example/0"] * 2


def test_a_stop_is_graceful(tmp_path: Path) -> None:
    clock = Clock()
    kept: list[str] = []
    with Backlog(tmp_path) as backlog:

        def add(documents: Sequence[Document]) -> list[tuple[str, str]]:
            watch.stop()
            kept.extend(d.id for d in documents)
            return []

        watch = Watch(
            [Source("s", "https://n.example/f", text="feed")],
            backlog,
            Canned(items(0, 100), clock),
            add,
            clock=clock,
            sleep=clock.sleep,
        )
        assert watch.run().stored == len(kept) == 32
        assert backlog.status(clock.now)[0]["waiting"] == 68
        assert backlog.db.execute("SELECT count(*) FROM item WHERE state = 'leased'").fetchone() == (0,)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "names no source"),
        ("[[source]]\nname = 1\nurl = 'https://a.example'", "name must be"),
        ("[[source]]\nurl = 'file:///etc/passwd'", "url must be"),
        ("[[source]]\nurl = 'https://a.example'\nevery = '1s'", "every must be"),
        ("[[source]]\nurl = 'https://a.example'\nevry = '1h'", "not known"),
        ("[[source]]\nurl = 'https://a.example'\nfewest = 9\nmost = 3", "fewest is more"),
        ("[[source", "not TOML"),
    ],
)
def test_sources_that_are_wrong_are_told(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=reason):
        read_sources(path)


def test_sources(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(
        '[defaults]\nevery = "1h"\n[[source]]\nname = "A"\nurl = "https://a.example/rss"\nmost = 5\n', "utf-8"
    )
    assert read_sources(path) == [Source("A", "https://a.example/rss", 3600.0, most=5)]
