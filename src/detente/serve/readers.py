"""Open stores that requests share, each used by one thread at a time; and what was made from them, until the store changes."""

from __future__ import annotations

import contextlib
import math
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

from detente.errors import DetenteError
from detente.serve.aside import Aside
from detente.serve.problems import Refused
from detente.store import Store
from detente.store.watching import Watch

Made = TypeVar("Made")
_KEPT = 64_000_000  # bytes of answers that are kept
_LONG = 1.0  # processor seconds of a thread: what takes longer is made in another process
_REST = 4.0  # times as long as it took to make what takes long, it is left: a fifth of a processor at the most
_SOON = 0.25  # seconds that a reader waits for figures of now before he gets those of an earlier snapshot


@dataclass(frozen=True, slots=True)
class State:
    """A snapshot: what of the store is seen: its last run (0: none) and when that was (microseconds since 1970)."""

    run: int
    time: int | None

    @property
    def as_of(self) -> str | None:
        """The moment, as filters take it."""
        return datetime.fromtimestamp(self.time / 1e6, UTC).isoformat(timespec="microseconds") if self.time else None

    @property
    def words(self) -> str:
        """The moment for the eyes, to the second; "" of a store without runs."""
        return datetime.fromtimestamp(self.time / 1e6, UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if self.time else ""


class Readers:
    """A store is not for two threads at once: ``size`` of them are open, and a request takes one.

    What they show is a snapshot: the store as of a run, which `state` names. A later run is taken up when the last was ``refresh``
    seconds ago, so that what was made of a snapshot serves others while reports come in all the time; and at once if
    a person's deed (`detente.store.watching`) is among what is new, or nothing was taken up for so long.
    """

    def __init__(self, path: Path, size: int = 2, seconds: float = 30.0, refresh: float = 0.0) -> None:
        self.path, self.seconds, self.refresh = path, seconds, refresh
        self._free: queue.LifoQueue[Store] = queue.LifoQueue()
        for _ in range(size):
            self._free.put(Store(path))
        self._state: State | None = None
        # When it was taken up (time.monotonic). What the server begins with counts as old.
        self._taken = -math.inf
        self._watch = Watch(path)
        self._lock, self._looking = threading.Lock(), threading.Lock()
        self._answers: OrderedDict[tuple[Any, ...], tuple[int, Any]] = OrderedDict()
        self._bytes = 0
        self._making: dict[tuple[Any, ...], Future[Any]] = {}
        self._latest: dict[str, _Latest] = {}
        self._aside = Aside(path)

    @contextlib.contextmanager
    def one(self, state: State | None = None) -> Iterator[Store]:
        """A store for this thread, that stands still as of a snapshot. Raises Refused (503) if none is free in time."""
        run = (state or self.state()).run
        with self._free_one() as store, store.still(run):
            yield store

    @contextlib.contextmanager
    def _free_one(self) -> Iterator[Store]:
        try:
            store = self._free.get(timeout=self.seconds)
        except queue.Empty:
            raise Refused(503, "the server is busy: try again", headers={"retry-after": "5"}) from None
        try:
            yield store
        finally:
            self._free.put(store)

    def load(self) -> None:
        """Let the stores that nobody used yet load their rows, which takes seconds, before a request waits for it; call it once."""
        idle = []
        with contextlib.suppress(queue.Empty):
            while True:
                idle.append(self._free.get_nowait())
        for n, store in enumerate(idle):
            if n:  # the first is that which was used last: it is loaded, and answers meanwhile
                with contextlib.suppress(DetenteError):  # told to who asks
                    store.last_run()
            self._free.put(store)

    def close(self) -> None:
        """Close the stores that nobody uses."""
        self._aside.close()
        with contextlib.suppress(queue.Empty):
            while True:
                self._free.get_nowait().close()

    def state(self) -> State:
        """The snapshot of now: of the last run, if that is a person's deed or nothing was taken up for ``refresh`` seconds. It waits for no
        store: the rows of a run are loaded by whoever asks a store for them."""
        with self._looking:
            if self._state is None:
                with self._free_one() as store:  # raises where there is no store
                    self._state = State(*store.last_run())
                return self._state
            self._watch.look()
            seen = self._watch
            known, now = self._state, time.monotonic()
            if seen.run > known.run and (seen.deed > known.run or now - self._taken >= self.refresh):
                self._state, self._taken = State(seen.run, seen.time), now
            return self._state

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
        earlier one, unless the later is a person's deed. What takes seconds is made in another process, and not all the time."""
        run = self.state().run
        deed = min(self._watch.deed, run)
        while True:
            known = self._latest.get(name)
            if known is not None and known.run >= deed and (known.run == run or known.fresh()):
                found: Made = known.made
                break
            with self._lock:
                work = self._making.get((name,))
                if work is None:
                    work = self._making[(name,)] = Future()
                    threading.Thread(target=self._renew, args=(name, make, work), daemon=True).start()
            enough = known is not None and known.run >= deed
            try:
                made = work.result(timeout=_SOON if enough else self.seconds)
            except TimeoutError:
                if known is None or not enough:
                    raise Refused(503, "the server is busy: try again", headers={"retry-after": "5"}) from None
                made = known
            if made.run >= deed:  # else it was begun before
                found = made.made
                break
        return found

    def _renew(self, name: str, make: Callable[[Store], Any], work: Future[_Latest]) -> None:
        # Other requests wait while this thread runs, not while it waits for a busy machine.
        begun, own, known = time.monotonic(), time.thread_time(), self._latest.get(name)
        try:
            state = self.state()
            took = None
            if known is not None and known.took > _LONG:
                try:
                    made = self._aside.made(make, state.run)
                    took = time.monotonic() - begun
                except BrokenExecutor:
                    made = self._made_here(make, state)
            else:
                made = self._made_here(make, state)
            took = time.thread_time() - own if took is None else took
            latest = self._latest[name] = _Latest(state.run, made, time.monotonic(), took)
            work.set_result(latest)
        except BaseException as error:
            work.set_exception(error)
        finally:
            with self._lock:
                del self._making[(name,)]

    def _made_here(self, make: Callable[[Store], Made], state: State) -> Made:
        with self.one(state) as store:
            return make(store)


@dataclass(frozen=True, slots=True)
class _Latest:
    """What was made of a run; when it was ready, and how many seconds it took: of the processor here, of the clock in the other process."""

    run: int
    made: Any
    ready: float
    took: float

    def fresh(self) -> bool:
        """Whether it is too early to make it anew."""
        return self.took > _LONG and time.monotonic() - self.ready < _REST * self.took
