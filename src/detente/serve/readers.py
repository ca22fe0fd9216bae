"""Open stores that requests share, each used by one thread at a time; and what was made from them, until the store changes."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from detente.serve.aside import Aside
from detente.serve.problems import Refused
from detente.store import Store

Made = TypeVar("Made")
_LOOK = 0.25  # seconds for which a look at the store's last run is good
_OLD = 2.0  # seconds after which nobody goes on with an old look
_KEPT = 64_000_000  # bytes of answers that are kept
_LONG = 1.0  # seconds: what takes longer is made in another process
_SOON = 0.25  # seconds that a reader waits for figures of now before he gets those of the last run


@dataclass(frozen=True, slots=True)
class State:
    """What of the store is seen: its last run (0: none) and when that was (microseconds since 1970)."""

    run: int
    time: int | None

    @property
    def as_of(self) -> str | None:
        """The moment, as filters take it."""
        return datetime.fromtimestamp(self.time / 1e6, UTC).isoformat(timespec="microseconds") if self.time else None


class Readers:
    """A store is not for two threads at once: ``size`` of them are open, and a request takes one."""

    def __init__(self, path: Path, size: int = 2, seconds: float = 30.0) -> None:
        self.path, self.seconds = path, seconds
        self._free: queue.LifoQueue[Store] = queue.LifoQueue()
        for _ in range(size):
            self._free.put(Store(path))
        self._state: tuple[float, State] | None = None
        self._lock, self._looking = threading.Lock(), threading.Lock()
        self._answers: OrderedDict[tuple[Any, ...], tuple[int, Any]] = OrderedDict()
        self._bytes = 0
        self._making: dict[tuple[Any, ...], Future[Any]] = {}
        self._latest: dict[str, _Latest] = {}
        self._aside = Aside(path)

    @contextlib.contextmanager
    def one(self) -> Iterator[Store]:
        """A store for this thread, that stands still. Raises Refused (503) if none is free in time."""
        try:
            store = self._free.get(timeout=self.seconds)
        except queue.Empty:
            raise Refused(503, "the server is busy: try again", headers={"retry-after": "5"}) from None
        try:
            with store.still():
                yield store
        finally:
            self._free.put(store)

    def close(self) -> None:
        """Close the stores that nobody uses."""
        self._aside.close()
        with contextlib.suppress(queue.Empty):
            while True:
                self._free.get_nowait().close()

    def state(self) -> State:
        """The last run, as it was a moment ago."""
        known = self._state
        if known is not None and time.monotonic() - known[0] < _LOOK:
            return known[1]
        if not self._looking.acquire(blocking=known is None or time.monotonic() - known[0] > _OLD):
            assert known is not None
            return known[1]  # another thread looks
        try:
            with self.one() as store:
                state = State(*store.last_run())
            self._state = (time.monotonic(), state)
        finally:
            self._looking.release()
        return state

    def cached(self, key: tuple[Any, ...], make: Callable[[], Made], size: Callable[[Made], int] = len) -> Made:  # type: ignore[assignment]
        """What ``make`` made for the key, once for all who ask at the same time. The key has the run in it."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                found: Made = self._answers[key][1]
                return found
            waiting = self._making.get(key)
            mine = waiting is None
            if waiting is None:
                waiting = self._making[key] = Future()
        if not mine:
            made: Made = waiting.result(timeout=self.seconds)
            return made
        try:
            made = make()
        except BaseException as error:
            waiting.set_exception(error)
            with self._lock:
                del self._making[key]
            raise
        waiting.set_result(made)
        with self._lock:
            del self._making[key]
            self._keep(key, size(made), made)
        return made

    def _keep(self, key: tuple[Any, ...], size: int, made: object) -> None:
        if size > _KEPT // 8:
            return
        self._answers[key] = (size, made)
        self._bytes += size
        while self._bytes > _KEPT:
            self._bytes -= self._answers.popitem(last=False)[1][0]

    def latest(self, name: str, make: Callable[[Store], Made]) -> Made:
        """What ``make`` (a function of a module) makes of the store; while it is made anew for a later run, soon what it made of an
        earlier one. What takes seconds is made in another process, and not all the time: as long as it took, it is left."""
        run = self.state().run
        known = self._latest.get(name)
        if known is not None and (known.run == run or known.fresh()):
            found: Made = known.made
            return found
        with self._lock:
            work = self._making.get((name,))
            if work is None:
                work = self._making[(name,)] = Future()
                threading.Thread(target=self._renew, args=(name, run, make, work), daemon=True).start()
        try:
            made: Made = work.result(timeout=_SOON if known is not None else self.seconds)
        except TimeoutError:
            if known is None:
                raise Refused(503, "the server is busy: try again", headers={"retry-after": "5"}) from None
            made = known.made
        return made

    def _renew(self, name: str, run: int, make: Callable[[Store], Any], work: Future[Any]) -> None:
        begun, known = time.monotonic(), self._latest.get(name)
        try:
            if known is not None and known.took > _LONG:
                try:
                    made = self._aside.made(make)
                except BrokenExecutor:
                    made = self._made_here(make)
            else:
                made = self._made_here(make)
            now = time.monotonic()
            self._latest[name] = _Latest(run, made, now, now - begun)
            work.set_result(made)
        except BaseException as error:
            work.set_exception(error)
        finally:
            with self._lock:
                del self._making[(name,)]

    def _made_here(self, make: Callable[[Store], Made]) -> Made:
        with self.one() as store:
            return make(store)


@dataclass(frozen=True, slots=True)
class _Latest:
    """What was made of a run; when it was ready, and how many seconds it took."""

    run: int
    made: Any
    ready: float
    took: float

    def fresh(self) -> bool:
        """Whether it is too early to make it anew."""
        return self.took > _LONG and time.monotonic() - self.ready < self.took
