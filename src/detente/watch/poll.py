"""The turns of a watch: ask the sources that are due, fetch what they name, keep it in the store, put off what failed.

Fetching is done by several threads, one request a host at a time; parsing runs in the worker, storing in the main thread. An item
is done when the store has it: a kill before that means that it is fetched again, and the store knows it.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urlsplit

from detente.errors import InputError, Quarantined
from detente.read import gdelt_list, sitemap, web
from detente.read.entries import Entry, as_document, moment
from detente.read.fetch import Fetched, Fetcher, FetchError
from detente.records import Document
from detente.watch.backlog import DAY, Backlog, Item, Polled
from detente.watch.sources import Source

_TOGETHER = 32  # items fetched and stored in one go
_THREADS = 8
_ENOUGH = 100  # words of a feed's entry that make its page needless
_SOME = 25  # words of an entry that are coded if its page has no article
_FIRST, _LONGEST = 60.0, 10_800.0  # seconds: the first delay of a failed item, doubled each time, and the longest
_TRIES = 12  # with these delays an item is tried for about 18 hours
# Of what should stay as it is (404, a page without an article): servers in trouble say such things too, for some minutes.
_TRIES_AT_ANSWERS = 4
_NAP = 60.0  # the longest sleep between turns: another process may have added work


class Adds(Protocol):
    """What keeps documents: returns (document id, why) of those that failed; all others are safe."""

    def __call__(self, documents: Sequence[Document]) -> Iterable[tuple[str, str]]: ...


@dataclass(slots=True)
class Turn:
    """What one turn did."""

    polled: int = 0
    unchanged: int = 0
    new: int = 0
    stored: int = 0
    put_off: int = 0
    dead: int = 0

    @property
    def idle(self) -> bool:
        """Whether there was nothing to do."""
        return self == Turn()


class Watch:
    """Polls sources into ``add``. ``tell`` gets lines for the user; ``clock``, ``sleep`` and ``chance`` are for tests."""

    def __init__(
        self,
        sources: Sequence[Source],
        backlog: Backlog,
        fetcher: Fetcher,
        add: Adds,
        *,
        tell: Callable[[str], None] = lambda line: None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.sources = {s.name: s for s in sources}
        self.backlog, self.fetcher, self.add, self.tell = backlog, fetcher, add, tell
        self._clock, self._chance = clock, chance
        self._stopped = threading.Event()
        self._sleep = sleep or (lambda seconds: void(self._stopped.wait(seconds)))
        backlog.know([(s.name, s.url) for s in sources], clock())

    def stop(self) -> None:
        """End after what is being stored; may be called by a signal handler."""
        self._stopped.set()

    def run(self, once: bool = False) -> Turn:
        """Turn until stopped; ``once``: until nothing is due. Returns the sum of the turns."""
        total = Turn()
        try:
            while not self._stopped.is_set():
                done = self.turn()
                total = Turn(*(getattr(total, n) + getattr(done, n) for n in Turn.__slots__))
                if done.idle:
                    if once:
                        break
                    due = self.backlog.next_due(self.sources)
                    self._sleep(min(_NAP, max(1.0, (due if due is not None else float("inf")) - self._clock())))
        finally:
            self.backlog.give_back()
        return total

    def turn(self) -> Turn:
        """Ask the sources that are due, then fetch and store a batch of items."""
        done = Turn()
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="detente fetch") as pool:
            due = self.backlog.lease_sources(self.sources, self._clock())
            for polled, answer in zip(due, pool.map(self._ask, due), strict=True):
                self._polled(self.sources[polled.name], polled, answer, done)
            if self._stopped.is_set():
                return done
            items = self.backlog.lease(_TOGETHER, self._clock())
            wanted = [i for i in items if self._wants_page(i)]
            answers = dict(zip((i.number for i in wanted), pool.map(self._fetch, wanted), strict=True))
        documents: dict[str, tuple[Item, Document]] = {}
        for item in items:
            found = self._found(item, answers.get(item.number), done)
            if found is not None:
                documents[found.id] = (item, found)
        if documents:
            failed = dict(self.add([d for _, d in documents.values()]))
            self.backlog.bury([(i.number, failed[k]) for k, (i, _) in documents.items() if k in failed], self._clock())
            stored = [i.number for k, (i, _) in documents.items() if k not in failed]
            self.backlog.done(stored, self._clock())
            done.stored += len(stored)
            done.dead += len(documents) - len(stored)
        return done

    # Sources

    def _ask(self, polled: Polled) -> Fetched | FetchError:
        try:
            return self.fetcher.get(self.sources[polled.name].url, polled.etag, polled.modified)
        except FetchError as error:
            return error

    def _polled(self, source: Source, polled: Polled, answer: Fetched | FetchError, done: Turn) -> None:
        now = self._clock()
        done.polled += 1
        entries: list[Entry] = []
        reason = answer.reason if isinstance(answer, FetchError) else None
        if isinstance(answer, Fetched) and not answer.unchanged:
            entries, reason = self._entries(source, answer)
        if reason is not None:
            wait = min(_LONGEST, source.every * 2 ** min(polled.failures, 10))
            after = answer.retry_after or 0.0 if isinstance(answer, FetchError) else 0.0
            self.backlog.failed_source(source.name, now + max(after, self._jitter(wait)), reason)
            if polled.failures == 0:
                self.tell(f"{source.name}: {reason}")
        elif isinstance(answer, Fetched):
            due = now + source.every * (0.95 + 0.1 * self._chance())  # not all at once
            marks = (polled.etag, polled.modified) if answer.unchanged else (answer.etag, answer.modified)
            done.unchanged += answer.unchanged
            done.new += self.backlog.polled(source.name, now, due, entries, *marks, source.most)
        self._judge(source, polled.alarm, now)

    def _entries(self, source: Source, answer: Fetched) -> tuple[list[Entry], str | None]:
        """The entries of a list, or of a page that is the source itself; and why there are none."""
        entries, problems = [], []
        for one in web.found_in(answer):
            if isinstance(one, InputError):
                problems.append(one.reason)
            elif isinstance(one, Entry):
                entries.append(one)
            else:  # a page or a JSON report that is watched for its changes
                entries.append(Entry(id=one.id, url=source.url if one.id == answer.url else one.url, title=one.title,
                    text=one.text, published=one.published, updated=one.sha256, source=one.source, language=one.language,
                    reader=one.reader, notes=one.notes))  # fmt: skip
        return entries, problems[0] if problems and not entries else None

    def _judge(self, source: Source, told: str | None, now: float) -> None:
        """Tell when a source has fallen silent or floods, once, and when it is as it should be again."""
        new = self.backlog.new_since(source.name, now - DAY)
        alarm = None
        if new > source.most:
            alarm = "flood"
        elif new < source.fewest and now - self.backlog.known_since(source.name) >= DAY:
            alarm = "silence"
        if alarm == told:
            return
        self.backlog.alarm(source.name, alarm)
        words = {
            "flood": f"{new} new reports in a day, more than {source.most}: the rest is put off; is it still what it was?",
            "silence": f"{new} new reports in a day, fewer than {source.fewest}: has it moved?",
            None: "as many reports as expected again",
        }
        self.tell(f"{source.name}: {words[alarm]}")

    # Items

    def _wants_page(self, item: Item) -> bool:
        source = self.sources.get(item.source)
        how = source.text if source else "auto"
        if _is_list(item.entry):
            return True
        return bool(item.entry.url) and how != "feed" and (how == "page" or len(item.entry.text.split()) < _ENOUGH)

    def _fetch(self, item: Item) -> Fetched | FetchError:
        try:
            return self.fetcher.get(item.entry.url or "")
        except FetchError as error:
            return error

    def _found(self, item: Item, answer: Fetched | FetchError | None, done: Turn) -> Document | None:
        """The document of an item, if it has one now; else the item is put off, buried, or (a list) done."""
        now = self._clock()
        if isinstance(answer, FetchError):
            return self._later(item, answer.reason, done, _TRIES if answer.temporary else None, answer.retry_after)
        if answer is None:
            found = as_document(item.entry)
            if isinstance(found, InputError):
                self._bury(item, found.reason, done)
                return None
            return replace(found, id=item.key)
        if _is_list(item.entry):
            entries = [e for e in web.found_in(answer) if isinstance(e, Entry)]
            source = self.sources.get(item.source)
            done.new += self.backlog.put(item.source, entries, now, source.most if source else 2000)
            self.backlog.done([item.number], now)
            return None
        reason = "holds no report"
        for one in web.found_in(answer):
            if isinstance(one, Document):
                page = replace(one, published=moment(one.published)[0])
                return replace(web.with_facts(page, item.entry), id=item.key)
            if isinstance(one, InputError):
                reason = f"quarantined: {one.reason}" if isinstance(one, Quarantined) else one.reason
        return self._later(item, reason, done)

    def _later(
        self, item: Item, reason: str, done: Turn, tries: int | None = None, after: float | None = None
    ) -> Document | None:
        """Put an item off; after so many tries the words of the entry are taken, and it is a dead letter if they are few."""
        if item.tries + 1 < (tries or _TRIES_AT_ANSWERS):
            wait = max(self._jitter(min(_LONGEST, _FIRST * 2**item.tries)), after or 0.0)
            self.backlog.put_off(item.number, self._clock() + wait, reason)
            done.put_off += 1
            return None
        if len(item.entry.text.split()) < _SOME:
            self._bury(item, reason, done)
            return None
        found = as_document(item.entry)
        assert isinstance(found, Document)
        return replace(found, id=item.key, notes=(*found.notes, f"the feed's own words; its page: {reason}"))

    def _bury(self, item: Item, reason: str, done: Turn) -> None:
        self.backlog.bury([(item.number, reason)], self._clock())
        self.tell(f"{item.source}: {item.key}: {reason}")
        done.dead += 1

    def _jitter(self, seconds: float) -> float:
        return seconds * (0.75 + 0.5 * self._chance())


def _is_list(entry: Entry) -> bool:
    if entry.reader == gdelt_list.FILES:
        return ".mentions." in urlsplit(entry.url or "").path.lower()
    return entry.reader == sitemap.INDEX


def void(_: object) -> None:
    """Nothing: for a call whose answer does not matter."""
